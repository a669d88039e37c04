"""An error as `application/problem+json` (RFC 9457): its status, its code, and its sentence for the caller.

No answer holds a traceback, nor a path: of a file, only its name is told.
"""

import http
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from semblante.errors import (
    Cancelled,
    DiskFull,
    FileAccessError,
    Locked,
    NotInIndex,
    Overloaded,
    Reason,
    Refused,
    SemblanteError,
    UnknownPerson,
    UserError,
    VaultLocked,
    reason_of,
)
from semblante.i18n import as_line, current_language, describe, tr

STATUSES: Final[Mapping[str, int]] = {
    "above_pillow_limit": 413,
    "body_too_slow": 408,
    "camera_unknown": 404,
    "change_superseded": 409,
    "changed_meanwhile": 412,
    "changed_since_scan": 404,
    "content_type_not_read": 415,
    "encoded_body": 415,
    "gone_since_scan": 404,
    "host_not_allowed": 403,
    "idempotency_key_too_long": 400,
    "image_too_large": 413,
    "index_encrypted_already": 409,
    "index_not_encrypted": 409,
    "internal_error": 500,
    "job_unknown": 404,
    "key_unknown": 404,
    "keys_on_loopback_only": 403,
    "method_not_allowed": 405,
    "name_taken": 409,
    "no_such_run": 404,
    "not_a_picture": 415,
    "not_authenticated": 401,
    "not_found": 404,
    "not_ready": 503,
    "origin_not_allowed": 403,
    "passphrase_wrong": 403,
    "raw_file": 415,
    "request_in_progress": 409,
    "request_refused": 400,
    "request_too_large": 413,
    "samples_not_read": 415,
    "scan_running": 409,
    "scope_too_small": 403,
    "too_large_file": 413,
    "too_many_failures": 429,
    "too_many_passphrases": 429,
    "too_many_pixels": 413,
    "too_many_requests_waiting": 503,
    "video_file": 415,
}
"""The HTTP status of a code, where its kind does not tell it; sorted by code."""
_STATUSES_OF_KINDS: Final = (
    (NotInIndex, 404),
    (UnknownPerson, 404),
    (VaultLocked, 423),
    (DiskFull, 507),
    (Locked, 503),
    (Overloaded, 503),
    (Cancelled, 503),
    (FileAccessError, 500),
    (UserError, 422),
)
"""The HTTP status of an error by its kind; the first that fits counts."""
_CODES: Final[Mapping[int, str]] = {
    404: "not_found",
    405: "method_not_allowed",
    408: "body_too_slow",
    413: "request_too_large",
    503: "too_many_requests_waiting",
}
"""The code of what the framework refuses, by its status."""
_RETRY_AFTER_S: Final = 1
_MAX_TOLD: Final = 100
"""Of fields that are wrong, so many are told: whoever sends a million gets no answer of that size."""
_JSON: Final = "application/json"
_READ_TOO: Final[Mapping[str, tuple[str, ...]]] = {
    "multipart/form-data": ("application/x-www-form-urlencoded",),
}
"""Further content types that a route reads, by the one that it names."""


class Problem(JSONResponse):
    """The answer to a request that failed."""

    media_type = "application/problem+json"


def add_problems(app: FastAPI) -> None:
    """Let `app` answer each error of a route as a problem; `RequestContext` answers all others."""
    app.add_exception_handler(SemblanteError, _of_an_error)
    app.add_exception_handler(HTTPException, _of_an_error)
    app.add_exception_handler(RequestValidationError, _of_validation)


def problem_of(error: SemblanteError, instance: str, request_id: str, **more: Any) -> Problem:
    """The problem of an error: of the request to the path `instance`, with further members."""
    status = status_of(error)
    reason = _without_paths(reason_of(error))
    content = {
        "type": f"urn:semblante:problem:{error.code}",
        "title": title_of(status),
        "status": status,
        "detail": _text(describe(reason)),
        "instance": instance,
        "code": error.code,
        "params": plain(reason.params),
        "request_id": request_id,
        **more,
    }
    headers: dict[str, str] = {"Content-Language": current_language()}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status in (429, 503):
        headers["Retry-After"] = str(error.params.get("retry_after_s", _RETRY_AFTER_S))
    return Problem(content, status, headers)


