"""The service: what programs and the page ask for by HTTP. It holds no logic of its own.

    app           `create_app`: middleware, routes and errors put together
    settings      `ServiceSettings`: where the data lie, where to listen, what is refused
    engine        `Engine`: analyzer, library and a bounded pool of threads
    problems      an error as `application/problem+json`, in the caller's language
    request_context  the number and the language of each request
    security      who may ask what: hosts, origins, sessions, keys
    keys, sessions  what lets programs and the page in
    body_guard    how large and how slow a request may be
    idempotency   a request that is sent twice is answered once
    metrics       figures for Prometheus
    uploads       images of a request
    job_registry  long verbs at work, with their progress and result
    cursors       where a listing goes on
    etags         what a resource was when it was read
    schemas       what several resources take and give
    openapi       the description of the service; examples: what it shows
    server        the service on a port, until it is stopped
    routes/       one router a resource; `ROUTERS` names them all

A route reads the request, calls a function of `pipeline` by `engine.run`, and makes JSON of what it returns.

Each name is loaded when it is first used.
"""

from typing import TYPE_CHECKING

from semblante.lazy import loader

if TYPE_CHECKING:
    from semblante.api.app import create_app as create_app
    from semblante.api.engine import Engine as Engine
    from semblante.api.settings import ServiceSettings as ServiceSettings

_HOME = {
    "create_app": "semblante.api.app",
    "Engine": "semblante.api.engine",
    "ServiceSettings": "semblante.api.settings",
}
__all__ = [*_HOME]
__getattr__ = loader(__name__, _HOME)
