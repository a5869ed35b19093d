"""A pack built from one source for a measurement, and the retriever that ships, open on it."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare import embedders
from fieldfare.ingest import creator, sources
from fieldfare.pack.archive import Archive
from fieldfare.retrieval import Retriever

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldfare.ingest.creator import BuildReport


@contextlib.contextmanager
def trial_pack(source: Path, language: str = "") -> Iterator[tuple[Archive, Retriever, BuildReport]]:
    """Build a folder of manuals or one manual with the embedder that ships, and open it; all is gone afterwards."""
    embedder = embedders.embedded()
    if embedder is None:
        raise SystemExit("The embedder is missing. Run scripts/run doctor once: it sets everything up.")
    with tempfile.TemporaryDirectory(prefix="fieldfare-bench-") as scratch:
        target = Path(scratch) / "trial.fpack"
        read = sources.read_source(source, language=language)
        report = creator.build(read, target, embedder, lambda *_: None)
        archive = Archive(target)
        try:
            yield archive, Retriever([archive], embedder), report
        finally:
            archive.close()
