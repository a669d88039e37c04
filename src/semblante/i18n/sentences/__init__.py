"""The English sentence of every code, one module a component; `es.po` holds the Spanish ones.

A sentence names no command and no option, but for those of `cli`: what to do in its terms is for the command
line to add (`semblante.cli.advice`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Final

COMPONENTS: Final = (
    "files",
    "images",
    "model",
    "celeba",
    "generate",
    "faces",
    "person",
    "library",
    "organize",
    "train",
    "pipeline",
    "stages",
    "cli",
)


@dataclass(frozen=True)
class Plural:
    """A sentence with a form for one and a form for more, as the parameter `count` decides."""

    singular: str
    plural: str
    count: str


Sentence = str | Plural


def all_sentences() -> Mapping[str, Sentence]:
    """The sentence of every code. Raises `ValueError` where two components share a code."""
    found: dict[str, Sentence] = {}
    for component in COMPONENTS:
        sentences: Mapping[str, Sentence] = import_module(f"{__name__}.{component}").SENTENCES
        if shared := found.keys() & sentences.keys():
            raise ValueError(f"codes in two components: {sorted(shared)}")
        found.update(sentences)
    return found
