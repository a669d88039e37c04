"""The pictures of the page in the documents: how large they may be, and which of its sentences they show."""

import json
import re
from pathlib import Path

from PIL import Image

from semblante.api.page_messages import page_messages

MAX_BYTES = 150_000
TEXTS_KEY = "Texts"
"""Under this name, a picture holds the sentences of the page that it shows, as JSON."""


def texts_of(picture: Path) -> list[str]:
    """The sentences that a picture shows."""
    with Image.open(picture) as opened:
        texts: list[str] = json.loads(opened.info[TEXTS_KEY])
    return texts


def page_can_say(text: str) -> bool:
    """Whether the page can say this in English, with something in place of its values."""
    forms = [form for message in page_messages() for form in message if form]
    return any(re.fullmatch(re.sub(r"\\\{\w+\\\}", ".+", re.escape(form)), text) for form in forms)
