"""The person file: one small JSON file, without pictures or names of photos.

Its weights are base64 of little-endian float32; 60,000 of them make 320 kB. `sha256` is the hash of all
other fields as compact JSON with sorted keys, so that a changed file is found before it can answer.
"""

import base64
import hashlib
import json
import math
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn, cast

import numpy as np
from jaxtyping import Float32

from semblante.errors import BadName, NotAPersonFile
from semblante.files import translate_os_errors, write_json
from semblante.i18n import tr
from semblante.metrics.results import Estimate, Reliability, RocCurve
from semblante.person.model import DecisionRule, Neuron, Person
from semblante.person.names import check_name
from semblante.person.results import HeldOutEvaluation

FORMAT = "semblante person 1"
ENCODING = "base64, little-endian float32"
LARGEST_BYTES = 16_000_000
"""Far above any file that `save` writes; what is larger is not read."""
_FLOAT32 = "<f4"
_LARGEST = sys.float_info.max


def save(person: Person, path: Path) -> None:
    """Write the person file, in one step. Raises `NoRoom` or `NoAccess`."""
    write_json(path, _signed(person, path.parent))


def person_as_json(person: Person) -> str:
    """What a person file holds, to be kept elsewhere; the base's folder is named whole."""
    return json.dumps(_signed(person, None), ensure_ascii=False, allow_nan=False)


def _signed(person: Person, seen_from: Path | None) -> dict[str, Any]:
    folder = None if person.base_folder is None else _from(seen_from, person.base_folder)
    fields = {
        "format": FORMAT,
        "name": person.name,
        "base": {
            "sha256": person.base_sha256,
            "embedding_size": person.embedding_size,
            "folder": folder,
        },
        "neuron": {
            "encoding": ENCODING,
            "weights": base64.b64encode(person.neuron.weights.astype(_FLOAT32).tobytes()).decode("ascii"),
            "bias": person.neuron.bias,
            "l2": person.neuron.l2,
        },
        "rule": asdict(person.rule),
        "photos": {
            "of_person": person.photos_of_person,
            "of_others": person.photos_of_others,
            "background": person.background,
        },
        "evidence": asdict(person.evidence),
    }
    return {**fields, "sha256": _sha256(fields)}


