"""What the user may decide, for the screen: the settings of now, a change that is kept at once, and what each choice costs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fieldfare import catalogue, paths, settings
from fieldfare.capacity import free_memory
from fieldfare.catalogue import _
from fieldfare.errors import ModelError, UsageError
from fieldfare.settings import Settings
from fieldfare.typed_paths import typed_path

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """A language model that could write answers; sizes in bytes, `name` is the file's own."""

    file: Path
    name: str
    size: int
    memory: int


class Preferences:
    """The settings of this user. Changing raises FieldfareError and then leaves everything as it was."""

    def __init__(
        self,
        current: Settings | None = None,
        *,
        problems: tuple[str, ...] = (),
        locked: Collection[str] = (),
        kept: bool = False,
    ) -> None:
        """`locked` are the settings that somebody else decides; without `kept` changes end with the program."""
        self.current = current or Settings(welcomed=True)
        self.problems = problems
        self.locked = frozenset(locked)
        self._kept = kept

    @classmethod
    def open(cls) -> Preferences:
        """Those that are kept on this device; a sentence for each line that is wrong is among the `problems`."""
        current, problems = settings.read()
        return cls(current, problems=problems, locked=settings.locked(), kept=True)

    @property
    def screen_language(self) -> str:
        """The language of keys and messages."""
        return catalogue.language(self.current.screen_language) if self.current.screen_language else self.own_language

    @property
    def own_language(self) -> str:
        """The language of keys and messages where none is chosen: that of answers, else the system's."""
        return catalogue.language(self.current.language)

    def change(self, **values: Any) -> None:
        """Decide otherwise, from now on and after the next start."""
        for name in sorted(self.locked & values.keys()):
            raise UsageError(_("{setting} is set by your IT and cannot be changed here.").format(setting=name))
        self.current = settings.change(**values) if self._kept else replace(self.current, **values)

    def let_write(self, file: str) -> None:
        """Let a model write answers: a GGUF file, `embedded`, or `none` for quotes only. ModelError where it does not fit."""
        if file == "embedded" and not self.has_embedded():
            raise ModelError(
                _("No language model came with this program: answers are quotes. Name a .gguf file of yours.")
            )
        own = "" if file in {"embedded", "none"} else str(typed_path(file))
        if file != "none":
            self.writer(own)
        self.change(model=own, model_sha256="", draft=file != "none")

    @staticmethod
    def has_embedded() -> bool:
        """Whether a language model came with the program."""
        return paths.language_model_file().is_file()

    def writer(self, file: str = "") -> Writer:
        """A model file, the embedded one for none; ModelError where it is none, or needs more memory than is free."""
        from fieldfare import llm

        path = typed_path(file) if file else paths.language_model_file()
        found = llm.inspect(path)
        llm.check(found, free_memory())
        return Writer(file=path, name=found.name, size=found.file_size, memory=found.memory_needed())

    @staticmethod
    def memory() -> tuple[int, int, int]:
        """What this program holds, what is free and what this machine has, in bytes."""
        import psutil

        return psutil.Process().memory_info().rss, free_memory(), psutil.virtual_memory().total

    @staticmethod
    def places() -> tuple[Path, ...]:
        """Where the settings, what was installed or written here, and what came with the program lie."""
        return paths.settings_file(), paths.data_dir(), paths.share_dir()
