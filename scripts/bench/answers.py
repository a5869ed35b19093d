"""How often the answer is right, refused or wrong, on the demo pack's gold questions and with its manual taken away.

    .venv/bin/python scripts/bench/answers.py [--draft] [--eval ../shared/eval]

The scorer is `fieldfare.evaluation`, as in `fieldfare pack check`. Right: an answerable question whose gold page or section
is cited or whose gold numbers all stand in the answer. The gate is also asked questions of other worlds (--eval), which the
demo pack cannot answer. The lanes of the search are compared by scripts/bench/ranking.py.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare import evaluation, library, settings
from fieldfare.assistant import open_embedder
from fieldfare.domain import GoldQuestion
from fieldfare.ingest.questions import read_questions
from fieldfare.pack.archive import Archive

if TYPE_CHECKING:
    from collections.abc import Sequence


ROOT = Path(__file__).resolve().parents[2]
PACK = "halden-gs40"


def foreign(folder: Path) -> tuple[GoldQuestion, ...]:
    """Questions of other worlds: everyday repair, encyclopaedia, finance, printers."""
    chosen = []
    for name in ("repair-guides", "squad2", "mtrag", "crosslingual-faq"):
        file = folder / name / "queries.jsonl"
        if file.exists():
            rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
            texts = [row["text"] for row in rows if row.get("lang", "en") == "en"]
            chosen += random.Random(1).sample(texts, min(60, len(texts)))
    return tuple(GoldQuestion(id=str(number), text=text, answerable=False) for number, text in enumerate(chosen))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draft", action="store_true", help="let the language model draft (slow)")
    parser.add_argument("--eval", type=Path, default=ROOT.parent / "shared" / "eval")
    options = parser.parse_args()
    questions = read_questions(ROOT / "packs" / PACK / "questions.jsonl")
    shelf = library.open_shelf()
    archive = next(one for one in shelf.archives if one.manifest.id == PACK)
    embedder = open_embedder()
    if embedder is None:
        parser.error("the embedder is not set up: run scripts/test once")

    def ask(asked: Sequence[GoldQuestion]) -> tuple[evaluation.Outcome, ...]:
        return evaluation.ask_all(Archive(archive.path), asked, settings.Settings(draft=options.draft), lambda *_: None)

    outcomes = ask(questions)
    answerable = [one for one in outcomes if one.question.answerable]
    gaps = [one for one in outcomes if not one.question.answerable]
    right, refused = sum(one.right for one in answerable), sum(one.refused for one in answerable)
    print(f"\nanswerable {len(answerable)}: right {right}, refused {refused}, "
          f"other place {len(answerable) - right - refused}")  # fmt: skip
    print(f"not in the manual, near misses {len(gaps)}: refused {sum(one.refused for one in gaps)}")
    for score in evaluation.scores(outcomes, evaluation.THRESHOLDS):
        print(f"{score.name:<21} {score.good:>4} of {score.total:<4} {score.share:.3f}  {score.meaning}")
    others = foreign(options.eval)
    if others:
        kept = sum(one.refused for one in ask(others))
        print(f"of other worlds {len(others)}: refused {kept} ({kept / len(others):.1%})")
    else:
        print("of other worlds: skipped, no --eval folder")
    shown = [one for outcome in outcomes for one in outcome.reply.statements]
    loose = [(outcome, item) for outcome in outcomes for item in outcome.unsupported]
    print(
        f"statements {len(shown)}: quote stands in the pack {sum(one.stands for one in shown)}, "
        f"verbatim {sum(one.verbatim for one in shown)}, items without support {len(loose)}"
    )
    for outcome, item in loose:
        print(f"  {outcome.question.id} {item}: {outcome.reply.text[:200]!r}")
    shelf.close()


if __name__ == "__main__":
    main()
