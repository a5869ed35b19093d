"""The signal words of warnings: which word of one language stands at the level of which of another."""

from __future__ import annotations

# Signal words of ANSI Z535.6 and ISO 3864-2 as EU manuals print them, by level and language; the first one is printed.
_SIGNALS: tuple[dict[str, tuple[str, ...]], ...] = (
    {"en": ("DANGER",), "de": ("GEFAHR",), "es": ("PELIGRO",), "fr": ("DANGER",), "it": ("PERICOLO",), "pt": ("PERIGO",)},
    {"en": ("WARNING",), "de": ("WARNUNG",), "es": ("ADVERTENCIA",), "fr": ("AVERTISSEMENT",),
     "it": ("AVVERTENZA", "AVVERTIMENTO"), "pt": ("ADVERTÊNCIA",)},
    {"en": ("CAUTION",), "de": ("VORSICHT",), "es": ("ATENCIÓN", "ATENCION", "PRECAUCIÓN", "PRECAUCION"), "fr": ("ATTENTION", "PRUDENCE"),
     "it": ("ATTENZIONE",), "pt": ("CUIDADO", "ATENÇÃO")},
    {"en": ("NOTICE",), "de": ("HINWEIS",), "es": ("AVISO",), "fr": ("AVIS",), "it": ("AVVISO",), "pt": ("AVISO",)},
)  # fmt: skip


def signal_word(printed: str, language: str) -> str:
    """The signal word of the same level in another language, empty where the word is none or the language unknown.

    It grades nothing anew: the levels of the standards are the same in every language.
    """
    for level in _SIGNALS:
        if any(printed.upper() in words for words in level.values()):
            return next(iter(level.get(language, ())), "")
    return ""
