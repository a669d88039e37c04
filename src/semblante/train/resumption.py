"""Whether a training may go on with what is in its folder: with the same settings, or with more epochs.

A training is known by its purpose: the settings, the prepared set's hash, and `how`, the recipe's values.
Without a schedule of the learning rate, an epoch does not depend on how many follow, so epochs can be added.
A schedule runs over all epochs: a training of two begins otherwise than one of one.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from semblante.errors import Reason, SettingsMismatch

Purpose = Mapping[str, Any]
_SETTINGS = {
    "recipe": "recipe_differs",
    "side_px": "side_differs",
    "epochs": "epochs_differ",
    "seed": "seed_differs",
}
"""Settings, and the code of a difference in each."""


def check_resumable(folder: Path, was: Purpose, asked: Purpose, done_epochs: int, is_finished: bool) -> None:
    """Raise `SettingsMismatch` unless the training `was`, of `done_epochs` so far, can go on as `asked`.

    `finished_training_differs` and `unfinished_training_differs` name every setting that differs, with what
    it was and what is asked; `epochs_shape_schedule` and `epochs_done_already` are about the epochs alone.
    """
    if was == asked:
        return
    found = differences(was, asked)
    if [each.code for each in found] != ["epochs_differ"]:
        if is_finished:
            raise SettingsMismatch("finished_training_differs", path=folder, differences=found)
        raise SettingsMismatch("unfinished_training_differs", path=folder, differences=found)
    if not can_add_epochs(asked):
        raise SettingsMismatch(
            "epochs_shape_schedule",
            path=folder,
            recipe=asked["recipe"],
            was=was["epochs"],
            asked=asked["epochs"],
        )
    if asked["epochs"] < done_epochs:
        raise SettingsMismatch("epochs_done_already", path=folder, done=done_epochs, asked=asked["epochs"])


def can_add_epochs(purpose: Purpose) -> bool:
    """Whether its recipe has no schedule of the learning rate, which would run over all epochs."""
    return purpose["how"]["warm_up_epochs"] is None


def differences(was: Purpose, asked: Purpose) -> list[Reason]:
    """What differs, each as a code with what it `was` and what is `asked`."""
    found = [
        Reason(code, {"was": was.get(name), "asked": asked[name]})
        for name, code in _SETTINGS.items()
        if was.get(name) != asked[name]
    ]
    if was.get("data") != asked["data"]:
        found.append(Reason("data_differ"))
    teachers_was, teachers = was.get("teachers", []), asked["teachers"]
    if teachers_was != teachers:
        found.append(Reason("teachers_differ"))
    how_was, how = was.get("how", {}), asked["how"]
    names = sorted(name for name in {*how_was, *how} if how_was.get(name) != how.get(name))
    if names and was.get("recipe") == asked["recipe"] and bool(teachers_was) == bool(teachers):
        found.append(Reason("recipe_values_differ", {"names": names}))
    return found
