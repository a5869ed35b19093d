"""The message catalogue: every text of ours that a person reads, in the language of the screen (GNU gettext).

The English text is the key. Texts of manuals never come here.
"""

from __future__ import annotations

import gettext
from pathlib import Path

LANGUAGES = ("en", "de", "es", "fr")
"""In which the screen speaks."""
_FOLDER = Path(__file__).parent / "locale"
_DOMAIN = "fieldfare"

_spoken: gettext.NullTranslations = gettext.NullTranslations()


def use(language: str) -> None:
    """Speak a language from now on, named by its code (`de`); English where there is no catalogue of it."""
    global _spoken  # noqa: PLW0603 - the language of the screen is one for the process
    _spoken = gettext.translation(_DOMAIN, str(_FOLDER), [language], fallback=True)


def _(text: str) -> str:
    """The text in the language of the screen."""
    return _spoken.gettext(text)


def ngettext(one: str, many: str, number: int) -> str:
    """The text for a number of things: `one` where it is one, in languages with other rules by theirs."""
    return _spoken.ngettext(one, many, number)


def pgettext(context: str, text: str) -> str:
    """The text where the English word alone is ambiguous: `pgettext("key", "Open")`."""
    return _spoken.pgettext(context, text)


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a text of a constant for the catalogue; it is translated where it is drawn."""
    return text
