"""The one door: composes library, engines, retrieval and answering, and yields events.

Engines are named and imported only in `open_assistant`; everything else asks for protocols. `ask` is an ordinary
generator: the screen runs it in a thread, the command line iterates it.
"""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from fieldfare import answering, embedders, library, paths
from fieldfare.domain import (
    Answered,
    Cancelled,
    Drafted,
    Event,
    Evidence,
    EvidenceFound,
    Failed,
    Finding,
    InstalledPack,
    ModelState,
    ModelStatus,
    Passage,
    Question,
    SectionView,
    Statement,
)
from fieldfare.errors import FieldfareError, PackError
from fieldfare.retrieval import Retriever

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fieldfare.pack.archive import Archive
    from fieldfare.retrieval import Embedder
    from fieldfare.settings import Settings

SHOWN = 5  # pieces of evidence beside an answer


class Model(answering.Generator, Protocol):
    """A generator that can be closed."""

    def close(self) -> None:
        """Free the model's memory."""


class Assistant:
    """Answers questions from the installed packs. One question at a time is drafted; searching is free at any time."""

    def __init__(
        self,
        shelf: library.Shelf,
        embedder: Embedder | None,
        open_model: Callable[[], Model] | None,
        *,
        eager: bool = False,
    ) -> None:
        """`open_model` loads the language model, None where there is none; `eager` loads it as soon as it is needed."""
        self._shelf = shelf
        self._archives: dict[str, Archive] = {one.manifest.id: one for one in shelf.archives}
        self._embedder = embedder
        self._others: dict[str, embedders.EmbedderOnDemand] = {}
        self._lacking: tuple[str, ...] = ()
        try:
            known = embedder.identity if embedder else None
            self._others, self._lacking = embedders.of_packs(shelf.archives, known)
        except FieldfareError as error:  # the first search will say so too
            self._lacking = (str(error),)
        self._retriever = Retriever(shelf.archives, embedder, self._others)
        self._open_model = open_model
        self._eager = eager
        self._model: Model | None = None
        self._loading = threading.Lock()
        sentence = "The model is not loaded yet." if open_model else "No language model: answers are quotes."
        self._state = ModelState(status=ModelStatus.ABSENT, sentence=sentence)

    @property
    def packs(self) -> tuple[InstalledPack, ...]:
        """The packs that are searched."""
        return self._shelf.packs

    @property
    def problems(self) -> tuple[str, ...]:
        """A sentence for each installed pack that could not be opened, or that is searched without its meaning."""
        failed = (one.problem for one in self._others.values() if one.problem)
        return (*self._shelf.problems, *self._lacking, *dict.fromkeys(failed))

    @property
    def model_state(self) -> ModelState:
        """How far the language model is."""
        return self._state

    def load_model(self) -> None:
        """Load the engines, the language model if there is one; waits until it is done.

        The outcome stands in `model_state`. Meanwhile and whatever it is, searching works.
        """
        if self._embedder is not None and not self._eager:
            with contextlib.suppress(FieldfareError):  # the first search will say what is wrong
                self._embedder.encode(["ready"])
        with self._loading:
            if self._model is not None or self._open_model is None:
                return
            self._state = ModelState(
                status=ModelStatus.LOADING, sentence="The language model is loading; searching works."
            )
            try:
                self._model = self._open_model()
            except FieldfareError as error:
                self._state = ModelState(status=ModelStatus.FAILED, sentence=f"{error} Answers are quotes.")
            else:
                self._state = ModelState(status=ModelStatus.READY, sentence="The language model is ready.")

    def search(self, question: Question, limit: int = 10) -> tuple[Evidence, ...]:
        """The instant tier: the best passages, without any language model."""
        return self.find(question, limit).evidence

    def find(self, question: Question, limit: int = 10) -> Finding:
        """As `search`, with how well the evidence fits the question."""
        return self._retriever.search(question, limit)

    def find_figures(self, question: Question, limit: int = 6) -> tuple[Evidence, ...]:
        """The figures for a question, without any language model; each piece of evidence carries its figure."""
        return self._retriever.find_figures(question, limit)

    def ask(self, question: Question, cancel: threading.Event) -> Iterator[Event]:
        """Evidence first, then the statements of the answer one by one, then the answer; `cancel` stops it.

        Never raises for a question, however hostile: what goes wrong becomes `Failed`.
        """
        try:
            finding = self._retriever.search(question)
            refusal = answering.refuse(finding, question)
            evidence = refusal.evidence if refusal else answering.relevant(question, finding)[:SHOWN]
            statements = () if refusal else answering.quoted_whole(question, evidence, self._procedure)
            if not (refusal or statements) and not self._drafts():
                statements = tuple(answering.best_quotes(question, evidence, self._encoder(evidence)))
            # What a draft will cite is not known yet, but the warnings must stand above it.
            read = [one.passage for one in evidence[: answering.PROMPT_PASSAGES]]
            cited = [one.citation.passage for one in statements] or read
            yield EvidenceFound(evidence=evidence, hazards=() if refusal else answering.hazards_of(cited))
            if refusal:
                yield Answered(answer=refusal)
                return
            given: list[Statement] = []
            for statement in statements or self._drafted(question, evidence, cancel):
                if cancel.is_set():
                    break
                given.append(statement)
                yield Drafted(statement=statement)
            if cancel.is_set():
                yield Cancelled()
                return
            older = answering.superseded(given, finding)
            for statement in map(answering.disagreement, older):
                given.append(statement)
                yield Drafted(statement=statement)
            yield Answered(answer=answering.answer(given, (*evidence, *older)))
        except FieldfareError as error:
            yield Failed(message=str(error))

    def _drafts(self) -> bool:
        """Whether a language model can draft now; an eager assistant loads it first."""
        if self._eager:
            self.load_model()
        return self._model is not None

    def _drafted(
        self, question: Question, evidence: tuple[Evidence, ...], cancel: threading.Event
    ) -> Iterator[Statement]:
        model = self._model
        if model is None:  # closed meanwhile
            return
        drafted = answering.draft(question, evidence, model, cancel.is_set)
        yield from answering.locked(question, evidence, drafted, self._encoder(evidence))

    def _encoder(self, evidence: Sequence[Evidence]) -> Embedder | None:
        """The embedder that knows the language of the best evidence: the one that its pack was made with."""
        brought = self._others.get(evidence[0].passage.pack) if evidence else None
        return brought if brought is not None and not brought.problem else self._embedder

    def _procedure(self, passage: Passage) -> tuple[Passage, ...]:
        return self._archive(passage.pack).procedure(passage)

    def _archive(self, pack: str) -> Archive:
        try:
            return self._archives[pack]
        except KeyError:
            raise PackError(f"The pack {pack} is not installed any more. Ask again.") from None

    def view(self, passage: Passage) -> SectionView:
        """The section that a passage stands in, for reading."""
        return self._archive(passage.pack).section(passage)

    def picture(self, pack: str, image: str) -> bytes:
        """The encoded bytes of a figure."""
        return self._archive(pack).picture(image)

    def close(self) -> None:
        """Close the packs and free the model."""
        with self._loading:
            if self._model is not None:
                self._model.close()
                self._model = None
        self._shelf.close()


def open_embedder() -> Embedder | None:
    """The embedded embedder, None where it was not installed: then packs are found by words and identifiers.

    A damaged one raises ModelError at its first use.
    """
    return embedders.embedded()


def model_opener(settings: Settings, *, eager: bool = False) -> Callable[[], Model] | None:
    """What loads the language model that the user chose, None where there is none or he wants quotes only."""
    file = Path(settings.model) if settings.model else paths.language_model_file()

    def open_model() -> Model:
        import psutil

        from fieldfare import llm

        if settings.model_sha256:
            llm.verify(file, settings.model_sha256)
        llm.check(llm.inspect(file), psutil.virtual_memory().available)
        model = llm.LanguageModel.open(file, threads=settings.threads or None)
        if not eager:  # nobody waits yet: read the instructions ahead, so that no answer has to
            model.prefetch(answering.SYSTEM)
        return model

    return open_model if settings.draft and (settings.model or file.is_file()) else None


def open_assistant(settings: Settings, *, eager: bool = False) -> Assistant:
    """Open everything that is installed; the language model is loaded later. Raises FieldfareError."""
    return Assistant(library.open_shelf(), open_embedder(), model_opener(settings, eager=eager), eager=eager)
