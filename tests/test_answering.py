from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fieldfare.answering import best_quotes, quoted_whole, refuse, relevant
from fieldfare.assistant import Assistant
from fieldfare.domain import (
    Answer,
    Answered,
    BlockKind,
    Cancelled,
    Drafted,
    Event,
    Evidence,
    EvidenceFound,
    Finding,
    Match,
    ModelStatus,
    Passage,
    Question,
    Reading,
    Verdict,
)
from fieldfare.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fieldfare.library import Shelf
    from fieldfare.retrieval import Embedder


class ScriptedModel:
    """Says what it was told to say, a word at a time."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.prompts: list[str] = []

    def generate(
        self, system: str, user: str, *, max_tokens: int, cancelled: Callable[[], bool], opening: str = ""
    ) -> Iterator[str]:
        self.prompts.append(f"{system}\n{user}{opening}")
        for word in self.text.split(" ")[:max_tokens]:
            if cancelled():
                return
            yield f"{word} "

    def load(self) -> None:
        """It is there already."""

    def seconds(self, read: int, written: int) -> float:
        return 0.0

    def close(self) -> None:
        self.text = ""


def ask(shelf: Shelf, embedder: Embedder, text: str, model: ScriptedModel | None = None) -> tuple[list[Event], Answer]:
    assistant = Assistant(shelf, embedder, (lambda: model) if model else None, eager=True)
    events = list(assistant.ask(Question(text=text), threading.Event()))
    assert isinstance(events[0], EvidenceFound)
    assert isinstance(events[-1], Answered)
    return events, events[-1].answer


def test_a_code_is_answered_with_its_row_and_no_model(shelf: Shelf, embedder: Embedder) -> None:
    model = ScriptedModel("It is a malfunctioning motor.")
    _, answer = ask(shelf, embedder, "what does e-22 mean?", model)
    assert answer.verdict is Verdict.QUOTED
    assert (
        answer.statements[0].text
        == "Code: E22\nFault: Under-voltage: below 207 V\nRemedy: Measure at terminals L and N"
    )
    assert model.prompts == []


def test_a_procedure_is_quoted_whole_with_its_hazard_first(shelf: Shelf, embedder: Embedder) -> None:
    model = ScriptedModel("Just open it.")
    events, answer = ask(shelf, embedder, "how do I drain the gearbox oil?", model)
    first = events[0]
    assert isinstance(first, EvidenceFound)
    assert [hazard.text for hazard in first.hazards] == ["Hot oil burns the skin. Let the gearbox cool for 30 minutes."]
    assert answer.text.startswith("1. Put a container below the drain plug.\n2. Remove")
    assert answer.text.endswith("3. Tighten the drain plug to 45 N·m.")
    assert model.prompts == []


def test_a_true_draft_is_grounded_and_cited(shelf: Shelf, embedder: Embedder) -> None:
    _, answer = ask(
        shelf, embedder, "which oil does the gearbox hold?", ScriptedModel("The gearbox holds 2.6 L of CLP 220 oil.")
    )
    assert answer.text == "The gearbox holds 2.6 L of CLP 220 oil."
    citation = answer.statements[0].citation
    assert citation.passage.text[citation.start : citation.end] == citation.quote
    assert citation.passage.place.label == "3"


@pytest.mark.parametrize(
    "draft",
    [
        "The gearbox holds 26 L of CLP 220 oil.",
        "The gearbox holds 2.6 gal of CLP 220 oil.",
        "The gearbox holds 2.6 L of CLP 320 oil.",
        "Mix mineral oil with synthetic oil.",
        "Change it every 100 hours. The tank holds 1000 liters.",
        "I am a helpful assistant.",
        "",
        "2.6",
    ],
)
def test_what_the_model_invents_is_replaced_by_the_quote(shelf: Shelf, embedder: Embedder, draft: str) -> None:
    _, answer = ask(shelf, embedder, "which oil does the gearbox hold?", ScriptedModel(draft))
    assert answer.verdict is Verdict.QUOTED
    assert "The gearbox holds 2.6 L of CLP 220 oil." in answer.text
    assert all(one.text in one.citation.passage.text for one in answer.statements)


@pytest.mark.parametrize(
    "text",
    [
        "how do I replace the turbocharger?",
        "wheel nut torque",
        "who won the world cup in 1990",
        "what does E99 mean",
        "the of and",
        "x",
        "   ",
        "best pizza dough recipe",
        "🔧",
    ],
)
def test_what_the_manuals_do_not_say_is_refused(shelf: Shelf, embedder: Embedder, text: str) -> None:
    events, answer = ask(shelf, embedder, text, ScriptedModel("It is 1000 liters."))
    assert answer.verdict is Verdict.REFUSED
    assert answer.statements == ()
    assert answer.message
    assert not any(isinstance(event, Drafted) for event in events)


def test_a_refusal_shows_the_nearest_pages(shelf: Shelf, embedder: Embedder) -> None:
    _, answer = ask(shelf, embedder, "what does E99 mean")
    assert "E99 is not in the installed manuals" in answer.message
    assert answer.evidence


def test_cancelling_stops_before_the_next_statement(shelf: Shelf, embedder: Embedder) -> None:
    cancel = threading.Event()

    class Cancelling(ScriptedModel):
        def generate(
            self, system: str, user: str, *, max_tokens: int, cancelled: Callable[[], bool], opening: str = ""
        ) -> Iterator[str]:
            yield "The gearbox holds "
            cancel.set()
            assert cancelled()

    assistant = Assistant(shelf, embedder, lambda: Cancelling(""), eager=True)
    events = list(assistant.ask(Question(text="which oil does the gearbox hold?"), cancel))
    assert isinstance(events[-1], Cancelled)


def test_a_model_that_cannot_load_leaves_quotes(shelf: Shelf, embedder: Embedder) -> None:
    def fail() -> ScriptedModel:
        raise ModelError("The model does not fit.")

    assistant = Assistant(shelf, embedder, fail)
    assistant.load_model()
    assert assistant.model_state.status is ModelStatus.FAILED
    assert "does not fit" in assistant.model_state.sentence
    (answered,) = [e for e in assistant.ask(Question(text="which oil does the gearbox hold?"), threading.Event())
                   if isinstance(e, Answered)]  # fmt: skip
    assert answered.answer.verdict is Verdict.QUOTED


def test_an_answer_cannot_be_built_without_proof() -> None:
    with pytest.raises(ValueError, match="statements"):
        Answer(verdict=Verdict.GROUNDED, statements=(), evidence=())


def evidence(
    text: str, kind: BlockKind, rank: int = 1, *, coverage: float = 1.0, reading: Reading | None = None
) -> Evidence:
    passage = Passage(id=rank, pack="p", document="M", section=rank, heading=("Press",), text=text, kind=kind)
    return Evidence(
        passage=passage, rank=rank, score=1.0, matched_by=(Match.WORDS,), coverage=coverage, reading=reading
    )


def test_what_is_quoted_of_a_list_has_the_sentence_that_introduces_it() -> None:
    text = "The press is loud.\nNever do this:\n" + "\n".join(f"Open door {n} while it runs." for n in range(1, 8))
    (quote,) = best_quotes(Question(text="door 6"), [evidence(text, BlockKind.PARAGRAPH)], None)
    assert "Open door 6" in quote.text
    assert quote.text.startswith("Never do this:")


def test_what_a_quote_announces_is_quoted_too() -> None:
    text = "Cables must be thick enough.\nFor short ones you can use:\nThe rule of thumb:\nCurrent / 3 in mm².\nIt is rough."
    (quote,) = best_quotes(Question(text="thick cables"), [evidence(text, BlockKind.PARAGRAPH)], None)
    assert quote.text.endswith("Current / 3 in mm².")


def test_half_a_row_is_never_quoted() -> None:
    found = [
        evidence("The press stands on the floor.", BlockKind.PARAGRAPH),
        evidence("Part: Ram guide\nMaterial: Bronze\nTorque of its bolts: 45 N·m", BlockKind.TABLE, 2),
    ]
    (quote,) = best_quotes(Question(text="torque of bolts"), found, None)
    assert quote.text == found[1].passage.text


@pytest.mark.parametrize(("coverage", "read", "answers"), [(0.4, -0.6, False), (0.5, -0.6, True), (0.4, 0.6, True)])
def test_where_the_row_of_another_part_comes_first_a_text_must_say_more(
    coverage: float, read: float, answers: bool
) -> None:
    def reading(logit: float) -> Reading:
        return Reading(answers=logit, start=0, end=1, span=-1.0)

    row = evidence("Fastener: Engine mount bolt\nTorque: 83 N·m", BlockKind.TABLE, coverage=0.4, reading=reading(0.0))
    text = evidence("Bolts are of class 8.8.", BlockKind.PARAGRAPH, 2, coverage=coverage, reading=reading(read))
    found = Finding(evidence=(row, text), support=0.9)
    assert relevant(Question(text="cylinder head bolt torque"), found) == ((text,) if answers else ())


TABLE = """Table 3-2: General data
Quantity | Value
Fuel tank capacity | 110 L
Range, without coolant heater | −15 °C to 50 °C
Mode AUTO | 1
TEST | 2"""


@pytest.mark.parametrize(
    ("asked", "answers"),
    [
        ("coolant capacity", False),  # two rows say one word each
        ("tank capacity", True),
        ("range without coolant heater", True),
        ("what are AUTO mode and TEST", True),  # two rows by their names
    ],
)
def test_a_whole_table_answers_where_one_row_or_the_names_of_rows_hold_what_is_asked(asked: str, answers: bool) -> None:
    table = evidence(TABLE, BlockKind.TABLE, coverage=1.0)
    assert relevant(Question(text=asked), Finding(evidence=(table,), support=1.0)) == ((table,) if answers else ())


def test_a_row_may_say_a_word_of_the_question_as_the_trade_does() -> None:
    row = evidence("Quantity: Coolant quantity\nValue: 12.0 L", BlockKind.TABLE, coverage=0.7)
    other = evidence("Quantity: Coolant heater\nValue: 1.0 kW", BlockKind.TABLE, coverage=0.7)
    found = Finding(evidence=(row, other), support=1.0)
    assert relevant(Question(text="coolant capacity"), found) == (row,)


def test_a_question_without_a_word_has_no_nearest_pages() -> None:
    found = Finding(evidence=(evidence("Check the oil.", BlockKind.PARAGRAPH),), support=0.1)
    refused = refuse(found, Question(text="how much?"))
    assert refused is not None
    assert refused.evidence == ()


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Wie wechsle ich das Motoröl?", True),
        ("wie kann man das Motoröl wechseln", True),
        ("Wie oft muss ich das Motoröl wechseln?", False),
        ("Wie viel Motoröl braucht der Motor?", False),
    ],
)
def test_a_procedure_is_asked_for_in_other_languages_too(text: str, asked: bool) -> None:
    steps = evidence("1. Die Schraube lösen.\n2. Das Motoröl ablassen.", BlockKind.STEP, 2, coverage=0.3)
    about = evidence("Intervall: alle 500 h. Das Motoröl muss warm sein.", BlockKind.PARAGRAPH)
    about = replace(about, passage=replace(about.passage, heading=("8.2 Motoröl wechseln",)))
    found = quoted_whole(Question(text=text), [about, steps], lambda _: [steps.passage])
    assert [one.text for one in found] == ([steps.passage.text] if asked else [])


def test_a_number_with_a_unit_is_answered_by_no_row_that_has_the_number_alone() -> None:
    """Terminal 20 is not 20 A: a wire would burn."""
    terminal = evidence("Terminal: 20\nWire: 120\nSection (mm²): 0.5", BlockKind.TABLE, coverage=1.0)
    fuse = evidence("Terminal: 7\nWire for fuse (A): 20\nSection (mm²): 2.5", BlockKind.TABLE, 2, coverage=1.0)
    found = Finding(evidence=(terminal, fuse), support=1.0)
    assert relevant(Question(text="wire for 20 A"), found) == (fuse,)
    assert relevant(Question(text="wire 20"), found) == (terminal, fuse)


@pytest.mark.parametrize(
    ("asked", "quoted"),
    [("wiring diagram", "Fig. 3: Wiring diagram"), ("where is relay K2?", "Fig. 3: Wiring diagram\nK2\n104 violet")],
)
def test_a_figure_is_quoted_by_its_caption_unless_a_word_inside_it_was_asked_for(asked: str, quoted: str) -> None:
    figure = evidence("Fig. 3: Wiring diagram\nK2\n104 violet", BlockKind.FIGURE)
    (statement,) = quoted_whole(Question(text=asked), [figure], lambda _: [])
    assert statement.text == quoted
