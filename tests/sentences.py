"""What errors and reasons say to a person, for tests that hold a sentence."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from semblante.errors import SemblanteError
from semblante.i18n import describe


@contextmanager
def raises(kind: type[SemblanteError], match: str = "") -> Iterator[pytest.ExceptionInfo[SemblanteError]]:
    """Like `pytest.raises`, but `match` is looked for in the error's sentence in the current language."""
    with pytest.raises(kind) as caught:
        yield caught
    sentence = describe(caught.value)
    assert re.search(match, sentence), f"{match!r} is not in {sentence!r}"
