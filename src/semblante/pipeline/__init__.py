"""Use cases: the components composed into what a user asks for. They return values and emit events.

Each name is loaded when it is first used, so that a command imports only what it needs.
"""

from typing import TYPE_CHECKING

from semblante.lazy import loader

if TYPE_CHECKING:
    from semblante.celeba.preparation import prepare as prepare
    from semblante.celeba.prepared import open_prepared as open_prepared
    from semblante.celeba.prepared import summarise as summarise
    from semblante.celeba.prepared import write_contact_sheet as write_contact_sheet
    from semblante.faces.quality import measured_issues as measured_issues
    from semblante.generate.dataset import ORIGIN_FILE as ORIGIN_FILE
    from semblante.generate.dataset import write_celeba as write_celeba
    from semblante.generate.dataset import write_person as write_person
    from semblante.generate.dataset import write_strangers as write_strangers
    from semblante.library import WHOLE_PHOTO as WHOLE_PHOTO
    from semblante.library import Change as Change
    from semblante.library import ChangeKind as ChangeKind
    from semblante.library import Folder as Folder
    from semblante.library import GivenPhoto as GivenPhoto
    from semblante.library import KnownPerson as KnownPerson
    from semblante.library import Match as Match
    from semblante.library import Receipt as Receipt
    from semblante.library import Role as Role
    from semblante.library import ScanReport as ScanReport
    from semblante.library import SearchResult as SearchResult
    from semblante.library import data_folder as data_folder
    from semblante.library import key_of as key_of
    from semblante.library.key_file import MIN_PASSPHRASE_LENGTH as MIN_PASSPHRASE_LENGTH
    from semblante.model.bundle import open_bundle as open_bundle
    from semblante.model.face_model import FaceModel as FaceModel
    from semblante.organize.journal import How as How
    from semblante.organize.journal import Run as Run
    from semblante.organize.journal import sort_runs as sort_runs
    from semblante.organize.sort import SortedPhoto as SortedPhoto
    from semblante.organize.sort import Sorting as Sorting
    from semblante.organize.sort import is_among as is_among
    from semblante.organize.sort import sort_photos as sort_photos
    from semblante.organize.undo import Undone as Undone
    from semblante.organize.undo import undo_sort as undo_sort
    from semblante.person.ages import reason_of_span as reason_of_span
    from semblante.person.decision import AgeNeuron as AgeNeuron
    from semblante.person.decision import Decision as Decision
    from semblante.person.decision import DecisionRule as DecisionRule
    from semblante.person.decision import HeldOutEvaluation as HeldOutEvaluation
    from semblante.person.decision import Person as Person
    from semblante.person.decision import check_base as check_base
    from semblante.person.decision import check_name as check_name
    from semblante.person.details import check_consenter as check_consenter
    from semblante.person.examples import MIN_PHOTOS as MIN_PHOTOS
    from semblante.person.file import open_person as open_person
    from semblante.person.file import save as save
    from semblante.person.photo_advice import Separability as Separability
    from semblante.pipeline.analyzer import FaceAnalyzer as FaceAnalyzer
    from semblante.pipeline.coach import Coach as Coach
    from semblante.pipeline.coach import CoachAdvice as CoachAdvice
    from semblante.pipeline.coach import FrameCheck as FrameCheck
    from semblante.pipeline.coach import PhotoCheck as PhotoCheck
    from semblante.pipeline.coach import Readiness as Readiness
    from semblante.pipeline.coach import faces_given as faces_given
    from semblante.pipeline.coach import readiness_of as readiness_of
    from semblante.pipeline.collection import find_photos_of as find_photos_of
    from semblante.pipeline.collection import known_person as known_person
    from semblante.pipeline.collection import scan_photos as scan_photos
    from semblante.pipeline.details import PersonDetails as PersonDetails
    from semblante.pipeline.erasure import Forgotten as Forgotten
    from semblante.pipeline.erasure import changes_ended_with as changes_ended_with
    from semblante.pipeline.erasure import forget_person as forget_person
    from semblante.pipeline.evaluation import EvaluatedSplit as EvaluatedSplit
    from semblante.pipeline.evaluation import evaluate as evaluate
    from semblante.pipeline.explaining import explain_attribute as explain_attribute
    from semblante.pipeline.explaining import explain_person as explain_person
    from semblante.pipeline.face_pictures import SeenFace as SeenFace
    from semblante.pipeline.face_pictures import cut_out_faces as cut_out_faces
    from semblante.pipeline.face_pictures import photo_of as photo_of
    from semblante.pipeline.finding import find_photos as find_photos
    from semblante.pipeline.finding import find_some_photos as find_some_photos
    from semblante.pipeline.finding import no_photos as no_photos
    from semblante.pipeline.given_photos import GivenFaces as GivenFaces
    from semblante.pipeline.given_photos import GivenImage as GivenImage
    from semblante.pipeline.group_changes import SplitProposal as SplitProposal
    from semblante.pipeline.grouping import Group as Group
    from semblante.pipeline.grouping import People as People
    from semblante.pipeline.grouping import photos_of as photos_of
    from semblante.pipeline.held_files import FileKind as FileKind
    from semblante.pipeline.held_files import HeldFile as HeldFile
    from semblante.pipeline.holdings import Held as Held
    from semblante.pipeline.holdings import HeldKind as HeldKind
    from semblante.pipeline.holdings import HeldOfPerson as HeldOfPerson
    from semblante.pipeline.holdings import Holdings as Holdings
    from semblante.pipeline.learning import LearnResult as LearnResult
    from semblante.pipeline.learning import course_layout as course_layout
    from semblante.pipeline.learning import learn as learn
    from semblante.pipeline.lessons import HeldOutFace as HeldOutFace
    from semblante.pipeline.lessons import LessonReport as LessonReport
    from semblante.pipeline.library import Library as Library
    from semblante.pipeline.library import has_index as has_index
    from semblante.pipeline.listing import FaceEntry as FaceEntry
    from semblante.pipeline.listing import FacePage as FacePage
    from semblante.pipeline.listing import PhotoEntry as PhotoEntry
    from semblante.pipeline.listing import PhotoFilter as PhotoFilter
    from semblante.pipeline.listing import PhotoPage as PhotoPage
    from semblante.pipeline.live import FRAME_SIDE_PX as FRAME_SIDE_PX
    from semblante.pipeline.live import LiveFace as LiveFace
    from semblante.pipeline.live import LiveFrame as LiveFrame
    from semblante.pipeline.live import LiveRecognition as LiveRecognition
    from semblante.pipeline.live import people_to_recognise as people_to_recognise
    from semblante.pipeline.look_alikes import KeptLesson as KeptLesson
    from semblante.pipeline.look_alikes import LookAlike as LookAlike
    from semblante.pipeline.model_resolution import open_base as open_base
    from semblante.pipeline.naming import IfKnown as IfKnown
    from semblante.pipeline.naming import Kept as Kept
    from semblante.pipeline.naming import keep_learnt as keep_learnt
    from semblante.pipeline.naming import name_group as name_group
    from semblante.pipeline.naming import rename_person as rename_person
    from semblante.pipeline.places import FolderView as FolderView
    from semblante.pipeline.places import look_into as look_into
    from semblante.pipeline.reading import UnusablePhoto as UnusablePhoto
    from semblante.pipeline.recognition import decide_photo as decide_photo
    from semblante.pipeline.recognition import recognise as recognise
    from semblante.pipeline.recognition import recognise_each as recognise_each
    from semblante.pipeline.review import AnswerKind as AnswerKind
    from semblante.pipeline.review import Correction as Correction
    from semblante.pipeline.review import Question as Question
    from semblante.pipeline.review import Review as Review
    from semblante.pipeline.training_faces import TrainingPhotos as TrainingPhotos
    from semblante.pipeline.verification import Verification as Verification

