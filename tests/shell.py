"""A shell that runs what the documents show."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class Shell:
    """A shell that runs one block after the other, and keeps what they set."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["bash", "-eu", "-o", "pipefail"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, code: str) -> str:
        """What a block prints. Fails where one of its commands does."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{code}\necho end of block\n")
        self._process.stdin.flush()
        printed = ""
        for line in self._process.stdout:
            if line == "end of block\n":
                return printed
            printed += line
        raise AssertionError(f"{code}\n{printed}")

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def a_shell() -> Iterator[Shell]:
    """A shell in which `semblante` is this one."""
    shell = Shell()
    try:
        shell.run(f'semblante() {{ {sys.executable} -m semblante "$@"; }}')
        yield shell
    finally:
        shell.close()
