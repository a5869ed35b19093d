"""Text to the numbers of the pieces that a model reads. Models that read the same pieces share one vocabulary in memory.

The embedded embedder and the reader do: a vocabulary of 30,000 pieces takes 8 MB.
"""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import Sequence


class Pieces:
    """What a tokenizer.json of the tokenizers library says. Safe to use from several threads."""

    def __init__(self, definition: str) -> None:
        """Use `opened`. Raises plain Exception for what is no such definition, as the library does."""
        import tokenizers

        self._tokenizer: Any = tokenizers.Tokenizer.from_str(definition)
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._marks = int(self._tokenizer.num_special_tokens_to_add(is_pair=False))

    def plain(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """The pieces of a text, and where each stands in it."""
        encoded = self._tokenizer.encode(text, add_special_tokens=False)
        return encoded.ids, encoded.offsets

    def marked(self, texts: Sequence[str], longest: int) -> list[list[int]]:
        """The pieces of each text between the marks that the model expects around it; what makes more than `longest` is cut."""
        found = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        for one in found:
            one.truncate(max(0, longest - self._marks))
        return [self._tokenizer.post_process(one).ids for one in found]


_known: WeakValueDictionary[bytes, Pieces] = WeakValueDictionary()
_lock = threading.Lock()


def opened(definition: bytes) -> Pieces:
    """The pieces of a definition (UTF-8); one that is open already is not read again. Raises plain Exception."""
    key = hashlib.sha256(definition).digest()
    with _lock:
        known = _known.get(key)
        if known is None:
            known = _known[key] = Pieces(definition.decode())
        return known
