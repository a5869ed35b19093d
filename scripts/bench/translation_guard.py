"""What the guard lets through and what it refuses: a lying engine, human translations, and the installed language packages.

    .venv/bin/python scripts/bench/translation_guard.py [--shared ../shared] [--sentences 5000] [--model en-de]
        [--state FOLDER] [--show FILE]

Sentences with numbers, units and identifiers of manuals that nobody of the project wrote. `translation_adversary` says how they
are translated and falsified; what is shown in the end is judged by a second rule that knows none of the guard's readers.
--model sends the sentences through an installed package as well; with sacrebleu, chrF and BLEU with and without protection. That takes an
hour on a core; what is done is kept in --state, and the same command goes on from there.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from translation_adversary import EXACT, FAULTS, Adversary, pseudo, referenced

from fieldfare.domain.translation import Outcome, Text
from fieldfare.text import sentences
from fieldfare.translation import guard
from fieldfare.translation.cache import Cache
from fieldfare.translation.guarded import Return
from fieldfare.translation.protection import FORMS, masked
from fieldfare.translation.rendering import untranslated
from fieldfare.translation.translator import Translator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fieldfare.translation.seams import Engine

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("de", "es", "fr", "it", "pt")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_MIXED = re.compile(r"(?<![\w.])(?=\w*\d)(?=\w*[A-Z])[A-Z]\w*(?:[-/.]\w*\d\w*)*")
_NAMES = {
    "minutes": "min", "minute": "min", "minuten": "min", "minutos": "min", "minuti": "min", "seconds": "s", "second": "s", "sekunden": "s",
    "secondes": "s", "segundos": "s", "secondi": "s", "hours": "h", "hour": "h", "stunden": "h", "stunde": "h", "heures": "h", "horas": "h", "ore": "h",
    "days": "d", "day": "d", "tage": "d", "tagen": "d", "tag": "d", "jours": "d", "días": "d", "giorni": "d", "dias": "d", "inch": "in", "inches": "in",
    "zoll": "in", "pouces": "in", "pulgadas": "in", "pollici": "in", '"': "in", "feet": "ft", "fuß": "ft", "percent": "%", "prozent": "%",
    "mm": "mm", "cm": "cm", "m": "m", "kg": "kg", "g": "g", "v": "V", "kv": "kV", "a": "A", "ma": "mA", "w": "W", "kw": "kW", "kwh": "kWh", "hz": "Hz",
    "khz": "kHz", "mhz": "MHz", "°c": "°C", "°f": "°F", "%": "%", "‰": "‰", "bar": "bar", "psi": "psi", "ms": "ms", "mb": "MB", "gb": "GB", "px": "px",
    "ω": "Ω", "kω": "kΩ", "lb": "lb", "weeks": "w", "wochen": "w", "semanas": "w",
}  # fmt: skip
_UNIT = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*[\s\u00a0-]?([^\W\d_]+|°[CF]|[%‰\"])(?!\w)")  # not behind a code


def prose(file: Path) -> list[str]:
    """The running text of a file, a paragraph each, without Markdown's marks."""
    if file.suffix == ".pdf":
        import pypdfium2

        document = pypdfium2.PdfDocument(file)
        pages = [page.get_textpage().get_text_range() for page in document]
        return [re.sub(r"\s+", " ", part) for page in pages for part in re.split(r"\n\s*\n|(?<=[.:!?])\s*\r?\n", page)]
    text = re.sub(
        r"```.*?```|^(?:import|export) .*$|<!--.*?-->",
        "",
        file.read_text(encoding="utf-8"),
        flags=re.DOTALL | re.MULTILINE,
    )
    lines = [
        re.sub(r"!?\[([^\]]*)\]\([^)]*\)|\{%.*?%\}|<[^>]+>|[*_]{1,2}(?=\w)|(?<=\w)[*_]{1,2}", r"\1", line)
        for line in text.splitlines()
    ]
    cells = [
        cell for line in lines for cell in (line.strip("| ").split("|") if line.lstrip().startswith("|") else [line])
    ]
    return [re.sub(r"^\s*(?:[#>*-]+|\d+\.)\s*", "", one).strip() for one in cells]


