"""Writes pack.toml: a first one for a folder of manuals, and later the terms that the author accepted."""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldfare.domain import Section, TermKind
from fieldfare.errors import SourceError, StorageError
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fieldfare.domain import Term
    from fieldfare.ingest.documents import ReadDocument
    from fieldfare.ingest.sources import PackSource

_BEGINNING = 6000  # characters of a document in which its title page says what it is
_REVISION = re.compile(
    r"\b(?:rev(?:ision)?\.?|version|ausgabe|edition|issue|édition|révision|versión|revisión|versão|revisão|versione|revisione)"
    r"[ :.]{1,3}(?:nr\.? )?([A-Z]\b|\d+(?:\.[\dx]+){0,3}\b)",
    re.IGNORECASE,
)
_DATE = re.compile(r"\b((?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-(?:[0-2]\d|3[01]))?)\b")
_NUMBER = re.compile(
    r"\b(?:doc(?:ument)?|manual|part|order|publication|dokument|bestell)[ -]?(?:no|number|nr|nummer|id)\.?[ :]{1,3}([A-Z0-9][\w./-]{3,24})|"
    r"\b(?:document|publication|dokument|documento)\s+([A-Z]{1,4}(?:-[A-Z0-9]+){1,4})\b",
    re.IGNORECASE,
)
_MANUAL = re.compile(r"\b(?:manual|handbook|handbuch|manuel)\s+([A-Z]{1,4}(?:-[A-Z0-9]+){1,4})\b", re.IGNORECASE)
_MODEL = re.compile(r"\b[A-Z][A-Za-z]*-?\d{1,4}[A-Z]?\b")
QUESTIONS = """\
# Gold questions: what a technician asks, and what is right. One object a line; fieldfare pack check asks them.
# {"question": "How much oil does the gearbox hold?", "expect": "2.6 L", "page": 3}
# {"question": "How do I drain the oil?", "section": "4.2 Drain the oil", "hazard": "hot oil"}
# {"question": "What is the tyre pressure?", "unanswerable": true}
"""


def describe(source: PackSource, documents: Sequence[ReadDocument]) -> str:
    """A commented pack.toml for what lies in a folder, with everything that its first pages say."""
    language = max((one.language for one in documents), key=[one.language for one in documents].count)
    title = _title(documents[0]) if len(documents) == 1 else source.title
    lines = [
        "# What this pack is. fieldfare pack build reads it; lines with a # are notes or still to be filled in.",
        "",
        "[pack]",
        f"id = {_quoted(source.id)}  # small letters, digits, hyphens; never changes",
        'version = "1.0.0"  # a newer one replaces an older one on every device',
        f"title = {_quoted(title)}",
        f"language = {_quoted(language)}",
        '# licence = "…"  # what who receives the pack may do with it: an SPDX name, or a sentence',
        'questions = "questions.jsonl"  # or a .csv from a spreadsheet',
        "",
        *_machines(documents),
    ]
    paths = _paths(source)
    mark = "# " if _is_mixed(source, paths) else ""
    if mark:
        lines += [
            "",
            "# Pages and other manuals lie in one folder, which a path cannot tell apart: all of them are taken in as",
            "# they are found. Move the pages into a folder of their own, correct its path, and remove these marks.",
        ]
    for document, path in zip(documents, paths, strict=True):
        lines += ["", *(mark + line for line in _document(document, path, language))]
    lines += [
        "",
        "# [identifiers]",
        "# patterns = ['HG\\d{3}-\\d{4}']  # part numbers of your house, where the rules do not find them",
        "",
        "# [hazards]",
        '# scheme = "ANSI Z535"  # what the signal words mean: ANSI Z535, ISO 3864, MIL, or your house style',
        "",
        "# [terms]  # fieldfare pack terms proposes them",
        "",
        "# [check]  # what the questions must reach, and flaws that are accepted with a reason",
        "# hit_at_5 = 0.9",
        '# ignore = ["table-header: the terminal plans have none"]',
    ]
    return "\n".join(lines) + "\n"


def _parsed(file: Path) -> Any:
    """A pack.toml to change, with its comments; SourceError where it is no TOML."""
    import tomlkit
    from tomlkit.exceptions import ParseError

    try:
        return tomlkit.parse(file.read_text(encoding="utf-8"))
    except (ParseError, UnicodeDecodeError) as error:
        raise SourceError(f"{file} is not valid TOML ({error}). Correct that line.") from error
    except OSError as error:
        raise SourceError(f"{file} cannot be read ({error.strerror}). Make one: fieldfare pack new FOLDER") from error


