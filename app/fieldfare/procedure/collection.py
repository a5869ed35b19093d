"""The procedures of the installed packs: which there are, and each as it is carried out. No engine is needed for any of it."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from fieldfare.bookshelf import Bookshelf
from fieldfare.catalogue import _
from fieldfare.domain import Block, BlockKind, SectionView
from fieldfare.errors import PackError
from fieldfare.mentions import SECTION, mentions
from fieldfare.procedure.course import END, START
from fieldfare.procedure.steps import compose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fieldfare.domain import Figure, Passage
    from fieldfare.domain.manual import Link
    from fieldfare.domain.procedure import Procedure, ProcedureTitle
    from fieldfare.pack.archive import Archive


class Procedures:
    """Reads procedures of open packs; `kept` opens an older version that is still on this device, None where there is none."""

    def __init__(
        self, archives: Iterable[Archive], kept: Callable[[str, str], Archive | None] = lambda *_: None
    ) -> None:
        self._archives = {one.manifest.id: one for one in archives}
        self._kept = kept
        self._titles: dict[str, tuple[ProcedureTitle, ...]] = {}
        self._older: dict[str, Archive] = {}  # by digest
        self._lock = Lock()

    def close(self) -> None:
        """Close the older versions; the packs in use are not its own."""
        for archive in self._older.values():
            archive.close()
        self._older.clear()

    def titles(self, pack: str = "") -> tuple[ProcedureTitle, ...]:
        """Every procedure of a pack, by default of all. Raises PackError where a pack cannot be read."""
        return tuple(title for id_ in ([pack] if pack else self._archives) for title in self._of(self._archive(id_)))

    def title_at(self, pack: str, section: int) -> ProcedureTitle | None:
        """The procedure that a section is, or is a part of; None where it is none."""
        return next((one for one in self.titles(pack) if section in one.sections), None)

    def named(self, pack: str, document: str, heading: tuple[str, ...]) -> ProcedureTitle | None:
        """The procedure under a heading of a document, in the version in use."""
        found = self.titles(pack) if pack in self._archives else ()
        return next((one for one in found if (one.document, one.heading) == (document, heading)), None)

    def open(self, title: ProcedureTitle) -> Procedure:
        """A procedure, ready to be carried out. Raises PackError where its pack is gone or damaged."""
        return _composed(self._archive(title.pack), title)

    def open_version(self, pack: str, digest: str, document: str, heading: tuple[str, ...]) -> Procedure | None:
        """A procedure in the version of a pack that it was begun in; None where this device does not have that any more."""
        current = self._archives.get(pack)
        archive = (
            current if current is not None and current.manifest.digest == digest else self._older_one(pack, digest)
        )
        if archive is None:
            return None
        title = next((one for one in self._of(archive) if (one.document, one.heading) == (document, heading)), None)
        return _composed(archive, title) if title else None

    def opening(self, title: ProcedureTitle) -> Passage:
        """The beginning of a procedure as a passage: where it is read, and in which language."""
        return self._archive(title.pack).contents.opening(title.sections[0])

    def links(self, procedure: Procedure) -> dict[str, tuple[Link, ...]]:
        """The sections that each page of a procedure refers to, by its key; none of the procedure itself."""
        archive = self._archives.get(procedure.title.pack)
        if archive is None or archive.manifest.digest != procedure.digest:
            return {}
        pages = {step.key: [Block(kind=BlockKind.STEP, text=step.instruction)] for step in procedure.steps}
        for step in procedure.steps:
            more = (one.block for one in (*step.before, *step.body))
            pages[step.key] += [one for one in more if one.kind is not BlockKind.STEP]
        pages[START] = [one.block for one in procedure.lead]
        pages[END] = [one.block for one in procedure.tail]
        passage = archive.contents.opening(procedure.title.sections[0])
        shelf = Bookshelf([archive])
        found = {}
        for key, blocks in pages.items():
            naming = tuple(one for one in blocks if next(mentions(SECTION, one.text), None))
            if naming:
                view = SectionView(
                    document=passage.document, revision="", heading=passage.heading, place=passage.place,
                    blocks=naming, figures=(),
                )  # fmt: skip
                found[key] = _elsewhere(shelf.links(passage, view), procedure.title.sections)
        return {key: links for key, links in found.items() if links}

    def _of(self, archive: Archive) -> tuple[ProcedureTitle, ...]:
        digest = archive.manifest.digest
        if digest not in self._titles:
            self._titles[digest] = archive.procedures()
        return self._titles[digest]

    def _older_one(self, pack: str, digest: str) -> Archive | None:
        with self._lock:
            if digest not in self._older and (found := self._kept(pack, digest)) is not None:
                self._older[digest] = found
            return self._older.get(digest)

    def _archive(self, pack: str) -> Archive:
        try:
            return self._archives[pack]
        except KeyError:
            raise PackError(
                _("The pack {pack} is not installed any more. Choose another procedure.").format(pack=pack)
            ) from None


def _elsewhere(links: Iterable[Link], sections: tuple[int, ...]) -> tuple[Link, ...]:
    """The links to other sections, each once."""
    headings = (one for one in links if one.spot.block < 0 and one.spot.section not in sections)
    return tuple({one.spot.section: one for one in headings}.values())


def _composed(archive: Archive, title: ProcedureTitle) -> Procedure:
    views = [archive.section(archive.contents.opening(section)) for section in title.sections]
    numbers: dict[str, Figure] = {}

    def figure(number: str) -> Figure | None:
        if not numbers:
            manual = archive.contents.manual_of(title.sections[0])
            for one in archive.contents.plates(manual):
                numbers.setdefault(one.figure.number.casefold(), one.figure)
        return numbers.get(number.casefold())

    return compose(title, views, archive.manifest, figure)
