"""Half sentences and ambiguous questions: what is asked in the end, and when the technician is asked back."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldfare import ambiguity, machines
from fieldfare.assistant import Assistant
from fieldfare.conversation import names_thing, standalone
from fieldfare.domain import (
    Answer,
    Answered,
    BlockKind,
    Evidence,
    Failed,
    Finding,
    Machine,
    Manifest,
    Match,
    Passage,
    Question,
    Verdict,
)
from fieldfare.errors import UsageError

if TYPE_CHECKING:
    from fieldfare.library import Shelf


def asked(text: str, *before: str) -> str:
    return standalone(Question(text=text, history=before)).text


@pytest.mark.parametrize(
    ("before", "text", "whole"),
    [
        ("what is the pressure of the fuel pump?", "and the voltage?", "voltage of the fuel pump?"),
        ("what is the torque of the oil filter?", "and the fuel filter?", "what is the torque of the fuel filter?"),
        (
            "what is the torque of the oil filter?",
            "what about the fuel filter?",
            "what is the torque of the fuel filter?",
        ),
        ("torque of the wheel bolts", "what about the left one?", "torque of the left wheel bolts"),
        ("how do I change the engine oil?", "how often?", "how often: change the engine oil?"),
        ("how do I change the engine oil?", "how long does it take?", "how long does it take: change the engine oil?"),
        ("how do I replace the thermostat", "which way up does it go?", "which way up does the thermostat go?"),
        ("what is the torque of the drain plug", "its size?", "the size of the drain plug?"),
        ("what does E21 mean?", "and E22?", "what does E22 mean?"),
        ("what does E21 mean?", "how do I fix it?", "how do I fix E21?"),
        ("what is the torque?", "and the drain plug?", "what is the torque of the drain plug?"),
        ("what is the pressure of the pump?", "in psi?", "what is the pressure of the pump in psi?"),
        ("what is the pressure of the pump?", "how many psi is that?", "what is the pressure of the pump in psi?"),
        ("what is the torque of the drain plug?", "in Nm?", "what is the torque of the drain plug in Nm?"),
        ("what is the torque of the drain plug?", "and the time?", "time of the drain plug?"),
        ("what is the pressure of the pump?", "and the bar?", "what is the pressure of the bar?"),
        ("what is the pressure of the pump?", "and at 20 °C?", "what is the pressure of the pump at 20 °C?"),
        ("which oil does the engine take?", "and in winter?", "which oil does the engine take in winter?"),
        ("where is the right drain plug?", "and the left one?", "where is the left drain plug?"),
        ("how do I remove the alternator?", "what tool do I need?", "what tool do I need: remove the alternator?"),
        ("how do I change the gearbox oil?", "which oil?", "which oil: change the gearbox oil?"),
        ("how do I change the gearbox oil?", "what is the oil pressure?", "what is the oil pressure?"),
        ("Wie wechsle ich das Motoröl?", "welches Öl?", "welches Öl: wechsle ich das Motoröl?"),
        ("Wie hoch ist der Öldruck?", "und für die Pumpe?", "Wie hoch ist der Öldruck: Pumpe?"),
        ("Welche Spannung hat die Kraftstoffpumpe?", "und der Druck?", "Druck von Kraftstoffpumpe?"),
        ("Wie wechsle ich den Ölfilter?", "und den Kraftstofffilter?", "Wie wechsle ich den Kraftstofffilter?"),
        ("Wie wechsle ich den Ölfilter?", "wie oft?", "wie oft: wechsle ich den Ölfilter?"),
        ("Quelle est la pression de la pompe à carburant ?", "et la tension ?", "tension de pompe à carburant?"),
        ("Comment remplacer le filtre à huile ?", "et le filtre à air ?", "Comment remplacer le filtre à air ?"),
        ("¿Cuál es la presión de la bomba de agua?", "¿y el voltaje?", "voltaje de bomba de agua?"),
        ("¿Cómo cambio el filtro de aceite?", "¿y el filtro de aire?", "¿Cómo cambio el filtro de aire?"),
    ],
)
def test_a_half_sentence_is_completed_from_the_question_before(before: str, text: str, whole: str) -> None:
    assert asked(text, before) == whole


@pytest.mark.parametrize(
    "text",
    [
        "mag pickup gap",
        "E-22",
        "what is the torque of the drain plug",
        "is it safe to work on the belt?",
        "when the pump leaks, how do I fix it?",
        "what does NOTICE mean compared to CAUTION",
        "This works now. How do I store the set?",
        "wie groß ist das Ventilspiel?",
        "",
        "?",
    ],
)
def test_a_question_that_names_its_thing_is_left_alone(text: str) -> None:
    assert asked(text, "how do I change the fuel filter?", "what does E21 mean?") == text


def test_the_thing_is_kept_over_several_turns() -> None:
    assert asked("how do I remove it?", "fuel pump pressure", "and the voltage?") == "how do I remove the fuel pump?"


def test_a_follow_up_keeps_the_packs_that_were_settled_on_and_another_question_does_not() -> None:
    def packs(text: str) -> tuple[str, ...]:
        return standalone(Question(text=text, history=("torque of the drain plug",), settled=("gs40",))).packs

    assert packs("and its size?") == ("gs40",)
    assert packs("how do I replace the water pump?") == ()


def test_another_thing_ends_the_subject() -> None:
    assert asked("and the voltage?", "fuel pump pressure", "starter motor current") == "voltage of the starter motor?"


@given(st.text(max_size=200), st.lists(st.text(max_size=80), max_size=4))
def test_any_text_is_taken(text: str, before: list[str]) -> None:
    whole = standalone(Question(text=text, history=tuple(before)))
    assert whole.history == ()
    assert before or whole.text == text


def passage(pack: str, text: str, heading: str, kind: BlockKind = BlockKind.TABLE, number: int = 1) -> Passage:
    return Passage(
        id=number, pack=pack, document="Manual", section=number, heading=(heading,), text=text, kind=kind, machine=pack
    )


def finding(*found: tuple[Passage, float, float]) -> Finding:
    evidence = tuple(
        Evidence(passage=one, rank=rank, score=score, coverage=coverage, matched_by=(Match.WORDS,))
        for rank, (one, score, coverage) in enumerate(found, 1)
    )
    return Finding(evidence=evidence, support=1.0)


PLUG = passage("gs40", "Joint: T1\nFastener: Oil drain plug\nTorque: 45 N·m", "7.7 Torques", number=1)
MOUNT = passage("gs40", "Joint: T18\nFastener: Engine mount bolt\nTorque: 83 N·m", "7.7 Torques", number=2)
CHANGE = passage("gs40", "1. Open the drain plug.", "8.2 Change the oil", BlockKind.STEP, 3)
OTHER = passage("pump", "1. Remove the plug.", "4 Oil change", BlockKind.STEP, 4)


def readings(text: str, found: Finding) -> list[tuple[str, tuple[str, ...]]]:
    answer = ambiguity.ask_back(Question(text=text), found, {"gs40": "Halden GS-40", "pump": "Korvan CP-200"})
    return [(one.question.text, one.question.packs) for one in answer.choices] if answer else []


def test_a_question_without_a_thing_gets_the_two_likeliest_to_choose_from() -> None:
    found = finding((PLUG, 0.8, 1.0), (MOUNT, 0.78, 1.0), (CHANGE, 0.7, 1.0))
    assert readings("what is the torque?", found) == [
        ("what is the torque of Oil drain plug?", ("gs40",)),
        ("what is the torque of Engine mount bolt?", ("gs40",)),
    ]
    assert all(names_thing(text) for text, _ in readings("what is the torque?", found))


def test_a_question_with_its_thing_or_with_one_candidate_is_answered() -> None:
    found = finding((PLUG, 0.8, 1.0), (MOUNT, 0.78, 1.0))
    assert not readings("what is the torque of the drain plug?", found)
    assert not readings("what is the torque?", finding((PLUG, 0.8, 1.0)))
    assert not readings("what is the torque?", finding((PLUG, 0.8, 1.0), (MOUNT, 0.4, 1.0)))
    assert not readings("what is the torque?", finding((PLUG, 0.8, 1.0), (MOUNT, 0.8, 0.5)))
    assert not readings("T18", found)


def test_a_question_that_two_machines_answer_equally_well_gets_the_machines() -> None:
    found = finding((CHANGE, 0.8, 1.0), (OTHER, 0.78, 1.0))
    answer = ambiguity.ask_back(
        Question(text="change the oil"), found, {"gs40": "Halden GS-40", "pump": "Korvan CP-200"}
    )
    assert answer is not None
    assert [one.question.machine for one in answer.choices] == ["Halden GS-40", "Korvan CP-200"]
    assert not readings("change the oil", finding((CHANGE, 0.8, 1.0), (OTHER, 0.6, 1.0)))


def test_a_choice_without_readings_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="readings"):
        Answer(verdict=Verdict.CHOICE, statements=(), evidence=())


def manifest(id_: str, *covered: Machine) -> Manifest:
    return Manifest(
        id=id_, version="1", title=id_, language="en", licence="", machines=covered, embedder=None, sources=(), digest="",
        passages=1, figures=0, hazards=0,
    )  # fmt: skip


GS40 = manifest("gs40", Machine(maker="Halden", model="GS-40"))
GS400 = manifest("gs400", Machine(maker="Halden", model="GS-400"))
PUMP = manifest("pump", *(Machine(maker="Korvan", model=f"CP-{number}") for number in range(200, 206)))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("gs 40", ("gs40",)),
        ("Halden GS-40", ("gs40",)),
        ("GS-400", ("gs400",)),
        ("halden", ("gs40", "gs400")),
        ("cp203", ("pump",)),
        ("korvan cp", ("pump",)),
    ],
)
def test_a_machine_is_known_however_it_is_spelled(wanted: str, found: tuple[str, ...]) -> None:
    assert machines.covering(wanted, [GS40, GS400, PUMP]) == found


@pytest.mark.parametrize("wanted", ["GS-41", "?", "--"])
def test_an_unknown_machine_is_answered_with_the_known_ones(wanted: str) -> None:
    with pytest.raises(UsageError, match=r"Known are: Halden GS-40, Halden GS-400"):
        machines.covering(wanted, [GS40, GS400])


def test_many_machines_are_named_shortly() -> None:
    assert machines.name_of(PUMP) == "Korvan CP-200, Korvan CP-201, Korvan CP-202, 3 more"
    counts = [(f"M{number}", 1) for number in range(9)]
    assert machines.sentence(machines.searched([*counts, ("M0", 2)])) == (
        "Searched: M0 (3 manuals), M1 (1 manual), M2 (1 manual), 6 more."
    )


def answered(shelf: Shelf, question: Question) -> Answer | Failed:
    assistant = Assistant(shelf, None, None)
    last = list(assistant.ask(question, threading.Event()))[-1]
    assert isinstance(last, Answered | Failed)
    return last.answer if isinstance(last, Answered) else last


def test_the_assistant_says_what_was_asked_and_whose_manuals_were_searched(shelf: Shelf) -> None:
    before = ("how do I drain the gearbox oil?",)
    followed = answered(shelf, Question(text="and the quantity?", history=before))
    assert isinstance(followed, Answer)
    assert followed.asked == "quantity of the gearbox oil?"
    refused = answered(shelf, Question(text="how do I paint my house?"))
    assert isinstance(refused, Answer)
    assert refused.verdict is Verdict.REFUSED
    assert "Searched: korvan-cp200 (2 manuals)." in refused.message
    failed = answered(shelf, Question(text="oil", machine="Foo 1"))
    assert isinstance(failed, Failed)
    assert "korvan-cp200" in failed.message
