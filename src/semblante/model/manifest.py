"""The schema of a bundle's manifest: every field that is read later, so that nothing fails after the work.

Only this module imports pydantic, and `bundle` imports it when it needs it: that takes 80 ms.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from semblante.errors import Reason
from semblante.jobs import EpochRow
from semblante.labels import ATTRIBUTES
from semblante.metrics.results import Evaluation

EVALUATION = ("metrics", "val", "evaluation")
"""Where the evaluation on the validation images is, if the training made one."""

Count = Annotated[int, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Sha256 = Annotated[str, Field(min_length=64, max_length=64)]


class _Group(BaseModel):
    """Fields that are not named here are kept in the file, but nothing reads them."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())


class Geometry(_Group):
    """What crops the network takes. `frame` is the width and height of `semblante.geometry`'s frame."""

    side_px: Count
    frame: tuple[Literal[178], Literal[218]] | None = None


class Weights(_Group):
    """The ONNX file."""

    embedding_size: Count
    sha256: Sha256
    file: Literal["network.onnx"] | None = None
    bytes: Count | None = None
    parameters: Count | None = None
    opset: Count | None = None


class Training(_Group):
    """How the training went. `positive_rates` are those of the 40 attributes in its labels."""

    best_epoch: Count
    positive_rates: Annotated[
        tuple[Share, ...], Field(min_length=len(ATTRIBUTES), max_length=len(ATTRIBUTES))
    ]
    epochs: Count | None = None
    minutes: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    device: str | None = None


class Validation(_Group):
    """How the network did on the validation images."""

    accuracy: Share
    balanced_accuracy: Share
    majority_baseline: Share
    evaluation: Evaluation | None = None


class Metrics(_Group):
    """How the network did, by split."""

    val: Validation


class Licence(_Group):
    """Under which terms the network may be used."""

    terms: str
    text: str


class Background(_Group):
    """Embeddings (count, d) float16 of training people, one photo each; never pictures."""

    file: Literal["background.npy"]
    sha256: Sha256
    count: Count


class Recipe(_Group):
    """What the network was trained with."""

    name: str | None = None


class EmbeddingNetwork(_Group):
    """A network of others, which gives the embeddings or taught them; `training_data` None if not stated."""

    name: str
    licence: str
    source: str
    training_data: str | None
    sha256: Sha256


class Data(_Group):
    """What the network was trained on."""

    train_images: Count | None = None
    train_people: Count | None = None
    val_images: Count | None = None


class Manifest(_Group):
    """The whole file."""

    format: Literal["semblante bundle 1"]
    attributes: tuple[str, ...]
    geometry: Geometry
    weights: Weights
    training: Training
    metrics: Metrics
    licence: Licence
    history: tuple[EpochRow, ...]
    background: Background | None
    recipe: Recipe = Recipe()
    embedding_network: EmbeddingNetwork | None = None
    data: Data = Data()
    teachers: tuple[EmbeddingNetwork, ...] = ()


def problem_of(content: bytes) -> Reason | None:
    """What does not fit in a manifest that is JSON, or None where all does."""
    try:
        manifest = Manifest.model_validate_json(content, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        return _wrong_field(first["loc"]) if first["type"] != "json_invalid" else Reason("manifest_not_json")
    if manifest.metrics.val.evaluation is not None:
        for place, name, known in _names(manifest.metrics.val.evaluation):
            if name not in known:
                return Reason("manifest_field_unfit", {"field": ".".join((*EVALUATION, place))})
    return _wrong_attributes(manifest.attributes)


def evaluation_from_json(value: Any) -> Evaluation:
    """The evaluation that `Evaluation.as_json` wrote, in a manifest that fits."""
    return TypeAdapter(Evaluation).validate_json(json.dumps(value), strict=True)


def _wrong_field(place: Sequence[str | int]) -> Reason:
    """That the field at `place` does not fit, or the first field of a group that is missing as a whole."""
    if tuple(place[: len(EVALUATION)]) == EVALUATION:
        return Reason("manifest_field_unfit", {"field": ".".join(map(str, place))})
    names, kind, is_required = list[str](), _group(Manifest), True
    keys = [key for key in place if isinstance(key, str)]
    while kind is not None:
        # A list or an optional group is named as a whole.
        names.append(keys[len(names)] if len(names) < len(keys) else next(iter(kind.model_fields)))
        field = kind.model_fields[names[-1]]
        kind, is_required = _group(field.annotation), field.is_required()
    return Reason(
        "manifest_field_required" if is_required else "manifest_field_unfit", {"field": ".".join(names)}
    )


def _group(kind: Any) -> type[_Group] | None:
    return kind if isinstance(kind, type) and issubclass(kind, _Group) else None


def _names(evaluation: Evaluation) -> Iterator[tuple[str, str | None, Sequence[str | None]]]:
    """Where an attribute is named, its name there, and which names may stand there."""
    for number, result in enumerate(evaluation.attributes):
        yield f"attributes.{number}.name", result.name, ATTRIBUTES[number : number + 1]
    if len(evaluation.attributes) < len(ATTRIBUTES):
        yield "attributes", None, ()
    for number, group in enumerate(evaluation.groups):
        yield f"groups.{number}.attribute", group.attribute, ATTRIBUTES
        for place, name in enumerate(group.left_out):
            yield f"groups.{number}.left_out.{place}", name, ATTRIBUTES


def _wrong_attributes(names: Sequence[str]) -> Reason | None:
    for number, (found, expected) in enumerate(zip_longest(names, ATTRIBUTES, fillvalue="—"), start=1):
        if found != expected:
            params = {"count": len(names), "number": number, "found": found, "expected": expected}
            return Reason("manifest_attributes", params)
    return None
