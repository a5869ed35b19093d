"""Questions and answers by number: what a line means, and what is said to it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from fieldfare.catalogue import _
from fieldfare.conversation import EARLIER
from fieldfare.domain import (
    Answered,
    Asked,
    Cancelled,
    Drafted,
    EvidenceFound,
    Failed,
    Question,
    Verdict,
    WorkMachine,
    reference,
)
from fieldfare.errors import FieldfareError, JobChangedError
from fieldfare.line import jobs
from fieldfare.line.dialogue import interruptible
from fieldfare.line.reader import Reader
from fieldfare.line.steps import Steps
from fieldfare.telling import Telling
from fieldfare.text import squeeze
from fieldfare.workplace import Workplace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fieldfare.assistant import Assistant
    from fieldfare.domain import Answer, Deed, Passage
    from fieldfare.journal import Journal
    from fieldfare.line.dialogue import Dialogue

NO_ANSWER = 10
"""The exit code of a question that the manuals do not answer, as that of `ask`."""
_DIGITS = 3  # of a number that stands for something


class Session:
    """One sitting: what was asked, what the numbers stand for now, which page is read."""

    def __init__(self, assistant: Assistant, journal: Journal, dialogue: Dialogue, *, drafts: bool = False) -> None:
        """`drafts` says that a language model writes, which is loaded for the first question."""
        self.assistant, self.journal, self.dialogue = assistant, journal, dialogue
        self.workplace = Workplace(assistant, journal)
        self.original = False
        self.code = 0
        self._offers: list[Callable[[], None]] = []
        self._first = 1  # the number of the first offer
        self._questions: list[str] = []
        self._last: Question | None = None
        self._answer: Answer | None = None
        self._telling: Telling | None = None
        self._count = 0
        self._unkept = False
        self._loading = drafts
        self._reader = Reader(self)

    def run(self) -> int:
        """Ask and answer to the end; the exit code."""
        self.kept(self.workplace.load)
        self._greet()
        while (line := self.dialogue.ask(_("Question {number}:").format(number=self._count + 1))) is not None:
            if not self._obey(line):
                break
        return 0 if self.dialogue.interactive else self.code

    def kept(self, work: Callable[[], object]) -> bool:
        """Do something with the journal; that it cannot be written is said once. Raises JobChangedError."""
        try:
            work()
        except JobChangedError:
            raise
        except FieldfareError as error:
            if not self._unkept:
                self.dialogue.complain(str(error))
            self._unkept = True
            return False
        return True

    def record(self, deed: Deed) -> None:
        """Write down what was done."""
        self.kept(lambda: self.journal.record(deed))

    def offer(self, actions: Sequence[Callable[[], None]], first: int = 1) -> None:
        """Say what the numbers stand for from now on."""
        self._offers, self._first = list(actions), first

    def _greet(self) -> None:
        for sentence in filter(None, (*self.assistant.problems, self.journal.problem)):
            self.dialogue.complain(sentence)
        if not self.dialogue.interactive:
            return
        place = self.workplace
        names = ", ".join(dict.fromkeys(squeeze(pack.manifest.title) for pack in self.assistant.packs))
        self.dialogue.say(_("Manuals: {names}").format(names=names or _("none")))
        self.dialogue.say(_("Machine: {name}").format(name=str(place.machine) or _("any machine")))
        self.dialogue.say(place.notice or _("Type a question and Enter. ? and Enter is the help, q leaves."))

    def _obey(self, line: str) -> bool:
        """Do what a line says; False to leave."""
        command = line[1:].strip() if line.startswith(":") else line if self.dialogue.interactive else ""
        name, _space, rest = command.partition(" ")
        if not line:
            return True
        if name in {"q", "quit", "exit"} and not rest:
            return False
        try:
            if not (self._opens(command) or self._commands(name, rest)):
                if line.startswith(":"):
                    listing = "?" if self.dialogue.interactive else ":?"
                    self.dialogue.complain(
                        _("{command} is no command. {help} lists them.").format(command=line, help=listing)
                    )
                else:
                    self.ask(line)
        except FieldfareError as error:
            self.code = error.exit_code
            self.dialogue.complain(str(error))
        return True

    def _opens(self, command: str) -> bool:
        """Open what a number stands for; False where it stands for nothing: then it is a question."""
        if not command.isdecimal() or len(command) > _DIGITS:
            return False
        at = int(command) - self._first
        if not 0 <= at < len(self._offers):
            return False
        self._offers[at]()
        return True

    def _commands(self, name: str, rest: str) -> bool:
        """Carry out a letter; False for what is none."""
        bare: dict[str, Callable[[], None]] = {
            "?": self._help, "help": self._help, "w": self._warnings, "o": self._switch, "a": self._repeat,
            "+": lambda: self._reader.leaf(1), "-": lambda: self._reader.leaf(-1),
        }  # fmt: skip
        numbered: dict[str, Callable[[str], None]] = {
            "f": lambda number: self._reader.figures(self._places(), number),
            "p": lambda number: Steps(self).choose(self._places(), number),
        }
        worded: dict[str, Callable[[str], None]] = {
            "m": self._machine, "n": self._note, "j": lambda text: jobs.carry_out(self, text),
        }  # fmt: skip
        if name in bare and not rest:
            bare[name]()
        elif name in numbered and (not rest or (rest.isdecimal() and len(rest) <= _DIGITS)):
            numbered[name](rest)
        elif name in worded:
            worded[name](rest)
        else:
            return False
        return True

    def _help(self) -> None:
        for line in HELP():
            self.dialogue.say(line)

    # -- questions

    def ask(self, text: str) -> None:
        """Ask a question that goes on from those before it."""
        last = self._last
        earlier = [one for one in self._questions if one != text][-EARLIER:]
        settled = (last.packs or last.settled) if last else ()
        self._put(Question(text=text, packs=self.workplace.packs, history=tuple(earlier), settled=settled))

    def _put(self, question: Question) -> None:
        self._count += 1
        self.dialogue.pending = ""
        if not self.dialogue.interactive:
            self.dialogue.say(_("Question {number}:").format(number=self._count) + f" {question.text}")
        if self.workplace.bare:
            self.code = NO_ANSWER
            self.dialogue.say(self.workplace.notice)
            return
        if self.workplace.notice:
            self.dialogue.say(self.workplace.notice)
        self.dialogue.say(_("Answer {number}:").format(number=self._count))
        if self._loading:
            self._loading = False
            self.dialogue.say(_("The language model is loading; this answer takes longer."))
        cancel = threading.Event()
        telling = Telling(self.assistant, question, cancel, self.dialogue, originals=self.original)
        with interruptible(cancel):
            for event in self.assistant.ask(question, cancel):
                match event:
                    case EvidenceFound():
                        telling.evidence(event)
                    case Drafted():
                        telling.statement(event)
                    case Answered(answer=answer):
                        self._answered(question, answer, telling)
                    case Cancelled():
                        self.dialogue.say(_("Stopped."))
                    case Failed():
                        self.code = event.exit_code
                        self.dialogue.complain(event.message)
        self.dialogue.say()

    def _answered(self, question: Question, answer: Answer, telling: Telling) -> None:
        telling.answer(answer)
        telling.choices(answer.choices)
        self.code = NO_ANSWER if answer.verdict in {Verdict.REFUSED, Verdict.CHOICE} else 0
        self._answer, self._telling, self._reader.passage = answer, telling, None
        self._questions.append(question.text)
        self._last = question
        self.workplace.asked(question.text)
        self._offer_answer()
        if answer.verdict is not Verdict.CHOICE:
            self.record(self._deed(question, answer, telling))

    def _offer_answer(self) -> None:
        """The numbers stand for the readings of a question, or for the places of an answer."""
        answer, telling = self._answer, self._telling
        if answer is None or telling is None:
            return
        if answer.choices:
            self.offer([lambda one=one.question: self._put(one) for one in answer.choices])  # type: ignore[misc]
            if self.dialogue.interactive:
                self.dialogue.say(_("Type its number."))
            return
        quotes = {one.citation.passage: one.citation.quote for one in answer.statements}
        self.offer([lambda one=one: self._reader.read(one, quotes.get(one, "")) for one in telling.places])  # type: ignore[misc]

    def _deed(self, question: Question, answer: Answer, telling: Telling) -> Asked:
        manifests = {pack.manifest.id: pack.manifest for pack in self.assistant.packs}
        sources = []
        for one in answer.statements:
            said = telling.said.get(one.text)
            approved = said.text if said is not None and said.changed and said.approved else ""
            if manifest := manifests.get(one.citation.passage.pack):
                sources.append(reference(one.citation.passage, manifest, one.citation.quote, approved))
        message = answer.message if answer.verdict is Verdict.REFUSED else ""
        return Asked(question=question.text, verdict=answer.verdict, sources=tuple(sources), message=message)

    def _repeat(self) -> None:
        """The last answer again."""
        answer, before = self._answer, self._telling
        if answer is None or before is None:
            self.dialogue.say(_("Nothing was asked yet."))
            return
        cancel = threading.Event()
        question = self._last or Question(text="")
        telling = Telling(self.assistant, question, cancel, self.dialogue, originals=self.original)
        with interruptible(cancel):
            telling.again(answer)
            telling.choices(answer.choices)
        self._telling, self._reader.passage = telling, None
        self._offer_answer()

    def _switch(self) -> None:
        """With or without the originals beside their translations."""
        self.original = not self.original
        self.dialogue.say(
            _("Original texts: shown.") if self.original else _("Original texts: only where they must be.")
        )
        if self._reader.passage is not None:
            self._reader.again()
        elif self._answer is not None:
            self._repeat()

    @property
    def language(self) -> str:
        """The technician's language, as far as it is known."""
        return self._telling.language if self._telling else ""

    @property
    def reader(self) -> Reader:
        """The page that is read."""
        return self._reader

    def _places(self) -> list[Passage]:
        """What figures, procedures and warnings are looked for at: the page, else the places of the answer."""
        if self._reader.passage is not None:
            return [self._reader.passage]
        return list(self._telling.places) if self._telling else []

    def _warnings(self) -> None:
        """The warnings of the page, or of the answer, whole."""
        if self._reader.passage is not None:
            self._reader.warnings(self._reader.passage)
        elif self._answer is not None and self._telling is not None and self._answer.hazards:
            passages = [one.citation.passage for one in self._answer.statements]
            self._telling.hazards(self._answer.hazards, passages)
        else:
            self.dialogue.say(_("There are no warnings."))

    # -- the machine and the job

    def _machine(self, typed: str) -> None:
        """Choose the machine that is worked on."""
        offers = self.workplace.offers(typed)
        if typed and not offers:
            self.dialogue.say(_("No installed manual is for {machine}. m lists the machines.").format(machine=typed))
        elif typed and len(offers) == 1:
            self._choose(offers[0])
        else:
            self.dialogue.say(_("any machine"), starts="0. ")
            for number, one in enumerate(offers, 1):
                self.dialogue.say(" ".join(filter(None, (str(one), one.serial))), starts=f"{number}. ")
            machines = (WorkMachine(), *offers)
            self.offer([lambda one=one: self._choose(one) for one in machines], first=0)  # type: ignore[misc]

    def _choose(self, machine: WorkMachine) -> None:
        self.workplace.choose(machine)
        self.kept(self.workplace.keep)
        self.dialogue.say(_("Machine: {name}").format(name=str(self.workplace.machine) or _("any machine")))
        if self.workplace.notice:
            self.dialogue.say(self.workplace.notice)
        self._offer_answer()

    def _note(self, text: str) -> None:
        if not text:
            text = self.dialogue.ask(_("Note:")) or ""
        if text and self.kept(lambda: self.journal.note(text)):
            self.dialogue.say(_("Noted in the job."))


def HELP() -> tuple[str, ...]:  # noqa: N802 - a constant but for the language
    """What can be typed."""
    return (
        _("Type a question and Enter. After an answer:"),
        _("1 to 9: read the page of that source"),
        _("+ and -: the next page, the page before"),
        _("w: the warnings again"),
        _("f: the figures; f and a number opens one"),
        _("p: the procedures, step by step"),
        _("a: the answer again"),
        _("o: the original beside the translation, or not"),
        _("m: the machine; m and a name chooses one"),
        _("n and a text: a note into the job"),
        _("j: the job and what can be done with it"),
        _("q: leave. Ctrl-C stops an answer."),
        _("A colon before a command sets it apart from a question: :w"),
    )
