"""Where a listing goes on: an opaque text that only this service makes, since it is signed."""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, TypeVar

from fastapi import Query

from semblante.errors import Refused

T = TypeVar("T")

MAX_LIMIT: Final = 200
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="At most so many are given at once.")]
Cursor = Annotated[str | None, Query(description="`next` of the listing before; nothing begins it.")]
_SIGNATURE_BYTES: Final = 16


class Cursors:
    """Makes and reads cursors; those of another run of the service are not read."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def write(self, listing: str, position: Any) -> str:
        """The cursor of a position (ready for JSON) in a listing: its name with all that it filters by."""
        body = json.dumps(position, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._signature(listing, body) + body).decode()

    def page(
        self,
        listing: str,
        found: Sequence[T],
        position: Callable[[T], Any],
        limit: int,
        cursor: str | None,
    ) -> tuple[Sequence[T], str | None]:
        """At most `limit` of what is behind the cursor, and the cursor of what comes then.

        `found` is in order of `position`, which is ready for JSON, and which no two have in common.
        """
        start = 0 if cursor is None else bisect_right(found, self.read(listing, cursor), key=position)
        shown, end = found[start : start + limit], start + limit
        return shown, self.write(listing, position(shown[-1])) if end < len(found) else None

    def read(self, listing: str, cursor: str) -> Any:
        """The position of a cursor. Raises `Refused` where it is not one of this listing."""
        try:
            content = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError) as error:
            raise Refused("cursor_unknown") from error
        signature, body = content[:_SIGNATURE_BYTES], content[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(listing, body)):
            raise Refused("cursor_unknown")
        return json.loads(body)

    def _signature(self, listing: str, body: bytes) -> bytes:
        text = len(listing).to_bytes(4, "big") + listing.encode() + body
        return hmac.digest(self._key, text, hashlib.sha256)[:_SIGNATURE_BYTES]
