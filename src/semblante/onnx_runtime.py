"""ONNX files opened for the CPU, all in the same way."""

from collections.abc import Iterator
from pathlib import Path

import onnxruntime


def open_session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    """The network at `path`, ready to run; `threads` 0 takes all cores. Raises what ONNX Runtime raises."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Spinning threads slow everything else down on a busy machine and gain little on a quiet one.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def opset_of(path: Path) -> int:
    """The version of ONNX's own operators in a file that ONNX Runtime has opened, which does not tell it."""
    for number, entry in _fields(path.read_bytes()):
        if number == _OPSET_IMPORT and isinstance(entry, bytes):
            named = dict(_fields(entry))
            if named.get(_DOMAIN, b"") in (b"", b"ai.onnx"):
                return int(named[_VERSION])
    return 0


_OPSET_IMPORT, _DOMAIN, _VERSION = 8, 1, 2
"""Numbers of protobuf fields, as onnx.proto has them: the first in a model, the others in what it holds."""


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a protobuf message: each one's number, and its value, a whole number or bytes."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        value, at = _varint(message, at)
        if key & 7 == 2:  # Bytes follow, and the value is their length.
            yield key >> 3, message[at : at + value]
            at += value
        else:
            yield key >> 3, value


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """The number that is written from `at` on, seven bits a byte, the lowest first; and where it ends."""
    value = shift = 0
    while True:
        byte = message[at]
        value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
        if byte < 128:
            return value, at
