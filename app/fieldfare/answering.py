"""Evidence -> answer: refuse, quote, or draft under the lock.

A code's row, a procedure, a table row and a warning are quoted whole, without the model. Only running text is drafted,
sentence by sentence, and a sentence that the lock rejects is replaced by the quote that answers best.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from fieldfare import grounding
from fieldfare.catalogue import _, ngettext
from fieldfare.domain import Answer, BlockKind, Match, Statement, Verdict
from fieldfare.gate import GATE
from fieldfare.quantities import quantities
from fieldfare.question_words import language_of
from fieldfare.stems import tokens
from fieldfare.text import (
    content_words,
    identifier_candidates,
    identifier_key,
    loose_key,
    names_something,
    sentences,
    stem,
    words,
)
from fieldfare.trade import meanings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np

    from fieldfare.domain import Evidence, Finding, Passage, Question

ROW_SHARE = 0.6  # and of its words counted plainly: of two words both, of three two
ROW_COVERAGE = 0.45  # share of the question's words that a table row or warning must hold to be quoted as the answer
TEXT_COVERAGE = 0.25  # the same for running text below the first place
PROMPT_PASSAGES = 3
PROMPT_SIZE = 1200  # characters of evidence in the prompt
MAX_TOKENS = 120
MAX_STATEMENTS = 4
MAX_ROWS = 3
STEPS_COVERAGE = 0.8  # a procedure further down answers `how do I` if it fits nearly as well as the best passage
QUOTE_SIZE = 400  # characters of a quote with its neighbouring sentences
SPAN_WEIGHT = 0.3  # of the place of the answer against whether the passage answers at all
SURE = 0.5  # logit of the reader above which a row needs not share the question's words
RANK_COST = 0.5  # in logits: what stands further down must answer better

SYSTEM = (
    "You help a technician. Answer the question in one or two short sentences, using only the excerpts from the manual. "
    "Copy numbers, units and names exactly."
)
_HOW_TO = re.compile(
    r"\bwie\s+(?:kann|muss|soll|darf|wird|werden|lässt|\w+[et])\s+(?:ich|man|wir|der|die|das|den)\b|\bcomment\b|\bc[oó]mo\b|^come\s|"
    r"\bhow\s+(?:do|can|should|to|would|must|is|are)\b|\bsteps?\b|\bprocedures?\b|\binstructions?\b|"
    r"^(?:replac|chang|install|remov|clean|adjust|set up|start|stop|test|check|drain|fill|bleed|calibrat|reset|mount|attach|"
    r"connect|assembl|disassembl|tighten|charg|updat|lubricat|inspect|prim|flush|store|lift|transport)\w*\b",
    re.IGNORECASE,
)
_ACTIONS = frozenset(
    map(
        stem,
        """replace change install remove clean adjust start stop test check drain fill bleed calibrate reset mount attach connect
        assemble disassemble tighten charge update lubricate inspect prime flush store lift transport do make get put take set
        fit swap renew measure read find open close procedure steps instructions""".split(),
    )
)
_VISUAL = re.compile(
    r"\b(?:fig\w*|picture|photo|image|diagram|drawing|schematic|show|where|looks?|wiring|view)\b", re.I
)
_CLOSED = re.compile(
    r"\bhow\s+(?:much|many|often|long|far|high|big|hot|fast|deep|old|tight)\b|"
    r"\bwie\s*(?:viel\w*|oft|lange|weit|hoch|groß|heiß|schnell|tief|alt|fest)\b|\bcombien\b|\bcu[aá]nt[oa]s?\b",
    re.IGNORECASE,
)


class Generator(Protocol):
    """A language model behind one method."""

    def generate(
        self, system: str, user: str, *, max_tokens: int, cancelled: Callable[[], bool], opening: str = ""
    ) -> Iterator[str]:
        """Pieces of the completion as they come; stops early once `cancelled` says so."""


class Encoder(Protocol):
    """Text to unit vectors, for choosing the sentence nearest to the question."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """One float32 vector of unit length a text."""


def refuse(finding: Finding, question: Question) -> Answer | None:
    """The refusal where the evidence is too weak to answer, None where it will do."""
    nearest = finding.evidence[:3]
    if not names_something(question.text):
        nearest = ()
        message = _("Please ask with at least one word or code that could stand in a manual.")
    elif finding.unknown:
        named = ", ".join(finding.unknown)
        message = ngettext(
            "{names} is not in the installed manuals.",
            "{names} are not in the installed manuals.",
            len(finding.unknown),
        ).format(names=named)
    elif not relevant(question, finding) or (finding.support < GATE and not _names_a_code(question, finding)):
        message = _("This is not in the installed manuals.")
        old = [one for one in finding.evidence if one.passage.superseded_by and one.coverage >= ROW_COVERAGE]
        if old:
            document = f"{old[0].passage.document} {old[0].passage.revision}".rstrip()
            message = _("Only {document} speaks of this, which was replaced by {newer}.").format(
                document=document, newer=old[0].passage.superseded_by
            )
        nearest = (*old[:1], *(one for one in finding.evidence if one not in old))[:3]
    else:
        return None
    if nearest:
        message = f"{message} {_('The nearest pages are listed below.')}"
    return Answer(verdict=Verdict.REFUSED, statements=(), evidence=nearest, message=message)


def relevant(question: Question, finding: Finding) -> tuple[Evidence, ...]:
    """The evidence that may be quoted as an answer.

    A table row or a warning holds little but its own subject, so it must be the row of a code in the question or have
    most of the question's words: the torque of another joint is worse than none. Where such a row is found first, a text
    that says no more of the question than it does not answer either.
    """
    keys = set(identifier_candidates(question.text))
    visual = bool(_VISUAL.search(question.text))
    wanted = _wanted(question)
    values = _values(question.text)
    first = next((one for one in finding.evidence if not one.passage.superseded_by), None)

    def fits(one: Evidence) -> bool:
        kind = one.passage.kind
        if one.passage.superseded_by:
            return False
        if kind is BlockKind.FIGURE and not visual:
            return False
        if kind is BlockKind.TABLE and one.passage.text.count("\n") < 2 and " | " in one.passage.text:
            return False  # the caption and header of a long table
        if kind is BlockKind.TABLE and values and not values & _values(one.passage.text):
            return False  # the number alone says nothing: terminal 20 is not 20 A
        if _is_about(one.passage, keys) or _read_as_answer(one):
            return True
        if kind in {BlockKind.TABLE, BlockKind.HAZARD, BlockKind.FIGURE}:
            return one.coverage >= ROW_COVERAGE and _share(wanted, one.passage) >= ROW_SHARE
        if kind is BlockKind.STEP:
            return _share(wanted, one.passage) >= ROW_SHARE
        if first is not None and first is not one and _is_row(first.passage) and not fits(first):
            return one.coverage >= TEXT_COVERAGE and _is_better(one, first)
        return one.rank == 1 or one.coverage >= TEXT_COVERAGE

    return tuple(filter(fits, finding.evidence))


def _values(text: str) -> set[tuple[str, str]]:
    """The numbers of a text that have a unit, each with its unit."""
    return {(one.low, one.unit.symbol) for one in quantities(text) if one.unit}


def _is_row(passage: Passage) -> bool:
    return passage.kind is BlockKind.TABLE and " | " not in passage.text


def _is_better(one: Evidence, row: Evidence) -> bool:
    """Whether a text says more of the question than the row of another part does: by its words, or to the reader."""
    read = one.reading is not None and row.reading is not None and one.reading.answers > row.reading.answers
    return read or one.coverage > row.coverage


def _read_as_answer(one: Evidence) -> bool:
    """Whether the reader is sure of a passage, whatever its words are."""
    return one.reading is not None and one.reading.answers >= SURE and one.reading.span >= 0


def _wanted(question: Question) -> list[list[set[str]]]:
    """The words of a question, each as the sets of stems of which one must be present: its own or what the trade says for it."""
    asked = tokens(question.text)
    said = meanings(asked)
    return [
        [
            {stem(word)},
            *({stem(part) for part in tokens(other)} for phrase, others in said if word in phrase for other in others),
        ]
        for word in dict.fromkeys(content_words(question.text))
    ]


def _share(wanted: list[list[set[str]]], passage: Passage) -> float:
    """The share of the wanted words that stand in a passage or its headings, each word counting the same.

    Of a whole table they stand in one row, its head and its caption, or are the names of rows that are asked for side by side:
    what different rows say of different things is no answer. What the head of a table calls its columns says nothing of a
    row in other words: every row below `Quantity` is one.
    """
    labels, rows = _rows(passage)
    asked = {stem for ways in wanted for stem in set[str]().union(*ways)}
    names = (_stems(row[0]) for row in rows if len(rows) > 1)
    named = set[str]().union(*(name for name in names if name <= asked))
    around = _stems(" ".join(passage.heading))
    return max(_present(wanted, around | one, labels) for one in (named, *(_stems(" ".join(row)) for row in rows)))


def _rows(passage: Passage) -> tuple[set[str], list[list[str]]]:
    """The stems of what a table's columns and caption are called, and the cells of its rows; of another text itself."""
    lines = passage.text.split("\n")
    if passage.kind is not BlockKind.TABLE:
        return set(), [[passage.text]]
    if _is_row(passage):
        pairs = [line.rpartition(": ") for line in lines]
        return _stems(" ".join(label for label, _, _ in pairs)), [[cell for _, _, cell in pairs]]
    top = next(number for number, line in enumerate(lines) if " | " in line) + 1
    return _stems(" ".join(lines[:top])), [row.split(" | ") for row in lines[top:]] or [[""]]


