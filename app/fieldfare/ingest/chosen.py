"""The embedder that an author chose: converted once, measured against its original at every build, carried by the pack."""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import io
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldfare.embedding import Embedder
from fieldfare.errors import SourceError, StorageError
from fieldfare.ingest.embedder import open_reference, prepare
from fieldfare.ingest.reference import SEPARATION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np

    from fieldfare.domain import EmbedderIdentity

LEAST_AGREEMENT = 0.99  # mean cosine: int8 of a sound conversion stays above it (scripts/bench/embedders.py)
SAMPLE = 8  # texts of the pack that are measured
SAMPLE_SIZE = 400  # characters of each: a large model takes numpy a while


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How near the converted model's vectors are to the original's: cosines over a few texts of the pack."""

    texts: int
    mean: float
    least: float
    peer: str = ""  # sentence-transformers with its version, where it is installed
    peer_mean: float = 1.0

    def __str__(self) -> str:
        said = (
            f"agrees with its float32 original: cosine {self.mean:.4f} mean, {self.least:.4f} least, {self.texts} texts"
        )
        return said + (f"; with {self.peer}: {self.peer_mean:.4f} mean" if self.peer else "")


class ChosenEmbedder:
    """An `Embedder` for building a pack that knows its original and its files."""

    def __init__(
        self, source: Path, cache: Path, prompts: Mapping[str, str] | None = None, *, travels: bool = True
    ) -> None:
        """Convert the model of the folder `source`, or take it from `cache`; `travels` if the pack shall carry it.

        Raises SourceError and StorageError.
        """
        self._source = source
        self.travels = travels
        self._prompts = prompts
        self.folder = prepare(source, cache, prompts)
        self._embedder = Embedder.open(self.folder)

    @property
    def identity(self) -> EmbedderIdentity:
        """Which embedder this is."""
        return self._embedder.identity

    @property
    def licence(self) -> str:
        """The licence that the model names, empty where it names none."""
        return self._embedder.licence

    @property
    def doubt(self) -> str:
        """What speaks against the model, as a sentence; empty where nothing does."""
        if self._embedder.separation >= SEPARATION:
            return ""
        return (
            f"it hardly tells the answer to a question from any other sentence (cosine {self._embedder.separation:.2f} more): "
            "is it an embedding model, with the prompts that it wants?"
        )

    @property
    def size(self) -> int:
        """Bytes that the model adds to whatever carries it."""
        return sum(file.stat().st_size for file in self.folder.iterdir())

    def encode(self, texts: Sequence[str], *, query: bool = False) -> np.ndarray:
        """One row of float32 and unit length a text."""
        return self._embedder.encode(texts, query=query)

    def closeness(self, cosine: float) -> float:
        """A cosine on the scale that all embedders share."""
        return self._embedder.closeness(cosine)

    def files(self) -> dict[str, bytes]:
        """What the pack carries, by name."""
        return {file.name: file.read_bytes() for file in sorted(self.folder.iterdir())}

    def place(self, share: Path) -> Path:
        """Copy the model into `share` under the name by which devices find it; the folder. Raises StorageError."""
        target = share / self.identity.digest
        try:
            shutil.copytree(self.folder, target, dirs_exist_ok=True)
        except OSError as error:
            raise StorageError(
                f"The embedder cannot be written to {target} ({error}). Check the space left."
            ) from error
        return target

    def measure(self, texts: Sequence[str]) -> Agreement:
        """Compare with the original over some of the texts. Raises SourceError where they disagree."""
        step = max(len(texts) // SAMPLE, 1)
        sample = [text[:SAMPLE_SIZE] for text in texts[::step] if text.strip()][:SAMPLE]
        made = self._embedder.encode(sample)
        cosines = (made * open_reference(self._source, self._prompts).encode(sample)).sum(axis=1)
        mean, least = float(cosines.mean()), float(cosines.min())
        peer, peer_mean = "", 1.0
        vectors = _sentence_transformers(self._source, [self._embedder.prompted(text) for text in sample])
        if vectors is not None:
            peer = f"sentence-transformers {importlib.metadata.version('sentence-transformers')}"
            peer_mean = float((made * vectors).sum(axis=1).mean())
        # `not (a >= b)` also catches NaN.
        if not (mean >= LEAST_AGREEMENT and peer_mean >= LEAST_AGREEMENT):
            raise SourceError(
                f"The vectors of {self._source} change when it is converted: their cosine with the original's is "
                f"{min(mean, peer_mean):.3f}, and {LEAST_AGREEMENT} is needed. Choose another embedding model."
            )
        return Agreement(texts=len(sample), mean=mean, least=least, peer=peer, peer_mean=peer_mean)


def _sentence_transformers(source: Path, texts: Sequence[str]) -> np.ndarray | None:
    """What sentence-transformers makes of texts that carry their prompt, None where it is not installed."""
    import numpy as np

    if importlib.util.find_spec("sentence_transformers") is None:
        return None
    os.environ["HF_HUB_OFFLINE"] = "1"  # read when it is imported: nothing is looked up on a network
    with contextlib.redirect_stderr(io.StringIO()):  # its progress bars
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(str(source), device="cpu", local_files_only=True)
        except (OSError, ValueError, RuntimeError, KeyError, TypeError, ImportError) as error:
            raise SourceError(f"sentence-transformers cannot open {source} ({error}). Copy the model again.") from error
        return np.asarray(model.encode(list(texts), prompt="", normalize_embeddings=True, show_progress_bar=False))
