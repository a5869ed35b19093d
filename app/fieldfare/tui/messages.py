"""What the widgets and workers tell the screens. The payloads are frozen values; only Textual writes to a message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from PIL.Image import Image

    from fieldfare.assistant import Assistant
    from fieldfare.domain import Event, Evidence, ModelState, Passage, Pin, Question, Region, SectionView
    from fieldfare.domain.manual import Link, Manual, Spot
    from fieldfare.domain.translation import Rendering
    from fieldfare.tui.album import Shot
    from fieldfare.tui.translations import Translations


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is opened for reading: a passage, the quotes that led there, and its number on the screen (0 for none).

    `warned` where the reader has had its warnings on the screen; else they come before the passage. `spot` is where to
    begin in the section, without one at the quotes.
    """

    passage: Passage
    quotes: tuple[str, ...] = ()
    number: int = 0
    warned: bool = True
    spot: Spot | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What belongs to a section beside its text: its manual, where it refers to, bookmarks and notes on it.

    `marks` are those with the block that each stands at (-1 the heading). It may be a `procedure`, or a step of one.
    """

    manual: Manual
    procedure: bool = False
    links: tuple[Link, ...] = ()
    figures: tuple[Shot, ...] = ()
    figure_ids: tuple[int, ...] = ()
    pages: tuple[Shot, ...] = ()
    page_numbers: tuple[int, ...] = ()
    marks: tuple[tuple[int, Pin], ...] = ()


@dataclass
class ModelChanged(Message):
    """The language model came nearer, arrived or failed."""

    state: ModelState


@dataclass
class ResultsFound(Message):
    """The instant tier has finished for a text; `error` is a sentence where it could not."""

    text: str
    evidence: tuple[Evidence, ...]
    error: str = ""


@dataclass
class AnswerEvent(Message):
    """The assistant got one step further with the question of this turn."""

    turn: int
    event: Event


@dataclass
class AnswerEnded(Message):
    """The worker of this turn is gone; whatever it had to say was said."""

    turn: int


@dataclass
class FiguresFound(Message):
    """The figures for the question of this turn; each piece of evidence carries its figure."""

    turn: int
    evidence: tuple[Evidence, ...]


@dataclass
class FigureChosen(Message):
    """A figure that was found for a question was chosen."""

    evidence: Evidence


@dataclass
class WorkplaceLoaded(Message):
    """The journal was read: which machine is worked on, what was asked before. `problem` is a sentence where it was damaged."""

    problem: str


@dataclass
class Said(Message):
    """A worker has something to say that concerns the technician: a sentence for the line under the question."""

    text: str


@dataclass
class Highlighted(Message):
    """The arrows reached a row that can be opened."""

    target: Target


@dataclass
class Opened(Message):
    """A row was chosen by Enter, a click or its number."""

    target: Target


@dataclass
class Chosen(Message):
    """One reading of the question was chosen."""

    question: Question


@dataclass
class SectionLoaded(Message):
    """A section is ready to be drawn; `view` is None where it cannot be read, and `error` says why."""

    target: Target
    view: SectionView | None
    error: str = ""


@dataclass
class SurroundingsLoaded(Message):
    """What belongs to the section that is read is known."""

    target: Target
    surroundings: Surroundings


@dataclass
class TextTranslated(Message):
    """A text of an answer or a page came nearer to its translation."""

    translations: Translations
    text: str
    said: Rendering


@dataclass
class TranslationsChanged(Message):
    """There is more of a translation, or of what belongs to a page: other keys may be of use now."""


@dataclass
class PictureLoaded(Message):
    """A picture is decoded; `image` is None where it cannot be shown, and `said` why. `shot` is whose of an album it is."""

    image: Image | None
    shot: Shot | None = None
    said: str = ""


@dataclass
class PictureWanted(Message):
    """A picture is to fill the screen: one that is decoded already or its encoded bytes, with a region marked.

    It may be one `at` a place of an `album` to leaf through; then `picture` may be None. `figure` is its id in its pack.
    """

    title: str
    picture: Image | bytes | None
    region: Region | None = None
    album: tuple[Shot, ...] = ()
    at: int = 0
    figure: int = 0


@dataclass
class EdgeReached(Message):
    """The arrows left a column: at its top, or to its left or right."""

    edge: str


@dataclass
class Typed(Message):
    """A character was typed where nothing takes text: it belongs into the question."""

    character: str


@dataclass
class TooLong(Message):
    """More text arrived than a question may hold; the rest was left out."""

    limit: int


@dataclass
class PreferencesChanged(Message):
    """A setting was changed by the user; `name` as the settings file calls it."""

    name: str


@dataclass
class HoldingsChanged(Message):
    """Packs or language packages are others now: whoever answers from them is to be opened anew."""


@dataclass
class AssistantReopened(Message):
    """An assistant over what is installed now."""

    assistant: Assistant


@dataclass
class ReopenFailed(Message):
    """What is installed now cannot be opened; the sentence why."""

    error: str
