"""The service as a test asks it: without a socket, on a data folder of the test's own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.types import ASGIApp

from semblante.api import Engine, ServiceSettings, create_app


class _Transport(httpx.BaseTransport):
    """Runs the service in a thread of its own, so that tests need not be asynchronous."""

    def __init__(self, app: ASGIApp) -> None:
        self._asynchronous = httpx.ASGITransport(app)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run_coroutine_threadsafe(self._answer(request), self._loop).result(60)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        asked = httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
        answer = await self._asynchronous.handle_async_request(asked)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@lru_cache(maxsize=4)
def _app_of(engine: Engine) -> FastAPI:
    return create_app(engine)


@contextmanager
def asking(engine: Engine, signed_in: bool = True) -> Iterator[httpx.Client]:
    """A client of the service on `engine`, which stays open: as the page, with its session, or a stranger."""
    base_url = f"http://{engine.settings.host}:{engine.settings.port}/api/v1"
    with httpx.Client(base_url=base_url, transport=_Transport(_app_of(engine))) as client:
        if signed_in:
            client.headers["Sec-Fetch-Site"] = "same-origin"
            token = engine.sessions.new_launch_token()
            client.post("/session", json={"token": token}).raise_for_status()
        yield client


def settings_for(folder: Any, **others: Any) -> ServiceSettings:
    """Settings of a service on `folder` for tests, with two threads."""
    return ServiceSettings(folder=folder, **{"threads": 2, **others})
