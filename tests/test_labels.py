"""Attributes are found under the names that people give them."""

import pytest
from sentences import raises

from semblante.errors import InvalidOption
from semblante.i18n import describe, speaking
from semblante.labels import AROUND_THE_FACE, ATTRIBUTES, IN_THE_FACE, SPANISH, attribute_named, spoken


def test_an_attribute_speaks_of_one_part_of_a_picture_at_most() -> None:
    assert not IN_THE_FACE & AROUND_THE_FACE
    assert set(ATTRIBUTES) >= IN_THE_FACE | AROUND_THE_FACE


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_each_attribute_is_found_as_celeba_writes_it_and_as_it_is_said(attribute: str) -> None:
    said = [
        attribute,
        attribute.lower(),
        spoken(attribute, "en"),
        SPANISH[attribute],
        SPANISH[attribute].upper(),
    ]
    assert {attribute_named(name) for name in said} == {attribute}


@pytest.mark.parametrize(
    ("name", "attribute", "reason"),
    [
        ("  wearing-HAT ", "Wearing_Hat", "other signs between the words"),
        ("5 o'clock shadow", "5_o_Clock_Shadow", "an apostrophe"),
        ("Pelo castano", "Brown_Hair", "without its tilde"),
        ("po\u0301mulos altos", "High_Cheekbones", "an accent of its own"),
        ("atractivo", "Attractive", "without the remark"),
    ],
)
def test_other_ways_to_write_it(name: str, attribute: str, reason: str) -> None:
    assert attribute_named(name) == attribute, reason


def test_a_name_that_is_none_gets_what_is_near() -> None:
    with raises(InvalidOption, match=r"no attribute smilling; did you mean Smiling\?$"):
        attribute_named("smilling")
    with raises(InvalidOption, match="Wearing_Hat"):
        attribute_named("hat wearing")
    with (
        speaking("es"),
        raises(InvalidOption, match=r"no existe el atributo sonrisas; ¿quería decir sonrisa\?$"),
    ):
        attribute_named("sonrisas")


@pytest.mark.parametrize("name", ["", "_", "%s", "{0}", "1234567"])
def test_a_name_with_nothing_near_gets_them_all(name: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        attribute_named(name)
    assert all(attribute in describe(caught.value) for attribute in ATTRIBUTES)
