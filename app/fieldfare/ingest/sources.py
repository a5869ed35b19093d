"""A folder or file with manuals, with or without a pack.toml -> what the pack is called and its documents."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fieldfare.domain import Document, Machine
from fieldfare.errors import FieldfareError, SourceError, UsageError
from fieldfare.ingest.extract import pages
from fieldfare.pack import manifest
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Progress = Callable[[str, int, int], None]

SUFFIXES = {
    ".md": "web",
    ".mdx": "web",
    ".markdown": "web",
    ".html": "web",
    ".htm": "web",
    ".xhtml": "web",
    ".pdf": "pdf",
}
MAX_FILE = 1 << 30
_SKIPPED_FOLDERS = frozenset("node_modules __pycache__ dist venv".split())
_PLAIN_NAMES = frozenset("html docs doc manual manuals src content pages site en de fr es it pt".split())
_LANGUAGES = frozenset("de en es fr it pt nl pl cs da fi sv no el tr hu ro".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSource:
    """One document to be: its files (all Markdown or HTML, or one PDF) below `root`, and what the author says of it.

    Pictures are read from anywhere below `base`, the folder of the pack, and from nowhere else.
    """

    base: Path
    root: Path
    files: tuple[Path, ...]
    form: str
    title: str
    language: str
    number: str = ""
    revision: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackSource:
    """Everything that a pack is built from. `digests` names every source file with its SHA-256.

    An empty title is taken from the only document.
    """

    id: str
    version: str
    title: str
    language: str
    licence: str
    machines: tuple[Machine, ...]
    patterns: tuple[re.Pattern[str], ...]
    documents: tuple[DocumentSource, ...]
    digests: tuple[tuple[str, str], ...]


def read_source(source: Path, *, language: str = "") -> PackSource:
    """Read pack.toml, or take its values from the names of the files; SourceError says what is missing or wrong."""
    if not source.exists():
        raise UsageError(f"{source} does not exist. Name a folder of manuals, a pack.toml or a manual.")
    config_file = source if source.name == "pack.toml" else source / "pack.toml"
    root = config_file.parent if source.is_dir() or source.name == "pack.toml" else source.parent
    config = _read_config(config_file) if config_file.is_file() else {}
    pack = _table(config, "pack")
    default_language = language or _text(pack, "language") or "en"
    name = source.stem if source.is_file() and source.name != "pack.toml" else root.resolve().name
    documents = (
        [one for entry in _tables(config, "documents") for one in _configured(root, entry, default_language)]
        if config.get("documents")
        else list(_discovered(source, default_language))
    )
    if not documents:
        kinds = ", ".join(sorted(SUFFIXES))
        raise SourceError(f"{source} holds no manual that can be read ({kinds}).")
    id_ = _text(pack, "id") or _slug(name)
    version = _text(pack, "version") or "1"
    if not manifest.ID.fullmatch(id_):
        raise SourceError(f"{config_file}: the id {id_!r} must be small letters, digits and hyphens, 2 to 64 of them.")
    if not manifest.VERSION.fullmatch(version):
        raise SourceError(f"{config_file}: the version {version!r} must be numbers with points, such as 1.0.2.")
    files = sorted({file for document in documents for file in document.files} | ({config_file} if config else set()))
    return PackSource(
        id=id_,
        version=version,
        title=_text(pack, "title") or ("" if len(documents) == 1 else squeeze(name)),
        language=default_language,
        licence=_text(pack, "licence"),
        machines=tuple(
            Machine(maker=_text(entry, "maker"), model=_text(entry, "model"), serials=_text(entry, "serials"))
            for entry in _tables(config, "machines")
        ),
        patterns=_patterns(config_file, _table(config, "identifiers")),
        documents=tuple(documents),
        digests=tuple((_relative(file, root), _digest(file)) for file in files),
    )


def read_documents(source: PackSource, progress: Progress) -> Iterator[Document]:
    """Extract every document in turn; one that cannot be read raises SourceError with its name."""
    for document in source.documents:
        name = document.files[0].name if document.form == "pdf" else document.root.name
        try:
            if document.form == "pdf":
                from fieldfare.ingest.extract import pdf

                extracted = pdf.extract(document.files[0], progress)
            else:
                extracted = pages.extract(document, progress)
        except FieldfareError:
            raise
        except (OSError, UnicodeError, RecursionError, ValueError, KeyError, IndexError) as error:
            raise SourceError(
                f"{name} cannot be read ({type(error).__name__}: {error}). Replace it or leave it out."
            ) from error
        yield replace(
            extracted,
            title=document.title or extracted.title or name,
            language=document.language,
            number=document.number,
            revision=document.revision,
            date=document.date,
        )


def _configured(root: Path, entry: dict[str, Any], language: str) -> Iterator[DocumentSource]:
    path = root / _text(entry, "path")
    if not _text(entry, "path") or not path.exists() or not path.resolve().is_relative_to(root.resolve()):
        raise SourceError(f"pack.toml names the document {entry.get('path')!r}, which is not below {root}.")
    for found in _discovered(path, _text(entry, "language") or language):
        yield replace(
            found,
            base=root,
            title=_text(entry, "title") or found.title,
            number=_text(entry, "number"),
            revision=_text(entry, "revision"),
            date=_text(entry, "date"),
        )


def _discovered(path: Path, language: str) -> Iterator[DocumentSource]:
    """The documents below a path: each PDF is one, all web pages of one language together are one."""
    if path.is_file():
        files = [path]
    else:
        files = sorted(
            file
            for file in path.rglob("*")
            if file.suffix.lower() in SUFFIXES
            and file.is_file()
            and not any(part.startswith(".") or part in _SKIPPED_FOLDERS for part in file.relative_to(path).parts)
        )
    root = path if path.is_dir() else path.parent
    web: dict[str, list[Path]] = {}
    for file in files:
        form = SUFFIXES.get(file.suffix.lower())
        if form is None:
            raise SourceError(f"{file.name} is not a format that can be read ({', '.join(sorted(SUFFIXES))}).")
        if form == "web":
            parts = file.relative_to(root).parts[:-1]
            web.setdefault(next((part for part in parts if part in _LANGUAGES), language), []).append(file)
        else:
            yield DocumentSource(
                base=root, root=root, files=(file,), form=form, title="", language=_pdf_language(file, language)
            )
    title = path.stem if path.is_file() else path.resolve().name
    if title.casefold() in _PLAIN_NAMES:
        title = ""  # the first page's own title says more
    for found, group in sorted(web.items()):
        label = title if len(web) == 1 or not title else f"{title} ({found})"
        yield DocumentSource(base=root, root=root, files=tuple(group), form="web", title=label, language=found)


def _pdf_language(file: Path, language: str) -> str:
    ending = re.search(r"[-_.]([a-z]{2})$", file.stem)
    return ending.group(1) if ending and ending.group(1) in _LANGUAGES else language


def _read_config(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{file} is not valid TOML ({error}). Correct that line.") from error
    except OSError as error:
        raise SourceError(f"{file} cannot be read ({error.strerror}).") from error


def _table(config: dict[str, Any], key: str) -> dict[str, Any]:
    value = config.get(key, {})
    if not isinstance(value, dict):
        raise SourceError(f"pack.toml: {key} must be a table, written as [{key}].")
    return value


def _tables(config: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = config.get(key, [])
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise SourceError(f"pack.toml: {key} must be a list of tables, each written as [[{key}]].")
    return value


def _text(table: dict[str, Any], key: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str | int | float) and not hasattr(value, "isoformat"):
        raise SourceError(f"pack.toml: {key} must be text.")
    return squeeze(str(value))


def _patterns(file: Path, table: dict[str, Any]) -> tuple[re.Pattern[str], ...]:
    patterns = table.get("patterns", [])
    if not isinstance(patterns, list) or not all(isinstance(pattern, str) for pattern in patterns):
        raise SourceError(f"{file}: identifiers.patterns must be a list of regular expressions.")
    try:
        return tuple(re.compile(pattern) for pattern in patterns)
    except re.error as error:
        raise SourceError(f"{file}: {error.pattern!r} is not a regular expression ({error}).") from error


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60]
    return slug if len(slug) >= 2 else f"pack-{slug or 'new'}"


def _relative(file: Path, root: Path) -> str:
    return file.resolve().relative_to(root.resolve()).as_posix()


def _digest(file: Path) -> str:
    try:
        if file.stat().st_size > MAX_FILE:
            raise SourceError(f"{file.name} is larger than 1 GiB. Split it.")
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(f"{file} cannot be read ({error.strerror}).") from error
