"""The first start: language, look, manuals, machine and a first question, in under a minute; Esc leaves the rest out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldfare.catalogue import LANGUAGES, _
from fieldfare.text import squeeze
from fieldfare.tui.screens.machine import MachineScreen
from fieldfare.tui.screens.pick import PickScreen
from fieldfare.tui.theme import LOOKS

if TYPE_CHECKING:
    from fieldfare.domain import WorkMachine
    from fieldfare.tui.app import FieldfareApp
    from fieldfare.tui.screens.pick import Choice

EXAMPLES = 3
"""Questions that are offered to be tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcomed:
    """Where the first start ended: with a `question` to ask, at the room for `installing`, or anywhere."""

    question: str = ""
    installing: bool = False


async def welcome(app: FieldfareApp) -> Welcomed:
    """Lead through what must be decided once; each answer holds at once and is kept."""
    preferences = app.desk.preferences
    if "screen_language" not in preferences.locked:
        spoken = await _pick(
            app, "Language · Sprache · Idioma · Langue", [(code, name, "") for code, name in LANGUAGES.items()],
            chosen=preferences.screen_language,
        )  # fmt: skip
        if spoken is None:
            return Welcomed()
        await app.decide(screen_language=spoken)
    if "theme" not in preferences.locked:
        look = await _pick(
            app, _("Which look can you read best here?"), [(name, _(title), "") for name, title in LOOKS.items()],
            _("F9 goes from one to the next at any time."), app.theme,
        )  # fmt: skip
        if look is None:
            return Welcomed()
        if look != app.theme:
            await app.decide(theme=look)
    if not app.desk.assistant.packs:
        said = await _pick(
            app, _("No manuals are installed yet"),
            [("yes", _("Install from a stick or folder"), ""), ("", _("Later, with F7"), "")],
            _("Fieldfare answers from packs of manuals that your company or your maker gives you."),
        )  # fmt: skip
        return Welcomed(installing=bool(said))
    machine: WorkMachine | None = await app.push_screen_wait(MachineScreen(app.desk))
    if machine is None:
        return Welcomed()
    app.keep_machine()
    examples = [squeeze(one) for one in app.desk.assistant.examples(app.desk.workplace.packs, EXAMPLES)]
    if not examples:
        return Welcomed()
    return Welcomed(
        question=await _pick(
            app, _("Try a question"), [*((one, one, "") for one in examples), ("", _("Ask my own"), "")],
            _("Every answer names its page; warnings come first. F1 helps everywhere, F10 is the menu."),
        ) or ""
    )  # fmt: skip


async def _pick(
    app: FieldfareApp, heading: str, choices: list[Choice], sentence: str = "", chosen: str | None = None
) -> str | None:
    said: str | None = await app.push_screen_wait(PickScreen(heading, choices, sentence=sentence, chosen=chosen))
    return said
