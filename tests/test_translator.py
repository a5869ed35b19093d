"""Memory, masks, engine, guard and cache together: what a technician gets to see."""

from __future__ import annotations

import csv
import importlib.util
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fieldfare.domain.translation import Outcome, Text
from fieldfare.errors import ModelError, UsageError
from fieldfare.text import sentences
from fieldfare.translation import edition, installation
from fieldfare.translation import translator as translators
from fieldfare.translation.cache import Cache
from fieldfare.translation.engine import Engine
from fieldfare.translation.guarded import Return
from fieldfare.translation.rendering import untranslated
from fieldfare.translation.translator import Translator
from languages import write_package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from fieldfare.domain.translation import Rendering

ROOT = Path(__file__).parents[1]
SETS = ROOT.parent / "shared" / "eval" / "translation"
_spec = importlib.util.spec_from_file_location(
    "translation_adversary", ROOT / "scripts" / "bench" / "translation_adversary.py"
)
assert _spec and _spec.loader
adversary = importlib.util.module_from_spec(_spec)
sys.modules["translation_adversary"] = adversary
_spec.loader.exec_module(adversary)


@dataclass
class Said:
    text: str


@dataclass
class Way:
    digest: str = "one"
    direct: bool = True


class Phrasebook:
    """An engine that knows some sentences by heart, each with its hypotheses, and the way back; everything else it repeats."""

    def __init__(self, known: Mapping[str, Sequence[str]], error: Exception | None = None) -> None:
        self.known = known
        self.error = error
        self.asked: list[str] = []
        self.way = Way()

    def route(self, source: str, target: str) -> Way:
        if target == "xx" or source == "fr":
            raise UsageError(f"No language package leads from {source} to {target}.")
        return self.way

    def translate(
        self, sentences: Sequence[str], source: str, target: str, *, count: int, cancelled: Callable[[], bool]
    ) -> Iterator[Sequence[Said]]:
        for one in sentences:
            if cancelled():
                return
            if self.error:
                raise self.error
            if source == "de":  # what it said itself
                yield [Said(english) for english, german in self.known.items() if one in german] or [Said(one)]
                continue
            self.asked.append(one)
            yield [Said(text) for text in self.known.get(one, (one,))[:count]]


@dataclass
class Remembered:
    text: str
    kind: str = "exact"
    score: float = 1.0
    approved: bool = True
    differences: tuple[str, ...] = ()


class Book:
    """Approved translations by their source."""

    def __init__(self, known: Mapping[str, Remembered]) -> None:
        self.known = known
        self.asked: list[str] = []

    def approved(self, text: str, source: str, target: str, *, pack: str, context: str) -> Remembered | None:
        found = self.known.get(text)
        return found if found and found.approved else None

    def lookup(self, text: str, source: str, target: str, *, pack: str, context: str) -> Remembered | None:
        self.asked.append(text)
        return self.known.get(text)


@dataclass
class Term:
    start: int
    end: int
    targets: tuple[str, ...]


class Words:
    """One word of the trade: a `plug` is a `Verschluss`."""

    def terms_in(self, text: str, source: str, target: str) -> Sequence[Term]:
        at = text.lower().find("plug")
        return [Term(at, at + 4, ("Verschluss",))] if at >= 0 else []

    def problem(self, text: str, translated: str, source: str, target: str) -> str:
        return "“plug” must be “Verschluss”" if "plug" in text.lower() and "Verschluss" not in translated else ""


def last(translator: Translator, texts: Sequence[Text | str], target: str = "de", **where: str) -> list[Rendering]:
    found = dict(translator.translate(texts, "en", target, **where))
    return [found[index] for index in range(len(texts))]


OPEN = {"Do not open the valve.": ("Öffnen Sie das Ventil.", "Öffnen Sie das Ventil nicht.")}
TORQUE = {
    "Tighten the nut to 45 N·m.": ("Ziehen Sie die Mutter mit 54 N·m an.", "Ziehen Sie die Mutter an."),
    "Tighten the nut to XZ0.": ("Ziehen Sie die Mutter mit XZ0 an.",),
}