def collected(shared: Path, limit: int, chance: random.Random) -> list[str]:
    """Different English sentences with a digit: manuals and what people translated first, then handbooks and guides."""
    manuals = shared / "manuals"
    files = [*sorted((manuals / "evcc").rglob("en/**/*.md*")), *sorted((manuals / "farmbot-express").rglob("*.md")),
             *sorted((manuals / "libresolar").rglob("*.md")), *sorted((manuals / "morserino").glob("*-en.pdf"))]  # fmt: skip
    texts = [text for file in files for text in prose(file)]
    for name in LANGUAGES:
        texts += [row["en"] for row in table(shared / "eval" / "translation" / f"dev.en-{name}.tsv")]
    texts += [row["en"] for row in table(shared / "eval" / "translation" / "parallel.en-de.tsv")]
    found = _numbered(texts)
    more: list[str] = []
    if len(found) < limit:
        for name in ("faa-powerplant.jsonl", "crosslingual-faq/corpus.jsonl", "repair-guides/corpus.jsonl"):
            lines = (shared / "eval" / name).read_text(encoding="utf-8").splitlines()
            more += [part for line in lines for part in str(json.loads(line)["text"]).split("\n")]
        more = [one for one in _numbered(more) if one not in set(found)]
    chosen = chance.sample(found, min(limit, len(found)))
    return chosen + chance.sample(more, min(limit - len(chosen), len(more)))


def _numbered(texts: list[str]) -> list[str]:
    """The different sentences of some texts that hold a digit and are no table."""
    return list(dict.fromkeys(
        text[start:end] for text in texts for start, end in sentences(text)
        if 12 <= end - start <= 400 and any(map(str.isdigit, text[start:end])) and len(text[start:end].split()) > 3
    ))  # fmt: skip


def table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def kept(source: str, target: str) -> bool:
    """The second rule: the same digits with their marks, the same units behind them, the same tokens of capitals and digits."""

    def numbers(text: str, *, bare: bool) -> Counter[str]:
        found = (one.replace(",", ".") for one in _DIGITS.findall(text))
        return Counter(re.sub(r"\.(?=\d{3}(?!\d))", "", one) if bare else one for one in found)

    def units(text: str) -> Counter[str]:
        return Counter(_NAMES[one.casefold()] for one in _UNIT.findall(text) if one.casefold() in _NAMES)

    def codes(text: str) -> Counter[str]:
        return Counter(one.casefold() for one in _MIXED.findall(text))

    same = any(numbers(source, bare=bare) == numbers(target, bare=bare) for bare in (False, True))
    return same and units(source) == units(target) and codes(source) == codes(target)


def shown(
    engine: Engine,
    texts: list[str],
    source: str,
    target: str,
    *,
    doubt: Return = Return.NOTHING,
    cache: Cache | None = None,
) -> dict[str, tuple[Outcome, str, str]]:
    """What a screen shows of each sentence in the end; an adversary knows no way back."""
    found: dict[str, tuple[Outcome, str, str]] = {}
    decided: set[int] = set()
    for index, rendering in Translator(engine, cache=cache).translate(texts, source, target, doubt=doubt):
        if cache and index not in decided and not any(one.outcome is Outcome.PENDING for one in rendering.sentences):
            decided.add(index)
            _tell(len(decided), len(texts))
        outcomes = {one.outcome for one in rendering.sentences}
        outcome = Outcome.ORIGINAL if Outcome.ORIGINAL in outcomes else min(outcomes)
        if Outcome.TRANSLATED in outcomes:
            outcome = Outcome.TRANSLATED
        reasons = [one.reason for one in rendering.sentences if one.reason]
        found[texts[index]] = outcome, rendering.text, reasons[0] if reasons else ""
    return found


def _tell(done: int, of: int) -> None:
    if done % 100 == 0:
        print(f"   {time.strftime('%H:%M:%S')} {done} of {of} sentences", file=sys.stderr, flush=True)


