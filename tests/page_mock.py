"""Answers for resources that the service does not have yet, so that the page can be seen whole."""

import io
import math
import time
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from PIL import Image

from semblante.api.routes.jobs import JobOut
from semblante.errors import Reason
from semblante.generate.drawn_face import draw_picture
from semblante.jobs import JobContext

mock = APIRouter()
NOW = "2026-11-28T08:00:00Z"
PEOPLE: list[dict[str, Any]] = []


def full() -> None:
    PEOPLE[:] = [
        person_named(1, "Ana López", 12, "self"),
        person_named(2, "Γιώργος Παπαδόπουλος", 7, "told"),
        person_named(3, "小林 さくら", 24, "parent", birth_date="2016-03-09"),
        person_named(4, "Bea", 0, "self", learnt=False),
    ]


def person_named(number: int, name: str, photos: int, who: str, **more: Any) -> dict[str, Any]:
    consent = {"who": who, "on": "2026-10-03", "note": ""}
    return {
        "id": number,
        "name": name,
        "consent": consent,
        "birth_date": None,
        "learnt": True,
        "photos": photos,
        "face": f"p{number}-0",
        "questions": 3,
        **more,
    }


@cache
def picture(person: int, number: int, side: int = 160) -> bytes:
    """A drawn photo, one of few: drawing takes time."""
    pixels = draw_picture(3, person % 12, number % 4).pixels
    content = io.BytesIO()
    Image.fromarray(pixels[30:208]).resize((side, side)).save(content, "JPEG")
    return content.getvalue()


def _page(items: list[Any], **more: Any) -> dict[str, Any]:
    return {"items": items, "next_cursor": None, "total": len(items), **more}


@mock.get("/people")
async def people() -> Any:
    return _page(PEOPLE)


@mock.post("/people", status_code=201)
async def add(request: Request) -> Any:
    sent = await request.json()
    PEOPLE.append(
        person_named(len(PEOPLE) + 1, sent["name"], 0, sent["consent"]["who"], learnt=False, face=None)
    )
    return PEOPLE[-1]


@mock.get("/people/{number}")
async def person(number: int, response: Response) -> Any:
    response.headers["ETag"] = '"1"'
    return next(each for each in PEOPLE if each["id"] == number)


@mock.get("/people/{number}/photos")
async def photos(number: int) -> Any:
    known = next(each for each in PEOPLE if each["id"] == number)
    issues = [{"code": "face_small", "value": 17.3, "limit": 24, "detail": "the face is too small"}]
    items = [
        {"face": f"p{number}-{i}", "role": "me", "issues": issues if i == 3 else []}
        for i in range(known["photos"])
    ]
    shares = {"left": 1, "ahead": 1, "right": 0.34, "light": 0.6, "glasses": 1, "hat": 1}
    checks = [{"part": part, "share": share if items else 0} for part, share in shares.items()]
    ages = {
        "years": [{"age": age, "photos": (age * 7) % 5} for age in range(11)],
        "missing": ["0", "5", "10"],
    }
    return _page(items, readiness={"photos": checks, "can_learn": bool(items)}, ages=ages)


@mock.post("/people/{number}/photos")
async def send(number: int, request: Request) -> Any:
    form = await request.form()
    files = form.getlist("images")
    known = next(each for each in PEOPLE if each["id"] == number)
    known["photos"] += len(files)
    return {
        "accepted": [{"index": i, "face": f"p{number}-{i}", "issues": []} for i in range(len(files))],
        "rejected": [],
    }


@mock.get("/people/{number}/lessons")
async def lesson(number: int) -> Any:
    return {
        "evidence": {
            "found": 0.94,
            "strangers": 4000,
            "photos": 12,
            "others": 4000,
            "curve": [{"step": i, "loss": 0.69 * 0.96**i} for i in range(0, 181, 4)],
        },
        "thresholds": {"false_match_rate": 0.001},
        "separability": {"separable": True, "area": 0.987, "faces": 6},
        "advice": [
            {"code": "advice_one_light", "title": "the light is always the same; take some photos elsewhere"}
        ],
    }


