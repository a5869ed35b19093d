"""Rows of the tables of three PDF manuals, against a list made by hand from the printed pages.

    .venv/bin/python scripts/bench/tables.py [--show]

Each entry of data/tables.jsonl is a question about one row with the name of a column and words of its value, as printed in
the Morserino manuals (English, German, Spanish). A row counts where one of the first five passages of the real retrieval
says `column: … value` in one line. Goal: 95 %.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from trial_pack import trial_pack

from fieldfare.domain import Question
from fieldfare.text import squeeze

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT.parent / "shared" / "manuals" / "morserino"
FILES = {"en": "user-manual-v7-en.pdf", "de": "user-manual-v7-de.pdf", "es": "user-manual-v2-es.pdf"}


def states(text: str, header: str, value: str) -> bool:
    """Whether a passage gives the value under the header."""
    return any(
        line.casefold().startswith(f"{header}:".casefold()) and squeeze(value).casefold() in squeeze(line).casefold()
        for line in text.split("\n")
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="name the rows that were not found")
    options = parser.parse_args()
    lines = (Path(__file__).with_name("data") / "tables.jsonl").read_text(encoding="utf-8").splitlines()
    wanted = [json.loads(line) for line in lines]
    if not FOLDER.is_dir():
        raise SystemExit(f"{FOLDER} does not exist: the manuals of this measurement are not beside this checkout.")
    total = found = understood = 0
    print(f"{'manual':<26} {'rows':>5} {'in the pack':>12} {'hit@5':>7}")
    for language, name in FILES.items():
        mine = [one for one in wanted if one["manual"] == language]
        with trial_pack(FOLDER / name, language) as (archive, retriever, _):
            passages = archive.passages(range(1, archive.manifest.passages + 1)).values()
            whole = hits = 0
            for one in mine:
                there = any(states(passage.text, one["header"], one["value"]) for passage in passages)
                evidence = retriever.search(Question(text=one["question"], language=language), limit=5).evidence
                hit = any(states(item.passage.text, one["header"], one["value"]) for item in evidence)
                whole += there
                hits += hit
                if options.show and not hit:
                    print(f"    {'not found' if there else 'not understood'}: {one}")
                    for item in evidence if there else ():
                        print(f"        {item.passage.text[:90]!r}")
        print(f"{name:<26} {len(mine):5} {whole / len(mine):12.1%} {hits / len(mine):7.1%}", flush=True)
        total, found, understood = total + len(mine), found + hits, understood + whole
    print(f"{'all':<26} {total:5} {understood / total:12.1%} {found / total:7.1%}")


if __name__ == "__main__":
    main()
