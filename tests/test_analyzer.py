"""The engine: photos of any source become faces, in this process or in several, from any thread."""

import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from unittest.mock import ANY

import numpy as np
import onnx
import pytest
from conftest import copy_bundle
from heard import Heard
from PIL import Image
from sentences import raises

from semblante.errors import (
    BadImage,
    Cancelled,
    InvalidOption,
    NotABundle,
    Reason,
    SemblanteError,
)
from semblante.faces import detectors
from semblante.generate.drawn_face import draw_picture
from semblante.geometry import FRAME_HEIGHT_PX, resize_to_square
from semblante.i18n import Language, describe, speaking
from semblante.images import load, reason_of_issue
from semblante.jobs import Event, JobContext, Progress
from semblante.library import SqliteStore
from semblante.model.bundle import Bundle, load_pretrained, write_bundle
from semblante.model.face_model import FaceModel
from semblante.pipeline import FaceAnalyzer, UnusablePhoto, reading, scan_photos
from semblante.pipeline import analyzer as engine
from semblante.pipeline.reading import Reading
from semblante.pipeline.verification import thresholds_of, verify_faces
from semblante.types import AnalyzedPhoto, Detection, Face, Pixels, QualityIssue


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


def assert_same(faces: list[Face], others: list[Face]) -> None:
    assert len(faces) == len(others)
    for face, other in zip(faces, others, strict=True):
        assert (face.box, face.score, face.landmarks) == (other.box, other.score, other.landmarks)
        assert face.quality == other.quality
        np.testing.assert_allclose(face.embedding, other.embedding, atol=1e-5)
        np.testing.assert_allclose(face.logits, other.logits, atol=1e-4)


def four(_pixels: Pixels) -> list[Detection]:
    """A detector that finds four faces anywhere."""
    return [Detection((10.0 * k, 10.0, 10.0 * k + 80, 110.0), 0.9) for k in range(4)]


