"""People who grow up and families: drawn, and the day of capture that their photos carry."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from picture_files import saved
from PIL import ExifTags, Image

from semblante.generate import at_age, child_of, draw_at_age, sample_identity, write_album
from semblante.images import load
from semblante.labels import ATTRIBUTES

BORN = date(2010, 3, 1)


class TestDrawnAges:
    """Identities made from others."""

    def test_a_face_grows_until_18_and_then_only_gets_older(self) -> None:
        """Seen from the eyes, the face becomes longer and the nose larger, and then stays so."""
        adult = sample_identity(0, 0)
        faces = [at_age(adult, years) for years in (1.0, 6.0, 12.0, 18.0)]
        assert np.all(np.diff([each.face.length for each in faces]) > 0)
        assert np.all(np.diff([each.nose.length for each in faces]) > 0)
        assert at_age(adult, 40.0).face == at_age(adult, 18.0).face == adult.face
        assert at_age(adult, 70.0).skin.wrinkles > at_age(adult, 18.0).skin.wrinkles

    def test_no_child_has_what_only_adults_have(self) -> None:
        """No beard, no make-up, no gray hair, no bald head."""
        children = [at_age(sample_identity(3, person), 7.0) for person in range(40)]
        assert {each.beard.style for each in children} == {"none"}
        assert {each.habits.makeup for each in children} == {0.0}
        assert not {each.hair.style for each in children} & {"bald", "updo"}
        assert "gray" not in {each.hair.colour_name for each in children}

    def test_the_labels_follow_the_age(self) -> None:
        """Gray hair comes with the years, and `Young` goes."""
        adult = sample_identity(5, 2)
        young, old = (draw_at_age(adult, years, 0, 0).attributes for years in (8.0, 75.0))
        gray, is_young = ATTRIBUTES.index("Gray_Hair"), ATTRIBUTES.index("Young")
        assert (young[gray], young[is_young]) == (0, 1)
        assert (old[gray], old[is_young]) == (1, 0)

    def test_brothers_and_sisters_share_features_of_their_parents(self) -> None:
        """Each feature is one parent's; two children are not the same."""
        parents = [sample_identity(5, person) for person in (1, 2)]
        children = [child_of(5, 1, 2, number) for number in range(4)]
        for part in ("eyes", "nose", "mouth"):
            assert {getattr(each, part) for each in children} <= {getattr(each, part) for each in parents}
        assert len({(each.eyes, each.nose, each.mouth, each.brows, each.face) for each in children}) > 1
        assert child_of(5, 1, 2, 0) == children[0]

    def test_an_album_has_the_days_in_its_photos(self, tmp_path: Path) -> None:
        """A photo's EXIF names the day, and the person is as old as then."""
        days = [date(2011, 5, 6), date(2020, 7, 8)]
        paths = write_album(tmp_path, "ana", sample_identity(0, 0), BORN, days)
        assert [path.name for path in paths] == ["ana-01.jpg", "ana-02.jpg"]
        assert [load(path).taken for path in paths] == days


def _exif(text: str) -> Image.Exif:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = text
    return exif


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_the_day_of_capture_is_read_from_every_format(kind: str) -> None:
    """`DateTimeOriginal` counts, wherever a format keeps its EXIF."""
    exif = _exif("2019:07:14 10:22:31").tobytes()
    photo = load(saved(Image.new("RGB", (64, 48), "green"), kind, exif=exif))
    assert photo.taken == date(2019, 7, 14)


@pytest.mark.parametrize(
    "text", ["0000:00:00 00:00:00", "    :  :     :  :  ", "2019-07-14", "2019:13:01 0:0:0"]
)
def test_a_clock_that_was_never_set_names_no_day(text: str) -> None:
    """Cameras write zeros or blanks; programs write other forms. None of it stops the photo."""
    assert load(saved(Image.new("RGB", (64, 48)), "JPEG", exif=_exif(text))).taken is None


def test_the_time_of_a_scan_is_no_day_of_capture() -> None:
    """Programs write when a file was changed; only the camera's own time counts."""
    exif = Image.Exif()
    exif[ExifTags.Base.DateTime] = "2024:01:02 03:04:05"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeDigitized] = "2024:01:02 03:04:05"
    assert load(saved(Image.new("RGB", (64, 48)), "JPEG", exif=exif)).taken is None


def test_exif_that_ends_early_names_no_day() -> None:
    """A broken block costs the day, not the photo."""
    block = _exif("2019:07:14 10:22:31").tobytes()
    for length in range(6, len(block), 3):
        content = saved(Image.new("RGB", (64, 48)), "JPEG", exif=block[:length])
        assert load(content).taken in (None, date(2019, 7, 14))
