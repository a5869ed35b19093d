"""The one door: composes library, engines, retrieval and answering, and yields events.

Engines are named and imported only in `open_assistant`; everything else asks for protocols. `ask` is an ordinary
generator: the screen runs it in a thread, the command line iterates it.
"""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare import ambiguity, answering, conversation, embedders, library, machines, paths
from fieldfare.ahead import Ahead
from fieldfare.allocation import give_back
from fieldfare.bookshelf import Bookshelf
from fieldfare.catalogue import _
from fieldfare.conversion import conversions
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
    Passage,
    Question,
    SectionView,
    Statement,
    hazards_before,
)
from fieldfare.drafter import Drafter, Model
from fieldfare.errors import FieldfareError, ModelError, PackError, exit_code
from fieldfare.gate import GATE
from fieldfare.procedure.collection import Procedures
from fieldfare.retrieval import Retriever

__all__ = ["Assistant", "Model", "model_opener", "open_assistant", "open_embedder", "open_reader"]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from fieldfare.domain.translation import Rendering, Text
    from fieldfare.interpreter import Interpreter
    from fieldfare.pack.archive import Archive
    from fieldfare.retrieval import Embedder, Reader
    from fieldfare.settings import Settings

SHOWN = 5  # pieces of evidence beside an answer
FOUND = 10  # pieces of evidence that a search looks for unless told otherwise
KEPT = 4  # findings that are kept: who pauses, reads and asks has the same question searched once


