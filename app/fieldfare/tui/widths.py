"""How many cells a letter takes, where terminals do not agree.

A vowel that stands beside its letter (Hindi, Tamil, Khmer, Burmese: category Mc) takes a cell of its own in most terminals,
none in Rich's tables, and in some terminals one together with its letter. A line that is longer than it was thought loses what
stands at its end: so each is given the most that any terminal gives it, and `wire` places every word by itself.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import groupby

from rich import _unicode_data, cells

from fieldfare.wrapping import stands_beside

UNSURE = re.compile(
    "[\u0900-\u0dff\u0e33\u0eb3\u0f00-\u109f\u1780-\u17ff\u1900-\u1cff\ua800-\uabff\u200d\ufe0f"
    "\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]"
)
"""Scripts with vowels beside their letters, and the joined emoji: terminals give them different numbers of cells."""


def measure() -> None:
    """Let Rich, and Textual with it, give those vowels a cell."""
    if vars(cells)["load_cell_table"] is not _table:
        vars(cells)["load_cell_table"] = _table  # Rich has no other way to say it
        cells.get_character_cell_size.cache_clear()
        cells.cached_cell_len.cache_clear()


@cache
def _table(version: str = "auto") -> cells.CellTable:
    """Rich's own table, in which such a vowel is not found: then it takes one cell."""
    table = _unicode_data.load(version)
    widths: list[tuple[int, int, int]] = []
    for first, last, width in table.widths:
        if width:
            widths.append((first, last, width))
            continue
        for beside, run in groupby(range(first, last + 1), lambda code: stands_beside(chr(code))):
            codes = list(run)
            if not beside:
                widths.append((codes[0], codes[-1], 0))
    return table._replace(widths=widths)
