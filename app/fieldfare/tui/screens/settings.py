"""The settings, each with what it means; a change holds at once and after the next start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.message import Message

from fieldfare.catalogue import LANGUAGES, Number, _
from fieldfare.errors import FieldfareError
from fieldfare.text import squeeze
from fieldfare.tui.messages import PreferencesChanged
from fieldfare.tui.screens.pick import Choice, PickScreen, TellScreen, TypeScreen
from fieldfare.tui.screens.room import RoomScreen
from fieldfare.tui.signs import SETS
from fieldfare.tui.theme import LOOKS
from fieldfare.tui.widgets.bars import StatusLine
from fieldfare.tui.widgets.listing import Listing, Row

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from fieldfare.preferences import Preferences
    from fieldfare.tui.desk import Desk
    from fieldfare.tui.widgets.bars import Key

SECONDS = (5, 10, 30, 120)
THREADS = (1, 2, 4, 8)
OWN_FILE = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A setting by its name in the settings file, what it is now, and what it could be (nothing: it only tells)."""

    name: str
    title: str
    value: str
    sentence: str
    choices: tuple[Choice, ...] = ()
    chosen: str = ""


def listed(preferences: Preferences, answers: tuple[str, ...]) -> tuple[Setting, ...]:
    """All settings in the language of the screen; `answers` are the languages that an answer can be in."""
    now = preferences.current
    own_model = now.model if now.draft else ""
    writer = own_model or ("embedded" if now.draft else "none")
    return (
        _setting(
            "screen_language", _("Language of the screen"), now.screen_language,
            _("Keys and messages. Manuals stay in their own language."),
            ("", _("By itself: {language}").format(language=LANGUAGES[preferences.own_language]), ""),
            *((code, name, "") for code, name in LANGUAGES.items()),
        ),
        _setting(
            "language", _("Language of answers"), now.language,
            _("An installed language package translates what a manual says; the original stays one key away."),
            ("", _("That of the question"), ""), *((code, LANGUAGES.get(code, code), "") for code in answers),
        ),
        _setting(
            "theme", _("Look"), now.theme, _("F9 goes from one to the next."),
            ("", _("As the terminal can"), _("Dark, or 16 colours where it has no more.")),
            *((name, _(title), "") for name, title in LOOKS.items()),
        ),
        _setting(
            "density", _("Rows"), now.density, _("Large rows are easier to hit with gloves; compact ones show more."),
            ("compact", _("Compact"), ""), ("normal", _("Normal"), ""), ("large", _("Large"), ""),
        ),
        _setting(
            "signs", _("Signs"), now.signs, _("Frames and marks. Choose fewer where you see boxes or question marks."),
            ("", _("As the terminal can"), ""), *((name, _(title), "") for name, title in SETS.items()),
        ),
        _setting(
            "model", _("Answers"), writer,
            _("Quotes come at once. A model writes sentences, each proved by a quote, and takes longer."),
            ("none", _("Quotes from the manual"), _("No model is loaded.")),
            *([("embedded", _("Written by the embedded model"), "")] if preferences.has_embedded() or writer == "embedded" else []),
            *([(own_model, _("Written by {file}").format(file=squeeze(own_model)), "")] if own_model else []),
            (OWN_FILE, _("Written by a model of your own …"), _("A GGUF file on this device, below 2 billion parameters.")),
        ),
        _setting(
            "draft_seconds", _("Patience"), str(now.draft_seconds),
            _("Where writing would take longer on this device, answers are quotes."),
            *((str(one), _("{seconds} seconds").format(seconds=one), "") for one in _with(SECONDS, now.draft_seconds) if one),
            ("0", _("As long as it takes"), ""),
        ),
        _setting(
            "threads", _("Processors"), str(now.threads), _("How many of them the models may use."),
            ("0", _("Chosen by the program"), ""), *((str(one), str(one), "") for one in _with(THREADS, now.threads) if one),
        ),
    )  # fmt: skip


def _setting(name: str, title: str, chosen: str, sentence: str, *choices: Choice) -> Setting:
    value = next((said for one, said, _more in choices if one == chosen), chosen)
    return Setting(name=name, title=title, value=value, sentence=sentence, choices=choices, chosen=chosen)


def _with(known: tuple[int, ...], now: int) -> list[int]:
    return sorted({*known, now})


@dataclass
class MemoryTold(Message):
    """How much memory there is, as a sentence."""

    text: str


