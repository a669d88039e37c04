"""Made-up photos of three people and a stranger, alone, together and poor, for tests of what a user does."""

from typing import Final

from fake_photos import Shown, made_up_photo

PEOPLE: Final = {"Ana": 1, "Bo": 2, "Eva": 3}
STRANGER: Final = 9


def content_of_photos() -> dict[str, bytes]:
    """By their names: six photos of each person, three of a stranger, five of several, one poor one."""
    found = {}
    for name, who in PEOPLE.items():
        for number in range(6):
            found[f"{name}-{number}.jpg"] = made_up_photo(Shown(who), salt=100 * who + number)
    for number in range(3):
        found[f"party/stranger-{number}.jpg"] = made_up_photo(Shown(STRANGER), salt=number)
        together = Shown(1), Shown(2), Shown(STRANGER)
        found[f"party/together-{number}.jpg"] = made_up_photo(*together, salt=20 + number)
    found["twice.jpg"] = made_up_photo(Shown(1), Shown(1, noise=0.5), salt=30)
    found["poor.jpg"] = made_up_photo(Shown(1, ("blurred",)), salt=31)
    return found


PHOTOS: Final = content_of_photos()
