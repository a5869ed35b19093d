"""How much a language model has computed and how long that took: what its speed on this machine is known from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Tokens read from prompts and written into answers, and the seconds of each."""

    read: int = 0
    reading: float = 0.0
    written: int = 0
    writing: float = 0.0

    def __add__(self, other: Work) -> Work:
        return Work(
            read=self.read + other.read,
            reading=self.reading + other.reading,
            written=self.written + other.written,
            writing=self.writing + other.writing,
        )

    def __sub__(self, other: Work) -> Work:
        return Work(
            read=self.read - other.read,
            reading=self.reading - other.reading,
            written=self.written - other.written,
            writing=self.writing - other.writing,
        )

    def seconds(self, read: int, written: int) -> float:
        """How long reading and writing so many tokens would take at this speed; 0 where nothing was measured."""
        return sum(
            wanted * spent / done
            for wanted, spent, done in ((read, self.reading, self.read), (written, self.writing, self.written))
            if done
        )
