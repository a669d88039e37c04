"""One idea has one name, the field's own: names that were given up stay away from code and documents."""

import io
import re
import tokenize
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CODE = sorted(
    path
    for folder in ("src", "tests", "bench", "scripts")
    for path in (ROOT / folder).rglob("*.py")
    if path != Path(__file__).resolve()
)
PROSE = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]

GIVEN_UP = {
    "model": "Network Scores Features feature_count open_shipped has_shipped SHIPPED opset_of",
    "person": "PhotoSets Lesson Learnt Evidence Rule Answer Resemblance "
    "Common common_face strays bystanders Axes "
    "principal_axes Scale scale_of platt coaching belief resembling",
    "faces": "FaceFinder FoundFace Placement Flaw flaws flaw_in_words longest_px eyes_px "
    "ReadFace ReadPhoto placed",
    "geometry": "Similarity frame_crop turn_rad EYE_DISTANCE_PX",
    "library": "Wanted having lacking settled alike_above forgetting mentions nobody_sorts "
    "telling told walking",
    "pipeline": "measuring teaching unwatched unheard unnamed OnProgress OnUnusable OnAdvice OnProblem",
    "metrics": "Figure chance",
    "train": "Acquaintance onlooker Feed Place Diary Watch swapped mirrored surroundings Stretch caveats",
    "celeba": "LeftOut reason_in_words note_in_words",
    "errors": "NoRoom NoAccess Busy OtherWork WrongBase NothingUsable BadSetting MissingExtra Damaged",
    "plumbing": "explained check_room only_run say Dice",
}
"""Names of code that were given up, by the component that had them."""
PHRASES = re.compile(
    r"comes along|came along|come along|the house\b|\brooms?\b|la red que viene|la casa\b|"
    r"strangers\.npy|shipped/",
    re.IGNORECASE,
)
"""Private words that stood in the documents for: the bundled model, the architecture, a component."""


@cache
def _names(path: Path) -> list[tuple[int, str]]:
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
    return [(token.start[0], token.string) for token in tokens if token.type == tokenize.NAME]


@pytest.mark.parametrize("component", GIVEN_UP)
def test_no_code_has_a_name_that_was_given_up(component: str) -> None:
    old = set(GIVEN_UP[component].split())
    found = [f"{path.name}:{line}: {name}" for path in CODE for line, name in _names(path) if name in old]
    assert not found


@pytest.mark.parametrize("page", PROSE, ids=lambda path: str(path.name))
def test_no_document_has_a_private_word(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    assert not [f"{number}: {line}" for number, line in enumerate(lines, 1) if PHRASES.search(line)]
