"""Approved translations on the device: what is found, how near it is, and what is never offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fieldfare.ingest.creator import build
from fieldfare.ingest.sources import read_source
from fieldfare.ingest.tmx import write_tmx
from fieldfare.ingest.units import State, Unit
from fieldfare.pack.archive import Archive
from fieldfare.signal_words import signal_word
from fieldfare.translation.memory import MatchKind, Memory, MemoryMatch, translatable
from fieldfare.translation.terminology import Terminology, says

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANUAL = "# Pump\n\n## Oil\n\n1. Open the drain plug.\n2. Tighten the drain plug to 45 N·m.\n"
PAIRS = {
    "Open the drain plug.": "Die Ablassschraube öffnen.",
    "Tighten the drain plug to 45 N·m.": "Die Ablassschraube mit 45 N·m festziehen.",
    "Let the oil drain for 10 minutes. Do not smoke.": "Das Öl 10 Minuten ablaufen lassen. Nicht rauchen.",
    "Fill 8.5 L of oil through the filler neck.": "8,5 L Öl durch den Einfüllstutzen einfüllen.",
    "Put 2 cups into 2 rows.": "2 Becher in 2 Reihen stellen.",
    "The pump fills 3 tanks and 4 lines.": "Die Pumpe füllt 4 Leitungen und 3 Tanks.",
    "Wait for 1 minute.": "1 Minute warten.",
    "Remove the oil filter (HG101-0020) with the filter wrench.": "Den Ölfilter (HG101-0020) mit dem Filterschlüssel abschrauben.",
    "The hose of the left pump must be clean and dry at all times.": "Der Schlauch der linken Pumpe muss stets sauber und trocken sein.",
    "Fastener": "Verbindungselement",
    "Oil drain plug": "Ölablassschraube",
    "Torque (N·m)": "Anzugsmoment (N·m)",
}  # fmt: skip
TERMS = "en,de\ndrain plug,Ablassschraube|Ablaßschraube|!Stopfen\noil,Öl\noil filter,Ölfilter\n"


def unit(source: str, target: str, **said: str) -> Unit:
    return Unit(source=source, target=target, source_language="en", target_language="de", state=State.APPROVED, **said)  # type: ignore[arg-type]


def pack(folder: Path, units: list[Unit], terms: str = "", *, name: str = "pump") -> Path:
    folder.mkdir(parents=True)
    (folder / "manual.md").write_text(MANUAL, encoding="utf-8")
    (folder / "de.tmx").write_bytes(write_tmx(units, "en"))
    listed = 'terms = ["terms.csv"]\n' if terms else ""
    if terms:
        (folder / "terms.csv").write_text(terms, encoding="utf-8")
    (folder / "pack.toml").write_text(
        f'[pack]\nid = "{name}"\nlanguage = "en"\n[translations]\nmemory = ["de.tmx"]\n{listed}', encoding="utf-8"
    )
    target = folder / "made.fpack"
    build(read_source(folder), target, None, lambda *_: None)
    return target


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    units = [unit(one, other, approved_by="Ada", approved_on="2026-05-04") for one, other in PAIRS.items()]
    return pack(tmp_path_factory.mktemp("pack") / "pump", units, TERMS)


@pytest.fixture
def archive(made: Path) -> Iterator[Archive]:
    opened = Archive(made)
    yield opened
    opened.close()


@pytest.fixture
def memory(archive: Archive) -> Memory:
    return Memory([archive])


def found(memory: Memory, text: str) -> MemoryMatch:
    match = memory.lookup(text, "en", "de")
    assert match is not None, text
    return match


@pytest.mark.parametrize("source", PAIRS)
def test_an_approved_text_is_found_as_it_was_approved(memory: Memory, source: str) -> None:
    match = found(memory, source)
    assert (match.text, match.kind, match.score) == (PAIRS[source], MatchKind.EXACT, 1.0)
    assert (match.approved_by, match.approved_on, match.pack, match.approved) == ("Ada", "2026-05-04", "pump", True)


def test_white_space_does_not_matter_and_stays_around_the_text(memory: Memory) -> None:
    assert found(memory, "  Open the\n drain  plug.\n").text == "  Die Ablassschraube öffnen.\n"


def test_another_language_has_none(memory: Memory) -> None:
    assert memory.lookup("Open the drain plug.", "en", "fr") is None
    assert memory.lookup("Open the drain plug.", "de", "en") is None
    assert found(memory, "Open the drain plug.") == memory.lookup("Open the drain plug.", "en-GB", "de-AT")
    assert memory.pairs() == {("en", "de")}


def test_a_sentence_of_an_approved_text_is_approved(memory: Memory) -> None:
    match = found(memory, "Do not smoke.")
    assert (match.text, match.kind) == ("Nicht rauchen.", MatchKind.EXACT)


def test_steps_warnings_and_rows_are_put_together_from_their_parts(memory: Memory) -> None:
    steps = "1. Open the drain plug.\n2. Tighten the drain plug to 45 N·m.\n   3. Do not smoke."
    assert found(memory, steps).text == (
        "1. Die Ablassschraube öffnen.\n2. Die Ablassschraube mit 45 N·m festziehen.\n   3. Nicht rauchen."
    )
    assert found(memory, "CAUTION: Do not smoke.").text == "VORSICHT: Nicht rauchen."
    row = found(memory, "Fastener: Oil drain plug\nTorque (N·m): 45")
    assert row.text == "Verbindungselement: Ölablassschraube\nAnzugsmoment (N·m): 45"
    assert row.kind is MatchKind.PARTS and row.approved


def test_a_text_with_one_unknown_part_is_not_put_together(memory: Memory) -> None:
    assert memory.lookup("1. Open the drain plug.\n2. Sing a song of sixpence.", "en", "de") is None
    assert memory.lookup("45 N·m", "en", "de") is None  # nothing to translate


def test_other_numbers_are_put_in_and_told(memory: Memory) -> None:
    match = found(memory, "Fill 12.5 L of oil through the filler neck.")
    assert match.text == "12,5 L Öl durch den Einfüllstutzen einfüllen."
    assert (match.kind, match.differences, match.approved) == (MatchKind.NUMBERS, ("8.5 → 12.5",), False)
    assert match.score == pytest.approx(1 - 1 / 10)
    assert found(memory, "The pump fills 7 tanks and 9 lines.").text == "Die Pumpe füllt 9 Leitungen und 7 Tanks."


@pytest.mark.parametrize(
    "text",
    [
        "Put 3 cups into 4 rows.",  # which 2 is which?
        "Put 3 cups into 2 rows.",
        "Wait for 5 minute.",  # 1 asks for another form of the word
        "Fill 1,500 L of oil through the filler neck.",  # thousands or decimals?
        "Tighten the drain plug to 45 lb·ft.",
        "Remove the oil filter (HG101-0021) with the filter wrench.",
        "Fill 8.5 to 9 L of oil through the filler neck.",
    ],
)
def test_numbers_units_and_codes_that_differ_are_never_offered(memory: Memory, text: str) -> None:
    assert memory.lookup(text, "en", "de") is None


def test_a_similar_text_is_offered_as_such_with_what_differs(memory: Memory) -> None:
    match = found(memory, "The hoses of the left pump must be clean and dry at all times.")
    assert match.kind is MatchKind.SIMILAR and not match.approved
    assert match.text == PAIRS["The hose of the left pump must be clean and dry at all times."]
    assert match.differences == ("hoses", "hose") and match.score == pytest.approx(1 - 1 / 15)


def test_the_nearest_of_many_texts_that_share_words_is_found(tmp_path: Path) -> None:
    pairs = [(one, other) for one in COLOURS for other in COLOURS]
    many = [unit(f"Grease the {one} {other} pump.", f"{one} {other} fetten") for one, other in pairs]
    many += [unit(f"Look at the {one} {other} bearing.", f"{one} {other} ansehen") for one, other in pairs]
    opened = Archive(pack(tmp_path / "many", [*many, unit("Grease the pump bearing and the shaft.", "Lager fetten.")]))
    match = Memory([opened]).lookup("Grease the pump bearing and the shafts.", "en", "de")
    assert match and (match.text, match.kind) == ("Lager fetten.", MatchKind.SIMILAR)
    opened.close()


COLOURS = ("blue", "brown", "green", "grey", "orange", "pink", "red")


@pytest.mark.parametrize(
    "text",
    [
        "The hose of the right pump must be clean and dry at all times.",
        "The hose of the left pump must not be clean and dry at all times.",
        "The hose of the left pump must only be clean and dry at all times.",
        "The cable of the left lamp should stay short and dry at night.",  # too little in common
    ],
)
def test_what_turns_the_sense_round_is_never_offered(memory: Memory, text: str) -> None:
    assert memory.lookup(text, "en", "de") is None


def test_what_was_approved_under_the_same_heading_comes_first(tmp_path: Path) -> None:
    units = [
        unit("Close", "Schließen", context="1 Door", approved_on="2026-01-01"),
        unit("Close", "Beenden", context="2 Screen", approved_on="2026-02-01"),
    ]
    opened = Archive(pack(tmp_path / "one", units))
    memory = Memory([opened])
    match = memory.lookup("Close", "en", "de", context="1 Door")
    assert match and (match.text, match.kind) == ("Schließen", MatchKind.IN_CONTEXT)
    match = memory.lookup("Close", "en", "de")
    assert match and (match.text, match.kind) == ("Beenden", MatchKind.EXACT)  # the latest approval
    opened.close()


def test_a_pack_speaks_for_itself_first_and_an_unsigned_one_for_itself_only(tmp_path: Path) -> None:
    one = Archive(pack(tmp_path / "one", [unit("Close", "Schließen"), unit("Push", "Drücken")], name="one"))
    other = Archive(
        pack(tmp_path / "other", [unit("Close", "Zumachen"), unit("Do not open", "Öffnen")], name="other"),
        unsigned=True,
    )
    memory = Memory([other, one])
    texts = {name: memory.lookup("Close", "en", "de", pack=name) for name in ("one", "other", "")}
    assert {name: match and match.text for name, match in texts.items()} == {
        "one": "Schließen", "other": "Zumachen", "": "Schließen",
    }  # fmt: skip
    assert memory.lookup("Do not open", "en", "de", pack="one") is None
    assert memory.lookup("Push", "en", "de", pack="other") is not None
    one.close()
    other.close()


def test_what_has_no_words_needs_no_translation() -> None:
    assert not any(
        map(translatable, ("45", "M22 × 1.5", "45 N·m", "HG101-0020", "T1", "3/4-16 UNF", "–", "AVR", "10 kW"))
    )
    assert all(map(translatable, ("Oil", "12 L or more", "DANGER", "None", "Open Q1")))


def test_terms_are_found_in_every_form_and_their_words_demanded(archive: Archive) -> None:
    terms = Terminology([archive])
    text = "Remove the oil filter and both drain plugs, then the oil."
    assert [(one.text, one.targets[0]) for one in terms.terms_in(text, "en", "de")] == [
        ("oil filter", "Ölfilter"), ("drain plugs", "Ablassschraube"), ("oil", "Öl"),
    ]  # fmt: skip
    assert all(text[one.start : one.end] == one.text for one in terms.terms_in(text, "en", "de"))
    assert terms.problem("Open the drain plug.", "Die Ablassschrauben öffnen.", "en", "de") == ""
    assert terms.problem("Open the drain plug.", "Die Ölablassschraube öffnen.", "en", "de") == ""
    assert "Ablassschraube" in terms.problem("Open the drain plug.", "Die Kappe öffnen.", "en", "de")
    assert "Stopfen" in terms.problem("Open the drain plug.", "Den Stopfen der Ablassschraube öffnen.", "en", "de")
    assert terms.problem("Open the drain plug.", "Ouvrir le bouchon.", "en", "fr") == ""


def test_signal_words_keep_their_level() -> None:
    assert [signal_word(word, "es") for word in ("DANGER", "WARNUNG", "Caution", "NOTICE", "Oil")] == [
        "PELIGRO", "ADVERTENCIA", "ATENCIÓN", "AVISO", "",
    ]  # fmt: skip
    assert signal_word("WARNING", "xx") == ""
    assert says("Die Ölfilter prüfen", "Ölfilter", "de") and not says("Le filtre", "huile", "fr")
