"""The body of a request as it arrives: not too large, not too slow, not compressed.

What is refused while a body is read is an `HTTPException`, which FastAPI passes on as it is.
"""

import asyncio
import time
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from semblante.api.settings import ServiceSettings
from semblante.errors import Refused

_PLAIN: Final = ("", "identity")
_OF_IMAGES: Final = ("multipart/", "image/")
"""How the content type of a body with images begins; all others are parsed as a whole at once."""
_MAX_STRANGERS_BYTES: Final = 10_000
"""Who has no session and no key yet sends nothing larger than a launch token."""


class BodyGuard:
    """Refuses bodies that are too large, also all at once, come too slowly, or are compressed."""

    def __init__(self, app: ASGIApp, settings: ServiceSettings) -> None:
        self._app = app
        self._settings = settings
        self._held_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if headers.get("content-encoding", "").lower() not in _PLAIN:
            # What unpacks to a thousand times its size is not let in.
            raise Refused("encoded_body")
        max_bytes = self._max_bytes(scope, headers)
        length = headers.get("content-length", "").lstrip("0")
        # Of a number without end, not even its value is worth knowing.
        if length.isdecimal() and (len(length) > 18 or int(length) > max_bytes):
            raise HTTPException(413)
        until = time.monotonic() + self._settings.max_body_s
        own_bytes = 0
        is_whole = False

        async def receive_in_time() -> Message:
            nonlocal own_bytes, is_whole
            if is_whole:  # What follows is the caller's leaving, for which nobody hurries.
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), max(0.0, until - time.monotonic()))
            except TimeoutError as error:
                raise HTTPException(408) from error
            is_whole = message["type"] != "http.request" or not message.get("more_body", False)
            arrived_bytes = len(message.get("body", b""))
            own_bytes += arrived_bytes
            self._held_bytes += arrived_bytes
            if own_bytes > max_bytes:
                raise HTTPException(413)
            if self._held_bytes > self._settings.max_held_bytes:
                raise HTTPException(503)
            return message

        try:
            await self._app(scope, receive_in_time, send)
        finally:
            self._held_bytes -= own_bytes

    def _max_bytes(self, scope: Scope, headers: Headers) -> int:
        if scope["state"].get("caller") is None:
            return _MAX_STRANGERS_BYTES
        is_of_images = headers.get("content-type", "").lower().startswith(_OF_IMAGES)
        return self._settings.max_body_bytes if is_of_images else self._settings.max_json_bytes