def test_the_next_hypothesis_is_taken_where_the_first_lost_a_not() -> None:
    (found,) = last(Translator(Phrasebook(OPEN)), ["Do not open the valve."])
    assert found.text == "Öffnen Sie das Ventil nicht."
    assert found.machine
    assert found.sentences[0].outcome is Outcome.TRANSLATED


def test_numbers_go_behind_masks_where_the_engine_changes_them() -> None:
    engine = Phrasebook(TORQUE)
    (found,) = last(Translator(engine), ["Tighten the nut to 45 N·m."])
    assert found.text == "Ziehen Sie die Mutter mit 45 N·m an."
    assert engine.asked == ["Tighten the nut to 45 N·m.", "Tighten the nut to XZ0."]


def test_where_masks_are_lost_others_are_tried() -> None:
    known = {
        "Check XZ0 at the governor.": ("Prüfen Sie es.",),
        "Check [0] at the governor.": ("Prüfen Sie [0] am Regler.",),
    }
    (found,) = last(Translator(Phrasebook(known)), ["Check E-21 at the governor."])
    assert found.text == "Prüfen Sie E-21 am Regler."
    known["Check [0] at the governor."] = ("Prüfen Sie E21 am Regler.",)
    (found,) = last(Translator(Phrasebook(known)), ["Check E-21 at the governor."])
    assert [one.reason for one in found.originals] == ["a protected word was lost"]


def test_a_sentence_is_parted_where_the_whole_cannot_be_saved() -> None:
    known = {
        "Do not open the valve; wait 5 minutes.": ("Warten Sie.",),
        "Do not open the valve; wait XZ0 minutes.": ("Warten Sie XZ0 Sekunden.",),
        "Do not open the valve;": ("Das Ventil nicht öffnen;",),
        "wait XZ0 minutes.": ("XZ0 Minuten warten.",),
    }
    (found,) = last(Translator(Phrasebook(known)), ["Do not open the valve; wait 5 minutes."])
    assert found.text == "Das Ventil nicht öffnen; 5 Minuten warten."


def test_what_cannot_be_saved_is_shown_in_the_original_with_the_reason() -> None:
    (found,) = last(Translator(Phrasebook({"Never open it.": ("Öffnen Sie es.",)})), ["Never open it."])
    assert found.text == "Never open it."
    assert [one.reason for one in found.originals] == ["a “not” was lost"]


def test_lines_marks_and_white_space_stay_where_they_are() -> None:
    source = "1. Do not open the valve.\n   b) 45 N·m\n\n• Do not open the valve.  \n"
    (found,) = last(Translator(Phrasebook(OPEN)), [source])
    assert found.text == "1. Öffnen Sie das Ventil nicht.\n   b) 45 N·m\n\n• Öffnen Sie das Ventil nicht.  \n"
    assert [one.outcome for one in found.sentences] == [Outcome.TRANSLATED, Outcome.KEPT, Outcome.TRANSLATED]


def test_cells_are_translated_each_for_itself() -> None:
    engine = Phrasebook({"Torque": ("Drehmoment",), "Remark": ("Hinweis",), "dry": ("trocken",)})
    (found,) = last(Translator(engine), [Text(text="Torque: 45 N·m\nRemark: dry", cells=True)])
    assert found.text == "Drehmoment: 45 N·m\nHinweis: trocken"
    table = "Table 1: Torque\nTorque | Remark\n45 N·m | dry\n8 N·m |  | dry"
    (found,) = last(Translator(engine), [Text(text=table, cells=True)])
    assert found.text.splitlines()[1:] == ["Drehmoment | Hinweis", "45 N·m | trocken", "8 N·m |  | trocken"]


class Wrong(Phrasebook):
    """One whose way back says something else."""

    def translate(
        self, sentences: Sequence[str], source: str, target: str, *, count: int, cancelled: Callable[[], bool]
    ) -> Iterator[Sequence[Said]]:
        if source == "de":
            yield from ([Said("Pump"), Said("the other nut")] for _ in sentences)
        else:
            yield from super().translate(sentences, source, target, count=count, cancelled=cancelled)


