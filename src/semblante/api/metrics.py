"""`/metrics` for Prometheus: how many requests, how fast, how many wait, what jobs do; nothing of anybody."""

import time
from collections import Counter as Tally
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from semblante.api.engine import Engine

router = APIRouter(tags=["service"])

_BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The figures of one service."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter(
            "semblante_requests", "Requests that were answered.", labels, registry=self._registry
        )
        self._seconds = Histogram(
            "semblante_request_seconds",
            "Seconds until an answer was whole.",
            ("method", "route"),
            buckets=_BUCKETS_S,
            registry=self._registry,
        )
        self._working = Gauge(
            "semblante_requests_working",
            "Requests that have a place in the pool, at work or waiting.",
            registry=self._registry,
        )
        self._jobs = Gauge("semblante_jobs", "Jobs that are known.", ("state",), registry=self._registry)

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        """All figures in the form that Prometheus reads."""
        self._working.set(self._engine.working)
        self._jobs.clear()
        for state, count in Tally(job.status.state for job in self._engine.jobs.jobs()).items():
            self._jobs.labels(state).set(count)
        return generate_latest(self._registry)


class MeasuredRequests:
    """Measures each request, by its route and not by its path, which may name somebody."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        finally:
            route = getattr(scope.get("route"), "path_format", "none")
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.note(method, route, status, time.perf_counter() - began)


_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Whatever else is sent as a method is one, so that nobody makes figures without end."""


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(request: Request) -> Response:
    """Give the figures of this service to Prometheus."""
    figures: Metrics = request.app.state.metrics
    return Response(figures.text(), media_type=CONTENT_TYPE_PLAIN_0_0_4)
