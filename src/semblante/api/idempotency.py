"""A request that is sent again with the same `Idempotency-Key` gets the first answer; nothing is done twice.

The answers are kept in memory, the last thousand for a day, and no longer than the library is unlocked. Those
to callers without a session or a key are not kept: a launch token is used once.
"""

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from semblante.errors import Refused

_HEADER: Final = "idempotency-key"
_MAX_KEY_LENGTH: Final = 255
_MAX_ANSWERS: Final = 1000
_MAX_ANSWER_BYTES: Final = 1_000_000
_MAX_ALL_BYTES: Final = 50_000_000
_KEPT_S: Final = 24 * 3600.0
_BOUNDARY: Final = re.compile(r'boundary="?([^";,\s]{1,200})')


@dataclass
class _Exchange:
    """A request and, once it has been answered, its answer: the messages that were sent."""

    fingerprint: str
    until: float
    answer: tuple[Message, ...] | None = None

    @property
    def size(self) -> int:
        """The bytes of the answer."""
        return sum(len(message.get("body", b"")) for message in self.answer or ())


class KeptAnswers:
    """The answers that are kept, by caller and key; the thread that takes requests uses it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._exchanges: dict[tuple[str, str], _Exchange] = {}

    def begin(self, name: tuple[str, str], fingerprint: str) -> tuple[_Exchange, bool]:
        """The exchange of this name, and whether it begins now. Raises `Refused` where it is another one."""
        self._drop_old()
        known = self._exchanges.get(name)
        if known is None:
            known = self._exchanges[name] = _Exchange(fingerprint, self._clock() + _KEPT_S)
            return known, True
        if known.fingerprint != fingerprint:
            raise Refused("idempotency_key_reused")
        return known, False

    def end(self, name: tuple[str, str], exchange: _Exchange, answer: tuple[Message, ...] | None) -> None:
        """Keep the answer of an exchange, or without one nothing; nor where all was cleared meanwhile."""
        if self._exchanges.get(name) is exchange:
            exchange.answer = answer
            if answer is None:
                del self._exchanges[name]

    def clear(self) -> None:
        """Forget all answers, also those that are being given; any thread may call it."""
        self._exchanges = {}

    def _drop_old(self) -> None:
        now = self._clock()
        over = [name for name, each in self._exchanges.items() if each.until < now]
        answered = [name for name, each in self._exchanges.items() if each.answer is not None]
        doomed = {*over, *answered[: max(0, len(self._exchanges) - _MAX_ANSWERS + 1)]}
        held_bytes = sum(each.size for each in self._exchanges.values())
        for name in answered:
            if held_bytes > _MAX_ALL_BYTES:
                doomed.add(name)
                held_bytes -= self._exchanges[name].size
        for name in doomed:
            self._exchanges.pop(name, None)


class Idempotency:
    """Remembers the answers to `POST` with a key."""

    def __init__(self, app: ASGIApp, kept: KeptAnswers) -> None:
        self._app = app
        self._kept = kept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or repeat the answer that was given to it before."""
        key = Headers(scope=scope).get(_HEADER) if scope["type"] == "http" else None
        caller = scope["state"].get("caller") if key is not None else None
        if key is None or caller is None or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        if len(key) > _MAX_KEY_LENGTH:
            raise Refused("idempotency_key_too_long")
        body = await _whole_body(receive)
        if body is None:
            return
        name = (caller.id, key)
        exchange, begins = self._kept.begin(name, _fingerprint(scope, body))
        if begins:
            await self._first(name, exchange, body, scope, receive, send)
        elif exchange.answer is None:
            raise Refused("request_in_progress")
        else:
            for message in exchange.answer:
                await send(message)

    async def _first(
        self,
        name: tuple[str, str],
        exchange: _Exchange,
        body: bytes,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        sent: list[Message] = []
        given = False

        async def receive_again() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send_and_keep(message: Message) -> None:
            sent.append(message)
            await send(message)

        try:
            await self._app(scope, receive_again, send_and_keep)
        finally:
            # It may be tried again where it failed for now, or its answer was not given whole.
            self._kept.end(name, exchange, _to_repeat(sent) if _is_final(sent) else None)


async def _whole_body(receive: Receive) -> bytes | None:
    """The body; None where the caller has gone away."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _fingerprint(scope: Scope, body: bytes) -> str:
    """What makes two requests the same: a multipart body may have another boundary each time."""
    boundary = _BOUNDARY.search(Headers(scope=scope).get("content-type", ""))
    digest = hashlib.sha256(f"{scope['path']}?{scope['query_string'].decode('latin-1')}\n".encode())
    for part in _parts(body, boundary[1].encode()) if boundary else (body,):
        digest.update(part)
    return digest.hexdigest()


def _parts(body: bytes, boundary: bytes) -> Iterator[memoryview]:
    """What stands between the boundaries, without a copy: a body may be large."""
    view, at = memoryview(body), 0
    while (found := body.find(boundary, at)) >= 0:
        yield view[at:found]
        at = found + len(boundary)
    yield view[at:]


def _is_final(sent: list[Message]) -> bool:
    if not sent or sent[-1].get("more_body", False) or sent[-1]["type"] != "http.response.body":
        return False
    size = sum(len(message.get("body", b"")) for message in sent)
    return sent[0]["status"] < 500 and sent[0]["status"] not in (408, 423, 429) and size <= _MAX_ANSWER_BYTES


def _to_repeat(sent: list[Message]) -> tuple[Message, ...]:
    start = dict(sent[0], headers=list(sent[0]["headers"]))
    MutableHeaders(raw=start["headers"])["Idempotency-Replayed"] = "true"
    return (start, *sent[1:])
