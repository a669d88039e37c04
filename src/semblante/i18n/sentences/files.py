"""What the codes of `files` and `process_pool` say."""

from collections.abc import Mapping
from typing import Final

from semblante.i18n.sentences import Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {
    "disk_full": "the disk is full; make room and run the same command again",
    "disk_too_small": "{needed_mb} MB needed, {free_mb} MB free; make room or choose another disk",
    "file_missing": "there is no such file or folder; check the path",
    "folder_expected": "a file, where a folder is expected; check the order of the arguments",
    "folder_in_path_is_a_file": "what should be a folder in this path is a file; check the path",
    "folder_found": "a folder, where a file is expected; check the order of the arguments",
    "io_error": "{problem}; check the path and the disk",
    "locked": "another run is writing here; wait for it or choose another folder",
    "no_permission": "no permission to read or write here; choose another folder or change its rights",
    "worker_ended": "a helping process has ended; run the same command again",
}
