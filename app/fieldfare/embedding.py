"""Text to vector: the encoder that finds passages by meaning, on CTranslate2.

int8 on the CPU, chosen at run time for its instructions; no torch, and nothing heavy is imported before an embedder is
opened. Which model it is, is the pack author's choice: `fieldfare.ingest.embedder` converts it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import threading
from typing import TYPE_CHECKING, Any

from fieldfare import pieces
from fieldfare.capacity import unusable
from fieldfare.catalogue import _
from fieldfare.domain import EmbedderIdentity
from fieldfare.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np

    from fieldfare.pieces import Pieces

DESCRIPTION = "embedder.json"
_BATCH_TOKENS = 2048  # tokens encoded at once: larger batches gain nothing and cost memory
_THREADS = 2  # more gain little on texts of a hundred tokens, and the language model and the screen want to run too
_LONGEST_CHARACTERS = 20_000  # far more than any model's window holds: bounds what the tokenizer is given
_ENGINE_FILES = ("model.bin", "config.json", "vocabulary.json")


class Embedder:
    """An open embedder. Safe to use from several threads: they take turns.

    `licence` is the one that the model names, `separation` how much closer the answer to a question is than any other
    sentence, in cosine, over the probes of its conversion.
    """

    def __init__(
        self, *, description: Mapping[str, Any], pieces: Pieces, encoder: Any, dense: Mapping[str, Any]
    ) -> None:
        """Use `open` or `load`."""
        self._identity = _identity(description)
        self.licence = str(description["licence"])
        self._pieces = pieces
        self._longest = int(description["max_tokens"])
        self._encoder = encoder
        self._dense = dense
        self._first = description["pooling"] == "first"
        self._after = tuple(description["after"])
        self._positions = bool(description["positions_as_feature"])
        self._prompts = {role: str(description["prompts"][role]) for role in ("query", "passage")}
        scale = description["scale"]
        self._scale = float(scale["low"]), float(scale["high"])
        self.separation = float(scale["partners"]) - float(scale["strangers"])
        self._lock = threading.Lock()

    @classmethod
    def open(cls, folder: Path) -> Embedder:
        """Load the embedder of a folder that `fieldfare.ingest.embedder` wrote. Raises ModelError."""
        return _open(folder / DESCRIPTION, str(folder), _("Set Fieldfare up again."))

    @classmethod
    def load(cls, files: Mapping[str, bytes], identity: EmbedderIdentity, place: str) -> Embedder:
        """Load an embedder from its files' bytes, once they are proved to be those of `identity`.

        `place` names where they are from in a sentence. Raises ModelError.
        """
        repair = _("Get the pack again from its author.")
        try:
            description = json.loads(files[DESCRIPTION])
            sound = _identity(description) == identity and digest_of(description, files) == identity.digest
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(
                _("The embedder in {place} is incomplete ({error}). {repair}").format(
                    place=place, error=error, repair=repair
                )
            ) from error
        if not sound:
            raise ModelError(
                _("The embedder in {place} is not the one that made the pack's vectors. {repair}").format(
                    place=place, repair=repair
                )
            )
        return _load(description, files, place, repair)

    @property
    def identity(self) -> EmbedderIdentity:
        """Which embedder this is; a pack's vectors are compared only with its own."""
        return self._identity

    def closeness(self, cosine: float) -> float:
        """A cosine of this embedder on the scale that all share: about 0 for strangers, the same for a good answer.

        Models differ: with some, strangers have a cosine of 0.8. The scale was measured when the model was converted.
        """
        low, high = self._scale
        return (cosine - low) / (high - low)

    def prompted(self, text: str, *, query: bool = False) -> str:
        """What the model reads of a text: its beginning, after what this model wants before a query or a passage."""
        return self._prompts["query" if query else "passage"] + text[:_LONGEST_CHARACTERS]

    def encode(self, texts: Sequence[str], *, query: bool = False) -> np.ndarray:
        """One row of float32 and unit length a text, in the order given; texts longer than the model's window are cut.

        `query` says that the texts are questions: some models want them marked.
        """
        import ctranslate2
        import numpy as np

        vectors = np.zeros((len(texts), self._identity.dimension), dtype=np.float32)
        with self._lock:
            cut = [self.prompted(text, query=query) for text in texts]
            encoded = self._pieces.marked(cut, self._longest)
            for batch in _batches([len(ids) for ids in encoded]):
                ids = np.array([encoded[index] for index in batch], dtype=np.int32)
                length = ids.shape[1]
                if not length:  # a tokenizer without special tokens makes nothing of an empty text
                    continue
                output = self._encoder.forward_batch(
                    ctranslate2.StorageView.from_array(ids),
                    ctranslate2.StorageView.from_array(np.full(len(batch), length, dtype=np.int32)),
                    [list(range(length))] * len(batch) if self._positions else None,
                )
                vectors[batch] = self._finish(np.asarray(output.last_hidden_state, dtype=np.float32))
        return vectors

    def _finish(self, hidden: np.ndarray) -> np.ndarray:
        """From the states of all tokens to one vector of unit length a text."""
        pooled = hidden[:, 0] if self._first else hidden.mean(axis=1)
        for step in self._after:
            pooled = _unit(pooled) if step["kind"] == "normalise" else self._project(step, pooled)
        return _unit(pooled)

    def _project(self, step: Mapping[str, str], pooled: np.ndarray) -> np.ndarray:
        import numpy as np

        weight, bias = self._dense[f"{step['name']}.weight.npy"], self._dense[f"{step['name']}.bias.npy"]
        made = np.stack([weight @ row + bias for row in pooled])  # row by row: a product of matrices groups its sums
        if step["activation"] == "tanh":
            return np.asarray(np.tanh(made))
        return np.asarray(np.maximum(made, 0) if step["activation"] == "relu" else made)


