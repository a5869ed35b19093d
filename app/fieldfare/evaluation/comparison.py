"""Two records of runs -> what differs, question by question, and whether chance would explain it.

Shares are compared by McNemar's test (exact, two-sided): only the questions that one run got and the other did not tell them
apart. Means are compared by a paired bootstrap.
"""

from __future__ import annotations

import json
import math
import random
import re
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from fieldfare.errors import StorageError, UsageError
from fieldfare.evaluation.run import FORMAT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

MAX_SIZE = 1 << 30  # bytes of a record
ROUNDS = 2000  # of the bootstrap
SHOWN = 10  # questions that are listed on each side
_Row = dict[str, Any]
# What is compared, by question: None where the question does not ask for it.
_SHARES: dict[str, Callable[[_Row], bool | None]] = {
    "hit_at_1": lambda row: row["rank"] == 1 if _placed(row) else None,
    "hit_at_5": lambda row: 0 < (row["rank"] or 0) <= 5 if _placed(row) else None,
    "right": lambda row: row["right"] if row["answerable"] is not None else None,
    "exact": lambda row: row["exact"],
    "numbers": lambda row: row["numbers"],
    "hazards": lambda row: row["warned"],
    "refused": lambda row: row["verdict"] == "refused",
    "supported": lambda row: not row["unsupported"],
}
_MEANS: dict[str, Callable[[_Row], float | None]] = {
    "mrr": lambda row: 1 / row["rank"] if row["rank"] else 0.0 if _placed(row) else None,
    "f1": lambda row: row["f1"],
    "seconds to the whole answer": lambda row: row["seconds"]["whole"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One figure in both runs over the questions that both asked; `chance` is the p-value."""

    name: str
    first: float
    second: float
    total: int
    chance: float
    lost: int = 0
    won: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What differs between two runs: what they ran on, the figures of a mode, and the questions that changed sides."""

    conditions: tuple[str, ...]
    differences: dict[str, tuple[Difference, ...]]
    won: tuple[str, ...]
    lost: tuple[str, ...]
    shared: int

    def as_object(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """For a terminal."""
        yield f"{self.shared} questions in both runs"
        for line in self.conditions:
            yield f"  differs: {line}"
        for mode, found in self.differences.items():
            yield f"\n{mode:<30} {'first':>8} {'second':>8} {'change':>8}   p"
            for one in found:
                sides = f"   {one.won} won, {one.lost} lost" if one.won or one.lost else ""
                mark = " *" if one.chance < 0.05 else ""
                yield (f"  {one.name:<28} {one.first:8.3f} {one.second:8.3f} {one.second - one.first:+8.3f}   "
                       f"{one.chance:.3f}{mark}{sides}")  # fmt: skip
        for title, questions in (("right only in the first", self.lost), ("right only in the second", self.won)):
            if questions:
                yield f"\n{title} ({len(questions)})"
                yield from (f"  {text}" for text in questions[:SHOWN])
                if len(questions) > SHOWN:
                    yield f"  and {len(questions) - SHOWN} more"


def read_record(file: Path) -> dict[str, Any]:
    """The record of a run; UsageError for a file that is none, StorageError for one that cannot be read."""
    try:
        if file.stat().st_size > MAX_SIZE:
            raise UsageError(f"{file} is too large for the record of a run.")
        record = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise StorageError(f"{file} cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict) or record.get("format") != FORMAT or not isinstance(record.get("questions"), list):
        raise UsageError(f"{file} is no record of a run of this version. Make one: fieldfare eval --json FILE")
    return record


def compare(first: dict[str, Any], second: dict[str, Any]) -> Comparison:
    """Compare two records; UsageError where they share no question, or a record is not whole."""
    try:
        return _compared(first, second)
    except (KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"One of the records is not whole ({error!r}). Run it again.") from error


def _compared(first: dict[str, Any], second: dict[str, Any]) -> Comparison:
    rows = [{(row["mode"], row["pack"], row["id"]): row for row in one["questions"]} for one in (first, second)]
    keys = [key for key in rows[0] if key in rows[1]]
    if not keys:
        raise UsageError("The two runs asked no question in common.")
    differences: dict[str, tuple[Difference, ...]] = {}
    won: list[str] = []
    lost: list[str] = []
    for mode in dict.fromkeys(key[0] for key in keys):
        pairs = [(rows[0][key], rows[1][key]) for key in keys if key[0] == mode]
        found = [one for name, taken in _SHARES.items() if (one := _share(name, pairs, taken))]
        found += [one for name, taken in _MEANS.items() if (one := _mean(name, pairs, taken))]
        differences[mode] = tuple(found)
        for one, other in pairs:
            if one["right"] != other["right"] and one["answerable"] is not None:
                (won if other["right"] else lost).append(f"{one['question']} ({one['id']})")
    return Comparison(
        conditions=tuple(_conditions(first, second)),
        differences=differences,
        won=tuple(won),
        lost=tuple(lost),
        shared=len(keys),
    )


def _conditions(first: dict[str, Any], second: dict[str, Any]) -> Iterator[str]:
    for name in ("program", "set", "packs", "embedder", "reader", "model", "settings", "sample", "machine"):
        one, other = first.get(name), second.get(name)
        if isinstance(one, dict) and isinstance(other, dict):
            for key in dict.fromkeys((*one, *other)):
                if one.get(key) != other.get(key) and key != "load":
                    yield f"{name} {key}: {_short(one.get(key))} and {_short(other.get(key))}"
        elif isinstance(one, list) and isinstance(other, list):
            yield from (
                f"pack: {_pack(mine)} and {_pack(theirs)}" for mine, theirs in zip_longest(one, other) if mine != theirs
            )
        elif one != other:
            yield f"{name}: {_short(one)} and {_short(other)}"


def _pack(pack: dict[str, Any] | None) -> str:
    return f"{pack['id']} {pack['version']} ({pack['sha256'][:12]})" if pack else "none"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if re.fullmatch(r"[0-9a-f]{32,64}", text):
        return text[:12]
    return text if len(text) <= 70 else text[:70] + "…"


def _placed(row: _Row) -> bool:
    return bool(row["placed"])


def _share(name: str, pairs: Sequence[tuple[_Row, _Row]], taken: Callable[[_Row], bool | None]) -> Difference | None:
    marks = [
        (one, other)
        for first, second in pairs
        if (one := taken(first)) is not None and (other := taken(second)) is not None
    ]
    if not marks:
        return None
    lost = sum(one and not other for one, other in marks)
    won = sum(other and not one for one, other in marks)
    return Difference(
        name=name,
        first=sum(one for one, _ in marks) / len(marks),
        second=sum(other for _, other in marks) / len(marks),
        total=len(marks),
        chance=mcnemar(lost, won),
        lost=lost,
        won=won,
    )


def mcnemar(lost: int, won: int) -> float:
    """How likely chance parts so many questions so unevenly: the exact two-sided p-value."""
    total = lost + won
    tail = sum(math.comb(total, count) for count in range(min(lost, won) + 1))
    return min(1.0, float(2 * tail / 2**total))


def _mean(name: str, pairs: Sequence[tuple[_Row, _Row]], taken: Callable[[_Row], float | None]) -> Difference | None:
    values = [
        (one, other)
        for first, second in pairs
        if (one := taken(first)) is not None and (other := taken(second)) is not None
    ]
    if not values:
        return None
    return Difference(
        name=name,
        first=math.fsum(one for one, _ in values) / len(values),
        second=math.fsum(other for _, other in values) / len(values),
        total=len(values),
        chance=bootstrap([other - one for one, other in values]),
    )


def bootstrap(changes: Sequence[float]) -> float:
    """How often resampled questions change in the other direction: a two-sided p-value, the same in every run."""
    if not any(changes):
        return 1.0
    chosen = random.Random(0)  # noqa: S311  (resampling, no secret)
    count = len(changes)
    means = [math.fsum(chosen.choices(changes, k=count)) for _ in range(ROUNDS)]
    below, above = sum(one <= 0 for one in means), sum(one >= 0 for one in means)
    return min(1.0, 2 * (min(below, above) + 1) / (ROUNDS + 1))
