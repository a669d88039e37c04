"""The service as a user starts it: `semblante serve` and `semblante app` as a process."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running(home: Path, *arguments: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """The command as a process on a data folder and a free port, and the first two lines that it prints."""
    environment = os.environ | {"SEMBLANTE_HOME": str(home), "LC_ALL": "C", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "semblante", *arguments, "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            lines = process.stdout.readline()
            if arguments[0] == "serve":
                lines += process.stdout.readline()
            yield lines, process
        finally:
            process.kill()
