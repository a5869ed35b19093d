"""Which warnings protect what in a pack, worked out anew from its blocks: what the screens are judged by."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fieldfare.database import Reader

if TYPE_CHECKING:
    from pathlib import Path

Said = tuple[str, str, str]  # signal word, scheme and text, as the pack holds them


@dataclass
class Oracle:
    """For each passage that is no warning itself: the warnings it needs; for each section: its passages."""

    needed: dict[int, set[Said]] = field(default_factory=dict)
    sections: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    before: dict[int, list[tuple[Said, int]]] = field(
        default_factory=dict
    )  # section -> warning, first block it protects
    blocks: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))


def read(path: Path) -> Oracle:
    """The rule, in one place and in other words than the product's: docs/honesty.md."""
    reader = Reader(path)
    sections = {
        row[0]: (row[1], tuple(json.loads(row[2])))
        for row in reader.rows("SELECT id, document, path FROM section ORDER BY id")
    }
    blocks: dict[int, list[tuple[int, str, Said, str]]] = defaultdict(list)
    for section, *rest in reader.rows(
        "SELECT b.section, b.id, b.kind, coalesce(h.signal_word, ''), coalesce(h.scheme, ''), coalesce(h.text, ''), "
        "coalesce(h.protects, '') FROM block b LEFT JOIN hazard h ON h.id = b.hazard ORDER BY b.id"
    ):
        blocks[section].append((rest[0], rest[1], (rest[2], rest[3], rest[4]), rest[5]))
    passages = reader.rows(
        "SELECT id, section, kind, text, first_block, last_block FROM passage WHERE kind <> 'hazard'"
    )
    reader.close()
    oracle = Oracle()
    for section, found in blocks.items():
        oracle.blocks[section] = [id_ for id_, *_ in found]
        oracle.before[section] = []
    for id_, section, kind, text, first, last in passages:
        oracle.sections[section].append(id_)
        needed = oracle.needed.setdefault(id_, set())
        for number, kind_, said, protects in blocks[section]:
            if kind_ != "hazard":
                continue
            steps = [block for block, other, *_ in blocks[section] if other == "step"]
            step = next((block for block in steps if block > number), max(steps, default=0))
            protected = {
                "section": True,
                "procedure": last >= number,
                "step": first <= step <= last,
                "row": kind == "table" and said[2] in text,
            }[protects]
            if protected:
                needed.add(said)
                from_block = step if protects == "step" else max(first, number) if protects == "procedure" else first
                oracle.before[section].append((said, from_block))
        document, path_ = sections[section]
        for depth in range(1, len(path_)):
            same = [one for one, place in sections.items() if place == (document, path_[:depth]) and one < section]
            for _, kind_, said, protects in blocks[same[-1]] if same else ():
                if kind_ == "hazard" and protects == "section":
                    needed.add(said)
                    oracle.before[section].append((said, first))
                elif kind_ not in {"hazard", "figure"} or (kind_ == "hazard" and protects != "procedure"):
                    break
    return oracle