def _stems(text: str) -> set[str]:
    return {stem(word) for word in content_words(text)}


def _present(wanted: list[list[set[str]]], stems: set[str], labels: set[str]) -> float:
    found = sum(ways[0] <= stems | labels or any(way <= stems for way in ways[1:]) for ways in wanted)
    return found / len(wanted) if wanted else 0.0


def _names_a_code(question: Question, finding: Finding) -> bool:
    """Whether the evidence has the row of a code in the question: then that row answers, whatever else is said."""
    keys = set(identifier_candidates(question.text))
    return any(one.passage.kind is BlockKind.TABLE and _is_about(one.passage, keys) for one in finding.evidence)


def quoted_whole(
    question: Question, evidence: Sequence[Evidence], procedure: Callable[[Passage], Sequence[Passage]]
) -> tuple[Statement, ...]:
    """What must be quoted and never drafted: a code's rows, a procedure, table rows, a warning. Empty for running text."""
    top = evidence[0].passage
    keys = set(identifier_candidates(question.text))
    coded = [one.passage for one in evidence if Match.IDENTIFIER in one.matched_by]
    rows = [passage for passage in coded if passage.kind is BlockKind.TABLE and _is_about(passage, keys)]
    rows = [passage for passage in rows if _is_about(passage, keys, exactly=True)] or rows
    if rows:
        return tuple(_whole(passage) for passage in rows[:MAX_ROWS])
    steps = _steps(question, evidence, procedure)
    if steps:
        return tuple(_whole(passage) for passage in steps)
    if top.kind is BlockKind.STEP and _share(_wanted(question), top) >= ROW_SHARE:
        return tuple(_whole(passage) for passage in procedure(top))
    if top.kind is BlockKind.FIGURE:
        return (_figure(question, top),)
    return () if top.kind is BlockKind.PARAGRAPH else (_whole(top),)


