"""Semblante learns to read faces, then learns one.

    data = semblante.prepare(Path("celeba"), Path("prepared"), side_px=64)
    bundle = semblante.train.train(data, Path("model"), semblante.train.choose("modern"))
    lesson = semblante.learn("María José", semblante.PhotoSets(me=[...], others=[...]), bundle)
    answers = semblante.recognise(lesson.person, [Path("holidays")], bundle)

The names in `_HOME` are the public interface; `semblante.train` needs the extra `train`. Each is loaded when
it is first used: importing the package takes no time, and nothing but training needs PyTorch.
"""

from typing import TYPE_CHECKING

from semblante.lazy import loader

if TYPE_CHECKING:
    from semblante import generate as generate
    from semblante import train as train
    from semblante.celeba import PreparedSet as PreparedSet
    from semblante.celeba import open_prepared as open_prepared
    from semblante.celeba import prepare as prepare
    from semblante.celeba import summarise as summarise
    from semblante.errors import SemblanteError as SemblanteError
    from semblante.errors import UserError as UserError
    from semblante.i18n import use_language as use_language
    from semblante.model.bundle import Bundle as Bundle
    from semblante.model.bundle import load_pretrained as load_pretrained
    from semblante.model.bundle import open_bundle as open_bundle
    from semblante.model.face_model import FaceModel as FaceModel
    from semblante.person import Person as Person
    from semblante.person import open_person as open_person
    from semblante.person import save as save
    from semblante.pipeline import FaceAnalyzer as FaceAnalyzer
    from semblante.pipeline import Library as Library
    from semblante.pipeline import TrainingPhotos as TrainingPhotos
    from semblante.pipeline import evaluate as evaluate
    from semblante.pipeline import explain_attribute as explain_attribute
    from semblante.pipeline import explain_person as explain_person
    from semblante.pipeline import learn as learn
    from semblante.pipeline import recognise as recognise
    from semblante.report import write_explanation as write_explanation
    from semblante.types import AnalyzedPhoto as AnalyzedPhoto

_HOME = {
    "Bundle": "semblante.model.bundle",
    "open_bundle": "semblante.model.bundle",
    "load_pretrained": "semblante.model.bundle",
    "PreparedSet": "semblante.celeba",
    "open_prepared": "semblante.celeba",
    "prepare": "semblante.celeba",
    "summarise": "semblante.celeba",
    "SemblanteError": "semblante.errors",
    "UserError": "semblante.errors",
    "FaceModel": "semblante.model.face_model",
    "Person": "semblante.person",
    "open_person": "semblante.person",
    "save": "semblante.person",
    "FaceAnalyzer": "semblante.pipeline",
    "Library": "semblante.pipeline",
    "TrainingPhotos": "semblante.pipeline",
    "explain_attribute": "semblante.pipeline",
    "explain_person": "semblante.pipeline",
    "learn": "semblante.pipeline",
    "evaluate": "semblante.pipeline",
    "recognise": "semblante.pipeline",
    "write_explanation": "semblante.report",
    "use_language": "semblante.i18n",
    "AnalyzedPhoto": "semblante.types",
    "generate": "semblante.generate",
    "train": "semblante.train",
}
__all__ = [*_HOME]
__getattr__ = loader(__name__, _HOME)