@mock.post("/people/{number}/lessons", status_code=202)
async def learn(number: int, request: Request) -> Any:
    next(each for each in PEOPLE if each["id"] == number)["learnt"] = True
    return _job(request, "mock")


@mock.get("/people/{number}/neuron")
async def neuron(number: int) -> Any:
    counts = [3890, 60, 20, 12, 6, 4, 2, 1, 0, 1, 2, 1, 1, 2, 10]
    own = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 10]
    return {
        "weights": [math.sin(i * 1.7) * (1 + i % 7) for i in range(256)],
        "bias": -3.1,
        "rule": {
            "slope": 1.2,
            "offset": -0.4,
            "prior": 0.02,
            "no_below": 0.05,
            "yes_above": 0.9,
            "false_match_rate": 0.001,
        },
        "evaluation": {
            "reliability": {
                "mean_predicted": [(i + 0.5) / 15 for i in range(15)],
                "fraction_positive": [o / c if c else None for o, c in zip(own, counts, strict=True)],
                "counts": counts,
            }
        },
    }


@mock.get("/people/{number}/questions")
async def questions(number: int) -> Any:
    return _page([{"face": f"p{number}-{20 + i}", "probability": 0.62 - i / 10} for i in range(3)], left=3)


@mock.post("/people/{number}/answers")
async def answers(number: int) -> Any:
    return {"changed": True, "change": 4}


@mock.delete("/people/{number}", status_code=202)
async def forget(number: int, request: Request) -> Any:
    PEOPLE[:] = [each for each in PEOPLE if each["id"] != number]
    return _job(request, "mock")


def _job(request: Request, kind: str) -> Any:
    """A job that takes half a second, as the service answers it."""
    searched = [
        {"name": "library.sqlite", "bytes": 8_380_416, "found": 0},
        {"name": "journal", "bytes": 20_480, "found": 0},
    ]

    def verb(job: JobContext) -> Any:
        for done in range(41):
            job.progress("reading_photos", done, 40)
            time.sleep(0.01)
        job.skipped(Path("/home/ana/IMG_0042.jpg"), Reason("empty_file"))
        return {"searched": searched, "left": 0, "at": NOW}

    return JobOut.of(request.app.state.engine.jobs.start(kind, verb))


@mock.post("/recognitions")
async def recognitions() -> Any:
    nearest = [{"face": f"p1-{i}", "similarity": 0.81 - i / 10} for i in range(3)]
    return {
        "answers": [
            {
                "face": 0,
                "person": 1,
                "verdict": "yes",
                "probability": 0.973,
                "false_match_rate": 0.001,
                "reason": None,
                "nearest": nearest,
            },
            {
                "face": 0,
                "person": 2,
                "verdict": "no",
                "probability": 0.004,
                "false_match_rate": 0.001,
                "reason": None,
                "nearest": nearest,
            },
            {
                "face": 1,
                "person": 3,
                "verdict": "unsure",
                "probability": 0.41,
                "false_match_rate": 0.001,
                "reason": {"title": "the probability lies between no and yes"},
                "nearest": nearest,
            },
        ]
    }


@mock.post("/explanations")
async def explanations() -> Any:
    return {
        "heat": [[math.sin(x / 9) * math.cos(y / 14) for x in range(96)] for y in range(96)],
        "crop": None,
    }


@mock.get("/faces/{face}/thumbnail")
async def face(face: str) -> Any:
    person, number = face.removeprefix("p").split("-")
    return Response(picture(int(person), int(number)), media_type="image/jpeg")


@mock.get("/photos/{photo}/thumbnail")
async def photo_thumbnail(photo: str) -> Any:
    number = int(photo)
    return Response(picture(number % 9, number % 50, 320), media_type="image/jpeg")


COUNT = 400


