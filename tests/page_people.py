"""Drawn people and photos that a service knows when the page is tested."""

from datetime import date
from pathlib import Path

from semblante.api import Engine
from semblante.generate import write_person
from semblante.pipeline import PersonDetails
from semblante.types import Consent, Consenter

SEED = 3
LEARNT: dict[str, tuple[int, Consenter]] = {"Ana López": (11, "self"), "Γιώργος Παπαδόπουλος": (5, "told")}
"""Who is learnt: a drawn person's number, and who agreed."""


def fill(engine: Engine, folder: Path) -> None:
    """Teach two people, begin with a third, and scan a folder that shows them and strangers."""
    for name, (number, who) in LEARNT.items():
        photos = write_person(folder / name, "photo", seed=SEED, person=number, count=9)
        details = PersonDetails(name, Consent(who, date(2026, 10, 3), ""), None)
        person = engine.library.add_person(details)
        contents = [each.read_bytes() for each in photos[:7]]
        engine.library.give_images(person.id, contents, "positive", engine.analyzer)
        engine.library.learn_given(person.id, engine.analyzer)
    consent = Consent("parent", date(2026, 11, 1), "Her mother, by telephone")
    child = engine.library.add_person(PersonDetails("Noa Lindqvist", consent, date(2016, 3, 9)))
    photos = write_person(folder / "Noa", "photo", seed=SEED, person=4, count=3)
    engine.library.give_images(child.id, [each.read_bytes() for each in photos], "positive", engine.analyzer)
    for stranger in (7, 8):
        write_person(folder / f"stranger {stranger}", "photo", seed=SEED, person=stranger, count=4)
    engine.library.add_folder(str(folder))
    engine.library.scan_folders((), engine.analyzer)
