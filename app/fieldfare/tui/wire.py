"""Writes to the terminal only what differs from what stands there, for serial lines and slow networks.

Textual draws whole lines with every colour spelled out; on a line of 9600 baud a letter took a second. Here what it writes is
kept as cells, and the cells that changed are written with the attributes that changed.
"""

from __future__ import annotations

import os
import re
import select
from itertools import groupby
from typing import TYPE_CHECKING

from rich.cells import split_graphemes

from fieldfare.tui.widths import UNSURE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.driver import Driver

_TOKEN = re.compile(
    r"\x1b\[(?P<place>\d+;\d+)H|\x1b\[(?P<look>[\d;:]*)m|(?P<text>[^\x00-\x1f\x7f\x1b]+)|(?P<break>[\r\n]+)"
    r"|(?P<aside>\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[\?(?!1049|47h|47l)[\d;]+(?:\$p|[hl])|\x1b\[>[\d;]*[a-z]|\x07)"
    r"|(?P<other>\x1b[P_^X][^\x1b]*\x1b\\|\x1b\[[0-?]*[ -/]*[@-~]|\x1b.?|[\x00-\x1f\x7f])",
    re.DOTALL,
)
_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"  # one picture, drawn at once by terminals that can
_LOOKS = 2.0
"""Seconds between two looks whether the terminal is still there."""
_GAP = 6
"""Unchanged cells between two changes that are cheaper written than jumped over: a jump takes 6 to 8 bytes."""
_ERASES = (
    "xterm",
    "tmux",
    "linux",
    "rxvt",
    "foot",
    "alacritty",
    "kitty",
    "wezterm",
    "konsole",
    "putty",
    "st",
    "vte",
    "iterm",
)
"""Terminals that erase with the background of the moment (`bce` in terminfo); the others are sent spaces."""

_NARROW = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u2010-\u2027\u2030-\u205e\u2500-\u25fc\u2800-\u28ff]*"
)
"""Text whose characters take one cell each: Latin, Greek, Cyrillic, lines, blocks, Braille dots."""

_SEEN = frozenset({"4", "7", "9", "21", "53"})
"""Attributes that are seen on a blank: underlined, reversed, struck, overlined."""

_WORD = re.compile(r"\S+")

Look = tuple[str, str, str]
"""Attributes, foreground and background as the parameters of SGR; empty for the terminal's own."""
_PLAIN: Look = ("", "", "")


class Cells:
    """What stands on the terminal and what is to stand there."""

    def __init__(self, width: int, height: int, *, erases: bool) -> None:
        """Nothing is known of what stands there."""
        self.size = width, height
        self._erases = erases
        self._texts = [[" "] * width for _ in range(height)]
        self._looks = [[_PLAIN] * width for _ in range(height)]
        self._shown: list[tuple[list[str], list[Look]] | None] = [None] * height
        self._x = self._y = 0
        self._look = _PLAIN
        self._pen: Look | None = None  # the attributes that the terminal writes with
        self._changed: set[int] = set()
        self._begun = False

    def forget(self) -> None:
        """What stands on the terminal is not known any more: all that is written from now on is sent."""
        self._shown = [None] * len(self._shown)
        self._pen = None

    def take(self, data: str) -> str:
        """What must be sent so that the terminal shows what `data` says."""
        sent: list[str] = []
        for match in _TOKEN.finditer(data):
            kind, said = match.lastgroup, match.group(match.lastgroup or 0)
            if kind == "text":
                self._write(said)
            elif kind == "look":
                self._look = _changed(self._look, said)
            elif kind == "place":
                row, _, column = said.partition(";")
                self._y, self._x = int(row) - 1, int(column) - 1
            elif said == _BEGIN:
                self._begun = True  # sent with what is drawn
            elif kind == "aside":
                sent += self._drawn()
                if said == _END and self._begun:
                    self._begun = False  # nothing was
                else:
                    sent.append(said)
            elif kind == "other":  # a picture, or what Textual never sends: as it is, where it is
                sent += [*self._drawn(), _move(self._x, self._y), said]
                self.forget()
        sent += self._drawn()
        return "".join(sent)

    def _write(self, text: str) -> None:
        width, height = self.size
        if not 0 <= self._y < height:
            return
        texts, looks = self._texts[self._y], self._looks[self._y]
        self._changed.add(self._y)
        cells = list(text) if _NARROW.fullmatch(text) else [*_cells(text)]
        del cells[max(0, width - self._x) :]
        texts[self._x : self._x + len(cells)] = cells
        letters = len(cells)
        while letters and cells[letters - 1] == " ":
            letters -= 1
        blank = _blank(self._look)
        looks[self._x : self._x + len(cells)] = [self._look] * letters + [blank] * (len(cells) - letters)
        self._x += len(cells)

    def _drawn(self) -> list[str]:
        """The changes since the last time, ended by the place where the cursor is to be."""
        drawn = [*self._changes()]
        if drawn:
            drawn.append(_move(self._x, self._y))
            if self._begun:
                self._begun = False
                drawn.insert(0, _BEGIN)
        return drawn

    def _changes(self) -> Iterator[str]:
        for row in sorted(self._changed):
            texts, looks = self._texts[row], self._looks[row]
            shown = self._shown[row]
            if shown != (texts, looks) and any(map(_is_unsure, (texts, shown[0] if shown else ()))):
                yield from self._placed(row)
            elif shown is None:
                yield from self._span(row, 0, len(texts))
            elif shown != (texts, looks):
                differ = [
                    column for column in range(len(texts))
                    if texts[column] != shown[0][column] or looks[column] != shown[1][column]
                ]  # fmt: skip
                for start, end in _spans(differ):
                    yield from self._span(row, start, end)
            self._shown[row] = texts[:], looks[:]
        self._changed.clear()

    def _span(self, row: int, start: int, end: int) -> Iterator[str]:
        """Some cells of a row; blanks to its end are erased."""
        texts, looks = self._texts[row], self._looks[row]
        while start and not texts[start]:  # the right half of a wide character
            start -= 1
        blank = len(texts)
        while self._erases and blank > start and texts[blank - 1] == " " and looks[blank - 1] == looks[-1]:
            blank -= 1
        erased = end > blank + 3 and not looks[-1][0]
        yield _move(start, row)
        last = min(end, blank) if erased else end
        while start < last:
            stop = start + 1
            while stop < last and looks[stop] == looks[start]:
                stop += 1
            yield self._turn(looks[start])
            yield "".join(texts[start:stop])
            start = stop
        if erased:
            yield self._turn(looks[-1])
            yield "\x1b[K"

    def _placed(self, row: int) -> Iterator[str]:
        """A row in which a terminal may give a letter other cells than we do: emptied first, then each word at its place."""
        texts, looks = self._texts[row], self._looks[row]
        yield _move(0, row)
        for look, cells in groupby(looks):
            yield self._turn(look)
            yield " " * len(list(cells))
        for word in _WORD.finditer("".join(one[:1] or "x" for one in texts)):
            start, end = word.span()
            while start < end:
                stop = start + 1
                while stop < end and looks[stop] == looks[start]:
                    stop += 1
                yield _move(start, row)
                yield self._turn(looks[start])
                yield "".join(texts[start:stop])
                start = stop

    def _turn(self, look: Look) -> str:
        """What changes the attributes that the terminal writes with."""
        pen, self._pen = self._pen, look
        if pen == look:
            return ""
        if pen is None or any(old and not new for old, new in zip(pen, look, strict=True)) or pen[0] != look[0]:
            return f"\x1b[{';'.join(('0', *filter(None, look)))}m"
        return f"\x1b[{';'.join(new for old, new in zip(pen, look, strict=True) if new != old)}m"


