"""The engine: `FaceAnalyzer` owns the networks and the reading processes; all that reads photos takes one."""

import threading
from collections.abc import Generator, Iterator, Sequence, Sized
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from semblante.closing import Closing
from semblante.cores import usable_cores
from semblante.errors import BadImage, InvalidOption, SemblanteError, check_type
from semblante.faces import Detector
from semblante.jobs import SILENT, JobContext
from semblante.model.bundle import Bundle
from semblante.model.face_model import FaceModel
from semblante.model.feature_maps import FaceFeatureMaps, FeatureMapReader
from semblante.onnx_runtime import check_providers
from semblante.pipeline.model_resolution import open_base
from semblante.pipeline.reading import (
    FaceExtractor,
    Reading,
    Source,
    analyze_photo,
    photo_reader,
    reader_in_process,
    unusable_after_crash,
)
from semblante.pipeline.verification import Thresholds, Verification, thresholds_of, verify_faces
from semblante.process_pool import ProcessPool
from semblante.types import AlignedFace, AnalyzedPhoto, Crops, Face, ModelOutput, Photo

if TYPE_CHECKING:
    from datetime import date

    from semblante.person import Decision, Person
    from semblante.pipeline.explaining import Explanation
    from semblante.pipeline.finding import Places
    from semblante.pipeline.training_faces import TrainingPhotos

_AnyFace = TypeVar("_AnyFace", AlignedFace, Face)
FEW: Final = 24
"""So many photos are read in the time that starting processes takes."""
CHUNK: Final = 8
"""Photos that are sent to a process at once."""


