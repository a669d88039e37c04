"""What other networks see in the training images: embeddings that a training draws its own to.

training images --embedding_graph--> embeddings of each image and its mirror image, averaged
their blends    --embedding_graph--> embeddings of each
                --beside the set---> teacher-HASH.npy and teacher-HASH-blends.npy, computed once
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Int64, UInt8

from semblante.celeba import PreparedSet
from semblante.files import check_disk_space, sha256_of, translate_os_errors
from semblante.jobs import SILENT, JobContext
from semblante.onnx_runtime import open_session
from semblante.train.blends import Blends, choose_blends
from semblante.train.embedding_network import Description, describe_network, embedding_graph
from semblante.types import Embeddings

BATCH: Final = 32
_Views = UInt8[np.ndarray, "k views s s 3"]


@dataclass(frozen=True)
class Teacher:
    """An embedding network that teaches."""

    network: Path
    description: Description


@dataclass(frozen=True)
class DistillationTargets:
    """What teachers see, of length one: in the n training images (n, d), and in their m blends (m, d)."""

    images: Embeddings
    blends: Blends
    of_blends: Embeddings

    def of(self, numbers: Int64[np.ndarray, " k"]) -> Embeddings:
        """Those (k, d) of images, numbered from 0, and of blends, numbered from n."""
        count = len(self.images)
        taken: Embeddings = self.images[np.minimum(numbers, count - 1)]
        taken[numbers >= count] = self.of_blends[numbers[numbers >= count] - count]
        return taken


def open_teacher(network: Path) -> Teacher:
    """The teacher in an ONNX file, described by its hash or by the JSON beside it (`describe_network`)."""
    return Teacher(network, describe_network(network))


def distillation_targets(
    data: PreparedSet, teachers: Sequence[Teacher], job: JobContext = SILENT
) -> DistillationTargets | None:
    """What a training on `data` draws its embeddings to; None without teachers.

    The embeddings of all teachers, side by side: of each, less the mean of the training images, which all
    faces share, and of length one. They are kept beside the set; a stopped run goes on where it was. Stage
    "embedding". Raises `NotAnEmbeddingNetwork`, `DiskFull`, `FileAccessError`, `Cancelled`.
    """
    if not teachers:
        return None
    blends = choose_blends(len(data.rows("train")))
    of_images, of_blends = [], []
    for teacher in teachers:
        images, blended = teacher_embeddings(data, teacher, blends, job)
        mean = images.mean(axis=0)
        of_images.append(_unit(images - mean))
        of_blends.append(_unit(blended - mean))
    images, blended = (_unit(np.concatenate(each, axis=1)) for each in (of_images, of_blends))
    return DistillationTargets(images, blends, blended)


def teacher_embeddings(
    data: PreparedSet, teacher: Teacher, blends: Blends, job: JobContext = SILENT
) -> tuple[Embeddings, Embeddings]:
    """The unit embeddings of the training images of `data` and of their `blends`.

    That of an image is the mean of its own and its mirror image's.
    """
    rows = data.rows("train")
    name, total = f"teacher-{sha256_of(teacher.network)[:16]}", len(rows) + len(blends)

    def both_views(part: slice) -> _Views:
        crops = np.asarray(data.images[rows[part]])
        return np.stack([crops, crops[:, :, ::-1]], axis=1)

    def blended(part: slice) -> _Views:
        one, other = (data.images[rows[each[part]]].astype(np.float32) for each in (blends.one, blends.other))
        flipped = np.where(blends.is_flipped[part, None, None, None], other[:, :, ::-1], other)
        share = blends.share[part, None, None, None]
        mean: _Views = (share * one + (1 - share) * flipped).round().astype(np.uint8)[:, None]
        return mean

    def progress(done: int) -> None:
        job.progress("embedding", done, total)

    @cache
    def graph() -> bytes:
        network = embedding_graph(teacher.network, teacher.description, data.side_px)
        content: bytes = network.SerializeToString()
        return content

    with translate_os_errors(data.folder):
        images = _kept(data.folder / f"{name}.npy", graph, len(rows), both_views, progress)
        between = _kept(
            data.folder / f"{name}-blends.npy",
            graph,
            len(blends),
            blended,
            lambda done: progress(len(rows) + done),
        )
    return _unit(images), _unit(between)


def _unit(embeddings: Embeddings) -> Embeddings:
    lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
    unit: Embeddings = embeddings / np.maximum(lengths, np.finfo(np.float32).tiny)
    return unit


def _kept(
    path: Path,
    graph: Callable[[], bytes],
    count: int,
    views_of: Callable[[slice], _Views],
    progress: Callable[[int], None],
) -> Embeddings:
    """The mean embedding of each of `count` pictures' views, from `path`, or computed and kept there."""
    if path.exists():
        found: Embeddings = np.load(path).astype(np.float32)
        return found
    session = open_session(graph())

    def embeddings(part: slice) -> Embeddings:
        views = views_of(part)
        answers = session.run(["embeddings"], {"crops": views.reshape(-1, *views.shape[2:])})[0]
        mean: Embeddings = answers.reshape(*views.shape[:2], -1).mean(axis=1)
        return mean

    partial = path.with_suffix(".part.npy")
    if not partial.exists():
        size = embeddings(slice(0, 1)).shape[1]
        check_disk_space(path.parent, 2 * count * size)
        np.lib.format.open_memmap(partial, mode="w+", dtype=np.float16, shape=(count, size)).flush()
    kept = np.lib.format.open_memmap(partial, mode="r+")
    done = int(np.flatnonzero(kept.any(axis=1)).max(initial=-1)) + 1  # A row of zeros is still to come.
    for start in range(done, count, BATCH):
        part = slice(start, min(start + BATCH, count))
        kept[part] = embeddings(part)
        progress(part.stop)
    kept.flush()
    partial.replace(path)
    return kept.astype(np.float32)
