"""Reads the documents of a pack and draws their pictures: in limited processes, on all cores, and only what is not in the
cache of earlier builds.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from fieldfare.domain import Drawn, Remark, Section, Sheet, Title
from fieldfare.errors import SourceError
from fieldfare.ingest import worker
from fieldfare.ingest.language import guess_language
from fieldfare.ingest.sources import PAGED, PAGES_A_JOB, PICTURES
from fieldfare.text import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fieldfare.domain import PictureSource
    from fieldfare.ingest.cache import Cache
    from fieldfare.ingest.extract import Piece, Progress
    from fieldfare.ingest.sources import DocumentSource, PackSource

_BATCH = 12  # pictures that one process reads before it takes the next: enough to keep a PDF open
_ENOUGH = 2000  # words that tell a language
_PRODUCTS = frozenset({".fpack", ".minisig", ".fdelta", ".pub"})  # what is made from sources and may lie beside them


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDocument:
    """A document whose pieces lie in the cache."""

    source: DocumentSource
    title: str
    language: str
    key: str
    cache: Cache

    def pieces(self) -> Iterator[Section | Sheet | Remark]:
        """Its pieces in reading order, one in memory at a time."""
        return (piece for piece in self.cache.read(self.key) if not isinstance(piece, Title))

    def pictures(self) -> Iterator[PictureSource]:
        """The sources of its pictures."""
        for piece in self.pieces():
            if isinstance(piece, Sheet) and piece.picture is not None:
                yield piece.picture
            elif isinstance(piece, Section):
                yield from (block.picture for block in piece.blocks if block.picture is not None)


class Workshop:
    """The processes that read, as many as there are cores; a context manager that ends them."""

    def __init__(self, cache: Cache, progress: Progress, *, workers: int = 0) -> None:
        self._cache = cache
        self._progress = progress
        self._count = workers or os.cpu_count() or 1
        self._idle: queue.SimpleQueue[worker.Worker] = queue.SimpleQueue()
        self._workers = [worker.Worker() for _ in range(self._count)]
        for one in self._workers:
            self._idle.put(one)
        self._stop = threading.Event()
        self._threads = ThreadPoolExecutor(self._count)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._threads.shutdown(cancel_futures=True)
        for one in self._workers:
            one.close()

    def read(self, source: PackSource) -> list[ReadDocument]:
        """Extract every document that is not in the cache; SourceError names the first that cannot be read."""
        keys = [self._document_key(document) for document in source.documents]
        documents = self._read_pages(source.documents, keys)
        stages = _Stages("understanding", self._progress)
        missing = [index for index, key in enumerate(keys) if not self._cache.has(key)]
        for index in missing:
            stages.expect(index, 1)

        def extract(index: int) -> None:
            document = documents[index]
            function = f"extract.{document.form}:extract"
            with self._worker() as one:
                results = one.run(function, document, name=document.name, progress=stages.of(index),
                                  cancelled=self._stop.is_set)  # fmt: skip
                self._cache.write(keys[index], results)
            stages.finish(index)

        self._all(extract, missing)
        return [_document(document, key, self._cache) for document, key in zip(source.documents, keys, strict=True)]

    def _read_pages(self, documents: Sequence[DocumentSource], keys: Sequence[str]) -> list[DocumentSource]:
        """The documents with their pages read, so that all cores work on one long manual, and a stopped build goes on in it."""
        made = list(documents)
        jobs: list[tuple[int, int, int, str]] = []  # document, first page, page after the last, key
        lock = threading.Lock()

        def count(index: int) -> None:
            document = documents[index]
            if document.form not in PAGED or self._cache.has(keys[index]):
                return
            with self._worker() as one:
                (result,) = one.run(f"extract.{document.form}:count_pages", document, name=document.name,
                                    progress=lambda *_: None, cancelled=self._stop.is_set)  # fmt: skip
            pages = int(worker.decode(result))
            ranges = [(start, min(start + PAGES_A_JOB, pages)) for start in range(0, pages, PAGES_A_JOB)]
            digest = self._cache.digest(document.files[0])
            mine = [self._cache.key(digest, "pages", document.language, *one) for one in ranges]
            made[index] = replace(document, pages=tuple(str(self._cache.file(key)) for key in mine))
            with lock:
                jobs.extend((index, *one, key) for one, key in zip(ranges, mine, strict=True))

        with contextlib.suppress(SourceError):  # told once more, with those of the other forms, when they are read
            self._all(count, range(len(documents)))
        stages = _Stages("reading", self._progress)
        missing = [job for job in sorted(jobs) if not self._cache.has(job[3])]
        for number, (_, first, last, _) in enumerate(missing):
            stages.expect(number, last - first)

        def read(number: int) -> None:
            index, first, last, key = missing[number]
            document = documents[index]
            with self._worker() as one:
                results = one.run(f"extract.{document.form}:read_pages", (document, first, last), name=document.name,
                                  progress=stages.of(number), cancelled=self._stop.is_set)  # fmt: skip
                self._cache.write(key, results)

        self._all(read, range(len(missing)))
        return made

    def draw(self, documents: Sequence[ReadDocument]) -> Pictures:
        """Read and encode every picture that is not in the cache."""
        keys: dict[PictureSource, str] = {}
        for document in documents:
            for picture in document.pictures():
                keys.setdefault(picture, self._picture_key(picture))
        missing = [picture for picture, key in keys.items() if not self._cache.has(key)]
        batches = [missing[start : start + _BATCH] for start in range(0, len(missing), _BATCH)]
        done, lock = [0], threading.Lock()

        def draw(index: int) -> None:
            batch = batches[index]
            with self._worker() as one:
                try:
                    results = one.run("pictures:draw", tuple(batch), name=Path(batch[0].file).name,
                                      progress=lambda *_: None, cancelled=self._stop.is_set)  # fmt: skip
                    for picture, result in zip(batch, results, strict=True):
                        self._cache.write(keys[picture], [result])
                        with lock:
                            done[0] += 1
                            self._progress("drawing pictures", done[0], len(missing))
                except SourceError:
                    if len(batch) == 1:
                        raise
                    failed = True
                else:
                    failed = False
            for picture in batch if failed else ():  # one of them breaks the reader: find out which
                self._draw_alone(picture, keys[picture])

        self._all(draw, range(len(batches)))
        return Pictures(self._cache, keys)

    def _draw_alone(self, picture: PictureSource, key: str) -> None:
        if self._cache.has(key):
            return
        with self._worker() as one:
            try:
                self._cache.write(key, one.run("pictures:draw", (picture,), name=Path(picture.file).name,
                                               progress=lambda *_: None, cancelled=self._stop.is_set))  # fmt: skip
            except SourceError as error:
                self._cache.write(key, [worker.encode(Drawn(source=picture, problem=str(error)))])

    def _all(self, work: Callable[[int], None], indexes: Sequence[int]) -> None:
        """Do all of it on the threads; files that cannot be read are told together, any other error ends the rest."""
        futures = [self._threads.submit(work, index) for index in indexes]
        unreadable: list[SourceError] = []
        try:
            for future in futures:
                try:
                    future.result()
                except SourceError as error:
                    unreadable.append(error)
        except BaseException:
            self._stop.set()
            raise
        if unreadable:
            raise SourceError("\n".join(dict.fromkeys(map(str, unreadable)))) from unreadable[0]

    @contextlib.contextmanager
    def _worker(self) -> Iterator[worker.Worker]:
        one = self._idle.get()
        try:
            yield one
        finally:
            self._idle.put(one)

    def _document_key(self, document: DocumentSource) -> str:
        described = {
            name: str(value) for name, value in asdict(document).items() if name in {"base", "root", "form", "language"}
        }
        files = [(str(file), self._cache.digest(file)) for file in document.files]
        # Pages name other files (pictures, includes): one that comes, goes or changes may change what is read.
        around = [] if len(document.files) == 1 and document.form == "pdf" else _around(document.base, self._cache)
        return self._cache.key(described, files, around)

    def _picture_key(self, picture: PictureSource) -> str:
        return self._cache.key(self._cache.digest(Path(picture.file)), asdict(replace(picture, file="")))


class Pictures:
    """The pictures that were drawn, by their source."""

    def __init__(self, cache: Cache, keys: dict[PictureSource, str]) -> None:
        self._cache = cache
        self._keys = keys

    def find(self, source: PictureSource) -> Drawn:
        """What became of a picture."""
        drawn: Drawn = next(self._cache.read(self._keys[source]))
        return drawn


class _Stages:
    """The progress of several documents that are read at once, as one."""

    def __init__(self, stage: str, progress: Progress) -> None:
        self._stage = stage
        self._progress = progress
        self._lock = threading.Lock()
        self._far: dict[int, tuple[int, int]] = {}

    def expect(self, index: int, total: int) -> None:
        self._far[index] = 0, total

    def finish(self, index: int) -> None:
        with self._lock:
            total = max(self._far.get(index, (0, 1))[1], 1)
            self._far[index] = total, total
            self._tell()

    def of(self, index: int) -> Progress:
        def report(_stage: str, done: int, total: int) -> None:
            with self._lock:
                self._far[index] = done, total
                self._tell()

        return report

    def _tell(self) -> None:
        done, total = (sum(column) for column in zip(*self._far.values(), strict=True))
        self._progress(self._stage, done, total)


def _document(source: DocumentSource, key: str, cache: Cache) -> ReadDocument:
    pieces: Iterator[Piece] = cache.read(key)
    title = Title(text="")
    sample: list[str] = []
    for piece in pieces:
        if isinstance(piece, Title):
            title = piece
        elif isinstance(piece, Section):
            sample += [word for block in piece.blocks for word in words(block.text)]
        if len(sample) > _ENOUGH or (source.language or title.language):
            break
    language = source.language or title.language or guess_language(sample)
    return ReadDocument(
        source=source, title=source.title or title.text or source.name, language=language, key=key, cache=cache
    )


def _around(base: Path, cache: Cache) -> list[tuple[str, str]]:
    """Every file that a page could name: pictures by their name, since they are read later, all others by their content."""
    found = []
    for file in sorted(base.rglob("*")):
        if file.is_file() and file.suffix.lower() not in _PRODUCTS:
            picture = file.suffix.lower() in PICTURES
            found.append((file.relative_to(base).as_posix(), "" if picture else cache.digest(file)))
    return found
