"""The commands gathered under `semblante`, each a file beside this. Imported once the language is known."""

import re
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup
from typer.main import get_command

from semblante.cli.advice import closest
from semblante.errors import InvalidOption, Reason
from semblante.i18n import tr
from semblante.i18n.language import localised

PANELS = (
    ("faces", "attributes", "explain"),
    ("learn", "recognise"),
    ("scan", "find", "people", "review", "rename", "details", "ignore", "sort", "undo", "forget"),
    ("holdings", "encrypt", "decrypt"),
    ("app", "serve"),
    ("prepare", "inspect", "train", "adopt", "evaluate", "card"),
    ("demo", "generate"),
)
"""The commands by task, as the help of all shows them; `Group` gives each task its heading."""
COMMANDS = tuple(command for panel in PANELS for command in panel)

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
_MISSPELT = {"unknown_command": "misspelt_command", "unknown_option": "misspelt_option"}
"""The code of a problem -> that of the same where something like it is known."""


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
    # A command starts sooner without the others.
    named = [argument for argument in arguments[:1] if argument in COMMANDS]
    program = get_command(build(named or COMMANDS))
    try:
        # Not by `program.main`, which would answer Ctrl-C and closed pipes in its own way.
        with program.make_context("semblante", list(arguments) or ["--help"]) as context:
            program.invoke(context)
    except typer.Exit as done:
        return done.exit_code
    except typer.TyperException as error:
        at = getattr(error, "ctx", None)
        problem = _problem(error.format_message(), at)
        command = at.command_path if at else " ".join(["semblante", *named])
        raise InvalidOption("bad_command_line", problem=problem, command=command) from error
    return 0


def _problem(said: str, context: Any) -> Reason | str:
    """What typer says of a command line, which it does in English only, as a code; unknown problems stay."""
    named = re.search(r"'([^']+)'|: (\S+)|\(([^()]+)\)$", said)
    what = next(filter(None, named.groups())) if named else ""
    if least := re.search(r"greater than or equal to (\d+)", said):
        return Reason("number_below_minimum", {"what": what, "least": least[1]})
    for sign, code in _PROBLEM_CODES.items():
        if sign in said:
            near = closest(what, _known(context)) if code in _MISSPELT else ()
            return (
                Reason(_MISSPELT[code], {"what": what, "near": near})
                if near
                else Reason(code, {"what": what})
            )
    return said


def _known(context: Any) -> list[str]:
    """The commands, or the options, that could have been meant."""
    options = [name for each in context.command.params for name in (*each.opts, *each.secondary_opts)]
    return [*COMMANDS, *options] if context.parent is None else options


def _root(
    version: Annotated[bool, typer.Option("--version", help=tr("Show the version and stop."))] = False,
    lang: Annotated[  # noqa: ARG001 (taken out of the arguments before; here for the help)
        str | None, typer.Option(help=tr("Language: en or es. By default the locale's."), metavar="en|es")
    ] = None,
) -> None:
    if version:
        from importlib.metadata import version as installed

        print(installed("semblante"))


class Command(TyperCommand):
    """A command whose help is in the user's language, and whose texts are UTF-8 whatever the locale."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command. Paths stay as they are: they name files by their bytes."""
        from semblante.cli.console import whole_text

        for parameter, given in ctx.params.items():
            if isinstance(given, str):
                ctx.params[parameter] = whole_text(given)
        return super().invoke(ctx)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """What is typed behind the command: a name, in brackets where it may be left out; … says several."""
        pieces = super().collect_usage_pieces(ctx)
        return [piece.removesuffix("...").strip("{}") for piece in pieces]

    def get_help(self, ctx: Any) -> str:
        """The help text of this command."""
        return _translated(super().get_help(ctx))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """The arguments, then the options."""
        _format_parameters(self, ctx, formatter)


class Group(TyperGroup):
    """The root of the commands: its help names them by task, in the user's language."""

    def get_help(self, ctx: Any) -> str:
        """The help text of all commands."""
        return _translated(super().get_help(ctx))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """The options, then the commands."""
        _format_parameters(self, ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 (typer's signature)
        """Each task with its commands."""
        headings = (
            tr("Faces in photos"),
            tr("One person"),
            tr("A collection of photos"),
            tr("What is kept"),
            tr("In the browser, and for programs"),
            tr("A network of your own"),
            tr("To try it"),
        )
        for heading, panel in zip(headings, PANELS, strict=True):
            with formatter.section(heading):
                formatter.write_dl([(name, self.commands[name].get_short_help_str()) for name in panel])


def _format_parameters(command: TyperCommand | TyperGroup, ctx: Any, formatter: Any) -> None:
    """Arguments and options by what they are to a user: typer would name their Python types."""
    words = {"path": tr("PATH"), "str": tr("TEXT"), "int": tr("NUMBER"), "int range": tr("NUMBER")}
    records: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
    for parameter in command.get_params(ctx):
        if record := parameter.get_help_record(ctx):
            name, text = record
            if isinstance(parameter, TyperArgument):
                name = parameter.display_name_raw
            named = re.sub(r"<([^<>]+)>$", lambda found: words.get(found[1], found[0]), name)
            # A number in English digits, but for a whole one.
            shown = re.sub(r"(?<=\[default: )\d+\.\d+(?![\d.])", lambda found: localised(found[0]), text)
            records[parameter.param_type_name].append((named, shown))
    for heading, kind in (("Arguments", "argument"), ("Options", "option")):
        if records[kind]:
            with formatter.section(heading):
                formatter.write_dl(records[kind])


def _translated(help_text: str) -> str:
    """The help text with the framework's own words said in the current language."""
    own_words = {
        "Usage:": tr("Usage:"),
        "[OPTIONS] COMMAND [ARGS]...": tr("[OPTIONS] COMMAND [ARGS]..."),
        "[OPTIONS]": tr("[OPTIONS]"),
        "Arguments:": tr("Arguments:"),
        "Options:": tr("Options:"),
        "Show this message and exit.": tr("Show this message and exit."),
        "[required]": tr("[required]"),
        "[default: ": tr("[default: "),
    }
    for english, said in own_words.items():
        help_text = help_text.replace(english, said)
    return help_text
