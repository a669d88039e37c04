"""The commands gathered under `semblante`, each a file beside this. Imported once the language is known."""

import re
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer
from typer.main import get_command

from semblante.cli.help import Command, Group
from semblante.errors import InvalidOption
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
    """Run the command that `arguments` name; a command line that is not understood raises `BadSetting`.

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
        raise InvalidOption(
            tr("{problem} For help: {command} --help", problem=problem, command=command)
        ) from error
    return 0


def _problem(said: str) -> str:
    """What typer says of a command line, which it does in English, in the current language."""
    named = re.search(r"'([^']+)'|: (\S+)|\(([^()]+)\)$", said)
    what = next(filter(None, named.groups())) if named else ""
    if said.startswith("Missing argument"):
        return tr("Missing argument '{what}'.", what=what)
    if said.startswith("No such option"):
        return tr("No such option: '{what}'.", what=what)
    if said.startswith("No such command"):
        return tr("No such command: '{what}'.", what=what)
    if said.startswith("Got unexpected extra"):
        return tr("More arguments than are taken: '{what}'.", what=what)
    if said.endswith("requires an argument."):
        return tr("Option '{what}' needs a value.", what=what)
    if least := re.search(r"greater than or equal to (\d+)", said):
        return tr("'{what}' takes a number of at least {least}.", what=what, least=least[1])
    if "valid integer" in said:
        return tr("'{what}' takes a whole number.", what=what)
    if "valid number" in said:
        return tr("'{what}' takes a number.", what=what)
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
