"""Help texts in the user's language: the words that the framework adds are put into Spanish too."""

from typing import Any

from typer.core import TyperCommand, TyperGroup

from semblante.i18n import tr


def translated(help_text: str) -> str:
    """The help text with the framework's own words said in the current language."""
    own_words = {
        "Usage:": tr("Usage:"),
        "[OPTIONS] COMMAND [ARGS]...": tr("[OPTIONS] COMMAND [ARGS]..."),
        "[OPTIONS]": tr("[OPTIONS]"),
        "Arguments:": tr("Arguments:"),
        "Options:": tr("Options:"),
        "Commands:": tr("Commands:"),
        "Show this message and exit.": tr("Show this message and exit."),
        "[required]": tr("[required]"),
        "[default: ": tr("[default: "),
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
