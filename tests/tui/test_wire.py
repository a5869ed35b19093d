"""What is sent over a slow line: the terminal shows the same as if everything had been sent, for a fraction of the bytes."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import split_graphemes

from fieldfare.tui import widths
from fieldfare.tui.wire import Cells

WIDTH, HEIGHT = 24, 5
TOKEN = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[([\d;]*)m|(\x1b\[K)|(\x1b\[\?2026[hl])|([^\x1b]+)")


class Screen:
    """A terminal that knows what is sent to it, by the book: cells with attributes that SGR sequences build up."""

    def __init__(self) -> None:
        self.cells = [[(" ", frozenset[str]())] * WIDTH for _ in range(HEIGHT)]
        self.x = self.y = 0
        self.look: dict[str, str] = {}

    def seen(self) -> list[list[tuple[str, frozenset[str]]]]:
        """What an eye sees: of a blank only its background, unless it is underlined or reversed."""
        return [[(text, look if text != " " or {"attribute 4", "attribute 7"} & look else frozenset(
            one for one in look if one.startswith("ground"))) for text, look in row] for row in self.cells]  # fmt: skip

    def take(self, data: str) -> Screen:
        """Draw what was sent."""
        position = 0
        while position < len(data):
            match = TOKEN.match(data, position)
            assert match, repr(data[position : position + 20])
            position = match.end()
            row, column, look, erase, sync, text = match.groups()
            if row:
                self.y, self.x = int(row) - 1, int(column) - 1
            elif look is not None:
                self._turn(look)
            elif erase:
                ground = frozenset({f"ground {self.look['ground']}"} if "ground" in self.look else ())
                for x in range(self.x, WIDTH):
                    self.cells[self.y][x] = (" ", ground)
            elif text and not sync:
                self._write(text.replace("\n", ""))
        return self

    def _turn(self, look: str) -> None:
        said = look.split(";") if look else ["0"]
        while said:
            one = said.pop(0)
            if one == "0":
                self.look = {}
            elif one in {"38", "48"}:
                rest = [said.pop(0) for _ in range(4 if said[0] == "2" else 2)]
                self.look["ink" if one == "38" else "ground"] = ";".join(rest)
            elif one[0] == "3" and len(one) == 2:
                self.look["ink"] = one
            elif one[0] == "4" and len(one) == 2:
                self.look["ground"] = one
            else:
                self.look[f"attribute {one}"] = one

    def _write(self, text: str) -> None:
        look = frozenset(f"{name.split()[0]} {value}" for name, value in self.look.items())
        for start, end, width in split_graphemes(text)[0]:
            for index in range(width):
                if self.x < WIDTH:
                    self.cells[self.y][self.x] = (text[start:end] if not index else "", look)
                    self.x += 1


styles = st.sampled_from(
    ["", "1", "7", "1;4", "38;2;255;255;255;48;2;0;0;0", "48;2;0;0;0", "31;40", "1;31", "38;5;7;48;5;0", "4;38;2;1;2;3"]
)
words = st.text(alphabet="ab  é│▌日本ü", min_size=1, max_size=WIDTH)


@st.composite
def drawings(draw: st.DrawFn) -> list[str]:
    """What a program may draw: styled pieces of text at places, in several goes."""
    goes = []
    for _ in range(draw(st.integers(1, 5))):
        parts = ["\x1b[?2026h"]
        for _ in range(draw(st.integers(0, 6))):
            y = draw(st.integers(0, HEIGHT - 1))
            parts.append(f"\x1b[{y + 1};1H")
            row = draw(words).ljust(WIDTH)
            cells = [
                piece
                for start, end, width in split_graphemes(row)[0]
                for piece in [row[start:end], *[""] * (width - 1)]
            ]
            del cells[WIDTH:]
            if split_graphemes("".join(cells))[1] > WIDTH:
                cells[-1] = " "
            cut = draw(st.integers(1, WIDTH))
            while cut < WIDTH and not cells[cut]:
                cut += 1
            for piece in ("".join(cells[:cut]), "".join(cells[cut:])):
                if style := draw(styles):
                    parts.append(f"\x1b[{style}m{piece}\x1b[0m")
                else:
                    parts.append(piece)
            parts.append("\n")
        parts.append("\x1b[?2026l")
        goes.append("".join(parts))
    return goes


@pytest.mark.parametrize("erases", [True, False])
@given(goes=drawings())
@settings(max_examples=80, deadline=None)
def test_the_terminal_shows_the_same(erases: bool, goes: list[str]) -> None:
    cells, sparing, full = Cells(WIDTH, HEIGHT, erases=erases), Screen(), Screen()
    for number, data in enumerate(goes):
        sparing.take(cells.take(data))
        full.take(data)
        assert sparing.seen() == full.seen()
        if number % 2:
            cells.forget()
        again = cells.take(data)
        assert bool(again) == bool(number % 2 and "H" in data)
        assert sparing.take(again).seen() == full.seen()


def test_what_stands_there_already_is_not_sent_again() -> None:
    cells = Cells(80, 24, erases=True)
    line = "\x1b[?2026h\x1b[3;1H\x1b[1;38;2;255;255;255;48;2;0;0;0moil" + " " * 77 + "\x1b[0m\x1b[?2026l"
    first = cells.take(line)
    assert "\x1b[K" in first
    assert len(first) < 90
    assert cells.take(line) == ""
    changed = cells.take(line.replace("oil ", "oils"))
    assert "s" in changed
    assert len(changed) < 70


def test_pictures_and_questions_to_the_terminal_pass_untouched() -> None:
    cells = Cells(80, 24, erases=True)
    for sequence in (
        "\x1bPq#0;2;0;0;0~~\x1b\\",
        "\x1b_Ga=T,f=100;AAAA\x1b\\",
        "\x1b]52;c;b2ls\x07",
        "\x1b[?2004h",
        "\x1b[c",
    ):
        assert sequence in cells.take(f"\x1b[5;7Hab{sequence}")
    assert "ab" in cells.take("\x1b[5;7Hab")  # what stands under a picture is not known


HINDI = "प्रतीक्षा करें E-23 │ दबाव 45 Nm"


class Indic(Screen):
    """A terminal that gives a vowel beside its letter `cells` of its own."""

    def __init__(self, cells: int) -> None:
        super().__init__()
        self.cells_of_vowel = cells

    def _write(self, text: str) -> None:
        for character in text:
            kind = unicodedata.category(character)
            if kind in {"Mn", "Cf"} or (kind == "Mc" and not self.cells_of_vowel):
                before = self.cells[self.y][self.x - 1]
                self.cells[self.y][self.x - 1] = (before[0] + character, before[1])
            elif self.x < WIDTH:
                self.cells[self.y][self.x] = (character, frozenset())
                self.x += 1

    def row(self, y: int) -> str:
        return "".join(text for text, _look in self.cells[y])


@pytest.mark.parametrize("vowel", [0, 1])
def test_no_terminal_loses_a_letter_of_a_script_whose_cells_are_in_dispute(vowel: int) -> None:
    widths.measure()
    terminal, cells = Indic(vowel), Cells(WIDTH, HEIGHT, erases=True)
    shown = HINDI[:-8]
    room = WIDTH - split_graphemes(shown)[1]
    for before in ("x" * WIDTH, HINDI, "दबाव" + "y" * 18):
        terminal.take(cells.take(f"\x1b[2;1H{before}"))
        terminal.take(cells.take(f"\x1b[2;1H{shown}{' ' * room}"))
        assert terminal.row(1).split() == shown.split()
        assert terminal.cells[1][split_graphemes(shown[: shown.index("E-23")])[1]][0] == "E"
        assert terminal.row(2).strip() == ""
    terminal.take(cells.take("\x1b[2;1Hoil" + " " * (WIDTH - 3)))
    assert terminal.row(1).split() == ["oil"]


def test_a_vowel_beside_its_letter_takes_a_cell() -> None:
    widths.measure()
    assert [split_graphemes(text)[1] for text in ("का", "កា", "ကာ", "e\u0301", "ก้", "日", "a")] == [2, 2, 2, 1, 1, 2, 1]
