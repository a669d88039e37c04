"""What errors and reasons say to a person, for tests that hold a sentence."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from semblante.cli.advice import describe_with_advice
from semblante.errors import SemblanteError


@contextmanager
def raises(kind: type[SemblanteError], match: str = "") -> Iterator[pytest.ExceptionInfo[SemblanteError]]:
    """Like `pytest.raises`, but `match` is looked for in what the command line says of the error."""
    with pytest.raises(kind) as caught:
        yield caught
    sentence = describe_with_advice(caught.value)
    assert re.search(match, sentence), f"{match!r} is not in {sentence!r}"
