"""Question + evidence -> the two likeliest readings, where the question can be read in more than one way. Pure.

`What is the torque?` names no thing, and the manuals give the torque of many; `change the oil` fits two machines whose manuals
are both installed. Then nothing is answered: the technician chooses what he means, by one key. A question that names its thing
and has its answer in the manuals of one machine is never asked back. docs/conversation.md says how often it happens.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fieldfare import conversation
from fieldfare.catalogue import N_, _
from fieldfare.domain import Answer, BlockKind, Choice, Verdict
from fieldfare.text import identifier_candidates, names_something, squeeze, stem, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fieldfare.domain import Evidence, Finding, Passage, Question

READINGS = 2  # two options beat ten (docs/conversation.md)
HOLDS = 0.8  # share of the question's words that a reading's evidence must hold
NEARLY = 0.6  # of the best score: how near the second thing must come where the question names none
EQUAL = 0.9  # of the best score: how near another machine must come where the question names its thing
LONGEST_THING = 80  # characters of a thing: a longer cell is a sentence
QUESTION = N_("This can mean more than one thing. Which one?")
MACHINES = N_("Several machines have this. Which one?")


def ask_back(question: Question, finding: Finding, names: dict[str, str]) -> Answer | None:
    """The readings to choose from, None where the question has one; `names` are the machines of the packs, by pack."""
    if not names_something(question.text):
        return None
    fitting = [one for one in finding.evidence if one.coverage >= HOLDS and not one.passage.superseded_by]
    things = not conversation.names_thing(question.text) and not identifier_candidates(question.text)
    found = list(_by_thing(question, fitting) if things else _by_machine(question, fitting, names))
    if len(found) < READINGS:
        return None
    message = _(QUESTION) if things else _(MACHINES)
    return Answer(
        verdict=Verdict.CHOICE, statements=(), evidence=finding.evidence, message=message, choices=tuple(found)
    )


def _by_thing(question: Question, fitting: Iterable[Evidence]) -> Iterator[Choice]:
    """A reading for each of the first things that the evidence speaks of."""
    near = [one for one in fitting if one.passage.kind not in {BlockKind.HAZARD, BlockKind.FIGURE}]
    near = [one for one in near if one.score >= NEARLY * near[0].score]
    seen: list[set[str]] = []
    for one in sorted(near, key=lambda one: one.passage.kind is not BlockKind.TABLE):  # a row says what its value is of
        thing = _thing(one.passage, question.text)
        said = {stem(word) for word in words(thing)}
        if not conversation.names_thing(thing):
            continue
        if any(said <= other or other <= said for other in seen):
            continue
        seen.append(said)
        text = conversation.asked_of(question.text, thing)
        yield Choice(question=replace(question, text=text, packs=(one.passage.pack,)), evidence=one)
        if len(seen) == READINGS:
            return


def _by_machine(question: Question, fitting: Iterable[Evidence], names: dict[str, str]) -> Iterator[Choice]:
    """A reading for each of the machines whose manuals answer about equally well."""
    best = 0.0
    seen: set[str] = set()
    for one in fitting:
        machine = names.get(one.passage.pack, one.passage.pack)
        best = best or one.score
        if machine in seen or one.score < EQUAL * best:
            continue
        seen.add(machine)
        yield Choice(question=replace(question, machine=machine, packs=(one.passage.pack,)), evidence=one)
        if len(seen) == READINGS:
            return


def _thing(passage: Passage, asked: str) -> str:
    """What a passage is about: the cell that names the thing of a table row, before what is asked of it, else its heading."""
    heading = squeeze(passage.heading[-1] if passage.heading else passage.document).lstrip("0123456789.) ")
    first = passage.text.split("\n", 1)[0]
    if passage.kind is not BlockKind.TABLE or " | " in first:
        return heading
    wanted = {stem(word) for word in words(asked)}
    for line in passage.text.split("\n"):
        name, colon, value = line.partition(": ")
        value = squeeze(value if colon else name)
        if colon and any(stem(word) in wanted for word in words(name)):
            break
        if len(value) <= LONGEST_THING and any(_is_word(word) for word in words(value)):
            return value
    return heading


def _is_word(word: str) -> bool:
    """Whether a word of a cell can name a thing: no mark, number or unit."""
    return len(word) > 3 and word.isalpha()
