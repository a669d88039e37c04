"""Writes the pretrained model's card in both languages to the folder given; see `scripts/docs`."""

import sys
from pathlib import Path

from semblante.files import atomic_write
from semblante.i18n import LANGUAGES, speaking
from semblante.model.bundle import has_pretrained, load_pretrained
from semblante.report import model_card


def main(folder: Path) -> None:
    """Write `model-card.md` and `model-card.es.md`, or nothing where the package holds no network."""
    if not has_pretrained():
        print("no network comes with the package yet, so there is no card to write")
        return
    for language in LANGUAGES:
        name = "model-card.md" if language == "en" else f"model-card.{language}.md"
        with speaking(language):
            atomic_write(folder / name, model_card(load_pretrained()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
