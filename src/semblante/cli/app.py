"""The commands gathered under `semblante`, each a file beside this. Imported once the language is known."""

import re
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from semblante.errors import InvalidOption, Reason
from semblante.i18n import tr

COMMANDS = (
    "prepare",
    "inspect",
    "train",
    "evaluate",
    "faces",
    "attributes",
    "learn",
    "recognise",
    "review",
    "scan",
    "find",
    "people",
    "forget",
    "explain",
    "card",
    "generate",
    "demo",
    "sort",
    "undo",
)

_PROBLEM_CODES = {
    "Missing argument": "missing_argument",
    "No such option": "unknown_option",
    "No such command": "unknown_command",
    "Got unexpected extra": "surplus_argument",
    "requires an argument.": "option_without_value",
    "valid integer": "whole_number_expected",
    "valid number": "number_expected",
}
"""Part of what typer says of a command line -> the code of the problem."""


def build(commands: Sequence[str]) -> typer.Typer:
    """The application with these of its commands, its help in the current language."""
    app = typer.Typer(
        cls=Group,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    about = tr("Learns to read faces, then learns one. Everything stays on this machine.")
    # Without a command it goes on to `_root`, which shows the version; see `invoke` for the help.
    app.callback(help=about, invoke_without_command=True)(_root)
    for name in commands:
        module = import_module(f"semblante.cli.{name}")
        app.command(name, cls=Command, help=module.HELP, short_help=module.HELP)(module.command)
    return app


def invoke(arguments: Sequence[str]) -> int:
    """Run the command that `arguments` name; a command line that is not understood raises `InvalidOption`.

    No arguments at all ask for help.
    """
    # A command starts sooner without the other eighteen.
    named = [argument for argument in arguments[:1] if argument in COMMANDS]
    program = get_command(build(named or COMMANDS))
    try:
        # Not by `program.main`, which would answer Ctrl-C and closed pipes in its own way.
        with program.make_context("semblante", list(arguments) or ["--help"]) as context:
            program.invoke(context)
    except typer.Exit as done:
        return done.exit_code
    except typer.TyperException as error:
        problem = _problem(error.format_message())
        command = context_of.command_path if (context_of := getattr(error, "ctx", None)) else "semblante"
        raise InvalidOption("bad_command_line", problem=problem, command=command) from error
    return 0


def _problem(said: str) -> Reason | str:
    """What typer says of a command line, which it does in English only, as a code; unknown problems stay."""
    named = re.search(r"'([^']+)'|: (\S+)|\(([^()]+)\)$", said)
    what = next(filter(None, named.groups())) if named else ""
    if least := re.search(r"greater than or equal to (\d+)", said):
        return Reason("number_below_minimum", {"what": what, "least": least[1]})
    for sign, code in _PROBLEM_CODES.items():
        if sign in said:
            return Reason(code, {"what": what})
    return said


def _root(
    version: Annotated[bool, typer.Option("--version", help=tr("Show the version and stop."))] = False,
    lang: Annotated[  # noqa: ARG001 (taken out of the arguments before; here for the help)
        str | None, typer.Option(help=tr("Language: en or es. By default the locale's."), metavar="en|es")
    ] = None,
) -> None:
    if version:
        from importlib.metadata import version as installed

        print(installed("semblante"))


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
