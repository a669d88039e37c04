"""ONNX Runtime sessions, all opened with the same options."""

from collections.abc import Sequence
from pathlib import Path

from onnxruntime import (
    InferenceSession,
    SessionOptions,
    disable_telemetry_events,
    get_available_providers,
)

from semblante.cores import usable_cores
from semblante.errors import InvalidOption

CPU = ("CPUExecutionProvider",)


def check_providers(providers: Sequence[str]) -> None:
    """Raise `InvalidOption` where ONNX Runtime here has not all of these execution providers."""
    available = get_available_providers()
    if missing := [name for name in providers if name not in available]:
        raise InvalidOption("no_such_provider", names=missing, available=available)


def open_session(
    network: Path | bytes,
    threads: int = 0,
    providers: Sequence[str] | None = None,
    unpacks_weights: bool = False,
) -> InferenceSession:
    """The network at a path, or in the content of a file, ready to run.

    Several threads may run one session at once. `threads` 0 stands for all usable cores; `providers` are ONNX
    Runtime's, the CPU by default. `unpacks_weights` says that weights of 8 bits are turned into floats once,
    here, and not at each run: for networks that are only stored in 8 bits. Raises what ONNX Runtime raises.
    """
    # Its builds for Windows tell Microsoft of each session otherwise.
    disable_telemetry_events()
    options = session_options(threads)
    # Spinning threads slow everything else down on a busy machine and gain little on a quiet one.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if unpacks_weights:
        options.add_session_config_entry("session.disable_quant_qdq", "1")
    options.log_severity_level = 4
    source = network if isinstance(network, bytes) else str(network)
    return InferenceSession(source, options, providers=list(providers or CPU))


def session_options(threads: int = 0) -> SessionOptions:
    """Options with a number of threads, 0 for all usable cores.

    Without one, ONNX Runtime takes as many threads as the machine has cores, and binds each to one; in a
    container it may not, and says so in red.
    """
    options = SessionOptions()
    options.intra_op_num_threads = threads or usable_cores()
    return options