def test_a_few_words_that_do_not_find_their_way_back_stay_in_the_original() -> None:
    known = {"Remark": ("Mutter",), "Pump": ("Pumpe",), "Open the valve.": ("Öffnen Sie das Ventil.",)}
    table = Text(text="Remark | Pump\nPump | Remark", cells=True)
    cells, sentence = last(Translator(Wrong(known)), [table, "Open the valve."])
    assert cells.text == "Remark | Pumpe\nPumpe | Remark"
    assert {one.reason for one in cells.originals} == {"the way back leads to other words"}
    assert sentence.machine  # which the guard can judge
    ((_, first), *_, (_, told)) = Translator(Wrong(known)).translate(["Remark"], "en", "de", doubt=Return.NOTHING)
    assert (first.text, told.text) == ("Remark", "Mutter")


def test_a_question_that_lost_most_of_its_words_is_not_asked() -> None:
    known = {
        "How do I open the other pump?": ("Wie öffne ich die Pumpe?",),
        "Where is the governor?": ("Wo ist der Motor?",),
    }
    texts = ["How do I open the other pump?", "Where is the governor?"]
    for engine, changed in ((Phrasebook(known), [True, True]), (Wrong(known), [False, False])):
        found = dict(Translator(engine).translate(texts, "en", "de", doubt=Return.HALF))
        assert [found[index].changed for index in range(2)] == changed


def test_a_few_words_without_a_way_back_stay_in_the_original() -> None:
    class OneWay(Phrasebook):
        def route(self, source: str, target: str) -> Way:
            if source == "de":
                raise UsageError("No package leads back.")
            return super().route(source, target)

    for engine in (OneWay({"Pump": ("Pumpe",)}), Phrasebook({"Pump": ("Pumpe",)})):
        engine.way = Way(direct=isinstance(engine, OneWay))  # or over a third language, where more gets lost
        (cell,) = last(Translator(engine), [Text(text="Pump", cells=True)])
        assert cell.text == "Pump"
        assert "leads back" in cell.originals[0].reason


def test_similar_approvals_are_not_looked_for_before_the_first_sentence_stands() -> None:
    texts = ["Do not open the valve.", "Close it.", "Turn it to 45 N·m."]
    book = Book({"Turn it to 45 N·m.": Remembered("Auf 45 N·m drehen.", kind="numbers", approved=False)})
    translated = Translator(Phrasebook(OPEN | {"Close it.": ("Schließen.",)}), memory=book).translate(texts, "en", "de")
    for index, rendering in translated:
        if rendering.machine:
            assert (index, set(book.asked)) == (0, {"Do not open the valve."})
            break
    rest = dict(translated)
    assert (rest[1].text, rest[2].text) == ("Schließen.", "Auf 45 N·m drehen.")
    assert rest[2].sentences[0].outcome is Outcome.NUMBERS


@pytest.mark.parametrize(
    "text",
    ["", "  \n ", "3. 1. a) x", "A: b: c", "a | b | \n | c", "x:  y. z.\n", "WARNING: WARNING: stop", "1.\n2.\n"],
)
@pytest.mark.parametrize("cells", [False, True])
def test_a_text_taken_apart_is_the_text(text: str, cells: bool) -> None:
    assert untranslated(Text(text=text, cells=cells)).text == text


def test_a_warning_nobody_approved_stands_below_its_original() -> None:
    text = Text(text="WARNING: Do not open the valve.", hazard=True)
    (found,) = last(Translator(Phrasebook(OPEN)), [text])
    assert found.text == "WARNUNG: Öffnen Sie das Ventil nicht."
    assert found.original_first
    book = Book({"Do not open the valve.": Remembered("Ventil geschlossen halten.")})
    (approved,) = last(Translator(Phrasebook(OPEN), memory=book), [text])
    assert approved.text == "WARNUNG: Ventil geschlossen halten."
    assert approved.approved
    assert not approved.original_first


def test_memory_comes_before_the_engine_and_needs_none() -> None:
    engine = Phrasebook(OPEN)
    book = Book({"Do not open the valve.": Remembered("Ventil geschlossen halten.")})
    (found,) = last(Translator(engine, memory=book), ["Do not open the valve."])
    assert (found.text, engine.asked) == ("Ventil geschlossen halten.", [])
    known, unknown = last(Translator(None, memory=book), ["Do not open the valve.", "Close it."])
    assert known.approved
    assert unknown.text == "Close it."
    assert "no language package" in unknown.originals[0].reason


