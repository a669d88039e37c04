"""Answers for resources that the service does not have yet, so that the page can be seen whole."""

import base64
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
from semblante.jobs import JobContext, NeuronStep

mock = APIRouter()
NOW = "2026-11-28T08:00:00Z"
PEOPLE: list[dict[str, Any]] = []


def full() -> None:
    """Some people, of whom one is not learnt yet."""
    PEOPLE[:] = [
        person_named(1, "Ana López", 12, "self"),
        person_named(2, "Γιώργος Παπαδόπουλος", 7, "told"),
        person_named(3, "Noa Lindqvist", 24, "parent", birth_date="2016-03-09"),
        person_named(4, "Bea", 0, "self", is_learnt=False),
    ]


def person_named(number: int, name: str, photos: int, who: str, **more: Any) -> dict[str, Any]:
    """A person as the service describes one."""
    consent = {"who": who, "on": "2026-10-03", "note": ""}
    counts = {"taught": photos, "taught_others": 0, "answered_yes": 0, "answered_no": 0}
    face = _face(number, 0) if photos else None
    known = {"id": str(number), "name": name, "consent": consent, "birth_date": None, "is_learnt": True}
    return {**known, **counts, "face": face, **more}


def _face(person: int, number: int) -> str:
    return f"{person:032x}{number:032x}-0"


@cache
def picture(person: int, number: int, side: int = 160) -> bytes:
    """A drawn photo, one of few: drawing takes time."""
    pixels = draw_picture(3, person % 12, number % 4).pixels
    content = io.BytesIO()
    Image.fromarray(pixels[30:208]).resize((side, side)).save(content, "JPEG")
    return content.getvalue()


def _known(number: int) -> dict[str, Any]:
    return next(each for each in PEOPLE if each["id"] == str(number))


@mock.get("/people")
async def people() -> Any:
    return PEOPLE


@mock.post("/people", status_code=201)
async def add(request: Request) -> Any:
    sent = await request.json()
    PEOPLE.append(person_named(len(PEOPLE) + 1, sent["name"], 0, sent["consent"]["who"], is_learnt=False))
    return PEOPLE[-1]


@mock.get("/people/{number}")
async def person(number: int, response: Response) -> Any:
    response.headers["ETag"] = '"1"'
    return _known(number)


def _photo(person: int, number: int, role: str = "me") -> dict[str, Any]:
    issue = {"code": "face_small", "value": 17.3, "limit": 24, "detail": "the face is too small"}
    quality = {"ok": number != 3, "issues": [issue] if number == 3 else []}
    face = _face(person, number)
    return {"id": face[:64], "role": role, "faces": [{"id": face, "quality": quality}]}


@mock.get("/people/{number}/photos")
async def photos(number: int) -> Any:
    return [_photo(number, each) for each in range(_known(number)["taught"])]


@mock.get("/people/{number}/readiness")
async def readiness(number: int) -> Any:
    shares = {"left": 1, "ahead": 1, "right": 0.34, "light": 0.6, "glasses": 1, "hat": 1}
    given = bool(_known(number)["taught"])
    checks = [{"part": part, "share": share if given else 0} for part, share in shares.items()]
    return {"photos": checks, "moments": 7, "can_learn": given}


@mock.post("/people/{number}/photos")
async def send(number: int, request: Request) -> Any:
    form = await request.form()
    files = form.getlist("images")
    _known(number)["taught"] += len(files)
    return {
        "accepted": [{"index": each, **_photo(number, each)} for each in range(len(files))],
        "rejected": [],
    }


