"""`/system`: what the service is, the model that it uses, and what it refuses."""

import platform
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

import semblante
from semblante.api.cursors import MAX_LIMIT
from semblante.api.engine import Engine, TheEngine
from semblante.api.schemas import Schema
from semblante.i18n import LANGUAGES, Language, current_language

router = APIRouter(tags=["service"])


class NetworkOut(Schema):
    """The network that faces are put through, by the hash of its file; attributes of the training data."""

    network_sha256: str
    side_px: int
    embedding_size: int
    terms: str
    is_calibrated: bool
    face_detector: str


class LimitsOut(Schema):
    """What a request may have at most."""

    body_bytes: int
    images: int
    pixels: int
    listing: Annotated[int, Field(description="The largest `limit` of a listing.")] = MAX_LIMIT


class SystemOut(Schema):
    """The service: its version, the machine's, its model, its limits, and the language of this answer."""

    version: str
    python: str
    machine: str
    threads: int
    language: Language
    languages: tuple[Language, ...]
    model: NetworkOut
    limits: LimitsOut


@router.get("/system")
async def system(engine: TheEngine) -> SystemOut:
    """Say what this service is."""
    settings = engine.settings
    return SystemOut(
        version=semblante.__version__,
        python=platform.python_version(),
        machine=f"{platform.system()} {platform.machine()}",
        threads=settings.threads,
        language=current_language(),
        languages=LANGUAGES,
        model=await engine.run(_model, engine),
        limits=LimitsOut(
            body_bytes=settings.max_body_bytes, images=settings.max_images, pixels=settings.max_pixels
        ),
    )


def _model(engine: Engine) -> NetworkOut:
    bundle = engine.analyzer.bundle
    return NetworkOut(
        network_sha256=bundle.network_sha256,
        side_px=bundle.side_px,
        embedding_size=bundle.embedding_size,
        terms=bundle.manifest["licence"]["terms"],
        is_calibrated=bundle.is_calibrated,
        face_detector=engine.analyzer.detector_name,
    )
