"""Help texts in the user's language: the words that the framework adds are put into Spanish too."""

from typing import Any

from typer.core import TyperCommand, TyperGroup

from semblante.text import say


def translated(help_text: str) -> str:
    """The help text with the framework's own words said in the current language."""
    own_words = {
        "Usage:": say("Usage:"),
        "[OPTIONS] COMMAND [ARGS]...": say("[OPTIONS] COMMAND [ARGS]..."),
        "[OPTIONS]": say("[OPTIONS]"),
        "Arguments:": say("Arguments:"),
        "Options:": say("Options:"),
        "Commands:": say("Commands:"),
        "Show this message and exit.": say("Show this message and exit."),
        "[required]": say("[required]"),
        "[default: ": say("[default: "),
    }
    for english, said in own_words.items():
        help_text = help_text.replace(english, said)
    return help_text


class Command(TyperCommand):
    """A command whose help is in the user's language."""

    def get_help(self, ctx: Any) -> str:
        """The help text of this command."""
        return translated(super().get_help(ctx))


class Group(TyperGroup):
    """The root of the commands, its help likewise."""

    def get_help(self, ctx: Any) -> str:
        """The help text of all commands."""
        return translated(super().get_help(ctx))
