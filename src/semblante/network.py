"""A bundle at work: uint8 RGB crops in, attribute logits and features out, by ONNX Runtime."""

from collections.abc import Iterable

import numpy as np
import onnxruntime

from semblante.bundle import Bundle
from semblante.errors import NotABundle
from semblante.text import say
from semblante.types import Crops, Scores

BATCH = 64
"""Crops a call: large enough to keep two cores busy, small enough for 200 MB of memory."""


class Network:
    """The network of one bundle, ready to run on the CPU."""

    def __init__(self, bundle: Bundle, threads: int = 0) -> None:
        """Load the bundle's ONNX file. `threads` 0 takes all cores. Raises `NotABundle` if unfit."""
        self.bundle = bundle
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        # Spinning threads slow everything else down on a busy machine and gain little on a quiet one.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(
                str(bundle.network_path), options, providers=["CPUExecutionProvider"]
            )
            self._check_signature()
        # ONNX Runtime's own exceptions share no public base class.
        except Exception as error:
            raise NotABundle(
                say(
                    "{path}: ONNX Runtime cannot run this network ({problem}); train it again",
                    path=bundle.network_path,
                    problem=str(error).splitlines()[0],
                )
            ) from error

    def __call__(self, crops: Crops) -> Scores:
        """Logits (n, 40) and features (n, d) of crops UInt8 (n, s, s, 3), where s is the bundle's side."""
        if not len(crops):
            return Scores(np.zeros((0, 40), np.float32), np.zeros((0, self.bundle.feature_count), np.float32))
        return _join(self._run(crops[start : start + BATCH]) for start in range(0, len(crops), BATCH))

    def _run(self, crops: Crops) -> Scores:
        logits, features = self._session.run(["logits", "features"], {"crops": np.ascontiguousarray(crops)})
        return Scores(logits, features)

    def _check_signature(self) -> None:
        side = self.bundle.side_px
        (crops,) = self._session.get_inputs()
        if crops.name != "crops" or crops.type != "tensor(uint8)" or list(crops.shape[1:]) != [side, side, 3]:
            raise ValueError(f"input {crops.name} {crops.type} {crops.shape}")
        found = {output.name: output.shape[1] for output in self._session.get_outputs()}
        if found != {"logits": 40, "features": self.bundle.feature_count}:
            raise ValueError(f"outputs {found}")


def _join(parts: Iterable[Scores]) -> Scores:
    """Several scores as one."""
    gathered = list(parts)
    return Scores(
        np.concatenate([part.logits for part in gathered]),
        np.concatenate([part.features for part in gathered]),
    )