def _steps(
    question: Question, evidence: Sequence[Evidence], procedure: Callable[[Passage], Sequence[Passage]]
) -> Sequence[Passage]:
    """The procedure that is asked for: of the section whose heading names it, as `8.2 Change the engine oil` does, or else
    the one that stands among the evidence and fits nearly as well as its best. Empty where no procedure is asked for.
    """
    asked = bool(_HOW_TO.search(question.text)) and not _CLOSED.search(question.text)
    wanted = _stems(question.text)
    # The thing decides, not the verb: to replace the water pump is no answer to how the fuel pump is replaced.
    language = language_of(question.text)
    things = wanted - _ACTIONS - set(map(stem, language.actions | language.asking)) or wanted
    best: tuple[tuple[int, int], Sequence[Passage]] = ((-1, 0), ())
    for one in evidence:
        heading = _stems(" ".join(one.passage.heading[-1:]))
        named = len(wanted & heading)
        present = heading | _stems(one.passage.text)
        fits = one.passage.kind is BlockKind.STEP and one.coverage >= STEPS_COVERAGE * evidence[0].coverage
        # `oil change` asks for the procedure without a verb: then its heading must name every word.
        if asked:
            candidate = 3 * len(things & heading) >= 2 * len(things) or (fits and wanted <= present)
        else:
            candidate = named == len(wanted) >= 2
        if candidate and (named, -one.rank) > best[0]:
            steps = procedure(one.passage)
            if steps:
                best = (named, -one.rank), steps
    return best[1]


