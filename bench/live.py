"""The live camera: frames a second, what a frame costs, and what deciding several moments together does.

    python bench/live.py speed [--faces 1] [--people 3] [--frames 150]
    python bench/live.py answers LFW [--photos 5] [--moments 4]

`speed` moves drawn faces through frames of 448 x 336 pixels, and measures them in four ways: each frame read
as a photo; followed, and searched as photos are, as for the coach; followed; and followed by the service,
asked over loopback by this process. Every fourth frame shows another pose, and is embedded; the others are
only shifted. The CPU time counts all threads of this process, so it also holds on a busy machine; frames a
second do not.

`answers` learns each person of LFW with enough photos from PHOTOS of them, and decides on the rest: photo by
photo, and MOMENTS photos of one person together, by the mean of their logits, as the camera does. LFW is a
folder with `photos/NAME/*.jpg`. Prints JSON.
"""

import argparse
import io
import json
import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

# As the command line sets it: waiting threads would keep others from working.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import httpx
import numpy as np
import uvicorn
from PIL import Image

from semblante.api import Engine, ServiceSettings, create_app
from semblante.errors import NoCommonFace, TooFewPhotos
from semblante.generate import draw, sample_identity, sample_scene
from semblante.metrics.results import Reliability, RocCurve
from semblante.person import DecisionRule, HeldOutEvaluation, Neuron, Person, person_as_json
from semblante.pipeline import FaceAnalyzer, LiveRecognition
from semblante.pipeline.recognition import decide_faces, likelihood
from semblante.types import AnalyzedPhoto

WIDTH_PX, HEIGHT_PX = 448, 336
SHIFTS = 4
"""A drawn face is shifted so many times before it looks another way."""
POSES = 12
MIN_PHOTOS = 12
"""People of LFW with fewer photos are not learnt."""
NOTHING = HeldOutEvaluation(
    "validation", 5, 5, None, None, RocCurve((), (), 0.5), Reliability((), (), (), 0.0)
)


def frames_of(count: int, faces: int) -> list[bytes]:
    """JPEG files of frames in which so many drawn people move."""
    found = []
    for number in range(count):
        frame = np.full((HEIGHT_PX, WIDTH_PX, 3), 140, np.uint8)
        for person in range(faces):
            picture = drawn(person + 1, number // SHIFTS % POSES, 1.0 if faces == 1 else 0.62)
            left = person * (WIDTH_PX // faces) + 4 * (number % SHIFTS)
            part = frame[50 : 50 + len(picture), left : left + picture.shape[1]]
            part[:] = picture[: len(part), : part.shape[1]]
        content = io.BytesIO()
        Image.fromarray(frame).save(content, "JPEG", quality=85)
        found.append(content.getvalue())
    return found


@cache
def drawn(person: int, pose: int, scale: float) -> Any:
    """The picture of a drawn person in one of the poses."""
    identity = sample_identity(1, person)
    scene = sample_scene(identity, 1, person, 0)
    turned = replace(scene.pose, yaw=0.25 * np.sin(pose), pitch=0.1 * np.cos(1.7 * pose))
    picture = Image.fromarray(draw(identity, replace(scene, pose=turned)).pixels)
    return np.asarray(picture.resize((round(178 * scale), round(218 * scale))))


def speed(options: argparse.Namespace) -> dict[str, Any]:
    """What a frame costs, read as a photo and followed."""
    frames = frames_of(options.frames, options.faces)
    with FaceAnalyzer(threads=1) as analyzer:
        people = [anybody(analyzer, number) for number in range(options.people)]
        photos = measured(analyzer.analyze, frames)
        coached = measured(LiveRecognition(analyzer, people, as_photos=True), frames)
        followed = measured(LiveRecognition(analyzer, people), frames)
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), people) as send:
        asked = measured(send, frames)
    counts = {"faces": options.faces, "people": options.people}
    return {**counts, "photos": photos, "coached": coached, "followed": followed, "over loopback": asked}


