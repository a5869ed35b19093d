"""What extractors yield, collected: for tests only, since the product never holds a document whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fieldfare.domain import Picture, PictureSource, Remark, RemarkKind, Section, Sheet, Title
from fieldfare.ingest import pictures
from fieldfare.ingest.cache import Cache
from fieldfare.ingest.documents import Workshop
from fieldfare.ingest.sources import DocumentSource, read_source

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from fieldfare.ingest.extract import Piece


@dataclass
class Document:
    title: str = ""
    language: str = ""
    sections: tuple[Section, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    remarks: tuple[Remark, ...] = field(default=())


def collect(pieces: Iterable[Piece]) -> Document:
    found = list(pieces)
    titles = [piece for piece in found if isinstance(piece, Title)]
    return Document(
        title=titles[0].text if titles else "",
        language=titles[0].language if titles else "",
        sections=tuple(piece for piece in found if isinstance(piece, Section)),
        sheets=tuple(piece for piece in found if isinstance(piece, Sheet)),
        remarks=tuple(piece for piece in found if isinstance(piece, Remark)),
    )


def draw(source: PictureSource) -> Picture:
    """The picture of a source, drawn in this process."""
    (drawn,) = pictures.draw((source,), lambda *_: None)
    assert drawn.picture is not None, drawn.problem
    return drawn.picture


def source_of(file: Path, form: str) -> DocumentSource:
    return DocumentSource(base=file.parent, root=file.parent, files=(file,), form=form, title="", language="")


def read(path: Path, *, language: str = "") -> list[Document]:
    """The documents of a source through the real processes; pictures that cannot be drawn become remarks."""
    with Cache(None) as cache, Workshop(cache, lambda *_: None) as workshop:
        documents = workshop.read(read_source(path, language=language))
        drawings = workshop.draw(documents)
        collected = []
        for document in documents:
            made = collect(document.pieces())
            problems = [drawn for one in document.pictures() if (drawn := drawings.find(one)).problem]
            made.remarks += tuple(Remark(kind=RemarkKind.LOST, where=d.source.file, text=d.problem) for d in problems)
            made.title, made.language = document.title, document.language
            collected.append(made)
        return collected
