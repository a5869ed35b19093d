"""The files of one XML publication together: trees on demand, pictures below the base folder, remarks for the author."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from fieldfare.domain import PictureSource, Remark, RemarkKind
from fieldfare.errors import SourceError
from fieldfare.ingest.extract import xml

if TYPE_CHECKING:
    from lxml.etree import _Element

    from fieldfare.ingest.sources import DocumentSource

# Which form of a picture is taken where a publication brings several: what can be drawn sharply first.
_DRAWN = (".svg", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".gif", ".bmp")
_TREES = 24  # parsed files that are kept: neighbours refer to each other


class SourceSet:
    """What a publication's files may reach: nothing but each other and the pictures below the base."""

    def __init__(self, source: DocumentSource) -> None:
        self.base = source.base.resolve()
        self.root = source.root.resolve()
        self._remarks: dict[Remark, None] = {}
        self._pictures: dict[str, Path] | None = None
        self.tree = functools.lru_cache(maxsize=_TREES)(self._tree)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What was noticed, each thing once."""
        return tuple(self._remarks)

    def remark(self, kind: RemarkKind, file: Path, text: str) -> None:
        """Tell the author something about a file."""
        self._remarks[Remark(kind=kind, where=self.name(file), text=text)] = None

    def name(self, file: Path) -> str:
        """A file as the author knows it."""
        file = file.resolve()
        return file.relative_to(self.root).as_posix() if file.is_relative_to(self.root) else file.name

    def _tree(self, file: Path) -> _Element | None:
        """The root of a file, None where it cannot be read (a remark)."""
        try:
            return xml.parse_file(file)
        except SourceError as error:
            self.remark(RemarkKind.LOST, file, str(error))
            return None

    def find(self, reference: str, file: Path) -> Path | None:
        """The file that a relative reference from `file` names, None where it is remote, missing or outside the base."""
        target = urlsplit(reference.strip())
        path = unquote(target.path)
        if target.scheme or target.netloc or not path or "\0" in path:
            return None
        found = (file.parent / path).resolve()
        try:
            return found if found.is_relative_to(self.base) and found.is_file() else None
        except OSError:
            return None

    def picture(self, name: str, file: Path) -> PictureSource | None:
        """A picture by reference, or by its name in any folder below the base; None where none can be drawn (a remark)."""
        if self._pictures is None:
            self._pictures = {}
            for one in sorted(self.base.rglob("*")):
                if one.suffix.lower() in _DRAWN and one.is_file() and one.resolve().is_relative_to(self.base):
                    self._pictures.setdefault(one.name.casefold(), one)
        exact = self.find(name, file)
        if exact is not None and exact.suffix.lower() in _DRAWN:
            return PictureSource(file=str(exact))
        plain = Path(unquote(urlsplit(name).path)).name.casefold()
        stem = plain.rpartition(".")[0] if "." in plain[-5:] else plain
        for candidate in (plain, *(f"{stem}{suffix}" for suffix in _DRAWN)):
            if candidate in self._pictures:
                return PictureSource(file=str(self._pictures[candidate].resolve()))
        if exact is not None:
            form = exact.suffix.lstrip(".").upper() or "unknown"
            text = f"the {form} picture {exact.name} cannot be drawn: put an SVG or PNG of the same name beside it"
        else:
            text = f"the picture {name[:80]} was not found: add {stem[:60]}.svg or .png to the folder"
        self.remark(RemarkKind.LOST, file, text)
        return None
