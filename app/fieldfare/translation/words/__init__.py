"""The languages whose small words the guard knows, by their code."""

from __future__ import annotations

from fieldfare.translation.words.germanic import ENGLISH, GERMAN
from fieldfare.translation.words.romance import FRENCH, ITALIAN, PORTUGUESE, SPANISH

LANGUAGES = {"en": ENGLISH, "de": GERMAN, "es": SPANISH, "fr": FRENCH, "it": ITALIAN, "pt": PORTUGUESE}