def open_person(path: Path) -> Person:
    """Open a person file, every field checked. Raises `NotAPersonFile`, naming the field, or `NoAccess`."""
    with translate_os_errors(path), path.open("rb") as file:
        content = file.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        _refuse(path, tr("it is larger than {most} MB", most=LARGEST_BYTES // 1_000_000))
    return person_from_json(content, path)


def person_from_json(content: bytes | str, path: Path) -> Person:
    """The person in the JSON that `path` holds, checked likewise. Raises `NotAPersonFile`."""
    try:
        fields = json.loads(content, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        _refuse(path, tr("it is not JSON, or not all of it"))
    if not isinstance(fields, dict) or fields.get("format") != FORMAT:
        _refuse(path, tr("its format is not “{format}”", format=FORMAT))
    person = _person(_Fields(path, "", fields))
    if fields.get("sha256") != _sha256({key: value for key, value in fields.items() if key != "sha256"}):
        _refuse(path, tr("it was changed since it was written (its sha256 does not fit)"))
    return person


@dataclass(frozen=True)
class _Fields:
    """A JSON object whose fields come checked, or as a `NotAPersonFile` naming the one at fault."""

    path: Path
    place: str
    values: Mapping[str, Any]

    def wrong(self, key: str) -> NoReturn:
        _refuse(self.path, tr("the field {field} is missing or does not fit", field=f"{self.place}{key}"))

    def group(self, key: str) -> "_Fields":
        value = self.values.get(key)
        if not isinstance(value, dict):
            self.wrong(key)
        return _Fields(self.path, f"{self.place}{key}.", value)

    def group_or_none(self, key: str) -> "_Fields | None":
        if key in self.values and self.values[key] is None:
            return None
        return self.group(key)

    def text(self, key: str, *allowed: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str) or (allowed and value not in allowed):
            self.wrong(key)
        return value

    def number(self, key: str, low: float = -math.inf, high: float = math.inf) -> float:
        return self._number(key, self.values.get(key), low, high)

    def share(self, key: str) -> float:
        return self.number(key, 0, 1)

    def count(self, key: str, least: int) -> int:
        return self._count(key, self.values.get(key), least)

    def shares(self, key: str) -> tuple[float, ...]:
        return tuple(self._number(key, value, 0, 1) for value in self._list(key))

    def counts(self, key: str, least: int) -> tuple[int, ...]:
        return tuple(self._count(key, value, least) for value in self._list(key))

    def _list(self, key: str) -> list[Any]:
        value = self.values.get(key)
        if not isinstance(value, list):
            self.wrong(key)
        return value

    def _number(self, key: str, value: Any, low: float, high: float) -> float:
        # bool is an int in Python; JSON allows 1e999, and integers beyond any float.
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.wrong(key)
        if not max(low, -_LARGEST) <= value <= min(high, _LARGEST):
            self.wrong(key)
        return float(value)

    def _count(self, key: str, value: Any, least: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.wrong(key)
        return value


def _person(fields: _Fields) -> Person:
    base, photos = fields.group("base"), fields.group("photos")
    return Person(
        name=_name(fields),
        base_sha256=_hash(base),
        neuron=_neuron(fields.group("neuron"), base.count("embedding_size", 1)),
        rule=_rule(fields.group("rule")),
        base_folder=_folder(base),
        photos_of_person=photos.count("of_person", 1),
        photos_of_others=photos.count("of_others", 1),
        background=photos.count("background", 0),
        evidence=_evidence(fields.group("evidence")),
    )


def _name(fields: _Fields) -> str:
    name = fields.text("name")
    try:
        if check_name(name) != name:
            fields.wrong("name")
    except BadName:
        fields.wrong("name")
    return name


def _hash(base: _Fields) -> str:
    value = base.text("sha256")
    if len(value) != 64 or set(value) - set("0123456789abcdef"):
        base.wrong("sha256")
    return value


def _from(folder: Path | None, target: Path) -> str:
    """`target` as seen from `folder`, so that both can move together; whole where they share no root."""
    if folder is None:
        return target.resolve().as_posix()
    try:
        return Path(os.path.relpath(target.resolve(), folder.resolve())).as_posix()
    except ValueError:
        return target.resolve().as_posix()


def _folder(base: _Fields) -> Path | None:
    if "folder" in base.values and base.values["folder"] is None:
        return None
    try:
        return (base.path.parent / base.text("folder")).resolve()
    except ValueError:  # A zero byte, or half of a surrogate pair, which no path can have.
        base.wrong("folder")


def _neuron(neuron: _Fields, embedding_size: int) -> Neuron:
    neuron.text("encoding", ENCODING)
    try:
        content = base64.b64decode(neuron.text("weights"), validate=True)
    except ValueError:
        neuron.wrong("weights")
    if len(content) != embedding_size * np.dtype(_FLOAT32).itemsize:
        neuron.wrong("weights")
    weights: Float32[np.ndarray, " d"] = np.frombuffer(content, _FLOAT32).astype(np.float32)
    if not np.isfinite(weights).all():
        neuron.wrong("weights")
    return Neuron(weights, neuron.number("bias"), neuron.number("l2", 0))


def _rule(rule: _Fields) -> DecisionRule:
    return DecisionRule(
        slope=rule.number("slope", 0),
        offset=rule.number("offset"),
        yes_above=rule.number("yes_above"),
        no_below=rule.number("no_below"),
        prior=rule.share("prior"),
        false_match_rate=rule.share("false_match_rate"),
        false_non_match_rate=rule.share("false_non_match_rate"),
    )


def _evidence(evidence: _Fields) -> HeldOutEvaluation:
    return HeldOutEvaluation(
        method=cast(
            Literal["validation", "cross-validation"],
            evidence.text("method", "validation", "cross-validation"),
        ),
        photos_of_person=evidence.count("photos_of_person", 1),
        photos_of_others=evidence.count("photos_of_others", 1),
        tpr_at_fpr_1_percent=_estimate(evidence.group_or_none("tpr_at_fpr_1_percent")),
        tpr_at_fpr_01_percent=_estimate(evidence.group_or_none("tpr_at_fpr_01_percent")),
        roc=_roc(evidence.group("roc")),
        reliability=_reliability(evidence.group("reliability")),
        background=evidence.count("background", 0),
    )


def _estimate(estimate: _Fields | None) -> Estimate | None:
    if estimate is None:
        return None
    return Estimate(estimate.share("value"), estimate.share("low"), estimate.share("high"))


def _roc(roc: _Fields) -> RocCurve:
    across, up = roc.shares("false_positive_rate"), roc.shares("true_positive_rate")
    if len(across) != len(up):
        roc.wrong("true_positive_rate")
    return RocCurve(across, up, roc.share("area"))


def _reliability(curve: _Fields) -> Reliability:
    predicted, positive = curve.shares("mean_predicted"), curve.shares("fraction_positive")
    counts = curve.counts("counts", 1)
    if not len(predicted) == len(positive) == len(counts):
        curve.wrong("counts")
    return Reliability(predicted, positive, counts, curve.share("expected_calibration_error"))


def _sha256(fields: Mapping[str, Any]) -> str:
    compact = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(compact.encode("ascii")).hexdigest()


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _refuse(path: Path, problem: str) -> NoReturn:
    raise NotAPersonFile(
        tr(
            "{path}: not a person file that can be used: {problem}; copy it again, "
            "or make one with: semblante learn NAME …",
            path=path,
            problem=problem,
        )
    )
