"""What the lock lets pass: true sentences reworded, the same made false, and the drafts of the embedded model.

    .venv/bin/python scripts/bench/lock.py [--shared ../shared] [--sentences 4000] [--show FILE]

The sentences are those of the demo pack and, where --shared is there, of manuals and handbooks that nobody of the project
wrote. `adversary` says by which rules they are reworded and falsified.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adversary import CODE, FALSIFIERS, REWORDINGS, WORD, falsified, reworded, sources

from fieldfare import grounding, library
from fieldfare.domain import BlockKind, Passage
from fieldfare.text import content_words, sentences, stem, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parents[2]
HAND = Path(__file__).with_name("data") / "lock.jsonl"
SIZE = 700  # characters of a passage cut from running text, as ingest cuts it


def demo() -> list[Passage]:
    """Every passage of the packs that came with the program."""
    shelf = library.open_shelf()
    found = [
        one for archive in shelf.archives for one in archive.passages(range(1, archive.manifest.passages + 1)).values()
    ]
    shelf.close()
    return found


def by_hand(passages: Sequence[Passage], show: list[dict[str, object]]) -> None:
    """Sentences about the demo manual that a person wrote, right ones and wrong ones, each against the whole of its section."""
    right, wrong = Counter[bool](), Counter[bool]()
    for row in map(json.loads, HAND.read_text(encoding="utf-8").splitlines()):
        section = [one for one in passages if one.heading and one.heading[-1] == row["section"]]
        if not section:
            raise SystemExit(f"The demo pack has no section {row['section']}.")
        passed = grounding.check(row["sentence"], section)
        (right if row["right"] else wrong)[passed is not None] += 1
        if (passed is not None) is not row["right"]:
            show.append({"set": "by hand", "rule": "by hand", "quote": passed.citation.quote if passed else "", **row})
    print(
        f"written by hand: right {right.total()}, thrown away {right[False]} ({right[False] / right.total():.1%}); "
        f"wrong {wrong.total()}, passed {wrong[True]}"
    )


def human_answers(folder: Path) -> None:
    """Sentences of the human answers of MT-RAG whose content words all stand in two neighbouring sentences of its texts."""

    def read(name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]

    texts = {row["id"]: row["text"].strip() for row in read("corpus.jsonl")}
    near = {row["id"]: [texts[one] for one in row["context_doc_ids"] if one in texts] for row in read("queries.jsonl")}
    count: Counter[bool] = Counter()
    for row in read("answers.jsonl"):
        passages = [
            Passage(id=n, pack="p", document="d", section=1, heading=(), text=text, kind=BlockKind.PARAGRAPH)
            for n, text in enumerate(near[row["id"]], 1)
        ]
        for start, end in sentences(row["answer"]) if row["label"] in {"ANSWERABLE", "PARTIAL"} else ():
            sentence = row["answer"][start:end]
            said = {stem(word) for word in content_words(sentence)}
            if len(said) >= 4 and any(said <= words_near for one in passages for words_near in _pairs(one.text)):
                count[grounding.check(sentence, passages) is not None] += 1
    print(f"human answers {count.total()} sentences, replaced {count[False]} ({count[False] / count.total():.1%})")


def _pairs(text: str) -> Iterator[set[str]]:
    """The words of each two neighbouring sentences."""
    spans = sentences(text)
    for first, after in zip(spans, [*spans[1:], spans[-1]], strict=True):
        yield {stem(word) for word in words(text[first[0] : after[1]])}


def cut(name: str, texts: Sequence[tuple[str, str]], chance: random.Random, limit: int) -> list[Passage]:
    """Passages of running text, from a sample of the texts of a set."""
    found = []
    for title, text in chance.sample(list(texts), min(limit, len(texts))):
        spans = sentences(text)
        while spans:
            start, kept = spans[0][0], [one for one in spans if one[1] - spans[0][0] <= SIZE] or spans[:1]
            spans = spans[len(kept) :]
            found.append(
                Passage(id=len(found) + 1, pack=name, document=name, section=1, heading=(title,) if title else (),
                        text=text[start : kept[-1][1]], kind=BlockKind.PARAGRAPH)
            )  # fmt: skip
    return found


def jsonl(file: Path) -> list[tuple[str, str]]:
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [(str(row.get("title") or row.get("guide_title") or ""), str(row["text"])) for row in rows]


def markdown(folder: Path) -> list[tuple[str, str]]:
    """The running text of a Markdown manual: lines of prose, without its markup."""
    found = []
    for file in sorted(folder.rglob("*.md*")):
        lines = [
            re.sub(r"\[([^\]]*)\]\([^)]*\)|[*`_]{1,2}|<[^>]+>", r"\1", line).strip()
            for line in file.read_text(encoding="utf-8").splitlines()
        ]
        text = "\n".join(
            line for line in lines if re.match(r"[A-ZÄÖÜ\d•-]", line) and line.endswith((".", "!")) and "{" not in line
        )
        if text:
            found.append((file.stem.replace("-", " "), text))
    return found


def corpora(shared: Path, chance: random.Random, limit: int) -> Iterator[tuple[str, list[Passage]]]:
    yield "demo pack", demo()
    tests = {
        "aviation handbook": lambda: jsonl(shared / "eval" / "faa-powerplant.jsonl"),
        "repair guides": lambda: jsonl(shared / "eval" / "repair-guides" / "corpus.jsonl"),
        "printer firmware": lambda: jsonl(shared / "eval" / "crosslingual-faq" / "corpus.jsonl"),
        "farm robot": lambda: markdown(shared / "manuals" / "farmbot-express"),
        "energy manager, en and de": lambda: markdown(shared / "manuals" / "evcc"),
        "solar course": lambda: markdown(shared / "manuals" / "libresolar"),
        "mtrag": lambda: jsonl(shared / "eval" / "mtrag" / "corpus.jsonl"),
        "squad2": lambda: jsonl(shared / "eval" / "squad2" / "corpus.jsonl"),
    }  # fmt: skip
    for name, read in tests.items():
        if shared.is_dir():
            yield name, cut(name, read(), chance, limit)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--texts", type=int, default=120, help="texts of each set")
    parser.add_argument("--passages", type=int, default=150, help="passages of each set")
    parser.add_argument("--only", default="", help="one set")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=Path, help="write what was thrown away and what passed to this file")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    true, kept, false, passed = Counter(), Counter(), Counter(), Counter()
    shown: list[dict[str, object]] = []
    by_hand(demo(), shown)
    if options.shared.is_dir():
        human_answers(options.shared / "eval" / "mtrag")
    spent = asked = 0.0
    print(f"{'set':<28} {'true':>6} {'thrown away':>12} {'false':>7} {'passed':>7}")
    for name, passages in corpora(options.shared, chance, options.texts):
        if options.only and options.only != name:
            continue
        prose = [one for one in passages if one.kind not in {BlockKind.TABLE, BlockKind.FIGURE}]
        nouns = sorted({m.group().lower() for one in passages for m in WORD.finditer(one.text)})
        codes = sorted({m.group() for one in passages for m in CODE.finditer(one.text)})
        mine = Counter()
        for passage in chance.sample(prose, min(options.passages, len(prose))):
            texts = [
                passage.text[a:b]
                for a, b in sentences(passage.text)
                if 20 <= b - a <= 300 and passage.text[b - 1] not in ":?|"
            ]
            near = [passage, *chance.sample(passages, min(2, len(passages)))]
            for source in sources(texts, chance.sample(nouns, min(200, len(nouns))), codes):
                cases = [("verbatim", source.sentence, True)]
                cases += [(rule, text, True) for rule, text in reworded(source, chance)]
                cases += [(rule, text, False) for rule, text in falsified(source, chance)]
                for rule, text, right in cases:
                    begun = time.process_time()
                    statement = grounding.check(text, near)
                    spent, asked = spent + time.process_time() - begun, asked + 1
                    (true if right else false)[rule] += 1
                    mine["true" if right else "false"] += 1
                    if statement and right:
                        kept[rule] += 1
                        mine["kept"] += 1
                    elif statement:
                        passed[rule] += 1
                        mine["passed"] += 1
                    if bool(statement) is not right:
                        shown.append({"set": name, "rule": rule, "right": right, "sentence": text, "source": source.sentence,
                                      "quote": statement.citation.quote if statement else ""})  # fmt: skip
        lost = mine["true"] - mine["kept"]
        print(
            f"{name:<28} {mine['true']:>6} {lost:>6} {lost / max(1, mine['true']):>4.1%} {mine['false']:>7} {mine['passed']:>7}",
            flush=True,
        )
    print(f"\n{'rewording':<24} {'true':>6} {'thrown away':>12}")
    for rule in ("verbatim", *REWORDINGS):
        lost = true[rule] - kept[rule]
        print(f"{rule:<24} {true[rule]:>6} {lost:>6} {lost / max(1, true[rule]):>4.1%}")
    lost = true.total() - kept.total()
    print(f"{'all':<24} {true.total():>6} {lost:>6} {lost / max(1, true.total()):>4.1%}")
    print(f"\n{'falsifier':<24} {'false':>6} {'passed':>7}")
    for rule in FALSIFIERS:
        print(f"{rule:<24} {false[rule]:>6} {passed[rule]:>7}")
    print(f"{'all':<24} {false.total():>6} {passed.total():>7}")
    print(f"\n{spent / max(1, asked) * 1000:.2f} ms of processor time a sentence", file=sys.stderr)
    if options.show:
        options.show.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in shown), encoding="utf-8")


if __name__ == "__main__":
    main()