@mock.get("/photos")
async def listing(cursor: str = "", limit: int = 200) -> Any:
    start = int(cursor or 0)
    end = min(COUNT, start + limit) if PEOPLE else 0
    items = [
        {"photo": str(i), "name": f"IMG_{i:04}.jpg", "verdict": "unsure" if i % 11 == 5 else "yes"}
        for i in range(start, end)
    ]
    return {
        "items": items,
        "next_cursor": str(end) if 0 < end < COUNT else None,
        "total": COUNT if PEOPLE else 0,
    }


@mock.get("/photos/{photo}")
async def photo(photo: str) -> Any:
    box = {"normalised": [0.3, 0.2, 0.7, 0.75]}
    return {
        "path": f"/home/ana/Pictures/IMG_{int(photo):04}.jpg",
        "faces": [
            {"face": "p1-3", "box": box, "verdict": "yes", "people": [{"person": 1, "verdict": "yes"}]},
            {"face": "p7-3", "box": {"normalised": [0.75, 0.3, 0.9, 0.5]}, "people": []},
        ],
    }


@mock.post("/ignored")
async def ignore() -> Any:
    return {"faces": 1, "change": 5}


@mock.get("/groups")
async def groups() -> Any:
    found = [
        {
            "id": f"g{i}",
            "name": None,
            "photos": 20 - 5 * i,
            "faces": [f"p{10 + i}-{j}" for j in range(20 - 5 * i)],
            "doubtful": [f"p{10 + i}-90"] if i else [],
            "is_certain": i < 2,
            "etag": '"1"',
        }
        for i in range(3)
    ]
    return _page(found if PEOPLE else [])


@mock.get("/groups/{group}/parts")
async def parts(group: str) -> Any:
    return {"parts": [{"faces": [f"p{10 + i}-{j}" for j in range(5)]} for i in range(2)]}


@mock.get("/folders")
async def folders() -> Any:
    known = [
        {"id": 1, "path": "/home/ana/Pictures", "photos": 12894, "faces": 17333, "scanned_at": NOW},
        {
            "id": 2,
            "path": "/media/disc/Summer holidays 2019",
            "photos": 311,
            "faces": 402,
            "scanned_at": None,
        },
    ]
    return _page(known if PEOPLE else [])


@mock.post("/folders", status_code=201)
async def add_folder() -> Any:
    return {"id": 3}


@mock.post("/scans", status_code=202)
async def scan(request: Request) -> Any:
    return _job(request, "scan")


@mock.get("/changes")
async def changes() -> Any:
    found = [
        {"id": 4, "title": "Ana López: answered no", "at": NOW, "undone": False, "can_undo": True},
        {"id": 3, "title": "Bea renamed to Beatriz", "at": NOW, "undone": True, "can_undo": False},
        {
            "id": 2,
            "title": "Γιώργος Παπαδόπουλος taught from 7 photos",
            "at": NOW,
            "undone": False,
            "can_undo": True,
        },
    ]
    return _page(found if PEOPLE else [])


@mock.get("/sorts")
async def sorts() -> Any:
    return _page(
        [{"id": "s1", "name": "Ana López", "at": NOW, "count": 120, "undone": False}] if PEOPLE else []
    )


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
    held = [
        {
            **each,
            "bytes": 48_113,
            "kept": [
                {"title": "neuron", "count": 1, "since": NOW},
                {"title": "taught faces", "count": each["photos"], "since": NOW},
            ],
        }
        for each in PEOPLE
    ]
    files = [
        {
            "name": "library.sqlite",
            "title": "index: photos, faces, people, history",
            "changed_at": NOW,
            "bytes": 8_380_416,
        },
        {
            "name": "thumbnails.sqlite",
            "title": "small pictures of faces and photos",
            "changed_at": NOW,
            "bytes": 3_145_728,
        },
    ]
    return {
        "people": held,
        "files": files,
        "total_bytes": 11_526_144 if PEOPLE else 0,
        "photos": 13205,
        "faces": 17735,
    }


@mock.get("/vault")
async def vault() -> Any:
    return {"encrypted": False, "auto_lock_minutes": 15}