def test_a_similar_approval_is_shown_only_where_the_engine_failed_and_the_guard_agrees() -> None:
    near = Remembered("Öffnen Sie das Ventil nicht.", kind="similar", score=0.8, approved=False, differences=("valve",))
    (found,) = last(
        Translator(Phrasebook({"Do not open it.": ("Öffnen.",)}), memory=Book({"Do not open it.": near})),
        ["Do not open it."],
    )
    assert found.sentences[0].outcome is Outcome.SIMILAR
    assert (found.sentences[0].score, found.sentences[0].reason) == (0.8, "valve")
    wrong = Remembered("Öffnen Sie das Ventil.", kind="similar", score=0.8, approved=False)
    (found,) = last(
        Translator(Phrasebook({"Do not open it.": ("Öffnen.",)}), memory=Book({"Do not open it.": wrong})),
        ["Do not open it."],
    )
    assert found.sentences[0].outcome is Outcome.ORIGINAL


def test_words_of_the_trade_are_enforced() -> None:
    known = {"Pull the plug.": ("Ziehen Sie den Stecker.",), "Pull the XZ0.": ("Ziehen Sie den XZ0.",)}
    pulled, alone = last(Translator(Phrasebook(known), terminology=Words()), ["Pull the plug.", "Plug"])
    assert pulled.text == "Ziehen Sie den Verschluss."
    assert alone.text == "Verschluss"


@pytest.mark.parametrize(
    ("source", "target", "why"), [("en", "xx", "not"), ("en", "nl", "lost"), ("fr", "de", "leads")]
)
def test_without_a_way_or_a_guard_the_original_stands_with_a_sentence(source: str, target: str, why: str) -> None:
    found = dict(Translator(Phrasebook({})).translate(["Open the valve."], source, target))
    assert found[0].text == "Open the valve."
    assert why in found[0].originals[0].reason


def test_an_engine_that_breaks_leaves_the_original() -> None:
    (found,) = last(Translator(Phrasebook({}, ModelError("The model is damaged."))), ["Open the valve."])
    assert (found.text, found.originals[0].reason) == ("Open the valve.", "The model is damaged.")


def test_texts_come_as_they_stand_and_stop_when_cancelled() -> None:
    texts = ["45 N·m", "Do not open the valve.", "Close it.", "Turn it."]
    engine = Phrasebook(OPEN | {"Close it.": ("Schließen.",), "Turn it.": ("Drehen.",)})
    seen: list[tuple[int, bool]] = []
    translated = Translator(engine).translate(texts, "en", "de", cancelled=lambda: (1, True) in seen)
    seen.extend((index, rendering.complete) for index, rendering in translated)
    assert seen[:4] == [(0, True), (1, False), (2, False), (3, False)]
    assert seen[4:] == [(1, True)]


def test_a_sentence_is_asked_once_and_kept_by_pack_and_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Phrasebook(OPEN)
    texts = ["Do not open the valve.", "Do not open the valve."]
    last(Translator(engine, cache=Cache(tmp_path)), texts, pack_digest="a")
    assert len(engine.asked) == 1
    (again, _) = last(Translator(engine, cache=Cache(tmp_path)), texts, pack_digest="a")
    assert (len(engine.asked), again.text) == (1, "Öffnen Sie das Ventil nicht.")
    last(Translator(engine, cache=Cache(tmp_path)), texts, pack_digest="b")
    assert len(engine.asked) == 2
    engine.way = Way("another model")
    last(Translator(engine, cache=Cache(tmp_path)), texts, pack_digest="a")
    assert len(engine.asked) == 3
    # Reasons speak it; what other rules let pass is not shown by these.
    changes = (("spoken", lambda: "es"), ("__version__", "2.0"), ("edition", lambda: "other rules"))
    for name, now in changes:
        monkeypatch.setattr(translators, name, now)
        last(Translator(engine, cache=Cache(tmp_path)), texts, pack_digest="a")
    assert len(engine.asked) == 6


