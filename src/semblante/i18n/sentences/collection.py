"""What the codes of the library and of sorting say."""

from collections.abc import Mapping
from typing import Final

from semblante.i18n.sentences import Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {
    # library
    "auto_lock_out_of_range": "choose from 1 to {most} minutes",
    "bad_pattern": "{pattern}: no pattern by gitignore's rules",
    "bad_pattern_in_file": "{pattern}: no pattern by gitignore's rules; its folder is left out",
    "change_superseded": (
        "change {number} is not the last of what it is about: take back change {later} first"
    ),
    "change_unknown": "there is no change {number} that can be taken back",
    "changed_while_read": "it changed while it was read; scan again",
    "encrypted_index_missing": (
        "the encrypted index is missing beside its key file; put it back from a backup, or remove the key "
        "file to begin anew"
    ),
    "face_in_two_parts": "a face is in two parts; each may be in one",
    "face_not_in_group": "a face is not in this group, or no longer",
    "folder_not_usable": "it cannot be added as a folder of photos: {problem}",
    "folder_unknown": "folder {number} is not on the list, or no longer",
    "group_unknown": "there is no such group, or no longer",
    "index_altered": (
        "pages of the encrypted index are damaged, or were changed without its key; it is kept as {aside}; "
        "scan the photos again"
    ),
    "index_damaged": "the index was damaged, and is kept as {aside}; scan the photos again",
    "index_damaged_in_part": (
        "some pages of the index are damaged, so it cannot be copied as a whole; nothing was changed"
    ),
    "index_encrypted_already": "the index is encrypted already",
    "index_in_use": "another run is using the index; wait for it",
    "index_in_use_not_compacted": (
        "another run is using the index, so deleted pages may still be in the file beside it; they go when "
        "that run ends"
    ),
    "index_locked": "the index is encrypted; its passphrase unlocks it",
    "index_newer": "written by a newer Semblante (version {version}; this one reads up to {supported})",
    "index_not_accessible": "the index cannot be read or written; check the path and the disk",
    "index_not_encrypted": "the index is not encrypted",
    "index_not_of_this_key": (
        "the first page of the index does not authenticate: it was damaged or changed, or the key file "
        "beside it belongs to another index; put both back from one backup"
    ),
    "index_of_another_program": "a database of another program",
    "index_read_only": (
        "the index is write-protected: it can be searched, but nothing new can be kept in it"
    ),
    "index_read_only_older": (
        "the index is of an older version, and cannot be brought up to date where it is write-protected; "
        "copy its folder to where it can be written"
    ),
    "index_read_only_unfinished": (
        "the index was copied while it was in use, and cannot be completed where it is write-protected; copy "
        "its folder to where it can be written"
    ),
    "index_too_old": (
        "an index of an older Semblante (version {version}), which this one cannot read (it writes version "
        "{supported}); scan the photos into a new one"
    ),
    "key_file_damaged": (
        "the key file is damaged, and without it the index cannot be read; put it back from a backup"
    ),
    "key_file_missing": (
        "the index is encrypted, and its key file, library.key, is missing; put it back from a backup: "
        "without it the index cannot be read"
    ),
    "key_file_newer": "written by a newer Semblante",
    "library_closed": "it was closed and can no longer be used; open it again",
    "merge_needs_two_groups": "two groups or more are needed to make one of them",
    "merge_needs_two_people": "{name} is one person already; choose another one",
    "no_face_in_index": "the index holds no face of this photo",
    "no_folder_added": "no folder was added yet",
    "nobody_known": "{name} is not known here (known: nobody yet)",
    "not_in_index": "the index holds no such photo or face, or no longer",
    "nothing_to_split": "all of the group would stay together; name the faces that are to be apart",
    "nothing_matches": "nothing here is called that, and nothing matches it as a pattern",
    "passphrase_too_short": "a passphrase has at least {least} characters",
    "passphrase_wrong": "the passphrase is wrong",
    "person_not_learnt": "{name} is not learnt yet",
    "person_renamed": "{name} is not known here under that name any more; now it is {now}",
    "person_unknown": "{name} is not known here (known: {known})",
    "person_unknown_similar": "{name} is not known here; did you mean {similar}?",
    "place_empty": (
        "no photo is here now, and the index knows some: if this is a drive, connect it; nothing was taken "
        "out of the index"
    ),
    "place_missing": "it is not there; its photos stay in the index",
    "place_missing_photos_kept": "{problem}. Its photos stay in the index",
    # what is held
    "file_of_index": "index of photos, faces and people",
    "file_of_journals": "journal of a sort",
    "file_of_key": "key of the encrypted index",
    "file_of_matrix": "embeddings for searching",
    "file_of_others": "not Semblante's",
    "file_of_person": "person file",
    "file_of_report": "report",
    "file_of_service_keys": "keys of the service, as hashes",
    "file_of_settings": "setting: minutes until it locks itself",
    "file_of_thumbnails": "thumbnails of photos and faces",
    "held_details": "record of name, consent and birth date",
    "held_faces_found": "faces found in photos, as numbers",
    "held_faces_of_others": "faces of others that taught",
    "held_faces_taught": "own faces that taught",
    "held_journals": "journals of sorts",
    "held_neuron": "neuron and its figures",
    "held_person_files": "person files",
    "held_photos_given": "photos given, known by their hash",
    "held_reports": "reports",
    "held_thumbnails": "thumbnails",
    # organize
    "changed_since_scan": "it has changed since the scan; scan again",
    "changed_since_sort": "it was changed since",
    "content_no_longer_kept": "what it held before is no longer kept",
    "different_disks": "{photo} and {folder} are on different disks, where no hard link can reach",
    "face_has_another_name": "it already names this face {name}",
    "folder_write_protected": "its folder is write-protected",
    "gone_since_scan": "it is gone since the scan; scan again",
    "just_written_by_another": "another program has just written this",
    "link_to_itself": "it is a link that leads to itself",
    "may_be_the_last": "{photo} is gone or changed, and this may be the last of it",
    "name_too_long_for_copy": "its name is too long for a copy",
    "name_too_long_for_sidecar": "its name is too long for a sidecar",
    "no_hard_links": "hard links are not possible here",
    "no_such_run": "No run is called {run}",
    "no_symbolic_links": "symbolic links are not possible here",
    "not_utf8": "it is not written in UTF-8",
    "not_xmp": "it is not XMP",
    "nothing_to_undo": "There is nothing to undo",
    "other_files_inside": "other files are in it",
    "photo_unreadable": "it cannot be read: {problem}",
    "regions_of_another_picture": (
        "its regions belong to a picture of {width_px:.0f} x {height_px:.0f} pixels, which this is not"
    ),
    "sidecar_unchanged": "{sidecar} stays as it is: {reason}",
    "unknown_form": "it holds {property} in a form that is not known",
    "write_protected": "it is write-protected",
}
