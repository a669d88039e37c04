"""Cookies of a request."""

from collections.abc import Iterable

from starlette.datastructures import Headers

RawHeaders = list[tuple[bytes, bytes]]


def without_quoted_cookies(headers: Iterable[tuple[bytes, bytes]]) -> RawHeaders:
    """The headers of a request less its cookies in quotes, which none of ours has.

    Python takes quotes off in a time that grows with the square of their length, and the framework reads all
    cookies of each request, so a stranger could keep the service busy for seconds.
    """
    return [
        (
            name,
            b";".join(each for each in value.split(b";") if b'"' not in each) if name == b"cookie" else value,
        )
        for name, value in headers
    ]


def cookie_of(headers: Headers, name: str) -> str | None:
    """The value of a cookie of a request; None where it has none of this name."""
    for each in headers.get("cookie", "").split(";"):
        key, _, value = each.partition("=")
        if key.strip() == name:
            return value.strip()
    return None
