"""Photos become faces with logits and embeddings, whatever their size, here or in several processes."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import ANY

import numpy as np
import pytest
from PIL import Image

from semblante.errors import BadImage
from semblante.generate.drawn_face import draw_picture
from semblante.geometry import resize_to_square
from semblante.i18n import Language, describe, speaking
from semblante.images import reason_of_issue
from semblante.library import open_library
from semblante.model.bundle import Bundle
from semblante.model.face_model import FaceModel
from semblante.pipeline import UnusablePhoto, faces_in, read_photos, reading, scan_photos
from semblante.pipeline.reading import reader_of, some_faces
from semblante.types import AnalyzedPhoto, Detection, Pixels


def put(ground: Image.Image, person: int, left: int, top: int, scale: float = 1.0) -> None:
    face = Image.fromarray(draw_picture(1, person, 0).pixels)
    ground.paste(face.resize((round(face.width * scale), round(face.height * scale))), (left, top))


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A crop as CelebA's, two people in a large photo, one too many megapixels, nobody, and no photo."""
    folder = tmp_path_factory.mktemp("photos")
    Image.fromarray(draw_picture(1, 0, 0).pixels).save(folder / "0-crop.png")
    pair = Image.new("RGB", (900, 600), (120, 130, 120))
    put(pair, 1, 60, 100, 1.8)
    put(pair, 2, 600, 200)
    pair.save(folder / "1-pair.jpg", quality=95)
    far = Image.new("RGB", (4000, 3000), (120, 130, 120))
    put(far, 3, 2000, 1500, 2.5)
    far.save(folder / "2-far.jpg", quality=95)
    Image.new("RGB", (300, 200), (120, 130, 120)).save(folder / "3-nobody.png")
    (folder / "4-text.jpg").write_text("Dear diary")
    return sorted(folder.iterdir())


def test_each_photo_gives_its_faces_or_a_reason(photos: list[Path], bundle: Bundle) -> None:
    crop, pair, far, nobody, text = read_photos(photos, bundle)
    assert (
        isinstance(crop, AnalyzedPhoto) and isinstance(pair, AnalyzedPhoto) and isinstance(far, AnalyzedPhoto)
    )
    assert [len(each.faces) for each in (crop, pair, far)] == [1, 2, 1]
    expected = FaceModel(bundle)(resize_to_square(draw_picture(1, 0, 0).pixels, bundle.side_px)[None])
    np.testing.assert_allclose(crop.faces[0].embedding, expected.embeddings[0], atol=1e-5)
    np.testing.assert_allclose(crop.faces[0].logits, expected.logits[0], atol=1e-4)
    assert (pair.width_px, pair.height_px) == (900, 600)
    assert pair.faces[0].landmarks[0][0] < 600 < pair.faces[1].landmarks[0][0]
    assert isinstance(nobody, AnalyzedPhoto) and nobody.faces == ()
    assert isinstance(text, UnusablePhoto) and text.path == photos[4] and "not a picture" in text.reason


def test_a_small_face_in_a_large_photo_is_read_from_all_its_pixels(
    photos: list[Path], bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    (sharp,) = faces_in(photos[2])[0]
    left, right = sharp.landmarks[:2]
    assert right[0] - left[0] == pytest.approx(100, rel=0.2)
    np.testing.assert_allclose(left, (2000 + 69 * 2.5, 1500 + 112 * 2.5), atol=25)
    monkeypatch.setattr(reading, "needs_more_pixels", lambda *_: False)
    (blurred,) = faces_in(photos[2])[0]
    assert blurred.quality.sharpness < sharp.quality.sharpness


def test_processes_read_as_one_does(
    photos: list[Path], bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = list(read_photos(photos, bundle))
    monkeypatch.setattr(reading, "FEW", 2)
    monkeypatch.setattr(reading, "CHUNK", 1)
    monkeypatch.setattr(reading, "usable_cores", lambda: 2)
    helped = list(read_photos(photos, bundle))
    for one, other in zip(here, helped, strict=True):
        assert type(one) is type(other)
        if isinstance(one, UnusablePhoto):
            assert one == other
        else:
            assert isinstance(other, AnalyzedPhoto) and one.source == other.source
            for face, again in zip(one.faces, other.faces, strict=True):
                assert (face.box, face.landmarks, face.quality) == (again.box, again.landmarks, again.quality)
                np.testing.assert_allclose(face.embedding, again.embedding, atol=1e-5)


def reader_that_stops(folder: Path) -> Callable[[Path], reading.Reading]:
    """Reads as a process does, but is killed by the photos of nobody."""
    read = reader_of(folder)

    def stopped_at(path: Path) -> reading.Reading:
        if "nobody" in path.name:
            os.kill(os.getpid(), signal.SIGKILL)
        return read(path)

    return stopped_at


def test_a_photo_that_kills_its_reader_is_named_once_and_for_all(
    photos: list[Path], bundle: Bundle, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(reading, "FEW", 2)
    monkeypatch.setattr(reading, "reader_of", reader_that_stops)
    monkeypatch.setattr(reading, "usable_cores", lambda: 2)
    kinds = [type(each) for each in read_photos(photos, bundle)]
    assert kinds == [AnalyzedPhoto, AnalyzedPhoto, AnalyzedPhoto, UnusablePhoto, UnusablePhoto]
    scans: tuple[tuple[Language, int, int], ...] = (("en", 3, 2), ("es", 0, 0))
    with open_library(tmp_path) as library:
        for language, read, broken in scans:
            said: dict[Path, str] = {}
            with speaking(language):
                report = scan_photos(library, [photos[0].parent], bundle, on_problem=said.__setitem__)
                assert said == {photos[3]: describe(reason_of_issue("stops_the_reader")), photos[4]: ANY}
            assert (report.photos, report.read, report.broken) == (5, read, broken)


def test_paths_are_taken_one_by_one(photos: list[Path], bundle: Bundle) -> None:
    taken = 0

    def endless() -> Iterator[Path]:
        nonlocal taken
        while True:
            taken += 1
            yield photos[0]

    def whole(pixels: Pixels) -> list[Detection]:
        return [Detection((0.0, 0.0, 90.0, 90.0), 1.0)]

    read = read_photos(endless(), bundle, whole)
    assert isinstance(next(read), AnalyzedPhoto)
    assert taken <= reading.FEW + 1


def test_a_detector_of_ones_own(photos: list[Path], bundle: Bundle) -> None:
    def four(pixels: Pixels) -> list[Detection]:
        return [Detection((10.0 * k, 10.0, 10.0 * k + 80, 110.0), 0.9) for k in range(4)]

    (nobody,) = read_photos([photos[3]], bundle, four)
    assert isinstance(nobody, AnalyzedPhoto) and len(nobody.faces) == 4


def test_a_photo_that_is_to_be_explained_needs_a_face(photos: list[Path]) -> None:
    assert some_faces(photos[1], 64)[0].crop.shape == (64, 64, 3)
    with pytest.raises(BadImage, match="no face was found"):
        some_faces(photos[3], 64)
