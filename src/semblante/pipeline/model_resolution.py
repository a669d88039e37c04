"""Which trained network to use where a user names none."""

from pathlib import Path

from semblante.errors import InvalidOption
from semblante.model.bundle import Bundle, has_pretrained, load_pretrained, open_bundle
from semblante.person import Person


def open_base(folder: Path | str | None = None, person: Person | None = None) -> Bundle:
    """The bundle in `folder`, else the model that `person` was learnt on, else the pretrained one.

    A person learnt on the pretrained model needs no folder, wherever the package was then. Raises
    `NotABundle`, or `InvalidOption` where the person's model cannot be found.
    """
    if folder is not None:
        return open_bundle(folder)
    if person is None:
        return load_pretrained()
    if has_pretrained():
        pretrained = load_pretrained()
        if pretrained.network_sha256 == person.base_sha256:
            return pretrained
    return open_bundle(_folder_of(person))


def _folder_of(person: Person) -> Path:
    folder = person.base_folder
    if folder is None:
        raise InvalidOption("model_folder_unknown", name=person.name)
    if not folder.is_dir():
        raise InvalidOption("model_folder_gone", name=person.name, folder=folder)
    return folder
