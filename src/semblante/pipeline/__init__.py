"""The rooms composed into what a user asks for: measure a network, learn a person, recognise one, explain."""

from semblante.pipeline.explaining import explain_attribute, explain_person
from semblante.pipeline.measuring import (
    Measured,
    data_section,
    measure,
    model_section,
    write_evaluation,
)
from semblante.pipeline.people import (
    Lesson,
    PhotoSets,
    course_layout,
    learn,
    lesson_section,
    person_section,
    recognise,
)
from semblante.pipeline.photos import UnusablePhoto, find_photos

__all__ = [
    "Lesson",
    "Measured",
    "PhotoSets",
    "UnusablePhoto",
    "course_layout",
    "data_section",
    "explain_attribute",
    "explain_person",
    "find_photos",
    "learn",
    "lesson_section",
    "measure",
    "model_section",
    "person_section",
    "recognise",
    "write_evaluation",
]
