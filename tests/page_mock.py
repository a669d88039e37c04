"""Answers for resources that the service does not have yet, so that the page can be seen whole."""

import base64
import io
import math
from functools import cache
from typing import Any

from fastapi import APIRouter
from PIL import Image

from semblante.generate.drawn_face import draw_picture

mock = APIRouter()
NOW = "2026-11-28T08:00:00Z"


@cache
def picture(person: int, number: int, side: int = 160) -> bytes:
    """A drawn photo, one of few: drawing takes time."""
    pixels = draw_picture(3, person % 12, number % 4).pixels
    content = io.BytesIO()
    Image.fromarray(pixels[30:208]).resize((side, side)).save(content, "JPEG")
    return content.getvalue()


@mock.post("/recognitions")
async def recognitions() -> Any:
    unsure = {"code": "x", "detail": "the probability lies between no and yes"}
    given = [
        (0, 1, "Ana López", "yes", 0.973, None),
        (0, 2, "Γιώργος Παπαδόπουλος", "no", 0.004, None),
        (1, 3, "Noa Lindqvist", "unsure", 0.41, unsure),
    ]
    names = ("face", "person", "name", "verdict", "probability", "reason")
    answers = [dict(zip(names, each, strict=True)) for each in given]
    return {"answers": [{**each, "false_match_rate": 0.001, "nearest": []} for each in answers]}


@mock.post("/explanations")
async def explanations() -> Any:
    heat = [[math.sin(x / 9) * math.cos(y / 14) for x in range(96)] for y in range(96)]
    crop = io.BytesIO()
    Image.open(io.BytesIO(picture(11, 2, 96))).save(crop, "PNG")
    text = "The eyes speak most for Ana López."
    return {"heat": heat, "crop": base64.b64encode(crop.getvalue()).decode(), "side_px": 96, "text": text}


@mock.get("/photos")
async def listing() -> Any:
    return {"photos": [], "next": None, "total": 0}


@mock.get("/groups")
async def groups() -> Any:
    return {"items": []}


@mock.get("/groups/{group}/parts")
async def parts(group: str) -> Any:
    return {"parts": []}


@mock.get("/sorts")
async def sorts() -> Any:
    return {"items": []}


@mock.post("/sorts")
async def sort() -> Any:
    actions = [
        {
            "source": f"/home/ana/Pictures/IMG_{i:04}.jpg",
            "target": f"/home/ana/Sorted/Ana López/IMG_{i:04}.jpg",
        }
        for i in range(25)
    ]
    return {"actions": actions, "total": 25}


@mock.get("/holdings")
async def holdings() -> Any:
    sizes = {"library.sqlite": 8_380_416, "thumbnails.sqlite": 3_145_728}
    files = [{"name": name, "title": name, "changed_at": NOW, "bytes": size} for name, size in sizes.items()]
    return {"people": [], "files": files, "total_bytes": sum(sizes.values()), "photos": 13205, "faces": 17735}


@mock.get("/vault")
async def vault() -> Any:
    return {"encrypted": False, "auto_lock_minutes": 15}
