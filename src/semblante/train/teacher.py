"""What other networks see in the images of a prepared set: embeddings that a training draws its own to.

prepared images --embedding_graph--> embeddings of each image and its mirror image, averaged
                --beside the set---> teacher-HASH.npy, computed once; a stopped run goes on
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from jaxtyping import Float32

from semblante.celeba import PreparedSet
from semblante.files import check_disk_space, sha256_of, translate_os_errors
from semblante.jobs import SILENT, JobContext
from semblante.onnx_runtime import open_session
from semblante.train.embedding_network import Description, embedding_graph

BATCH: Final = 32


@dataclass(frozen=True)
class Teacher:
    """An embedding network that teaches."""

    network: Path
    description: Description


def teacher_embeddings(
    data: PreparedSet, teacher: Teacher, job: JobContext = SILENT
) -> Float32[np.ndarray, "n d"]:
    """The unit embedding of each image of `data`, the mean of those of the image and of its mirror image.

    They are kept beside the set under the network's hash; a stopped run goes on where it was. Stage
    "embedding". Raises `NotAnEmbeddingNetwork`, `DiskFull`, `FileAccessError`, `Cancelled`.
    """
    path = data.folder / f"teacher-{sha256_of(teacher.network)[:16]}.npy"
    partial = path.with_suffix(".part.npy")
    with translate_os_errors(path):
        if not path.exists():
            _compute(data, teacher, partial, job)
            partial.replace(path)
        kept = np.load(path).astype(np.float32)
    unit: Float32[np.ndarray, "n d"] = kept / np.linalg.norm(kept, axis=1, keepdims=True)
    return unit


def _compute(data: PreparedSet, teacher: Teacher, partial: Path, job: JobContext) -> None:
    graph = embedding_graph(teacher.network, teacher.description, data.side_px)
    session = open_session(graph.SerializeToString())
    count = len(data.images)

    def embeddings(rows: slice) -> Float32[np.ndarray, "k d"]:
        crops = np.asarray(data.images[rows])
        both = session.run(["embeddings"], {"crops": np.concatenate([crops, crops[:, :, ::-1]])})[0]
        mean: Float32[np.ndarray, "k d"] = both.reshape(2, len(crops), -1).mean(axis=0)
        return mean

    size = embeddings(slice(0, 1)).shape[1]
    if not partial.exists():
        check_disk_space(data.folder, 2 * count * size)
    mode = "r+" if partial.exists() else "w+"
    kept = np.lib.format.open_memmap(partial, mode=mode, dtype=np.float16, shape=(count, size))
    done = int(np.flatnonzero(kept.any(axis=1)).max(initial=-1)) + 1  # A row of zeros is still to come.
    for start in range(done, count, BATCH):
        rows = slice(start, min(start + BATCH, count))
        kept[rows] = embeddings(rows)
        job.progress("embedding", rows.stop, count)
    kept.flush()
