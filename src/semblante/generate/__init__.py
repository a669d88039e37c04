"""Drawn, aligned faces of people who do not exist, with CelebA's 40 attributes known to be true.

A person is sampled from (seed, person), a picture of them from (seed, person, picture), and `draw` turns
both into pixels: `identity` -> `Identity`, `picture` -> `Scene`, `draw` -> `DrawnFace`, `dataset` -> files.
`family` makes children of two people, and anybody at any age.
"""

from semblante.generate.canvas import Pose
from semblante.generate.dataset import ORIGIN_FILE, DrawnSet, write_celeba, write_person, write_strangers
from semblante.generate.drawn_face import DrawnFace, draw, draw_picture
from semblante.generate.family import at_age, child_of, draw_at_age, write_album
from semblante.generate.identity import Identity, sample_identity
from semblante.generate.picture import Scene, sample_scene

__all__ = [
    "ORIGIN_FILE",
    "DrawnFace",
    "DrawnSet",
    "Identity",
    "Pose",
    "Scene",
    "at_age",
    "child_of",
    "draw",
    "draw_at_age",
    "draw_picture",
    "sample_identity",
    "sample_scene",
    "write_album",
    "write_celeba",
    "write_person",
    "write_strangers",
]
