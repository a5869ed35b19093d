"""What was searched for in a manual, marked wherever it stands on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re

    from textual.content import Content

_FOUND = "bold reverse"


class Marking:
    """What is marked at the moment: shared by the widgets of one section, changed by whoever searches."""

    def __init__(self) -> None:
        self.pattern: re.Pattern[str] | None = None

    def mark(self, content: Content) -> Content:
        """A text with what was searched for standing out."""
        if self.pattern is None:
            return content
        for match in self.pattern.finditer(content.plain):
            content = content.stylize(_FOUND, *match.span())
        return content
