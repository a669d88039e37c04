"""The person file: one small JSON file, without pictures or names of photos.

Its weights are base64 of little-endian float32; 60,000 of them make 320 kB. `sha256` is the hash of all
other fields as compact JSON with sorted keys, so that a changed file is found before it can decide.
"""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NoReturn

import numpy as np
from jaxtyping import Float32
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from semblante.errors import BadName, NotAPersonFile, Reason
from semblante.files import translate_os_errors, write_json
from semblante.metrics.results import Estimate, Reliability, RocCurve
from semblante.person.ages import AGE_SPANS, AgeSpan
from semblante.person.decision import (
    AgeNeuron,
    DecisionRule,
    HeldOutEvaluation,
    Neuron,
    Person,
    check_name,
    check_person,
)
from semblante.person.details import MAX_NOTE_CHARACTERS
from semblante.types import Consent, Consenter

FORMAT: Final = "semblante person 3"
ENCODING: Final = "base64, little-endian float32"
MAX_FILE_BYTES: Final = 16_000_000
"""Far above any file that `save` writes; what is larger is not read."""
_FLOAT32: Final = "<f4"


def _kept_name(name: str) -> str:
    try:
        kept = check_name(name)
    except BadName as error:
        raise ValueError(str(error)) from error
    if kept != name:
        raise ValueError("not in the form in which names are kept")
    return name


def _day(text: object) -> date:
    """The day in the one form that is written: 2026-11-28."""
    day = date.fromisoformat(text) if isinstance(text, str) else None
    if day is None or day.isoformat() != text:
        raise ValueError("not a day")
    return day


_Day = Annotated[date, BeforeValidator(_day)]
_Share = Annotated[float, Field(ge=0, le=1)]
_Count = Annotated[int, Field(ge=1)]
_CountOrZero = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    # Strict: neither a truth value nor a text is a number. JSON allows 1e999, which is infinite.
    model_config = ConfigDict(strict=True, allow_inf_nan=False)


class _Base(_Part):
    sha256: Annotated[str, Field(pattern=r"\A[0-9a-f]{64}\z")]
    embedding_size: _Count
    folder: str | None


class _Neuron(_Part):
    encoding: Literal["base64, little-endian float32"]
    weights: str
    bias: float
    l2: Annotated[float, Field(ge=0)]


class _Rule(_Part):
    slope: Annotated[float, Field(ge=0)]
    offset: float
    prior: _Share
    no_below: _Share
    yes_above: _Share
    false_match_rate: _Share
    false_non_match_rate: _Share


class _AgeNeuron(_Part):
    from_years: _CountOrZero
    below_years: _Count
    neuron: _Neuron
    rule: _Rule
    photos_of_person: _Count


class _Photos(_Part):
    of_person: _Count
    moments_of_person: _Count
    of_others: _Count
    background: _CountOrZero


class _Estimate(_Part):
    value: _Share
    low: _Share
    high: _Share


class _Roc(_Part):
    false_positive_rate: list[_Share]
    true_positive_rate: list[_Share]
    area: _Share


class _Reliability(_Part):
    mean_predicted: list[_Share]
    fraction_positive: list[_Share]
    counts: list[_Count]
    expected_calibration_error: _Share


class _Evaluation(_Part):
    method: Literal["validation", "cross-validation"]
    photos_of_person: _Count
    photos_of_others: _Count
    tpr_at_fpr_1_percent: _Estimate | None
    tpr_at_fpr_01_percent: _Estimate | None
    roc: _Roc
    reliability: _Reliability
    background: _CountOrZero


class _Consent(_Part):
    who: Consenter
    on: _Day
    note: Annotated[str, Field(max_length=MAX_NOTE_CHARACTERS)]


class _File(_Part):
    name: Annotated[str, AfterValidator(_kept_name)]
    consent: _Consent | None
    birth_date: _Day | None
    base: _Base
    neuron: _Neuron
    rule: _Rule
    ages: list[_AgeNeuron]
    photos: _Photos
    evaluation: _Evaluation


def save(person: Person, path: Path | str) -> None:
    """Write the person file, in one step. Raises `DiskFull` or `FileAccessError`."""
    check_person(person)
    path = Path(path)
    write_json(path, _signed(person, path.parent))


def person_as_json(person: Person) -> str:
    """The content of a person file, to be kept elsewhere; the path of the model's folder is absolute.

    The consent is left out. The birth date is the one that the neurons by age were learnt with.
    """
    return json.dumps(_signed(replace(person, consent=None), None), ensure_ascii=False, allow_nan=False)


