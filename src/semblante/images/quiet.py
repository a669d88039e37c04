"""Pillow's remarks on odd files stay unsaid: no user could act on them."""

import logging
import threading
import warnings
from types import TracebackType


class Quiet:
    """While a thread is within, Pillow says nothing.

    `warnings.catch_warnings` alone mixes up threads that are within at once.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads = 0
        self._warnings = warnings.catch_warnings()
        self._log = logging.NullHandler()

    def __enter__(self) -> None:
        with self._lock:
            if not self._threads:
                self._warnings = warnings.catch_warnings()
                self._warnings.__enter__()
                warnings.filterwarnings("ignore", module=r"PIL\.")
                logging.getLogger("PIL").addHandler(self._log)
            self._threads += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._lock:
            self._threads -= 1
            if not self._threads:
                logging.getLogger("PIL").removeHandler(self._log)
                self._warnings.__exit__(kind, error, traceback)


quiet = Quiet()
