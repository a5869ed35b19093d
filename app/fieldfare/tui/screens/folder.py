"""Choosing a file or folder: what is plugged in first, then folder by folder; or its path is typed or pasted."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from fieldfare.catalogue import _
from fieldfare.text import squeeze
from fieldfare.tui.screens.overlay import Overlay
from fieldfare.tui.screens.pick import TypeScreen
from fieldfare.tui.widgets.bars import KeyBar, StatusLine
from fieldfare.tui.widgets.listing import Listing, Row
from fieldfare.typed_paths import is_file, is_folder, typed_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

_PASTE, _WHOLE, _UP = "paste", "whole", "up"
_MOST = 500  # entries of a folder; who has more types the path


@dataclass
class FolderRead(Message):
    """What lies in a folder: folders and files, or a sentence why it cannot be said."""

    folder: Path | None
    folders: tuple[Path, ...]
    files: tuple[Path, ...] = ()
    error: str = ""


class FolderScreen(Overlay[Path | None]):
    """Gives a file with one of some endings or, where `whole` says what for, a folder; None for neither."""

    ABOUT = "folder"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", show=False),
        Binding("left,backspace", "up", "Up", show=False),
    ]

    def __init__(
        self, heading: str, places: Callable[[], tuple[Path, ...]], endings: tuple[str, ...], whole: str = ""
    ) -> None:
        """`places` are those to begin with; it is called in a thread."""
        super().__init__()
        self._heading, self._places, self._endings, self._whole = heading, places, endings, whole
        self._folder: Path | None = None
        self._shown: tuple[Path, ...] = ()
        self._begun: tuple[Path, ...] = ()  # the places that one begins with

    def compose(self) -> ComposeResult:
        """Where one is, and what lies there."""
        yield Static(Content(self._heading), classes="heading", markup=False)
        yield StatusLine()
        yield Listing(whole=True, numbered=True)
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin with what is plugged in."""
        self.query_one(KeyBar).show(
            (
                ("enter", "Enter", _("Open")),
                ("escape", "Esc", _("Back")),
                ("left", "←", _("Up")),
                ("down", "↓", _("More")),
            )
        )
        self._read(None)

    @work(thread=True, exclusive=True, group="folder", exit_on_error=False)
    def _read(self, folder: Path | None) -> None:
        if folder is None:
            self.post_message(FolderRead(None, self._places()))
            return
        folders, files = [], []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if is_folder(Path(entry.path)):
                        folders.append(Path(entry.path))
                    elif entry.name.lower().endswith(self._endings):
                        files.append(Path(entry.path))
        except OSError as error:
            self.post_message(
                FolderRead(folder, (), (), _("This folder cannot be read ({reason}).").format(reason=error.strerror))
            )
            return
        self.post_message(FolderRead(folder, tuple(sorted(folders)[:_MOST]), tuple(sorted(files)[:_MOST])))

    @on(FolderRead)
    def _folder_read(self, message: FolderRead) -> None:
        self._folder = message.folder
        self._shown = (*message.files, *message.folders)
        if message.folder is None:
            self._begun = message.folders
        here = squeeze(str(message.folder)) if message.folder else ""
        self.query_one(".heading", Static).update(Content(f"{self._heading}  {here}".strip()))
        rows = [] if message.folder else [Row(key=_PASTE, text=_("Type or paste a path …"))]
        if message.folder and self._whole:
            rows.append(Row(key=_WHOLE, text=self._whole))
        for number, path in enumerate(self._shown):
            name = squeeze(path.name if message.folder else str(path))
            rows.append(Row(key=str(number), text=f"{name}/" if number >= len(message.files) else name))
        if message.folder:
            rows.append(Row(key=_UP, text=_("Up to the folder above")))
        nothing = "" if self._shown else _("Nothing here that can be taken.")
        self.query_one(StatusLine).say(message.error or nothing)
        self.query_one(Listing).show(rows, 0)

    @on(Listing.Picked)
    def _picked(self, message: Listing.Picked) -> None:
        if message.key == _PASTE:
            hint = "~/Downloads/…"
            self.app.push_screen(TypeScreen(_("The path of a file or folder"), hint=hint, check=_missing), self._pasted)
        elif message.key == _UP:
            self.action_up()
        elif message.key == _WHOLE:
            self.dismiss(self._folder)
        else:
            path = self._shown[int(message.key)]
            if is_folder(path):
                self._read(path)
            else:
                self.dismiss(path)

    def _pasted(self, text: str | None) -> None:
        if text:
            self.dismiss(typed_path(text))

    def action_up(self) -> None:
        """To the folder above; from a place to the places."""
        if self._folder is not None:
            top = self._folder.parent == self._folder or self._folder in self._begun
            self._read(None if top else self._folder.parent)


def _missing(text: str) -> str:
    if not text:
        return _("Type a path, or go back with Esc.")
    path = typed_path(text)
    return "" if is_folder(path) or is_file(path) else _("There is no such file or folder. Is the stick plugged in?")
