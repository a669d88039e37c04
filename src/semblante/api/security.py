"""Who may ask what: loopback is no boundary, since any page in the user's browser can reach it.

| what | against |
| --- | --- |
| the header `Host` must name this service | DNS rebinding |
| `Origin` and `Sec-Fetch-Site` must not be another site's | requests that other pages make |
| a session's cookie (`SameSite=Strict`), or a key | other users and programs of the machine |
| a session is used by the user of the service alone | cookies and launch tokens in another user's hands |
| a write with a cookie must come from our own page | forged requests |
| the headers of each answer, none of them of CORS | scripts, frames and readers of others |
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from semblante.api.cookies import cookie_of
from semblante.api.engine import Engine
from semblante.api.keys import KeyScope, goes_as_far
from semblante.errors import Refused

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob:; media-src 'self' blob:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), display-capture=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
API: Final = "/api/"
_SESSION: Final = "/api/v1/session"
_OPEN: Final = frozenset(
    {"/api/v1/health", "/api/v1/ready", "/api/v1/openapi.json", _SESSION, "/api/v1/texts"}
)
"""Parts of the API that tell nothing of anybody, and the way in."""
_ASKING: Final = frozenset(
    {
        "/api/v1/faces",
        "/api/v1/comparisons",
        "/api/v1/recognitions",
        "/api/v1/explanations",
        "/api/v1/feature-maps",
    }
)
"""What is posted to only because a question holds images: it changes nothing."""
_CAMERAS: Final = "/api/v1/live"
"""And what is under it: frames are seen, and nothing is kept."""
_ADMIN: Final = ("/api/v1/holdings", "/api/v1/keys", "/api/v1/places", "/api/v1/vault")
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Caller:
    """Who asks: a session of the page or a key, by its number, and how far it goes."""

    id: str
    scope: KeyScope
    is_session: bool


class Guard:
    """Lets through what may be asked, and raises `Refused` for the rest."""

    def __init__(self, app: ASGIApp, engine: Engine) -> None:
        self._app = app
        self._engine = engine
        settings = engine.settings
        self._hosts = allowed_hosts(settings.host, settings.port, settings.host_names)
        self._scheme = "https" if settings.tls_certificate else "http"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return

        scope["state"]["caller"] = self._check(scope)
        await self._app(scope, receive, send)

    def _check(self, scope: Scope) -> Caller | None:
        """Who asks. Raises `Refused` where that may not be asked so."""
        headers, path = Headers(scope=scope), scope["path"]
        host = headers.get("host", "")
        if host.lower() not in self._hosts:
            raise Refused("host_not_allowed")
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        is_own = origin == f"{self._scheme}://{host}" or (origin is None and site == "same-origin")
        is_foreign = (origin is not None and not is_own) or site in ("cross-site", "same-site")
        is_write = scope["method"] not in _SAFE
        # A link from elsewhere may lead to the page itself, which holds nothing.
        if is_foreign and (is_write or origin is not None or path.startswith(API)):
            raise Refused("origin_not_allowed")
        is_other_user = scope["state"].get("is_other_user", False)
        if path == _SESSION and is_other_user:
            raise self._engine.failures.next()
        if not _is_private(path):
            return None
        caller = self._caller(headers)
        if caller.is_session and is_other_user:
            raise self._engine.failures.next()
        if is_write and caller.is_session and not is_own:
            raise Refused("origin_not_allowed")
        if not goes_as_far(caller.scope, needed_scope(scope["method"], path)):
            raise Refused("scope_too_small", scope=caller.scope)
        return caller

    def _caller(self, headers: Headers) -> Caller:
        kind, _, secret = headers.get("authorization", "").partition(" ")
        if secret and kind.lower() == "bearer":
            if key := self._engine.keys.find(secret.strip()):
                return Caller(key.id, key.scope, is_session=False)
        elif session := cookie_of(headers, session_cookie(self._engine.settings.port)):
            if self._engine.sessions.knows(session):
                return Caller("session", "admin", is_session=True)
        else:
            raise Refused("not_authenticated")
        raise self._engine.failures.next()


def allowed_hosts(host: str, port: int, names: tuple[str, ...]) -> frozenset[str]:
    """What the header `Host` may be: the names that this service is reached by, with its port."""
    own = ("127.0.0.1", "localhost", "[::1]") if is_loopback(host) else ()
    bound = () if host in ("0.0.0.0", "::") else (f"[{host}]" if ":" in host else host,)
    hosts = {name.lower() for name in (*own, *bound, *names)}
    standard = hosts if port in (80, 443) else set()
    return frozenset({f"{name}:{port}" for name in hosts} | standard)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def needed_scope(method: str, path: str) -> KeyScope:
    """How far a caller must go for a request: everything that may change something is a write."""
    if path.startswith(_ADMIN):
        return "admin"
    is_asking = path in _ASKING or path == _CAMERAS or path.startswith(f"{_CAMERAS}/")
    return "read" if method in _SAFE or is_asking else "write"


def session_cookie(port: int) -> str:
    """The name of the session's cookie; cookies are shared by all ports of a host."""
    return f"semblante_{port}"


def _is_private(path: str) -> bool:
    return (path.startswith(API) and path not in _OPEN) or path == "/metrics"
