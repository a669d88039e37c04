"""The public interface: what `dir` shows is there, under its own name, and no submodule is hidden by it."""

import ast
import importlib
import importlib.util
import pkgutil
from pathlib import Path
from types import ModuleType

import pytest

import semblante

PACKAGES = [
    "semblante",
    *(
        found.name
        for found in pkgutil.walk_packages(semblante.__path__, "semblante.")
        if found.ispkg and found.name != "semblante.pretrained"
    ),
]


def test_dir_shows_the_whole_interface() -> None:
    assert dir(semblante) == sorted(semblante.__all__)
    expected = {
        "FaceAnalyzer",
        "Library",
        "Person",
        "Verification",
        "Detector",
        "prepare",
        "train",
        "evaluate",
    }
    assert expected <= set(dir(semblante))
    for name in dir(semblante):
        assert getattr(semblante, name) is not None


def test_type_checkers_see_what_is_loaded() -> None:
    """The imports for type checkers name the same homes as the table that loads lazily."""
    tree = ast.parse(Path(semblante.__file__).read_text(encoding="utf-8"))
    shown = {
        alias.name: f"semblante.{alias.name}" if node.module == "semblante" else node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module not in ("typing", "semblante.lazy")
        for alias in node.names
    }
    assert shown == semblante._HOME


@pytest.mark.parametrize("package", PACKAGES)
def test_no_submodule_is_hidden_by_a_name_of_its_package(package: str) -> None:
    module = importlib.import_module(package)
    for name in getattr(module, "__all__", ()):
        if importlib.util.find_spec(f"{package}.{name}") is not None:
            assert isinstance(getattr(module, name), ModuleType), f"{package}.{name}"
