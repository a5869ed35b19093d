"""What the screens work with, handed in by the command line: a screen opens nothing itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fieldfare.journal import Journal
from fieldfare.preferences import Preferences
from fieldfare.workplace import Workplace

if TYPE_CHECKING:
    from collections.abc import Callable

    from fieldfare.assistant import Assistant
    from fieldfare.tui.messages import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The doors to everything that is not drawing."""

    assistant: Assistant
    preferences: Preferences = field(default_factory=Preferences)
    reopen: Callable[[], Assistant] | None = None
    """Opens an assistant over what is installed now; raises FieldfareError."""
    journal: Journal = field(default_factory=lambda: Journal(None))
    workplace: Workplace = field(init=False)
    places: dict[tuple[str, str], Target] = field(default_factory=dict)
    """Where one was last in each manual, by pack and title."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "workplace", Workplace(self.assistant, self.journal))
