"""What is known of a text in another language: approved translations and the words of the trade."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """A text of a manual in another language, as a person approved it.

    Languages are primary codes (`de`). `context` is the heading path that it was approved under (`8 Service > 8.2 Oil`),
    empty where it holds everywhere; `approved_on` is a date such as 2026-05-04. Both approvals are empty where nobody is named.
    """

    source: str
    target: str
    source_language: str
    target_language: str
    context: str = ""
    approved_by: str = ""
    approved_on: str = ""


class TermStatus(StrEnum):
    """Whether a word may stand for its concept."""

    PREFERRED = "preferred"
    ADMITTED = "admitted"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeTerm:
    """A word for a concept of the trade in one language; the terms of one `concept` mean the same."""

    concept: int
    language: str
    text: str
    status: TermStatus = TermStatus.PREFERRED
