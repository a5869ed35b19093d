"""Warnings against a list made by hand: how many are found, bound to the right step or section, and invented.

    .venv/bin/python scripts/bench/hazards.py [--show] [--only halden-gs40 ...]

The list, data/hazards.jsonl, names for each warning its manual, its signal word, its first words and what it protects: the
step that carries it, the table row, or the heading under which it stands. The demo manual and farmbot-express are read as
Markdown and as PDFs printed from it (needs Chromium), the Morserino manuals as the PDFs that they are. Found: a hazard with
that word and those words. Bound: it is shown with the passage that holds the step or row, or only with passages under
that heading. Invented: a hazard that the list does not have. Goals: 98 %, 95 %, none.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from prints import LOOKS, print_folder
from trial_pack import trial_pack

from fieldfare.domain import BlockKind
from fieldfare.text import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldfare.domain import Hazard, Passage
    from fieldfare.pack.archive import Archive

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "manuals"
PRINTED = {"halden-gs40": ROOT / "packs" / "halden-gs40", "farmbot-express": SHARED / "farmbot-express"}
PDFS = {
    "morserino-es": SHARED / "morserino" / "user-manual-v2-es.pdf",
    "morserino-en": SHARED / "morserino" / "user-manual-v7-en.pdf",
}


def sources(name: str, scratch: Path) -> Iterator[tuple[str, Path]]:
    """The forms in which a manual is read."""
    if name in PDFS:
        yield "pdf", PDFS[name]
        return
    folder = PRINTED[name]
    yield "markdown", folder
    pages = folder / "manual" if (folder / "manual").is_dir() else folder
    for look in LOOKS:
        target = scratch / f"{name}-{look}.pdf"
        print_folder(pages, target, look, pictures=folder)
        yield f"print {look}", target


def folded(text: str) -> str:
    """Words alone: what hyphens at a line's end and quotation marks cannot change."""
    return "".join(words(text.replace("-", " "))).replace("'", "").replace("’", "")


def measure(archive: Archive, labels: list[dict[str, str]], *, show: bool) -> tuple[int, int, int]:
    """How many of the labels are found, how many of those bound right, and how many hazards are invented."""
    passages = archive.passages(range(1, archive.manifest.passages + 1))
    hazards: dict[int, Hazard] = {one.id: one for passage in passages.values() for one in passage.hazards}
    shown: dict[int, list[Passage]] = {}
    for passage in passages.values():
        for one in passage.hazards:
            shown.setdefault(one.id, []).append(passage)
    free = dict(hazards)
    found = bound = 0
    for label in labels:
        first = folded(label["first"])
        matching = [
            id_ for id_, one in free.items() if first in folded(one.text) and _same_word(one.signal_word, label["word"])
        ]
        kept = [id_ for id_ in matching if _bound(shown[id_], label["protects"])]
        if not matching:
            if show:
                print(f"    not found: {label}")
            continue
        found += 1
        bound += bool(kept)
        if not kept and show:
            print(f"    bound elsewhere: {label}")
            for passage in shown[matching[0]]:
                print(f"        {passage.kind} {' > '.join(passage.heading)}: {passage.text[:70]!r}")
        free.pop((kept or matching)[0])
    for one in free.values() if show else ():
        print(f"    not on the list: {one.signal_word}: {one.text[:90]!r}, page {one.place.label}")
    return found, bound, len(free)


def _same_word(printed: str, listed: str) -> bool:
    return printed.casefold() == listed.casefold()


def _bound(passages: list[Passage], protects: str) -> bool:
    kind, _, what = protects.partition(": ")
    others = [one for one in passages if one.kind is not BlockKind.HAZARD]
    if kind in {"step", "row"}:
        return any(folded(what) in folded(one.text) for one in others)
    under = [folded(what) in map(folded, one.heading) for one in passages]
    return all(under) and bool(under)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="name what was not found, bound elsewhere or invented")
    parser.add_argument("--only", nargs="+", choices=[*PRINTED, *PDFS], default=[*PRINTED, *PDFS])
    options = parser.parse_args()
    lines = (Path(__file__).with_name("data") / "hazards.jsonl").read_text(encoding="utf-8").splitlines()
    labels = [json.loads(line) for line in lines]
    total = Counter[str]()
    print(f"{'manual':<17} {'read as':<14} {'listed':>6} {'found':>6} {'bound':>6} {'invented':>8}")
    with tempfile.TemporaryDirectory(prefix="fieldfare-hazards-") as scratch:
        for name in options.only:
            if not (PDFS.get(name) or PRINTED[name]).exists():
                print(f"{name:<17} skipped: it is not beside this checkout")
                continue
            mine = [label for label in labels if label["manual"] == name]
            for form, source in sources(name, Path(scratch)):
                with trial_pack(source) as (archive, _, _):
                    found, bound, invented = measure(archive, mine, show=options.show)
                print(f"{name:<17} {form:<14} {len(mine):6} {found:6} {bound:6} {invented:8}", flush=True)
                total.update(listed=len(mine), found=found, bound=bound, invented=invented)
    if total["listed"]:
        print(f"{'all':<32} {total['listed']:6} {total['found'] / total['listed']:6.1%} "
              f"{total['bound'] / max(total['found'], 1):6.1%} {total['invented']:8}")  # fmt: skip


if __name__ == "__main__":
    main()
