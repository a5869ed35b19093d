"""Answers and evidence as text for a terminal and as objects for programs. Nothing is printed here."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from typing import TYPE_CHECKING, Any, TextIO

from fieldfare.catalogue import N_, _
from fieldfare.domain.translation import Outcome
from fieldfare.signal_words import signal_word
from fieldfare.text import clean
from fieldfare.wrapping import cells, wrapped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fieldfare.domain import Answer, Evidence, Figure, Hazard, Passage, Place, Question
    from fieldfare.domain.translation import Rendering

MACHINE = N_("machine translation of the original")  # how EU law (2006/42/EC) and honesty want it marked


def source_line(passage: Passage, *, machine: bool = False) -> str:
    """One line that says where a passage stands: document, revision, page, headings; before them the `machine`."""
    revision = " " + _("rev. {revision}").format(revision=clean(passage.revision)) if passage.revision else ""
    page = _page(passage.place)
    heading = " > ".join(clean(title) for title in passage.heading)
    line = ", ".join(part for part in (f"{clean(passage.document)}{revision}", page, heading) if part)
    named = f"{clean(passage.machine)}: " if machine and passage.machine else ""
    return named + line + "".join(f" ({clean(caveat)})" for caveat in passage.caveats)


def hazard_lines(hazard: Hazard, starts: str = "⚠ ", width: int | None = None) -> str:
    """A warning whole: its signal word as printed, the scheme that gives the word its meaning, its text."""
    scheme = f" ({clean(hazard.scheme)})" if hazard.scheme else ""
    return paragraph(f"{clean(hazard.signal_word)}{scheme}: {clean(hazard.text)}", starts, width=width)


def translated_hazard_lines(hazard: Hazard, rendering: Rendering, language: str, width: int | None = None) -> str:
    """A warning in another language: where nobody approved that, the original stands whole above it."""
    word = signal_word(hazard.signal_word, language)
    scheme = f" ({clean(hazard.scheme)})" if hazard.scheme else ""
    if not rendering.original_first:
        return paragraph(f"{clean(word or hazard.signal_word)}{scheme}: {clean(rendering.text)}", "⚠ ", width=width)
    lines = [hazard_lines(hazard, width=width)]
    if rendering.machine:
        lines.append(paragraph(f"{clean(word or hazard.signal_word)}: {clean(rendering.text)}", "  ", width=width))
        lines.append(f"  ({_(MACHINE)})")
    return "\n".join(lines)


def origin(rendering: Rendering) -> str:
    """Where a translated text comes from, for behind it; empty where a person approved it, or nothing of it is translated."""
    if rendering.approved or not rendering.changed:
        return ""
    similar = min((one.score for one in rendering.sentences if one.outcome is Outcome.SIMILAR), default=1.0)
    parts = [_(MACHINE)] if rendering.machine else []
    parts += [_("approved for a text that is {share:.0%} alike").format(share=similar)] if similar < 1 else []
    reasons = dict.fromkeys(one.reason for one in rendering.originals)
    parts += [_("partly in the original: {reasons}").format(reasons="; ".join(reasons))] if reasons else []
    return ", ".join(parts)


def _page(place: Place) -> str:
    return _("p. {page}").format(page=clean(place.label)) if place.label else ""


_LIST_MARK = re.compile(r"(?:\d{1,2}|[a-z])[.)] |• ")


def figure_line(figure: Figure) -> str:
    """A figure by its caption, or by the words inside it."""
    return clean(figure.caption or " ".join(figure.text.split()) or _("figure without a caption"))


def paragraph(text: str, starts: str = "", ends: str = "", width: int | None = None) -> str:
    """Text wrapped to `width` cells line by line, so that steps and rows keep their lines; list items hang.

    0 wraps nothing; without a width it is that of the terminal on stdout.
    """
    room = _width() if width is None else width
    made = []
    for index, line in enumerate(f"{text}{ends}".split("\n")):
        body = line.lstrip(" ")
        indent = " " * (len(line) - len(body))
        mark = _LIST_MARK.match(body)
        first = starts if index == 0 else " " * cells(starts)
        hanging = " " * cells(starts) + indent + " " * (len(mark.group()) if mark else 0)
        made.append(wrapped(body, room, first + indent, hanging))
    return "\n".join(made)


def _width() -> int:
    return terminal_width(sys.stdout) or 100


def terminal_width(stream: TextIO) -> int:
    """How many cells a line of a terminal may take, 100 at most so that the eye finds the next one; 0 for what is none."""
    if not stream.isatty():
        return 0
    with contextlib.suppress(OSError, ValueError):
        return max(20, min(os.get_terminal_size(stream.fileno()).columns or 80, 100))
    return 80


def shortened(text: str, limit: int = 600) -> str:
    """The beginning of a long text, cut between words."""
    return text if len(text) <= limit else text[:limit].rsplit(None, 1)[0] + " …"


def _place_object(place: Place) -> dict[str, Any]:
    region = place.region
    corners = [region.left, region.top, region.right, region.bottom] if region else None
    return {"page": place.label or None, "sheet": place.page, "region": corners}


def _hazard_object(hazard: Hazard) -> dict[str, Any]:
    return {"signal_word": hazard.signal_word, "text": hazard.text, "scheme": hazard.scheme, "symbol": hazard.symbol,
            **_place_object(hazard.place)}  # fmt: skip


def _passage_object(passage: Passage) -> dict[str, Any]:
    return {
        "pack": passage.pack, "machine": passage.machine, "passage": passage.id, "document": passage.document, "revision": passage.revision,
        "caveats": list(passage.caveats), "heading": list(passage.heading), **_place_object(passage.place),
    }  # fmt: skip


def _figure_object(figure: Figure) -> dict[str, Any]:
    return {
        "number": figure.number, "caption": figure.caption, "text": figure.text, "image": figure.image,
        "width": figure.width, "height": figure.height, **_place_object(figure.place),
    }  # fmt: skip


def evidence_object(one: Evidence) -> dict[str, Any]:
    """A piece of evidence for JSON."""
    return {
        "rank": one.rank, "score": one.score, "matched_by": list(one.matched_by),
        "hazards": [_hazard_object(hazard) for hazard in one.passage.hazards], "text": one.passage.text,
        **_passage_object(one.passage),
        "figures": [figure.caption for figure in one.passage.figures],
        **({"figure": _figure_object(one.figure)} if one.figure else {}),
    }  # fmt: skip


def rendering_object(rendering: Rendering, language: str) -> dict[str, Any]:
    """A translated text for JSON, with what became of each of its sentences."""
    return {
        "language": language, "text": rendering.text, "approved": rendering.approved, "machine": rendering.machine,
        "sentences": [
            {"source": one.source, "text": one.text, "outcome": one.outcome, "reason": one.reason, "score": one.score}
            for one in rendering.sentences
        ],
    }  # fmt: skip


def answer_object(
    question: Question, answer: Answer, language: str = "", said: Mapping[str, Rendering] | None = None
) -> dict[str, Any]:
    """A whole answer for JSON; as on the screen, warnings come before what they protect.

    `said` are its texts as they were translated into `language`, by their originals.
    """

    def translation(text: str) -> dict[str, Any]:
        return {"translation": rendering_object(said[text], language)} if said and text in said else {}

    return {
        "question": question.text,
        "asked_as": answer.asked or None,
        "searched": list(answer.searched),
        "verdict": answer.verdict,
        "hazards": [{**_hazard_object(hazard), **translation(hazard.text)} for hazard in answer.hazards],
        "answer": answer.text,
        "statements": [
            {
                "text": one.text, "verbatim": one.verbatim, "conversions": list(one.conversions), "quote": one.citation.quote, "start": one.citation.start,
                "end": one.citation.end, **_passage_object(one.citation.passage), **translation(one.text),
            }
            for one in answer.statements
        ],
        "choices": [
            {"question": one.question.text, "packs": list(one.question.packs), **_passage_object(one.evidence.passage)}
            for one in answer.choices
        ],
        "evidence": [evidence_object(one) for one in answer.evidence],
    }  # fmt: skip
