"""Keeps the message catalogues: finds the texts in the code, brings app/fieldfare/locale up to date and compiles it.

    .venv/bin/python scripts/catalogue.py update    after texts changed: new ones stand in the .po files, to be translated
    .venv/bin/python scripts/catalogue.py compile   after texts were translated
    .venv/bin/python scripts/catalogue.py check     says what is missing; exit code 1 where something is

The .mo files are kept in the repository, because a device compiles nothing; tests/test_catalogue.py says when they are stale.
"""

from __future__ import annotations

import ast
import io
import re
import string
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

if TYPE_CHECKING:
    from collections.abc import Iterator

APP = Path(__file__).resolve().parent.parent / "app" / "fieldfare"
LOCALE = APP / "locale"
NOTE = "# The texts of the screen. scripts/catalogue.py adds new ones; translations are written by hand.\n"
UNWANTED = re.compile(
    rb'^"(?:POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team|Report-Msgid-Bugs-To): .*\n',
    re.M,
)


def extracted() -> Catalog:
    """Every text that the code marks for the catalogue."""
    found = Catalog(project="Fieldfare", fuzzy=False)
    for path in sorted(APP.rglob("*.py")):
        source = path.read_bytes()
        if b"fieldfare.catalogue" not in source:
            continue
        place = path.relative_to(APP.parent.parent).as_posix()
        for text, context in _marked(ast.parse(source)):
            found.add(text, locations=[(place, 0)], context=context)
    return found


def _marked(tree: ast.AST) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    """The texts of a module in reading order, those inside f-strings too, each with its context."""
    calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)]
    for call in sorted(calls, key=lambda one: (one.lineno, one.col_offset)):
        given = [
            one.value if isinstance(one, ast.Constant) and isinstance(one.value, str) else None for one in call.args
        ]
        match call.func.id, given:
            case (("_" | "N_"), [str(text)]):
                yield text, None
            case "ngettext", [str(one), str(many), _]:
                yield (one, many), None
            case "pgettext", [str(context), str(text)]:
                yield text, context


def po_file(language: str) -> Path:
    """Where the translations into a language stand."""
    return LOCALE / language / "LC_MESSAGES" / "fieldfare.po"


def languages() -> tuple[str, ...]:
    """The languages that have a catalogue."""
    return tuple(sorted(one.name for one in LOCALE.iterdir() if (one / "LC_MESSAGES" / "fieldfare.po").is_file()))


def load(language: str) -> Catalog:
    """A catalogue as its .po file says it."""
    with po_file(language).open("rb") as file:
        catalogue = read_po(file, locale=language, abort_invalid=True)
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # a catalogue tells no time
    catalogue.last_translator = catalogue.msgid_bugs_address = ""
    return catalogue


def compiled(catalogue: Catalog) -> bytes:
    """What its .mo file holds."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def written(catalogue: Catalog) -> bytes:
    """What its .po file holds: no dates and no line numbers, so that it changes only with the texts."""
    buffer = io.BytesIO()
    catalogue.header_comment, catalogue.version = NOTE.rstrip(), "1"
    write_po(buffer, catalogue, width=110, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    return UNWANTED.sub(b"", buffer.getvalue())


def flaws(found: Catalog, catalogue: Catalog) -> Iterator[str]:
    """What is wrong with a catalogue: texts that are missing, empty, fuzzy, of another form, or left over."""
    for message in found:
        if not message.id:
            continue
        said = catalogue.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
        name = f"{message.id!r}"
        if said is None:
            yield f"{name} is missing"
        elif said.fuzzy:
            yield f"{name} is marked fuzzy"
        else:
            yield from (f"{name}: {flaw}" for flaw in _flaws(message, said))
    known = {(message.id, message.context) for message in found}
    yield from (f"{one.id!r} is not in the code any more" for one in catalogue if (one.id, one.context) not in known)


def _flaws(message: Message, said: Message) -> Iterator[str]:
    sources = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    targets = (said.string,) if isinstance(said.string, str) else tuple(said.string)
    if not all(targets) or (len(sources) > 1) != (len(targets) > 1):
        yield "is not translated"
        return
    wanted = _fields(sources[-1])
    for source, target in ((sources[-1], one) for one in targets):
        if _fields(target) - wanted or wanted - _fields(target) - ({"count", "number"} if len(sources) > 1 else set()):
            yield f"the fields differ in {target!r}"
        for edge in (source[:1], source[-1:]):
            if edge.isspace() != (target[:1] if edge is source[:1] else target[-1:]).isspace():
                yield f"begins or ends with another space: {target!r}"
        if source.count("\n") != target.count("\n"):
            yield f"has other lines: {target!r}"


def _fields(text: str) -> set[str]:
    if percent := re.findall(r"%\(\w+\)\w|%s", text):
        return set(percent)
    return {
        f"{name}:{form}" if form else name for _, name, form, _ in string.Formatter().parse(text) if name is not None
    }


def update() -> None:
    """Bring every .po file up to date with the code: new texts come in empty, those that are gone go."""
    found = extracted()
    for language in languages():
        catalogue = load(language)
        catalogue.update(found, no_fuzzy_matching=True)
        po_file(language).write_bytes(written(catalogue))


def compile_all() -> None:
    """Write every .mo file."""
    for language in languages():
        po_file(language).with_suffix(".mo").write_bytes(compiled(load(language)))


def check() -> int:
    """Print what is missing; 1 where something is."""
    found = extracted()
    count = 0
    for language in languages():
        for flaw in flaws(found, load(language)):
            print(f"{language}: {flaw}")
            count += 1
        if po_file(language).with_suffix(".mo").read_bytes() != compiled(load(language)):
            print(f"{language}: the .mo file is stale: scripts/catalogue.py compile")
            count += 1
    print(f"{len(found)} texts in {len(languages())} languages, {count} to mend", file=sys.stderr)
    return int(count > 0)


def main() -> int:
    match sys.argv[1:]:
        case ["update"]:
            update()
            compile_all()
        case ["compile"]:
            compile_all()
        case ["check"]:
            return check()
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
