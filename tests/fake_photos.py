"""Files that pass for photos, and a reader that needs no network: for tests of the library."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from faces_made_up import copy_descriptor
from jaxtyping import Float32

from semblante.errors import BadImage, Reason
from semblante.jobs import SILENT, JobContext
from semblante.labels import ATTRIBUTES
from semblante.library import FailedRead
from semblante.model.bundle import Bundle
from semblante.pipeline import FaceAnalyzer, UnusablePhoto
from semblante.pipeline.reading import Source
from semblante.types import AnalyzedPhoto, Embeddings, Face, Quality, QualityIssue

BASE = "ab" * 32
"""The hash of the network that the reader stands for."""
WIDTH = 64
Vector = Float32[np.ndarray, " d"]


@dataclass(frozen=True)
class Shown:
    """A face in a made-up photo: whose it is, what mars it, and the attributes that it has."""

    who: int
    issues: tuple[QualityIssue, ...] = ()
    with_: tuple[str, ...] = ()
    noise: float = 0.3


def direction(who: int) -> Vector:
    """What the embeddings of one person have in common."""
    values = np.random.default_rng(who).normal(size=WIDTH)
    values /= np.linalg.norm(values)
    return values.astype(np.float32)


def embeddings_of(who: int, count: int, noise: float = 0.3, seed: int = 0) -> Embeddings:
    """Features of `count` photos of one person."""
    rng = np.random.default_rng((7, who, seed))
    away = rng.normal(size=(count, WIDTH)) / np.sqrt(WIDTH)
    rows: Embeddings = (direction(who) + noise * away).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def made_up_photo(*faces: Shown, salt: int = 0) -> bytes:
    """What passes for a photo of these faces; `salt` makes another content of the same faces."""
    shown = [
        {"who": face.who, "issues": face.issues, "with_": face.with_, "noise": face.noise} for face in faces
    ]
    return json.dumps({"faces": shown, "salt": salt}).encode()


def write_photo(path: Path, *faces: Shown, salt: int = 0) -> Path:
    """A file that the reader finds these faces in; see `made_up_photo`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made_up_photo(*faces, salt=salt))
    return path


@dataclass
class FakeReader:
    """Reads such files in order, `ahead` of what it gives; `paths` are those that it was asked for."""

    ahead: int = 1
    paths: list[Path] = field(default_factory=list)

    def __call__(self, paths: Iterable[Path]) -> Iterator[AnalyzedPhoto | FailedRead]:
        waiting: list[Path] = []
        for path in paths:
            self.paths.append(path)
            waiting.append(path)
            if len(waiting) >= self.ahead:
                yield self.read(waiting.pop(0))
        yield from map(self.read, waiting)

    def read(self, path: Path) -> AnalyzedPhoto | FailedRead:
        """The photo, or why it cannot be used."""
        try:
            return _photo(str(path), path.read_bytes())
        except ValueError:
            return FailedRead(path, Reason("it is damaged"), "it is damaged")
        except OSError:
            return FailedRead(path, Reason("file_missing"))


def _photo(source: str, content: bytes) -> AnalyzedPhoto:
    made_up = json.loads(content)
    faces, salt = made_up["faces"], made_up["salt"]
    return AnalyzedPhoto(
        source,
        640,
        480,
        tuple(_face(place, salt, **face) for place, face in enumerate(faces)),
    )


def _face(
    place: int, salt: int, who: int, issues: Sequence[QualityIssue], with_: Sequence[str], noise: float
) -> Face:
    left = 100.0 * place
    quality = Quality(40.0, 0.75, 1.0, 0.875, tuple(issues))
    eyes, mouth = ((left + 20, 50.0), (left + 60, 50.0)), ((left + 24, 90.0), (left + 56, 90.0))
    landmarks = (*eyes, (left + 40, 74.0), *mouth)
    logits = np.array([1.5 if each in with_ else -1.5 for each in ATTRIBUTES], np.float32)
    embedding = embeddings_of(who, 1, noise, salt)[0]
    return Face(
        (left, 10.0, left + 80, 110.0), 0.9, landmarks, quality, logits, embedding, copy_descriptor(embedding)
    )


class NoNetwork(FaceAnalyzer):
    """Reads made-up photos."""

    def __init__(self, model: Bundle) -> None:
        self.bundle = model

    def close(self) -> None:
        """There is nothing to be closed."""

    def analyze_photo(self, source: Source, aligned: bool = False) -> AnalyzedPhoto:
        """What the content of a file says that it shows."""
        assert isinstance(source, bytes)
        try:
            return _photo("", source)
        except ValueError as error:
            raise BadImage("not_a_picture") from error

    def analyze_many(
        self, paths: Path | str | Iterable[Path | str], aligned: bool = False, job: JobContext = SILENT
    ) -> Iterator[AnalyzedPhoto | UnusablePhoto]:
        """What the files say that they show."""
        reader = FakeReader()
        for path in [Path(paths)] if isinstance(paths, Path | str) else map(Path, paths):
            read = reader.read(path)
            yield UnusablePhoto(path, read.reason, True) if isinstance(read, FailedRead) else read


def made_up_analyzer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> NoNetwork:
    """One whose bundle, in `folder`, has 200 strangers as its background."""

    def background(_bundle: Bundle) -> Embeddings:
        return np.concatenate([embeddings_of(5000 + who, 1) for who in range(200)])

    monkeypatch.setattr(Bundle, "background", background)
    return NoNetwork(Bundle(folder, {"weights": {"sha256": BASE, "embedding_size": WIDTH}}))
