"""The gold questions that a pack carries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fieldfare.domain import GoldQuestion

if TYPE_CHECKING:
    from fieldfare.database import Reader


def gold_questions(reader: Reader) -> tuple[GoldQuestion, ...]:
    """All of them, in the order of their ids."""
    return tuple(
        GoldQuestion(
            id=row[0],
            text=row[1],
            answerable=bool(row[2]),
            expect=tuple(json.loads(row[3])),
            answer=row[4],
            page=row[5],
            section=row[6],
            hazard=row[7],
            kind=row[8],
        )
        for row in reader.rows(
            "SELECT id, text, answerable, expect, answer, page, section, hazard, kind FROM question ORDER BY id"
        )
    )