_THRESHOLDS = {"slope": 1.2, "offset": -0.4, "prior": 0.02, "no_below": 0.05, "yes_above": 0.9}
_RELIABILITY = {
    "mean_predicted": [(each + 0.5) / 15 for each in range(15)],
    "fraction_positive": [0.0] * 9 + [0.9, 0.95, 0.97, 0.98, 0.99, 1.0],
    "counts": [3890, 60, 20, 12, 6, 4, 2, 1, 1, 1, 2, 1, 1, 2, 8],
}
_LEARNT = {
    "photos_of_person": 12,
    "photos_of_others": 4000,
    "evidence": {
        "photos_of_person": 12,
        "photos_of_others": 4000,
        "background": 4000,
        "tpr_at_fpr_01_percent": {"value": 0.94, "low": 0.81, "high": 0.99},
        "reliability": _RELIABILITY,
    },
    "thresholds": {**_THRESHOLDS, "false_match_rate": 0.001},
}


@mock.get("/people/{number}/lessons")
async def lesson(number: int) -> Any:
    return _LEARNT


@mock.post("/people/{number}/lessons", status_code=202)
async def learn(number: int, request: Request) -> Any:
    _known(number)["is_learnt"] = True
    own = [
        {
            "face": _face(number, each),
            "role": "me",
            "logit": 1.6 + each / 2,
            "probability": 0.86 + each / 70,
            "verdict": "yes" if each > 2 else "unsure",
        }
        for each in range(9)
    ]
    other = [
        {"face": _face(9, each), "role": "not", "logit": each - 2.4, "probability": 0.2, "verdict": "unsure"}
        for each in range(3)
    ]
    strangers = {
        "count": 4000,
        "yes": 3,
        "unsure": 41,
        "no": 3956,
        "logits": [each / 20 - 8 for each in range(120)],
    }
    advice = [
        {"code": "advice_one_light", "detail": "the light is always the same; take some photos elsewhere"}
    ]
    separability = {"separable": True, "area": 0.987, "faces": 3, "yes": 0, "unsure": 1}
    shown = {"faces": own + other, "strangers": strangers, "separability": separability, "advice": advice}
    return _job(request, "lesson", {**_LEARNT, **shown})


@mock.get("/people/{number}/neuron")
async def neuron(number: int) -> Any:
    return {"weights": [math.sin(each * 1.7) * (1 + each % 7) for each in range(256)], "bias": -3.1}


@mock.get("/people/{number}/questions")
async def questions(number: int) -> Any:
    asked = [{"face": _face(number, 20 + each), "probability": 0.62 - each / 10} for each in range(3)]
    return {"left": 3, "questions": asked}


@mock.post("/people/{number}/answers")
async def answers(number: int) -> Any:
    return {"changed": 1, "left": 2}


@mock.delete("/people/{number}/answers/{face}", status_code=204)
async def take_answer(number: int, face: str) -> None:
    return None


@mock.delete("/people/{number}", status_code=202)
async def forget(number: int, request: Request) -> Any:
    searched = [
        {"name": "library.sqlite", "bytes": 8_380_416, "found": 0},
        {"name": "journal", "bytes": 20_480, "found": 0},
    ]
    return _job(request, "forget", {"searched": searched, "left": 0, "at": NOW})


def _job(request: Request, kind: str, result: Any) -> Any:
    """A job that takes half a second, as the service answers it."""

    def verb(job: JobContext) -> Any:
        for done in range(41):
            job.progress("reading_photos", done, 40)
            if kind == "lesson":
                job.emit(NeuronStep(done, 40, 0.69 * 0.9**done))
            time.sleep(0.01)
        job.skipped(Path("/home/ana/IMG_0042.jpg"), Reason("empty_file"))
        return result

    return JobOut.of(request.app.state.engine.jobs.start(kind, verb))


@mock.post("/recognitions")
async def recognitions() -> Any:
    nearest = [{"face": _face(1, each), "similarity": 0.81 - each / 10} for each in range(3)]
    unsure = {"code": "x", "detail": "the probability lies between no and yes"}
    given = [
        (0, 1, "Ana López", "yes", 0.973, None),
        (0, 2, "Γιώργος Παπαδόπουλος", "no", 0.004, None),
        (1, 3, "Noa Lindqvist", "unsure", 0.41, unsure),
    ]
    names = ("face", "person", "name", "verdict", "probability", "reason")
    answers = [dict(zip(names, each, strict=True)) for each in given]
    return {"answers": [{**each, "false_match_rate": 0.001, "nearest": nearest} for each in answers]}


