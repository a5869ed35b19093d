"""Sentences into another language: CTranslate2 on the files of the installed packages, and nothing else.

What comes out is what the model says, unchecked: `translator` masks before and checks after. Decoded as Argos Translate
does (beam 4, unknown pieces replaced, length penalty 0.2), so that a package says here what it says there.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from fieldfare.capacity import unusable
from fieldfare.catalogue import _
from fieldfare.errors import ModelError
from fieldfare.translation.packages import BPE, SENTENCEPIECE, required_route, verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fieldfare.translation.packages import Package, Route

BEAM = 4
LENGTH_PENALTY = 0.2
_BATCH_SENTENCES = (
    1,
    8,
    16,
)  # decoded at once: the first alone, so that it stands; a cancelled page ends after a batch
_BATCH_PIECES = 512  # of the source; a batch waits for its longest sentence
_LONGEST_PIECES = 160  # models are trained on sentences shorter than about 200; longer ones go in parts
_LONGEST_CHARACTERS = 20_000
# Pieces of a source to the most that its translation may have: models that loop stop there. In steps, so that sentences of
# like length are decoded together and each says the same in any company.
_LIMITS = ((13, 64), (34, 128), (_LONGEST_PIECES, 256))
_LOADED = 2  # models in memory at once: a way over a third language needs two


class Pieces(Protocol):
    """Text to the pieces that a model reads, and back."""

    def split(self, text: str) -> list[str]:
        """The pieces of a sentence."""

    def join(self, pieces: list[str]) -> str:
        """The sentence of pieces."""

    def begins_word(self, before: str, piece: str) -> bool:
        """Whether a piece begins a word, by itself and the one before it."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One way to say it; `score` is the logarithm of its probability, by which hypotheses of one sentence compare."""

    text: str
    score: float


def never() -> bool:
    """Nobody cancels."""
    return False


class Model:
    """The model of one package, loaded when it first translates. Safe to use from several threads: they take turns.

    `threads` 0 takes as many as the engine likes.
    """

    def __init__(self, package: Package, *, threads: int = 0) -> None:
        self.package = package
        self._threads = threads
        self._lock = threading.RLock()
        self._translator: Any = None
        self._pieces: Pieces

    def load(self) -> None:
        """Verify and load the package's files, if they are not loaded. Raises ModelError."""
        with self._lock:
            if self._translator is not None:
                return
            import ctranslate2

            verify(self.package)
            try:
                self._pieces = _read_pieces(self.package)
                self._translator = ctranslate2.Translator(
                    str(self.package.folder / "model"), device="cpu", compute_type="auto", inter_threads=1,
                    intra_threads=self._threads,
                )  # fmt: skip
            except ModelError:
                raise
            except Exception as error:  # the engines raise plain Exception and RuntimeError
                sentence = _(
                    "The model of the language package {package} cannot be read by this version of Fieldfare ({error}). Ask for a package that was made for it."
                )
                raise unusable(error, sentence.format(package=self.package, error=error)) from error

    def unload(self) -> None:
        """Give its memory back; the next sentence loads it again."""
        with self._lock:
            self._translator = None

    def translate(self, sentences: Sequence[str], *, count: int) -> list[tuple[Hypothesis, ...]]:
        """Up to `count` hypotheses of each sentence, the best first. Raises ModelError."""
        with self._lock:
            self.load()
            parts = [_parts(self._pieces.split(one[:_LONGEST_CHARACTERS]), self._pieces) for one in sentences]
            flat = [piece for one in parts for piece in one]
            results: list[Any] = [None] * len(flat)
            for longest, limit in _LIMITS:
                chosen = [at for at, one in enumerate(flat) if results[at] is None and len(one) <= longest]
                for at, result in zip(chosen, self._decode([flat[at] for at in chosen], count, limit), strict=True):
                    results[at] = result
        made, at = [], 0
        for one in parts:
            made.append(self._joined(results[at : at + len(one)], count))
            at += len(one)
        return made

    def _decode(self, batch: list[list[str]], count: int, limit: int) -> Sequence[Any]:
        if not batch:
            return ()
        prefix = self.package.target_prefix
        try:
            found: Sequence[Any] = self._translator.translate_batch(
                batch, target_prefix=[[prefix]] * len(batch) if prefix else None, replace_unknowns=True,
                beam_size=max(count, BEAM), num_hypotheses=count, length_penalty=LENGTH_PENALTY, return_scores=True,
                max_decoding_length=limit,
            )  # fmt: skip
        except Exception as error:  # as above
            raise ModelError(
                _("The language package {package} cannot translate this ({error}).").format(
                    package=self.package, error=error
                )
            ) from error
        return found

    def _joined(self, results: Sequence[Any], count: int) -> tuple[Hypothesis, ...]:
        """The hypotheses of a sentence from those of its parts."""
        found = []
        for rank in range(min([count, *(len(one.hypotheses) for one in results)])):
            pieces = [piece for one in results for piece in self._without_prefix(one.hypotheses[rank])]
            found.append(Hypothesis(self._pieces.join(pieces).strip(), sum(one.scores[rank] for one in results)))
        return tuple(found)

    def _without_prefix(self, pieces: list[str]) -> list[str]:
        prefix = self.package.target_prefix
        return pieces[1:] if prefix and pieces[:1] == [prefix] else pieces


