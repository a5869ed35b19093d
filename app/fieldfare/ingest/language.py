"""Which language a manual is written in, by its commonest words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Words that are frequent in one language and rare in the others.
_COMMON = {
    "en": "the of and to is in for with be are this that or on by from not when can it",
    "de": "der die und den das ist mit für von zu werden nicht auf dem ein eine wird bei oder sie",
    "fr": "le la les et des est une pour dans du avec sur vous pas par au ou qui être ne",
    "es": "el los las y una es para con del por se que no al está como más puede si su",
    "pt": "o os as e uma é para com do da não em que se por ao você são pode ou",
    "it": "il di e la che è per con non una del della gli si sono nel alla o viene essere",
    "nl": "de het een en van is voor met op niet zijn aan wordt dat bij of deze te kan naar",
}


def guess_language(words: Iterable[str]) -> str:
    """The code of the language that most of the words are common in; "en" where none stands out."""
    counts = Counter(words)
    scores = {code: sum(counts[word] for word in common.split()) for code, common in _COMMON.items()}
    return max(scores, key=lambda code: (scores[code], code == "en"))
