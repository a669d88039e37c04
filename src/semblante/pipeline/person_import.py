"""A person comes back from an exported zip file: of this, only JSON is read, and each field is checked."""

import base64
import io
import zipfile
import zlib
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal

import numpy as np
from jaxtyping import Float32, Int8
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from semblante.errors import NotAPersonFile
from semblante.library import FaceStore, KnownPerson, Taught
from semblante.person import person_as_json, person_from_json
from semblante.pipeline.details import PersonDetails, add_person, person_with_id
from semblante.pipeline.export import ABOUT, PERSON
from semblante.types import DESCRIPTOR_SIZE, Consent, Consenter, FaceRef

MAX_JSON_BYTES: Final = 64_000_000
"""Of more, nothing is read, however small it is packed."""
_MAX_FILES: Final = 100_000
"""Python's reader makes an object for each file of the archive's list, before anything of it is read."""
_ENTRY: Final = b"PK\x01\x02"
"""How each entry of that list begins."""
_SHA256: Final = r"^[0-9a-f]{64}$"


class _Part(BaseModel):
    model_config = ConfigDict(allow_inf_nan=False)


class _Consent(_Part):
    who: Consenter
    on: date
    note: str


class _Face(_Part):
    kind: Literal["positive", "negative"]
    photo: Annotated[str, Field(pattern=_SHA256)]
    place: Annotated[int, Field(ge=0, lt=10_000)]
    confirmed_by_user: bool
    embedding: str
    copy_descriptor: str | None


class _Rejected(_Part):
    photo: Annotated[str, Field(pattern=_SHA256)]
    place: Annotated[int, Field(ge=0, lt=10_000)]


class _About(_Part):
    format: Literal["semblante export 1"]
    name: str
    consent: _Consent | None
    birth_date: date | None
    days: dict[Annotated[str, Field(pattern=_SHA256)], date]
    taught: list[_Face]
    rejected: list[_Rejected]


def import_person(store: FaceStore, content: bytes) -> KnownPerson:
    """Keep the person of an exported zip file: what is told of the person, the neuron, the faces that taught.

    Raises `NotAPersonFile` where the file is none, or was changed, `BadName`, and `InvalidOption`, also where
    the name is taken; then nothing has changed.
    """
    files = _json_files(content)
    try:
        about = _About.model_validate_json(files[ABOUT])
        taught = [_taught(each) for each in about.taught]
    except (KeyError, ValidationError, ValueError) as error:
        raise NotAPersonFile("not_an_export") from error
    if len({len(each.embedding) for each in taught}) > 1:
        raise NotAPersonFile("not_an_export")
    learnt = person_from_json(files[PERSON], Path(PERSON)) if PERSON in files else None
    if learnt is not None and (learnt.name != about.name or _other_size(taught, learnt.embedding_size)):
        raise NotAPersonFile("not_an_export")
    given = about.consent
    consent = None if given is None else Consent(given.who, given.on, given.note)
    added = add_person(store, PersonDetails(about.name, consent, about.birth_date))
    rejected = {FaceRef(each.photo, each.place): True for each in about.rejected}
    if learnt is not None or taught or rejected:
        person_json = person_as_json(learnt) if learnt else ""
        store.keep_person(person_json, added.name, taught, rejected=rejected)
    store.note_taken({bytes.fromhex(photo): day for photo, day in about.days.items()})
    return person_with_id(store, added.id)


def _json_files(content: bytes) -> dict[str, bytes]:
    """The two JSON files of the archive, as far as they are there; nothing is unpacked to the disk."""
    if content.count(_ENTRY) > _MAX_FILES:
        raise NotAPersonFile("not_an_export")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: _read(archive, name) for name in (ABOUT, PERSON) if name in archive.namelist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise NotAPersonFile("not_an_export") from error


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    # The size that the archive tells may be a lie.
    with archive.open(name) as file:
        content = file.read(MAX_JSON_BYTES + 1)
    if len(content) > MAX_JSON_BYTES:
        raise NotAPersonFile("not_an_export")
    return content


def _taught(face: _Face) -> Taught:
    """Raises `ValueError` where the numbers are none."""
    descriptor = None if face.copy_descriptor is None else _descriptor(face.copy_descriptor)
    embedding = _embedding(face.embedding)
    return Taught(face.kind, FaceRef(face.photo, face.place), embedding, face.confirmed_by_user, descriptor)


def _embedding(packed: str) -> Float32[np.ndarray, " d"]:
    row: Float32[np.ndarray, " d"] = np.frombuffer(base64.b64decode(packed, validate=True), "<f4")
    if not len(row) or not np.isfinite(row).all() or abs(float(np.linalg.norm(row)) - 1) > 0.01:
        raise ValueError("no embedding")
    return row.astype(np.float32)


def _descriptor(packed: str) -> Int8[np.ndarray, "400"]:
    found = np.frombuffer(base64.b64decode(packed, validate=True), np.int8)
    if found.shape != (DESCRIPTOR_SIZE,):
        raise ValueError("no copy descriptor")
    return found


def _other_size(taught: list[Taught], embedding_size: int) -> bool:
    return any(len(each.embedding) != embedding_size for each in taught)