class SettingsScreen(RoomScreen):
    """Every setting as a line; Enter, its number or a tap shows what it could be."""

    NUMBERS: ClassVar = {"draft_seconds", "threads"}

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, id="settings")
        self._preferences = desk.preferences
        self._memory = ""

    def compose_body(self) -> ComposeResult:
        """The settings, then what only tells: memory, keys, places."""
        yield Listing(whole=True, numbered=True)

    def keys(self) -> tuple[Key, ...]:
        """Enter first; numbers choose."""
        return (("enter", "Enter", _("Change")), ("1", "1-9", _("Change")))

    def on_screen_resume(self) -> None:
        """What may have changed meanwhile, by F9 or another room; what is wrong in the file, if anything is."""
        self._draw()
        self._tell_memory()
        if self.query_one(StatusLine).text:
            return
        problems = self._preferences.problems
        self.say(squeeze(" ".join(problems)) if problems else _("What is changed here holds at once and is kept."))

    def _listed(self) -> tuple[Setting, ...]:
        return listed(self._preferences, self._answer_languages())

    def _answer_languages(self) -> tuple[str, ...]:
        """Those of the screen and of the manuals that are installed."""
        manuals = (pack.manifest.language for pack in self.desk.assistant.packs)
        return tuple(dict.fromkeys([*LANGUAGES, *manuals]))

    def _sentence(self, setting: Setting) -> str:
        return _("Set by your IT; it cannot be changed here.") if self._is_locked(setting) else setting.sentence

    def _is_locked(self, setting: Setting) -> bool:
        """Who writes the answers is two settings: whether a model does, and which."""
        names = {"model", "draft"} if setting.name == "model" else {setting.name}
        return bool(names & self._preferences.locked)

    def _draw(self) -> None:
        keys, check = (
            _("F1 lists the keys of each room."),
            _("Processor, memory, models, packs, and that it is offline."),
        )
        rows = (
            *(Row(key=one.name, text=one.title, value=one.value, about=self._sentence(one)) for one in self._listed()),
            Row(key="keys", text=_("Keys"), about=keys),
            Row(key="doctor", text=_("Check this device"), about=check),
            Row(key="licences", text=_("Licences"), about=_("Whose work is inside, and under which terms.")),
            *(Row(text=text, told=True) for text in (self._memory, self._places()) if text),
        )
        for listing in self.query(Listing):  # none while the screen is composed in another language: it draws again
            listing.show(rows)

    def _places(self) -> str:
        settings, data, share = map(str, self._preferences.places())
        return _("Stored in: {settings}\nInstalled packs and your work: {data}\nCame with the program: {share}").format(
            settings=squeeze(settings), data=squeeze(data), share=squeeze(share)
        )

    @work(thread=True, exclusive=True, group="memory", exit_on_error=False)
    def _tell_memory(self) -> None:
        mine, free, whole = self._preferences.memory()
        text = _("Memory: this program holds {mine:.0f} MB; {free:.1f} GB of {whole:.1f} GB are free.").format(
            mine=Number(mine / 1e6), free=Number(free / 1e9), whole=Number(whole / 1e9)
        )
        try:
            writer = self._preferences.writer(self._preferences.current.model)
            text += " " + _("The model {name} takes {more:.0f} MB more when it writes.").format(
                name=squeeze(writer.name), more=Number(writer.memory / 1e6)
            )
        except FieldfareError as error:
            text += f" {squeeze(str(error))}"
        self.post_message(MemoryTold(text))

    @on(MemoryTold)
    def _show_memory(self, message: MemoryTold) -> None:
        self._memory = message.text
        self._draw()

    @on(Listing.Picked)
    async def _picked(self, message: Listing.Picked) -> None:
        if message.key == "keys":
            await self.app.run_action("help")
            return
        if message.key == "doctor":
            from fieldfare.tui.screens.doctor import DoctorScreen

            self.app.push_screen(DoctorScreen())
            return
        if message.key == "licences":
            from fieldfare.tui.screens.licences import LicencesScreen

            self.app.push_screen(LicencesScreen())
            return
        setting = next(one for one in self._listed() if one.name == message.key)
        if self._is_locked(setting):
            self.say(self._sentence(setting))
            return
        screen = PickScreen(setting.title, setting.choices, sentence=setting.sentence, chosen=setting.chosen)
        self.app.push_screen(screen, lambda value: self._take(setting.name, value))

    def _take(self, name: str, value: str | None) -> None:
        if value is None:
            return
        if value == OWN_FILE:
            screen = TypeScreen(
                _("A model of your own"),
                sentence=_("The path of a GGUF file. It is read before it is taken."),
                hint="/…/model.gguf",
            )
            self.app.push_screen(screen, lambda path: self._take(name, path or None))
            return
        try:
            if name == "model":
                self._preferences.let_write(value)
            else:
                self._preferences.change(**{name: int(value) if name in self.NUMBERS else value})
        except FieldfareError as error:
            self.app.push_screen(TellScreen(_("Nothing was changed"), squeeze(str(error))))
            return
        self._draw()
        self.app.post_message(PreferencesChanged(name))
        self.say(_("Kept."))