class Assistant:
    """Answers questions from the installed packs. One question at a time is drafted; searching is free at any time."""

    def __init__(
        self,
        shelf: library.Shelf,
        embedder: Embedder | None,
        open_model: Callable[[], Model] | None,
        *,
        reader: Reader | None = None,
        interpreter: Interpreter | None = None,
        eager: bool = False,
        patience: float = 0.0,
    ) -> None:
        """A `reader` reads what was found before it is judged; without one the search is judged by its measures alone.

        An `interpreter` asks packs in other languages and translates what they say; without one everything is as it is.

        `open_model` gives the language model, None where there is none; `eager` loads it as soon as it is needed.

        A machine on which a usual draft takes longer than `patience` seconds quotes instead; 0 waits for any.
        """
        self._shelf = shelf
        self._archives: dict[str, Archive] = {one.manifest.id: one for one in shelf.archives}
        self._manifests = [one.manifest for one in shelf.archives]
        self.bookshelf = Bookshelf(shelf.archives)
        self.procedures = Procedures(shelf.archives, library.open_version)
        self._machines = {one.manifest.id: one.machine for one in shelf.archives}
        self._embedder = embedder
        self._others: dict[str, embedders.EmbedderOnDemand] = {}
        self._lacking: tuple[str, ...] = ()
        try:
            known = embedder.identity if embedder else None
            self._others, self._lacking = embedders.of_packs(shelf.archives, known)
        except FieldfareError as error:  # the first search will say so too
            self._lacking = (str(error),)
        self._interpreter = interpreter
        self._retriever = Retriever(shelf.archives, embedder, self._others, reader)
        self._instant = Retriever(shelf.archives, embedder, self._others)
        self._by_words = Retriever(shelf.archives, None)
        self._warming = threading.Event()
        self._drafter = Drafter(open_model, patience)
        self._eager = eager
        self._found: OrderedDict[tuple[Question, int], tuple[Question, Finding]] = OrderedDict()
        self._ahead: Ahead | None = None
        self._asked: Question | None = None  # what is being answered
        self._taking = threading.Lock()  # of the three above

    @property
    def packs(self) -> tuple[InstalledPack, ...]:
        """The packs that are searched."""
        return self._shelf.packs

    @property
    def is_current(self) -> bool:
        """Whether what is installed is still what was opened: another program may install or remove a pack."""
        return self._shelf.is_current

    @property
    def problems(self) -> tuple[str, ...]:
        """A sentence for each installed pack or language package that could not be opened, or pack that is searched without
        its meaning.
        """
        failed = (one.problem for one in self._others.values() if one.problem)
        unread = self._interpreter.problems if self._interpreter else ()
        return (*self._shelf.problems, *self._lacking, *unread, *dict.fromkeys(failed))

    @property
    def model_state(self) -> ModelState:
        """How far the language model is."""
        return self._drafter.state

    def examples(self, packs: Sequence[str], limit: int) -> tuple[str, ...]:
        """Questions that the authors of some packs, of all where none is named, know to be answered; the shortest first."""
        chosen = [one for id_, one in self._archives.items() if id_ in (packs or self._archives)]
        asked = {gold.text for archive in chosen for gold in archive.questions() if gold.answerable}
        return tuple(sorted(asked, key=lambda text: (len(text), text))[:limit])

    def language_of(self, question: Question) -> str:
        """The language in which a question is to be answered: its own, which is found out where it does not say."""
        if question.language or self._interpreter is None:
            return question.language
        return self._interpreter.language_of(question.text)

    def render(
        self, texts: Iterable[tuple[Text, Passage]], language: str, cancelled: Callable[[], bool]
    ) -> Iterator[tuple[int, Rendering]]:
        """Texts of passages in another language: the index of each and how far it is, as more of it stands.

        What was approved comes at once. Nothing is raised: what cannot be translated safely stands in the original, marked.
        """
        return self._interpreter.render(texts, language, cancelled) if self._interpreter else iter(())

    def route(self, source: str, target: str) -> str:
        """The way of a machine translation, such as `es → en → de`; empty where no language package leads there."""
        return self._interpreter.route(source, target) if self._interpreter else ""

    def prepare_language(self, language: str) -> None:
        """Load what translates between a language and the packs, before the first text comes; waits until it is done.

        Never raises: what cannot be loaded says so when it is needed.
        """
        if self._interpreter:
            self._interpreter.prepare(language)

    def load_model(self) -> None:
        """Load the engines, the language model if there is one; waits until it is done.

        The outcome stands in `model_state`. Meanwhile and whatever it is, searching works.
        """
        if not self._eager:
            self._warming.set()
            try:
                with contextlib.suppress(FieldfareError):  # the first search will say what is wrong
                    self._retriever.search(Question(text="Is it ready?"))
            finally:
                self._warming.clear()
                give_back()
        self._drafter.load()

    def search(self, question: Question, limit: int = FOUND) -> tuple[Evidence, ...]:
        """The instant tier: the best passages, before any model reads them; by words alone while the engines load."""
        tier = self._by_words if self._warming.is_set() else self._instant
        return self._sought(tier, self._understood(question), limit)[1].evidence

    def find(self, question: Question, limit: int = FOUND) -> Finding:
        """What the search found, read and weighed, now or a moment ago: packs do not change under an open assistant."""
        return self._find(self._understood(question), limit)[1]

    def _find(self, question: Question, limit: int = FOUND) -> tuple[Question, Finding]:
        """The same, with the question in the language that it was answered in."""
        with self._taking:
            if (known := self._found.get((question, limit))) is not None:
                return known
        found = self._sought(self._retriever, question, limit)
        with self._taking:
            self._found[question, limit] = found
            while len(self._found) > KEPT:
                self._found.popitem(last=False)
        return found

    def _sought(self, tier: Retriever, question: Question, limit: int) -> tuple[Question, Finding]:
        """The question in each language of its packs: what fits best, then what the others found.

        What stands in the technician's own language is preferred to a better fit in another, if it answers.
        """
        at_once = tier is not self._retriever
        asked = self._interpreter.questions(question, at_once=at_once) if self._interpreter else (question,)
        found = [(one, tier.search(one, limit)) for one in asked]
        own = found[0]
        best = own if own[1].support >= GATE else max(found, key=lambda one: one[1].support)
        rest = sorted(
            (evidence for one in found if one is not best for evidence in one[1].evidence), key=lambda one: -one.score
        )
        evidence = (*best[1].evidence, *rest)[:limit]
        ranked = tuple(replace(one, rank=rank) for rank, one in enumerate(evidence, 1))
        return best[0], replace(best[1], evidence=ranked)

    def find_figures(self, question: Question, limit: int = 6) -> tuple[Evidence, ...]:
        """The figures for a question, without any language model; each piece of evidence carries its figure."""
        return self._retriever.find_figures(self._understood(question), limit)

    def prepare(self, question: Question, cancel: threading.Event) -> None:
        """Work out the answer to a question that is likely to be asked; waits until it stands or `cancel` stops it.

        `ask` with the same question goes on from where this is. One question is prepared at a time: a newer one, or
        another that is asked, stops it.
        """
        self._drafter.look_again()
        with self._taking:
            known = self._ahead
            if question == self._asked or (known is not None and self._answers(known, question)):
                return
            if known is not None:
                known.stop.set()
            ahead = self._ahead = Ahead(question, cancel, drafts=self._drafts())
        ahead.record(self._answer(question, cancel))
        give_back()

    def ask(self, question: Question, cancel: threading.Event) -> Iterator[Event]:
        """Evidence first, then the statements of the answer one by one, then the answer; `cancel` stops it.

        Never raises for a question, however hostile: what goes wrong becomes `Failed`.
        """
        with self._taking:
            ahead, self._ahead = self._ahead, None
            self._asked = question
        try:
            if ahead is not None and self._answers(ahead, question):
                yield from ahead.follow(cancel)
                return
            if ahead is not None:
                ahead.stop.set()
            yield from self._answer(question, cancel)
        finally:
            with self._taking:
                if self._asked is question:
                    self._asked = None
            give_back()

    def _answers(self, ahead: Ahead, question: Question) -> bool:
        """Whether what was prepared is what would be answered now."""
        return ahead.question == question and ahead.drafts == self._drafts() and not ahead.stop.is_set()

    def _answer(self, question: Question, cancel: threading.Event) -> Iterator[Event]:
        try:
            typed, question = question, self._understood(question)
            searched = self._searched(question)
            question, finding = self._find(question)
            asked = question.text if question.text != typed.text else ""
            # Its words are compared with passages in its language; what others found stands beside the answer.
            beside = [one for one in finding.evidence if _foreign(one, question)]
            finding = replace(finding, evidence=tuple(one for one in finding.evidence if not _foreign(one, question)))
            if choice := ambiguity.ask_back(question, finding, self._machines):
                yield EvidenceFound(evidence=choice.evidence[:SHOWN], hazards=(), asked=asked)
                yield Answered(answer=replace(choice, evidence=choice.evidence[:SHOWN], asked=asked, searched=searched))
                return
            refusal = answering.refuse(finding, question)
            evidence = refusal.evidence if refusal else answering.relevant(question, finding)[:SHOWN]
            statements = () if refusal else answering.quoted_whole(question, evidence, self._procedure)
            if not (refusal or statements) and not self._drafts():
                statements = tuple(answering.best_quotes(question, evidence, self._encoder(evidence)))
            # What a draft will cite is not known yet, but the warnings must stand above it.
            read = [one.passage for one in evidence[: answering.PROMPT_PASSAGES]]
            cited = [one.citation.passage for one in statements] or read
            found = (*evidence, *beside)[:SHOWN]
            yield EvidenceFound(evidence=found, hazards=() if refusal else hazards_before(cited), asked=asked)
            if refusal:
                message = f"{refusal.message} {machines.sentence(searched)}".strip()
                yield Answered(answer=replace(refusal, message=message, asked=asked, searched=searched))
                return
            given: list[Statement] = []
            trouble: list[str] = []
            for statement in statements or self._drafted(question, evidence, cancel, trouble):
                if cancel.is_set():
                    break
                converted = replace(statement, conversions=conversions(typed.text, statement.text))
                given.append(converted)
                yield Drafted(statement=converted)
            if cancel.is_set():
                yield Cancelled()
                return
            older = answering.superseded(given, finding)
            for statement in map(answering.disagreement, older):
                given.append(statement)
                yield Drafted(statement=statement)
            answer = answering.answer(given, (*evidence, *older))
            yield Answered(answer=replace(answer, message=" ".join(trouble), asked=asked, searched=searched))
        except FieldfareError as error:
            yield Failed(message=str(error), exit_code=exit_code(error))

    def _understood(self, question: Question) -> Question:
        """The question with what it leaves out, and the packs that cover its machine."""
        question = conversation.standalone(question)
        if not question.machine:
            return question
        return replace(question, packs=machines.covering(question.machine, self._manifests, question.packs))

    def _searched(self, question: Question) -> tuple[str, ...]:
        """The machines whose manuals are searched for a question, each with how many."""
        chosen = [one for id_, one in self._archives.items() if id_ in (question.packs or self._archives)]
        return machines.searched([(one.machine, len(one.document_titles())) for one in chosen])

    def _drafts(self) -> bool:
        """Whether a language model can draft now; an eager assistant loads it first."""
        if self._eager:
            self.load_model()
        return self._drafter.model is not None

    def _drafted(
        self, question: Question, evidence: tuple[Evidence, ...], cancel: threading.Event, trouble: list[str]
    ) -> Iterator[Statement]:
        """The draft under the lock; where the model breaks, the quote instead, and a sentence of `trouble`."""
        model = self._drafter.model
        if model is None:  # closed, broken or too slow meanwhile
            yield from answering.best_quotes(question, evidence, self._encoder(evidence))
            return
        count = 0
        try:
            drafted = answering.draft(question, evidence, model, cancel.is_set)
            for statement in answering.locked(question, evidence, drafted, self._encoder(evidence)):
                count += 1
                yield statement
        except ModelError as error:
            trouble.append(self._drafter.failed(error))
            if not count:
                yield from answering.best_quotes(question, evidence, self._encoder(evidence))
        else:
            if not cancel.is_set():
                self._drafter.judge()

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
            raise PackError(_("The pack {pack} is not installed any more. Ask again.").format(pack=pack)) from None

    def view(self, passage: Passage) -> SectionView:
        """The section that a passage stands in, for reading."""
        return self._archive(passage.pack).section(passage)

    def picture(self, pack: str, image: str) -> bytes:
        """The encoded bytes of a figure."""
        return self._archive(pack).picture(image)

    def stop(self) -> None:
        """Stop whatever the language model does, loading included, for good; searching goes on."""
        with self._taking:
            if self._ahead is not None:
                self._ahead.stop.set()
        self._drafter.stop()

    def close(self) -> None:
        """Close the packs and free the model."""
        self.stop()
        if self._interpreter:
            self._interpreter.close()
        self.procedures.close()
        self._shelf.close()


