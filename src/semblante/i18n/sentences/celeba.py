"""What the codes of `celeba` say."""

from collections.abc import Mapping
from typing import Final

from semblante.i18n.sentences import Plural, Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {
    "attributes_missing": Plural(
        "{count} of CelebA's 40 attributes has no column ({names}); "
        "the line of names must hold all 40; download the list again",
        "{count} of CelebA's 40 attributes have no column ({names}); "
        "the line of names must hold all 40; download the list again",
        "count",
    ),
    "bad_list_rows": Plural(
        "{count} row of {list} could not be read ({names})",
        "{count} rows of {list} could not be read ({names})",
        "count",
    ),
    "contradictory_list_rows": Plural(
        "{count} row of {list} contradicts an earlier one; the first was kept ({names})",
        "{count} rows of {list} contradict an earlier one; the first was kept ({names})",
        "count",
    ),
    "contradictory_row": "row that contradicts an earlier one (the first is kept)",
    "duplicate_row": "row that repeats an earlier one",
    "empty_image": "empty image file",
    "empty_split": "there is no image in {split}",
    "finished_set_of_other_settings": (
        "holds a finished set of another source or side, not this source at {side_px} pixels; "
        "choose another folder, or delete this one"
    ),
    "found_again": Plural(
        "{count} file was passed over, as one of the same name was found before",
        "{count} files were passed over, as others of the same names were found before",
        "count",
    ),
    "image_without_row": "image without a row",
    "list_damaged_in_zip": "damaged inside its zip file; download it again",
    "list_too_large": "far too large for a list of CelebA; check where it comes from",
    "lists_of_two_sets": (
        "{first} and {second} are lists of two different sets; give the folder of one of them"
    ),
    "no_identities": "there is no list of identities (identity_CelebA), so people are unknown",
    "no_partition": "there is no list of partitions (list_eval_partition)",
    "no_usable_image": ("no usable image is left ({issues}); check that lists and images belong together"),
    "not_a_whole_picture": "image file that is damaged, cut short or not a picture",
    "not_celeba": (
        "this is not CelebA. Looked for: list_attr_celeba.txt or .csv, and pictures in a folder or "
        "zip called img_align_celeba. Found: lists: {lists}; pictures: {images}; in all: {names}. "
        "Give the folder, or the zip, that holds both"
    ),
    "other_files_here": "there are other files here ({names}); choose an empty or a new folder",
    "other_shapes": Plural(
        "{count} image was stretched, as its proportions are not CelebA's 178 to 218 ({names})",
        "{count} images were stretched, as their proportions are not CelebA's 178 to 218 ({names})",
        "count",
    ),
    "people_in_several_splits": Plural(
        "{count} person is in more than one of train, val and test",
        "{count} people are in more than one of train, val and test",
        "count",
    ),
    "prepared_array": "{file}: {found}, {expected} expected",
    "prepared_array_damaged": "{file}: damaged or cut short",
    "prepared_field": "manifest.json: {field} is missing or not valid",
    "prepared_file_missing": "{file}: missing",
    "prepared_format": "format: '{found}', expected '{expected}'",
    "prepared_hash": "{file}: SHA-256 differs",
    "prepared_names": "{file}: {found} names, {expected} expected",
    "prepared_set_damaged": (
        "this prepared set does not fit its manifest ({problem}); copy it again or prepare it again"
    ),
    "prepared_set_missing": "no prepared set here (no {manifest})",
    "ragged_row": "row with too few or too many values",
    "row_with_bad_value": "row with a value other than -1, 0 and 1",
    "row_without_image": "row without an image",
    "row_without_name": "row without a usable image name",
    "row_without_partition": "row that the list of partitions does not name",
    "side_out_of_range": "side {side_px}: must be from {min_px} to {max_px} pixels",
    "skipped_for": "{issue}: {count}",
    "split_by_images": "images, not people, were split into train, val and test, about 80/10/10",
    "split_by_people": "people were split into train, val and test, about 80, 10 and 10 in 100",
    "too_large_image": "image file far larger than any photo",
    "unfinished_set_of_other_settings": (
        "holds unfinished work of another source or side; finish that first, "
        "choose another folder, or delete this one"
    ),
    "unknown_columns": "columns that are not CelebA's were passed over: {names}",
    "unknown_identities": Plural("{count} image has no identity", "{count} images have no identity", "count"),
    "unreadable_image": "image that could not be read from the disk",
    "vanished_image": "image that vanished while it was being read",
    "wrong_count": "the attribute list promises {listed} rows and holds {found}",
    "zip_damaged": ("the zip file is damaged or cut short; download it again, or move it out of the folder"),
    "zip_member_unreadable": (
        "{member} is encrypted or packed in an uncommon way; unpack the zip file first"
    ),
}