@contextmanager
def served(folder: Path, people: Sequence[Person]) -> Iterator[Callable[[bytes], None]]:
    """A service that knows these people, in this process, and what sends a frame of a camera to it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Engine(ServiceSettings(folder=folder, port=port)) as engine:
        for person in people:
            engine.library.store.keep_person(person_as_json(person), person.name, [])
        _, secret = engine.keys.create("bench", "read")
        server = uvicorn.Server(uvicorn.Config(create_app(engine), port=port, log_level="warning"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        base_url, headers = f"http://127.0.0.1:{port}/api/v1", {"Authorization": f"Bearer {secret}"}
        with httpx.Client(base_url=base_url, headers=headers, timeout=60) as client:
            session = client.post("/live", json={}).raise_for_status().json()["id"]
            kind = {"Content-Type": "image/jpeg"}

            def send(frame: bytes) -> None:
                client.post(f"/live/{session}/frames", content=frame, headers=kind).raise_for_status()

            yield send
        server.should_exit = True
        thread.join()


def anybody(analyzer: FaceAnalyzer, number: int) -> Person:
    """A neuron that is as large as a learnt one."""
    bundle = analyzer.bundle
    weights = np.random.default_rng(number).normal(size=bundle.embedding_size).astype(np.float32)
    rule = DecisionRule(1.0, 0.0, 0.02, 0.1)
    return Person(str(number), bundle.network_sha256, Neuron(weights, 0.0, 0.0), rule, 5, 5, 5, NOTHING)


def measured(look: Callable[[bytes], Any], frames: Sequence[bytes]) -> dict[str, float]:
    """The CPU time of a frame, and the frames a second, of the frames after the first ten."""
    for frame in frames[:10]:
        look(frame)
    begun_s, cpu_s = time.perf_counter(), time.process_time()
    for frame in frames[10:]:
        look(frame)
    count = len(frames) - 10
    return {
        "cpu_ms_per_frame": round(1000 * (time.process_time() - cpu_s) / count, 2),
        "frames_per_s": round(count / (time.perf_counter() - begun_s), 1),
    }


def answers(options: argparse.Namespace) -> dict[str, Any]:
    """The verdicts on single photos and on several together, of the person's own and of others'."""
    by_name = {
        folder.name: sorted(folder.glob("*.jpg")) for folder in sorted((options.lfw / "photos").iterdir())
    }
    counts: dict[str, dict[str, dict[str, int]]] = {
        way: {whose: dict.fromkeys(("yes", "unsure", "no"), 0) for whose in ("own", "others")}
        for way in ("one photo", "together")
    }
    with FaceAnalyzer() as analyzer:
        paths = [path for own in by_name.values() for path in own]
        read = dict(zip(paths, analyzer.analyze_many(paths), strict=True))
        for number, (name, own) in enumerate(by_name.items()):
            if len(own) < MIN_PHOTOS:
                continue
            order = np.random.default_rng(number).permutation(len(own))
            taught = [own[place] for place in order[: options.photos]]
            try:
                person = analyzer.learn(name, taught)
            except (TooFewPhotos, NoCommonFace):
                continue
            for other, photos in by_name.items():
                left = [path for path in photos if path not in taught]
                logits = logits_of(person, [read[path] for path in left])
                whose = "own" if other == name else "others"
                groups = [logits[at : at + options.moments] for at in range(0, len(logits), options.moments)]
                for way, values in (
                    ("one photo", logits),
                    ("together", [np.mean(each) for each in groups if len(each) == options.moments]),
                ):
                    for probability in person.rule.probabilities(np.array(values)).tolist():
                        counts[way][whose][person.rule.verdict(probability)] += 1
    return {"photos": options.photos, "moments": options.moments, **counts}


def logits_of(person: Person, photos: Sequence[Any]) -> list[float]:
    """The logit of the likeliest face of each photo, where that can be relied on."""
    found = []
    for photo in photos:
        if isinstance(photo, AnalyzedPhoto) and photo.faces:
            decision = max(decide_faces(person, "", photo.faces), key=likelihood)
            if decision.face is not None and decision.face.quality.is_good:
                found.append(float(person.neuron.logits(decision.face.embedding[None])[0]))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    kinds = parser.add_subparsers(required=True)
    quick = kinds.add_parser("speed")
    quick.add_argument("--faces", type=int, default=1)
    quick.add_argument("--people", type=int, default=3)
    quick.add_argument("--frames", type=int, default=150)
    quick.set_defaults(measure=speed)
    right = kinds.add_parser("answers")
    right.add_argument("lfw", type=Path)
    right.add_argument("--photos", type=int, default=5)
    right.add_argument("--moments", type=int, default=4)
    right.set_defaults(measure=answers)
    options = parser.parse_args()
    print(json.dumps(options.measure(options)))


if __name__ == "__main__":
    main()
