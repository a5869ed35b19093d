"""Choosing a file of this device: the newest first, by its number, by some letters of its name, or by its whole path."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import platformdirs
from textual import on, work
from textual.message import Message

from fieldfare.catalogue import _
from fieldfare.report.contents import time_line
from fieldfare.report.export import folders
from fieldfare.text import clean, squeeze
from fieldfare.tui.screens.choosing import ChoosingScreen, Offer
from fieldfare.tui.widgets.listing import Row
from fieldfare.typed_paths import is_file, is_folder, typed_path

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".pdf"})
HANDED_OVER = frozenset({".fjob"})
MOST = 5_000  # names of a folder that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A file or folder as it is offered; `changed` in seconds since 1970."""

    path: Path
    is_folder: bool
    changed: float = 0.0


@dataclass
class FolderRead(Message):
    """What a folder holds; `error` is a sentence where it cannot be read."""

    folder: Path | None
    items: tuple[Item, ...]
    error: str = ""


class FileScreen(ChoosingScreen["Path | None"]):
    """Dismissed with a file: a photograph or PDF, or a job that was handed over. Names are shown, never obeyed."""

    ABOUT = "files"
    LIMIT = 4_096

    def __init__(self, *, handed_over: bool = False) -> None:
        super().__init__(_("Which file? The newest come first."), hint=_("Letters of its name, or its whole path"))
        self._kinds = HANDED_OVER if handed_over else PICTURES
        self._folder: Path | None = None  # None is the list of places to begin at
        self._items: tuple[Item, ...] = ()

    def on_mount(self) -> None:
        """Offer the places where such files are."""
        self._read(None)

    @work(thread=True, exclusive=True, group="folder", exit_on_error=False)
    def _read(self, folder: Path | None) -> None:
        try:
            items = _items(folder, self._kinds) if folder else _places(self._kinds)
        except OSError as error:
            self.post_message(FolderRead(folder, (), error=error.strerror or str(error)))
        else:
            self.post_message(FolderRead(folder, items))

    @on(FolderRead)
    def _show_folder(self, message: FolderRead) -> None:
        if message.error:
            name = clean(str(message.folder))
            self.say(_("{name} cannot be read ({reason}).").format(name=name, reason=squeeze(message.error)))
            return
        self._folder, self._items = message.folder, message.items
        self.line.value = ""
        sentence = clean(str(message.folder)) if message.folder else _("Which file? The newest come first.")
        self.say(sentence if self._items else _("{name} holds no such file.").format(name=sentence))
        self.show_offers()

    def offers(self, text: str) -> tuple[Offer[Path | None], ...]:
        """The files and folders that hold the letters; that of a whole path."""
        if (typed := _as_path(self.line.value)) is not None:
            return (Offer(row=Row(text=clean(str(typed))), value=typed),)
        found = [item for item in self._items if text.casefold() in item.path.name.casefold()]
        if self._folder is None:
            return tuple(self._offer(item, whole=not item.is_folder) for item in found)
        above = self._folder.parent
        up = Offer(row=Row(text="..", about=clean(str(above))), value=above)
        return (*(() if text else (up,)), *(self._offer(item, whole=False) for item in found))

    def _offer(self, item: Item, *, whole: bool) -> Offer[Path | None]:
        if item.is_folder:
            name = squeeze(item.path.name) or clean(str(item.path))
            about = clean(str(item.path)) if self._folder is None else ""
            return Offer(row=Row(text=name + os.sep, about=about), value=item.path)
        about = time_line(datetime.fromtimestamp(item.changed, UTC))
        if whole:
            about += f" · {clean(str(item.path.parent))}"
        return Offer(row=Row(text=squeeze(item.path.name), about=about), value=item.path)

    def choose(self, value: Path | None) -> None:
        """Enter a folder; take a file."""
        if value is not None and is_folder(value):
            self._read(value)
        elif value is not None and not is_file(value):
            self.say(_("There is no such file."))
        else:
            self.dismiss(value)

    def action_leave(self) -> None:
        """From a folder to the places, from there away."""
        if self._folder is None:
            self.dismiss(None)
        else:
            self._read(None)


def _as_path(text: str) -> Path | None:
    """What was typed, where it is a whole path."""
    path = typed_path(text)
    return path if path.is_absolute() else None


def _places(kinds: frozenset[str]) -> tuple[Item, ...]:
    """The newest files of the usual folders and of sticks, then these folders themselves."""
    usual = [Path(platformdirs.user_pictures_dir()), Path(platformdirs.user_downloads_dir()), *folders(), Path.home()]
    roots = [one for one in dict.fromkeys(usual) if is_folder(one)]
    files: list[Item] = []
    for root in roots[:-1]:
        with contextlib.suppress(OSError):  # that of somebody else
            files += (item for item in _items(root, kinds) if not item.is_folder)
    newest = sorted(files, key=lambda item: -item.changed)[:5]
    return (*newest, *(Item(path=root, is_folder=True) for root in roots))


def _items(folder: Path, kinds: frozenset[str]) -> tuple[Item, ...]:
    """The files of the kinds in a folder, newest first, then its folders by name; hidden ones are left out."""
    files, below = [], []
    with os.scandir(folder) as listed:
        for number, one in enumerate(listed):
            if number >= MOST or one.name.startswith("."):
                continue
            try:
                if one.is_dir():
                    below.append(Item(path=Path(one.path), is_folder=True))
                elif Path(one.name).suffix.lower() in kinds and one.is_file():
                    files.append(Item(path=Path(one.path), is_folder=False, changed=one.stat().st_mtime))
            except OSError:
                continue
    files.sort(key=lambda item: -item.changed)
    below.sort(key=lambda item: item.path.name.casefold())
    return (*files, *below)
