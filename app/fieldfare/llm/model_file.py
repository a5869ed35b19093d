"""What a model file (GGUF) is, read from its header alone, and whether it may be used on this machine.

llama.cpp trusts the file that it loads; this reader does not. Every count is bounded by the bytes that are left, so a
truncated or hostile file is refused with a sentence before a C parser sees it.
"""

from __future__ import annotations

import hashlib
import mmap
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from fieldfare.catalogue import Number, _
from fieldfare.errors import ModelError, ShortageError
from fieldfare.llm import chat
from fieldfare.llm.library import check_processor

if TYPE_CHECKING:
    from pathlib import Path

MAX_PARAMETERS = 2_000_000_000  # a field laptop's model is smaller; a larger one is refused
CONTEXTS = (2048, 1024)  # tokens: instructions, excerpts and an answer take 700 at most, the rest is kept from before
_MAX_KEYS, _MAX_TENSORS, _MAX_DIMENSIONS, _MAX_LAYERS = 4096, 65_536, 4, 1024
_FORMATS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
# Kinds of weights: number: (name, weights in a block, bytes in a block), as ggml defines them.
_KINDS = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20), 6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 36), 10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144), 13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98), 19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110), 22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1), 25: ("I16", 1, 2), 26: ("I32", 1, 4), 27: ("I64", 1, 8), 28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56), 30: ("BF16", 1, 2), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66), 39: ("MXFP4", 32, 17),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """A language model as its header describes it. Sizes are in bytes, `context` in tokens."""

    name: str
    architecture: str
    parameters: int
    quantisation: str
    context: int
    layers: int
    width: int
    heads: int
    kv_heads: int
    head_width: int
    feed_forward: int
    vocabulary: int
    chat_format: str
    weights_size: int
    file_size: int

    def memory_needed(self, context: int = 2048) -> int:
        """About how many bytes the process grows by when the model is loaded and has read a prompt of `context` tokens.

        Weights, keys and values in 16 bits, one chunk's activations and scores, and the library's own tables.
        """
        kept = 2 * 2 * self.layers * context * self.kv_heads * self.head_width
        chunk = 4 * 256 * (6 * self.width + 3 * self.feed_forward + self.heads * context)
        tables = 200 * self.vocabulary + 8 * self.vocabulary + 20_000_000
        return self.weights_size + kept + chunk + tables

    def describe(self) -> str:
        """A line for a person."""
        return _(
            "{name}: {parameters:,.0f} million parameters, {quantisation}, {file_size:,.0f} MB, context {context:,.0f} tokens, {chat_format} conversation, needs about {needed:,.0f} MB of memory"
        ).format(
            name=self.name or self.architecture,
            parameters=Number(self.parameters / 1e6),
            quantisation=self.quantisation,
            file_size=Number(self.file_size / 1e6),
            context=Number(self.context),
            chat_format=self.chat_format,
            needed=Number(self.memory_needed() / 1e6),
        )


def inspect(path: Path) -> ModelFile:
    """Read the header of a GGUF file. Raises ModelError for whatever is not a whole, sound language model."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            if size < 24:
                _refuse(path, _("it is too short"))
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _Header(path, data, size).read()
    except OSError as error:
        raise ModelError(
            _("The model file {path} cannot be read ({reason}). Check the path.").format(
                path=path, reason=error.strerror or error
            )
        ) from error


def fitting_context(model_file: ModelFile, available_bytes: int) -> int:
    """How many tokens the model's context may hold in the memory that is free; the smallest of use where none fits."""
    return next((size for size in CONTEXTS if model_file.memory_needed(size) <= available_bytes), CONTEXTS[-1])


