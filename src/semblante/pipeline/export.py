"""All that is kept of a person, as one zip file of plain files that any program opens."""

import base64
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, Final

from semblante.errors import NotAPersonFile, UnknownPerson
from semblante.library import FaceStore, KnownPerson, Taught, Thumbnails
from semblante.person import person_file_content
from semblante.pipeline.collection import known_person
from semblante.types import FaceRef

FORMAT: Final = "semblante export 1"
ABOUT: Final = "about.json"
PERSON: Final = "person.json"
_BEGINNING: Final = (1980, 1, 1, 0, 0, 0)
"""The time of all files in the archive, so that the same content gives the same bytes."""


def export_person(store: FaceStore, thumbnails: Thumbnails, person: KnownPerson) -> bytes:
    """The zip file of a person.

    `about.json`: name, consent, birth date, former names, the photos given, by hash, the faces that taught,
    each with its embedding, the faces that are not the person's, as a user said, and the days of photos.
    `person.json`: the person file, of one who is learnt.
    `faces/HASH-PLACE.jpg`: the thumbnails that there are of the person's own faces. Raises `UnknownPerson`.
    """
    taught = store.taught(person.name)
    about = json.dumps(_about(store, person, taught), indent=2, ensure_ascii=False)
    files = {ABOUT: about.encode()}
    if person_file := _person_file(store, person):
        files[PERSON] = person_file
    for face in _own_faces(store, person, taught):
        jpeg = thumbnails.get(face)
        if jpeg is not None:
            files[f"faces/{face.photo}-{face.index}.jpg"] = jpeg
    return _zip(files)


def _about(store: FaceStore, person: KnownPerson, taught: Sequence[Taught]) -> dict[str, Any]:
    consent = person.consent
    given = store.given_photos(person.name)
    photos = sorted({*(each.photo for each in given), *(each.face.photo for each in taught)})
    days = store.days([bytes.fromhex(each) for each in photos])
    return {
        "format": FORMAT,
        "name": person.name,
        "former_names": list(person.former_names),
        "consent": consent and {"who": consent.who, "on": consent.on.isoformat(), "note": consent.note},
        "birth_date": person.birth_date and person.birth_date.isoformat(),
        "changed": person.changed and person.changed.isoformat(),
        "given": [{"photo": each.photo, "role": each.role, "at": each.at.isoformat()} for each in given],
        "days": {photo.hex(): day.isoformat() for photo, day in sorted(days.items())},
        "taught": [
            {
                "kind": each.kind,
                "photo": each.face.photo,
                "place": each.face.index,
                "confirmed_by_user": each.confirmed_by_user,
                # Little-endian float32, as in the person file.
                "embedding": _packed(each.embedding.astype("<f4").tobytes()),
                "copy_descriptor": each.copy_descriptor
                if each.copy_descriptor is None
                else _packed(each.copy_descriptor.tobytes()),
            }
            for each in taught
        ],
        "rejected": [
            {"photo": each.photo, "place": each.index} for each in sorted(store.rejected_faces(person.name))
        ],
    }


def _packed(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _person_file(store: FaceStore, person: KnownPerson) -> bytes | None:
    """The person file; None for one who is not learnt, and where it is damaged."""
    try:
        learnt = known_person(store, person.name)
    except (NotAPersonFile, UnknownPerson):
        return None
    return person_file_content(learnt).encode()


def _own_faces(store: FaceStore, person: KnownPerson, taught: Sequence[Taught]) -> list[FaceRef]:
    """The faces that taught as the person's; of a photo given as the person's that did not, the largest."""
    own = {each.face for each in taught if each.kind == "positive"}
    photos = {each.photo for each in store.given_photos(person.name) if each.role == "positive"}
    return sorted(own | {FaceRef(photo, 0) for photo in photos - {face.photo for face in own}})


def _zip(files: Mapping[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(zipfile.ZipInfo(name, _BEGINNING), content, zipfile.ZIP_DEFLATED)
    return archive.getvalue()
