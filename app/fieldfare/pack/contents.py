"""The manuals of a pack as they are leafed through: outline, figures, printed pages, and all of their text in order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fieldfare.catalogue import _
from fieldfare.domain import BlockKind, Figure, Passage, Place
from fieldfare.domain.manual import Heading, Leaf, Manual, Plate, Spot
from fieldfare.errors import PackError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldfare.database import Reader


class Contents:
    """Reads the open pack `pack`; all threads may read at once. A PackError where the file is damaged.

    `unsigned` and `machine` are what every passage of the pack says of itself.
    """

    def __init__(self, reader: Reader, pack: str, *, machine: str = "", unsigned: bool = False) -> None:
        self._reader = reader
        self._pack, self._machine, self._unsigned = pack, machine, unsigned

    def manuals(self) -> tuple[Manual, ...]:
        """All of them, in the author's order."""
        rows = self._reader.rows(
            "SELECT d.id, d.title, d.revision, d.language, coalesce(trim(n.title || ' ' || n.revision), ''), "
            "(SELECT count(*) FROM section s WHERE s.document = d.id), "
            "(SELECT count(*) FROM section s JOIN block b ON b.section = s.id WHERE s.document = d.id AND b.figure IS NOT NULL), "
            "(SELECT count(*) FROM sheet t WHERE t.document = d.id AND t.image IS NOT NULL) "
            "FROM document d LEFT JOIN document n ON n.id = d.superseded_by ORDER BY d.id"
        )
        return tuple(
            Manual(
                pack=self._pack, id=row[0], title=row[1], revision=row[2], language=row[3], superseded_by=row[4],
                sections=row[5], figures=row[6], sheets=row[7], machine=self._machine, unsigned=self._unsigned,
            )
            for row in rows
        )  # fmt: skip

    def manual_of(self, section: int) -> int:
        """The id of the manual that a section is of."""
        found = self._reader.value("SELECT document FROM section WHERE id = ?", (section,))
        if found is None:
            raise self._missing(section)
        return int(found)

    def outline(self, manual: int) -> tuple[Heading, ...]:
        """The headings of a manual in reading order."""
        rows = self._reader.rows(
            "SELECT s.id, s.path, s.label, EXISTS (SELECT 1 FROM block b WHERE b.section = s.id) "
            "FROM section s WHERE s.document = ? ORDER BY s.id",
            (manual,),
        )
        return tuple(
            Heading(section=row[0], path=tuple(json.loads(row[1])), label=row[2], filled=bool(row[3])) for row in rows
        )

    def opening(self, section: int) -> Passage:
        """The beginning of a section, to read it from there: a passage without any text of its own, whose id is 0."""
        rows = self._reader.rows(
            "SELECT s.path, s.page, s.label, d.title, d.revision, d.language, coalesce(trim(n.title || ' ' || n.revision), '') "
            "FROM section s JOIN document d ON d.id = s.document LEFT JOIN document n ON n.id = d.superseded_by "
            "WHERE s.id = ?",
            (section,),
        )
        if not rows:
            raise self._missing(section)
        path, page, label, title, revision, language, newer = rows[0]
        return Passage(
            id=0, pack=self._pack, document=title, section=section, heading=tuple(json.loads(path)), text="",
            kind=BlockKind.PARAGRAPH, place=Place(page=page, label=label), revision=revision, language=language,
            unsigned=self._unsigned, machine=self._machine, superseded_by=newer,
        )  # fmt: skip

    def neighbour(self, section: int, step: int) -> int | None:
        """The nearest section before (`step` -1) or behind (1) in the same manual that holds any text, None at its ends."""
        side, order = ("s.id > ?", "ASC") if step > 0 else ("s.id < ?", "DESC")
        found = self._reader.value(
            f"SELECT s.id FROM section s WHERE {side} AND s.document = (SELECT document FROM section WHERE id = ?) "  # noqa: S608  (constants)
            f"AND EXISTS (SELECT 1 FROM block b WHERE b.section = s.id) ORDER BY s.id {order} LIMIT 1",
            (section, section),
        )
        return None if found is None else int(found)

    def texts(self, manual: int) -> Iterator[tuple[Spot, str]]:
        """All text of a manual in reading order: headings, blocks, and tables row by row."""
        for heading in self.outline(manual):
            yield Spot(section=heading.section), heading.title
            blocks = self._reader.rows(
                "SELECT b.text, b.caption, b.cells, coalesce(f.text, '') FROM block b LEFT JOIN figure f ON f.id = b.figure "
                "WHERE b.section = ? ORDER BY b.id",
                (heading.section,),
            )
            for index, (text, caption, cells, inside) in enumerate(blocks):
                parts = filter(None, dict.fromkeys((caption, *(() if cells else (text, inside)))))
                yield Spot(section=heading.section, block=index), "\n".join(parts)
                for number, row in enumerate(json.loads(cells) if cells else ()):
                    yield Spot(section=heading.section, block=index, row=number), " | ".join(row)

    def captions(self, manual: int) -> list[tuple[Spot, BlockKind, str, str, str]]:
        """Spot, kind, caption, number of the figure and printed page of every figure and table."""
        rows = self._reader.rows(
            "SELECT b.section, b.rank, b.kind, b.caption, coalesce(f.number, ''), b.label FROM (SELECT b.*, "
            "row_number() OVER (PARTITION BY b.section ORDER BY b.id) - 1 AS rank FROM block b "
            "JOIN section s ON s.id = b.section WHERE s.document = ?) b LEFT JOIN figure f ON f.id = b.figure "
            "WHERE b.kind IN ('figure', 'table') ORDER BY b.id",
            (manual,),
        )
        return [(Spot(section=row[0], block=row[1]), BlockKind(row[2]), row[3], row[4], row[5]) for row in rows]

    def page_begins(self, manual: int, label: str) -> Spot | None:
        """The first block on the page that is printed with a number."""
        rows = self._reader.rows(
            "SELECT b.section, (SELECT count(*) FROM block c WHERE c.section = b.section AND c.id < b.id) FROM block b "
            "JOIN section s ON s.id = b.section WHERE s.document = ? AND b.label = ? ORDER BY b.id LIMIT 1",
            (manual, label),
        )
        return Spot(section=rows[0][0], block=rows[0][1]) if rows else None

    def plates(self, manual: int) -> tuple[Plate, ...]:
        """The figures of a manual in reading order; one that stands in several places is told at the first."""
        rows = self._reader.rows(
            "SELECT f.id, f.number, f.caption, f.text, f.image, i.width, i.height, f.page, f.label, b.section, s.path, "
            "(SELECT count(*) FROM block c WHERE c.section = b.section AND c.id < b.id) "
            "FROM block b JOIN section s ON s.id = b.section JOIN figure f ON f.id = b.figure JOIN image i ON i.digest = f.image "
            "WHERE s.document = ? ORDER BY b.id",
            (manual,),
        )
        found: dict[int, Plate] = {}
        for id_, number, caption, text, image, width, height, page, label, section, path, block in rows:
            figure = Figure(
                id=id_, number=number, caption=caption, text=text, image=image, width=width, height=height,
                place=Place(page=page, label=label),
            )  # fmt: skip
            spot = Spot(section=section, block=block)
            found.setdefault(id_, Plate(figure=figure, spot=spot, heading=tuple(json.loads(path))))
        return tuple(found.values())

    def leaves(self, manual: int) -> tuple[Leaf, ...]:
        """The printed pages of a manual of which there is a picture; each with the section that begins on it or goes on."""
        rows = self._reader.rows(
            "SELECT t.page, t.label, coalesce("
            "(SELECT b.section FROM block b JOIN section s ON s.id = b.section WHERE s.document = t.document AND b.page = t.page "
            "ORDER BY b.id LIMIT 1), "
            "(SELECT s.id FROM section s WHERE s.document = t.document AND s.page <= t.page ORDER BY s.id DESC LIMIT 1), "
            "(SELECT min(s.id) FROM section s WHERE s.document = t.document)) "
            "FROM sheet t WHERE t.document = ? AND t.image IS NOT NULL ORDER BY t.page",
            (manual,),
        )
        return tuple(Leaf(page=row[0], label=row[1], section=row[2] or 0) for row in rows)

    def sheet(self, manual: int, page: int) -> bytes:
        """The picture of a printed page, encoded."""
        data = self._reader.value(
            "SELECT i.data FROM sheet t JOIN image i ON i.digest = t.image WHERE t.document = ? AND t.page = ?",
            (manual, page),
        )
        if data is None:
            raise PackError(_("The pack {pack} has no picture of page {page}.").format(pack=self._pack, page=page))
        return bytes(data)

    def _missing(self, section: int) -> PackError:
        return PackError(
            _("The pack {pack} has no section {section}. Install the pack again.").format(
                pack=self._pack, section=section
            )
        )
