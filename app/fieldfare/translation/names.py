"""What languages are called, in the language of the screen."""

from __future__ import annotations

from fieldfare.catalogue import N_, _
from fieldfare.text import primary

_NAMES = {
    "ar": N_("Arabic"), "bg": N_("Bulgarian"), "cs": N_("Czech"), "da": N_("Danish"), "de": N_("German"), "el": N_("Greek"),
    "en": N_("English"), "es": N_("Spanish"), "et": N_("Estonian"), "fi": N_("Finnish"), "fr": N_("French"), "hu": N_("Hungarian"),
    "it": N_("Italian"), "ja": N_("Japanese"), "ko": N_("Korean"), "lt": N_("Lithuanian"), "lv": N_("Latvian"), "nb": N_("Norwegian"),
    "nl": N_("Dutch"), "pl": N_("Polish"), "pt": N_("Portuguese"), "ro": N_("Romanian"), "ru": N_("Russian"), "sk": N_("Slovak"),
    "sl": N_("Slovenian"), "sv": N_("Swedish"), "th": N_("Thai"), "tr": N_("Turkish"), "uk": N_("Ukrainian"), "zh": N_("Chinese"),
}  # fmt: skip


def language_name(code: str) -> str:
    """The name of a language by its code; the code where it is none of those that packages are published for."""
    return _(_NAMES[primary(code)]) if primary(code) in _NAMES else code