def _is_about(row: Passage, keys: set[str], *, exactly: bool = False) -> bool:
    """Whether a passage is the table row of one of the codes: the code stands in its first cell.

    Leading zeros do not count unless it must be `exactly` that code.
    """
    first = row.text.split("\n", 1)[0]
    return " | " not in first and any(
        {identifier_key(printed), identifier_key(printed) if exactly else loose_key(identifier_key(printed))} & keys
        for printed in row.identifiers
        if printed in first
    )


def _figure(question: Question, passage: Passage) -> Statement:
    """A figure by its caption: it is looked at. With the words inside the drawing where the question asks for one of them."""
    caption, _line, drawn = passage.text.partition("\n")
    wanted = _stems(question.text)
    inside = _stems(drawn) - _stems(caption)
    return _whole(passage) if wanted & inside else grounding.quote(passage, 0, len(caption))


def _whole(passage: Passage) -> Statement:
    return grounding.quote(passage, 0, len(passage.text))


def prompt(question: Question, evidence: Sequence[Evidence]) -> str:
    """What the model reads: the best excerpts with their headings, then the question."""
    parts = []
    left = PROMPT_SIZE
    for number, one in enumerate(evidence[:PROMPT_PASSAGES], 1):
        text = one.passage.text[:left]
        if len(text) < 40 and number > 1:
            break
        parts.append(f"[{number}] {' > '.join(one.passage.heading[-2:])}\n{text}")
        left -= len(text)
    excerpts = "\n\n".join(parts)
    return f"Excerpts from the manual:\n{excerpts}\n\nQuestion: {question.text[:500]}"


def draft(
    question: Question, evidence: Sequence[Evidence], generator: Generator, cancelled: Callable[[], bool]
) -> Iterator[str]:
    """The model's answer sentence by sentence, as soon as each is whole; nothing of it is checked yet."""
    text = ""
    for piece in generator.generate(SYSTEM, prompt(question, evidence), max_tokens=MAX_TOKENS, cancelled=cancelled):
        text += piece
        spans = sentences(text)
        for start, end in spans[:-1]:
            yield text[start:end]
        if len(spans) > 1:
            text = text[spans[-1][0] :]
    if not cancelled():
        for start, end in sentences(text):
            if text[start:end].endswith((".", "!", "?", ":")):  # a sentence that was cut off says something else
                yield text[start:end]


def locked(
    question: Question, evidence: Sequence[Evidence], drafted: Iterator[str], embedder: Encoder | None
) -> Iterator[Statement]:
    """The draft with every sentence proved or replaced by a quote; at least one statement, none twice."""
    passages = [one.passage for one in evidence[:PROMPT_PASSAGES]]

    def quotes() -> Iterator[Statement]:  # looked for where a sentence fails: the draft need not wait for them
        yield from best_quotes(question, evidence, embedder)

    fallback = quotes()
    shown: set[tuple[int, int, int]] = set()
    count = 0
    for sentence in drafted:
        if count >= MAX_STATEMENTS:
            break
        statement = grounding.check(_without_marks(sentence), passages) or next(fallback, None)
        if statement is None:
            continue
        key = (statement.citation.passage.id, statement.citation.start, statement.citation.end)
        if key not in shown:
            shown.add(key)
            count += 1
            yield statement
    if not count:
        yield from best_quotes(question, evidence, embedder)


def _without_marks(sentence: str) -> str:
    return re.sub(r"\s*\[\d\]", "", sentence).strip()


