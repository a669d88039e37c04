"""Which trained network to work on, where a user names none."""

from pathlib import Path

from semblante.errors import InvalidOption
from semblante.i18n import tr
from semblante.model.bundle import Bundle, has_pretrained, load_pretrained, open_bundle
from semblante.person import Person


def open_base(folder: Path | None = None, person: Person | None = None) -> Bundle:
    """The bundle in `folder`; without one the base of `person`; without either the shipped one.

    A person learnt on the shipped network needs no folder, wherever the package lay then. Raises
    `NotABundle`, or `BadSetting` where the person's base cannot be found.
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
        raise InvalidOption(
            tr("The file of {name} does not say where its base is; name it with --base", name=person.name)
        )
    if not folder.is_dir():
        raise InvalidOption(
            tr(
                "{name} was learnt on the network in {path}, which is no longer there; "
                "say where it is now with --base",
                name=person.name,
                path=folder,
            )
        )
    return folder
