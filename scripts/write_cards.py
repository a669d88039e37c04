"""Writes the shipped network's card in both languages to the folder given; see `scripts/docs`."""

import sys
from pathlib import Path

from semblante.bundle import has_shipped, open_shipped
from semblante.files import atomic_write
from semblante.report import model_card
from semblante.text import LANGUAGES, speaking


def main(folder: Path) -> None:
    """Write `model-card.md` and `model-card.es.md`, or nothing where the package holds no network."""
    if not has_shipped():
        print("no network comes with the package yet, so there is no card to write")
        return
    for language in LANGUAGES:
        name = "model-card.md" if language == "en" else f"model-card.{language}.md"
        with speaking(language):
            atomic_write(folder / name, model_card(open_shipped()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
