"""The outermost layer: a request gets a number and a language, an answer its headers, an error a problem."""

import re
import secrets
from typing import Final

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from semblante.api.cookies import cookie_of, without_quoted_cookies
from semblante.api.failure_log import log_failure
from semblante.api.problems import error_of, problem_of
from semblante.api.security import API, HEADERS
from semblante.errors import Refused
from semblante.i18n import LANGUAGES, Language, current_language, speaking

_MAX_PATH_CHARACTERS: Final = 1000
_PREFERENCE: Final = re.compile(r"([a-z]{2})(?:-[\w-]+)?(?:;q=([01](?:\.\d{0,3})?))?")
"""One language of `Accept-Language` without blanks, and how much it is wanted."""


class RequestContext:
    """Numbers each request, answers it in its language, and makes a problem of each error that reaches it.

    So the other layers raise what they refuse, and every answer has the headers that browsers heed.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["headers"] = without_quoted_cookies(scope["headers"])
        path, request_id = scope["path"], secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        has_begun = False
        # Where a body ends is not known then, and what follows it may be another caller's request.
        has_two_lengths = {"content-length", "transfer-encoding"} <= {*Headers(scope=scope).keys()}

        async def send_on(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = MutableHeaders(scope=message)
                headers.update({**HEADERS, "X-Request-ID": request_id})
                # Nothing of anybody stays in a cache of the browser; FastAPI lets it keep streams of events.
                headers["Cache-Control"] = "no-store" if path.startswith(API) else "no-cache"
                if has_two_lengths:
                    headers["Connection"] = "close"
            await send(message)

        with speaking(language_of(scope)):
            try:
                if has_two_lengths:
                    raise Refused("request_refused")
                if len(path) > _MAX_PATH_CHARACTERS:  # Numbers in it may have more digits than are read.
                    raise Refused("not_found")
                await self._app(scope, receive, send_on)
            except Exception as error:
                known = error_of(error)
                if known.code == "internal_error":
                    log_failure(f"request {request_id}", error)
                if has_begun:
                    return  # The server then closes the connection, so the caller knows that there is more.
                await problem_of(known, path[:_MAX_PATH_CHARACTERS], request_id)(scope, receive, send_on)


def language_of(scope: Scope) -> Language:
    """The language of a request: that of its query, else of its cookie, else the one that is wanted most."""
    headers = Headers(scope=scope)
    named = (QueryParams(scope["query_string"]).get("lang"), cookie_of(headers, "lang"), *_accepted(headers))
    return next(
        (language for name in named for language in LANGUAGES if language == name), current_language()
    )


def _accepted(headers: Headers) -> list[str]:
    """The languages that the caller accepts, the one that is wanted most first."""
    # Blanks that could belong to either side of a word would be tried on both, in square time.
    header = "".join(headers.get("accept-language", "").lower().split())
    wanted = map(_PREFERENCE.fullmatch, header.split(","))
    weights = {found[1]: float(found[2] or 1) for found in wanted if found}
    return sorted((name for name, weight in weights.items() if weight), key=lambda name: -weights[name])
