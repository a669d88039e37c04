"""What each request has for itself: a number to find it by, and the language of its answer."""

import logging
import re
import secrets
from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from semblante.api.problems import problem_of
from semblante.errors import SemblanteError
from semblante.i18n import LANGUAGES, Language, current_language, speaking

_LOG: Final = logging.getLogger("semblante.api")
_PREFERENCE: Final = re.compile(r"\s*([a-z]{2})(?:-[\w-]+)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*")
"""One language of `Accept-Language`, and how much it is wanted."""


class RequestContext:
    """Numbers each request, answers it in its language, and turns what nobody foresaw into a problem."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        has_begun = False

        async def send_numbered(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        with speaking(language_of(scope)):
            try:
                await self._app(scope, receive, send_numbered)
            except Exception:
                _LOG.exception("request %s failed", request_id)
                if has_begun:
                    raise
                problem = problem_of(SemblanteError("internal_error"), scope["path"], request_id)
                await problem(scope, receive, send_numbered)


def language_of(scope: Scope) -> Language:
    """The language of a request: that of its query, else of its cookie, else the one that is wanted most."""
    headers = Headers(scope=scope)
    named = (QueryParams(scope["query_string"]).get("lang"), _cookie(headers), *_accepted(headers))
    return next(
        (language for name in named for language in LANGUAGES if language == name), current_language()
    )


def _cookie(headers: Headers) -> str | None:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get("lang")
    except CookieError:
        return None
    return found.value if found else None


def _accepted(headers: Headers) -> list[str]:
    """The languages that the caller accepts, the one that is wanted most first."""
    wanted = map(_PREFERENCE.fullmatch, headers.get("accept-language", "").lower().split(","))
    weights = {found[1]: float(found[2] or 1) for found in wanted if found}
    return sorted((name for name, weight in weights.items() if weight), key=lambda name: -weights[name])
