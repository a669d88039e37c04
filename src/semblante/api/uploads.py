"""Images of a request, from `multipart/form-data`: never a path or an address, and none is written to disk.

What kind of file it is, its content decides; its name is only shown.
"""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Annotated

from fastapi import Depends, File, UploadFile
from starlette.formparsers import MultiPartParser

from semblante.api.engine import TheEngine
from semblante.errors import BadImage, Reason, Refused, reason_of
from semblante.i18n import as_line
from semblante.images import stored_size


@dataclass(frozen=True)
class UploadedImage:
    """An image of a request: the name to show, its content, and why it cannot be used, if it cannot.

    It was looked at no further than its header: decoding may still find it damaged.
    """

    name: str
    content: bytes
    issue: Reason | None = None


def keep_uploads_in_memory(max_body_bytes: int) -> None:
    """Keep what is uploaded out of temporary files, where it would lie unencrypted."""
    MultiPartParser.spool_max_size = max_body_bytes


async def _several(
    images: Annotated[list[UploadFile], File(description="The images' files.")], engine: TheEngine
) -> tuple[UploadedImage, ...]:
    contents = [(_shown(upload.filename), await upload.read()) for upload in images]
    return await engine.run(
        lambda: tuple(
            UploadedImage(name, content, issue_of(content, engine.settings.max_pixels))
            for name, content in contents
        )
    )


async def _one(
    image: Annotated[UploadFile, File(description="The image's file.")], engine: TheEngine
) -> UploadedImage:
    (found,) = await _several([image], engine)
    return usable(found)


OneImage = Annotated[UploadedImage, Depends(_one)]
"""What a route takes to get the file in the field `image`; refused where it is no picture, or too large."""
SeveralImages = Annotated[tuple[UploadedImage, ...], Depends(_several)]
"""What a route takes to get the files in the field `images`, each with its issue."""


def usable(image: UploadedImage) -> UploadedImage:
    """The image itself. Raises `BadImage` or `Refused` where it cannot be used."""
    if image.issue is None:
        return image
    kind = Refused if image.issue.code == "image_too_large" else BadImage
    raise kind(image.issue.code, **image.issue.params)


def issue_of(content: bytes, max_pixels: int) -> Reason | None:
    """Why a file cannot be used, by its header; None where nothing speaks against it."""
    try:
        width_px, height_px = stored_size(content)
    except BadImage as error:
        return reason_of(error)
    if width_px * height_px <= max_pixels:
        return None
    limit = max_pixels // 1_000_000
    return Reason("image_too_large", {"width_px": width_px, "height_px": height_px, "limit_million": limit})


def _shown(filename: str | None) -> str:
    """The file's name without folders and controls: it is shown, and opens nothing."""
    return as_line(PurePosixPath((filename or "").replace("\\", "/")).name)
