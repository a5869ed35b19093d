"""What a PDF costs: the same questions over a manual's Markdown and over PDFs printed from it.

    .venv/bin/python scripts/bench/ingestion_loss.py [--folder DIR] [--looks plain book columns] [--show]

Questions are made from the Markdown by rule, never from a PDF: (a) the heading of a section asks for the first sentence
under it, (b) the five rarest words of a sentence, step or row ask for the whole of it. A question is answered where one of
the first five passages of the real retrieval holds nine tenths of the words that it asks for. Goal: hit@5 of each print
at most 3 points below the Markdown's. Needs Chromium (Debian: apt-get install chromium).
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from prints import LOOKS, print_folder
from trial_pack import trial_pack

from fieldfare.domain import BlockKind, Question, Section
from fieldfare.ingest.contents import PackFile
from fieldfare.ingest.passages import header_of, row_text, step_text
from fieldfare.text import content_words, sentences, words

if TYPE_CHECKING:
    from fieldfare.retrieval import Retriever

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = 240
HELD = 0.9  # share of the words of a wanted sentence that a passage must hold
_SEED = 3


@dataclass(frozen=True, slots=True)
class Known:
    """A question and the sentence that answers it."""

    text: str
    wanted: tuple[str, ...]


def known_items(sections: list[Section]) -> list[Known]:
    """Questions by rule, at most two a section, the same ones in every run."""
    texts = [(section, text) for section in sections for text in _texts(section)]
    frequency = Counter(word for _, text in texts for word in set(content_words(text)))
    chosen = random.Random(_SEED)
    found: list[Known] = []
    for section in sections:
        own = [text for one, text in texts if one is section and len(words(text)) >= 8]
        if not own:
            continue
        title = section.path[-1] if section.path else ""
        first = own[0]
        if len(content_words(title)) >= 2:
            found.append(Known(title, tuple(words(first))))
        text = chosen.choice(own)
        rare = sorted(set(content_words(text)), key=lambda word: (frequency[word], word))[:5]
        asked = [word for word in dict.fromkeys(content_words(text)) if word in rare]
        if len(asked) >= 4:
            found.append(Known(" ".join(asked), tuple(words(text))))
    return found if len(found) <= QUESTIONS else chosen.sample(found, QUESTIONS)


def _texts(section: Section) -> list[str]:
    """The sentences, steps and rows of a section."""
    found = []
    for block in section.blocks:
        if block.kind is BlockKind.TABLE:
            found += [row_text(header_of(block), row) for row in block.rows[block.header_rows :]]
        elif block.kind in {BlockKind.PARAGRAPH, BlockKind.STEP, BlockKind.HAZARD}:
            text = step_text(block) if block.kind is BlockKind.STEP else block.text
            found += [text[start:end] for start, end in sentences(text)]
    return found


def hits(retriever: Retriever, questions: list[Known]) -> list[bool]:
    """Which questions find their sentence among the first five passages."""
    found = []
    for question in questions:
        evidence = retriever.search(Question(text=question.text), limit=5).evidence
        found.append(any(_holds(one.passage.text, question.wanted) for one in evidence))
    return found


def _holds(text: str, wanted: tuple[str, ...]) -> bool:
    there = Counter(words(text))
    need = Counter(wanted)
    return sum((there & need).values()) >= HELD * sum(need.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=ROOT.parent / "shared" / "manuals" / "farmbot-express")
    parser.add_argument("--pictures", type=Path, help="where the pages' pictures are, if not below the folder")
    parser.add_argument("--looks", nargs="+", choices=LOOKS, default=list(LOOKS))
    parser.add_argument("--show", action="store_true", help="name the questions that a print lost")
    parser.add_argument("--keep", type=Path, help="keep the PDFs in this folder")
    options = parser.parse_args()
    if not options.folder.is_dir():
        raise SystemExit(f"{options.folder} does not exist. Name a folder of Markdown with --folder.")
    with trial_pack(options.folder) as (archive, retriever, report):
        with PackFile(archive.path) as pack:
            chapters = pack.read().chapters
        sections = [
            Section(path=one.path, place=one.place, blocks=tuple(element.block for element in one.elements))
            for one in chapters
        ]
        questions = known_items(sections)
        base = hits(retriever, questions)
        share = sum(base) / len(base)
        print(f"{len(questions)} questions over {options.folder.name} ({report.manifest.passages} passages)")
        print(f"{'source':<10} {'hit@5':>7} {'loss':>7} {'lost':>5} {'won':>5} {'pages':>6} {'tables':>7} {'steps':>6} "
              f"{'hazards':>8} {'figures':>8}")  # fmt: skip
        _row("markdown", share, 0.0, (0, 0), 0, report)
    with tempfile.TemporaryDirectory(prefix="fieldfare-loss-") as scratch:
        for look in options.looks:
            target = (options.keep or Path(scratch)) / f"{options.folder.name}-{look}.pdf"
            pages = print_folder(options.folder, target, look, pictures=options.pictures)
            with trial_pack(target) as (_, retriever, report):
                found = hits(retriever, questions)
            lost = [q for q, a, b in zip(questions, base, found, strict=True) if a and not b]
            won = sum(b and not a for a, b in zip(base, found, strict=True))
            mine = sum(found) / len(found)
            _row(look, mine, share - mine, (len(lost), won), pages, report)
            for question in lost if options.show else ():
                print(f"    {question.text!r} -> {' '.join(question.wanted)[:150]!r}")


def _row(  # noqa: PLR0917  (the columns of the row in order)
    name: str, share: float, loss: float, changed: tuple[int, int], pages: int, report: object
) -> None:
    made = report.manifest  # type: ignore[attr-defined]
    print(f"{name:<10} {share:7.1%} {loss:+7.1%} {changed[0]:5} {changed[1]:5} {pages or '':>6} "
          f"{report.tables:>7} {report.steps:>6} {made.hazards:>8} {made.figures:>8}", flush=True)  # type: ignore[attr-defined]  # fmt: skip


if __name__ == "__main__":
    main()