def check(model_file: ModelFile, available_bytes: int) -> None:
    """Raise ModelError where the model is too large for Fieldfare, ShortageError where its smallest context is for the memory
    that is free, ProcessorError where no model runs here.
    """
    check_processor()
    if model_file.parameters >= MAX_PARAMETERS:
        raise ModelError(
            _(
                "The model has {parameters:.1f} billion parameters; Fieldfare runs models below {most:.0f} billion, because larger ones are too slow on field devices. Choose a smaller one."
            ).format(parameters=Number(model_file.parameters / 1e9), most=MAX_PARAMETERS / 1e9)
        )
    needed = model_file.memory_needed(CONTEXTS[-1])
    if needed > available_bytes:
        raise ShortageError(
            _(
                "The model needs about {needed:,.0f} MB of memory and {free:,.0f} MB are free. Close other programs or choose a smaller model."
            ).format(needed=Number(needed / 1e6), free=Number(available_bytes / 1e6))
        )


def verify(path: Path, sha256: str) -> None:
    """Raise ModelError unless the file has this SHA-256 (64 hexadecimal digits)."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(
            _("The model file {path} cannot be read ({reason}). Check the path.").format(
                path=path, reason=error.strerror or error
            )
        ) from error
    if found != sha256.strip().lower():
        raise ModelError(
            _("The model file {path} is not the one expected: its SHA-256 is {found}. Fetch it again.").format(
                path=path, found=found
            )
        )


def _refuse(path: Path, why: str) -> NoReturn:
    raise ModelError(
        _("The model file {path} cannot be used: {why}. Choose a whole GGUF file of a language model.").format(
            path=path, why=why
        )
    )


class _Header:
    """A cursor over the mapped file that never reads past its end."""

    def __init__(self, path: Path, data: mmap.mmap, size: int) -> None:
        self._path, self._data, self._size, self._at = path, data, size, 0

    def read(self) -> ModelFile:
        if self._data[:4] != b"GGUF":
            _refuse(self._path, _("it is not a GGUF file"))
        self._at = 4
        version, tensors, keys = self._number("I"), self._number("Q"), self._number("Q")
        if version not in {2, 3}:
            _refuse(self._path, _("its GGUF version {version} is not known").format(version=version))
        if tensors > _MAX_TENSORS or keys > _MAX_KEYS or not tensors:
            _refuse(
                self._path, _("it announces {tensors} tensors and {keys} settings").format(tensors=tensors, keys=keys)
            )
        values = dict(self._setting() for _item in range(keys))
        return self._describe(values, *self._tensors(tensors, values))

    def _number(self, code: str) -> int:
        return int(struct.unpack("<" + code, self._bytes(struct.calcsize(code)))[0])

    def _bytes(self, count: int) -> bytes:
        end = self._at + count
        if count > self._size - self._at:
            _refuse(self._path, _("it is cut off or damaged"))
        piece, self._at = self._data[self._at : end], end
        return piece

    def _text(self, limit: int = 1 << 20) -> str:
        length = self._number("Q")
        if length > limit:
            _refuse(
                self._path,
                _("it holds a text of {length} bytes where {limit} are the most").format(length=length, limit=limit),
            )
        return self._bytes(length).decode("utf-8", "replace")

    def _setting(self) -> tuple[str, object]:
        key, kind = self._text(1 << 16), self._number("I")
        if kind != _ARRAY:
            return key, self._value(kind)
        kind, count = self._number("I"), self._number("Q")
        if kind == _STRING:
            if count > (self._size - self._at) // 8:
                _refuse(self._path, _("it is cut off or damaged"))
            return key, self._special_texts(count)
        if kind not in _FORMATS:
            _refuse(self._path, _("it holds a list of an unknown kind"))
        first = self._data[self._at : self._at + 8 * struct.calcsize(_FORMATS[kind])]
        self._bytes(count * struct.calcsize(_FORMATS[kind]))
        return key, (_FORMATS[kind], count, first)

    def _special_texts(self, count: int) -> tuple[int, tuple[str, ...]]:
        """How many texts a list has, and those that look like markers: the whole list of a vocabulary is not kept."""
        found: list[str] = []
        data, at, most, length_at = self._data, self._at, self._size - 8, struct.Struct("<Q").unpack_from
        for _item in range(count):
            if at > most:
                _refuse(self._path, _("it is cut off or damaged"))
            length = length_at(data, at)[0]
            at += 8
            if 2 < length <= 32 and data[at] in b"<[" and len(found) < 4096:
                found.append(data[at : at + length].decode("utf-8", "replace"))
            at += length
        self._at = at
        self._bytes(0)
        return count, tuple(found)

    def _value(self, kind: int) -> object:
        if kind == _STRING:
            return self._text()
        if kind not in _FORMATS:
            _refuse(self._path, _("it holds a setting of the unknown kind {kind}").format(kind=kind))
        code = _FORMATS[kind]
        return struct.unpack("<" + code, self._bytes(struct.calcsize(code)))[0]

    def _tensors(self, count: int, values: dict[str, object]) -> tuple[int, dict[str, int]]:
        """The number of weights and the bytes of each kind; checks that all of them are in the file."""
        parameters, end, sizes = 0, 0, dict[str, int]()
        for _item in range(count):
            name, dimensions = self._text(1 << 10), self._number("I")
            if not 0 < dimensions <= _MAX_DIMENSIONS:
                _refuse(
                    self._path,
                    _("its tensor {name!r} has {dimensions} dimensions").format(name=name[:40], dimensions=dimensions),
                )
            elements = 1
            for _item in range(dimensions):
                elements *= self._number("Q")
            kind, offset = self._number("I"), self._number("Q")
            if kind not in _KINDS:
                _refuse(self._path, _("its weights are of a kind ({kind}) that is not known here").format(kind=kind))
            label, block, block_size = _KINDS[kind]
            if not 0 < elements < 1 << 48 or elements % block:
                _refuse(self._path, _("its tensor {name!r} has an impossible shape").format(name=name[:40]))
            size = elements // block * block_size
            parameters += elements
            sizes[label] = sizes.get(label, 0) + size
            end = max(end, offset + size)
        alignment = values.get("general.alignment", 32)
        if not isinstance(alignment, int) or not 8 <= alignment <= 1 << 20 or alignment & (alignment - 1):
            _refuse(self._path, _("its alignment is impossible"))
        start = -(-self._at // alignment) * alignment
        if start + end > self._size:
            _refuse(
                self._path,
                _("it is cut off: {announced:,.0f} bytes are announced, {size:,.0f} are there").format(
                    announced=Number(start + end), size=Number(self._size)
                ),
            )
        return parameters, sizes

    def _describe(self, values: dict[str, object], parameters: int, sizes: dict[str, int]) -> ModelFile:
        architecture = values.get("general.architecture")
        if not isinstance(architecture, str) or not architecture:
            _refuse(self._path, _("it does not name its architecture"))

        def integer(key: str, default: int | None = None, most: int = 1 << 24) -> int:
            value = values.get(f"{architecture}.{key}", default)
            if isinstance(value, tuple) and len(value) == 3 and value[1]:  # a number a layer: the first stands for all
                value = struct.unpack_from("<" + value[0], value[2])[0]
            if not isinstance(value, int) or not 0 < value <= most:
                _refuse(self._path, _("its {key} is missing or impossible").format(key=key.replace("_", " ")))
            return value

        width, heads = integer("embedding_length"), integer("attention.head_count", most=1 << 12)
        tokens = values.get("tokenizer.ggml.tokens", (0, ()))
        if not isinstance(tokens, tuple) or len(tokens) != 2 or not tokens[0]:
            _refuse(self._path, _("it has no vocabulary"))
        template, name = values.get("tokenizer.chat_template", ""), values.get("general.name", "")
        return ModelFile(
            name="".join(filter(str.isprintable, str(name)))[:80],
            architecture="".join(filter(str.isprintable, architecture))[:40],
            parameters=parameters,
            quantisation=max(sizes, key=sizes.__getitem__),
            context=integer("context_length"),
            layers=integer("block_count", most=_MAX_LAYERS),
            width=width,
            heads=heads,
            kv_heads=integer("attention.head_count_kv", heads, most=1 << 12),
            head_width=integer("attention.key_length", max(1, width // heads), most=1 << 14),
            feed_forward=integer("feed_forward_length", 4 * width),
            vocabulary=tokens[0],
            chat_format=chat.detect(template if isinstance(template, str) else "", tokens[1]).name,
            weights_size=sum(sizes.values()),
            file_size=self._size,
        )
