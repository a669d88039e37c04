"""Where the faces are in a photo, how each lies in the CelebA frame, and how far it can be relied on.

    detectors   a photo to boxes; any callable of the kind will do
    aligner     a box to the place of the frame, by a small network that looks again and again
    quality     size, sharpness, pose and doubt
    finder      all of these: a photo to faces and their crops

Nothing here knows who anybody is.
"""

from semblante.faces.detectors import Detector, default_detector
from semblante.faces.finder import FaceFinder
from semblante.faces.quality import flaw_in_words

__all__ = ["Detector", "FaceFinder", "default_detector", "flaw_in_words"]
