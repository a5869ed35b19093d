"""What extractors build documents with: headings become sections, loose hints become hazards and captions."""

from __future__ import annotations

import re
from dataclasses import replace

from fieldfare.domain import Block, BlockKind, Place, Section
from fieldfare.ingest.hazards import cell_warnings, split_signal_word
from fieldfare.text import clean, squeeze

_FIGURE_NUMBER = re.compile(
    r"^(?i:figure|fig\.?|abbildung|abb\.?|bild|figura|illustration|image|drawing)\s*([A-Z]?\d+(?:[-–.]\d+)*[a-z]?)(?!\w)"
)
# After its number a caption has a mark or begins a title; `Fig. 6-1 shows the panel` is a sentence.
FIGURE_CAPTION = re.compile(_FIGURE_NUMBER.pattern + r"(?:\s*[:.–—-]|\s*$|\s+[^\W\d_a-zà-ÿ])")
_TABLE_CAPTION = re.compile(
    r"^(?:table|tabelle|tab\.|tableau|tabla|tabela|tabella)\s*[A-Z]?\d+(?:[-–.]\d+)*\b", re.IGNORECASE
)


def figure_number(caption: str) -> str:
    """The number of a figure as its caption prints it, empty where it has none."""
    match = _FIGURE_NUMBER.match(caption)
    return match.group(1) if match else ""


def is_table_caption(text: str) -> bool:
    """Whether a paragraph is the caption of a table: `Table 7-2: Tightening torques`."""
    return bool(_TABLE_CAPTION.match(text)) and len(text) < 200


def tidy(text: str) -> str:
    """Clean text with single spaces inside its lines; its line breaks stay."""
    lines = (" ".join(line.split()) for line in clean(text).split("\n"))
    return "\n".join(line for line in lines if line)


def _in_cells(block: Block) -> dict[tuple[str, str], Place]:
    """The warnings in the cells of a table, each once, with the place of the first row that has it."""
    found: dict[tuple[str, str], Place] = {}
    if block.kind is BlockKind.TABLE:
        places = block.row_places or (block.place,) * len(block.rows)
        for row, place in list(zip(block.rows, places, strict=True))[block.header_rows :]:
            for cell in row:
                for warning in cell_warnings(cell):
                    found.setdefault(warning, place)
    return found


class Outline:
    """Collects headings and blocks in reading order into the sections of a document.

    It knows the page that reading has reached, joins a signal word that stands alone to the paragraph after it, and
    gives a table the caption that stands before it.
    """

    def __init__(self, root: tuple[str, ...] = ()) -> None:
        self.place = Place()
        self._root = root
        self._stack: list[tuple[int, str]] = []
        self._sections: list[Section] = []
        self._last: tuple[str, ...] | None = None  # the path of the section that was finished last
        self._blocks: list[Block] = []
        self._start = Place()
        self._waiting: Block | None = None
        self._listing = False  # the last block is a warning made of bullets

    def restart(self) -> None:
        """Begin a new file: nothing in it nests in what came before."""
        self._finish()
        self._stack.clear()

    def heading(self, level: int, title: str, place: Place | None = None) -> None:
        """Begin a section; `level` counts from 1, deeper headings nest in shallower ones."""
        title = squeeze(title)
        if not title:
            return
        self._finish()
        while self._stack and self._stack[-1][0] >= level:
            self._stack.pop()
        self._stack.append((level, title))
        self._start = place or self.place

    def add(self, block: Block, *, continues: bool = False) -> None:
        """Append a block; text that opens a warning becomes a hazard.

        One that `continues` joins the text before it where that ends inside a sentence, at the end of a page or column.
        """
        if continues and self._waiting is None and self._blocks:
            last = self._blocks[-1]
            if last.kind in {BlockKind.PARAGRAPH, BlockKind.STEP, BlockKind.HAZARD} and last.text[-1:] not in ".:!?;":
                self._blocks[-1] = replace(last, text=f"{last.text} {tidy(block.text)}")
                return
        if block.place.page is None and self.place.page is not None:
            block = replace(block, place=self.place)
        text = clean(block.text) if block.kind is BlockKind.CODE else tidy(block.text)
        block = replace(block, text=text, caption=squeeze(block.caption))
        if block.kind is BlockKind.PARAGRAPH and block.number == "•" and self._listed(block):
            return
        if block.kind is BlockKind.PARAGRAPH and block.number == "":
            self._listing = False
            if self._waiting is not None:
                block = replace(self._waiting, text=block.text)
                self._waiting = None
            elif signal := split_signal_word(block.text):
                block = replace(block, kind=BlockKind.HAZARD, signal_word=signal[0], text=signal[1], protects="section")
                if not block.text:
                    self._waiting = block
                    return
        self._release()
        if block.kind is BlockKind.TABLE and not block.caption and self._blocks:
            before = self._blocks[-1]
            if before.kind is BlockKind.PARAGRAPH and is_table_caption(before.text):
                block = replace(block, caption=squeeze(before.text))
                self._blocks.pop()
        if block.text or block.rows or block.picture:
            self._blocks.append(block)
        if block.kind is not BlockKind.PARAGRAPH:
            self._listing = False
        for (word, text), place in _in_cells(
            block
        ).items():  # a warning stands before what it protects: the table, whose row it is
            hazard = Block(kind=BlockKind.HAZARD, text=text, signal_word=word, protects="row", place=place,
                           confidence=block.confidence)  # fmt: skip
            self._blocks.insert(len(self._blocks) - 1, hazard)

    def _listed(self, block: Block) -> bool:
        """Take a bullet into the warning whose word stands alone over the list."""
        if self._waiting is not None:
            self._blocks.append(replace(self._waiting, text=f"• {block.text}"))
            self._waiting, self._listing = None, True
            return True
        if self._listing:
            last = self._blocks[-1]
            self._blocks[-1] = replace(last, text=f"{last.text}\n• {block.text}")
        return self._listing

    def extend_warning(self, text: str) -> bool:
        """Add what a page break cut off to the warning read last; False where something else was."""
        if self._waiting is not None or not self._blocks or self._blocks[-1].kind is not BlockKind.HAZARD:
            return False
        last = self._blocks[-1]
        inside = last.text[-1:] not in ".:!?;" and text[:1].islower()
        self._blocks[-1] = replace(last, text=f"{last.text}{' ' if inside else chr(10)}{tidy(text)}")
        return True

    def take(self) -> tuple[Section, ...]:
        """The sections that are complete and were not taken yet."""
        taken, self._sections = tuple(self._sections), []
        return taken

    def sections(self) -> tuple[Section, ...]:
        """The rest, at the end of the document."""
        self._finish()
        return self.take()

    def _release(self) -> None:
        """A signal word that no paragraph followed stands as it was printed."""
        if self._waiting is not None:
            word = self._waiting
            self._waiting = None
            self._blocks.append(
                replace(word, kind=BlockKind.PARAGRAPH, text=word.signal_word, signal_word="", protects="")
            )

    def _finish(self) -> None:
        self._release()
        self._listing = False
        path = (*self._root, *(title for _, title in self._stack))
        if self._blocks or (self._stack and self._last != path):
            self._last = path
            self._sections.append(Section(path=path, place=self._start, blocks=tuple(self._blocks)))
        self._blocks = []
        self._start = self.place
