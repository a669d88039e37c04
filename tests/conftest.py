"""What all tests share: shapes checked at every call, and where the real photos are."""

from pathlib import Path

import pytest
from jaxtyping import install_import_hook

# Must come before the first import of the package.
install_import_hook("semblante", "beartype.beartype")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real photos beside the project; tests that need it are skipped without it."""
    if not (SHARED / "celeba").is_dir():
        pytest.skip("the real photos are not at hand")
    return SHARED
