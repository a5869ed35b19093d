"""A loaded language model: instructions and a question in, pieces of text out."""

from __future__ import annotations

import codecs
import contextlib
import ctypes
import sys
import threading
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from fieldfare.capacity import free_memory
from fieldfare.catalogue import Number, _
from fieldfare.errors import ModelError, ShortageError
from fieldfare.llm import chat, library
from fieldfare.llm.model_file import inspect
from fieldfare.llm.pace import Pace, default_threads
from fieldfare.llm.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

_CHUNK = 256  # prompt tokens read at once: fewer cost speed, and the number of threads is chosen between chunks
_POLL = 0.02  # seconds between looks at `cancelled` while the library computes
_LEAST_PART = 64  # prompt tokens that are worth a step of their own
_LEAST_ROOM = 16  # tokens that must be left for an answer
_ABORTED = 2  # what llama_decode returns after an abort
_CONTROL, _USER_DEFINED = 8, 16  # attributes of tokens, as llama.h has them
_LOOP = 12  # tokens: the same run of this length three times in a row ends the answer
_NO_MMAP = 0
_AMPLE = 2  # times what a model needs: with so much memory free, that was not what lacked
# Tokens of the answer looked back at, and by how much their repeats are held down (frequency and presence are not): mild,
# because an answer about numbers has to repeat them.
_REPETITION = (64, 1.05, 0.0, 0.0)


