"""What the log says of a failure: its kind and where in the code, never a value, which may name somebody."""

import logging
import traceback
from collections.abc import Iterator
from typing import Final

_LOG: Final = logging.getLogger("semblante.api")


def log_failure(what: str, error: BaseException) -> None:
    """Log that `what` failed, which names nobody, with the errors that led to it and their frames.

    The messages of the errors are left out: they may hold names, paths and contents.
    """
    _LOG.error("%s failed: %s", what, "\n".join(_lines_of(error)))


def _lines_of(error: BaseException) -> Iterator[str]:
    yield type(error).__qualname__
    for frame, line in traceback.walk_tb(error.__traceback__):
        yield f"  {frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_name}"
    if (before := error.__cause__ or error.__context__) is not None:
        yield "after"
        yield from _lines_of(before)
