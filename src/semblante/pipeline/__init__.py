"""The rooms composed into what a user asks for: measure a network, read faces, learn and recognise people."""

from semblante.pipeline.attributes import FaceAttributes, read_attributes
from semblante.pipeline.bases import open_base
from semblante.pipeline.explaining import explain_attribute, explain_person
from semblante.pipeline.library import (
    Group,
    People,
    find_people,
    find_photos_of,
    forget_person,
    known_person,
    photos_of,
    scan_photos,
)
from semblante.pipeline.measuring import (
    Measured,
    data_section,
    measure,
    model_section,
    write_evaluation,
)
from semblante.pipeline.people import (
    Lesson,
    answers_to,
    course_layout,
    learn,
    lesson_section,
    person_section,
    recognise,
)
from semblante.pipeline.photos import UnusablePhoto, find_photos
from semblante.pipeline.reading import faces_in, read_photos
from semblante.pipeline.review import Question, keep_lesson, next_question, tell
from semblante.pipeline.teaching import PhotoSets

__all__ = [
    "FaceAttributes",
    "Group",
    "Lesson",
    "Measured",
    "People",
    "PhotoSets",
    "Question",
    "UnusablePhoto",
    "answers_to",
    "course_layout",
    "data_section",
    "explain_attribute",
    "explain_person",
    "faces_in",
    "find_people",
    "find_photos",
    "find_photos_of",
    "forget_person",
    "keep_lesson",
    "known_person",
    "learn",
    "lesson_section",
    "measure",
    "model_section",
    "next_question",
    "open_base",
    "person_section",
    "photos_of",
    "read_attributes",
    "read_photos",
    "recognise",
    "scan_photos",
    "tell",
    "write_evaluation",
]
