"""Flaws that the author accepts, with his reason: `[check] ignore` of pack.toml."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fieldfare.errors import SourceError
from fieldfare.ingest.lint import CODES
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldfare.ingest.lint import Flaw

_FORM = 'Write "table-header: the reason", or { code = "table-header", where = "page 7", reason = "…" }.'


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One code that the author accepts, everywhere or where the place or text of a flaw holds the words of `where`."""

    code: str
    reason: str
    where: str = ""

    def covers(self, flaw: Flaw) -> bool:
        """Whether a flaw is accepted."""
        return flaw.code == self.code and self.where.casefold() in f"{flaw.where}\n{flaw.text}".casefold()


def read_waivers(check: dict[str, Any]) -> tuple[Waiver, ...]:
    """The entries of `ignore`; SourceError for an unknown code or one without a reason."""
    entries = check.get("ignore", [])
    if not isinstance(entries, list):
        raise SourceError(f"pack.toml: check.ignore must be a list. {_FORM}")
    found = []
    for entry in entries:
        if isinstance(entry, str):
            code, _, reason = entry.partition(":")
            waiver = Waiver(code=code.strip(), reason=squeeze(reason))
        elif isinstance(entry, dict) and entry.keys() <= {"code", "reason", "where"}:
            given = {key: squeeze(str(value)) for key, value in entry.items()}
            waiver = Waiver(code=given.get("code", ""), reason=given.get("reason", ""), where=given.get("where", ""))
        else:
            raise SourceError(f"pack.toml: check.ignore has {entry!r}. {_FORM}")
        if waiver.code not in CODES:
            raise SourceError(f"pack.toml: check.ignore names {waiver.code!r}. The codes are {', '.join(CODES)}.")
        if not waiver.reason:
            raise SourceError(f"pack.toml: check.ignore names {waiver.code} without a reason. {_FORM}")
        found.append(waiver)
    return tuple(found)


def waive(flaws: Sequence[Flaw], waivers: Sequence[Waiver]) -> tuple[list[Flaw], dict[Waiver, int]]:
    """The flaws that nobody accepted, and how many each waiver covers: one that covers none can go."""
    covered = dict.fromkeys(waivers, 0)
    kept = []
    for flaw in flaws:
        waiver = next((one for one in waivers if one.covers(flaw)), None)
        if waiver is None:
            kept.append(flaw)
        else:
            covered[waiver] += 1
    return kept, covered
