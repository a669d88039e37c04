"""`/model` and `/feature-maps`: the network that reads faces, and what its layers answer to one."""

import base64
import io

from fastapi import APIRouter
from PIL import Image

from semblante.api.engine import TheEngine
from semblante.api.schemas import ReasonOut, Schema
from semblante.api.uploads import OneImage
from semblante.errors import Reason
from semblante.i18n import current_language
from semblante.jobs import EpochRow
from semblante.labels import doubt, spoken
from semblante.pipeline import FaceAnalyzer
from semblante.types import Pixels

router = APIRouter(tags=["model"])


class TrainingData(Schema):
    """What the network was trained on; None where the manifest does not say."""

    train_images: int | None
    train_people: int | None


class MeasuredAttribute(Schema):
    """An attribute, and how well it is read on the validation images; None where it was not measured.

    `balanced_accuracy` is the mean of the shares of right yeses and right noes.
    """

    name: str
    label: str
    doubt: ReasonOut | None
    positive_rate: float
    balanced_accuracy: float | None


class ModelOut(Schema):
    """The network in use: what it takes, what it was trained on and how, and how good it is."""

    sha256: str
    side_px: int
    embedding_size: int
    parameters: int | None
    best_epoch: int
    data: TrainingData
    history: tuple[EpochRow, ...]
    attributes: tuple[MeasuredAttribute, ...]
    licence: str


class LayerOut(Schema):
    """The answers of one layer: of its `channels`, maps of `side_px` x `side_px` bytes, in order."""

    channels: int
    side_px: int
    maps: str


class FeatureMapsOut(Schema):
    """The largest face as the network takes it, a PNG, and what its layers answer; all bytes in base64."""

    crop: str
    layers: tuple[LayerOut, ...]


@router.get("/model")
async def model(engine: TheEngine) -> ModelOut:
    """Tell what the network was trained on, how that went, and how far each attribute can be relied on."""
    return await engine.run(lambda: _described(engine.analyzer))


@router.post("/feature-maps")
async def feature_maps(image: OneImage, engine: TheEngine) -> FeatureMapsOut:
    """Show what the convolutions of the network answer to the largest face in an image."""
    found = await engine.run(lambda: engine.analyzer.feature_maps(image.content))
    layers = tuple(
        LayerOut(channels=layer.channels, side_px=layer.maps.shape[-1], maps=_base64(layer.maps.tobytes()))
        for layer in found.layers
    )
    return FeatureMapsOut(crop=_png(found.crop), layers=layers)


def _described(analyzer: FaceAnalyzer) -> ModelOut:
    bundle = analyzer.bundle
    manifest = bundle.manifest
    data, measured = manifest.get("data", {}), bundle.evaluation.attributes if bundle.evaluation else ()
    accuracies = {each.name: each.balanced_accuracy.value for each in measured}
    rates = zip(manifest["attributes"], manifest["training"]["positive_rates"], strict=True)
    language = current_language()
    return ModelOut(
        sha256=bundle.network_sha256,
        side_px=bundle.side_px,
        embedding_size=bundle.embedding_size,
        parameters=manifest["weights"].get("parameters"),
        best_epoch=manifest["training"]["best_epoch"],
        data=TrainingData(train_images=data.get("train_images"), train_people=data.get("train_people")),
        history=bundle.history,
        attributes=tuple(
            MeasuredAttribute(
                name=name,
                label=spoken(name, language),
                doubt=ReasonOut.of(Reason(code)) if (code := doubt(name)) else None,
                positive_rate=rate,
                balanced_accuracy=accuracies.get(name),
            )
            for name, rate in rates
        ),
        licence=manifest["licence"]["text"],
    )


def _png(pixels: Pixels) -> str:
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return _base64(content.getvalue())


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
