"""The English sentence of every code, one module a few components; `es.po` holds the Spanish ones.

A sentence names no command and no option, but for those of `cli`: what to do in its terms is for the command
line to add (`semblante.cli.advice`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Final

MODULES: Final = ("reading", "people", "collection", "datasets", "service", "command_line")


@dataclass(frozen=True)
class Plural:
    """A sentence with a form for one and a form for more, as the parameter `count` decides."""

    singular: str
    plural: str
    count: str


Sentence = str | Plural


def all_sentences() -> Mapping[str, Sentence]:
    """The sentence of every code. Raises `ValueError` where two modules share a code."""
    found: dict[str, Sentence] = {}
    for module in MODULES:
        sentences: Mapping[str, Sentence] = import_module(f"{__name__}.{module}").SENTENCES
        if shared := found.keys() & sentences.keys():
            raise ValueError(f"codes in two modules: {sorted(shared)}")
        found.update(sentences)
    return found
