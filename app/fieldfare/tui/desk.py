"""What the screens work with, handed in by the command line: a screen opens nothing itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fieldfare.journal import Journal
from fieldfare.preferences import Preferences

if TYPE_CHECKING:
    from collections.abc import Callable

    from fieldfare.assistant import Assistant


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The doors to everything that is not drawing."""

    assistant: Assistant
    preferences: Preferences = field(default_factory=Preferences)
    journal: Journal = field(default_factory=lambda: Journal(None))
    reopen: Callable[[], Assistant] | None = None
    """Opens an assistant over what is installed now; raises FieldfareError."""
