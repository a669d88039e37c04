"""What the codes of learning and recognising people say."""

from collections.abc import Mapping
from typing import Final

from semblante.i18n.sentences import Plural, Sentence

SENTENCES: Final[Mapping[str, Sentence]] = {
    # person
    "advice_ages_missing": (
        "Fewer than {needed} photos are of {name} at the ages of: {ages}; add some, since a face changes"
    ),
    "advice_crowd_left_out": (
        "Several people are in: {photos}; this network cannot tell which of them is {name}, so these photos "
        "were left out"
    ),
    "advice_day_impossible": (
        "By their date, {name} was not born yet or is older than anybody gets, in: {photos}; the camera's "
        "clock may have been wrong"
    ),
    "advice_day_unknown": (
        "No date of capture is known, so they teach the neuron for all ages only: {photos}"
    ),
    "advice_eyeglasses": "{name} seems to wear glasses in all photos; add some without, if there are any",
    "advice_face_blurred": "The face is too blurred to learn from in: {photos}",
    "advice_face_hidden": "The face is hidden in part, so it was not learnt from, in: {photos}",
    "advice_face_small": "The face is too small to learn from in: {photos}",
    "advice_face_turned": "The face is turned too far aside to learn from in: {photos}",
    "advice_hat": "{name} seems to wear a hat in all photos; add some without",
    "advice_looks_ahead": "{name} looks straight ahead in all photos; add some turned half aside",
    "advice_looks_one_way": "{name} looks to the same side in all photos; add others",
    "advice_no_face": "No face was found in: {photos}",
    "advice_one_light": "The light is alike in all photos; add some in other light, from other sides",
    "advice_one_moment": "Of one moment, so together they count as one photo: {photos}",
    "advice_one_occasion": (
        "The faces look much alike, as on one day in one light; photos of other days and in other light "
        "would teach more"
    ),
    "advice_perhaps_someone_else": (
        "It may be someone else than {name}, in: {photos}; if it is, take these photos out"
    ),
    "advice_perhaps_the_person": (
        "It may be {name}, though named as somebody else, in: {photos}; if it is, take these photos out"
    ),
    "advice_same_face": "The same face seems to be in: {photos}",
    "advice_several_people": (
        "Several people are in: {photos}; the face that the photos have in common was taken for {name}"
    ),
    "advice_someone_else": "It seems to be someone else, and was left out, in: {photos}",
    "advice_unlike_the_others": "Like no face of the other photos: {photos}",
    "advice_validation_copies": (
        "Copies of photos learnt from, so they were left out of the validation: {photos}"
    ),
    "age_from": "{first} years and more",
    "ages_from_to": "{first} to {last} years",
    "consenter_unknown": "nobody called {who} can agree; known are: {known}",
    "day_to_come": "the day {day} is still to come",
    "day_unknown": "the photo has no known date, so the neuron for all ages answered",
    "false_match_rate_out_of_range": ("A false-match rate of {rate}: choose more than 0 and at most {most}"),
    "name_empty": "The name is empty; give a name such as Ana",
    "name_has_breaks": "The name {name} has line breaks or control characters; leave them out",
    "name_not_text": "A name is a text such as Ana; this is of the type {kind}",
    "name_not_unicode": "The name {name} is not valid Unicode text; type it again",
    "name_too_long": "The name has {count} characters; {most} are the most that is kept",
    "no_common_face": (
        "{name}: no face is in most of the photos (the commonest is in {count} of {photos}); give photos "
        "that all show {name}"
    ),
    "not_a_person": (
        "a person is needed, as learn, open_person and Library.person give one; this is of the type {kind}"
    ),
    "not_a_person_file": "not a person file that can be used: {problem}",
    "note_not_unicode": "The note is not valid Unicode text; type it again",
    "note_too_long": "The note has {count} characters; {most} are the most that is kept",
    "other_people": "Others",
    "person_field_wrong": "the field {field} is missing or does not fit",
    "person_file_changed": "it was changed since it was written (its sha256 does not fit)",
    "person_file_too_large": "it is larger than {most_mb} MB",
    "person_format_unknown": "its format is not “{format}”",
    "person_not_json": "it is not JSON, or not all of it",
    "person_of_another_model": ("{name} was learnt on the base network {learnt}…, and this one is {given}…"),
    "photo_by_hash": "photo {hash}…",
    "photo_of_others": "photo {number} of the others",
    "photo_on_both_sides": Plural(
        "{first} and {second} are the same photo, and it cannot be on both sides ({count} such photo); take "
        "it out of one of them",
        "{first} and {second} are the same photo, and it cannot be on both sides ({count} such photos); take "
        "it out of one of them",
        "count",
    ),
    "too_few_moments": Plural(
        "{whose}: the {count} photos show {moments} moment (copies count once), {needed} needed; add photos "
        "of other moments",
        "{whose}: the {count} photos show {moments} moments (copies count once), {needed} needed; add photos "
        "of other moments",
        "moments",
    ),
    "too_few_photos": Plural(
        "{whose}: {count} usable photo, {needed} needed; add {missing}",
        "{whose}: {count} usable photos, {needed} needed; add {missing}",
        "count",
    ),
    "two_common_faces": (
        "{name}: two faces are about equally common (in {first} and {second} of {photos} photos), and either "
        "may be {name}; add photos of {name} alone"
    ),
    # pipeline
    "cancelled": "stopped, as it was asked to; what was done is kept",
    "not_a_learn_result": (
        "a library keeps what semblante.learn gives, the person and the faces that taught; this is of the "
        "type {kind}"
    ),
    "not_an_export": "this is no export of a person, or it was changed since it was written",
    "not_a_path": "a path is a text or a Path, and several are a list of them; this is of the type {kind}",
    "not_a_photo": "a photo is a path, the content of a file, or pixels UInt8 (h, w, 3); this is a {kind}",
    "analyzer_closed": "the face analyzer is closed; make another one",
    "cannot_be_told_apart": (
        "{name} looks too much like the others who were named: of {faces} of their faces, {yes} would get a "
        "yes and {unsure} no answer; give more photos of both, or leave the others out"
    ),
    "consent_missing": "nobody is known to have agreed that {name} is learnt; say first who has",
    "corrections_contradict": "one face is given two different answers, in {first} and in {second}; give one",
    "face_cannot_teach": "no face here can teach: it is not there, or cannot be relied on",
    "face_did_not_teach": "no face here taught {name}",
    "fewer_changes_to_undo": Plural(
        "there is {count} change of people to take back",
        "there are {count} changes of people to take back",
        "count",
    ),
    "folder_is_the_packages": "this folder is Semblante's own",
    "group_has_name": "this group is known as {name} already",
    "index_missing": "no index is here",
    "looks_like_others": "the face looks like {name}, and as much or more like: {others}",
    "model_folder_gone": "{name} was learnt on the network in {folder}, which is no longer there",
    "model_folder_unknown": "The file of {name} does not say where its base is",
    "name_of_somebody_else": (
        "{name} is known, and seems to be somebody else: of these {count} faces, {alike} may be {name}'s"
    ),
    "name_taken": "{name} is the name of somebody who is known already",
    "name_unchanged": "{name} has this name already",
    "negative_threads": "the number of threads is {threads}; it must be 0, for all cores, or more",
    "no_background": "this network has no background faces",
    "no_background_for_groups": "this network has no background faces",
    "no_change_to_undo": "there is no change of people to take back",
    "no_folder_named": "no folder named {name} (found: {found})",
    "no_images_in_split": "no images in the split {split}; choose another one",
    "no_photos": "{places}: there are no photos here",
    "no_photos_but_files": Plural(
        "{places}: there are no photos here; {count} file has another ending than .jpg, .png, .heic and the "
        "like",
        "{places}: there are no photos here; {count} files have other endings than .jpg, .png, .heic and the "
        "like",
        "count",
    ),
    "no_photos_but_left_out": Plural(
        "{places}: there are no photos here but in {count} file or folder that is left out",
        "{places}: there are no photos here but in {count} files and folders that are left out",
        "count",
    ),
    "no_photos_but_unread": (
        "{places}: there are no photos here, only RAW files ({raw}) and videos ({videos}), which are not read"
    ),
    "no_such_person": "nobody has this number here",
    "no_such_provider": "ONNX Runtime has no {names} here, only {available}",
    "not_a_detector": "a detector must be callable; this is of the type {kind}",
    "not_detections": "a detector gives a list of Detection(box, score); this one gave the type {kind}",
    "not_rgb_pixels": (
        "pixels must be an array of uint8 of the shape (height, width, 3); this one is {dtype} of the shape "
        "({shape})"
    ),
    "nothing_to_find": "Say whom to find, or what a face is to have",
    "person_of_other_network": (
        "{name} was learnt on another network: choose another name, or learn {name} again"
    ),
    "photo_not_in_index": "this photo is not in the index, and did not teach {name}",
    "similarity_between_thresholds": (
        "the faces are more alike than those of most different people, but not surely one person's"
    ),
    "verification_not_measured": "how alike different people's faces are was not measured for this model",
    "wrong_crops": (
        "crops must be an array of uint8 of the shape (n, {side_px}, {side_px}, 3); this one is {dtype} of "
        "the shape ({shape})"
    ),
}
