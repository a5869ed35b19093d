"""The job's values as JSON and back. What is read may come from a stranger's file: every field is checked."""

from __future__ import annotations

import json
import re
import types
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from fieldfare.domain.job import Acknowledged, Asked, Attached, Deed, Measured, Noted, Read, Stepped

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MAX_TEXT = 4_000_000  # characters of one text: a quoted table of thousands of rows has some hundred thousand
MAX_ITEMS = 50_000  # of one tuple

_YEARS = range(1970, 2200)  # of a clock that may be wrong; beyond them time zones cannot be reckoned everywhere

KINDS: dict[str, type[Deed]] = {
    "asked": Asked,
    "read": Read,
    "step": Stepped,
    "acknowledged": Acknowledged,
    "measured": Measured,
    "noted": Noted,
    "attached": Attached,
}
"""The kinds of entries by the names under which they are kept and exported."""
_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character, which JSON can hold and no file
_NAMES: dict[type, str] = {kind: name for name, kind in KINDS.items()}

Value = TypeVar("Value", bound="DataclassInstance")


def kind_of(deed: Deed) -> str:
    """The name of a kind of entry."""
    return _NAMES[type(deed)]


def plain(value: object) -> Any:
    """A value as JSON's types; fields that hold their default are left out. A deed names its kind."""
    if is_dataclass(value) and not isinstance(value, type):
        kind = {"kind": _NAMES[type(value)]} if type(value) in _NAMES else {}
        return kind | {
            field.name: plain(getattr(value, field.name))
            for field in fields(value)
            if field.default is MISSING or getattr(value, field.name) != field.default
        }
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    return time_text(value) if isinstance(value, datetime) else value


def text_of(value: DataclassInstance) -> str:
    """A value as one line of JSON."""
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))


def parsed(kind: type[Value], text: str) -> Value:
    """A value from its JSON; ValueError says what does not fit."""
    try:
        return read(kind, json.loads(text))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def read(kind: type[Value], given: object) -> Value:
    """A value from JSON's types; ValueError says what does not fit."""
    return cast("Value", _read(kind, given, kind.__name__))


def deed_of(kind: str, text: str) -> Deed:
    """A deed from its JSON; ValueError says what does not fit."""
    given = json.loads(text)
    return cast("Deed", _deed(given | {"kind": kind} if isinstance(given, dict) else given, kind))


def time_text(time: datetime) -> str:
    """A time as it is kept: UTC, to the millisecond, so that texts sort as times do."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def time_of(text: str) -> datetime:
    """A time as it was kept; ValueError for anything else."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"{text[:40]!r} names no time zone")
    if time.year not in _YEARS:
        raise ValueError(f"{text[:40]!r} is no time of work")
    return time.astimezone(UTC)


@cache
def _fields(kind: type) -> dict[str, tuple[Any, bool]]:
    """The annotation of each field, and whether it must be given."""
    hints = get_type_hints(kind)
    return {field.name: (hints[field.name], field.default is MISSING) for field in fields(kind)}


def _read(kind: Any, given: object, where: str) -> object:
    if is_dataclass(kind):
        if kind in _NAMES and isinstance(given, dict) and given.get("kind") == _NAMES[cast("type", kind)]:
            return _deed(given, where)  # such as a reading among the progress of a step
        return _record(cast("type", kind), given, where)
    if kind == Deed:
        return _deed(given, where)
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        return None if given is None else _read(get_args(kind)[0], given, where)
    if origin is tuple:
        if not isinstance(given, list) or len(given) > MAX_ITEMS:
            raise ValueError(f"{where} is no list, or too long")
        return tuple(_read(get_args(kind)[0], one, where) for one in given)
    if kind is datetime and isinstance(given, str):
        return time_of(given)
    if isinstance(kind, type) and issubclass(kind, StrEnum) and isinstance(given, str):
        return kind(given)
    if type(given) is not kind:
        raise ValueError(f"{where} is no {getattr(kind, '__name__', kind)}")
    if isinstance(given, str) and len(given) > MAX_TEXT:
        raise ValueError(f"{where} is too long")
    if isinstance(given, str) and _SURROGATE.search(given):
        raise ValueError(f"{where} is no text")
    if isinstance(given, int) and abs(given) >= 1 << 53:
        raise ValueError(f"{where} is too large")
    return given


def _deed(given: object, where: str) -> object:
    """An entry's deed, which names its kind."""
    if not isinstance(given, dict) or given.get("kind") not in KINDS:
        raise ValueError(f"{where} is no known kind of entry")
    return _record(KINDS[given["kind"]], {name: one for name, one in given.items() if name != "kind"}, where)


def _record(kind: type, given: object, where: str) -> object:
    if not isinstance(given, dict):
        raise ValueError(f"{where} is no object")
    known = _fields(kind)
    if strangers := given.keys() - known.keys():
        raise ValueError(f"{where} has no {str(min(strangers))[:40]!r}")
    if missing := [name for name, (_, needed) in known.items() if needed and name not in given]:
        raise ValueError(f"{where} lacks {missing[0]!r}")
    return kind(**{name: _read(known[name][0], one, f"{where}.{name}") for name, one in given.items()})
