"""Text to vector: the encoder that finds passages by meaning, on CTranslate2.

int8 on the CPU, chosen at run time for its instructions; no torch, and nothing heavy is imported before `open`.
"""

from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING, Any

from fieldfare.domain import EmbedderIdentity
from fieldfare.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np

_BATCH_TOKENS = 2048  # padded tokens encoded at once: larger batches gain nothing and cost memory
_THREADS = 2  # more gain little on texts of a hundred tokens, and the language model and the screen want to run too
_LONGEST_CHARACTERS = 20_000  # far more than any model's window holds: bounds what the tokenizer is given


class Embedder:
    """An open embedder. Safe to use from several threads: they take turns."""

    def __init__(
        self, *, identity: EmbedderIdentity, tokenizer: Any, encoder: Any, description: dict[str, Any]
    ) -> None:
        """Use `open`."""
        self._identity = identity
        self._tokenizer = tokenizer
        self._encoder = encoder
        self._pooling = description["pooling"]
        self._pad = int(description["pad"])
        self._lock = threading.Lock()

    @classmethod
    def open(cls, folder: Path) -> Embedder:
        """Load the embedder of a folder that `fieldfare.ingest.embedder` wrote. Raises ModelError."""
        try:
            description = json.loads((folder / "embedder.json").read_text("utf-8"))
            identity = EmbedderIdentity(
                name=str(description["name"]),
                version=str(description["version"]),
                dimension=int(description["dimension"]),
                digest=str(description["digest"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(
                f"The embedder in {folder} is missing or damaged ({error}). Set Fieldfare up again."
            ) from error
        import ctranslate2
        import tokenizers

        try:
            tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
            tokenizer.enable_truncation(max_length=int(description["max_tokens"]))
            tokenizer.no_padding()
            threads = min(_THREADS, os.cpu_count() or 1)
            encoder = ctranslate2.Encoder(str(folder), device="cpu", inter_threads=1, intra_threads=threads)
        except Exception as error:
            raise ModelError(f"The embedder in {folder} cannot be loaded ({error}). Set Fieldfare up again.") from error
        return cls(identity=identity, tokenizer=tokenizer, encoder=encoder, description=description)

    @property
    def identity(self) -> EmbedderIdentity:
        """Which embedder this is; a pack's vectors are compared only with its own."""
        return self._identity

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """One row of float32 and unit length a text, in the order given; texts longer than the model's window are cut."""
        import ctranslate2
        import numpy as np

        vectors = np.zeros((len(texts), self._identity.dimension), dtype=np.float32)
        with self._lock:
            cut = [text[:_LONGEST_CHARACTERS] for text in texts]
            encoded = [one.ids for one in self._tokenizer.encode_batch(cut)] if cut else []
            for batch in _batches([len(ids) for ids in encoded]):
                lengths = np.array([len(encoded[index]) for index in batch], dtype=np.int32)
                ids = np.full((len(batch), int(lengths.max())), self._pad, dtype=np.int32)
                for row, index in enumerate(batch):
                    ids[row, : lengths[row]] = encoded[index]
                output = self._encoder.forward_batch(
                    ctranslate2.StorageView.from_array(ids), ctranslate2.StorageView.from_array(lengths)
                )
                hidden = np.asarray(output.last_hidden_state, dtype=np.float32)
                if self._pooling == "mean":
                    mask = np.arange(ids.shape[1]) < lengths[:, None]
                    pooled = np.einsum("btd,bt->bd", hidden, mask.astype(np.float32)) / lengths[:, None]
                else:
                    pooled = hidden[:, 0]
                vectors[batch] = pooled / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-12)
        return vectors


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Indexes grouped by similar length, so that little is computed for padding."""
    batches: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batches and (len(batches[-1]) + 1) * lengths[index] <= _BATCH_TOKENS:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches
