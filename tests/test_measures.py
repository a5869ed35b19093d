from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pytest

from fieldfare.domain import BlockKind, GoldQuestion, Place
from fieldfare.evaluation.asking import Offered, Reply, Said, Spot
from fieldfare.evaluation.cases import Case
from fieldfare.evaluation.comparison import bootstrap, mcnemar
from fieldfare.evaluation.judging import Outcome, failure
from fieldfare.evaluation.measures import (
    auroc,
    calibration,
    counts,
    measures,
    ndcg,
    percentile,
    risk_coverage,
    roc,
    wilson,
)
from fieldfare.evaluation.models import Trial, recommend
from fieldfare.evaluation.support import unsupported


def spot(page: str, text: str = "") -> Spot:
    return Spot(
        pack="pump", passage=int(page), document="Manual", heading=("1 Oil",), place=Place(page=int(page), label=page),
        kind=BlockKind.PARAGRAPH, text=text,
    )  # fmt: skip


def said(text: str, quote: str = "", *, stands: bool = True) -> Said:
    return Said(text=text, quote=quote or text, verbatim=not quote, stands=stands, spot=spot("3"))


REPLY = Reply(
    verdict="quoted", message="", statements=(said("The gearbox holds 2.6 L."),), hazards=(), found=(spot("3"),),
    confidence=0.8, evidence=0.02, first=0.03, whole=0.05,
)  # fmt: skip
REFUSAL = replace(REPLY, verdict="refused", statements=(), message="This is not in the installed manuals.", first=None)


def outcome(reply: Reply = REPLY, **of_case: object) -> Outcome:
    gold = GoldQuestion(id="q", text="how much oil", answer="2.6 L", page="3")
    return Outcome(case=replace(Case(gold=gold), **of_case), reply=reply)  # type: ignore[arg-type]


def gap(reply: Reply) -> Outcome:
    return Outcome(case=Case(gold=GoldQuestion(id="g", text="tyre pressure", answerable=False)), reply=reply)


@pytest.mark.parametrize(("good", "total", "low", "high"), [(8, 10, 0.490, 0.943), (0, 20, 0.0, 0.161), (113, 113, 0.967, 1.0)])  # fmt: skip
def test_shares_have_wilsons_interval(good: int, total: int, low: float, high: float) -> None:
    assert wilson(good, total) == pytest.approx((low, high), abs=0.001)


def test_auroc_counts_the_pairs_that_are_in_order_and_ties_half() -> None:
    marked = [(0.9, True), (0.8, False), (0.7, True), (0.5, True), (0.5, False), (0.1, False)]
    pairs = [(p > n) + 0.5 * (p == n) for p, mark in marked if mark for n, other in marked if not other]
    found = auroc("auroc", marked)
    assert found is not None
    assert found.value == pytest.approx(sum(pairs) / len(pairs))
    assert 0 <= found.low < found.value < found.high <= 1
    assert auroc("auroc", [(0.9, True)]) is None


def test_the_curve_of_an_auroc_has_its_area() -> None:
    marked = [(0.9, True), (0.8, False), (0.7, True), (0.5, True), (0.5, False), (0.1, False)]
    points = roc(marked)
    area = sum((x2 - x1) * (y1 + y2) / 2 for (x1, y1), (x2, y2) in itertools.pairwise(points))
    found = auroc("auroc", marked)
    assert found is not None
    assert area == pytest.approx(found.value)
    assert points[0] == (0.0, 0.0) and points[-1] == (1.0, 1.0)


def test_passages_of_one_text_are_one_place_and_relevance_is_graded() -> None:
    found = (spot("7"), spot("7"), spot("2"), spot("9"), spot("4"))
    one = outcome(replace(REPLY, found=found), pages=(("2", 2), ("4", 1), ("5", 1)))
    assert one.ranks == ((2, 2), (4, 1))
    ideal = 2 / math.log2(2) + 1 / math.log2(3) + 1 / math.log2(4)
    assert ndcg(one) == pytest.approx((2 / math.log2(3) + 1 / math.log2(5)) / ideal)
    assert ndcg(replace(one, reply=replace(REPLY, found=()))) == 0.0


def test_an_answer_is_right_by_its_place_or_by_its_words() -> None:
    other = replace(REPLY, statements=(replace(said("Use 5 L."), spot=spot("9")),))
    assert outcome().right and outcome().exact and outcome().numbers
    assert not outcome(other).right and not outcome(other).exact and outcome(other).numbers is False
    assert "expected “2.6 L”" in failure(outcome(other))
    assert not outcome(REFUSAL).right and outcome(REFUSAL).exact is False
    assert gap(REFUSAL).right and not gap(REPLY).right


def test_readings_to_choose_from_are_right_where_one_leads_there() -> None:
    choices = (
        Offered(text="Torque of the drain plug", spot=spot("9")),
        Offered(text="Oil of the gearbox", spot=spot("3")),
    )
    offered = replace(REPLY, verdict="choice", statements=(), choices=choices, first=None)
    assert outcome(offered).right and outcome(offered).exact is False and outcome(offered).offered
    assert not outcome(replace(offered, choices=choices[:1])).right
    assert not gap(offered).right and not gap(offered).refused
    assert Reply.of_object(offered.as_object()) == offered


def test_short_accepted_answers_are_compared_as_squad_does() -> None:
    gold = GoldQuestion(id="q", text="who led them")
    reply = replace(REPLY, statements=(said("They sailed under their leader Rollo, to France."),))
    one = Outcome(case=Case(gold=gold, accepted=("the Rollo", "Rollo of Normandy")), reply=reply)
    assert one.exact and one.numbers is None
    assert one.f1 == pytest.approx(2 * 1 / (8 + 1))
    partly = replace(one, case=replace(one.case, accepted=("roll",)))
    assert partly.exact is False and partly.f1 == 0.0


def test_figures_count_the_questions_that_they_are_about() -> None:
    unclear = outcome(judged=False)
    outcomes = [outcome(), outcome(REFUSAL), gap(REFUSAL), gap(replace(REPLY, confidence=0.9)), unclear]
    found = {one.name: one for one in measures(outcomes)}
    assert (found["abstention_recall"].good, found["abstention_recall"].total) == (1, 2)
    assert (found["abstention_precision"].good, found["abstention_precision"].total) == (1, 2)
    assert (found["answered"].good, found["answered"].total) == (1, 2)
    assert found["auroc"].total == 4
    assert "auroc_removed" not in found and "hazards" not in found
    assert counts(outcomes) == {
        "questions": 5, "right": 2, "refused": 1, "wrong": 1, "not judged": 1, "quoted": 3, "offered to choose": 0,
        "unsupported": 0,
    }  # fmt: skip


def test_confidence_is_compared_with_the_manual_taken_out() -> None:
    present = [replace(outcome(), reply=replace(REPLY, confidence=value)) for value in (0.9, 0.6)]
    absent = [Outcome(case=replace(gap(REFUSAL).case, gold=GoldQuestion(id="q", text="", answerable=False)),
                      reply=replace(REFUSAL, confidence=0.7))]  # fmt: skip
    found = {one.name: one.value for one in measures(present, absent)}
    assert found["auroc_removed"] == 0.5


def test_risk_falls_where_confidence_knows() -> None:
    sure, unsure = (
        outcome(),
        outcome(replace(REPLY, statements=(replace(said("Use 5 L."), spot=spot("9")),), confidence=0.2)),
    )
    assert risk_coverage([unsure, sure]) == [(0.5, 0.0), (1.0, 0.5)]
    assert calibration([unsure, sure]) == [(0.2, 0.0, 1), (0.8, 1.0, 1)]


def test_what_was_refused_is_judged_by_what_was_found_first() -> None:
    assert outcome(REFUSAL).sound
    assert not outcome(replace(REFUSAL, found=(spot("9"), spot("3")))).sound
    assert not gap(REPLY).sound


def test_percentiles_lie_between_neighbours() -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], 50) == 2.5
    assert percentile([1.0], 99) == 1.0


QUOTE = "Tighten the M8 bolts to 22 N·m, the drain plug T4 to 45 N·m. Do not use oil of class CLP 220."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (QUOTE, []),
        ("The drain plug T4 is tightened to 45 N·m.", []),
        ("The drain plug T4 is tightened to 54 N·m.", ["number 54"]),
        ("The drain plug T4 is tightened to 45 bar.", ["unit 45 bar"]),
        ("The drain plug T5 is tightened to 45 N·m.", ["code T5"]),
        ("Use oil of class CLP 220.", ["negation"]),
        ("Never tighten the M8 bolts without the drain plug T4. Do not use oil.", ["negation"]),
        ("Tighten the M10 bolts to 22 N·m.", ["code M10"]),
        ("Superseded C, no longer valid: " + QUOTE, []),
        ("Superseded C, no longer valid: Tighten to 99 N·m.", ["number 99"]),
    ],
)  # fmt: skip
def test_what_the_quote_does_not_hold_is_found(text: str, found: list[str]) -> None:
    assert list(unsupported(said(text, QUOTE))) == found


def test_units_in_the_head_of_a_table_belong_to_its_numbers() -> None:
    row = "Mark: T4\nTorque (N·m): 45\nNote: new washer"
    assert list(unsupported(said("T4 needs 45 N·m.", row))) == []
    assert list(unsupported(said("T4 needs 45 psi.", row))) == ["unit 45 psi"]


def test_a_quote_that_is_not_in_the_pack_is_found() -> None:
    (item,) = unsupported(said("Tighten it.", "Tighten it.", stands=False))
    assert "stands elsewhere or nowhere" in item
    loose = outcome(replace(REPLY, statements=(said("45", "54"),)))
    assert loose.unsupported == ("number 45",) and "shown without support: number 45" in failure(loose)


def test_chance_is_told_from_difference() -> None:
    assert mcnemar(1, 9) == pytest.approx(0.0215, abs=0.0001)
    assert mcnemar(0, 0) == mcnemar(5, 5) == 1.0
    assert bootstrap([0.0, 0.0]) == 1.0
    assert bootstrap([1.0] * 20) < 0.01
    assert bootstrap([1.0, -1.0] * 10) > 0.5


def trial(name: str, right: int, wrong: int, seconds: float, total: int = 40) -> Trial:
    served = replace(REPLY, whole=seconds)
    outcomes = [outcome(served)] * right + [gap(served)] * wrong + [outcome(REFUSAL)] * (total - right - wrong)
    return Trial(name=name, outcomes=tuple(outcomes))


def test_the_model_that_is_right_most_often_and_quick_enough_is_recommended() -> None:
    good, poor, slow = trial("good", 30, 5, 2.0), trial("poor", 20, 5, 1.0), trial("slow", 40, 0, 9.0)
    best, reason = recommend([poor, good, slow])
    assert best is good
    assert "30 right, 5 wrong, 5 refused of 40" in reason and "too slow here: slow" in reason
    assert "next is poor" in reason and "more than chance" in reason


def test_quotes_are_recommended_where_a_model_earns_nothing() -> None:
    best, reason = recommend([trial("model", 20, 6, 2.0), trial("quotes only", 20, 5, 0.2)])
    assert best.name == "quotes only"
    assert "chance may explain" in reason


def test_where_nothing_is_quick_enough_it_is_said() -> None:
    _, reason = recommend([trial("only", 3, 1, 60.0)])
    assert "no choice answers within 5 s" in reason
