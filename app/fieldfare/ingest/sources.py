"""A folder or file with manuals, with or without a pack.toml -> what the pack is called and its documents."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fieldfare.domain import Machine, Term, TermKind
from fieldfare.errors import SourceError, UsageError
from fieldfare.ingest.questions import read_questions
from fieldfare.pack import manifest
from fieldfare.text import clean, squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from fieldfare.domain import GoldQuestion

# The extractor of each kind of file, a module of `fieldfare.ingest.extract`.
SUFFIXES = {
    ".md": "pages",
    ".mdx": "pages",
    ".markdown": "pages",
    ".html": "pages",
    ".htm": "pages",
    ".xhtml": "pages",
    ".pdf": "pdf",
    ".docx": "docx",
    ".docm": "docx",
    ".epub": "epub",
    ".rst": "restructured",
    ".rest": "restructured",
    ".xml": "",  # its root element says which
    ".dita": "dita",
    ".ditamap": "dita",
    ".csv": "table_files",
    ".tsv": "table_files",
    ".tab": "table_files",
}
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".svg"})
# Forms whose files make one document together; in some of them the document names itself.
_TOGETHER = frozenset({"pages", "restructured", "s1000d", "dita", "picture_files"})
_NAMED = frozenset({"restructured", "s1000d", "dita"})
PAGED = frozenset({"pdf"})  # forms whose pages are read by themselves, many at once
PAGES_A_JOB = 25
MAX_FILE = 1 << 30
_SKIPPED_FOLDERS = frozenset("node_modules __pycache__ dist venv".split())
_PLAIN_NAMES = frozenset("html docs doc manual manuals src content pages site en de fr es it pt".split())
_LANGUAGES = frozenset("de en es fr it pt nl pl cs da fi sv no el tr hu ro".split())
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
# Every key that pack.toml may have: a misspelt one must not be passed over.
_KEYS: dict[str, frozenset[str] | None] = {
    "pack": frozenset("id version title language licence questions embedder embedder_prompts".split()),
    "machines": frozenset("maker model serials".split()),
    "documents": frozenset("path title number revision date language licence supersedes".split()),
    "identifiers": frozenset({"patterns"}),
    "hazards": frozenset({"scheme"}),
    "terms": frozenset("synonyms abbreviations protected".split()),
    "translations": frozenset("languages memory terms".split()),
    "check": None,  # read by those who check
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSource:
    """One document to be: its files below `root`, the extractor that reads them, and what the author says of it.

    Pictures are read from anywhere below `base`, the folder of the pack, and from nowhere else. An empty `language` is
    found out from the text. `supersedes` is the number, or number and revision, of the document that this one replaces.
    `pages` are files of the cache in which its pages were read already, PAGES_A_JOB in each.
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
    licence: str = ""
    supersedes: str = ""
    pages: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is called in messages: its only file, or its folder."""
        return self.files[0].name if len(self.files) == 1 else self.root.resolve().name


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignSource:
    """What the author gives in other languages: the `languages` that every warning must be approved in, and the files."""

    languages: tuple[str, ...] = ()
    memory: tuple[Path, ...] = ()
    terms: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackSource:
    """Everything that a pack is built from. `digests` names every source file with its SHA-256.

    An empty title is taken from the only document. `check` are the author's thresholds as JSON, `embedder` the folder of
    the embedding model that he chose (None: the embedded one) with what it wants before a query and a passage, `scheme` what gives his signal words their meaning,
    `foreign` his translations.
    """

    root: Path
    id: str
    version: str
    title: str
    language: str
    licence: str
    machines: tuple[Machine, ...]
    patterns: tuple[re.Pattern[str], ...]
    documents: tuple[DocumentSource, ...]
    digests: tuple[tuple[str, str], ...]
    scheme: str = ""
    terms: tuple[Term, ...] = ()
    questions: tuple[GoldQuestion, ...] = ()
    check: str = "{}"
    embedder: Path | None = None
    prompts: Mapping[str, str] | None = None
    foreign: ForeignSource = ForeignSource()


def read_source(source: Path, *, language: str = "", embedder: Path | None = None) -> PackSource:
    """Read pack.toml, or take its values from the names of the files; SourceError says what is missing or wrong.

    `language` and `embedder` rule over what pack.toml says.
    """
    if not source.exists():
        raise UsageError(f"{source} does not exist. Name a folder of manuals, a pack.toml or a manual.")
    config_file = source if source.name == "pack.toml" else source / "pack.toml"
    root = config_file.parent if source.is_dir() or source.name == "pack.toml" else source.parent
    config = _read_config(config_file) if config_file.is_file() else {}
    _require_known(config)
    pack = _table(config, "pack")
    default_language = language or _language(pack)
    name = source.stem if source.is_file() and source.name != "pack.toml" else root.resolve().name
    documents = (
        [one for entry in _tables(config, "documents") for one in _configured(root, entry, default_language)]
        if config.get("documents")
        else list(_discovered(source, default_language))
    )
    if embedder is None and _text(pack, "embedder"):
        embedder = root / _text(pack, "embedder")
    if embedder is not None:  # a model's README is no manual
        documents = [one for found in documents for one in _outside(found, embedder)]
    foreign = _foreign(root, _table(config, "translations"))
    for terms in foreign.terms:  # nor is a table of terms
        documents = [one for found in documents for one in _outside(found, terms)]
    if not documents:
        kinds = ", ".join(sorted(SUFFIXES))
        raise SourceError(f"{source} holds no manual that can be read ({kinds}).")
    id_ = _text(pack, "id") or _slug(name)
    version = _text(pack, "version") or "1"
    if not manifest.ID.fullmatch(id_):
        raise SourceError(f"{config_file}: the id {id_!r} must be small letters, digits and hyphens, 2 to 64 of them.")
    if not manifest.VERSION.fullmatch(version):
        raise SourceError(f"{config_file}: the version {version!r} must be numbers with points, such as 1.0.2.")
    questions = _below(root, _text(pack, "questions"), "questions") if _text(pack, "questions") else None
    files = {file for document in documents for file in document.files}
    files |= {file for file in (config_file if config else None, questions) if file is not None}
    files |= {*foreign.memory, *foreign.terms}
    return PackSource(
        root=root,
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
        digests=tuple((_relative(file, root), digest_of(file)) for file in sorted(files)),
        scheme=_text(_table(config, "hazards"), "scheme"),
        terms=_terms(_table(config, "terms")),
        questions=read_questions(questions) if questions else (),
        check=json.dumps(_table(config, "check"), sort_keys=True, ensure_ascii=False, default=str),
        embedder=embedder,
        prompts=_prompts(pack),
        foreign=foreign,
    )


def _configured(root: Path, entry: dict[str, Any], language: str) -> Iterator[DocumentSource]:
    path = _below(root, _text(entry, "path"), "a document")
    for found in _discovered(path, _language(entry) or language):
        yield replace(
            found,
            base=root,
            title=_text(entry, "title") or found.title,
            number=_text(entry, "number"),
            revision=_text(entry, "revision"),
            date=_text(entry, "date"),
            licence=_text(entry, "licence"),
            supersedes=_text(entry, "supersedes"),
        )


def _outside(document: DocumentSource, place: Path) -> Iterator[DocumentSource]:
    """The document without a file, or the files below a folder; nothing where all are."""
    files = tuple(file for file in document.files if not file.resolve().is_relative_to(place.resolve()))
    if files:
        yield replace(document, files=files)


def _prompts(pack: dict[str, Any]) -> dict[str, str] | None:
    """`embedder_prompts = { query = "query: ", passage = "passage: " }`; their spaces count."""
    said = pack.get("embedder_prompts")
    if said is None:
        return None
    if (
        not isinstance(said, dict)
        or not set(said) <= {"query", "passage"}
        or not all(isinstance(one, str) for one in said.values())
    ):
        raise SourceError(
            'pack.toml: embedder_prompts must be a table such as { query = "query: ", passage = "passage: " }.'
        )
    return {role: clean(text) for role, text in said.items()}


def _foreign(root: Path, table: dict[str, Any]) -> ForeignSource:
    """`languages`, and the files of `memory` (TMX) and `terms` (TBX, CSV)."""
    lists: dict[str, tuple[str, ...]] = {}
    for key in ("languages", "memory", "terms"):
        said = table.get(key, [])
        if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
            raise SourceError(f'pack.toml: translations.{key} must be a list of texts, such as ["…"].')
        lists[key] = tuple(map(squeeze, said))
    for code in lists["languages"]:
        if not _LANGUAGE.fullmatch(code):
            raise SourceError(f"pack.toml: the language {code!r} must be a code such as de, es or fr.")
    return ForeignSource(
        languages=lists["languages"],
        memory=tuple(_below(root, name, "a translation memory") for name in lists["memory"]),
        terms=tuple(_below(root, name, "terminology") for name in lists["terms"]),
    )


def _below(root: Path, name: str, what: str) -> Path:
    path = root / name
    if name and not path.exists():
        raise SourceError(f"pack.toml names {name!r} as {what}, but there is no such file or folder in {root}.")
    if not name or not path.resolve().is_relative_to(root.resolve()):
        raise SourceError(f"pack.toml names {name!r} as {what}, which is not below {root}.")
    return path


def _discovered(path: Path, language: str) -> Iterator[DocumentSource]:
    """The documents below a path: files of a form that belong together make one document a language."""
    if path.is_file():
        files = [path]
    else:
        below = sorted(
            file
            for file in path.rglob("*")
            if file.is_file()
            and not any(part.startswith(".") or part in _SKIPPED_FOLDERS for part in file.relative_to(path).parts)
        )
        files = [file for file in below if file.suffix.lower() in SUFFIXES and _form(file)]
        files = files or [file for file in below if file.suffix.lower() in PICTURES]  # a folder of nothing but images
    root = path if path.is_dir() else path.parent
    groups: dict[tuple[str, str], list[Path]] = {}
    for file in files:
        form = _form(file)
        if not form:
            known = ", ".join(sorted({*SUFFIXES, *PICTURES}))
            raise SourceError(f"{file.name} is not a format that can be read ({known}; XML: S1000D and DITA).")
        if form in _TOGETHER:
            parts = file.relative_to(root).parts[:-1]
            spoken = next((part for part in parts if part in _LANGUAGES), language)
            groups.setdefault((form, spoken), []).append(file)
        else:
            spoken = _named_language(file) or language
            yield DocumentSource(base=root, root=root, files=(file,), form=form, title="", language=spoken)
    title = path.stem if path.is_file() else path.resolve().name
    if title.casefold() in _PLAIN_NAMES:
        title = ""  # the first page's own title says more
    for (form, spoken), group in sorted(groups.items()):
        label = title if len(groups) == 1 or not title else f"{title} ({spoken})" if spoken else title
        label = "" if form in _NAMED or (len(group) == 1 and len(groups) == 1) else label
        yield DocumentSource(base=root, root=root, files=tuple(group), form=form, title=label, language=spoken)


def _form(file: Path) -> str:
    """The extractor of a file, empty where it has none."""
    suffix = file.suffix.lower()
    if suffix in PICTURES:
        return "picture_files"
    if suffix == ".xml":
        from fieldfare.ingest.extract import xml

        return xml.form_of(file) or ""
    return SUFFIXES.get(suffix, "")


def _named_language(file: Path) -> str:
    ending = re.search(r"[-_.]([a-z]{2})$", file.stem)
    return ending.group(1) if ending and ending.group(1) in _LANGUAGES else ""


def _language(table: dict[str, Any]) -> str:
    code = _text(table, "language")
    if code and not _LANGUAGE.fullmatch(code):
        raise SourceError(f"pack.toml: the language {code!r} must be a code such as en, de or pt.")
    return code


def _require_known(config: dict[str, Any]) -> None:
    for name, value in config.items():
        if name not in _KEYS:
            raise SourceError(f"pack.toml: [{name}] is not known. Known are {', '.join(sorted(_KEYS))}.")
        known = _KEYS[name]
        for entry in value if isinstance(value, list) else [value]:
            unknown = sorted(set(entry) - known) if isinstance(entry, dict) and known is not None else []
            if unknown and known is not None:
                raise SourceError(f"pack.toml: [{name}] has no {unknown[0]!r}. It has {', '.join(sorted(known))}.")


def _terms(table: dict[str, Any]) -> tuple[Term, ...]:
    """Synonyms and abbreviations as `short = "long"` or `word = ["other", "other"]`, protected words as a list."""
    found = []
    for kind, key in ((TermKind.SYNONYM, "synonyms"), (TermKind.ABBREVIATION, "abbreviations")):
        entries = table.get(key, {})
        if not isinstance(entries, dict):
            raise SourceError(
                f'pack.toml: terms.{key} must be a table such as {{ AVR = "automatic voltage regulator" }}.'
            )
        for word, means in entries.items():
            others = means if isinstance(means, list) else [means]
            found += [Term(kind=kind, text=squeeze(word), means=squeeze(str(other))) for other in others]
    protected = table.get("protected", [])
    if not isinstance(protected, list):
        raise SourceError("pack.toml: terms.protected must be a list of words that are never translated.")
    return (*found, *(Term(kind=TermKind.PROTECTED, text=squeeze(str(word))) for word in protected))


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


def digest_of(file: Path) -> str:
    """The SHA-256 of a file in hexadecimal digits; SourceError where it is too large or cannot be read."""
    try:
        if file.stat().st_size > MAX_FILE:
            raise SourceError(f"{file.name} is larger than 1 GiB. Split it.")
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(f"{file} cannot be read ({error.strerror}).") from error
