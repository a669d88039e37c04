"""A process that kills itself before one of its changes to the disk: for tests that do so at every one."""

import os
import signal
import sys
from typing import Any, Final

CHANGING: Final = frozenset(
    {"os.rename", "os.link", "os.symlink", "os.mkdir", "os.remove", "os.rmdir", "os.utime", "os.chmod"}
)
"""The audit events of what changes the disk, beside opening a file to be written."""


def kill_at(wanted: int) -> None:
    """Kill this process before the change with this number from now on, the first being 0."""
    seen = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        writes = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if event in CHANGING or writes:
            if seen == wanted:
                os.kill(os.getpid(), signal.SIGKILL)
            seen += 1

    sys.addaudithook(hook)
