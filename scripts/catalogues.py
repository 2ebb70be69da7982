"""Keeps the translations: collects every text of the pages, brings the catalogues up to date, compiles them.

    .venv/bin/python scripts/catalogues.py           bring each .po and .mo up to date
    .venv/bin/python scripts/catalogues.py --check   change nothing; fail and say what is not as it should be

After an update, fill in each empty `msgstr` and run it again. English is the language of the source
and has no catalogue; a new language begins with an empty `locale/xx/LC_MESSAGES/vestibule.po`.
Texts come from the templates, from what Python hands to one of `MARKS`, and from the `sentence` and
`remedy` of every named error.
"""

import argparse
import ast
import gettext
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "vestibule"
LOCALES = PACKAGE / "web" / "locale"
MARKS = dict.fromkeys(("message", "Sentence", "AddressRefused", "refuse", "leave_out", "remark"))
"""What a text is handed to, as the first argument, that a page may show."""
ERROR_TEXTS = {"sentence", "remedy"}
JINJA = {"extensions": "jinja2.ext.i18n", "trimmed": "true", "newstyle_gettext": "true", "silent": "false"}


def main() -> int:
    """0: all is well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    texts = collect()
    if not check:
        update(texts)
    problems = [
        problem for path in sorted(LOCALES.glob("*/LC_MESSAGES/*.po")) for problem in judge(path, texts)
    ]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def collect() -> Catalog:
    """Every text that a page can show, with the files it is in."""
    catalogue = Catalog(project="Vestibule", copyright_holder="the authors of Vestibule", fuzzy=False)
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix in {".py", ".html"}:
            for text in texts_of(path):
                catalogue.add(text, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    return catalogue


def texts_of(path: Path) -> Iterator[str | tuple[str, ...]]:
    """The texts of one file."""
    if path.suffix == ".html":
        with path.open("rb") as file:
            for _, text, _, _ in extract("jinja2.ext:babel_extract", file, options=JINJA):
                yield text
        return
    source = path.read_text(encoding="utf-8")
    with io.BytesIO(source.encode()) as file:
        for _, text, _, _ in extract("python", file, keywords=MARKS):
            yield text
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            yield from error_texts(node)


def error_texts(class_: ast.ClassDef) -> Iterator[str]:
    """`sentence` and `remedy` of a named error."""
    for statement in class_.body:
        targets = (
            statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        )
        names = {target.id for target in targets if isinstance(target, ast.Name)}
        value = getattr(statement, "value", None)
        if names & ERROR_TEXTS and isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def update(texts: Catalog) -> None:
    """Gives each catalogue the new texts, takes away those that nobody says any more, and compiles it."""
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/*.po")):
        catalogue = read(path)
        texts.creation_date = catalogue.creation_date  # no change without a reason
        # No fuzzy matching: a text that changed is translated anew, not guessed.
        catalogue.update(texts, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        path.write_bytes(written(catalogue))
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)


def written(catalogue: Catalog) -> bytes:
    """The catalogue as .po text that does not change with line numbers."""
    file = io.BytesIO()
    write_po(file, catalogue, width=100, sort_output=True, include_lineno=False)
    return file.getvalue()


def read(path: Path) -> Catalog:
    """A .po file; the locale is the name of its folder."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, domain="vestibule")


def judge(path: Path, texts: Catalog) -> Iterator[str]:
    """What is wrong with a catalogue and with what was compiled from it."""
    name = path.relative_to(ROOT).as_posix()
    catalogue = read(path)
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    wanted = {entry.id for entry in texts if entry.id}
    present = {entry.id for entry in catalogue if entry.id}
    yield from (f"{name}: lacks {text!r}" for text in sorted(wanted - present))
    yield from (f"{name}: nothing says {text!r} any more" for text in sorted(present - wanted))
    for entry in catalogue:
        if not isinstance(entry.id, str) or not entry.id:
            continue
        if not entry.string or entry.fuzzy:
            yield f"{name}: not translated: {entry.id!r}"
        elif compiled.gettext(entry.id) != entry.string:
            yield f"{name}: compiled differently: {entry.id!r}"
        yield from (f"{name}: {entry.id!r}: {error}" for error in entry.check())


if __name__ == "__main__":
    sys.exit(main())
