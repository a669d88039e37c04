"""The page's way in: a token that is used once becomes a session, which the browser keeps as a cookie."""

import hashlib
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from semblante.errors import Refused

_LAUNCH_S: Final = 600.0
"""So long a launch token can be used: a browser may take its time to start."""
_IDLE_S: Final = 12 * 3600.0
"""A session that nobody uses for so long is over."""
_MAX_SESSIONS: Final = 100
_MAX_FAILURES: Final = 20
_FAILURES_WITHIN_S: Final = 60.0


class Sessions:
    """Launch tokens that were given out, and the sessions they became; kept in memory, as hashes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._launches: dict[str, float] = {}
        self._sessions: dict[str, float] = {}

    def new_launch_token(self) -> str:
        """A token that begins one session, within ten minutes."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._launches[_hash(token)] = self._clock() + _LAUNCH_S
        return token

    def begin(self, launch_token: str) -> str | None:
        """The secret of a new session; None where the token is not known, was used, or is too old."""
        with self._lock:
            until = self._launches.pop(_hash(launch_token), None)
            if until is None or self._clock() > until:
                return None
            session = secrets.token_urlsafe(32)
            if len(self._sessions) >= _MAX_SESSIONS:
                del self._sessions[min(self._sessions, key=lambda each: self._sessions[each])]
            self._sessions[_hash(session)] = self._clock() + _IDLE_S
            return session

    def knows(self, session: str) -> bool:
        """Whether a session is going on; it goes on from now."""
        hashed = _hash(session)
        with self._lock:
            if self._clock() > self._sessions.get(hashed, float("-inf")):
                self._sessions.pop(hashed, None)
                return False
            self._sessions[hashed] = self._clock() + _IDLE_S
            return True

    def end(self, session: str) -> None:
        """End a session."""
        with self._lock:
            self._sessions.pop(_hash(session), None)


class Failures:
    """Credentials that were wrong: who tries many in a minute is told to come again later."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._times: deque[float] = deque(maxlen=_MAX_FAILURES)

    def next(self) -> Refused:
        """The error for one more."""
        with self._lock:
            self._times.append(self._clock())
            passed_s = self._times[-1] - self._times[0]
            if len(self._times) < _MAX_FAILURES or passed_s > _FAILURES_WITHIN_S:
                return Refused("not_authenticated")
            return Refused("too_many_failures", retry_after_s=round(_FAILURES_WITHIN_S - passed_s) + 1)


def _hash(secret: str) -> str:
    # Looked up by its hash, a secret does not show in how long that takes.
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
