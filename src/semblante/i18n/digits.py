"""Digits as the current language groups and divides them."""

from semblante.i18n.language import current_language

_HARD_SPACE = "\N{NO-BREAK SPACE}"


def count(number: int) -> str:
    """A count with its thousands set apart: 59,893 or 59 893 (Spanish leaves four digits together)."""
    if current_language() == "en":
        return f"{number:,}"
    return str(number) if abs(number) < 10_000 else f"{number:,}".replace(",", _HARD_SPACE)


def localised(number: str) -> str:
    """A number that Python wrote, such as `1,234.5` or `91.2%`, as the current language writes it."""
    if current_language() == "en":
        return number
    text = number.replace(",", _HARD_SPACE).replace(".", ",")
    return f"{text[:-1]}{_HARD_SPACE}%" if text.endswith("%") else text
