"""What a bundle's manifest must hold, checked field by field, and its evaluation read back from JSON."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from itertools import zip_longest
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from semblante.i18n import tr
from semblante.jobs import EpochRow
from semblante.labels import ATTRIBUTES
from semblante.metrics.results import Evaluation

FORMAT = "semblante bundle 1"
NETWORK_NAME = "network.onnx"
BACKGROUND_NAME = "background.npy"
"""Features (n, d) float16 of training people, one photo each, to tell a person from; never pictures."""
FRAME_PX = [178, 218]
"""The frame of `geometry`, a room above this one."""


def problem_of(manifest: Any) -> str | None:
    """What does not fit in a manifest, or None where all does."""
    for field, fits in _FIELDS.items():
        if not fits(value_at(manifest, field)):
            return tr("the field {field} is missing or does not fit", field=field)
    for field, fits in _OPTIONAL_FIELDS.items():
        value = value_at(manifest, field)
        if value is not None and not fits(value):
            return tr("the field {field} does not fit", field=field)
    kept = value_at(manifest, EVALUATION)
    try:
        if kept is not None:
            evaluation_from_json(kept)
    except ValueError as error:
        return tr("the field {field} does not fit", field=f"{EVALUATION}{error}")
    return _attributes_problem(manifest["attributes"])


def _attributes_problem(names: list[str]) -> str | None:
    for number, (found, expected) in enumerate(zip_longest(names, ATTRIBUTES), start=1):
        if found != expected:
            return tr(
                "the field attributes names {count}; number {number} is {found} and should be {expected}",
                count=len(names),
                number=number,
                found=found or "—",
                expected=expected or "—",
            )
    return None


def value_at(manifest: Any, field: str) -> Any:
    """The value of a field such as `weights.sha256`, or None where there is none."""
    value = manifest
    for key in field.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _is_count(value: Any) -> bool:
    return type(value) is int and value > 0


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 64


def _is_share(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value <= 1


def _is_background(value: Any) -> bool:
    return value is None or (
        isinstance(value, dict)
        and value.get("file") == BACKGROUND_NAME
        and _is_hash(value.get("sha256"))
        and _is_count(value.get("count"))
    )


def _is_duration(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value < math.inf


def _is_history(value: Any) -> bool:
    names = {field.name for field in fields(EpochRow)}
    may_lack = {field.name for field in fields(EpochRow) if field.default is None}
    return isinstance(value, list) and all(
        isinstance(row, dict)
        and row.keys() == names
        and all(
            type(cell) in (int, float) or (cell is None and name in may_lack) for name, cell in row.items()
        )
        for row in value
    )


_FIELDS: Mapping[str, Callable[[Any], bool]] = {
    "format": lambda value: value == FORMAT,
    "attributes": lambda value: isinstance(value, list) and all(map(_is_text, value)),
    "geometry.side_px": _is_count,
    "weights.embedding_size": _is_count,
    "weights.sha256": _is_hash,
    "training.best_epoch": _is_count,
    "training.positive_rates": lambda value: (
        isinstance(value, list) and len(value) == len(ATTRIBUTES) and all(map(_is_share, value))
    ),
    "metrics.val.accuracy": _is_share,
    "metrics.val.balanced_accuracy": _is_share,
    "metrics.val.majority_baseline": _is_share,
    "licence.terms": _is_text,
    "licence.text": _is_text,
    "history": _is_history,
    "background": _is_background,
}
"""Every field that is read later, and what it must be, so that nothing fails after the work is done."""

_OPTIONAL_FIELDS: Mapping[str, Callable[[Any], bool]] = {
    "geometry.frame": lambda value: value == FRAME_PX,
    "weights.file": lambda value: value == NETWORK_NAME,
    "recipe.name": _is_text,
    "data.train_images": _is_count,
    "data.train_people": _is_count,
    "data.val_images": _is_count,
    "training.epochs": _is_count,
    "training.minutes": _is_duration,
    "training.device": _is_text,
    "weights.bytes": _is_count,
    "weights.parameters": _is_count,
    "weights.opset": _is_count,
}
"""Fields that are told where they are there, and what they must be then."""

EVALUATION = "metrics.val.evaluation"
"""The field that holds the evaluation on the validation images, where the training made one."""


def evaluation_from_json(value: Any) -> Evaluation:
    """The evaluation that `Evaluation.as_json` wrote. Fields that it does not know are left out.

    Verification and groups may be missing: networks were measured before these were. The attributes must be
    CelebA's, in its order. Raises `ValueError` whose message is the path of the first field that does not
    fit, such as `.attributes.3.accuracy.low`.
    """
    if isinstance(value, dict):
        value = {"verification": None, "groups": [], **value}
    evaluation: Evaluation = _from_json(Evaluation, value, "")
    for place, name, known in _names(evaluation):
        if name not in known:
            raise ValueError(place)
    if len(evaluation.attributes) != len(ATTRIBUTES):
        raise ValueError(".attributes")
    return evaluation


def _names(evaluation: Evaluation) -> Iterator[tuple[str, str, Sequence[str]]]:
    """Where an attribute is named, its name there, and which names may stand there."""
    for number, result in enumerate(evaluation.attributes):
        yield f".attributes.{number}.name", result.name, ATTRIBUTES[number : number + 1]
    for number, group in enumerate(evaluation.groups):
        yield f".groups.{number}.attribute", group.attribute, ATTRIBUTES
        for place, name in enumerate(group.left_out):
            yield f".groups.{number}.left_out.{place}", name, ATTRIBUTES


def _from_json(kind: Any, value: Any, place: str) -> Any:
    """`value` as a `kind`: a dataclass, a tuple of one kind, a choice, a text or a number (null is nan)."""
    if is_dataclass(kind):
        return _dataclass_from_json(kind, value, place)
    if get_origin(kind) is tuple and isinstance(value, list):
        inner = get_args(kind)[0]
        return tuple(_from_json(inner, each, f"{place}.{number}") for number, each in enumerate(value))
    if get_origin(kind) is UnionType:
        inner, _ = get_args(kind)
        return None if value is None else _from_json(inner, value, place)
    if get_origin(kind) is Literal and value in get_args(kind):
        return value
    if kind is float and value is None:
        return float("nan")
    # bool is an int in Python, and JSON may write 1.0 as 1.
    if type(value) is kind or (kind is float and type(value) is int):
        return kind(value)
    raise ValueError(place)


def _dataclass_from_json(kind: Any, value: Any, place: str) -> Any:
    if not isinstance(value, dict):
        raise ValueError(place)
    kinds = get_type_hints(kind)
    found = {}
    for field in fields(kind):
        if field.name in value:
            found[field.name] = _from_json(kinds[field.name], value[field.name], f"{place}.{field.name}")
        elif field.default is MISSING:
            raise ValueError(f"{place}.{field.name}")
    return kind(**found)
