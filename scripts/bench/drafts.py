"""The embedded model's own drafts under the lock: how many sentences pass, and whether what passes is in the quote.

    .venv/bin/python scripts/bench/drafts.py --work DIR [--questions 1000] [--threads 2] [--check]

The demo pack's gold questions with what the search finds, and questions of the open sets (--shared) with the texts that belong to
them. Drafts are kept in DIR as they are made and are not made again; --check only puts those through the lock.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import re
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldfare import answering, grounding, library, settings
from fieldfare.assistant import model_opener, open_embedder
from fieldfare.domain import BlockKind, Evidence, Match, Passage, Question
from fieldfare.ingest.questions import read_questions
from fieldfare.retrieval import Retriever

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PACK = "halden-gs40"


def demo() -> Iterator[tuple[str, str, list[Passage]]]:
    """The demo pack's gold questions with the running text that the search finds for them."""
    shelf = library.open_shelf()
    retriever = Retriever([one for one in shelf.archives if one.manifest.id == PACK], open_embedder())
    for gold in read_questions(ROOT / "packs" / PACK / "questions.jsonl"):
        found = retriever.search(Question(text=gold.text)).evidence
        prose = [one.passage for one in found if one.passage.kind not in {BlockKind.TABLE, BlockKind.FIGURE}]
        if prose:
            yield f"demo/{gold.id}", gold.text, prose[: answering.PROMPT_PASSAGES]
    shelf.close()


def opened(folder: Path, name: str) -> Iterator[tuple[str, str, list[Passage]]]:
    """The questions of an open set with the texts that belong to them."""
    texts = {row["id"]: row for row in rows(folder / name / "corpus.jsonl")}
    for row in rows(folder / name / "queries.jsonl"):
        near = [texts[id_] for id_ in row.get("context_doc_ids", ()) if id_ in texts][: answering.PROMPT_PASSAGES]
        passages = [
            Passage(id=n, pack=name, document=name, section=1, heading=tuple(filter(None, [one.get("title")])), text=one["text"].strip(), kind=BlockKind.PARAGRAPH)
            for n, one in enumerate(near, 1)
        ]  # fmt: skip
        if passages:
            yield f"{name}/{row['id']}", row["text"], passages


def rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def make(questions: list[tuple[str, str, list[Passage]]], file: Path, threads: int) -> None:
    """Drafts what is not drafted yet, a line each."""
    done = {row["id"] for row in rows(file)} if file.exists() else set()
    left = [one for one in questions if one[0] not in done]
    opener = model_opener(dataclasses.replace(settings.Settings(), draft=True, threads=threads))
    if opener is None:
        raise SystemExit("The language model is not set up: run scripts/run once.")
    model = opener()
    model.load()
    begun = time.monotonic()
    with file.open("a", encoding="utf-8") as stream:
        for number, (id_, text, passages) in enumerate(left, 1):
            evidence = [
                Evidence(passage=one, rank=rank, score=1.0, matched_by=(Match.WORDS,))
                for rank, one in enumerate(passages, 1)
            ]
            drafted = list(answering.draft(Question(text=text), evidence, model, lambda: False))
            kept = [{"heading": one.heading, "text": one.text, "kind": one.kind} for one in passages]
            stream.write(
                json.dumps({"id": id_, "question": text, "draft": drafted, "passages": kept}, ensure_ascii=False) + "\n"
            )
            stream.flush()
            each = (time.monotonic() - begun) / number
            print(
                f"\r{number} of {len(left)}, {each:.1f} s each, {each * (len(left) - number) / 60:.0f} min left ",
                end="",
                file=sys.stderr,
            )
    print(file=sys.stderr)
    model.close()


def unsupported(sentence: str, quote: str) -> list[str]:
    """What of a sentence is not in its quote, by a rule that is not the lock's: digits, units and codes letter by letter, and
    whether both deny or neither does.
    """
    plain = dict(zip("−–’", "--'", strict=True))
    said, printed = ("".join(plain.get(one, one) for one in text.casefold()) for text in (sentence, quote))
    missing = [one for one in re.findall(r"\d+", said) if not re.search(rf"(?<!\d){one}(?!\d)", printed)]
    missing += [
        one
        for one in re.findall(r"[a-z]+-?\d[\w-]*", said)
        if re.sub(r"\W", "", one) not in re.sub(r"[^\w]", "", printed)
    ]
    denies = r"\b(?:not|no|never|without|cannot|none)\b|n't\b"
    if bool(re.search(denies, said)) != bool(re.search(denies, printed)):
        missing.append("a negation")
    return missing


def check(file: Path) -> None:
    """Puts every kept draft through the lock."""
    count: Counter[str] = Counter()
    spent = 0.0
    for row in rows(file):
        passages = [
            Passage(id=n, pack="p", document="d", section=1, heading=tuple(one["heading"]), text=one["text"], kind=BlockKind(one["kind"]))
            for n, one in enumerate(row["passages"], 1)
        ]  # fmt: skip
        count["drafts"] += 1
        passed = False
        for sentence in row["draft"]:
            begun = time.process_time()
            statement = grounding.check(re.sub(r"\s*\[\d\]", "", sentence).strip(), passages)
            spent += time.process_time() - begun
            count["sentences"] += 1
            if statement:
                passed = True
                count["passed"] += 1
                count["verbatim"] += statement.verbatim
                if missing := unsupported(statement.text, statement.citation.quote):
                    count["unsupported"] += 1
                    print(f"? {missing}: {statement.text}\n    {statement.citation.quote}")
        count["with a sentence that passed"] += passed
    total = max(1, count["sentences"])
    print(f"drafts {count['drafts']}, with a sentence that passed {count['with a sentence that passed']}")
    print(f"sentences {count['sentences']}: passed {count['passed']} ({count['passed'] / total:.1%}), of them verbatim {count['verbatim']}; "
          f"replaced {total - count['passed']}")  # fmt: skip
    print(f"passed, but not in the quote by the second rule: {count['unsupported']}")
    print(f"{spent / total * 1000:.1f} ms of processor time a sentence", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    file = options.work / "drafts.jsonl"
    if not options.check:
        others = [
            one
            for name in ("mtrag", "squad2")
            if options.shared.is_dir()
            for one in opened(options.shared / "eval", name)
        ]
        random.Random(1).shuffle(others)
        make([*demo(), *others][: options.questions], file, options.threads)
    check(file)


if __name__ == "__main__":
    main()
