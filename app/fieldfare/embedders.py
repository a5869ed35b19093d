"""Which embedder answers for which pack: the embedded one, one that the pack carries, or one that IT placed beside it.

Each is loaded with the first question that reaches its packs, once for all packs of one digest, and stays loaded.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from fieldfare import paths
from fieldfare.catalogue import _
from fieldfare.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np

    from fieldfare.domain import EmbedderIdentity
    from fieldfare.embedding import Embedder
    from fieldfare.pack.archive import Archive


class EmbedderOnDemand:
    """An embedder that is opened with its first text, so that the screen stands before the encoder is loaded."""

    def __init__(self, identify: Callable[[], EmbedderIdentity], load: Callable[[], Embedder]) -> None:
        """`identify` is cheap, `load` is not; both may raise ModelError."""
        self._identify = identify
        self._load = load
        self._lock = threading.Lock()
        self._opened: Embedder | None = None
        self._identity: EmbedderIdentity | None = None
        self.problem = ""  # why it could not be opened, as a sentence; empty as long as it could

    @property
    def identity(self) -> EmbedderIdentity:
        """Which embedder this is, without loading it."""
        if self._identity is None:
            self._identity = self._identify()
        return self._identity

    def encode(self, texts: Sequence[str], *, query: bool = False) -> np.ndarray:
        """One float32 vector of unit length a text. Raises ModelError where it cannot be opened, also the next time."""
        return self._open().encode(texts, query=query)

    def closeness(self, cosine: float) -> float:
        """A cosine on the scale that all embedders share."""
        return self._open().closeness(cosine)

    def _open(self) -> Embedder:
        with self._lock:
            if self.problem:
                raise ModelError(self.problem)
            if self._opened is None:
                try:
                    self._opened = self._load()
                except ModelError as error:
                    self.problem = str(error)
                    raise
            return self._opened


def embedded() -> EmbedderOnDemand | None:
    """The embedder that came with the program, None where there is none."""
    folder = paths.embedder_dir()
    return _in_folder(folder) if folder.is_dir() else None


def of_packs(
    archives: Sequence[Archive], known: EmbedderIdentity | None
) -> tuple[dict[str, EmbedderOnDemand], tuple[str, ...]]:
    """By pack, the embedders of packs that `known` did not make the vectors of, and a sentence for each pack without one."""
    found: dict[str, EmbedderOnDemand] = {}
    by_digest: dict[str, EmbedderOnDemand] = {}
    lacking = []
    for archive in archives:
        wanted = archive.manifest.embedder
        if wanted is None or wanted == known:
            continue
        placed = paths.embedders_dir() / wanted.digest
        if archive.carries_embedder():
            found[archive.manifest.id] = by_digest.setdefault(wanted.digest, _carried(archive, wanted))
        elif wanted.digest in by_digest or placed.is_dir():
            found[archive.manifest.id] = by_digest.setdefault(wanted.digest, _placed(placed, wanted))
        else:
            lacking.append(
                _(
                    "{title} is searched by words and codes only: its embedder {name} ({version}) is not on this device. Ask its author for a pack that carries it, or IT to place it."
                ).format(title=archive.manifest.title, name=wanted.name, version=wanted.version)
            )
    return found, tuple(lacking)


def _in_folder(folder: Path) -> EmbedderOnDemand:
    def identify() -> EmbedderIdentity:
        from fieldfare.embedding import read_identity

        return read_identity(folder)

    def load() -> Embedder:
        from fieldfare.embedding import Embedder

        return Embedder.open(folder)

    return EmbedderOnDemand(identify, load)


def _carried(archive: Archive, identity: EmbedderIdentity) -> EmbedderOnDemand:
    def load() -> Embedder:
        from fieldfare.embedding import Embedder

        return Embedder.load(archive.embedder_files(), identity, archive.path.name)

    return EmbedderOnDemand(lambda: identity, load)


def _placed(folder: Path, identity: EmbedderIdentity) -> EmbedderOnDemand:
    def load() -> Embedder:
        from fieldfare.embedding import Embedder

        try:
            files = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
        except OSError as error:
            raise ModelError(
                _("The embedder in {folder} cannot be read ({error}). Ask IT to place it again.").format(
                    folder=folder, error=error
                )
            ) from error
        return Embedder.load(files, identity, str(folder))

    return EmbedderOnDemand(lambda: identity, load)
