"""Which sections of a pack are procedures."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from fieldfare.domain.procedure import ProcedureTitle
from fieldfare.domain.source import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldfare.database import Reader

STEP_HEADING = re.compile(r"(?:step|schritt|étape|paso|passo|passaggio|fase)\s*\d", re.IGNORECASE)
"""A heading that is itself a step: `Step 2: Attach the columns`."""
_FEWEST = 2  # steps of a procedure
_SECTIONS = """
    SELECT s.id, s.document, s.path, s.page, s.label, d.title, d.revision, d.language,
    coalesce(trim(n.title || ' ' || n.revision), ''),
    (SELECT count(*) FROM block b WHERE b.section = s.id AND b.kind = 'step' AND b.number <> ''
     AND b.level = (SELECT min(o.level) FROM block o WHERE o.section = s.id AND o.kind = 'step'))
    FROM section s JOIN document d ON d.id = s.document LEFT JOIN document n ON n.id = d.superseded_by ORDER BY s.id
"""


class _Row(NamedTuple):
    id: int
    document: int
    path: tuple[str, ...]
    page: int | None
    label: str
    title: str
    revision: str
    language: str
    superseded_by: str
    steps: int


_Heading = tuple[int, tuple[str, ...]]  # a document and a path in it


def titles(reader: Reader, pack: str, *, unsigned: bool = False) -> tuple[ProcedureTitle, ...]:
    """Every procedure of a pack in reading order: sections with two steps or more, and headings above sections that are steps.

    A section of such a heading is no procedure of its own. Raises PackError where the file is damaged.
    """
    rows = [_Row._make((*row[:2], tuple(json.loads(row[2])), *row[3:])) for row in reader.rows(_SECTIONS)]
    counts: dict[_Heading, int] = {}
    for row in rows:
        if row.path and STEP_HEADING.match(row.path[-1]):
            above = row.document, row.path[:-1]
            counts[above] = counts.get(above, 0) + 1
    groups: dict[_Heading, list[_Row]] = {}
    for row in rows:
        heading = next((one for one in _headings(row) if counts.get(one, 0) >= _FEWEST), None)
        if heading is not None:
            groups.setdefault(heading, []).append(row)
        elif row.steps >= _FEWEST:
            groups[row.document, (*row.path, str(row.id))] = [row]  # two sections may have one heading
    return tuple(
        ProcedureTitle(
            pack=pack,
            document=members[0].title,
            revision=members[0].revision,
            language=members[0].language,
            sections=tuple(row.id for row in members),
            heading=heading[1] if heading in counts else members[0].path,
            place=Place(page=members[0].page, label=members[0].label),
            steps=counts.get(heading, members[0].steps),
            superseded_by=members[0].superseded_by,
            unsigned=unsigned,
        )
        for heading, members in groups.items()
    )


def _headings(row: _Row) -> Iterator[_Heading]:
    """The headings that a section may be a step of, or the opening of; the innermost first."""
    yield row.document, row.path
    for depth in range(len(row.path) - 1, -1, -1):
        if STEP_HEADING.match(row.path[depth]):
            yield row.document, row.path[:depth]
