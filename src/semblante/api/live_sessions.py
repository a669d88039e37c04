"""The cameras that are at work: each has its faces that are followed, and perhaps a coach."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from semblante.errors import Overloaded, Refused
from semblante.pipeline import Coach, LiveRecognition

MAX_SESSIONS: Final = 8
IDLE_S: Final = 60.0
"""A session without a frame for so long is over: pages are closed without a word."""


@dataclass(frozen=True)
class LiveSession:
    """A camera: whom it recognises, by the numbers of these `people` in the same order, and its coach."""

    recognition: LiveRecognition
    people: tuple[int, ...] = ()
    coach: Coach | None = None
    attributes: bool = False
    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))


class LiveSessions:
    """The sessions of a service, in memory. Any thread may use it."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._used: dict[str, tuple[LiveSession, float]] = {}
        """Each session, and when it had its last frame."""

    def begin(self, session: LiveSession) -> None:
        """Keep a session. Raises `Overloaded` where as many cameras are at work as may."""
        now_s = self._clock_s()
        with self._lock:
            self._used = {
                old: (each, used_s) for old, (each, used_s) in self._used.items() if now_s - used_s <= IDLE_S
            }
            if len(self._used) >= MAX_SESSIONS:
                raise Overloaded("too_many_cameras", count=MAX_SESSIONS, retry_after_s=round(IDLE_S))
            self._used[session.id] = (session, now_s)

    def use(self, session_id: str) -> LiveSession:
        """The session with this id, for a frame. Raises `Refused` where there is none, or no more."""
        with self._lock:
            session = self._known(session_id)
            self._used[session_id] = (session, self._clock_s())
        return session

    def end(self, session_id: str) -> None:
        """Forget a session and the faces that it follows. Raises `Refused` where there is none."""
        with self._lock:
            self._known(session_id)
            del self._used[session_id]

    def discard(self, session: LiveSession) -> None:
        """Forget a session, if it is not forgotten yet."""
        with self._lock:
            self._used.pop(session.id, None)

    def end_all(self) -> None:
        """Forget all sessions and the faces that they follow."""
        with self._lock:
            self._used.clear()

    def _known(self, session_id: str) -> LiveSession:
        if session_id not in self._used:
            raise Refused("camera_unknown")
        return self._used[session_id][0]
