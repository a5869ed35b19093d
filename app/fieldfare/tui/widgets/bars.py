"""The three lines that frame a screen: what this is, what is going on, which keys there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import on
from textual.content import Content
from textual.events import Click
from textual.widget import Widget

from fieldfare.catalogue import _
from fieldfare.domain import ModelStatus
from fieldfare.nameplate import machine_name
from fieldfare.tui.widgets.wrapped import shortened
from fieldfare.tui.wording import machines, model_name

if TYPE_CHECKING:
    from fieldfare.domain import ModelState
    from fieldfare.tui.desk import Desk

Key = tuple[str, str, str]
"""The key that is pressed, as it is shown, and what it does in one word."""


class TitleBar(Widget):
    """Product, machine and the state of the model on one line; the middle gives way where it is narrow.

    A tap opens the choice of the machine.
    """

    def __init__(self, desk: Desk, state: ModelState | None = None) -> None:
        """The model is in that `state` until `show` says another; without one, it is asked for each time."""
        super().__init__(id="title", markup=False)
        self._desk = desk
        self._state = state

    def move(self, desk: Desk) -> None:
        """Show what another desk has."""
        self._desk = desk
        self.refresh()

    def show(self, state: ModelState) -> None:
        """Show another state of the model."""
        self._state = state
        self.refresh()

    def render(self) -> Content:
        """The line at the present width."""
        width = self.content_size.width
        state = self._state or self._desk.assistant.model_state
        name = model_name(state)
        if width < 50:
            name = name.split(":")[0].strip()
        sign = {ModelStatus.READY: "● ", ModelStatus.LOADING: "○ ", ModelStatus.ABSENT: ""}.get(state.status, "! ")
        right = Content.assemble((sign + name, "bold"))
        left = "" if width < 60 else "Fieldfare  "
        room = max(0, width - len(left) - right.cell_length - 2)
        middle = shortened(self._machine(), room)
        gap = width - len(left) - middle.cell_length - right.cell_length
        return Content.assemble((left, "bold"), middle, " " * max(1, gap), right)

    def _machine(self) -> Content:
        """The machine that is worked on; else those that the packs cover."""
        place = self._desk.workplace
        if not place.machine.is_known:
            return Content(machines(self._desk.assistant.packs) or _("no manuals installed"))
        trouble = _("no manuals") if place.bare else _("other serial numbers") if place.manuals.serials else ""
        unsigned = any(pack.unsigned for pack in self._desk.assistant.packs if pack.manifest.id in place.packs)
        return Content.assemble(
            (f"! {trouble}: " if trouble else "", "bold"),
            (machine_name(place.machine), "bold"),
            f" ({_('unsigned')})" if unsigned else "",
        )

    @on(Click)
    async def _clicked(self) -> None:
        await self.app.run_action("app.machine")


class StatusLine(Widget):
    """One line that always says what is going on; nothing else moves when it changes."""

    def __init__(self) -> None:
        super().__init__(id="status", markup=False)
        self.text = ""

    def say(self, text: str) -> None:
        """Replace the line. `text` is ours or cleaned."""
        if text != self.text:
            self.text = text
            self.refresh()

    def render(self) -> Content:
        """The line, shortened where it does not fit."""
        return shortened(Content(self.text), self.content_size.width)


class KeyBar(Widget):
    """The keys of the moment, as many as fit, the most important first; a tap presses them.

    The menu and the help are always among them: whoever finds those finds all others.
    """

    def __init__(self) -> None:
        super().__init__(id="keys", markup=False)
        self._keys: tuple[Key, ...] = ()
        self._spans: list[tuple[int, int, str]] = []

    def show(self, keys: tuple[Key, ...]) -> None:
        """Show other keys."""
        everywhere: tuple[Key, ...] = (("f10", "F10", _("Menu")), ("f1", "F1", _("Help")))
        keys = (*(one for one in keys if one[0] not in {"f1", "f10"}), *everywhere)
        if keys != self._keys:
            self._keys = keys
            self.refresh()

    def render(self) -> Content:
        """The keys that fit."""
        width = self.content_size.width
        self._spans = []
        parts: list[str | tuple[str, str]] = []
        position = 0
        marked = "bold reverse" if self.app.no_color else "$key-text on $key"
        kept = sum(map(_width, self._keys[-2:]))
        for at, (key, name, label) in enumerate(self._keys):
            length = _width((key, name, label))
            if position + length - 1 + (kept if at < len(self._keys) - 2 else 0) > width:
                continue
            parts += [(name, marked), f" {label} "]
            self._spans.append((position, position + length, key))
            position += length
        return Content.assemble(*parts)

    @on(Click)
    def _clicked(self, event: Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        for start, end, key in self._spans:
            if start <= offset.x < end and not key.isdigit():  # which of the numbers is meant is tapped in the list
                self.app.simulate_key(key)


def _width(key: Key) -> int:
    """Cells that a key takes, with the space behind it."""
    return cell_len(key[1]) + cell_len(key[2]) + 2