class Engine:
    """The installed packages as one translator: finds the way, loads what it needs, gives memory back.

    Safe to use from several threads; those that want one model take turns, a batch each.
    """

    def __init__(self, packages: Sequence[Package], *, threads: int = 0) -> None:
        self.packages = tuple(packages)
        self._threads = threads
        self._lock = threading.Lock()
        self._models: OrderedDict[tuple[str, str], Model] = OrderedDict()

    def route(self, source: str, target: str) -> Route:
        """The way from one language to another; UsageError where there is none."""
        return required_route(self.packages, source, target)

    def prepare(self, source: str, target: str) -> None:
        """Load what a way needs before the first sentence comes. Raises UsageError, ModelError."""
        for package in self.route(source, target).packages:
            self._model(package).load()

    def translate(
        self,
        sentences: Sequence[str],
        source: str,
        target: str,
        *,
        count: int = 1,
        cancelled: Callable[[], bool] = never,
    ) -> Iterator[tuple[Hypothesis, ...]]:
        """Up to `count` hypotheses of each sentence in the order given, the best first; the first comes at once.

        A sentence without text has itself. Ends early when `cancelled` says so. Raises UsageError, ModelError.
        """
        models = [self._model(package) for package in self.route(source, target).packages]
        for batch in _batches(sentences):
            if cancelled():
                return
            yield from _through(models, batch, count)

    def unload(self) -> None:
        """Give the memory of all models back."""
        with self._lock:
            for model in self._models.values():
                model.unload()
            self._models.clear()

    def _model(self, package: Package) -> Model:
        with self._lock:
            model = self._models.pop(package.pair, None) or Model(package, threads=self._threads)
            self._models[package.pair] = model
            while len(self._models) > _LOADED:
                self._models.popitem(last=False)[1].unload()
            return model


def _through(models: Sequence[Model], batch: Sequence[str], count: int) -> list[tuple[Hypothesis, ...]]:
    """A batch through one model after the other; every hypothesis of one is carried on by the next."""
    made: list[tuple[Hypothesis, ...]] = [(Hypothesis(one, 0.0),) for one in batch]
    told = [index for index, one in enumerate(batch) if one.strip()]
    for model in models:
        asked = [(index, one) for index in told for one in made[index]]
        answers = iter(model.translate([one.text for _, one in asked], count=count)) if asked else iter(())
        found: dict[int, list[Hypothesis]] = {index: [] for index in told}
        for (index, before), after in zip(asked, answers, strict=True):
            found[index] += [Hypothesis(one.text, before.score + one.score) for one in after]
        for index in told:
            made[index] = tuple(sorted(found[index], key=lambda one: -one.score)[:count])
    return made


def _batches(sentences: Sequence[str]) -> Iterator[list[str]]:
    """The first sentence alone, so that it stands at once; then some at a time, and more."""
    batch: list[str] = []
    done = size = 0
    for one in sentences:
        length = len(one) // 3 + 1  # about three characters a piece
        most = _BATCH_SENTENCES[min(done, len(_BATCH_SENTENCES) - 1)]
        if batch and (len(batch) >= most or size + length > _BATCH_PIECES):
            yield batch
            batch, size, done = [], 0, done + 1
        batch.append(one)
        size += length
    if batch:
        yield batch


def _parts(pieces: list[str], kind: Pieces) -> list[list[str]]:
    """The pieces of a sentence, in parts where it is too long: after a mark if there is one, else before a word."""
    parts = []
    while len(pieces) > _LONGEST_PIECES:
        window = range(_LONGEST_PIECES, _LONGEST_PIECES // 2, -1)
        marks = (at for at in window if pieces[at - 1][-1:] in {";", ":", ",", ")", "–"})
        words = (at for at in window if kind.begins_word(pieces[at - 1], pieces[at]))
        at = next(marks, next(words, _LONGEST_PIECES))
        parts.append(pieces[:at])
        pieces = pieces[at:]
    return [*parts, pieces]


class _SentencePieces:
    """The pieces of a sentencepiece.model."""

    def __init__(self, file: str) -> None:
        import sentencepiece

        self._processor: Any = sentencepiece.SentencePieceProcessor(model_file=file)

    def split(self, text: str) -> list[str]:
        return list(self._processor.encode(text, out_type=str))

    def join(self, pieces: list[str]) -> str:
        return str(self._processor.decode_pieces(pieces)).replace("▁", " ")

    def begins_word(self, _before: str, piece: str) -> bool:
        return piece.startswith("▁")


def _read_pieces(package: Package) -> Pieces:
    file = package.folder / SENTENCEPIECE
    if file.is_file():
        return _SentencePieces(str(file))
    from fieldfare.translation.bpe import WordPieces

    return WordPieces((package.folder / BPE).read_text("utf-8"), package.source, package.target)
