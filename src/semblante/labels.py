"""The 40 attributes of CelebA, in the order of its file, with their Spanish names.

Reliability: CelebA's labels are noisy. Annotators agree on only a dozen of the attributes, three are close
to random, and of two others the share of wrong values was estimated (Wu et al., "Consistency and Accuracy
of CelebA Attribute Values", CVPR Workshops 2023; the paper names no more). `Attractive` and its like are
opinions of the annotators, not facts about a person.
"""

import difflib
import re
import unicodedata
from typing import Final

from semblante.errors import InvalidOption

SPANISH: Final[dict[str, str]] = {
    "5_o_Clock_Shadow": "barba incipiente",
    "Arched_Eyebrows": "cejas arqueadas",
    "Attractive": "atractivo (opinión)",
    "Bags_Under_Eyes": "ojeras",
    "Bald": "calvicie",
    "Bangs": "flequillo",
    "Big_Lips": "labios gruesos",
    "Big_Nose": "nariz grande",
    "Black_Hair": "pelo negro",
    "Blond_Hair": "pelo rubio",
    "Blurry": "foto borrosa",
    "Brown_Hair": "pelo castaño",
    "Bushy_Eyebrows": "cejas pobladas",
    "Chubby": "cara rellena",
    "Double_Chin": "papada",
    "Eyeglasses": "gafas",
    "Goatee": "perilla",
    "Gray_Hair": "canas",
    "Heavy_Makeup": "mucho maquillaje",
    "High_Cheekbones": "pómulos altos",
    "Male": "hombre",
    "Mouth_Slightly_Open": "boca entreabierta",
    "Mustache": "bigote",
    "Narrow_Eyes": "ojos entrecerrados",
    "No_Beard": "sin barba",
    "Oval_Face": "cara ovalada",
    "Pale_Skin": "piel pálida",
    "Pointy_Nose": "nariz puntiaguda",
    "Receding_Hairline": "entradas",
    "Rosy_Cheeks": "mejillas sonrosadas",
    "Sideburns": "patillas",
    "Smiling": "sonrisa",
    "Straight_Hair": "pelo liso",
    "Wavy_Hair": "pelo ondulado",
    "Wearing_Earrings": "pendientes",
    "Wearing_Hat": "sombrero",
    "Wearing_Lipstick": "pintalabios",
    "Wearing_Necklace": "collar",
    "Wearing_Necktie": "corbata",
    "Young": "joven",
}
ATTRIBUTES: Final[tuple[str, ...]] = tuple(SPANISH)
POOR_LABELS: Final[frozenset[str]] = frozenset({"High_Cheekbones", "Oval_Face", "Pointy_Nose"})
# A taste, a guess at an age, and sizes without a measure: what is big or chubby depends on who looks, and on
# which faces they are used to. What else may hurt, such as a double chin, can at least be seen or not.
OPINIONS: Final[frozenset[str]] = frozenset({"Attractive", "Big_Lips", "Big_Nose", "Chubby", "Young"})

# Which part of a picture an attribute speaks of, where it is one: what is neither needs both, or is unclear.
IN_THE_FACE: Final[frozenset[str]] = frozenset(
    {
        "5_o_Clock_Shadow",
        "Arched_Eyebrows",
        "Bags_Under_Eyes",
        "Big_Lips",
        "Big_Nose",
        "Bushy_Eyebrows",
        "Eyeglasses",
        "Goatee",
        "Heavy_Makeup",
        "High_Cheekbones",
        "Mouth_Slightly_Open",
        "Mustache",
        "Narrow_Eyes",
        "No_Beard",
        "Pale_Skin",
        "Pointy_Nose",
        "Rosy_Cheeks",
        "Smiling",
        "Wearing_Lipstick",
    }
)
AROUND_THE_FACE: Final[frozenset[str]] = frozenset(
    {
        "Bald",
        "Bangs",
        "Black_Hair",
        "Blond_Hair",
        "Brown_Hair",
        "Gray_Hair",
        "Straight_Hair",
        "Wavy_Hair",
        "Wearing_Earrings",
        "Wearing_Hat",
        "Wearing_Necklace",
        "Wearing_Necktie",
    }
)


def sign(attribute: str) -> str:
    """What stands behind an attribute's name: * for a poor label, † for an opinion."""
    return "*" if attribute in POOR_LABELS else "†" if attribute in OPINIONS else ""


def doubt(attribute: str) -> str | None:
    """What is known against an attribute's labels, as a reason's code; None where nothing of its own is."""
    if attribute in POOR_LABELS:
        return "labels_near_random"
    if attribute in OPINIONS:
        return "labels_are_opinions"
    return {
        "Male": "labels_are_guesses",
        "No_Beard": "labels_wrong_at_no",
        "Mouth_Slightly_Open": "labels_wrong_at_yes",
    }.get(attribute)


def spoken(attribute: str, language: str) -> str:
    """The attribute as a person would say it: `Wearing_Hat` is "wearing hat" or "sombrero"."""
    if language == "es":
        return SPANISH[attribute]
    # CelebA's file has no apostrophes.
    return attribute.replace("_", " ").lower().replace("o clock", "o'clock")


def attribute_named(name: str) -> str:
    """The attribute that a person calls `name`: as CelebA writes it or in Spanish.

    Capitals, accents and the signs between words do not count. Raises `InvalidOption`, naming what is near.
    """
    known = {_folded(written): attribute for attribute in ATTRIBUTES for written in _names(attribute)}
    found = known.get(_folded(name))
    if found is None:
        near = dict.fromkeys(known[each] for each in difflib.get_close_matches(_folded(name), known, n=4))
        if near:
            raise InvalidOption("misspelt_attribute", name=name, attributes=list(near))
        raise InvalidOption("unknown_attribute", name=name, attributes=list(ATTRIBUTES))
    return found


def _names(attribute: str) -> tuple[str, ...]:
    spanish = SPANISH[attribute]
    return attribute, spanish, spanish.partition(" (")[0]


def _folded(name: str) -> str:
    """Small letters and digits only, words one blank apart: `Wearing_Hat` is "wearing hat"."""
    plain = (sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[^\W_]+", "".join(plain).casefold()))