def best_quotes(question: Question, evidence: Sequence[Evidence], embedder: Encoder | None) -> list[Statement]:
    """The part of the evidence that answers best, as one quote: the answer with no model.

    It is the sentence in which the reader finds the answer, or without a reader the nearest by meaning and words; it is quoted
    with its neighbours, since a value often stands in the sentence beside the one that names its subject. Of a row, a step
    or a warning it is the whole.
    """
    spans = [
        (one, start, end)
        for one in evidence[:PROMPT_PASSAGES]
        for start, end in sentences(one.passage.text)
        if end - start >= 12
    ][:60]
    if not spans:
        return [_whole(evidence[0].passage)]
    best = _read_best(spans)
    if best is None:
        best = _nearest(question, spans, embedder)
    one, start, end = spans[best]
    if one.passage.kind is not BlockKind.PARAGRAPH:  # half a row, step or warning says something else
        return [_whole(one.passage)]
    for near, first, last in spans[best + 1 : best + 2] + spans[max(best - 1, 0) : best]:
        if near is one and max(end, last) - min(start, first) <= QUOTE_SIZE:
            start, end = min(start, first), max(end, last)
    for first, last in sentences(one.passage.text):
        if first >= end and one.passage.text[start:end].rstrip().endswith(":"):  # what is announced belongs to it
            end = last
    return [grounding.quote(one.passage, start, end)]


def _read_best(spans: Sequence[tuple[Evidence, int, int]]) -> int | None:
    """Which sentence holds the answer that the reader found, None where it read nothing."""
    read = {one.rank: one for one, _, _ in spans if one.reading is not None}
    if not read:
        return None

    def likely(one: Evidence) -> float:
        assert one.reading is not None, "only those that were read"  # noqa: S101 - narrows the type
        return one.reading.answers + SPAN_WEIGHT * one.reading.span - RANK_COST * (one.rank - 1)

    chosen = max(read.values(), key=likely)
    assert chosen.reading is not None, "only those that were read"  # noqa: S101 - narrows the type
    middle = (chosen.reading.start + chosen.reading.end) / 2
    own = [index for index, (one, _, _) in enumerate(spans) if one is chosen]
    return min(own, key=lambda index: max(spans[index][1] - middle, middle - spans[index][2], 0))


def _nearest(question: Question, spans: Sequence[tuple[Evidence, int, int]], embedder: Encoder | None) -> int:
    """Which sentence is nearest to the question by meaning and words."""
    wanted = _stems(question.text)
    texts = [one.passage.text[start:end] for one, start, end in spans]
    closeness = [0.0] * len(texts)
    if embedder is not None:
        vectors = embedder.encode([question.text[:500], *texts])
        closeness = [float(value) for value in vectors[1:] @ vectors[0]]
    scores = []
    for (one, _start, _end), text, close in zip(spans, texts, closeness, strict=True):
        present = _stems(text)
        overlap = len(wanted & present) / len(wanted) if wanted else 0.0
        scores.append(0.5 * close + 0.35 * overlap - 0.1 * (one.rank - 1))
    return max(range(len(spans)), key=scores.__getitem__)


def superseded(statements: Sequence[Statement], finding: Finding) -> tuple[Evidence, ...]:
    """What superseded pages say of the same subject in other words than the pages that are cited."""
    cited = [statement.citation.passage for statement in statements]
    return tuple(
        one
        for one in finding.evidence
        if one.passage.superseded_by
        and any(one.passage.kind is passage.kind and one.passage.subject == passage.subject for passage in cited)
        and words(one.passage.text) not in [words(passage.text) for passage in cited]
    )


def disagreement(one: Evidence) -> Statement:
    """A superseded page's words, marked as such: for the eye of who knew the old value, never as the answer."""
    proved = _whole(one.passage)
    plain = _("Superseded, no longer valid: {text}")
    marked = _("Superseded {revision}, no longer valid: {text}") if one.passage.revision else plain
    return replace(proved, text=marked.format(revision=one.passage.revision, text=proved.text), verbatim=False)


def answer(statements: Sequence[Statement], evidence: Sequence[Evidence]) -> Answer:
    """A finished answer."""
    verdict = Verdict.QUOTED if all(one.verbatim for one in statements) else Verdict.GROUNDED
    return Answer(
        verdict=verdict,
        statements=tuple(statements),
        evidence=tuple(evidence),
    )
