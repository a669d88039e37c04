"""Names of the user's inside sentences: nothing in them may act on a terminal or break a line."""

import unicodedata


def without_controls(sentence: str) -> str:
    """The sentence with control characters replaced: a file's name may hold some that command a terminal."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(sign) in ("Cc", "Cs") and sign != "\n" else sign
        for sign in sentence
    )


def as_line(name: object) -> str:
    """A name of the user's, such as a path, as one line: whatever cannot be printed is replaced."""
    return "".join(
        sign if sign.isprintable() or sign == "\N{NO-BREAK SPACE}" else "\N{REPLACEMENT CHARACTER}"
        for sign in str(name)
    )
