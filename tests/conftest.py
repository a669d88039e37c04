"""What all tests share: shapes checked at every call, a small network, the command line, the real photos."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jaxtyping import install_import_hook

# Must come before the first import of the package.
install_import_hook("semblante", "typechecker.check")

if TYPE_CHECKING:
    import httpx
    from playwright.sync_api import Browser

    from semblante.api import Engine
    from semblante.celeba import PreparedSet
    from semblante.metrics.results import Evaluation
    from semblante.model.bundle import Bundle
    from semblante.pipeline import FaceAnalyzer

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
    """A small network trained on the drawn faces for two epochs; no test may change its folder.

    Tests that run in several processes train it once: whoever comes second finds it finished.
    """
    from semblante.errors import Locked
    from semblante.train import choose, train

    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "bundle"
    while True:
        try:
            return train(prepared, folder, choose("modern", 32, 2))
        except Locked:
            time.sleep(0.1)


@pytest.fixture(scope="session")
def analyzer(bundle: "Bundle") -> Iterator["FaceAnalyzer"]:
    """An engine with the small network."""
    from semblante.pipeline import FaceAnalyzer

    with FaceAnalyzer(bundle, threads=1) as opened:
        yield opened


@pytest.fixture(scope="session")
def knowing(tmp_path_factory: pytest.TempPathFactory) -> "Bundle":
    """The network that comes along, as another one and without its strangers: it tells drawn people apart."""
    import onnx

    from semblante.model.bundle import load_pretrained, write_bundle

    pretrained = load_pretrained()
    model = onnx.load(pretrained.network_path)
    model.producer_name = "another"
    folder = tmp_path_factory.mktemp("knowing") / "network"
    return write_bundle(folder, model.SerializeToString(), pretrained.manifest)


def copy_bundle(bundle: "Bundle", folder: Path) -> Path:
    """Copy the files that belong to `bundle` into a new `folder`, which a test may then change."""
    folder.mkdir(parents=True)
    for name in ("network.onnx", "manifest.json", "background.npy"):
        if (bundle.folder / name).exists():
            shutil.copy(bundle.folder / name, folder)
    return folder


@pytest.fixture(scope="session")
def evaluation(bundle: "Bundle", prepared: "PreparedSet") -> "Evaluation":
    """How the small network does on the validation faces."""
    from semblante.pipeline import FaceModel, evaluate

    return evaluate(FaceModel(bundle), prepared).evaluation


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


Cli = Callable[..., Said]


@pytest.fixture
def cli(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Cli]:
    """Run a command in this process, in English unless it asks for Spanish, with a library of its own."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("SEMBLANTE_HOME", str(tmp_path_factory.mktemp("home")))

    from semblante.cli import run
    from semblante.i18n import use_language

    def call(*arguments: object) -> Said:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Said(code, printed.out, printed.err)

    yield call
    use_language("en")


@pytest.fixture
def engine(tmp_path: Path) -> "Iterator[Engine]":
    """A service on a data folder of the test's own, which holds nothing yet."""
    from api_client import settings_for

    from semblante.api import Engine

    with Engine(settings_for(tmp_path / "data")) as opened:
        yield opened


@pytest.fixture
def page(engine: "Engine") -> "Iterator[httpx.Client]":
    """The service's page, signed in."""
    from api_client import asking

    with asking(engine) as opened:
        yield opened


@pytest.fixture
def stranger(engine: "Engine") -> "Iterator[httpx.Client]":
    """Whoever else reaches the service's port."""
    from api_client import asking

    with asking(engine, signed_in=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Chromium, for tests of the page."""
    from page_browser import chromium

    with chromium() as opened:
        yield opened
