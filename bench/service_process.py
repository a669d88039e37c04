"""`semblante serve` or `semblante app` in a process of its own, for what measures it from outside."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import httpx


class ServiceProcess:
    """A service on a data folder, from its start until it is ended or killed; a context manager.

    `client` sends to it: for `serve` with a key, below `/api/v1`; for `app` without one, to the page, which a
    browser opens by `address`.
    `started_s` is when it was started, by `time.perf_counter`.
    """

    def __init__(
        self,
        home: Path,
        command: Literal["serve", "app"] = "serve",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        more = ["--no-browser"] if command == "app" else []
        self.started_s = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "semblante", command, "--port", "0", *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={
                **os.environ,
                "SEMBLANTE_HOME": str(home),
                "LC_ALL": "C",
                "PYTHONUNBUFFERED": "1",
                **(environment or {}),
            },
        )
        self.address = self._read(r"(http://[^/]+\S*)$")
        headers = {"Authorization": "Bearer " + self._read(r"(\S+)$")} if command == "serve" else {}
        self.client = httpx.Client(
            base_url=self.address.partition("/#")[0],
            headers=headers,
            timeout=120,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=None),
        )

    def __enter__(self) -> "ServiceProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Stop it in order."""
        self._end_with(signal.SIGTERM)

    def kill(self) -> None:
        """End it as it stands."""
        self._end_with(signal.SIGKILL)

    @property
    def memory_mb(self) -> float:
        """What it holds in memory (Linux)."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return round(int(found[1]) / 1000, 1)

    def _read(self, pattern: str) -> str:
        assert self._process.stdout is not None
        found = re.search(pattern, self._process.stdout.readline().rstrip())
        assert found is not None
        return found[1]

    def _end_with(self, number: signal.Signals) -> None:
        self._process.send_signal(number)
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