def _is_unsure(texts: Sequence[str]) -> bool:
    """Whether terminals do not agree on the cells of a row."""
    row = "".join(texts)
    return not row.isascii() and UNSURE.search(row) is not None


def _blank(look: Look) -> Look:
    """What is seen of the attributes where nothing is written: the background, unless there are lines or it is reversed."""
    attributes = look[0].split(";")
    return ("", "", look[2]) if _SEEN.isdisjoint(attributes) else look


def _spans(columns: list[int]) -> Iterator[tuple[int, int]]:
    """Changed columns as spans; those that lie near each other in one."""
    start = last = columns[0]
    for column in columns[1:]:
        if column - last > _GAP:
            yield start, last + 1
            start = column
        last = column
    yield start, last + 1


def _cells(text: str) -> Iterator[str]:
    """A text by cells: a wide character has an empty one behind it, marks stand with their letter."""
    for start, end, width in split_graphemes(text)[0]:
        yield text[start:end]
        yield from [""] * (width - 1)


def _changed(look: Look, said: str) -> Look:
    """The attributes after an SGR sequence."""
    attributes, ink, ground = look
    parameters = said.split(";") if said else ["0"]
    while parameters:
        one = parameters.pop(0)
        if one in {"38", "48"}:
            taken = [one, *(parameters[:4] if parameters[:1] == ["2"] else parameters[:2])]
            del parameters[: len(taken) - 1]
            colour = ";".join(taken)
            ink, ground = (colour, ground) if one == "38" else (ink, colour)
        elif one in {"", "0"}:
            attributes = ink = ground = ""
        elif one == "39" or (len(one) == 2 and one[0] in "39" and one != "38"):
            ink = "" if one == "39" else one
        elif one == "49" or (one[0] == "4" and len(one) == 2) or (one.startswith("10") and len(one) == 3):
            ground = "" if one == "49" else one
        else:
            attributes = f"{attributes};{one}" if attributes else one
    return attributes, ink, ground


def _move(x: int, y: int) -> str:
    return f"\x1b[{y + 1};{x + 1}H"


def sparing(driver: type[Driver]) -> type[Driver]:
    """A driver that writes only what differs, and ends the program when its terminal is gone."""

    class SparingDriver(driver):  # type: ignore[misc, valid-type]
        """Keeps what stands on the terminal; its size is that of the app."""

        _cells: Cells | None = None

        def start_application_mode(self) -> None:
            """Also look now and then whether the terminal is still there: who ignores SIGHUP would read its end for ever."""
            super().start_application_mode()
            self._app.set_interval(_LOOKS, self._look_for_it)

        def _look_for_it(self) -> None:
            line = select.poll()
            line.register(self.fileno, 0)
            # Not POLLNVAL: macOS answers it for terminals that are there.
            if any(seen & (select.POLLHUP | select.POLLERR) for _, seen in line.poll(0)):
                self._app.exit()

        def write(self, data: str) -> None:
            """Write what differs."""
            width, height = self._app.size
            if self._cells is None or self._cells.size != (width, height):
                term = os.environ.get("TERM", "")
                self._cells = Cells(width, height, erases=term.startswith(_ERASES))
            if sent := self._cells.take(data):
                super().write(sent)

    return SparingDriver
