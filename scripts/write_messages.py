"""Brings the catalogue given up to date with the sentences in the code; see `scripts/messages`."""

import ast
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import polib

import semblante
from semblante.api.page_messages import page_messages
from semblante.cli.advice import ADVICE
from semblante.files import atomic_write
from semblante.i18n.sentences import all_sentences
from semblante.train.adoption import ADOPTED_TERMS
from semblante.train.finalize import CELEBA_TERMS, DRAWN_TERMS

FORMS = {"tr": 1, "ntr": 2}
"""The functions that say a sentence, and how many forms of it they take."""
IN_TEMPLATE = re.compile(r'\btr\("([^"]+)"')
"""A sentence that a template of the report says."""
Message = tuple[str, str]
"""A sentence and its plural form, which is empty where no count decides."""


def main(catalogue: Path) -> None:
    """Add what is missing, remove what is not used, sort; name the sentences that have no translation."""
    file = polib.pofile(catalogue.read_text(encoding="utf-8"), wrapwidth=110)
    used = set(messages())
    entries = {(entry.msgid, entry.msgid_plural): entry for entry in file}
    for singular, plural in used - entries.keys():
        forms = {0: "", 1: ""} if plural else {}
        entries[singular, plural] = polib.POEntry(msgid=singular, msgid_plural=plural, msgstr_plural=forms)
    file[:] = [entries[message] for message in sorted(used)]
    atomic_write(catalogue, f"{file}\n")
    for entry in file:
        if not all([*entry.msgstr_plural.values()] or [entry.msgstr]):
            print(f"to be translated: {entry.msgid}")


def messages() -> Iterable[Message]:
    """Every sentence that can be said: by `tr` and `ntr`, templates, the page, codes, advice and licences."""
    for path in sorted(Path(semblante.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORMS:
                forms = node.args[: FORMS[node.func.id]]
                if all(isinstance(form, ast.Constant) for form in forms):
                    singular, *plural = (ast.literal_eval(form) for form in forms)
                    yield singular, "".join(plural)
    for path in sorted((Path(semblante.__file__).parent / "report" / "templates").glob("*.html")):
        for singular in IN_TEMPLATE.findall(path.read_text(encoding="utf-8")):
            yield singular, ""
    yield from page_messages()
    for sentence in (*all_sentences().values(), *ADVICE.values(), ADOPTED_TERMS, CELEBA_TERMS, DRAWN_TERMS):
        yield (sentence, "") if isinstance(sentence, str) else (sentence.singular, sentence.plural)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
