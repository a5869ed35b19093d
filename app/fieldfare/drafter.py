"""The language model's life on this device: loading, fast enough or not, broken and back again, stopped."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Protocol

from fieldfare import answering
from fieldfare.catalogue import _
from fieldfare.domain import ModelState, ModelStatus
from fieldfare.errors import CrashError, FieldfareError, ModelError

if TYPE_CHECKING:
    from collections.abc import Callable

DRAFT = (400, 60)  # tokens of the prompt and of the answer of a usual draft
SECOND_LOOK = 60.0  # seconds after which a machine that was too slow for drafts is measured again


class Model(answering.Generator, Protocol):
    """A language model that loads when it is told to, may be closed at any time, and knows how fast it is."""

    def load(self) -> None:
        """Make it ready, or measure its speed again; waits for it. Raises ModelError."""

    def seconds(self, read: int, written: int) -> float:
        """How long reading and writing so many tokens takes on this machine, as measured last; 0 where unknown."""

    def close(self) -> None:
        """Free the model's memory at once, whatever it is doing."""


class Drafter:
    """Keeps the model and says whether to draft with it. Safe to use from several threads."""

    def __init__(self, open_model: Callable[[], Model] | None, patience: float) -> None:
        """`open_model` gives the model, None where there is none.

        A machine on which a usual draft takes longer than `patience` seconds quotes instead; 0 waits for any.
        """
        self._open_model, self._patience = open_model, patience
        self._model: Model | None = None
        self._loading = threading.Lock()
        self._stopped = threading.Event()
        self._measured_at = 0.0
        sentence = (
            _("The model is not loaded yet.") if open_model else _("Answers are quotes: no language model writes.")
        )
        self.state = ModelState(status=ModelStatus.ABSENT, sentence=sentence)

    @property
    def model(self) -> Model | None:
        """The model to draft with now; one that broke is among them, because its next call starts it again."""
        return self._model if self.state.status in {ModelStatus.READY, ModelStatus.FAILED} else None

    def load(self) -> None:
        """Load the model if there is one; waits until it is done. The outcome stands in `state`."""
        with self._loading:
            if self._model is not None or self._open_model is None:
                return
            sentence = _("The language model is loading; searching works.")
            self.state = ModelState(status=ModelStatus.LOADING, sentence=sentence)
            try:
                self._model = self._open_model()
                if self._stopped.is_set():  # who stops from now on finds the model and closes it
                    self._model.close()
                self._model.load()
            except FieldfareError as error:
                if self._model is not None:
                    self._model.close()
                self._model = None
                self.state = ModelState(
                    status=ModelStatus.FAILED, sentence=_("{error} Answers are quotes.").format(error=error)
                )
            else:
                self.judge()

    def judge(self) -> None:
        """After a draft: say whether the machine is fast enough for the next."""
        model = self._model
        if model is None:
            return
        seconds = model.seconds(*DRAFT)
        self._measured_at = time.monotonic()
        if 0 < self._patience < seconds:
            sentence = _(
                "Answers are quotes: this machine is too slow or too busy, a draft would take about {seconds:.0f} s. draft_seconds in the settings is {patience:.0f}."
            ).format(seconds=seconds, patience=self._patience)
            self.state = ModelState(status=ModelStatus.SLOW, sentence=sentence)
        else:
            self.state = ModelState(status=ModelStatus.READY, sentence=_("The language model is ready."))

    def look_again(self) -> None:
        """Measure a machine that was too slow a minute ago; for moments when nobody waits."""
        model = self._model
        slow = self.state.status is ModelStatus.SLOW
        if slow and model is not None and time.monotonic() - self._measured_at > SECOND_LOOK:
            self._measured_at = time.monotonic()
            with contextlib.suppress(ModelError):
                model.load()
                self.judge()

    def failed(self, error: ModelError) -> str:
        """After a draft that the model did not finish: a sentence for beside the answer."""
        if isinstance(error, CrashError):
            sentence = _("{error} Answers are quotes; the next question tries it again.").format(error=error)
            self.state = ModelState(status=ModelStatus.FAILED, sentence=sentence)
        return _("Sorry, this is quoted and not drafted: {error}").format(error=error)

    def stop(self) -> None:
        """Stop the model whatever it does, loading included, for good."""
        self._stopped.set()
        model = self._model
        if model is not None:
            model.close()