@mock.post("/explanations")
async def explanations() -> Any:
    heat = [[math.sin(x / 9) * math.cos(y / 14) for x in range(96)] for y in range(96)]
    crop = io.BytesIO()
    Image.open(io.BytesIO(picture(11, 2, 96))).save(crop, "PNG")
    text = "The eyes speak most for Ana López."
    return {"heat": heat, "crop": base64.b64encode(crop.getvalue()).decode(), "side_px": 96, "text": text}


@mock.get("/faces/{face}/thumbnail")
async def face(face: str) -> Any:
    return Response(picture(int(face[:32], 16), int(face[32:64], 16)), media_type="image/jpeg")


@mock.get("/photos/{photo}/thumbnail")
async def photo_thumbnail(photo: str) -> Any:
    number = int(photo)
    return Response(picture(number % 9, number % 50, 320), media_type="image/jpeg")


COUNT = 400


@mock.get("/photos")
async def listing(cursor: str = "", limit: int = 200) -> Any:
    start = int(cursor or 0)
    end = min(COUNT, start + limit) if PEOPLE else 0
    found = [
        {"photo": str(each), "name": f"IMG_{each:04}.jpg", "verdict": "unsure" if each % 11 == 5 else "yes"}
        for each in range(start, end)
    ]
    return {"photos": found, "next": str(end) if 0 < end < COUNT else None, "total": COUNT if PEOPLE else 0}


@mock.get("/photos/{photo}")
async def photo(photo: str) -> Any:
    box = {"normalised": [0.3, 0.2, 0.7, 0.75]}
    return {
        "path": f"/home/ana/Pictures/IMG_{int(photo):04}.jpg",
        "faces": [
            {"face": _face(1, 3), "box": box, "verdict": "yes", "people": [{"person": 1, "verdict": "yes"}]},
            {"face": _face(7, 3), "box": {"normalised": [0.75, 0.3, 0.9, 0.5]}, "people": []},
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
            "faces": [_face(10 + i, j) for j in range(20 - 5 * i)],
            "doubtful": [_face(10 + i, 90)] if i else [],
            "is_certain": i < 2,
            "etag": '"1"',
        }
        for i in range(3)
    ]
    return {"items": found if PEOPLE else []}


@mock.get("/groups/{group}/parts")
async def parts(group: str) -> Any:
    return {"parts": [{"faces": [_face(10 + i, j) for j in range(5)]} for i in range(2)]}


@mock.get("/folders")
async def folders() -> Any:
    known = [("/home/ana/Pictures", 12894, False), ("/media/disc/Summer holidays 2019", 311, True)]
    return [
        {"id": place, "path": path, "photos": photos, "added": NOW, "ignored": ignored}
        for place, (path, photos, ignored) in enumerate(known)
        if PEOPLE
    ]


@mock.post("/folders", status_code=201)
async def add_folder() -> Any:
    return {"id": 3}


@mock.get("/scans")
async def scans() -> Any:
    return []


@mock.post("/scans", status_code=202)
async def scan(request: Request) -> Any:
    return _job(request, "scan", {})


@mock.get("/changes")
async def changes() -> Any:
    texts = ["Ana López: answered no", "Bea renamed to Beatriz", "Γιώργος Παπαδόπουλος taught from 7 photos"]
    found = [{"id": 4 - place, "text": text, "at": NOW} for place, text in enumerate(texts)]
    return {"changes": found if PEOPLE else [], "next": None}


@mock.get("/sorts")
async def sorts() -> Any:
    done = {"id": "s1", "name": "Ana López", "at": NOW, "count": 120, "undone": False}
    return {"items": [done] if PEOPLE else []}


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
                {"title": "taught faces", "count": each["taught"], "since": NOW},
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
