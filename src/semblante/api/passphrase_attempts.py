"""Passphrases that were wrong: after a few, who tries another one must wait, each time twice as long."""

import contextlib
import math
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from semblante.errors import Refused, VaultLocked

_FREE: Final = 5
_FIRST_WAIT_S: Final = 5.0
_MAX_WAIT_S: Final = 600.0


class PassphraseAttempts:
    """Counts the wrong ones until a right one comes. Any thread may use it."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._wrong = 0
        self._next_s = -math.inf

    @contextlib.contextmanager
    def one(self) -> Iterator[None]:
        """Try a passphrase in the block, which raises `VaultLocked` where it is wrong.

        Raises `Refused` where it is too early, even for the right one.
        """
        with self._lock:  # Those that are tried at once are counted one after the other.
            wait_s = self._next_s - self._clock_s()
            if wait_s > 0:
                raise Refused("too_many_passphrases", retry_after_s=math.ceil(wait_s))
            try:
                yield
            except VaultLocked as error:
                if error.code == "passphrase_wrong":
                    self._note_wrong()
                raise
            self._wrong = 0

    def _note_wrong(self) -> None:
        self._wrong += 1
        if self._wrong >= _FREE:
            wait_s = _FIRST_WAIT_S * 2.0 ** min(self._wrong - _FREE, 10)
            self._next_s = self._clock_s() + min(wait_s, _MAX_WAIT_S)