class FaceAnalyzer(Closing):
    """Detects, aligns and describes the faces of photos, for as long as it is open.

    The model's files are opened and verified at construction, detector and aligner at the first photo. Many
    photos are read by one process a core; these are started once. An analyzer is a context manager, and
    several threads may use it at once; then they may also call a `detector` of the caller's at once.

    `aligned` always has the same meaning: pictures of exactly 178 x 218 pixels are taken for CelebA's aligned
    crops, in which nothing is searched for.
    """

    def __init__(
        self,
        model: Bundle | Path | str | None = None,
        detector: Detector | None = None,
        threads: int = 0,
        providers: Sequence[str] | None = None,
    ) -> None:
        """Open a model: a bundle or its folder; by default the pretrained one.

        Args:
            model: the bundle, or the folder that `train` wrote it into.
            detector: finds faces instead of the default detector, in this process.
            threads: of each network in this process; 0 takes all cores.
            providers: ONNX Runtime's execution providers, the preferred one first; by default the CPU.

        Raises:
            NotABundle: the folder holds no bundle, or one that was changed.
            FileAccessError: it cannot be read.
            InvalidOption: an argument cannot work.
        """
        if model is not None:
            check_type(model, Bundle, Path, str)
        if threads < 0:
            raise InvalidOption("negative_threads", threads=threads)
        if detector is not None and not callable(detector):
            raise InvalidOption("not_a_detector", kind=type(detector).__name__)
        self._providers = tuple(providers or ())
        check_providers(self._providers)
        self._detector, self._threads = detector, threads
        self.bundle = (
            model if isinstance(model, Bundle) else open_base(None if model is None else Path(model))
        )
        self._model = FaceModel(self.bundle, threads, self._providers)
        self._opening = threading.Lock()
        self._extractor: FaceExtractor | None = None
        self._pool: ProcessPool[tuple[Path, bool], Reading] | None = None
        self._is_closed = False

    def close(self) -> None:
        """End the reading processes. A closed analyzer raises `SemblanteError` with `analyzer_closed`."""
        with self._opening:
            self._is_closed = True
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def analyze(self, source: Source, aligned: bool = False) -> list[Face]:
        """The faces of one photo, the largest first; none in a photo without faces.

        `source` is a path, the content of a picture file, or pixels UInt8 (h, w, 3) RGB, upright.

        Raises:
            BadImage: the source is not a whole picture.
            FileAccessError: the file cannot be read.
            InvalidOption: `SEMBLANTE_DETECTOR` names a file that is not a detector's.
        """
        return list(self.analyze_photo(source, aligned).faces)

    def analyze_photo(self, source: Source, aligned: bool = False) -> AnalyzedPhoto:
        """The size of one photo and its faces, the largest first; raises what `analyze` does."""
        return analyze_photo(source, self._extract(), self._model, aligned)

    def align(self, source: Source, aligned: bool = False) -> tuple[list[AlignedFace], Photo]:
        """The aligned faces of one photo with their crops, and the photo as it was decoded.

        The photo may have been decoded at a reduced size; boxes and landmarks are in pixels at full size.
        Raises what `analyze` raises.
        """
        return self._extract()(source, aligned)

    def align_frame(self, source: Source, as_photo: bool = False) -> tuple[list[AlignedFace], Photo]:
        """As `align`, for a frame of a camera: it is upright, and searched at a smaller side, in less time.

        With `as_photo`, it is searched as thoroughly as a photo.
        """
        return self._extract().for_frames(as_photo)(source)

    @property
    def detector_name(self) -> str:
        """What finds the faces: YuNet's edition, the file that `SEMBLANTE_DETECTOR` names, or one's own."""
        return self._extract().detector_name

    def embed(self, crops: Crops) -> ModelOutput:
        """Logits (n, 40) and embeddings (n, d) of aligned crops UInt8 (n, s, s, 3), s being the model's side.

        Raises `InvalidOption` for arrays of another type or shape.
        """
        self._check_open()
        side_px = self.bundle.side_px
        check_type(crops, np.ndarray)
        if crops.dtype != np.uint8 or crops.shape[1:] != (side_px, side_px, 3):
            raise InvalidOption(
                "wrong_crops", side_px=side_px, shape=list(crops.shape), dtype=str(crops.dtype)
            )
        return self._model(crops)

    def analyze_many(
        self, paths: "Places", aligned: bool = False, job: JobContext = SILENT
    ) -> Iterator[Reading]:
        """Each photo at `paths`, in order: analysed, or with the reason why it cannot be used.

        `paths` may be endless; memory does not grow with their number. Many are read by the processes of this
        analyzer, few or with a `detector` of the caller's in this process. Emits `Progress` of the stage
        "reading_photos" where `paths` has a length.

        Raises:
            InvalidOption: `SEMBLANTE_DETECTOR` names a file that is not a detector's.
            NotABundle: the model's folder holds another one by now.
            Cancelled: the caller of `job` wants to stop.
        """
        from semblante.pipeline.finding import path_of

        paths = [paths] if isinstance(paths, str | Path) else paths
        total = len(paths) if isinstance(paths, Sized) else None
        coming = ((path_of(path), aligned) for path in paths)
        first = list(islice(coming, FEW + 1))
        items = chain(first, coming)
        extract = self._extract()  # A wrong detector is an error here, not in each process.
        if self._detector is None and len(first) > FEW and usable_cores() > 1:
            readings = self._processes().map_in_order(items, CHUNK, unusable_after_crash, job.check)
            return _watched(readings, total, job)
        return _watched(map(photo_reader(extract, self._model), items), total, job)

    def verify(self, a: Source, b: Source, aligned: bool = False) -> Verification:
        """Whether the largest faces of two photos are one person's: same, different or unsure.

        Raises `BadImage` where a photo shows no face, and what `analyze` raises.
        """
        faces = [self._largest(source, aligned) for source in (a, b)]
        return verify_faces(faces[0], faces[1], self.thresholds)

    def learn(
        self,
        name: str,
        photos: "TrainingPhotos | Places",
        false_match_rate: float | None = None,
        aligned: bool = False,
        birth_date: "date | None" = None,
        job: JobContext = SILENT,
    ) -> "Person":
        """Learn a person from photos: files, folders or patterns, or `TrainingPhotos` to name others as well.

        `semblante.learn` also gives the faces that the person was learnt from, which a library keeps. Emits
        the same events and raises the same errors.
        """
        from semblante.person.decision import FALSE_MATCH_RATE
        from semblante.pipeline.learning import learn

        rate = FALSE_MATCH_RATE if false_match_rate is None else false_match_rate
        return learn(name, photos, self, rate, aligned, birth_date, job).person

    def recognise(
        self,
        person: "Person",
        photos: "Places",
        several: bool = False,
        aligned: bool = False,
        job: JobContext = SILENT,
    ) -> "Iterator[Decision]":
        """A decision for each photo: files, folders or patterns. A single path counts as a list of one.

        Emits the same events as `semblante.recognise` and raises the same errors.
        """
        from semblante.pipeline.recognition import recognise

        return recognise(person, photos, self, several, aligned, job)

    def explain(self, photo: Source, subject: "Person | str", aligned: bool = False) -> "Explanation":
        """What an answer about a face depends on: `subject` is a person or the name of an attribute.

        Raises what `semblante.explain_person` and `semblante.explain_attribute` do.
        """
        from semblante.pipeline.explaining import explain_attribute, explain_person

        if isinstance(subject, str):
            return explain_attribute(photo, subject, self, aligned)
        return explain_person(photo, subject, self, aligned)

    def feature_maps(self, source: Source, aligned: bool = False) -> FaceFeatureMaps:
        """What the network's convolutions answer to the largest face of a photo.

        Raises `BadImage` where the photo shows no face, and what `analyze` raises.
        """
        crop = some_faces(self.align(source, aligned)[0], source)[0].crop
        return self._feature_maps(crop)

    @cached_property
    def _feature_maps(self) -> FeatureMapReader:
        return FeatureMapReader(self.bundle)

    @cached_property
    def thresholds(self) -> Thresholds:
        """The similarities by which `verify` decides."""
        return thresholds_of(self.bundle)

    def _largest(self, source: Source, aligned: bool) -> Face:
        return some_faces(self.analyze(source, aligned), source)[0]

    def _extract(self) -> FaceExtractor:
        with self._opening:
            self._check_open()
            if self._extractor is None:
                self._extractor = FaceExtractor(
                    self.bundle.side_px, self._detector, self._threads, self._providers
                )
            return self._extractor

    def _processes(self) -> ProcessPool[tuple[Path, bool], Reading]:
        with self._opening:
            self._check_open()
            if self._pool is None:
                settings = (self.bundle.folder, self.bundle.network_sha256, self._providers)
                self._pool = ProcessPool(reader_in_process, settings)
            return self._pool

    def _check_open(self) -> None:
        if self._is_closed:
            raise SemblanteError("analyzer_closed")


def some_faces(faces: Sequence[_AnyFace], source: Source) -> Sequence[_AnyFace]:
    """The faces of a photo that must show one. Raises `BadImage` where there are none."""
    if not faces:
        path = {"path": Path(source)} if isinstance(source, str | Path) else {}
        raise BadImage("no_face_found", **path)
    return faces


def _watched(
    readings: Iterator[Reading], total: int | None, job: JobContext
) -> Generator[Reading, None, None]:
    job.check()
    try:
        for done, reading in enumerate(readings, start=1):
            if total is None:
                job.check()
            else:
                job.progress("reading_photos", done, total)
            yield reading
    except SemblanteError as error:
        if error.code == "pool_closed":
            raise SemblanteError("analyzer_closed") from error
        raise


def bundle_of(base: FaceAnalyzer | Bundle) -> Bundle:
    """The model itself. Raises `InvalidOption` for anything else."""
    check_type(base, FaceAnalyzer, Bundle)
    return base.bundle if isinstance(base, FaceAnalyzer) else base