def name_translations(file: Path, memory: str) -> bool:
    """Name a translation memory in a pack.toml and keep everything else in it; whether it was not named yet.

    Raises as `accept_terms`.
    """
    import tomlkit

    config = _parsed(file)
    listed = config.setdefault("translations", tomlkit.table()).setdefault("memory", tomlkit.array())
    if memory in listed:
        return False
    listed.append(memory)
    write_text(file, tomlkit.dumps(config))
    return True


def accept_terms(file: Path, terms: Iterable[Term]) -> int:
    """Add terms to [terms] of a pack.toml and keep everything else in it; how many were not there yet.

    Raises SourceError for a file that is no TOML, StorageError where it cannot be written.
    """
    import tomlkit

    config = _parsed(file)
    table = config.setdefault("terms", tomlkit.table())
    added = 0
    for term in terms:
        if term.kind is TermKind.PROTECTED:
            words = table.setdefault("protected", tomlkit.array().multiline(True))
            if term.text not in words:
                words.append(term.text)
                added += 1
            continue
        entries = table.setdefault("synonyms" if term.kind is TermKind.SYNONYM else "abbreviations", tomlkit.table())
        known = entries.get(term.text)
        meanings = [] if known is None else list(known) if isinstance(known, list) else [known]
        if term.means not in meanings:
            entries[term.text] = term.means if known is None else [*meanings, term.means]
            added += 1
    if added:
        write_text(file, tomlkit.dumps(config))
    return added


def write_text(file: Path, text: str) -> None:
    """Write a text file whole or not at all; StorageError where that is not possible."""
    try:
        handle, name = tempfile.mkstemp(prefix=".fieldfare-", dir=file.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(file)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            f"{file} cannot be written ({error.strerror}). Check the folder and the space left."
        ) from error


def _machines(documents: Sequence[ReadDocument]) -> list[str]:
    named = next((match.group() for one in documents for match in [_MODEL.search(_title(one))] if match), "")
    return [
        "# The machines that the manuals are about: who names one in a question is answered from its packs only.",
        "# [[machines]]",
        '# maker = "…"',
        f"# model = {_quoted(named or '…')}{'  # from the title' if named else ''}",
        '# serials = "…"  # where the manual holds for some of them only',
    ]


def _document(document: ReadDocument, path: str, language: str) -> list[str]:
    beginning = _beginning(document)
    lines = ["[[documents]]", f"path = {_quoted(path)}", f"title = {_quoted(_title(document))}"]
    if document.language != language:
        lines.append(f"language = {_quoted(document.language)}")
    for key, pattern, example in (
        ("number", _NUMBER, "HM-GS40-EN"),
        ("revision", _REVISION, "C"),
        ("date", _DATE, "2026-05-04"),
    ):
        match = pattern.search(beginning) or (_MANUAL.search(beginning) if pattern is _NUMBER else None)
        if match:
            found = next(group for group in match.groups() if group)
            lines.append(f"{key} = {_quoted(found)}  # read in “{squeeze(match.group())[:60]}”: is it right?")
        else:
            lines.append(f"# {key} = {_quoted(example)}")
    lines.append('# supersedes = "…"  # number, or number and revision, of the document that this one replaces')
    return lines


def _title(document: ReadDocument) -> str:
    """What a document calls itself: its title, or else its first heading."""
    if document.title != document.source.name:
        return squeeze(document.title)
    sections = (piece for piece in document.pieces() if isinstance(piece, Section) and piece.path)
    first = next(sections, None)
    return squeeze(first.path[0]) if first else document.title


def _beginning(document: ReadDocument) -> str:
    """The title and the first text of a document."""
    parts, size = [document.title], 0
    for piece in document.pieces():
        if isinstance(piece, Section):
            parts += [*piece.path, *(block.text for block in piece.blocks)]
            size += sum(len(block.text) for block in piece.blocks)
        if size > _BEGINNING:
            break
    return "\n".join(parts)[:_BEGINNING]


def _paths(source: PackSource) -> list[str]:
    """A path for each document, such that reading it finds that document and no other."""
    root = source.root.resolve()
    found = []
    for document in source.documents:
        files = [file.resolve() for file in document.files]
        if len(files) == 1:
            found.append(files[0].relative_to(root).as_posix())
            continue
        folder = Path(os.path.commonpath(files))
        found.append(folder.relative_to(root).as_posix())
    return found


def _is_mixed(source: PackSource, paths: Sequence[str]) -> bool:
    """Whether the folder of one document holds files of another."""
    root = source.root.resolve()
    return any(
        file.resolve().is_relative_to(root / path)
        for one, path in zip(source.documents, paths, strict=True)
        for other in source.documents
        for file in other.files
        if other is not one
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
