"""The log of a training: `log.csv` for tables, `tensorboard/` for curves, one row an epoch.

Both are written whole from the history, so a resumed training leaves the same log as an uninterrupted one.
"""

import csv
import io
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path

from tensorboardX.event_file_writer import EventsWriter
from tensorboardX.proto.event_pb2 import Event
from tensorboardX.summary import scalar

from semblante.files import atomic_write
from semblante.jobs import EpochRow

LOG_NAME = "log.csv"
TENSORBOARD_NAME = "tensorboard"


class TrainingLogger:
    """Writes the history of the training in `folder`; opened once a run, after a checkpoint was restored."""

    def __init__(self, folder: Path, history: Sequence[EpochRow]) -> None:
        self._folder = folder
        shutil.rmtree(folder / TENSORBOARD_NAME, ignore_errors=True)
        (folder / TENSORBOARD_NAME).mkdir(parents=True)
        # Not SummaryWriter: its queue and thread, interrupted while a line is added, can wait for each other
        # for ever when the program ends.
        self._curves = EventsWriter(str(folder / TENSORBOARD_NAME / "events"))
        for row in history:
            self._draw(row)
        if history:  # A run may have been killed before it wrote its last row.
            self._write(history)

    def add(self, history: Sequence[EpochRow]) -> None:
        """Write the log after another epoch, the last row of `history`."""
        self._write(history)
        self._draw(history[-1])

    def _write(self, history: Sequence[EpochRow]) -> None:
        text = io.StringIO()
        table = csv.DictWriter(text, [field.name for field in fields(EpochRow)], lineterminator="\n")
        table.writeheader()
        table.writerows(asdict(row) for row in history)
        atomic_write(self._folder / LOG_NAME, text.getvalue())

    def close(self) -> None:
        """Finish the curves' file."""
        self._curves.close()

    def _draw(self, row: EpochRow) -> None:
        for name, value in asdict(row).items():
            if name != "epoch" and value is not None:
                point = Event(wall_time=time.time(), step=row.epoch, summary=scalar(name, value))
                self._curves.write_event(point)
        self._curves.flush()
