"""`/faces`: what is found in an image, what is refused, and that nothing of it is trusted."""

import io
import zipfile
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from api_client import asking, settings_for
from PIL import Image

from semblante.api import Engine
from semblante.generate import write_person
from semblante.images import stored_size


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A drawn photo of one person."""
    return write_person(tmp_path_factory.mktemp("person"), "ana", seed=3, person=1, count=1)[0].read_bytes()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine(settings_for(tmp_path_factory.mktemp("data"), max_pixels=2_000_000)) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(engine: Engine) -> Iterator[httpx.Client]:
    with asking(engine) as opened:
        yield opened


def _picture(kind: str, width_px: int, height_px: int) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (width_px, height_px)).save(content, kind)
    return content.getvalue()


def _zip() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("photo.jpg", bytes(10_000_000))
    return content.getvalue()


def _file(content: bytes, name: str = "photo.jpg") -> dict[str, tuple[str, bytes, str]]:
    return {"image": (name, content, "image/jpeg")}


def test_the_faces_are_those_that_the_analyzer_finds(
    client: httpx.Client, engine: Engine, photo: bytes
) -> None:
    answer = client.post("/faces", files=_file(photo))
    assert answer.status_code == 200
    (expected,) = engine.analyzer.analyze(photo)
    size = stored_size(photo)
    assert answer.json()["photo"] == {"width_px": size[0], "height_px": size[1]}
    (face,) = answer.json()["faces"]
    assert face["box"]["pixels"] == pytest.approx(expected.box)
    shares = [place / size[axis % 2] for axis, place in enumerate(expected.box)]
    assert face["box"]["normalised"] == pytest.approx(np.clip(shares, 0, 1).tolist())
    assert face["landmarks"]["pixels"] == [list(point) for point in expected.landmarks]
    assert face["quality"]["ok"] == expected.quality.is_good
    assert face["attributes"] is None and face["embedding"] is None


def test_attributes_and_embedding_come_only_when_asked_for(
    client: httpx.Client, engine: Engine, photo: bytes
) -> None:
    query = {"attributes": "true", "embeddings": "true", "lang": "es"}
    (face,) = client.post("/faces", files=_file(photo), params=query).json()["faces"]
    (expected,) = engine.analyzer.analyze(photo)
    assert face["embedding"] == pytest.approx(expected.embedding.tolist())
    logits = {each["name"]: each["logit"] for each in face["attributes"]}
    assert logits == pytest.approx(expected.attributes)
    said = {each["name"]: each["label"] for each in face["attributes"]}
    assert said["Eyeglasses"] == "gafas"
    doubts = {each["name"]: each["doubt"] for each in face["attributes"]}
    assert doubts["Attractive"]["code"] == "labels_are_opinions" and doubts["Smiling"] is None


def test_an_image_without_faces_is_no_mistake(client: httpx.Client) -> None:
    answer = client.post("/faces", files=_file(_picture("PNG", 300, 200)))
    assert (answer.status_code, answer.json()["faces"]) == (200, [])


def test_a_poor_face_says_what_was_measured_and_what_is_needed(client: httpx.Client, photo: bytes) -> None:
    small = Image.open(io.BytesIO(photo)).convert("RGB")
    small = small.resize((small.width // 5, small.height // 5))
    whole = Image.new("RGB", (small.width * 2, small.height * 2), "grey")
    whole.paste(small, (small.width // 2, small.height // 2))
    content = io.BytesIO()
    whole.save(content, "PNG")
    faces = client.post("/faces", files=_file(content.getvalue())).json()["faces"]
    issues = {each["code"]: each for face in faces for each in face["quality"]["issues"]}
    assert issues["face_small"]["value"] < issues["face_small"]["limit"] == 14


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"no picture at all", 415, "not_a_picture"),
        (_zip(), 415, "not_a_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "not_a_picture"),
        (b"", 422, "empty_file"),
        (_picture("JPEG", 300, 200)[:200], 422, "damaged"),
        (_picture("PNG", 300, 200)[:60], 422, "damaged"),
        (_picture("PNG", 2000, 1001), 413, "image_too_large"),
        (_picture("JPEG", 2000, 1001), 413, "image_too_large"),
        (b"\0\0\0\x18ftypisom", 415, "video_file"),
    ],
)
def test_what_is_no_picture_is_refused(client: httpx.Client, content: bytes, status: int, code: str) -> None:
    answer = client.post("/faces", files=_file(content))
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_content_decides_not_the_name_nor_the_type_that_is_told(
    client: httpx.Client, photo: bytes
) -> None:
    declared = {"image": ("../../etc/passwd\0.exe", photo, "text/html")}
    assert client.post("/faces", files=declared).status_code == 200


@pytest.mark.parametrize("name", ["path", "url", "image"])
def test_an_image_is_not_taken_as_a_path_or_an_address(client: httpx.Client, name: str) -> None:
    for value in ("/etc/passwd", "http://127.0.0.1/photo.jpg"):
        answer = client.post("/faces", data={name: value})
        assert (answer.status_code, answer.json()["code"]) == (422, "fields_not_understood")


def test_the_size_is_read_without_decoding() -> None:
    for kind in ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "AVIF"):
        assert stored_size(_picture(kind, 64, 48)) == (64, 48), kind
