"""The message catalogue: every text of ours that a person reads, in the language of the screen (GNU gettext).

The English text is the key. Texts of manuals never come here, nor do those of the authors' commands, nor anything that is
stored or read by programs: settings, JSON, logs. docs/screen-languages.md says how a language is added.
"""

from __future__ import annotations

import gettext
import os
import re
import sys
from pathlib import Path

LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español", "fr": "Français"}
"""In which the screen speaks: each by its code, with the name that its own people give it."""
_FOLDER = Path(__file__).parent / "locale"
_DOMAIN = "fieldfare"

_spoken: gettext.NullTranslations = gettext.NullTranslations()


def language(chosen: str = "") -> str:
    """The language of the screen: the one that was chosen where it is spoken here, else the system's, else English."""
    return next((code for code in (chosen, *_of_system()) if code in LANGUAGES), "en")


def _of_system() -> list[str]:
    """The languages of the system by their codes, the preferred first, as POSIX orders its variables."""
    names = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    locale = next(filter(None, names), "")
    if not locale and sys.platform == "win32":
        import ctypes
        from locale import windows_locale

        locale = windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    codes = [re.split(r"[_.@-]", name)[0].lower() for name in (*os.environ.get("LANGUAGE", "").split(":"), locale)]
    return [] if codes[-1] in {"", "c", "posix"} else codes


def use(code: str) -> None:
    """Speak a language from now on, named by its code (`de`); English where there is no catalogue of it."""
    global _spoken  # noqa: PLW0603 - the language of the screen is one for the process
    _spoken = gettext.translation(_DOMAIN, str(_FOLDER), [code], fallback=True)


def spoken() -> str:
    """The code of the language that is spoken now."""
    return _spoken.info().get("language", "en")


def _(text: str) -> str:
    """The text in the language of the screen."""
    return _spoken.gettext(text) if text else ""  # the empty text is the key of a catalogue's own header


def ngettext(one: str, many: str, number: int) -> str:
    """The text for a number of things: `one` where it is one, in languages with other rules by theirs."""
    return _spoken.ngettext(one, many, number)


def pgettext(context: str, text: str) -> str:
    """The text where the English word alone is ambiguous: `pgettext("key", "Open")`."""
    return _spoken.pgettext(context, text)


_DECIMAL = {"de": (",", "."), "es": (",", "\u00a0"), "fr": (",", "\u00a0")}
"""The marks of decimals and of thousands where they are not those of English."""


class Number(float):
    """A number of ours as it is put into a text: with the decimal mark of the language of the screen. A manual's never are."""

    def __format__(self, how: str) -> str:
        """As a float, with the marks of the language."""
        decimal, thousands = _DECIMAL.get(spoken(), (".", ","))
        return super().__format__(how).translate({ord("."): decimal, ord(","): thousands})


def marked(text: str) -> str:
    """A text of ours with the decimal mark of the language of the screen: `0.12 mm` is `0,12 mm` in German."""
    return re.sub(r"(?<=\d)\.(?=\d)", _DECIMAL.get(spoken(), (".", ","))[0], text)


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a text of a constant for the catalogue; it is translated where it is drawn."""
    return text
