"""A connection of the service: nobody holds one by sending or reading nothing, and there are only so many.

uvicorn waits without end for the headers of a request, and for a caller who does not read the answer. A body
is timed by `BodyGuard`, a connection between two requests by uvicorn.
"""

import asyncio
import secrets
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

from semblante.api.local_peers import is_of_another_user
from semblante.api.problems import problem_of
from semblante.api.security import HEADERS
from semblante.errors import Overloaded

MAX_CONNECTIONS: Final = 256
"""More would leave too few open files for the library: many systems allow a process 1024, some 256."""
_HEADERS_S: Final = 10.0
"""So long the headers of a request may take, and whatever comes after the request was answered."""
_LOOK_EVERY_S: Final = 30.0
_MIN_READ_BYTES: Final = 30_000
"""A caller reads at least so much of an answer each time that we look."""


class Connection(H11Protocol):
    """A connection that is closed when the caller is too slow.

    The state of each request says in `is_other_user` whether another user of this machine asks, where the
    system tells that.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._late: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or refuse it where there are too many."""
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS:
            transport.write(_refusal())
            transport.close()
            return
        is_other_user = is_of_another_user(self.client, self.server)
        self.app_state = {**self.app_state, "is_other_user": is_other_user}
        self._time_headers()

    def data_received(self, data: bytes) -> None:
        """Take what the caller sent."""
        super().data_received(data)
        self._time_headers()

    def pause_writing(self) -> None:
        """The caller does not read as fast as we answer."""
        super().pause_writing()
        self._look_again(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """The caller has read nearly all."""
        super().resume_writing()
        _end(self._unread)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is closed."""
        _end(self._late)
        _end(self._unread)
        super().connection_lost(exc)

    def _time_headers(self) -> None:
        # What is sent while a request is answered belongs to its body, or waits.
        if self.cycle is not None and not self.cycle.response_complete:
            _end(self._late)
            self._late = None
        elif self._late is None and not self.transport.is_closing():
            self._late = self.loop.call_later(_HEADERS_S, self.transport.close)

    def _look_again(self, before_bytes: int) -> None:
        _end(self._unread)
        self._unread = self.loop.call_later(_LOOK_EVERY_S, self._look, before_bytes)

    def _look(self, before_bytes: int) -> None:
        left_bytes = self.transport.get_write_buffer_size()
        if before_bytes - left_bytes < _MIN_READ_BYTES:
            self.transport.abort()
        else:
            self._look_again(left_bytes)


def _refusal() -> bytes:
    """An answer to whatever is asked."""
    answer = problem_of(Overloaded("too_many_requests_waiting", retry_after_s=1), "", secrets.token_hex(8))
    headers = {**answer.headers, **HEADERS, "connection": "close"}
    lines = (
        "HTTP/1.1 503 Service Unavailable",
        *(f"{name}: {value}" for name, value in headers.items()),
        "\r\n",
    )
    return "\r\n".join(lines).encode() + bytes(answer.body)


def _end(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
