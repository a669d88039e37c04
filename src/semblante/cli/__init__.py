"""The command line: one file a command. Each decodes its input, calls `pipeline` or `train`, and renders.

`main` finds the language first, since the help texts are said while the commands are imported; the commands
import what they need when they run, so that `semblante --help` answers at once.
"""

import errno
import io
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from itertools import zip_longest

from semblante.cli.advice import describe_with_advice
from semblante.errors import InvalidOption, Reason, SemblanteError, UserError
from semblante.i18n import (
    LANGUAGES,
    Language,
    describe,
    language_of_locale,
    use_language,
    without_controls,
)

EXIT_FAILURE = 1
EXIT_USER_MISTAKE = 2
EXIT_INTERRUPTED = 130


def main() -> None:
    """What the command `semblante` runs."""
    # On a busy machine PyTorch's waiting threads would keep others from working; it reads this on import.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # NumPy's products here are too small for threads: two of them took up to ten times as long as one.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A file's name may be no valid text; in JSON, what is written for such a sign is its escape.
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; an error becomes a sentence, never a traceback."""
    use_language(language_of_environment(os.environ))
    try:
        language, rest = take_language(arguments)
        use_language(language or language_of_environment(os.environ))
        from semblante.cli.commands import invoke

        code = invoke(rest)
        sys.stdout.flush()  # Here, where a reader that has gone away can still be noticed.
        return code
    except SemblanteError as error:
        code = EXIT_USER_MISTAKE if isinstance(error, UserError) else EXIT_FAILURE
        return _complain(describe_with_advice(error, options=_library_of(arguments)), code, error)
    except KeyboardInterrupt as stopped:
        return _complain(describe(Reason("stopped")), EXIT_INTERRUPTED, stopped)
    except BrokenPipeError:
        # The reader of our output, such as `head`, has seen enough.
        _say_no_more()
        return 0
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _say_no_more()
        return _complain(describe(Reason("output_disk_full")), EXIT_USER_MISTAKE)


def _say_no_more() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def take_language(arguments: Sequence[str]) -> tuple[Language | None, list[str]]:
    """The value of `--lang`, wherever it stands before a lone `--`, and the other arguments."""
    rest, chosen = list(arguments), None
    end = rest.index("--") if "--" in rest else len(rest)
    for position, argument in enumerate(rest[:end]):
        if argument == "--lang" or argument.startswith("--lang="):
            width = 1 if "=" in argument else 2
            value = argument.partition("=")[2] if width == 1 else "".join(rest[position + 1 : position + 2])
            chosen = next((language for language in LANGUAGES if language == value), None)
            if chosen is None:
                raise InvalidOption("unknown_language", value=value)
            return chosen, rest[:position] + rest[position + width :]
    return None, rest


def _library_of(arguments: Sequence[str]) -> str:
    """`--library` with its value as the shell takes it, for advice on a further command; empty without it."""
    for argument, following in zip_longest(arguments, arguments[1:], fillvalue=""):
        name, equals, value = argument.partition("=")
        if name == "--library" and (folder := value if equals else following):
            return f" --library {shlex.quote(folder)}"
    return ""


def language_of_environment(environment: Mapping[str, str]) -> Language:
    """The user's language by the locale variables, in the order that POSIX gives them."""
    names = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return language_of_locale(next((name for name in names if name), None))


def _complain(sentence: str, code: int, error: BaseException | None = None) -> int:
    """Say what is wrong, then what was noticed on the way, such as advice on photos."""
    for text in (sentence, *getattr(error, "__notes__", ())):
        print(without_controls(text), file=sys.stderr)
    return code