def honest(texts: list[str], show: list[dict[str, str]]) -> None:
    """A machine that translates rightly, but reads like nothing: what the guard refuses of it is a false alarm."""
    found = shown(Adversary(pseudo, ()), texts, "en", "de")
    count = Counter(outcome for outcome, _, _ in found.values())
    wrong = [
        (one, text)
        for one, (outcome, text, _) in found.items()
        if outcome is Outcome.TRANSLATED and not kept(one, text)
    ]
    reasons = Counter(
        re.sub(r"(?:number|code|unit|value) \S+", "X", why)
        for outcome, _, why in found.values()
        if outcome is Outcome.ORIGINAL
    )
    print(f"an honest engine: {len(texts)} sentences, {count[Outcome.TRANSLATED]} translated, {count[Outcome.ORIGINAL]} in the original "
          f"({count[Outcome.ORIGINAL] / len(texts):.1%}), {count[Outcome.KEPT]} without words; second rule: {len(wrong)} altered")  # fmt: skip
    print("   refused for:", "; ".join(f"{why} {n}" for why, n in reasons.most_common(8)))
    show += [
        {"part": "honest", "source": one, "target": pseudo(one), "why": why}
        for one, (outcome, _, why) in found.items()
        if outcome is Outcome.ORIGINAL
    ]
    show += [{"part": "honest, second rule", "source": one, "target": text, "why": ""} for one, text in wrong]


def lying(name: str, texts: list[str], engine: Adversary, target: str, show: list[dict[str, str]]) -> Counter[str]:
    """An engine of which nothing is true: whatever is shown as translated is a lie that came through."""
    found = shown(engine, texts, "en", target)
    told = {" ".join(lie.text.split()): lie.kind for lies in engine.told.values() for lie in lies}
    tried = Counter(lie.kind for lies in engine.told.values() for lie in lies)
    through: Counter[str] = Counter()
    altered = 0
    for one, (outcome, text, _) in found.items():
        if outcome is not Outcome.TRANSLATED:
            continue
        kind = told.get(" ".join(text.split())) or _kind(one, text, engine, target)
        through[kind] += 1
        altered += not kept(one, text)
        show.append({"part": name, "source": one, "target": text, "why": kind})
    originals = sum(outcome is Outcome.ORIGINAL for outcome, _, _ in found.values())
    print(f"{name}: {len(texts)} sentences, {sum(tried.values())} lies told, {originals} in the original ({originals / max(1, len(texts)):.1%}), "
          f"{sum(through.values())} lies shown, of them {altered} with another number, unit or code by the second rule")  # fmt: skip
    print("   shown:", "; ".join(f"{kind} {n}" for kind, n in through.most_common()) or "none")
    return through


def _kind(sentence: str, text: str, engine: Adversary, target: str) -> str:
    """The kind of a lie that was told behind masks."""
    sentence = untranslated(Text(text=sentence)).sentences[-1].source  # without its number
    for numbers in (True, False):
        mask = masked(sentence, "en", target, numbers=numbers)
        for lie in engine.told.get(mask.text, ()):
            said = " ".join((mask.restored(lie.text) or "").split())
            if said and " ".join(text.split()).endswith(said):
                return lie.kind
    return "parts"


def references(shared: Path, show: list[dict[str, str]]) -> Iterator[tuple[str, dict[str, str]]]:
    """Human translations: what the guard refuses of them, as whole texts and sentence by sentence where these pair."""
    for language in LANGUAGES:
        rows = table(shared / "eval" / "translation" / f"dev.en-{language}.tsv")
        pairs: dict[str, str] = {}
        refused: Counter[str] = Counter()
        for row in rows:
            why = guard.problem(row["en"], row[language], "en", language)
            refused[why] += 1
            if why:
                show.append({"part": f"human {language}", "source": row["en"], "target": row[language], "why": why})
            mine, other = ([text[a:b] for a, b in sentences(text)] for text in (row["en"], row[language]))
            if len(mine) == len(other):
                pairs |= dict(zip(mine, other, strict=True))
        alarms = sum(bool(guard.problem(one, other, "en", language)) for one, other in pairs.items())
        whole = refused.total() - refused[""]
        print(f"human en → {language}: {len(rows)} texts, {whole} refused ({whole / len(rows):.1%}); "
              f"{len(pairs)} sentences, {alarms} refused ({alarms / len(pairs):.1%})")  # fmt: skip
        sound = {one: other for one, other in pairs.items() if not guard.problem(one, other, "en", language)}
        yield language, sound


