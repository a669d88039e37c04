"""What the codes of CelebA, of drawn faces and of training say."""

from collections.abc import Mapping
from typing import Final

from semblante.i18n.sentences import Plural, Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {
    # celeba
    "archive_to_unpack": Plural(
        "an archive that is not read here ({names}); unpack it first, for example with 7-Zip "
        "(7z x {first}), and give the folder that comes of it, together with the lists",
        "{count} archives, or parts of one, that are not read here ({names}); unpack them first, for "
        "example with 7-Zip (7z x {first}, which finds the other parts itself), and give the folder that "
        "comes of it, together with the lists",
        "count",
    ),
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
    "list_cut_off": (
        "{list} is cut off: it promises {listed} rows and holds {found}. Pictures without a row are left "
        "out; download the list again"
    ),
    "list_damaged_in_zip": "damaged inside its zip file; download it again",
    "list_is_empty": "{list} is empty; download it again",
    "list_is_web_page": (
        "{list} is a web page, not a list: Google Drive sends one where too many people download a file, or "
        "where it cannot scan it for viruses. Open that page in a browser, or download the list from "
        "elsewhere"
    ),
    "list_too_large": "far too large for a list of CelebA; check where it comes from",
    "list_too_long": "{list} promises {listed} rows and holds {found}",
    "list_torn": (
        "{list} is cut off within a row, after {found} whole ones. Pictures without a row are left out; "
        "download the list again"
    ),
    "list_without_rows": "{list} holds no row that can be read; download it again",
    "lists_of_two_sets": (
        "{first} and {second} are lists of two different sets; give the folder of one of them"
    ),
    "no_identities": ("there is no usable list of identities (identity_CelebA), so people are unknown"),
    "no_partition": (
        "there is no usable list of partitions (list_eval_partition), so the official split is unknown"
    ),
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
    "partition_incomplete": Plural(
        "{list} does not name {count} image: its official split is unknown, so it was left out; if the list "
        "was cut off, download it again",
        "{list} does not name {count} images: their official split is unknown, so they were left out; if the "
        "list was cut off, download it again",
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
    "row_without_partition": (
        "row that the list of partitions (list_eval_partition) does not name: its official split is unknown"
    ),
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
    "unknown_identities": Plural(
        "{count} image is not in the list of identities (identity_CelebA): its person is unknown",
        "{count} images are not in the list of identities (identity_CelebA): their people are unknown",
        "count",
    ),
    "unreadable_image": "image that could not be read from the disk",
    "vanished_image": "image that vanished while it was being read",
    "zip_damaged": ("the zip file is damaged or cut short; download it again, or move it out of the folder"),
    "zip_is_web_page": (
        "a web page, not a zip file: Google Drive sends one where too many people download a file, or where "
        "it cannot scan it for viruses; open that page in a browser, or download the file from elsewhere"
    ),
    "zip_member_unreadable": (
        "{member} is encrypted or packed in an uncommon way; unpack the zip file first"
    ),
    # generate
    "negative_seed": "{number}: a seed or a person's number cannot be negative; use 0 or more",
    "no_pictures_to_draw": "no pictures asked for: at least 1 is needed",
    "not_an_empty_folder": "exists already and is not an empty folder; choose another or remove it",
    "too_few_people_to_draw": Plural(
        "{people} person: at least {min_people} are needed, one in each split",
        "{people} people: at least {min_people} are needed, one in each split",
        "people",
    ),
    # train
    "checkpoint_damaged": "the checkpoint is damaged; delete it to train from the start",
    "checkpoint_gone": (
        "a network trained for {was} epochs is here, but no longer its checkpoint, so it cannot go on to "
        "{asked}; choose another folder to train from the start"
    ),
    "constant_attributes": (
        "The training images do not differ in {attributes}: it cannot be learnt, and the network will "
        "always give the one answer it has seen."
    ),
    "crops_too_small": (
        "{path} holds crops of {held_px} pixels, and {asked_px} are asked for: enlarging them would add "
        "nothing"
    ),
    "data_differ": "the prepared set",
    "description_contradicted": (
        "the description does not fit: with another value of {field} the network tells {otherwise:.1%} of "
        "the pairs of faces that show one person, as it is described {described:.1%}; correct that field"
    ),
    "description_tells_nobody": (
        "as it is described, the network tells only {share:.0%} of the pairs of faces that show one person, "
        "at a false accept rate of 1%; check the description's landmarks, colors, mean and scale"
    ),
    "description_unfit": "the description's field {field} is missing or not valid",
    "description_unknown": (
        "{name} is neither a JSON file nor a description that is known by name; these are known: {known}"
    ),
    "epochs_differ": "epochs: {was}, asked for: {asked}",
    "epochs_done_already": (
        "epochs trained here: {done}, asked for: {asked}; ask for as many or more, or choose another folder"
    ),
    "epochs_shape_schedule": (
        "epochs of the training here: {was}, asked for: {asked}. The recipe {recipe} lowers its learning "
        "rate over all epochs, so none can be added later; choose another folder to train from the start"
    ),
    "export_differs": (
        "the exported network differs from the trained one by {difference:.2g}; please report this"
    ),
    "finished_training_differs": (
        "a network trained with other settings or data is here ({differences}); choose another folder"
    ),
    "network_fails": "ONNX Runtime cannot run this network: {problem}",
    "network_input_differs": (
        "its input is {found}, and with the description's side of {side_px} pixels it should be {expected}"
    ),
    "network_ports": (
        "an embedding network takes one picture and gives one embedding; this one's inputs are {inputs}, its "
        "outputs {outputs}. Of several outputs, the description's field output names the embedding"
    ),
    "network_undescribed": (
        "nothing says what this network takes: its hash is not known, and there is no description in a JSON "
        "file of the same name beside it; these descriptions are known by name: {known}"
    ),
    "network_unreadable": "this is no ONNX network that can be read: {problem}",
    "no_finite_embedding": "its embeddings are no finite numbers",
    "no_known_people": (
        "Nobody is known in the training images: the network learns attributes alone, and its embeddings "
        "will tell people apart less well. CelebA's identity_CelebA.txt says who is who."
    ),
    "not_a_checkpoint": "no checkpoint of a training; choose another folder",
    "one_known_person": (
        "Only one person is known in the training images: one alone is told from nobody, so the network "
        "learns attributes alone, and its embeddings will tell people apart less well. Images of more known"
        " people are needed."
    ),
    "packages_missing": "this needs packages that are not installed: {packages}",
    "recipe_differs": "recipe: {was}, asked for: {asked}",
    "recipe_values_differ": "values of the recipe, as this Semblante has it: {names}",
    "recipe_without_teachers": ("the recipe {recipe} learns from no teacher; these do: {known}"),
    "seed_differs": "seed: {was}, asked for: {asked}",
    "seed_out_of_range": "seed {seed}: choose one from 0 to {max}",
    "side_differs": "side in pixels: {was}, asked for: {asked}",
    "teachers_differ": "the teachers",
    "too_few_epochs": "epochs {epochs}: choose 1 or more",
    "too_few_images": (
        "{train} images to train on and {val} to validate on; at least {needed} and 1 are needed"
    ),
    "training_diverged": (
        "epoch {epoch}, step {step}: the loss or a weight is no longer a number; the last checkpoint, if it"
        " came to one, is kept in {path}; start again in another folder with another seed"
    ),
    "unfinished_training_differs": (
        "an unfinished training with other settings or data is here ({differences}); repeat its settings to "
        "finish it, choose another folder, or delete this one"
    ),
    "unknown_recipe": "there is no recipe {recipe!r}; choose one of: {known}",
    "validation_labels_alike": (
        "all images to validate on have the same labels, so no attribute can be judged; more and other "
        "images are needed"
    ),
}