def problem_for(request: Request, error: SemblanteError, **more: Any) -> Problem:
    """The problem of an error of a request, with further members."""
    return problem_of(error, request.url.path, request.state.request_id, **more)


def error_of(error: Exception) -> SemblanteError:
    """The error itself where it is one of ours, that of the framework's status, or `internal_error`."""
    if isinstance(error, SemblanteError):
        return error
    if isinstance(error, HTTPException):
        code = _CODES.get(error.status_code, "request_refused")
        return Refused(code)
    return SemblanteError("internal_error")


def status_of(error: SemblanteError) -> int:
    """The HTTP status of an error."""
    if status := STATUSES.get(error.code):
        return status
    return next((status for kind, status in _STATUSES_OF_KINDS if isinstance(error, kind)), 500)


def title_of(status: int) -> str:
    """What a status means, in the current language."""
    titles = {
        400: tr("The request is not understood"),
        401: tr("Who asks is not known"),
        403: tr("This is not allowed"),
        404: tr("There is no such thing"),
        405: tr("This cannot be done here"),
        408: tr("The request came too slowly"),
        409: tr("It contradicts what is there"),
        412: tr("It was changed meanwhile"),
        413: tr("The request is too large"),
        415: tr("This kind of content is not read"),
        422: tr("The request cannot be fulfilled as it is"),
        423: tr("The library is locked"),
        429: tr("Too many requests"),
        500: tr("The service has failed"),
        503: tr("The service is busy"),
        507: tr("There is no space left"),
    }
    return titles.get(status, http.HTTPStatus(status).phrase)


def plain(value: Any) -> Any:
    """A value as JSON takes it: a reason with its sentence, and of a path only the file's name."""
    if isinstance(value, Reason):
        reason = _without_paths(value)
        return {"code": reason.code, "params": plain(reason.params), "detail": describe(reason)}
    if isinstance(value, Path):
        return as_line(value.name)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return value if isinstance(value, int | float | bool | None) else str(value)


def _text(text: str) -> str:
    """The text with what is no text, such as bytes of a file's name, replaced."""
    return text.encode(errors="replace").decode()


def _without_paths(reason: Reason) -> Reason:
    return Reason(reason.code, {name: _named(value) for name, value in reason.params.items()})


def _named(value: Any) -> Any:
    """The value with each path in it cut to the file's name."""
    if isinstance(value, Path):
        return Path(value.name)
    if isinstance(value, Reason):
        return _without_paths(value)
    if isinstance(value, SemblanteError):
        return _without_paths(reason_of(value))
    if isinstance(value, list | tuple):
        return [_named(each) for each in value]
    return value


async def _of_an_error(request: Request, error: Exception) -> Problem:
    answer = problem_for(request, error_of(error))
    answer.headers.update(getattr(error, "headers", None) or {})
    if answer.status_code == 405 and (methods := _methods_of(request)):
        answer.headers["Allow"] = ", ".join(sorted(methods))
    return answer


def _methods_of(request: Request) -> set[str]:
    """All methods of a path: the framework names only those of the first route that has it."""
    paths: Iterable[tuple[re.Pattern[str], frozenset[str]]] = request.app.state.methods
    return {method for path, methods in paths if path.match(request.url.path) for method in methods}


def _wanted_type(request: Request) -> str | None:
    """The content type that the route reads, where a body of another one was sent."""
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    field = getattr(request.scope.get("route"), "body_field", None)
    if field is None or not sent:
        return None
    wanted: str = field.field_info.media_type
    is_read = sent in (wanted, *_READ_TOO.get(wanted, ())) or (wanted == _JSON and sent.endswith("+json"))
    return None if is_read else wanted


async def _of_validation(request: Request, error: Exception) -> Problem:
    """What is wrong with which field; never the value that was sent."""
    assert isinstance(error, RequestValidationError)
    if wanted := _wanted_type(request):
        return problem_for(request, Refused("content_type_not_read", wanted=wanted))
    wrong = [
        (".".join(map(str, each["loc"])), each["type"], each["msg"]) for each in error.errors()[:_MAX_TOLD]
    ]
    fields = [{"field": field, "code": code, "message": message} for field, code, message in wrong]
    refused = Refused("fields_not_understood", fields=sorted({field for field, _, _ in wrong}))
    return problem_for(request, refused, errors=fields)