def with_masks(pairs: Mapping[str, str], target: str) -> dict[str, str]:
    """Right translations of what the translator will ask: sentences behind both kinds of masks."""
    asked = dict(pairs)
    for one, other in pairs.items():
        for numbers in (False, True):
            mask = masked(one, "en", target, numbers=numbers)
            text = other
            for number, word in enumerate(mask.kept):
                for printed in (word, word.replace(".", ","), word.replace(" ", "\u00a0")):
                    if printed in text:
                        text = text.replace(printed, mask.form.mask(number), 1)
                        break
            asked[mask.text] = text
    return asked


def single_lies(
    pairs: Mapping[str, str], target: str, chance: random.Random, show: list[dict[str, str]]
) -> tuple[Counter[str], Counter[str]]:
    """Each kind of lie about each human translation, put to the guard alone: told and let pass."""
    told: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    for one, other in pairs.items():
        for kind, fault in FAULTS.items():
            lie = fault(other, target, chance)
            if " ".join(lie.split()) == " ".join(other.split()):
                continue
            told[kind] += 1
            if not guard.problem(one, lie, "en", target):
                passed[kind] += 1
                show.append({"part": f"guard alone {target}", "source": one, "target": lie, "why": kind})
    return told, passed


def raw(engine: Engine, texts: list[str], source: str, target: str, cache: Cache) -> dict[str, str]:
    """What the engine itself says of each sentence, unchecked."""
    digest = engine.route(source, target).digest
    found = {one: kept[0] for one in texts if (kept := cache.get(digest, "unchecked", one))}
    left = [one for one in texts if one not in found]
    for one, said in zip(left, engine.translate(left, source, target), strict=True):
        cache.put(digest, "unchecked", one, said=(said[0].text,))
        found[one] = said[0].text
        _tell(len(found), len(texts))
    return found


def model(pair: str, texts: list[str], shared: Path, state: Path | None, show: list[dict[str, str]]) -> None:
    """The installed package of a pair: what is shown of it, and chrF and BLEU of both ways on the human translations."""
    from fieldfare.translation.engine import Engine
    from fieldfare.translation.packages import installed

    source, target = pair.split("-")
    engine = Engine(installed()[0], threads=1)  # small models are slower on several
    cache = Cache(state)
    found = shown(engine, texts, source, target, doubt=Return.BRIEF, cache=cache)
    unchecked = raw(engine, texts, source, target, cache)
    count = Counter(outcome for outcome, _, _ in found.values())
    wrong = [
        (one, text)
        for one, (outcome, text, _) in found.items()
        if outcome is Outcome.TRANSLATED and not kept(one, text)
    ]
    bad = sum(not kept(one, text) for one, text in unchecked.items())
    reasons = Counter(
        re.sub(r"(?:number|code|unit|value) \S+", "X", why)
        for outcome, _, why in found.values()
        if outcome is Outcome.ORIGINAL
    )
    print(f"package {engine.route(source, target)}: {len(texts)} sentences, {bad} altered as the engine says them ({bad / len(texts):.1%}); through the "
          f"translator {count[Outcome.TRANSLATED]} translated, {count[Outcome.ORIGINAL]} in the original ({count[Outcome.ORIGINAL] / len(texts):.1%}), "
          f"{len(wrong)} altered by the second rule")  # fmt: skip
    print("   refused for:", "; ".join(f"{why} {n}" for why, n in reasons.most_common(10)))
    show += [{"part": "model, second rule", "source": one, "target": text, "why": ""} for one, text in wrong]
    rows = table(shared / "eval" / "translation" / f"dev.en-{target if source == 'en' else source}.tsv")
    ours = [key for key in rows[0] if key in (target, source)]
    assert len(ours) == 2
    asked, right = [row[source] for row in rows], [row[target] for row in rows]
    parts = {text: [text[a:b] for a, b in sentences(text)] for text in asked}
    said = raw(engine, list(dict.fromkeys(one for some in parts.values() for one in some)), source, target, cache)
    plain = [" ".join(said[one] for one in parts[text]) for text in asked]
    guarded = shown(engine, asked, source, target, doubt=Return.BRIEF, cache=cache)
    safe = [guarded[one][1] for one in asked]
    machine = [n for n, one in enumerate(asked) if guarded[one][0] is Outcome.TRANSLATED and not guarded[one][2]]
    forms(engine, texts[:60], source, target)
    if importlib.util.find_spec("sacrebleu") is None:
        print("   chrF and BLEU need sacrebleu")
        return
    import sacrebleu

    for name, some in (("all texts", range(len(asked))), ("texts without a sentence in the original", machine)):
        for what, lines in (("without protection", plain), ("with protection", safe)):
            chrf = sacrebleu.corpus_chrf([lines[n] for n in some], [[right[n] for n in some]]).score
            bleu = sacrebleu.corpus_bleu([lines[n] for n in some], [[right[n] for n in some]]).score
            numbers = sum(kept(asked[n], lines[n]) for n in some) / max(1, len(some))
            print(f"   {name} ({len(some)}), {what}: chrF {chrf:.1f}, BLEU {bleu:.1f}, numbers kept in {numbers:.1%}")


