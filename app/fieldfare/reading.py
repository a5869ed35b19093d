"""Question and passage to: does the passage answer, and where. A small encoder with two heads, on CTranslate2.

It reads both together, so it sees what words and vectors miss: that the passage speaks of another joint, another year, the
opposite. It writes nothing. How it was made and what it is worth: docs/reader.md.
"""

from __future__ import annotations

import io
import json
import os
import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fieldfare import pieces
from fieldfare.capacity import unusable
from fieldfare.catalogue import _
from fieldfare.domain import Reading
from fieldfare.errors import ModelError
from fieldfare.text import primary

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


DESCRIPTION = "reader.json"
HEADS = "heads.npy"
_THREADS = 2
_LONGEST_CHARACTERS = 8_000  # far more than the window holds: bounds what the tokenizer is given
_LONGEST_SPAN = 40  # tokens


class Reader:
    """The reader of a folder that scripts/train/export_reader.py wrote, loaded when it first reads.

    Safe to use from several threads: they take turns.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._loaded = False

    @property
    def version(self) -> str:
        """Which reader this is. Raises ModelError."""
        return str(self._description["version"])

    def reads(self, language: str) -> bool:
        """Whether it learned to read a language (`en`). Nothing is loaded for that. Raises ModelError."""
        return primary(language) in self._description["languages"]

    @cached_property
    def _description(self) -> dict[str, Any]:
        try:
            found = json.loads((self._folder / DESCRIPTION).read_text("utf-8"))
            return {"languages": list(found["languages"]), **found}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> ModelError:
        sentence = _("The reader in {folder} cannot be loaded ({error}). Set Fieldfare up again.")
        return unusable(error, sentence.format(folder=self._folder, error=error))

    def _load(self) -> None:
        with self._lock:
            if self._loaded:
                return
            import ctranslate2
            import numpy as np

            try:
                self._question, self._window, self._first, self._between = (
                    int(self._description[key]) for key in ("question_tokens", "tokens", "first", "between")
                )
                self._pieces = pieces.opened((self._folder / "tokenizer.json").read_bytes())
                self._heads = np.load(io.BytesIO((self._folder / HEADS).read_bytes()), allow_pickle=False)
                threads = min(_THREADS, os.cpu_count() or 1)
                self._encoder: Any = ctranslate2.Encoder(
                    str(self._folder), device="cpu", inter_threads=1, intra_threads=threads
                )
            except ModelError:
                raise
            except Exception as error:  # the engines raise plain Exception and RuntimeError
                raise self._unusable(error) from error
            self._loaded = True

    def read(self, question: str, texts: Sequence[str], leads: Sequence[str] = ()) -> tuple[Reading, ...]:
        """A reading of each text, in the order given; texts longer than the window are cut.

        `leads` stand before the texts, as their headings do: they are read and never pointed at. Raises ModelError.
        """
        self._load()
        asked = self._ids(question)[0][: self._question]
        return tuple(self._read_one(asked, text, leads[index] if leads else "") for index, text in enumerate(texts))

    def _ids(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        return self._pieces.plain(text[:_LONGEST_CHARACTERS])

    def _read_one(self, asked: list[int], text: str, lead: str) -> Reading:
        # One at a time: beside longer texts a text is padded, and in int8 it would be read otherwise.
        import ctranslate2
        import numpy as np

        before = f"{lead}\n" if lead else ""
        ids, offsets = self._ids(before + text)
        head = [self._first, *asked, self._between]
        ids = ids[: self._window - len(head) - 1]
        tokens = [*head, *ids, self._between]
        kinds = [0] * len(head) + [1] * (len(ids) + 1)
        with self._lock:
            output = self._encoder.forward_batch(
                ctranslate2.StorageView.from_array(np.array([tokens], dtype=np.int32)),
                ctranslate2.StorageView.from_array(np.array([len(tokens)], dtype=np.int32)),
                [kinds],
            )
        states = np.asarray(output.last_hidden_state, dtype=np.float32)[0]
        logits = states @ self._heads[:, :-1].T + self._heads[:, -1]
        inside = [index for index, (start, _) in enumerate(offsets[: len(ids)]) if start >= len(before)]
        if not inside:
            return Reading(answers=float(logits[0, 0]), start=0, end=0, span=-1e4)
        begin = len(head) + inside[0]
        spans = logits[begin : len(head) + len(ids), 1][:, None] + logits[begin : len(head) + len(ids), 2][None, :]
        spans = np.where(
            np.tri(len(spans), k=-1, dtype=bool) | ~np.tri(len(spans), k=_LONGEST_SPAN, dtype=bool), -1e4, spans
        )
        first, last = np.unravel_index(int(spans.argmax()), spans.shape)
        where = offsets[inside[0] :]
        return Reading(
            answers=float(logits[0, 0]),
            start=where[int(first)][0] - len(before),
            end=where[int(last)][1] - len(before),
            span=float(spans[first, last] - logits[0, 1] - logits[0, 2]),
        )
