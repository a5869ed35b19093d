"""The model process: one language model, served on the standard streams until the program at the other end is gone.

    fieldfare serve-language-model      (started by `ModelProcess`, says nothing to a person)

It has no network, may change no file and start no program: a model file that is made to break llama.cpp reaches nothing.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from fieldfare import catalogue, offline
from fieldfare.catalogue import _
from fieldfare.errors import ModelError, ShortageError, exit_code
from fieldfare.llm import frames, library
from fieldfare.llm.language_model import LanguageModel

if TYPE_CHECKING:
    from fieldfare.llm.frames import Frame


class _Server:
    """Carries out one request after the other; a thread of its own hears what is cancelled meanwhile."""

    def __init__(self, requests: BinaryIO, answers: BinaryIO) -> None:
        self._requests, self._answers = requests, answers
        self._waiting: queue.SimpleQueue[Frame] = queue.SimpleQueue()
        self._cancelled = 0  # the number of the newest request that nobody wants any more
        self._model: LanguageModel | None = None

    def listen(self) -> None:
        """Hand over what is asked; the end of the stream is the end of this process, whatever it computes."""
        while (frame := frames.receive(self._requests))[0] != frames.BROKEN:
            if frame[0] == frames.CANCEL:
                self._cancelled = int(frame[1]["number"])
            else:
                self._waiting.put(frame)
        os._exit(0)

    def serve(self) -> None:
        """Answer until there is no model."""
        while True:
            tag, values = self._waiting.get()
            number = int(values.pop("number"))
            try:
                if tag == frames.OPEN:
                    self._model = LanguageModel.open(Path(values.pop("path")), **values)
                else:
                    self._generate(number, values)
            except ModelError as error:
                self._say(frames.ERROR, number, sentence=str(error), code=exit_code(error))
            except MemoryError:
                sentence = _("There is not enough memory for the language model. Close other programs.")
                self._say(frames.ERROR, number, sentence=sentence, code=ShortageError.exit_code)
            else:
                self._say(frames.END, number, **asdict(self._model.work) if self._model else {})
            if self._model is None:  # of no use: another process is started for the next question
                return

    def _generate(self, number: int, values: dict[str, Any]) -> None:
        if self._model is None:
            raise ModelError(_("The language model is not loaded. Ask again."))
        for piece in self._model.generate(**values, cancelled=lambda: self._cancelled >= number):
            self._say(frames.PIECE, number, text=piece)

    def _say(self, tag: bytes, number: int, **values: Any) -> None:
        frames.send(self._answers, tag, {"number": number, **values})


def serve() -> None:
    """Serve the parent; what a library prints goes nowhere."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    offline.close_network()
    catalogue.use(os.environ.get(frames.LANGUAGE, "en"))
    with contextlib.suppress(ModelError):  # will be said when the model is asked for
        library.load()
    offline.close_files()
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash must not write a gigabyte
    server = _Server(requests, answers)
    threading.Thread(target=server.listen, name="model-requests", daemon=True).start()
    with contextlib.suppress(OSError):  # the parent is gone
        server.serve()
