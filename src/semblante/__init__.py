"""Semblante finds faces in photos, reads their attributes, and learns persons from few photos.

    analyzer = semblante.FaceAnalyzer()                        # the bundled model
    faces = analyzer.analyze("photo.jpg")                      # or bytes, or pixels UInt8 (h, w, 3) RGB
    analyzer.verify("a.jpg", "b.jpg").verdict                  # same, different or unsure
    person = analyzer.learn("Ana", ["photos/ana"])
    decisions = analyzer.recognise(person, ["photos/new"])

    with semblante.Library("index", create=True) as library:
        library.scan(["photos"], analyzer)
        matches = library.find(person).matches

    data = semblante.prepare(Path("celeba"), Path("prepared"), side_px=96)
    bundle = semblante.train.train(data, Path("model"), semblante.train.choose("modern"))

`dir(semblante)` is the public interface; `semblante.train` needs the extra `train`. Each name is loaded when
it is first used: importing the package loads no other, and nothing but training needs PyTorch.
"""

from typing import TYPE_CHECKING, Any

from semblante.lazy import loader

if TYPE_CHECKING:
    __version__: str
    from semblante import generate as generate
    from semblante import train as train
    from semblante.celeba import PreparedSet as PreparedSet
    from semblante.celeba import open_prepared as open_prepared
    from semblante.celeba import prepare as prepare
    from semblante.celeba import summarise as summarise
    from semblante.errors import Cancelled as Cancelled
    from semblante.errors import Reason as Reason
    from semblante.errors import SemblanteError as SemblanteError
    from semblante.errors import UserError as UserError
    from semblante.faces import Detector as Detector
    from semblante.i18n import describe as describe
    from semblante.i18n import use_language as use_language
    from semblante.jobs import Advice as Advice
    from semblante.jobs import Epoch as Epoch
    from semblante.jobs import JobContext as JobContext
    from semblante.jobs import Progress as Progress
    from semblante.jobs import Skipped as Skipped
    from semblante.model.bundle import Bundle as Bundle
    from semblante.model.bundle import load_pretrained as load_pretrained
    from semblante.model.bundle import open_bundle as open_bundle
    from semblante.model.face_model import FaceModel as FaceModel
    from semblante.person import Decision as Decision
    from semblante.person import Person as Person
    from semblante.person import open_person as open_person
    from semblante.person import save as save
    from semblante.pipeline import Correction as Correction
    from semblante.pipeline import FaceAnalyzer as FaceAnalyzer
    from semblante.pipeline import LearnResult as LearnResult
    from semblante.pipeline import Library as Library
    from semblante.pipeline import TrainingPhotos as TrainingPhotos
    from semblante.pipeline import UnusablePhoto as UnusablePhoto
    from semblante.pipeline import Verification as Verification
    from semblante.pipeline import evaluate as evaluate
    from semblante.pipeline import explain_attribute as explain_attribute
    from semblante.pipeline import explain_person as explain_person
    from semblante.pipeline import learn as learn
    from semblante.pipeline import open_base as open_base
    from semblante.pipeline import recognise as recognise
    from semblante.report import write_explanation as write_explanation
    from semblante.types import AlignedFace as AlignedFace
    from semblante.types import AnalyzedPhoto as AnalyzedPhoto
    from semblante.types import Detection as Detection
    from semblante.types import Face as Face
    from semblante.types import FaceRef as FaceRef
    from semblante.types import ModelOutput as ModelOutput
    from semblante.types import Quality as Quality

_HOME = {
    "generate": "semblante.generate",
    "train": "semblante.train",
    "Reason": "semblante.errors",
    "Cancelled": "semblante.errors",
    "SemblanteError": "semblante.errors",
    "UserError": "semblante.errors",
    "AlignedFace": "semblante.types",
    "AnalyzedPhoto": "semblante.types",
    "Detection": "semblante.types",
    "Face": "semblante.types",
    "FaceRef": "semblante.types",
    "ModelOutput": "semblante.types",
    "Quality": "semblante.types",
    "Advice": "semblante.jobs",
    "Epoch": "semblante.jobs",
    "JobContext": "semblante.jobs",
    "Progress": "semblante.jobs",
    "Skipped": "semblante.jobs",
    "describe": "semblante.i18n",
    "use_language": "semblante.i18n",
    "Detector": "semblante.faces",
    "Bundle": "semblante.model.bundle",
    "load_pretrained": "semblante.model.bundle",
    "open_bundle": "semblante.model.bundle",
    "FaceModel": "semblante.model.face_model",
    "PreparedSet": "semblante.celeba",
    "open_prepared": "semblante.celeba",
    "prepare": "semblante.celeba",
    "summarise": "semblante.celeba",
    "Decision": "semblante.person",
    "Person": "semblante.person",
    "open_person": "semblante.person",
    "save": "semblante.person",
    "Correction": "semblante.pipeline",
    "FaceAnalyzer": "semblante.pipeline",
    "LearnResult": "semblante.pipeline",
    "Library": "semblante.pipeline",
    "TrainingPhotos": "semblante.pipeline",
    "UnusablePhoto": "semblante.pipeline",
    "Verification": "semblante.pipeline",
    "evaluate": "semblante.pipeline",
    "explain_attribute": "semblante.pipeline",
    "explain_person": "semblante.pipeline",
    "learn": "semblante.pipeline",
    "open_base": "semblante.pipeline",
    "recognise": "semblante.pipeline",
    "write_explanation": "semblante.report",
}
__all__ = [*_HOME]
_load = loader(__name__, _HOME)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        import importlib.metadata

        return importlib.metadata.version(__name__)
    return _load(name)


def __dir__() -> list[str]:
    return sorted(__all__)
