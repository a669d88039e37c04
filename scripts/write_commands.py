"""Writes every command's `--help` as one Markdown page to the path given; see `scripts/docs`."""

import contextlib
import io
import os
import sys
from pathlib import Path

HEAD = """\
# Commands

What `semblante COMMAND --help` says, as `scripts/docs` wrote it down. Every command speaks English and
Spanish: by the locale, or by `--lang es`. A user's mistake ends with code 2 and one sentence, any other
failure with 1, Ctrl-C with 130.
"""


def main(page: Path) -> None:
    """Write the page. The help is laid out for 80 columns, whatever the terminal is."""
    os.environ |= {"COLUMNS": "80", "LC_ALL": "C", "NO_COLOR": "1"}
    sections = [_section("semblante")]
    # Only now: the commands' texts are said in the language that was chosen when they are imported.
    from semblante.cli.commands import COMMANDS

    sections += [_section(f"semblante {command}") for command in COMMANDS]
    page.write_text("\n".join([HEAD, *sections]), encoding="utf-8")


def _section(command: str) -> str:
    from semblante.cli import run

    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        run([*command.split()[1:], "--help"])
    lines = [line.rstrip() for line in said.getvalue().strip().splitlines()]
    return "\n".join([f"## {command}", "", "```text", *lines, "```", ""])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
