"""What all tests share: shapes checked at every call, and where the real photos are."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jaxtyping import install_import_hook

# Must come before the first import of the package.
install_import_hook("semblante", "typechecker.check")

if TYPE_CHECKING:
    from semblante.bundle import Bundle
    from semblante.celeba import PreparedSet

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real photos beside the project; tests that need it are skipped without it."""
    if not (SHARED / "celeba").is_dir():
        pytest.skip("the real photos are not at hand")
    return SHARED


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn faces in CelebA's layout: 20 people, 6 pictures of each."""
    from semblante.generate import write_celeba

    folder = tmp_path_factory.mktemp("drawn") / "celeba"
    write_celeba(folder, people=20, pictures_each=6, seed=11)
    return folder


@pytest.fixture(scope="session")
def prepared(drawn: Path, tmp_path_factory: pytest.TempPathFactory) -> "PreparedSet":
    """The drawn faces, prepared at 32 pixels."""
    from semblante.celeba import prepare

    return prepare(drawn, tmp_path_factory.mktemp("prepared") / "set", 32)


@pytest.fixture(scope="session")
def bundle(prepared: "PreparedSet", tmp_path_factory: pytest.TempPathFactory) -> "Bundle":
    """A small network trained on the drawn faces for two epochs; no test may change its folder."""
    from semblante.train import choose, train

    return train(prepared, tmp_path_factory.mktemp("bundle") / "network", choose("modern", 32, 2))