class LanguageModel:
    """One model and its context. Callers take turns: a second `generate` waits until the first is finished or closed."""

    def __init__(self, *, binding: Any, model: Any, context: Any, format_: chat.ChatFormat, pace: Pace) -> None:
        """Use `open`."""
        self._llama = binding
        self._model, self._context, self._format, self._pace = model, context, format_, pace
        self._vocabulary = binding.llama_model_get_vocab(model)
        self._memory = binding.llama_get_memory(context)
        self._size = int(binding.llama_n_ctx(context))
        self._lock = threading.Lock()
        self._closing = False
        self._threads = 0
        self._read: list[int] = []  # the tokens whose keys and values the context holds
        self._steps: list[int] = []  # how many tokens of the prompt had been read after each step
        self._known = False  # whether the library holds what comes after the last token read
        self._work = Work()
        # llama.cpp asks between operations whether to stop. strlen() of a buffer of ours answers: 0 or 1, without the
        # interpreter's lock, which thousands of calls a second of a Python function would fight for.
        self._stop = ctypes.create_string_buffer(2)
        strlen = (ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)).strlen
        self._abort = binding.ggml_abort_callback(ctypes.cast(strlen, ctypes.c_void_p).value or 0)
        binding.llama_set_abort_callback(context, self._abort, ctypes.cast(self._stop, ctypes.c_void_p))
        self._greedy = binding.llama_sampler_chain_init(binding.llama_sampler_chain_default_params())
        entries = int(binding.llama_vocab_n_tokens(self._vocabulary))
        for step in (
            binding.llama_sampler_init_top_k(64),  # the penalties are slow on a whole vocabulary
            binding.llama_sampler_init_penalties(entries, *_REPETITION),
            binding.llama_sampler_init_greedy(),
        ):
            binding.llama_sampler_chain_add(self._greedy, step)

    @classmethod
    def open(cls, path: Path, *, context: int = 2048, threads: int | None = None) -> LanguageModel:
        """Load a model file; `context` in tokens, `threads` at most (None: chosen for this machine). Raises ModelError."""
        found = inspect(path)
        llama = library.load()
        settings = llama.llama_model_default_params()
        settings.n_gpu_layers = 0
        settings.load_mode = _NO_MMAP  # the weights are re-ordered for the processor: a mapping would hold them twice
        settings.check_tensors = True
        model = llama.llama_model_load_from_file(str(path).encode(), settings)
        if not model:
            if free_memory() < _AMPLE * found.memory_needed(context):  # it does not say why
                raise ShortageError(_scarce(path))
            raise ModelError(
                _("The model file {path} cannot be loaded: llama.cpp does not take it. Choose another model.").format(
                    path=path
                )
            )
        pace = Pace(threads or default_threads())
        wanted = llama.llama_context_default_params()
        wanted.n_ctx = min(context, found.context)
        wanted.n_batch = wanted.n_ubatch = _CHUNK
        wanted.n_seq_max = 1
        wanted.n_threads = wanted.n_threads_batch = pace.most
        wanted.offload_kqv = wanted.op_offload = False
        wanted.no_perf = True
        made = llama.llama_init_from_model(model, wanted)
        if not made:
            llama.llama_model_free(model)
            raise ShortageError(_scarce(path))
        return cls(binding=llama, model=model, context=made, format_=chat.FORMATS[found.chat_format], pace=pace)

    def generate(
        self, system: str, user: str, *, max_tokens: int, cancelled: Callable[[], bool], opening: str = ""
    ) -> Iterator[str]:
        """The answer in pieces as they are computed, always the likeliest words.

        `opening` is put into the model's mouth and not repeated in the pieces. Ends at the end of the model's turn, at
        `max_tokens`, at the end of the context, in a loop of words, or within a fifth of a second of `cancelled`; the
        model can be used again at once. Raises ModelError, also when the prompt does not fit the context.
        """
        with self._turn(cancelled) as stopped:
            prompt, ends = self._prompt(system, user, opening)
            if stopped() or not self._read_prompt(prompt, ends, stopped):
                return
            decoder = codecs.getincrementaldecoder("utf-8")("ignore")
            given: list[int] = []
            self._llama.llama_sampler_reset(self._greedy)
            for _ in range(min(max_tokens, self._size - len(prompt))):
                token = int(self._llama.llama_sampler_sample(self._greedy, self._context, -1))
                if self._llama.llama_vocab_is_eog(self._vocabulary, token):
                    break
                if piece := decoder.decode(self._bytes(token)):
                    yield piece
                given.append(token)
                began = time.perf_counter()
                if stopped() or _loops(given) or len(self._read) >= self._size or not self._decode([token]):
                    break
                self._work += Work(written=1, writing=time.perf_counter() - began)

    def prefetch(self, system: str, user: str = "", *, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Read a prompt ahead, so that a `generate` which starts alike begins at once. Raises ModelError."""
        with self._turn(cancelled) as stopped:
            prompt, ends = self._prompt(system, user, "") if user else self._prompt(system, "", "", whole=False)
            if not stopped():
                self._read_prompt(prompt, ends, stopped)

    @property
    def work(self) -> Work:
        """What was computed so far: what was kept from the prompt before is not among it."""
        return self._work

    def close(self) -> None:
        """Stop what is being generated and free the memory; the model cannot be used afterwards."""
        self._closing = True
        # An answer that its reader left half read keeps the model; its memory then goes with the process.
        if self._context is not None and self._lock.acquire(timeout=5):
            self._llama.llama_sampler_free(self._greedy)
            self._llama.llama_free(self._context)
            self._llama.llama_model_free(self._model)
            self._context = self._model = None
            self._lock.release()

    @contextlib.contextmanager
    def _turn(self, cancelled: Callable[[], bool]) -> Iterator[Callable[[], bool]]:
        """Hold the model, and have a watcher stop the computation once `cancelled`; yields whether it is."""
        stopped = False
        while not (taken := self._lock.acquire(timeout=_POLL)):
            if self._closing or cancelled():
                stopped = True
                break
        if stopped and not taken:
            yield lambda: True
            return
        finished = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(cancelled, finished), name="llm-watch", daemon=True)
        try:
            if self._context is None or self._closing:
                raise ModelError(_("The language model is closed. Ask again after loading it."))
            self._stop[0] = b"\0"
            watcher.start()
            yield lambda: self._closing or cancelled()
        finally:
            finished.set()
            if watcher.is_alive():
                watcher.join()
            self._lock.release()

    def _watch(self, cancelled: Callable[[], bool], finished: threading.Event) -> None:
        while not finished.wait(_POLL):
            if self._closing or cancelled():
                self._stop[0] = b"\1"
                return

    def _prompt(self, system: str, user: str, opening: str, *, whole: bool = True) -> tuple[list[int], list[int]]:
        """The tokens of a prompt (or of its instructions alone), and where its parts end: the instructions, paragraphs of the
        user's turn, the whole. The last paragraph is a part of its own: it is what changes while a question is typed.
        """
        parts = self._format.parts(system, "")
        begin = [int(self._llama.llama_vocab_bos(self._vocabulary))] * bool(
            self._llama.llama_vocab_get_add_bos(self._vocabulary)
        )
        prompt = begin + self._tokens(parts[:2])
        ends = [len(prompt)]
        if whole:
            prompt += self._tokens(parts[2:3])
            *paragraphs, last = user.split("\n\n")
            for number, paragraph in enumerate(paragraphs, 1):
                prompt += self._tokens([(f"{paragraph}\n\n", False)])
                if len(prompt) - ends[-1] >= _LEAST_PART or number == len(paragraphs):
                    ends.append(len(prompt))
            prompt += self._tokens([(last, False), *parts[4:], (opening, False)])
            ends.append(len(prompt))
        if len(prompt) > self._size - _LEAST_ROOM:
            raise ModelError(
                _(
                    "The question and its evidence are {count:,.0f} tokens long and the model takes {size:,.0f}. Ask a shorter question."
                ).format(count=Number(len(prompt)), size=Number(self._size - _LEAST_ROOM))
            )
        return prompt, ends

    def _tokens(self, parts: Sequence[tuple[str, bool]]) -> list[int]:
        """Tokens of the pieces; only pieces that are ours may become markers of the conversation."""
        llama, tokens = self._llama, list[int]()
        for text, special in parts:
            data = text.encode("utf-8", "replace")
            buffer = (ctypes.c_int32 * (len(data) + 8))()
            count = llama.llama_tokenize(self._vocabulary, data, len(data), buffer, len(buffer), False, special)
            if count < 0:
                raise ModelError(_("The question cannot be split into the model's tokens. Ask it in other words."))
            tokens += [token for token in buffer[:count] if special or not self._marks(token)]
        return tokens

    def _marks(self, token: int) -> bool:
        """Whether a token could be read as structure: some files declare role markers as ordinary user-defined tokens."""
        attributes = self._llama.llama_vocab_get_attr(self._vocabulary, token)
        if attributes & _USER_DEFINED:
            text = (self._llama.llama_vocab_get_text(self._vocabulary, token) or b"").strip()
            return text[:1] in {b"<", b"["} and text[-1:] in {b">", b"]"}
        return bool(attributes & _CONTROL) or bool(self._llama.llama_vocab_is_eog(self._vocabulary, token))

    def _read_prompt(self, prompt: list[int], ends: Sequence[int], stopped: Callable[[], bool]) -> bool:
        """Bring the context to hold exactly `prompt`, keeping what it has in common; False if it was stopped.

        A prompt is always read in the same steps, none across one of `ends`, and only whole steps are kept: sums of
        floats depend on how they are grouped, and the same question must get the same answer whatever was asked before.
        (On a busy machine it may still get other words: sums over one token are grouped by threads, and their number
        changes.)
        """
        steps = [
            min(step, end)
            for start, end in pairwise((0, *ends))
            for step in range(start + _CHUNK, end + _CHUNK, _CHUNK)
        ]
        if self._known and self._read == prompt and self._steps == steps:
            return True  # read ahead and nothing written since: what comes next is known already
        kept = 0
        for old, new in zip(self._steps, steps, strict=False):
            if old != new or new == len(prompt) or self._read[kept:new] != prompt[kept:new]:
                break
            kept = new
        kept = self._forget(kept)
        self._steps = [step for step in steps if step <= kept]
        for end in steps[len(self._steps) :]:
            began = time.perf_counter()
            if stopped() or not self._decode(prompt[kept:end]):
                return False
            self._work += Work(read=end - kept, reading=time.perf_counter() - began)
            kept = end
            self._steps.append(end)
        return True

    def _forget(self, keep: int) -> int:
        """Drop what the context holds after the first `keep` tokens, or all of it where a model cannot; what is kept."""
        if not self._llama.llama_memory_seq_rm(self._memory, 0, keep, -1):
            self._llama.llama_memory_clear(self._memory, True)
            keep = 0
        self._known = self._known and keep == len(self._read)
        del self._read[keep:]
        return keep

    def _decode(self, tokens: list[int]) -> bool:
        """Compute these tokens after those that were read; False if it was aborted, and then nothing was added."""
        threads = self._pace.threads()
        if threads != self._threads:
            self._llama.llama_set_n_threads(self._context, threads, threads)
            self._threads = threads
        self._known = False
        buffer = (ctypes.c_int32 * len(tokens))(*tokens)
        code = self._llama.llama_decode(self._context, self._llama.llama_batch_get_one(buffer, len(tokens)))
        if code == 0:
            self._read += tokens
            self._known = True
            return True
        self._forget(len(self._read))
        if code == _ABORTED:
            return False
        raise ModelError(
            _("The language model stopped working (llama.cpp code {code}). Ask again or restart Fieldfare.").format(
                code=code
            )
        )

    def _bytes(self, token: int) -> bytes:
        buffer = ctypes.create_string_buffer(256)
        count = self._llama.llama_token_to_piece(self._vocabulary, token, buffer, len(buffer), 0, False)
        return buffer.raw[: max(0, count)]


def _loops(tokens: Sequence[int]) -> bool:
    """Whether the end of `tokens` is one run of words three times over."""
    return any(
        tokens[-length:] == tokens[-2 * length : -length] == tokens[-3 * length : -2 * length]
        for length in range(_LOOP // 3, min(4 * _LOOP, len(tokens) // 3) + 1)
    )


def _scarce(path: Path) -> str:
    return _("There is not enough memory for the model {path}. Close other programs and try again.").format(path=path)
