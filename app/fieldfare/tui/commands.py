"""The keys of a screen with what each does, read from the bindings themselves: the menu and the help cannot differ from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding

from fieldfare.catalogue import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.dom import DOMNode
    from textual.screen import Screen

NAMES = {
    "question_mark": "?", "slash": "/", "plus": "+", "minus": "−", "equals_sign": "=", "underscore": "_", "comma": ",",
    "full_stop": ".", "left_square_bracket": "[", "right_square_bracket": "]", "less_than_sign": "<", "greater_than_sign": ">",
    "number_sign": "#", "asterisk": "*", "apostrophe": "'", "escape": "Esc", "enter": "Enter", "up": "↑", "down": "↓",
    "left": "←", "right": "→", "space": N_("Space"), "backspace": N_("Backspace"), "pageup": N_("PgUp"),
    "pagedown": N_("PgDn"), "home": N_("Home"), "end": N_("End"), "delete": N_("Del"), "insert": N_("Ins"), "tab": "Tab",
    "ctrl": N_("Ctrl"), "shift": N_("Shift"),
}  # fmt: skip
"""How a key is called where it is not called as it is typed."""

_MEANINGS = {
    "PassageRow.open": N_("open the page"),
    "ChoiceRow.choose": N_("ask this"),
    "AskScreen.open": N_("open the page with this number"),
    "AskScreen.back": N_("stop the answer; go back; back to the question; a new subject"),
    "AskScreen.question": N_("type a question"),
    "AskScreen.original": N_("the original in place of the translation, and back"),
    "ReadingScreen.original": N_("the original in place of the translation, and back"),
    "SectionPane.columns": N_("a wide table in columns, or row by row"),
    "Reader.onward": N_("the next or previous section; while searching, place"),
    "Reader.back": N_("where you were before"),
    "Reader.forward": N_("where you came back from"),
    "Reader.outline": N_("the headings of the manual"),
    "Reader.find": N_("search this manual"),
    "Reader.links": N_("what this section refers to"),
    "Reader.figures": N_("all figures of the manual"),
    "Reader.page": N_("the page as printed"),
    "Reader.bookmark": N_("set or remove a bookmark here"),
    "Reader.note": N_("write a note here"),
    "Reader.both": N_("the original and its translation side by side"),
    "ManualsScreen.find": N_("search the chosen manual"),
    "ManualsScreen.figures": N_("the figures of the chosen manual"),
    "ManualsScreen.pages": N_("the printed pages of the chosen manual"),
    "ManualsScreen.bookmarks": N_("bookmarks and notes"),
    "ManualsScreen.enter": N_("the headings of the chosen manual"),
    "Outline.unfold": N_("show what is below the heading"),
    "Outline.fold": N_("hide what is below the heading"),
    "Outline.shorten": N_("take the last letter back"),
    "Listing.step": N_("the row above or below"),
    "Listing.leap": N_("a screen of rows further"),
    "Listing.end": N_("the first or the last row"),
    "Listing.pick": N_("open the row"),
    "Listing.take": N_("open the row with this number"),
    "SectionPane.picture": N_("enlarge the figure"),
    "SectionPane.warnings": N_("up to the warning above"),
    "FigureRow.enlarge": N_("enlarge the figure"),
    "PictureScreen.zoom": N_("closer, farther"),
    "PictureScreen.closer": N_("closer"),
    "PictureScreen.whole": N_("the whole picture"),
    "PictureScreen.fit_width": N_("as wide as the screen"),
    "PictureScreen.rotate": N_("turn by a quarter"),
    "PictureScreen.leaf": N_("the next or previous picture"),
    "PictureScreen.crop": N_("a frame around a part: enlarge it, keep it"),
    "PictureScreen.text": N_("where it stands in the text"),
    "PictureScreen.save": N_("keep what is seen in the job"),
    "PictureScreen.view": N_("open it in the viewer of this device"),
    "PictureScreen.mode": N_("dots or colours"),
    "PictureScreen.pan": N_("move the picture"),
    "QuestionInput.leave": N_("to the results"),
    "Column.page_down": N_("a screen further"),
    "Column.move": N_("move through hazards, answer and pages"),
    "AnswerColumn.move": N_("move through hazards, answer and pages"),
    "Column.leave": N_("leave or enter the page beside the answer"),
    "AnswerColumn.leave": N_("leave or enter the page beside the answer"),
}
"""What a key does, by class and action, where its binding says it in one word only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What a key does; `keys` as Textual names them, `meaning` in the language of the screen."""

    keys: tuple[str, ...]
    meaning: str

    @property
    def shown(self) -> str:
        """The keys as they are printed on a keyboard, four at most; digits in a row as a span."""
        if len(self.keys) > 2 and all(key.isdigit() for key in self.keys):
            return f"{min(self.keys)}–{max(self.keys)}"
        return " ".join(key_name(key) for key in self.keys[:4])


def key_name(key: str) -> str:
    """A key as it is printed on a keyboard."""
    if len(key) == 1:
        return key
    if key in NAMES:
        return _(NAMES[key])
    return "+".join(_(NAMES[part]) if part in NAMES else part.capitalize() for part in key.split("+"))


def commands(screen: Screen[object]) -> tuple[Command, ...]:
    """What the keys do on a screen, wherever on it the focus is: the screen's own first, then those of its parts."""
    return of(type(screen), *dict.fromkeys(map(type, screen.walk_children())))


def of(*kinds: type[DOMNode]) -> tuple[Command, ...]:
    """What the keys do that some classes declare."""
    found: dict[str, list[str]] = {}
    for kind in kinds:
        for owner, binding in _own(kind):
            keys = found.setdefault(_meaning(owner, binding), [])
            keys += [key for key in binding.key.split(",") if key not in keys]
    return tuple(Command(keys=tuple(keys), meaning=meaning) for meaning, keys in found.items() if meaning)


def active(screen: Screen[object]) -> tuple[Command, ...]:
    """What the keys do at this moment, with the focus where it is; without the arrows and what leads away."""
    found: list[Command] = []
    for key, one in screen.active_bindings.items():
        if one.node is screen.app:
            continue
        binding = one.binding
        owner = next((owner for owner, mine in _own(type(one.node)) if mine.action == binding.action), None)
        if owner is None or not one.enabled or key in {"up", "down", "home", "end", "escape"} or key.isdigit():
            continue
        meaning = _meaning(owner, binding)
        if meaning and meaning not in {known.meaning for known in found}:
            found.append(Command(keys=(key,), meaning=meaning))
    return tuple(found)


def _own(kind: type[DOMNode]) -> Iterator[tuple[type[DOMNode], Binding]]:
    """The bindings that Fieldfare's own classes declare, not those that Textual brings."""
    for owner in kind.__mro__:
        if owner.__module__.startswith("fieldfare."):
            for binding in _bindings(vars(owner).get("BINDINGS", ())):
                yield owner, binding


def _bindings(declared: Iterable[object]) -> Iterator[Binding]:
    for one in declared:
        if isinstance(one, Binding):
            yield one
        elif isinstance(one, tuple):
            yield Binding(*one)


def _meaning(owner: type[DOMNode], binding: Binding) -> str:
    known = _MEANINGS.get(f"{owner.__name__}.{binding.action.partition('(')[0]}", "")
    said = binding.tooltip or known or binding.description
    return _(said) if said else ""
