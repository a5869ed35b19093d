"""What a figure is found by: its caption, the words inside the drawing, its heading, and the text that it illustrates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldfare.domain import BlockKind

if TYPE_CHECKING:
    from fieldfare.domain import Section

_LONGEST = (
    600  # characters of the text beside a figure: about 130 word pieces, so that the rest fits the model's window
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Illustration:
    """The words of a figure; any of them may be empty."""

    caption: str
    callouts: str
    heading: str
    text: str

    @property
    def whole(self) -> str:
        """Everything as one text, for its vector."""
        return "\n".join(filter(None, (self.heading, self.caption, self.callouts, self.text)))


def illustration(section: Section, number: int) -> Illustration:
    """The words of the figure that is block `number` of a section.

    It illustrates the step or text before it, past its neighbours in a gallery and past warnings, or else the next text.
    """
    blocks = section.blocks
    figure = blocks[number]
    beside = [*reversed(range(number)), *range(number + 1, len(blocks))]
    texts = (
        blocks[index].text
        for index in beside
        if blocks[index].kind not in {BlockKind.FIGURE, BlockKind.HAZARD} and blocks[index].text
    )
    return Illustration(
        caption=figure.caption,
        callouts=figure.text if figure.text != figure.caption else "",
        heading=" > ".join(section.path[-2:]),
        text=next(texts, "")[-_LONGEST:],
    )