def forms(engine: Engine, texts: list[str], source: str, target: str) -> None:
    """Which masks come through a model: in its best hypothesis, and in one of four."""
    for numbers in (False, True):
        some = [one for one in texts if masked(one, source, target, numbers=numbers).kept]
        for name, form in FORMS.items():
            masks = [masked(one, source, target, numbers=numbers, form=form) for one in some]
            answers = engine.translate([one.text for one in masks], source, target, count=4, cancelled=lambda: False)
            whole = [
                [mask.restored(said.text) is not None for said in four]
                for mask, four in zip(masks, answers, strict=True)
            ]
            print(f"   masks {name:<9} {'with' if numbers else 'without'} numbers: {len(some)} sentences, all come back in the best hypothesis "
                  f"{sum(one[0] for one in whole) / len(some):.1%}, in one of four {sum(map(any, whole)) / len(some):.1%}")  # fmt: skip


def total(name: str, told: Counter[str], passed: Counter[str]) -> None:
    print(f"{name}: {told.total()} told, {passed.total()} passed ({passed.total() / told.total():.2%})")
    for kind, count in told.most_common():
        print(
            f"   {kind:<20} {count:>6} {passed[kind]:>5} {passed[kind] / count:>7.2%}{'  !' if kind in EXACT and passed[kind] else ''}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--sentences", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--model", default="", help="a pair of an installed package: en-de")
    parser.add_argument("--only-model", action="store_true")
    parser.add_argument("--state", type=Path, help="a folder for what the package said, to go on from")
    parser.add_argument("--show", type=Path, help="write what was refused and what passed to this file")
    options = parser.parse_args()
    if not options.shared.is_dir():
        raise SystemExit(f"{options.shared} does not exist. Name the folder with the shared sets: --shared DIR")
    chance = random.Random(options.seed)
    show: list[dict[str, str]] = []
    texts = collected(options.shared, options.sentences, chance)
    print(f"{len(texts)} different English sentences with numbers")
    if not options.only_model:
        honest(texts, show)
        lying("a lying engine", texts, Adversary(pseudo), "de", show)
        exact = Adversary(pseudo, tuple(kind for kind in FAULTS if kind in EXACT))
        lying("one that lies about numbers, units, codes", texts, exact, "de", show)
        told: dict[str, Counter[str]] = defaultdict(Counter)
        for language, pairs in references(options.shared, show):
            lying(
                f"a lying engine on human en → {language}",
                list(pairs),
                Adversary(referenced(with_masks(pairs, language))),
                language,
                show,
            )
            counts = single_lies(pairs, language, chance, show)
            told["told"] += counts[0]
            told["passed"] += counts[1]
        total("lies about human translations, to the guard alone", told["told"], told["passed"])
    if options.model:
        model(options.model, texts, options.shared, options.state, show)
    if options.show:
        options.show.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in show), encoding="utf-8")


if __name__ == "__main__":
    main()
