"""A bundle at work: uint8 RGB crops in, attribute logits and embeddings out, by ONNX Runtime."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float32

from semblante.errors import NotABundle, Reason
from semblante.jobs import SILENT, JobContext
from semblante.labels import ATTRIBUTES
from semblante.model.bundle import Bundle
from semblante.onnx_runtime import open_session
from semblante.types import Crops, Embeddings, ModelOutput

BATCH = 64
"""Crops a call: large enough to keep two cores busy, small enough for 200 MB of memory."""
MAX_EMBEDDING_VALUES = 100_000_000
"""400 MB. An embedding is far below; whole feature maps of large images would fill the memory."""


class FaceModel:
    """The network of one bundle, ready to run; several threads may use it at once."""

    def __init__(self, bundle: Bundle, threads: int = 0, providers: Sequence[str] | None = None) -> None:
        """Load the bundle's ONNX file.

        `threads` 0 stands for all usable cores; `providers` are ONNX Runtime's, the CPU by default. Raises
        `NotABundle` where the file cannot be run or does not fit the manifest.
        """
        self.bundle = bundle
        try:
            self._session = open_session(bundle.network_path, threads, providers)
        # ONNX Runtime's own exceptions share no public base class.
        except Exception as error:
            raise _cannot_run(bundle, str(error)) from error
        if problem := self._signature_problem():
            raise NotABundle("network_unfit", path=bundle.network_path, problem=problem)

    def __call__(self, crops: Crops) -> ModelOutput:
        """Logits (n, 40) and embeddings (n, d) of crops (n, s, s, 3), where s is the bundle's side."""
        logits = np.empty((len(crops), len(ATTRIBUTES)), np.float32)
        embeddings = np.empty((len(crops), self.bundle.embedding_size), np.float32)
        for start in range(0, len(crops), BATCH):
            rows = slice(start, start + BATCH)
            logits[rows], embeddings[rows] = self._run(crops[rows])
        return ModelOutput(logits, embeddings)

    def collect(
        self, batches: Iterable[Crops], count: int, job: JobContext = SILENT
    ) -> tuple[Float32[np.ndarray, "n 40"], Embeddings | None]:
        """Logits (n, 40) and embeddings (n, d) of `count` crops that come in batches; stage `evaluating`.

        The embeddings are None where they would be more than `MAX_EMBEDDING_VALUES` numbers.
        """
        logits = np.empty((count, len(ATTRIBUTES)), np.float32)
        width = self.bundle.embedding_size
        embeddings = np.empty((count, width), np.float32) if count * width <= MAX_EMBEDDING_VALUES else None
        done = 0
        for crops in batches:
            output = self(crops)
            rows = slice(done, done + len(crops))
            logits[rows] = output.logits
            if embeddings is not None:
                embeddings[rows] = output.embeddings
            done += len(crops)
            job.progress("evaluating", done, count)
        return logits, embeddings

    def _run(self, crops: Crops) -> tuple[Float32[np.ndarray, "n 40"], Embeddings]:
        logits, embeddings = self._session.run(
            ["logits", "embeddings"], {"crops": np.ascontiguousarray(crops)}
        )
        return logits, embeddings

    def _signature_problem(self) -> Reason | None:
        """What of the network's inputs and outputs contradicts the manifest, or None."""
        side, size = self.bundle.side_px, self.bundle.embedding_size
        crops = {"crops": f"uint8 [n, {side}, {side}, 3]"}
        answers = {"logits": f"float [n, {len(ATTRIBUTES)}]", "embeddings": f"float [n, {size}]"}
        return _contradiction("network_inputs", self._session.get_inputs(), crops) or _contradiction(
            "network_outputs", self._session.get_outputs(), answers
        )


def _contradiction(code: str, found: Iterable[Any], expected: Mapping[str, str]) -> Reason | None:
    """The first of the `found` inputs or outputs that is not as `expected`, each a type and a shape."""
    signature = {each.name: _type_and_shape(each) for each in found}
    if signature.keys() != expected.keys():
        return Reason(code, {"found": sorted(signature), "expected": sorted(expected)})
    for name, wanted in expected.items():
        if signature[name] != wanted:
            params = {"name": name, "found": signature[name], "expected": wanted, "field": _FIELD_OF[name]}
            return Reason("network_port", params)
    return None


_FIELD_OF = {"crops": "geometry.side_px", "logits": "attributes", "embeddings": "weights.embedding_size"}
"""The field of the manifest that says how large each input and output is."""


def _type_and_shape(node: Any) -> str:
    """As `float [n, 40]`: a free length has a name of its own, which says nothing."""
    shape = ", ".join(str(length) if isinstance(length, int) else "n" for length in node.shape)
    return f"{node.type.removeprefix('tensor(').removesuffix(')')} [{shape}]"


_TOO_NEW = re.compile(r"Opset (\d+) is .* till opset (\d+)|IR version: (\d+), max .* IR version: (\d+)")
"""What ONNX Runtime says of a file in a newer ONNX; if it comes to say it otherwise, it is quoted."""


def _cannot_run(bundle: Bundle, problem: str) -> NotABundle:
    path = bundle.network_path
    if too_new := _TOO_NEW.search(problem):
        version, newest = (number for number in too_new.groups() if number)
        kind = "opset" if too_new[1] else "IR"
        return NotABundle("onnx_too_new", path=path, version=f"{kind} {version}", newest=newest)
    return NotABundle("network_cannot_run", path=path, problem=(problem.splitlines() or [""])[0])
