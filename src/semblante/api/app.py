"""The service put together: middleware, routes, errors, the page."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from starlette.routing import compile_path

import semblante
from semblante.api.body_guard import BodyGuard
from semblante.api.engine import Engine
from semblante.api.idempotency import Idempotency
from semblante.api.metrics import MeasuredRequests, Metrics
from semblante.api.metrics import router as metrics_router
from semblante.api.openapi import add_description
from semblante.api.problems import add_problems
from semblante.api.request_context import RequestContext
from semblante.api.routes import ROUTERS
from semblante.api.security import Guard
from semblante.api.uploads import keep_uploads_in_memory

PREFIX: Final = "/api/v1"
_PAGE: Final = Path(__file__).parent / "page"


def create_app(engine: Engine) -> FastAPI:
    """The service on an open engine, which the caller closes."""
    settings = engine.settings
    app = FastAPI(
        title="Semblante",
        version=semblante.__version__,
        openapi_url=f"{PREFIX}/openapi.json",
        # Their pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        # Nothing is sent to anybody, whatever the environment says.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        redirect_slashes=False,
        form_limits={"max_files": settings.max_images},
    )
    app.state.engine = engine
    app.state.methods = tuple(
        (compile_path(PREFIX + route.path)[0], frozenset(route.methods or ()))
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
    )
    keep_uploads_in_memory(settings.max_body_bytes)
    add_problems(app)
    add_description(app)
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX)
    app.state.metrics = Metrics(engine)
    app.include_router(metrics_router)
    app.mount("/page", StaticFiles(directory=_PAGE))
    app.add_api_route("/", _page, include_in_schema=False)
    # The last is the outermost.
    app.add_middleware(Idempotency, kept=engine.answers)
    app.add_middleware(BodyGuard, settings=settings)
    app.add_middleware(Guard, engine=engine)
    app.add_middleware(RequestContext)
    app.add_middleware(MeasuredRequests, metrics=app.state.metrics)
    return app


async def _page() -> FileResponse:
    return FileResponse(_PAGE / "index.html")
