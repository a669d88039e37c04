"""What to do about an outcome, in terms of the command line: nothing below knows commands and options.

`ADVICE` goes behind the sentence of an error (`describe_with_advice`); the rest is about training photos.
"""

import difflib
import shlex
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from semblante.errors import Reason, SemblanteError
from semblante.i18n import describe, tr
from semblante.i18n.catalogue import filled
from semblante.i18n.sentences import Sentence
from semblante.jobs import Advice

if TYPE_CHECKING:
    from semblante.person import Separability

ADVICE: Final[Mapping[str, Sentence]] = {
    "bundle_missing": (
        "check the folder and the order of the arguments, or make one with: semblante train DATA NEW_FOLDER"
    ),
    "crops_too_small": "prepare again with --side {asked_px}, or train with --side {held_px}",
    "different_disks": "leave out --hardlink to copy",
    "disk_full": " and run the same command again",
    "epochs_shape_schedule": "to finish or to use this one: --epochs {was}",
    "exposed_without_key": "make one with: semblante serve --new-key NAME{options}",
    "exposed_without_tls": "name them with --tls-certificate and --tls-key",
    "fewer_changes_to_undo": "to list them: semblante undo --people --list{options}",
    "folder_is_the_packages": "name another one with --out",
    "group_has_name": "to change the name: semblante rename {quoted} NEW_NAME{options}",
    "index_damaged": ": semblante scan FOLDER…{options}",
    "index_in_use": " and run the same command again",
    "index_missing": "check --library, or begin one with: semblante scan FOLDER…{options}",
    "index_newer": "update this one: pip install -U semblante",
    "index_of_another_program": "choose another folder with --library",
    "index_read_only": "copy its folder to where it can be written, and name that with --library",
    "index_too_old": ": semblante scan FOLDER… --library FOLDER",
    "just_written_by_another": "run the same command again",
    "model_folder_gone": "say where it is now with --base",
    "model_folder_unknown": "name it with --base",
    "name_of_somebody_else": (
        "choose another name, or say with --merge that it is one person, or with --replace that {name} is to "
        "be dropped first"
    ),
    "name_taken": (
        "choose another name, or say with --merge that both are one person, or with --replace that {name} is "
        "to be dropped"
    ),
    "network_undescribed": "name one of these, or a JSON file, with --as",
    "no_background": "name photos of other people with --not",
    "no_background_for_groups": "choose another with --base",
    "no_change_to_undo": "what was sorted is taken back with: semblante undo{options}",
    "no_common_face": (
        "if they do, the folders of --course are taken at your word: FOLDER/train/{name} and "
        "FOLDER/train/others"
    ),
    "no_face_in_index": "scan it: semblante scan FOLDER…{options}",
    "no_folder_named": "make it, or name the photos without --course",
    "no_hard_links": "leave out --hardlink to copy",
    "no_library_folder": "check --library",
    "no_such_run": "semblante undo --list{options} names them",
    "no_symbolic_links": "leave out --symlink to copy",
    "nobody_known": "to learn a person: semblante learn NAME PHOTO…{options}",
    "not_a_person_file": "copy it again, or make one with: semblante learn NAME …",
    "nothing_to_find": " with --with",
    "nothing_to_undo": "semblante undo --list{options} shows what was sorted",
    "onnx_too_new": "bring that up to date with: pip install --upgrade onnxruntime",
    "packages_missing": "install them with: pip install '.[{extra}]' in the folder of Semblante",
    "person_of_another_model": (
        "an update brought a new one, or --base names another. Learn {name} again (semblante learn NAME "
        "PHOTO…), or name the network of then with --base"
    ),
    "person_of_other_network": "or drop the {name} of before with --replace",
    "person_unknown": "to learn a person: semblante learn NAME PHOTO…{options}",
    "photo_not_in_index": "scan it: semblante scan FOLDER…{options}",
    "place_empty": " (gone for good: --gone)",
    "place_missing": " (gone for good: --gone)",
    "place_missing_photos_kept": " (gone for good: --gone)",
    "port_taken": "choose another with --port",
    "prepared_set_missing": (
        "raw CelebA becomes one with: semblante prepare {path} NEW_FOLDER; "
        "a stopped one is finished by the command that began it"
    ),
    "pretrained_missing": "name one with --base, or make one with: semblante train DATA NEW_FOLDER",
    "worker_ended": "run the same command again",
}
"""The code of an error or a reason -> what to do about it, with the same parameters; sorted by code."""

_CHOICES: Final[Mapping[str, str]] = {
    "description_unknown": "name",
    "unknown_recipe": "recipe",
    "unknown_split": "split",
}
"""The code of an error about a word that is none of the `known` ones -> the parameter that is this word."""
_NAMED = 3
"""So many photos are named; of more, how many there are."""


def describe_with_advice(value: SemblanteError | Reason, **more: object) -> str:
    """What an error or a reason says, and after a semicolon what to do about it at the command line.

    `more` is what only the command knows and its advice names: `options`, which say where the index is.
    """
    sentence = describe(value)
    if word := _CHOICES.get(value.code):
        near = closest(str(value.params[word]), value.params["known"])
        return f"{sentence}; {tr('did you mean {near}?', near=', '.join(near))}" if near else sentence
    if value.code not in ADVICE:
        return sentence
    # A name as the shell takes it.
    quoted = {"quoted": shlex.quote(str(value.params["name"]))} if "name" in value.params else {}
    advice = filled(ADVICE[value.code], {"options": "", **value.params, **quoted, **more})
    # Advice that begins so goes on with the sentence.
    return f"{sentence}{advice}" if advice[0] in " :" else f"{sentence}; {advice}"


def closest(word: str, known: Iterable[str]) -> list[str]:
    """Those of the words `known` that are nearly `word`, the nearest first: what may have been meant."""
    return difflib.get_close_matches(word.casefold(), list(known), n=3)


def advice_text(advice: Advice, name: str) -> str:
    """What to know of some photos of `name`, and what to do about it."""
    photos = list(advice.photos[:_NAMED])
    if more := len(advice.photos) - len(photos):
        photos.append(tr("{count} more", count=more))
    return describe(Reason(advice.code, {**advice.params, "photos": photos, "name": name}))


def separability_text(found: "Separability | None", name: str) -> str:
    """Whether the person can be told from the others who were named; None where no face of theirs will do."""
    if found is None:
        return tr(
            "It cannot be said whether {name} can be told from the other people given: no face in those "
            "photos can be relied on.",
            name=name,
        )
    counts = {"faces": found.faces, "yes": found.yes, "unsure": found.unsure, "name": name}
    if found.separable:
        return tr(
            "{name} can be told from the other people given: of their {faces} faces, held out in turn, "
            "{yes} got a yes and {unsure} an unsure.",
            **counts,
        )
    return tr(
        "{name} and the other people given cannot be told apart well: of their {faces} faces, held out "
        "in turn, {yes} got a yes and {unsure} an unsure. More photos of both will help; do not trust "
        "answers about them unseen.",
        **counts,
    )