def _foreign(evidence: Evidence, question: Question) -> bool:
    """Whether a passage is of a pack to which the question was put in another language."""
    return bool(question.packs) and evidence.passage.pack not in question.packs


def open_embedder() -> Embedder | None:
    """The embedded embedder, None where it was not installed: then packs are found by words and identifiers.

    A damaged one raises ModelError at its first use.
    """
    return embedders.embedded()


def open_reader() -> Reader | None:
    """The embedded reader, None where it was not installed. A damaged one raises ModelError at its first use."""
    from fieldfare import reading

    folder = paths.reader_dir()
    return reading.Reader(folder) if (folder / reading.DESCRIPTION).is_file() else None


def model_opener(settings: Settings) -> Callable[[], Model] | None:
    """What gives the language model that the user chose, None where there is none or he wants quotes only."""
    file = Path(settings.model) if settings.model else paths.language_model_file()

    def open_model() -> Model:
        from fieldfare import llm
        from fieldfare.capacity import free_memory

        if settings.model_sha256:
            llm.verify(file, settings.model_sha256)
        found, free = llm.inspect(file), free_memory()
        llm.check(found, free)
        context = llm.fitting_context(found, free)
        return llm.ModelProcess(file, instructions=answering.SYSTEM, context=context, threads=settings.threads or None)

    return open_model if settings.draft and (settings.model or file.is_file()) else None


def open_assistant(settings: Settings, *, eager: bool = False, shelf: library.Shelf | None = None) -> Assistant:
    """Open everything that is installed, or the engines over a `shelf`; the language model is loaded later.

    An `eager` one is asked once by somebody who waits: he gets his draft however long it takes. Raises FieldfareError.
    """
    from fieldfare.capacity import check_memory
    from fieldfare.interpreter import open_interpreter

    check_memory()
    embedder, patience = open_embedder(), 0 if eager else settings.draft_seconds
    shelf = library.open_shelf() if shelf is None else shelf
    interpreter = open_interpreter(shelf.archives, threads=settings.threads)
    return Assistant(
        shelf,
        embedder,
        model_opener(settings),
        reader=open_reader(),
        interpreter=interpreter,
        eager=eager,
        patience=patience,
    )
