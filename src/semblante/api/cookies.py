"""Cookies of a request."""

from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers


def cookie_of(headers: Headers, name: str) -> str | None:
    """The value of a cookie of a request; None where it has none of this name."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return None
    return found.value if found else None
