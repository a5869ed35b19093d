"""The lock: a sentence of a draft and the evidence to a citation that proves it, or none. Pure; see docs/lock.md."""

from fieldfare.grounding.clauses import sentence_spans
from fieldfare.grounding.lock import check, quote

__all__ = ["check", "quote", "sentence_spans"]
