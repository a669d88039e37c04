"""ONNX Runtime sessions, all opened with the same options."""

from collections.abc import Sequence
from pathlib import Path

import onnxruntime

from semblante.errors import InvalidOption
from semblante.process_pool import usable_cores

CPU = ("CPUExecutionProvider",)


def check_providers(providers: Sequence[str]) -> None:
    """Raise `InvalidOption` where ONNX Runtime here has not all of these execution providers."""
    available = onnxruntime.get_available_providers()
    if missing := [name for name in providers if name not in available]:
        raise InvalidOption("no_such_provider", names=missing, available=available)


def open_session(
    path: Path, threads: int = 0, providers: Sequence[str] | None = None
) -> onnxruntime.InferenceSession:
    """The network at `path`, ready to run. Several threads may run one session at once.

    `threads` 0 stands for all usable cores; `providers` are ONNX Runtime's, the CPU by default. Raises what
    ONNX Runtime raises.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or usable_cores()
    # Spinning threads slow everything else down on a busy machine and gain little on a quiet one.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(path), options, providers=list(providers or CPU))
