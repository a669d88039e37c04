"""What the stages of long jobs are called (`semblante.jobs.Progress.stage`): a word or two before a bar."""

from collections.abc import Mapping
from typing import Final

from semblante.i18n.sentences import Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {
    "counting_photos": "Counting the photos",
    "drawing": "Drawing",
    "evaluating": "Evaluating",
    "grouping": "Grouping the faces",
    "preparing": "Preparing",
    "reading_photos": "Looking at the photos",
    "sorting": "Sorting",
    "training_aligner": "Training the aligner",
    "undoing": "Undoing",
}
