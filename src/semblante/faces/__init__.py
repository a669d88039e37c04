"""From photos to aligned faces. Nothing here knows who anybody is.

detectors    a photo to boxes; any callable that fits the protocol `Detector` will do
yunet        the detector that comes with the package
aligner      a box to the CelebA frame, by an iterated network
quality      size, sharpness, pose and confidence
copy_descriptor  how alike crops are as copies of one photo are
extraction   the three together: a photo to aligned faces
tracking     which faces of a frame are those of the frame before
weights      verifies the files of the networks above
"""

from semblante.faces.aligner import Aligner
from semblante.faces.copy_descriptor import copy_descriptors, copy_similarity
from semblante.faces.detectors import Detector, default_detector, name_of
from semblante.faces.extraction import (
    extract_faces,
    face_of_celeba_crop,
    is_celeba_crop,
    needs_more_pixels,
)
from semblante.faces.quality import QualityMeasure, measured_issues, measures_of, unreliable
from semblante.faces.tracking import FaceTracker

__all__ = [
    "Aligner",
    "Detector",
    "FaceTracker",
    "QualityMeasure",
    "copy_descriptors",
    "copy_similarity",
    "default_detector",
    "extract_faces",
    "face_of_celeba_crop",
    "is_celeba_crop",
    "measured_issues",
    "measures_of",
    "name_of",
    "needs_more_pixels",
    "unreliable",
]
