"""Procedures against their manuals: is everything there in its order, and are the limits of readings right.

    .venv/bin/python scripts/bench/procedures.py [--show] [--packs FILE.fpack ...]

Built anew from the demo manual and every folder or PDF of ../shared/manuals, or the packs that are named. Lost or moved: blocks of
a procedure's sections that are not shown, or not in their place. Unguarded: warnings that no page has acknowledged. Readings
of the demo manual are compared with a list made by hand (data/procedures.jsonl): each reading that its steps ask for, with
the limits that the step or its record says. On the repair guides of ../shared/eval (22,000 steps that nobody wrote for this)
whatever is taken for a limit is printed with --show, to be judged by eye. Goals: nothing lost, nothing unguarded, no false limit.
"""

from __future__ import annotations

import argparse
import contextlib
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trial_pack import trial_pack

from fieldfare.domain import BlockKind
from fieldfare.pack.archive import Archive
from fieldfare.procedure.collection import Procedures
from fieldfare.procedure.durations import waits
from fieldfare.procedure.lists import lists_of
from fieldfare.procedure.readings import checks
from fieldfare.procedure.steps import same_hazard
from fieldfare.quantities import quantities
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldfare.domain import Block
    from fieldfare.domain.procedure import Check, Procedure

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
HAND = Path(__file__).with_name("data") / "procedures.jsonl"


def manuals(packs: list[Path]) -> Iterator[tuple[str, Archive]]:
    """Each manual's name and its open pack."""
    for file in packs:
        with contextlib.closing(Archive(file)) as archive:
            yield file.stem, archive
    if packs:
        return
    folder = SHARED / "manuals"
    found = (
        sorted([*folder.glob("*/*.pdf"), *(one for one in folder.glob("*") if not any(one.glob("*.pdf")))])
        if folder.is_dir()
        else []
    )
    for source in (ROOT / "packs" / "halden-gs40", *found):
        with trial_pack(source) as (archive, _, _):
            yield source.stem, archive


def said(block: Block) -> tuple[str, ...]:
    return block.kind, block.text, block.caption, block.signal_word, *(cell for row in block.rows for cell in row)


def compare(procedure: Procedure, archive: Archive, count: Counter[str]) -> list[str]:
    """What is wrong with one procedure."""
    title = procedure.title
    views = [archive.section(archive.contents.opening(section)) for section in title.sections]
    printed = [said(block) for view in views for block in view.blocks]
    shown = [said(one.block) for one in procedure.pieces()]
    if title.grouped:  # the headings of its steps are shown as well
        headings = Counter(view.heading[-1] for view in views)
        rest = iter(shown)
        found = [next((one for one in rest if one == block), None) for block in printed]
        wrong = [
            f"lost or moved: {block[1][:60]}" for block, there in zip(printed, found, strict=True) if there is None
        ]
        extra = len(shown) - len(printed) - headings.total() + (views[0].heading == title.heading)
        wrong += [f"{extra} blocks too many"] if extra else []
    else:
        wrong = [] if printed == shown else ["lost or moved"]
    guarded = {
        same_hazard(one) for one in (*procedure.hazards, *(one for step in procedure.steps for one in step.hazards))
    }
    for view in views:
        own = [block for block in view.blocks if block.kind is BlockKind.HAZARD and block.protects != "row"]
        wrong += [f"unguarded: {one.text[:60]}" for one in view.hazards if same_hazard(one) not in guarded]
        texts = {text for _, _, text in guarded}
        wrong += [f"unguarded: {one.text[:60]}" for one in own if squeeze(one.text) not in texts]
        count["hazards"] += len(own)
        count["numbers"] += sum(len(quantities(" ".join(said(block)[1:]))) for block in view.blocks)
    count["steps"] += len(procedure.steps)
    count["blocks"] += len(printed)
    count["readings"] += sum(len(step.checks) for step in procedure.steps)
    count["limits"] += sum(one.limited for step in procedure.steps for one in step.checks)
    count["durations"] += sum(len(step.waits) for step in procedure.steps)
    lists = lists_of(procedure)
    count["list lines"] += sum(
        map(len, (lists.tools, lists.parts, lists.more, lists.fasteners, lists.amounts, lists.torques))
    )
    return wrong


def key(check: Check) -> tuple[str, Any, Any, str]:
    limits = [None if one is None else str(float(one)) for one in (check.low, check.high)]
    return check.name, *limits, check.unit if check.limited else ""


def by_hand(found: dict[tuple[str, str], tuple[Check, ...]], *, show: bool) -> None:
    """The readings of the demo manual against the list."""
    wanted: dict[tuple[str, str], list[tuple[str, Any, Any, str]]] = {}
    for row in map(json.loads, HAND.read_text(encoding="utf-8").splitlines()):
        limits = [None if row.get(name) is None else str(float(row[name])) for name in ("low", "high")]
        wanted.setdefault((row["section"], row["step"]), []).append((row["name"], *limits, row.get("unit", "")))
    count: Counter[str] = Counter()
    for place in sorted({*wanted, *found}):
        right, made = Counter(wanted.get(place, ())), Counter(map(key, found.get(place, ())))
        limited = [one for one in right if one[1] or one[2]]
        count["readings"] += right.total()
        count["readings found"] += len({one[0] for one in right} & {one[0] for one in made})
        count["limits"] += len(limited)
        count["limits found"] += sum(one in made for one in limited)
        false = [one for one in made if (one[1] or one[2]) and one not in right]
        count["false limits"] += len(false)
        if show and right != made:
            print(f"  {place}: missing {list((right - made).elements())}, too many {list((made - right).elements())}")
    print("demo manual by hand: " + ", ".join(f"{name} {number}" for name, number in count.items()))


def repair_guides(*, show: bool) -> None:
    """What is taken for a limit or a duration in steps that nobody wrote for this."""
    file = SHARED / "eval" / "repair-guides" / "corpus.jsonl"
    if not file.is_file():
        return
    count: Counter[str] = Counter()
    for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
        for step in filter(str.strip, row["text"].split("\n")):
            count["steps"] += 1
            found = checks(step)
            count["readings"] += len(found)
            count["limits"] += sum(one.limited for one in found)
            count["durations"] += len(waits(step))
            for one in found if show else ():
                if one.limited:
                    print(f"  {row['id']}: {one.name!r} {one.expected!r} in: {step[:300]}")
    print("repair guides: " + ", ".join(f"{name} {number}" for name, number in count.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packs", type=Path, nargs="*", default=[])
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    total, wrong = Counter[str](), 0
    found: dict[tuple[str, str], tuple[Check, ...]] = {}
    for name, archive in manuals(options.packs):
        count: Counter[str] = Counter()
        procedures = Procedures([archive])
        for title in procedures.titles():
            procedure = procedures.open(title)
            count["procedures"] += 1
            for problem in compare(procedure, archive, count):
                wrong += 1
                print(f"  {name}, {title.heading[-1]}: {problem}")
            if archive.manifest.id == "halden-gs40":
                number = title.heading[-1].split()[0]
                found |= {
                    (number, step.number): step.checks for step in procedure.steps if step.checks and step.level == 1
                }
        print(f"{name}: " + ", ".join(f"{number} {what}" for what, number in count.items()))
        total += count
    print(
        "all: "
        + ", ".join(f"{number} {what}" for what, number in total.items())
        + f"; lost, moved or unguarded: {wrong}"
    )
    if found:
        by_hand(found, show=options.show)
    repair_guides(show=options.show)
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
