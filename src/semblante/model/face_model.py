"""A bundle at work: uint8 RGB crops in, attribute logits and embeddings out, by ONNX Runtime."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from jaxtyping import Float32

from semblante.errors import NotABundle
from semblante.i18n import tr
from semblante.labels import ATTRIBUTES
from semblante.model.bundle import Bundle
from semblante.model.manifest import value_at
from semblante.onnx_runtime import open_session, opset_of
from semblante.types import Crops, Embeddings, ModelOutput, OnProgress, unwatched

BATCH = 64
"""Crops a call: large enough to keep two cores busy, small enough for 200 MB of memory."""
MAX_EMBEDDING_VALUES = 100_000_000
"""400 MB. An embedding is far below; whole feature maps of large images would fill the memory."""


class FaceModel:
    """The network of one bundle, ready to run on the CPU."""

    def __init__(self, bundle: Bundle, threads: int = 0) -> None:
        """Load the bundle's ONNX file. `threads` 0 takes all cores. Raises `NotABundle` if unfit."""
        self.bundle = bundle
        try:
            self._session = open_session(bundle.network_path, threads)
        # ONNX Runtime's own exceptions share no public base class.
        except Exception as error:
            raise _cannot_run(bundle, str(error)) from error
        if problem := self._signature_problem():
            raise NotABundle(
                tr(
                    "{path}: the network does not fit its manifest ({problem}); copy the bundle again or "
                    "train it again",
                    path=bundle.network_path,
                    problem=problem,
                )
            )

    def __call__(self, crops: Crops) -> ModelOutput:
        """Logits (n, 40) and embeddings (n, d) of crops UInt8 (n, s, s, 3), where s is the bundle's side."""
        if not len(crops):
            return ModelOutput(
                np.zeros((0, 40), np.float32), np.zeros((0, self.bundle.embedding_size), np.float32)
            )
        return _join(self._run(crops[start : start + BATCH]) for start in range(0, len(crops), BATCH))

    def collect(
        self, batches: Iterable[Crops], count: int, on_progress: OnProgress = unwatched
    ) -> tuple[Float32[np.ndarray, "n 40"], Embeddings | None]:
        """Logits (n, 40) and embeddings (n, d) of `count` crops that come in batches.

        The embeddings are None where they would be more than `MOST_FEATURES` numbers.
        """
        logits = np.empty((count, len(ATTRIBUTES)), np.float32)
        width = self.bundle.embedding_size
        embeddings = np.empty((count, width), np.float32) if count * width <= MAX_EMBEDDING_VALUES else None
        done = 0
        for crops in batches:
            scores = self(crops)
            rows = slice(done, done + len(crops))
            logits[rows] = scores.logits
            if embeddings is not None:
                embeddings[rows] = scores.embeddings
            done += len(crops)
            on_progress(done, count)
        return logits, embeddings

    def _run(self, crops: Crops) -> ModelOutput:
        logits, embeddings = self._session.run(
            ["logits", "embeddings"], {"crops": np.ascontiguousarray(crops)}
        )
        return ModelOutput(logits, embeddings)

    def _signature_problem(self) -> str | None:
        """What of the network's inputs and outputs contradicts the manifest, or None."""
        side = self.bundle.side_px
        return (
            _contradiction(
                tr("inputs"), self._session.get_inputs(), {"crops": f"uint8 [n, {side}, {side}, 3]"}
            )
            or _contradiction(
                tr("outputs"),
                self._session.get_outputs(),
                {
                    "logits": f"float [n, {len(ATTRIBUTES)}]",
                    "embeddings": f"float [n, {self.bundle.embedding_size}]",
                },
            )
            or self._opset_problem()
        )

    def _opset_problem(self) -> str | None:
        told = value_at(self.bundle.manifest, "weights.opset")
        found = opset_of(self.bundle.network_path)
        if told in (None, found):
            return None
        return tr(
            "its opset is {found} and should be {expected}, as the field {field} says",
            found=found,
            expected=told,
            field="weights.opset",
        )


def _contradiction(kind: str, found: Iterable[Any], expected: Mapping[str, str]) -> str | None:
    """The first of the `found` inputs or outputs that is not as `expected`, each a type and a shape."""
    signature = {each.name: _type_and_shape(each) for each in found}
    if signature.keys() != expected.keys():
        return tr(
            "its {kind} are {found} and should be {expected}",
            kind=kind,
            found=", ".join(sorted(signature)) or "—",
            expected=", ".join(sorted(expected)),
        )
    for name, wanted in expected.items():
        if signature[name] != wanted:
            return tr(
                "{name} is {found} and should be {expected}, as the field {field} says",
                name=name,
                found=signature[name],
                expected=wanted,
                field=_FIELD_OF[name],
            )
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
    if too_new := _TOO_NEW.search(problem):
        version, most = (number for number in too_new.groups() if number)
        return NotABundle(
            tr(
                "{path}: written in a newer ONNX ({version}) than the ONNX Runtime here can read "
                "({most}); bring that up to date with: pip install --upgrade onnxruntime",
                path=bundle.network_path,
                version=f"opset {version}" if too_new[1] else f"IR {version}",
                most=most,
            )
        )
    return NotABundle(
        tr(
            "{path}: ONNX Runtime cannot run this network ({problem}); train it again",
            path=bundle.network_path,
            problem=(problem.splitlines() or [""])[0],
        )
    )


def _join(parts: Iterable[ModelOutput]) -> ModelOutput:
    """Several scores as one."""
    gathered = list(parts)
    return ModelOutput(
        np.concatenate([part.logits for part in gathered]),
        np.concatenate([part.embeddings for part in gathered]),
    )
