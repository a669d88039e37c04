"""What the command line's own codes and the stages of long verbs say."""

from collections.abc import Mapping
from typing import Final

from semblante.i18n.sentences import Plural, Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {
    # cli
    "attribute_or_person": "Say what to explain with either --attribute or --person",
    "bad_command_line": "{problem} For help: {command} --help",
    "choice_without_name": "--merge and --replace are about a known name: give it with --name",
    "consent_unnamed": "--on and --note are about a consent: say with --consent who agreed",
    "doubtful_without_group": "Say of which group, with --group",
    "face_without_photo": "--face is about a photo: name it with --yes, --no or --remove",
    "file_has_one_person": "--merge and --replace are about the library: leave out --out",
    "file_is_not_ours": (
        "{path} exists already, and Semblante did not write it; choose another name, or remove it"
    ),
    "forget_refused": "Nothing was forgotten.",
    "forget_unanswered": "Nothing was forgotten, since nobody answered; without asking: --yes",
    "group_change_without_group": "Say which group is split, ignored or one with others, with --group",
    "json_or_csv": "Choose --json or --csv, not both",
    "known_or_groups": "--known lists people, not groups: leave out --group, --print0 and --sheet",
    "merge_or_replace": "Choose one of --merge and --replace",
    "missing_argument": "Missing argument '{what}'.",
    "misspelt_command": "No such command: '{what}'. Did you mean {near}?",
    "misspelt_option": "No such option: '{what}'. Did you mean {near}?",
    "name_or_everything": "Name a person, or say --everything",
    "name_or_output_format": "Choose one of --name, --json and --print0",
    "name_without_group": "Say which group gets the name, with --group",
    "new_passphrase_needed": (
        "A new passphrase is asked for at a terminal; without one, name a file that has it: --passphrase-file"
    ),
    "no_library_folder": "there is no such folder, and so nothing that was sorted with an index in it",
    "no_photo_readable": Plural(
        "The only photo here could not be read",
        "None of the {count} photos here could be read",
        "count",
    ),
    "no_such_group": "--group {number}: there are {count}; to list them: semblante people",
    "no_usable_file": Plural(
        "The file could not be used.", "None of the {count} files could be used.", count="count"
    ),
    "number_below_minimum": "'{what}' takes a number of at least {least}.",
    "number_expected": "'{what}' takes a number.",
    "one_group_change": (
        "Choose one of --name, --same-as, --split and --ignore, without --json, --print0 and --sheet"
    ),
    "one_output_format": "Choose one of --json, --csv and --print0",
    "one_way_to_sort": "Choose one of --hardlink, --symlink and --xmp",
    "option_without_value": "Option '{what}' needs a value.",
    "output_disk_full": "The disk that the output goes to is full",
    "output_exists": "{path} exists already; to replace it, or to write another file, name it with --out",
    "passphrase_needed": (
        "the index is encrypted; its passphrase is asked for at a terminal, or read from "
        "SEMBLANTE_PASSPHRASE, or from the first line of the file that SEMBLANTE_PASSPHRASE_FILE names"
    ),
    "passphrases_differ": "The two were not the same; nothing was changed",
    "paths_or_list": "Name photos or folders, or say --list",
    "photos_or_course": (
        "Name photos of the person, and perhaps of others with --not, or their folder with --course"
    ),
    "run_is_a_sort": "{run} is no number of a change, as --people --list names them",
    "sort_without_folder": (
        "Name the folder with --to; only --xmp does without, since it writes beside photos"
    ),
    "stopped": "Stopped. Nothing is lost: run the same command again.",
    "surplus_argument": "More arguments than are taken: '{what}'.",
    "unknown_command": "No such command: '{what}'.",
    "unknown_language": "--lang {value}: choose en or es",
    "unknown_option": "No such option: '{what}'.",
    "unknown_scope": "--scope {value}: choose read, write or admin",
    "unknown_split": "--split {split}: choose one of {known}",
    "whole_number_expected": "'{what}' takes a whole number.",
    "wrong_suffix": "{path}: the file to be written must have a name that ends with {suffix}",
    "xmp_with_folder": "--xmp writes beside the photos: leave out --to",
    # stages
    "checking": "Checking the description",
    "counting_photos": "Counting the photos",
    "cutting_out_faces": "Cutting out the faces",
    "drawing": "Drawing",
    "embedding": "Computing the embeddings",
    "evaluating": "Evaluating",
    "grouping": "Grouping the faces",
    "preparing": "Preparing",
    "reading_photos": "Looking at the photos",
    "sorting": "Sorting",
    "training_aligner": "Training the aligner",
    "undoing": "Undoing",
    "unpacking": "Unpacking a zip file that lies in another, in MB",
}