def read_identity(folder: Path) -> EmbedderIdentity:
    """Which embedder a folder holds, without loading it. Raises ModelError."""
    return _identity(_describe(folder / DESCRIPTION, _("Set Fieldfare up again.")))


def digest_of(description: Mapping[str, Any], files: Mapping[str, bytes]) -> str:
    """SHA-256 over what an embedder says of itself and every file of it."""
    said = {key: value for key, value in description.items() if key != "digest"}
    total = hashlib.sha256(json.dumps(said, sort_keys=True).encode())
    for name in sorted(files.keys() - {DESCRIPTION}):
        total.update(f"\0{name}\0{len(files[name])}\0".encode())
        total.update(files[name])
    return total.hexdigest()


def _identity(description: Mapping[str, Any]) -> EmbedderIdentity:
    return EmbedderIdentity(
        name=str(description["name"]),
        version=str(description["version"]),
        dimension=int(description["dimension"]),
        digest=str(description["digest"]),
    )


def _describe(file: Path, repair: str) -> dict[str, Any]:
    try:
        description = json.loads(file.read_text("utf-8"))
        _identity(description)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            _("The embedder in {parent} is missing or damaged ({error}). {repair}").format(
                parent=file.parent, error=error, repair=repair
            )
        ) from error
    return dict(description)


def _open(file: Path, place: str, repair: str) -> Embedder:
    description = _describe(file, repair)
    try:
        files = {one.name: one.read_bytes() for one in file.parent.iterdir() if one.name not in _ENGINE_FILES}
    except OSError as error:
        raise ModelError(
            _("The embedder in {place} cannot be read ({error}). {repair}").format(
                place=place, error=error, repair=repair
            )
        ) from error
    return _load(description, files, place, repair)


def _load(description: Mapping[str, Any], files: Mapping[str, bytes], place: str, repair: str) -> Embedder:
    """`files` hold the engine's own files too, or `place` is the folder where these lie."""
    import ctranslate2
    import numpy as np

    in_memory = {name: files[name] for name in _ENGINE_FILES if name in files}
    try:
        tokens = pieces.opened(files["tokenizer.json"])
        dense = {
            name: np.load(io.BytesIO(data), allow_pickle=False) for name, data in files.items() if name.endswith(".npy")
        }
        threads = min(_THREADS, os.cpu_count() or 1)
        encoder = ctranslate2.Encoder(
            place, device="cpu", inter_threads=1, intra_threads=threads, files=in_memory or None
        )
        return Embedder(description=description, pieces=tokens, encoder=encoder, dense=dense)
    except Exception as error:  # the engines raise plain Exception and RuntimeError
        sentence = _("The embedder in {place} cannot be loaded ({error}). {repair}")
        raise unusable(error, sentence.format(place=place, error=error, repair=repair)) from error


def _unit(vectors: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12))


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Indexes grouped by equal length: beside longer texts a text is padded, and in int8 its vector then is another one.

    A text must have the same vector in every company, or a pack would depend on what its author built before.
    """
    batches: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        last = batches[-1] if batches else []
        if last and lengths[last[0]] == lengths[index] and (len(last) + 1) * lengths[index] <= _BATCH_TOKENS:
            last.append(index)
        else:
            batches.append([index])
    return batches
