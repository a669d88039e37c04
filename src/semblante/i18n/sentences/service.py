"""What the codes of the service say."""

from collections.abc import Mapping
from typing import Final

from semblante.i18n.sentences import Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {
    "changed_meanwhile": "this was changed since it was read; read it again",
    "cursor_unknown": "this cursor is not one of this listing; begin the listing again",
    "fields_not_understood": "these fields are missing or have a value that cannot be: {fields}",
    "image_too_large": (
        "the image has {width_px} x {height_px} pixels; at most {limit_million} million are taken"
    ),
    "internal_error": (
        "something failed that should not; the service's log tells what, by the request's number"
    ),
    "job_unknown": "there is no such job, or no more",
    "method_not_allowed": "this address does not take this method",
    "not_found": "there is nothing at this address",
    "request_refused": "the request is not understood",
    "request_too_large": "the request has more bytes than are taken",
    "too_many_requests_waiting": "too many requests are waiting; try again shortly",
}