def person_file_content(person: Person) -> str:
    """What `save` writes, for a file that may come to lie anywhere: it does not say where the model is."""
    fields = _signed(replace(person, base_folder=None), None)
    return json.dumps(fields, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def open_person(path: Path | str) -> Person:
    """Open a person file, every field checked.

    Raises `NotAPersonFile`, naming the field at fault, or `FileAccessError`.
    """
    path = Path(path)
    with translate_os_errors(path), path.open("rb") as file:
        content = file.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        _refuse(path, "person_file_too_large", most_mb=MAX_FILE_BYTES // 1_000_000)
    return person_from_json(content, path)


def person_from_json(content: bytes | str, path: Path) -> Person:
    """The person in the JSON that `path` holds, checked likewise. Raises `NotAPersonFile`."""
    try:
        fields = json.loads(content, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        _refuse(path, "person_not_json")
    if not isinstance(fields, dict) or fields.get("format") != FORMAT:
        _refuse(path, "person_format_unknown", format=FORMAT)
    try:
        parsed = _File.model_validate(fields)
    except ValidationError as error:
        # A list is named as a whole, not by the number of its item.
        place = [part for part in error.errors()[0]["loc"] if isinstance(part, str)]
        _refuse_field(path, ".".join(place))
    person = _person(parsed, path)
    if fields.get("sha256") != _sha256({key: value for key, value in fields.items() if key != "sha256"}):
        _refuse(path, "person_file_changed")
    return person


def _signed(person: Person, seen_from: Path | None) -> dict[str, Any]:
    folder = None if person.base_folder is None else _from(seen_from, person.base_folder)
    fields = {
        "format": FORMAT,
        "name": person.name,
        "consent": person.consent and {**asdict(person.consent), "on": person.consent.on.isoformat()},
        "birth_date": person.birth_date and person.birth_date.isoformat(),
        "base": {
            "sha256": person.base_sha256,
            "embedding_size": person.embedding_size,
            "folder": folder,
        },
        "neuron": _packed(person.neuron),
        "rule": asdict(person.rule),
        "ages": [
            {
                **asdict(each.span),
                "neuron": _packed(each.neuron),
                "rule": asdict(each.rule),
                "photos_of_person": each.photos_of_person,
            }
            for each in person.ages
        ],
        "photos": {
            "of_person": person.photos_of_person,
            "moments_of_person": person.moments_of_person,
            "of_others": person.photos_of_others,
            "background": person.background,
        },
        "evaluation": asdict(person.evaluation),
    }
    return {**fields, "sha256": _sha256(fields)}


def _packed(neuron: Neuron) -> dict[str, Any]:
    weights = base64.b64encode(neuron.weights.astype(_FLOAT32).tobytes()).decode("ascii")
    return {"encoding": ENCODING, "weights": weights, "bias": neuron.bias, "l2": neuron.l2}


def _from(folder: Path | None, target: Path) -> str:
    """`target` as seen from `folder`, so that both can move together; absolute where they share no root."""
    if folder is None:
        return target.resolve().as_posix()
    try:
        return Path(os.path.relpath(target.resolve(), folder.resolve())).as_posix()
    except ValueError:
        return target.resolve().as_posix()


def _person(fields: _File, path: Path) -> Person:
    evaluation, photos = fields.evaluation, fields.photos
    roc, reliability = evaluation.roc, evaluation.reliability
    if len(roc.true_positive_rate) != len(roc.false_positive_rate):
        _refuse_field(path, "evaluation.roc.true_positive_rate")
    bins = {len(reliability.mean_predicted), len(reliability.fraction_positive), len(reliability.counts)}
    if len(bins) > 1:
        _refuse_field(path, "evaluation.reliability.counts")
    return Person(
        name=fields.name,
        base_sha256=fields.base.sha256,
        neuron=_neuron(fields.neuron, fields.base.embedding_size, path, "neuron"),
        rule=DecisionRule(**fields.rule.model_dump()),
        ages=tuple(_age_neuron(each, fields.base.embedding_size, path) for each in fields.ages),
        base_folder=_folder(fields.base.folder, path),
        consent=None if fields.consent is None else Consent(**fields.consent.model_dump()),
        birth_date=fields.birth_date,
        photos_of_person=photos.of_person,
        moments_of_person=photos.moments_of_person,
        photos_of_others=photos.of_others,
        background=photos.background,
        evaluation=HeldOutEvaluation(
            method=evaluation.method,
            photos_of_person=evaluation.photos_of_person,
            photos_of_others=evaluation.photos_of_others,
            tpr_at_fpr_1_percent=_estimate(evaluation.tpr_at_fpr_1_percent),
            tpr_at_fpr_01_percent=_estimate(evaluation.tpr_at_fpr_01_percent),
            roc=RocCurve(**_with_tuples(roc)),
            reliability=Reliability(**_with_tuples(reliability)),
            background=evaluation.background,
        ),
    )


def _age_neuron(part: _AgeNeuron, embedding_size: int, path: Path) -> AgeNeuron:
    span = AgeSpan(part.from_years, part.below_years)
    if span not in AGE_SPANS:
        _refuse_field(path, "ages")
    neuron = _neuron(part.neuron, embedding_size, path, "ages.neuron")
    return AgeNeuron(span, neuron, DecisionRule(**part.rule.model_dump()), part.photos_of_person)


def _neuron(part: _Neuron, embedding_size: int, path: Path, field: str) -> Neuron:
    try:
        content = base64.b64decode(part.weights, validate=True)
    except ValueError:
        _refuse_field(path, f"{field}.weights")
    if len(content) != embedding_size * np.dtype(_FLOAT32).itemsize:
        _refuse_field(path, f"{field}.weights")
    weights: Float32[np.ndarray, " d"] = np.frombuffer(content, _FLOAT32).astype(np.float32)
    if not np.isfinite(weights).all():
        _refuse_field(path, f"{field}.weights")
    return Neuron(weights, part.bias, part.l2)


def _folder(folder: str | None, path: Path) -> Path | None:
    try:
        return None if folder is None else (path.parent / folder).resolve()
    except ValueError:  # A zero byte, which no path can have.
        _refuse_field(path, "base.folder")


def _estimate(estimate: _Estimate | None) -> Estimate | None:
    return None if estimate is None else Estimate(**estimate.model_dump())


def _with_tuples(part: _Part) -> dict[str, Any]:
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in part.model_dump().items()
    }


def _sha256(fields: Mapping[str, Any]) -> str:
    compact = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(compact.encode("ascii")).hexdigest()


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _refuse_field(path: Path, field: str) -> NoReturn:
    _refuse(path, "person_field_wrong", field=field)


def _refuse(path: Path, code: str, **params: object) -> NoReturn:
    raise NotAPersonFile("not_a_person_file", path=path, problem=Reason(code, params))