_HOME = {
    "reason_of_span": "semblante.person.ages",
    "AgeNeuron": "semblante.person.decision",
    "DecisionRule": "semblante.person.decision",
    "HeldOutEvaluation": "semblante.person.decision",
    "HeldOutFace": "semblante.pipeline.lessons",
    "Decision": "semblante.person.decision",
    "Person": "semblante.person.decision",
    "check_base": "semblante.person.decision",
    "check_consenter": "semblante.person.details",
    "check_name": "semblante.person.decision",
    "MIN_PHOTOS": "semblante.person.examples",
    "open_person": "semblante.person.file",
    "save": "semblante.person.file",
    "GivenPhoto": "semblante.library",
    "KnownPerson": "semblante.library",
    "WHOLE_PHOTO": "semblante.library",
    "Change": "semblante.library",
    "ChangeKind": "semblante.library",
    "Folder": "semblante.library",
    "Match": "semblante.library",
    "Receipt": "semblante.library",
    "Role": "semblante.library",
    "ScanReport": "semblante.library",
    "SearchResult": "semblante.library",
    "data_folder": "semblante.library",
    "key_of": "semblante.library",
    "LessonReport": "semblante.pipeline.lessons",
    "KeptLesson": "semblante.pipeline.look_alikes",
    "LookAlike": "semblante.pipeline.look_alikes",
    "FileKind": "semblante.pipeline.held_files",
    "HeldFile": "semblante.pipeline.held_files",
    "Held": "semblante.pipeline.holdings",
    "HeldKind": "semblante.pipeline.holdings",
    "HeldOfPerson": "semblante.pipeline.holdings",
    "Holdings": "semblante.pipeline.holdings",
    "Library": "semblante.pipeline.library",
    "has_index": "semblante.pipeline.library",
    "PersonDetails": "semblante.pipeline.details",
    "Forgotten": "semblante.pipeline.erasure",
    "MIN_PASSPHRASE_LENGTH": "semblante.library.key_file",
    "open_bundle": "semblante.model.bundle",
    "FaceModel": "semblante.model.face_model",
    "FaceAnalyzer": "semblante.pipeline.analyzer",
    "Verification": "semblante.pipeline.verification",
    "FRAME_SIDE_PX": "semblante.pipeline.live",
    "LiveFace": "semblante.pipeline.live",
    "LiveFrame": "semblante.pipeline.live",
    "LiveRecognition": "semblante.pipeline.live",
    "people_to_recognise": "semblante.pipeline.live",
    "FaceEntry": "semblante.pipeline.listing",
    "FacePage": "semblante.pipeline.listing",
    "PhotoEntry": "semblante.pipeline.listing",
    "PhotoFilter": "semblante.pipeline.listing",
    "PhotoPage": "semblante.pipeline.listing",
    "open_base": "semblante.pipeline.model_resolution",
    "FolderView": "semblante.pipeline.places",
    "look_into": "semblante.pipeline.places",
    "EvaluatedSplit": "semblante.pipeline.evaluation",
    "evaluate": "semblante.pipeline.evaluation",
    "explain_attribute": "semblante.pipeline.explaining",
    "explain_person": "semblante.pipeline.explaining",
    "Coach": "semblante.pipeline.coach",
    "CoachAdvice": "semblante.pipeline.coach",
    "FrameCheck": "semblante.pipeline.coach",
    "PhotoCheck": "semblante.pipeline.coach",
    "Readiness": "semblante.pipeline.coach",
    "faces_given": "semblante.pipeline.coach",
    "readiness_of": "semblante.pipeline.coach",
    "Group": "semblante.pipeline.grouping",
    "Separability": "semblante.person.photo_advice",
    "SplitProposal": "semblante.pipeline.group_changes",
    "People": "semblante.pipeline.grouping",
    "find_photos_of": "semblante.pipeline.collection",
    "changes_ended_with": "semblante.pipeline.erasure",
    "forget_person": "semblante.pipeline.erasure",
    "known_person": "semblante.pipeline.collection",
    "photos_of": "semblante.pipeline.grouping",
    "scan_photos": "semblante.pipeline.collection",
    "SeenFace": "semblante.pipeline.face_pictures",
    "cut_out_faces": "semblante.pipeline.face_pictures",
    "photo_of": "semblante.pipeline.face_pictures",
    "measured_issues": "semblante.faces.quality",
    "GivenFaces": "semblante.pipeline.given_photos",
    "GivenImage": "semblante.pipeline.given_photos",
    "LearnResult": "semblante.pipeline.learning",
    "course_layout": "semblante.pipeline.learning",
    "learn": "semblante.pipeline.learning",
    "UnusablePhoto": "semblante.pipeline.reading",
    "find_some_photos": "semblante.pipeline.finding",
    "find_photos": "semblante.pipeline.finding",
    "no_photos": "semblante.pipeline.finding",
    "decide_photo": "semblante.pipeline.recognition",
    "recognise": "semblante.pipeline.recognition",
    "recognise_each": "semblante.pipeline.recognition",
    "Question": "semblante.pipeline.review",
    "IfKnown": "semblante.pipeline.naming",
    "Kept": "semblante.pipeline.naming",
    "rename_person": "semblante.pipeline.naming",
    "AnswerKind": "semblante.pipeline.review",
    "Correction": "semblante.pipeline.review",
    "Review": "semblante.pipeline.review",
    "keep_learnt": "semblante.pipeline.naming",
    "name_group": "semblante.pipeline.naming",
    "ORIGIN_FILE": "semblante.generate.dataset",
    "open_prepared": "semblante.celeba.prepared",
    "prepare": "semblante.celeba.preparation",
    "summarise": "semblante.celeba.prepared",
    "write_celeba": "semblante.generate.dataset",
    "write_contact_sheet": "semblante.celeba.prepared",
    "write_person": "semblante.generate.dataset",
    "write_strangers": "semblante.generate.dataset",
    "SortedPhoto": "semblante.organize.sort",
    "How": "semblante.organize.journal",
    "Run": "semblante.organize.journal",
    "Sorting": "semblante.organize.sort",
    "Undone": "semblante.organize.undo",
    "is_among": "semblante.organize.sort",
    "sort_photos": "semblante.organize.sort",
    "sort_runs": "semblante.organize.journal",
    "undo_sort": "semblante.organize.undo",
    "TrainingPhotos": "semblante.pipeline.training_faces",
}
__all__ = [*_HOME]
__getattr__ = loader(__name__, _HOME)