def test_the_edition_of_the_rules_changes_with_their_code_and_with_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    say = "from fieldfare.translation.edition import edition; print(edition())"
    for seed in ("1", "2"):
        said = subprocess.run(
            (sys.executable, "-c", say),
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        )
        assert said.stdout.strip() == edition.edition()

    compiled = edition._compiled
    for name in edition.MODULES:
        assert len(compiled(name)) > 100, f"{name} has no code"
        monkeypatch.setattr(
            edition,
            "_compiled",
            lambda one, name=name: compiled(one).replace(b"i", b"j", 1) if one == name else compiled(one),
        )
        assert edition.edition.__wrapped__() != edition.edition()


def test_the_edition_holds_every_module_that_decides() -> None:
    say = "import sys, fieldfare.translation.guarded; print(*sys.modules)"
    said = subprocess.run((sys.executable, "-c", say), capture_output=True, text=True, check=True)
    loaded = {name for name in said.stdout.split() if name.startswith("fieldfare.") and "." in name}
    # What holds them, speaks to people, or stands beside the reader of codes and is never asked.
    others = {"fieldfare.catalogue", "fieldfare.errors", "fieldfare.translation", "fieldfare.grounding"}
    others |= {f"fieldfare.grounding.{name}" for name in ("alignment", "clauses", "lists", "lock", "rows")}
    assert {name for name in loaded - others if not name.startswith("fieldfare.domain")} <= set(edition.MODULES)


def test_a_damaged_cache_is_never_shown(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    engine = Phrasebook(OPEN)
    last(Translator(engine, cache=cache), ["Do not open the valve."], pack_digest="a")
    cache.close()
    (file,) = tmp_path.glob("*.sqlite")
    data = file.read_bytes()
    assert b"nicht" in data
    file.write_bytes(data.replace(b"nicht", b"immer"))
    (found,) = last(Translator(engine, cache=Cache(tmp_path)), ["Do not open the valve."], pack_digest="a")
    assert found.text == "Öffnen Sie das Ventil nicht."
    assert len(engine.asked) == 2
    for broken in (b"", b"no database at all" * 100, data[: len(data) // 2]):
        file.write_bytes(broken)
        (found,) = last(Translator(engine, cache=Cache(tmp_path)), ["Do not open the valve."], pack_digest="a")
        assert found.text == "Öffnen Sie das Ventil nicht."


def test_a_folder_that_cannot_be_written_costs_only_the_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    cache = Cache(tmp_path / "file" / "below")
    (found,) = last(Translator(Phrasebook(OPEN), cache=cache), ["Do not open the valve."])
    assert found.text == "Öffnen Sie das Ventil nicht."


def test_a_real_package_is_read_masked_and_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDFARE_HOME", str(tmp_path / "home"))
    package = installation.install(write_package(tmp_path / "en-de.argosmodel"), unverified=True)
    texts = [
        "Tighten the nut to 45.5 N·m with HG401-0060.",
        "1. Check the oil before page 7.",
        "Do not open the hot pump!",
    ]
    found = last(Translator(Engine([package])), texts)
    assert [one.sentences[0].outcome for one in found] == [Outcome.TRANSLATED] * 3
    assert found[0].text.endswith("HG401-0060.")
    assert "45.5 N·m" in found[0].text
    assert found[1].text == "1. Prüfen die Öl vor Seite 7."
    assert "nicht" in found[2].text


@pytest.mark.skipif(not SETS.is_dir(), reason="the shared translations are not here")
def test_of_a_lying_engine_no_number_unit_or_code_is_shown() -> None:
    with (SETS / "dev.en-de.tsv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    texts = [row["en"][a:b] for row in rows for a, b in sentences(row["en"]) if any(map(str.isdigit, row["en"][a:b]))]
    texts = [one for one in dict.fromkeys(texts) if len(one) < 200]
    honest = last(Translator(adversary.Adversary(adversary.pseudo, ())), texts)
    translated = sum(one.machine for one in honest)
    assert len(texts) > 50
    assert translated > 0.85 * len(texts)
    lying = last(Translator(adversary.Adversary(adversary.pseudo, adversary.EXACT)), texts)
    shown = [(one.source.text, one.text) for one in lying if one.machine]
    assert shown == []
