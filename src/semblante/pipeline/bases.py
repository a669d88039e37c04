"""Which trained network to work on, where a user names none."""

from pathlib import Path

from semblante.bundle import Bundle, has_shipped, open_bundle, open_shipped
from semblante.errors import BadSetting
from semblante.person import Person
from semblante.text import say


def open_base(folder: Path | None = None, person: Person | None = None) -> Bundle:
    """The bundle in `folder`; without one the base of `person`; without either the shipped one.

    A person learnt on the shipped network needs no folder, wherever the package lay then. Raises
    `NotABundle`, or `BadSetting` where the person's base cannot be found.
    """
    if folder is not None:
        return open_bundle(folder)
    if person is None:
        return open_shipped()
    if has_shipped():
        shipped = open_shipped()
        if shipped.network_sha256 == person.base_sha256:
            return shipped
    return open_bundle(_folder_of(person))


def _folder_of(person: Person) -> Path:
    folder = person.base_folder
    if folder is None:
        raise BadSetting(
            say("The file of {name} does not say where its base is; name it with --base", name=person.name)
        )
    if not folder.is_dir():
        raise BadSetting(
            say(
                "{name} was learnt on the network in {path}, which is no longer there; "
                "say where it is now with --base",
                name=person.name,
                path=folder,
            )
        )
    return folder