class TestOnePhoto:
    def test_a_path_its_content_and_its_pixels_have_the_same_faces(
        self, photos: list[Path], analyzer: FaceAnalyzer
    ) -> None:
        by_path = analyzer.analyze(photos[1])
        assert len(by_path) == 2 and by_path[0].landmarks[0][0] < 600 < by_path[1].landmarks[0][0]
        assert_same(by_path, analyzer.analyze(str(photos[1])))
        assert_same(by_path, analyzer.analyze(photos[1].read_bytes()))
        pixels = load(photos[1]).pixels
        assert_same(by_path, analyzer.analyze(pixels))
        assert_same(by_path, analyzer.analyze(pixels[..., ::-1].copy()[..., ::-1]))  # As of a BGR picture.

    def test_a_face_is_all_that_is_known_of_it(self, photos: list[Path], analyzer: FaceAnalyzer) -> None:
        face = analyzer.analyze(photos[1])[0]
        x0, y0, x1, y1 = face.box
        assert 60 < x0 < x1 < 60 + 178 * 1.8 and 100 < y0 < y1 < 100 + 218 * 1.8
        eye, other_eye, nose, left, right = face.landmarks
        assert eye[0] < nose[0] < other_eye[0] and eye[1] < nose[1] < left[1]
        assert left[0] < right[0]
        np.testing.assert_allclose(eye, (60 + 69 * 1.8, 100 + 112 * 1.8), atol=12)
        np.testing.assert_allclose(other_eye, (60 + 109 * 1.8, 100 + 112 * 1.8), atol=12)
        assert np.linalg.norm(face.embedding) == pytest.approx(1, abs=1e-5)
        assert face.attributes["Smiling"] == pytest.approx(float(face.logits[31]))

    def test_a_photo_without_faces_has_none(self, photos: list[Path], analyzer: FaceAnalyzer) -> None:
        assert analyzer.analyze(photos[3]) == []
        assert analyzer.analyze(np.zeros((1, 1, 3), np.uint8)) == []

    def test_a_crop_as_celebas_is_one_only_where_that_is_asked_for(
        self, photos: list[Path], analyzer: FaceAnalyzer, bundle: Bundle
    ) -> None:
        frame = draw_picture(1, 0, 0).pixels
        expected = FaceModel(bundle)(resize_to_square(frame, bundle.side_px)[None])
        for source in (photos[0], photos[0].read_bytes(), frame):
            (face,) = analyzer.analyze(source, aligned=True)
            assert face.box == (0.0, 0.0, 178.0, 218.0)
            np.testing.assert_allclose(face.embedding, expected.embeddings[0], atol=1e-5)
            (found,) = analyzer.analyze(source)
            assert found.box != face.box
        assert_same(analyzer.analyze(photos[1]), analyzer.analyze(photos[1], aligned=True))

    def test_a_small_face_in_a_large_photo_is_read_from_all_its_pixels(
        self, photos: list[Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        extract = reading.FaceExtractor(FRAME_HEIGHT_PX)
        ((sharp,), _) = extract(photos[2])
        left, right = sharp.landmarks[:2]
        assert right[0] - left[0] == pytest.approx(100, rel=0.2)
        np.testing.assert_allclose(left, (2000 + 69 * 2.5, 1500 + 112 * 2.5), atol=25)
        monkeypatch.setattr(reading, "needs_more_pixels", lambda *_: False)
        ((blurred,), _) = extract(photos[2])
        assert blurred.quality.sharpness < sharp.quality.sharpness

    def test_other_arrays_are_refused(self) -> None:
        """In a process of its own: in this one the shapes in signatures are checked first."""
        script = """
import numpy as np, semblante
from semblante.i18n import describe
analyzer = semblante.FaceAnalyzer()
for shape, dtype in (((9, 9), "u1"), ((9, 9, 4), "u1"), ((9, 9, 3), "f4"), ((0, 9, 3), "u1")):
    try:
        print(analyzer.analyze(np.zeros(shape, dtype)))
    except semblante.UserError as error:
        print(error.code, describe(error))
try:
    analyzer.embed(np.zeros((1, 96, 96, 3), "f4"))
except semblante.UserError as error:
    print(error.code, describe(error))
"""
        said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        *refused, crops = said.stdout.splitlines()
        assert len(refused) == 4
        for line in refused:
            assert "not_rgb_pixels pixels must be an array of uint8 of the shape (height, width, 3)" in line
        assert "(n, 96, 96, 3); this one is float32 of the shape (1, 96, 96, 3)" in crops

    def test_a_content_that_is_no_picture_is_refused(self, analyzer: FaceAnalyzer) -> None:
        with raises(BadImage, match="^not a picture"):
            analyzer.analyze(b"Dear diary")


class TestManyPhotos:
    def test_each_photo_gives_its_faces_or_a_reason(
        self, photos: list[Path], bundle: Bundle, analyzer: FaceAnalyzer
    ) -> None:
        crop, pair, far, nobody, text = analyzer.analyze_many(photos, aligned=True)
        assert isinstance(crop, AnalyzedPhoto) and isinstance(pair, AnalyzedPhoto)
        assert isinstance(far, AnalyzedPhoto)
        assert [len(each.faces) for each in (crop, pair, far)] == [1, 2, 1]
        assert (pair.source, pair.width_px, pair.height_px) == (str(photos[1]), 900, 600)
        assert isinstance(nobody, AnalyzedPhoto) and nobody.faces == ()
        assert text == UnusablePhoto(photos[4], Reason("not_a_picture"), is_lasting=True)
        (missing,) = analyzer.analyze_many([Path("none.jpg")])
        assert missing == UnusablePhoto(Path("none.jpg"), Reason("file_missing"), is_lasting=False)

    def test_processes_read_as_one_does_and_live_as_long_as_the_engine(
        self, photos: list[Path], bundle: Bundle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engine, "CHUNK", 1)
        monkeypatch.setattr(engine, "usable_cores", lambda: 2)
        with FaceAnalyzer(bundle, threads=1) as analyzer:
            here = list(analyzer.analyze_many(photos, aligned=True))
            assert analyzer._pool is None
            monkeypatch.setattr(engine, "FEW", 2)
            helped = list(analyzer.analyze_many(photos, aligned=True))
            pool = analyzer._pool
            assert pool is not None
            again = list(analyzer.analyze_many(photos, aligned=True))
            assert analyzer._pool is pool
        for one, other, third in zip(here, helped, again, strict=True):
            if isinstance(one, UnusablePhoto):
                assert one == other == third
            else:
                assert isinstance(other, AnalyzedPhoto) and isinstance(third, AnalyzedPhoto)
                assert one.source == other.source == third.source
                assert_same(list(one.faces), list(other.faces))
                assert_same(list(one.faces), list(third.faces))

    @pytest.mark.slow
    def test_a_photo_that_kills_its_reader_is_named_once_and_for_all(
        self, photos: list[Path], bundle: Bundle, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(engine, "FEW", 2)
        monkeypatch.setattr(engine, "reader_in_process", reader_that_stops)
        monkeypatch.setattr(engine, "usable_cores", lambda: 2)
        with FaceAnalyzer(bundle) as analyzer:
            kinds = [type(each) for each in analyzer.analyze_many(photos)]
        assert kinds == [AnalyzedPhoto, AnalyzedPhoto, AnalyzedPhoto, UnusablePhoto, UnusablePhoto]
        scans: tuple[tuple[Language, int, int], ...] = (("en", 3, 2), ("es", 0, 2))
        with SqliteStore(tmp_path) as library, FaceAnalyzer(bundle) as analyzer:
            for language, read, broken in scans:
                heard = Heard()
                with speaking(language):
                    report = scan_photos(library, [photos[0].parent], analyzer, job=heard.job)
                    assert dict(heard.skipped) == {
                        photos[3]: describe(reason_of_issue("stops_the_reader")),
                        photos[4]: ANY,
                    }
                assert (report.photos, report.read, report.broken) == (5, read, broken)

    def test_paths_are_taken_one_by_one(self, photos: list[Path], bundle: Bundle) -> None:
        taken = 0

        def endless() -> Iterator[Path]:
            nonlocal taken
            while True:
                taken += 1
                yield photos[0]

        read = FaceAnalyzer(bundle, detector=four, threads=1).analyze_many(endless())
        assert isinstance(next(read), AnalyzedPhoto)
        assert taken <= engine.FEW + 1

    def test_progress_is_told_and_reading_stops_when_it_is_asked_to(
        self, photos: list[Path], analyzer: FaceAnalyzer
    ) -> None:
        events: list[Event] = []
        job = JobContext(events.append, lambda: len(events) == 2)
        with pytest.raises(Cancelled):
            list(analyzer.analyze_many(photos, job=job))
        assert events == [Progress("reading_photos", 1, 5), Progress("reading_photos", 2, 5)]


def reader_that_stops(
    folder: Path, network_sha256: str, providers: tuple[str, ...]
) -> Callable[[tuple[Path, bool]], Reading]:
    """Reads as a process does, but is killed by the photos of nobody."""
    read = reading.reader_in_process(folder, network_sha256, providers)

    def stopped_at(item: tuple[Path, bool]) -> Reading:
        if "nobody" in item[0].name:
            os.kill(os.getpid(), signal.SIGKILL)
        return read(item)

    return stopped_at


def slow_reader(*_: object) -> Callable[[tuple[Path, bool]], Reading]:
    """Takes a minute for each photo."""

    def read(item: tuple[Path, bool]) -> Reading:
        time.sleep(60)
        return reading.unusable_after_crash(item)

    return read


def test_a_scan_ends_soon_where_a_photo_takes_long(
    photos: list[Path], bundle: Bundle, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(engine, "FEW", 2)
    monkeypatch.setattr(engine, "reader_in_process", slow_reader)
    monkeypatch.setattr(engine, "usable_cores", lambda: 2)
    asked_to_end = threading.Event()
    threading.Timer(2, asked_to_end.set).start()
    started_s = time.monotonic()
    with (
        FaceAnalyzer(bundle, threads=1) as analyzer,
        SqliteStore(tmp_path) as store,
        pytest.raises(Cancelled),
    ):
        scan_photos(store, [photos[0].parent], analyzer, job=JobContext(cancelled=asked_to_end.is_set))
    assert time.monotonic() - started_s < 30


def test_a_model_that_was_replaced_reads_no_photos(
    photos: list[Path], bundle: Bundle, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The processes open its folder later than the analyzer does."""
    monkeypatch.setattr(engine, "FEW", 2)
    monkeypatch.setattr(engine, "usable_cores", lambda: 2)
    with FaceAnalyzer(copy_bundle(bundle, tmp_path / "base"), threads=1) as analyzer:
        network = onnx.load(str(bundle.network_path))
        network.doc_string = "another"
        write_bundle(analyzer.bundle.folder, network.SerializeToString(), bundle.manifest)
        with raises(NotABundle, match="base: this folder holds another network than when it was opened"):
            list(analyzer.analyze_many(photos))


def test_an_engine_that_is_closed_meanwhile_says_so(
    photos: list[Path], bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "FEW", 2)
    monkeypatch.setattr(engine, "reader_in_process", slow_reader)
    monkeypatch.setattr(engine, "usable_cores", lambda: 2)
    analyzer = FaceAnalyzer(bundle, threads=1)
    threading.Timer(1, analyzer.close).start()
    with raises(SemblanteError, match="the face analyzer is closed"):
        list(analyzer.analyze_many(photos))


class TestEmbeddings:
    def test_they_are_the_models(self, analyzer: FaceAnalyzer, bundle: Bundle) -> None:
        crops = np.random.default_rng(0).integers(0, 256, (70, 32, 32, 3), np.uint8)
        output, expected = analyzer.embed(crops), FaceModel(bundle)(crops)
        np.testing.assert_allclose(output.embeddings, expected.embeddings, atol=1e-5)
        np.testing.assert_allclose(output.logits, expected.logits, atol=1e-4)
        assert len(analyzer.embed(crops[:0]).logits) == 0

    def test_crops_of_another_side_are_refused(self, analyzer: FaceAnalyzer) -> None:
        with raises(InvalidOption, match=r"\(n, 32, 32, 3\); .* of the shape \(2, 33, 33, 3\)"):
            analyzer.embed(np.zeros((2, 33, 33, 3), np.uint8))


@pytest.fixture(scope="module")
def pretrained() -> Iterator[FaceAnalyzer]:
    with FaceAnalyzer(threads=1) as opened:
        yield opened


class TestVerification:
    def test_thresholds_are_those_that_were_measured(self) -> None:
        bundle = load_pretrained()
        assert bundle.evaluation is not None and bundle.evaluation.verification is not None
        rates = {rate.false_accept_rate: rate.threshold for rate in bundle.evaluation.verification.rates}
        thresholds = thresholds_of(bundle)
        assert thresholds.same == rates[0.001]
        assert thresholds.same and thresholds.different and 0.2 < thresholds.different < thresholds.same
        # Without an evaluation the background says nearly the same.
        unmeasured = {**bundle.manifest, "metrics": {"val": {}}}
        assert thresholds_of(replace(bundle, manifest=unmeasured)).same == pytest.approx(
            rates[0.001], abs=0.01
        )

    def test_a_person_and_somebody_else(self, pretrained: FaceAnalyzer) -> None:
        def picture(person: int, number: int) -> Pixels:
            ground = Image.new("RGB", (400, 400), (120, 130, 120))
            ground.paste(Image.fromarray(draw_picture(3, person, number).pixels), (100, 100))
            return np.asarray(ground)

        result = pretrained.verify(picture(1, 0), picture(1, 0))
        assert (result.verdict, result.reason) == ("same", None)
        assert result.similarity == pytest.approx(1, abs=1e-3)
        assert (result.threshold, result.false_accept_rate) == (pretrained.thresholds.same, 0.001)

    def test_between_the_thresholds_nobody_can_tell(self, pretrained: FaceAnalyzer) -> None:
        face = pretrained.analyze(draw_picture(3, 1, 0).pixels, aligned=True)[0]
        across = np.zeros_like(face.embedding)
        across[np.argmin(np.abs(face.embedding))] = 1
        across -= (across @ face.embedding) * face.embedding
        across /= np.linalg.norm(across)

        def said(cosine: float, *issues: QualityIssue) -> tuple[str, str]:
            turned = cosine * face.embedding + np.sqrt(1 - cosine**2) * across
            quality = replace(face.quality, issues=issues)
            other = replace(face, embedding=turned.astype(np.float32), quality=quality)
            result = verify_faces(face, other, pretrained.thresholds)
            return result.verdict, "" if result.reason is None else describe(result.reason)

        assert said(0.6) == ("same", "")
        assert said(0.1) == ("different", "")
        assert said(0.3)[0] == "unsure" and "not surely one person's" in said(0.3)[1]
        assert said(0.9, "blurred") == ("unsure", "the face cannot be relied on: it is blurred")

    def test_a_model_that_was_not_measured_says_nothing(self, analyzer: FaceAnalyzer) -> None:
        nothing = replace(thresholds_of(load_pretrained()), same=None, different=None)
        (face,) = analyzer.analyze(draw_picture(3, 1, 0).pixels, aligned=True)
        result = verify_faces(face, face, nothing)
        assert (result.verdict, result.threshold) == ("unsure", None)
        assert result.reason == Reason("verification_not_measured")

    def test_photos_must_show_a_face(self, photos: list[Path], pretrained: FaceAnalyzer) -> None:
        with raises(BadImage, match="3-nobody.png: no face was found"):
            pretrained.verify(photos[1], photos[3])
        with raises(BadImage, match="^no face was found"):
            pretrained.verify(photos[1], photos[3].read_bytes())


class TestConstruction:
    def test_a_model_may_be_a_folder_or_a_bundle(self, bundle: Bundle) -> None:
        for model in (bundle, bundle.folder, str(bundle.folder)):
            assert FaceAnalyzer(model).bundle.network_sha256 == bundle.network_sha256
        assert FaceAnalyzer().bundle.network_sha256 == load_pretrained().network_sha256

    def test_wrong_arguments_are_refused_at_once(self, bundle: Bundle, tmp_path: Path) -> None:
        with pytest.raises(NotABundle):
            FaceAnalyzer(tmp_path)
        changed = copy_bundle(bundle, tmp_path / "changed")
        (changed / "network.onnx").write_bytes(b"changed")
        with pytest.raises(NotABundle):
            FaceAnalyzer(changed)
        with raises(InvalidOption, match="ONNX Runtime has no NoSuchProvider here"):
            FaceAnalyzer(providers=["NoSuchProvider"])
        with raises(InvalidOption, match="the number of threads is -1"):
            FaceAnalyzer(threads=-1)

    def test_providers_are_those_of_onnx_runtime(self, bundle: Bundle, photos: list[Path]) -> None:
        with FaceAnalyzer(bundle, providers=["CPUExecutionProvider"]) as analyzer:
            assert len(analyzer.analyze(photos[1])) == 2

    def test_a_wrong_detector_matters_only_where_one_is_needed(
        self, bundle: Bundle, photos: list[Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(detectors.ENVIRONMENT_VARIABLE, str(bundle.network_path))
        with FaceAnalyzer(bundle) as analyzer:
            analyzer.embed(np.zeros((1, 32, 32, 3), np.uint8))
            with raises(InvalidOption, match="not YuNet's network"):
                analyzer.analyze(photos[1])
            with pytest.raises(InvalidOption):
                analyzer.analyze_many(photos)

    def test_the_detector_is_named(self, bundle: Bundle) -> None:
        with FaceAnalyzer(bundle) as analyzer:
            assert analyzer.detector_name == "YuNet 2023mar (OpenCV Zoo)"
        with FaceAnalyzer(bundle, detector=four) as analyzer:
            assert analyzer.detector_name == "four"

    def test_a_detector_of_ones_own(self, photos: list[Path], bundle: Bundle) -> None:
        threads = set[threading.Thread]()

        def detect(pixels: Pixels) -> list[Detection]:
            threads.add(threading.current_thread())
            return four(pixels)

        with FaceAnalyzer(bundle, detector=detect, threads=1) as analyzer:
            assert len(analyzer.analyze(photos[3])) == 4
            many = list(analyzer.analyze_many([photos[3]] * (engine.FEW + 2)))
            assert [len(each.faces) for each in many if isinstance(each, AnalyzedPhoto)] == [4] * len(many)
        assert threads == {threading.current_thread()}

    @pytest.mark.parametrize(
        "box", [(9.0, 9.0, 9.0, 50.0), (50.0, 50.0, 9.0, 9.0), (math.nan,) * 4, (0.0, 0.0, 1e6, 1e6)]
    )
    def test_a_box_that_cannot_be_a_faces_is_refused(
        self, box: tuple[float, float, float, float], bundle: Bundle, photos: list[Path]
    ) -> None:
        with raises(InvalidOption, match="the detector gave a box that cannot be a face's"):
            FaceAnalyzer(bundle, detector=lambda _: [Detection(box, 1.0)]).analyze(photos[3])

    def test_scanning_and_explaining_use_it_too(
        self, photos: list[Path], bundle: Bundle, tmp_path: Path
    ) -> None:
        with (
            FaceAnalyzer(bundle, detector=four, threads=1) as analyzer,
            SqliteStore(tmp_path) as store,
        ):
            assert scan_photos(store, [photos[3]], analyzer).faces == 4
            explanation = analyzer.explain(photos[3], "Smiling")
        assert (explanation.source, explanation.subject) == (str(photos[3]), "Smiling")

    def test_a_closed_engine_reads_no_photos(self, bundle: Bundle, photos: list[Path]) -> None:
        with FaceAnalyzer(bundle) as analyzer:
            pass
        analyzer.close()
        with raises(SemblanteError, match="the face analyzer is closed"):
            analyzer.analyze(photos[1])
        with raises(SemblanteError, match="the face analyzer is closed"):
            analyzer.embed(np.zeros((1, 32, 32, 3), np.uint8))


def test_eight_threads_on_one_engine_get_what_one_gets(photos: list[Path], bundle: Bundle) -> None:
    pictures = [np.asarray(load(photos[1]).pixels), np.asarray(load(photos[1]).pixels[:, 500:].copy())]
    content = photos[1].read_bytes()
    sources: list[reading.Source] = [photos[1], photos[2], photos[3], *pictures, content] * 4
    with FaceAnalyzer(bundle, threads=1) as analyzer:
        expected = [analyzer.analyze(source) for source in sources[:6]] * 4
    start = threading.Barrier(8)
    with FaceAnalyzer(bundle, threads=1) as analyzer, ThreadPoolExecutor(8, initializer=start.wait) as pool:
        found = list(pool.map(analyzer.analyze, sources))
    for one, other in zip(expected, found, strict=True):
        assert_same(one, other)


def test_eight_threads_share_the_reading_processes(
    photos: list[Path], bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "FEW", 2)
    monkeypatch.setattr(engine, "usable_cores", lambda: 2)

    def counts(analyzer: FaceAnalyzer) -> list[int]:
        return [len(getattr(each, "faces", "")) for each in analyzer.analyze_many(photos * 2, aligned=True)]

    with FaceAnalyzer(bundle, threads=1) as analyzer, ThreadPoolExecutor(8) as pool:
        assert list(pool.map(counts, [analyzer] * 8)) == [[1, 2, 1, 0, 0] * 2] * 8


NO_PHOTO = """
import semblante
with semblante.FaceAnalyzer() as analyzer:
    try:
        analyzer.analyze([1, 2])
    except semblante.UserError as error:
        print(semblante.describe(error))
"""


def test_what_is_no_photo_is_refused_by_its_type() -> None:
    """In a process of its own, since here each call is checked before it begins."""
    said = subprocess.run([sys.executable, "-c", NO_PHOTO], capture_output=True, encoding="utf-8", check=True)
    assert said.stdout.endswith("or pixels UInt8 (h, w, 3); this is a list\n")
