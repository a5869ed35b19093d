"""Language packages as Argos Translate publishes them, with a network set by hand: it says word for word what a lexicon says.

One attention looks at the word of its own place, the output is a table of words; whatever is unknown is copied, because
packages are decoded so. So a test knows what must come out, and a package is made in a moment. With `layers`, `width` and
`vocabulary` it has the size of a published one, whose other layers compute and add nothing.
"""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PLACES = 200  # positions that the network knows
UNKNOWN, BEGIN, END = "<unk>", "<s>", "</s>"
MARKS = (".", ",", ":", "?", "!", ";")
GERMAN = {  # English to what may stand for it, the best first
    "tighten": ("anziehen", "festziehen"), "open": ("öffnen",), "close": ("schließen",), "the": ("die", "der"), "nut": ("Mutter",),
    "bolt": ("Schraube", "Bolzen"), "cover": ("Abdeckung",), "pump": ("Pumpe",), "valve": ("Ventil",), "to": ("auf",),
    "with": ("mit",), "not": ("nicht",), "do": ("bitte",), "and": ("und",), "hot": ("heiß",), "is": ("ist",), "a": ("eine",),
    "oil": ("Öl",), "check": ("prüfen",), "before": ("vor",), "page": ("Seite",), "see": ("siehe",), "fault": ("Fehler",),
    "no": ("kein",), "left": ("links",), "right": ("rechts",), "without": ("ohne",), "water": ("Wasser",),
}  # fmt: skip


def write_package(
    file: Path,
    source: str = "en",
    target: str = "de",
    lexicon: Mapping[str, Sequence[str]] = GERMAN,
    *,
    version: str = "1.0",
    bpe: bool = False,
    prefix: str = "",
    layers: int = 1,
    width: int = 0,
    vocabulary: int = 0,
    heads: int = 1,
    metadata: Mapping[str, object] | None = None,
    extra: Mapping[str, bytes] | None = None,
) -> Path:
    """Write a package and return its file; `metadata` and `extra` change what its metadata.json says and what lies in it."""
    words = _with_marks(lexicon)
    spoken = {word for one in words.values() for word in one}
    if bpe:
        codes, tokens, table = _codes(words)
        pieces = {"bpe.model": codes.encode()}
    else:
        pieces = {"sentencepiece.model": _train_pieces([*words, *spoken])}
        tokens = [UNKNOWN, BEGIN, END, *sorted({f"▁{word}" for word in (*words, *spoken)})]
        table = {f"▁{word}": tuple(f"▁{one}" for one in meant) for word, meant in words.items()}
    if prefix:
        tokens = [*tokens, prefix]
    about = {
        "package_version": version, "argos_version": "1.9", "from_code": source, "from_name": source.upper(), "to_code": target,
        "to_name": target.upper(), "type": "translate", **({"target_prefix": prefix} if prefix else {}), **(metadata or {}),
    }  # fmt: skip
    top = f"translate-{source}_{target}-{version.replace('.', '_')}"
    with tempfile.TemporaryDirectory() as place:
        _write_model(
            Path(place),
            tokens,
            table,
            shifted=bool(prefix),
            layers=layers,
            width=width,
            vocabulary=vocabulary,
            heads=heads,
        )
        members = {
            "metadata.json": json.dumps(about).encode(),
            **pieces,
            **{f"model/{one.name}": one.read_bytes() for one in sorted(Path(place).iterdir())},
            **(extra or {}),
        }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{top}/", b"")
        for name, data in members.items():
            archive.writestr(f"{top}/{name}", data)
    return file


def _with_marks(lexicon: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The lexicon with capital letters, and with the marks that may follow a word."""
    made = {}
    for word, meant in lexicon.items():
        for written, said in (
            (word, tuple(meant)),
            (word.capitalize(), tuple(one[0].upper() + one[1:] for one in meant)),
        ):
            for mark in ("", *MARKS):
                made.setdefault(written + mark, tuple(one + mark for one in said))
    return made


def _train_pieces(words: list[str]) -> bytes:
    import sentencepiece

    made = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(words * 2), model_writer=made, model_type="word", vocab_size=len(set(words)) + 3,
        hard_vocab_limit=False, character_coverage=1.0, minloglevel=2, normalization_rule_name="identity",
    )  # fmt: skip
    return made.getvalue()


def _codes(words: Mapping[str, Sequence[str]]) -> tuple[str, list[str], dict[str, tuple[str, ...]]]:
    """Codes that join each word whole, the vocabulary, and the lexicon without marks: they are words of their own here."""
    plain = {word: one for word, one in words.items() if word[-1] not in MARKS}
    codes: dict[str, None] = {}
    for word in sorted(plain):
        made = word[0]
        for at, letter in enumerate(word[1:], 1):
            ending = "</w>" if at == len(word) - 1 else ""
            codes.setdefault(f"{made} {letter}{ending}")
            made += letter + ending
    letters = sorted(set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789äöüßÄÖÜ.,:;?!()/%-°·"))
    copied = [piece for one in letters for piece in (one, f"{one}@@")]
    spoken = sorted({one for meant in plain.values() for one in meant})
    tokens = [UNKNOWN, BEGIN, END, *dict.fromkeys([*copied, *sorted(plain), *spoken])]
    return "#version: 0.2\n" + "\n".join(codes) + "\n", tokens, {one: (one,) for one in copied} | dict(plain)


def _write_model(
    place: Path,
    tokens: list[str],
    table: Mapping[str, Sequence[str]],
    *,
    shifted: bool,
    layers: int,
    width: int,
    vocabulary: int,
    heads: int,
) -> None:
    """The network: states hold the word (A), its place (B) and, after the attention, the word at that place (C).

    A and C are random directions of the words, B is one dimension a place.
    """
    from ctranslate2 import specs

    tokens = [*tokens, *(f"unused{number}" for number in range(vocabulary - len(tokens)))]
    known = {token: number for number, token in enumerate(tokens)}
    part = 128
    numbers = np.random.default_rng(5)
    depth = max(width, 2 * part + PLACES)
    depth += -depth % heads
    word = numbers.standard_normal((len(tokens), part)).astype(np.float32)
    word /= np.linalg.norm(word, axis=1, keepdims=True)
    size = 8.0
    embeddings = np.zeros((len(tokens), depth), dtype=np.float32)
    embeddings[:, :part] = size * word
    places = np.zeros((PLACES + 1, depth), dtype=np.float32)
    places[range(PLACES), range(2 * part, 2 * part + PLACES)] = size
    places[PLACES] = places[PLACES - 1]
    spec = specs.TransformerSpec.from_config(layers, heads, pre_norm=True)
    for side in (spec.encoder, spec.decoder):
        side.scale_embeddings = False
        own = side.embeddings[0] if isinstance(side.embeddings, list) else side.embeddings
        own.weight = embeddings
        side.position_encodings.encodings = places
        _plain(side.layer_norm, depth)
    if shifted:  # the first piece of the target is given, and the second one says the first word
        spec.decoder.position_encodings.encodings = np.concatenate([places[:1], places[:-1]])
    for number, layer in enumerate((*spec.encoder.layer, *spec.decoder.layer)):
        _idle(layer.self_attention, depth, numbers, [3 * depth])
        _idle(layer.ffn, depth, numbers, [])
        inner = 4 * depth if width else depth
        layer.ffn.linear_0.weight = (numbers.standard_normal((inner, depth)) / 50).astype(np.float32)
        layer.ffn.linear_0.bias = np.zeros(inner, dtype=np.float32)
        layer.ffn.linear_1.weight = np.zeros((depth, inner), dtype=np.float32)
        layer.ffn.linear_1.bias = np.zeros(depth, dtype=np.float32)
        if number >= layers:
            _idle(layer.attention, depth, numbers, [depth, 2 * depth])
    # Where to look: every head compares places as its share of them; one place is found by all of its dimensions.
    look = spec.decoder.layer[-1].attention  # the last one: what is unknown is copied from where it looks
    query, pair, out = (
        np.zeros(shape, dtype=np.float32) for shape in ((depth, depth), (2 * depth, depth), (depth, depth))
    )
    head = depth // heads
    span = range(2 * part, 2 * part + PLACES)
    codes = _place_codes(numbers, head)
    for one in range(heads):
        query[one * head : (one + 1) * head, span] = codes.T * 6
        pair[one * head : (one + 1) * head, span] = codes.T * 6
    pair[depth : depth + part, :part] = np.eye(part)
    out[part : 2 * part, :part] = np.eye(part) * 4
    for linear, weight in zip(look.linear, (query, pair, out), strict=True):
        linear.weight, linear.bias = weight, np.zeros(len(weight), dtype=np.float32)
    # What to say: the output of a word is the directions of those words that it stands for.
    meaning = {token: (token,) for token in tokens[:3]} | dict(table)
    output = np.zeros((len(tokens), depth), dtype=np.float32)
    for token, meant in meaning.items():
        for rank, one in enumerate(meant):
            output[known[one], part : 2 * part] += word[known[token]] * (1 - 0.15 * rank) * 6
    spec.decoder.projection.weight = output
    bias = np.zeros(len(tokens), dtype=np.float32)
    bias[[number for token, number in known.items() if token.startswith("unused") or token == BEGIN]] = -50
    spec.decoder.projection.bias = bias
    spec.register_source_vocabulary(tokens)
    spec.register_target_vocabulary(tokens)
    spec.config.add_source_eos = True
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(place))


def _place_codes(numbers: np.random.Generator, head: int) -> np.ndarray:
    """A direction of unit length for each place, (PLACES, head)."""
    codes = numbers.standard_normal((PLACES, head)).astype(np.float32)
    if head >= PLACES:
        codes = np.eye(PLACES, head, dtype=np.float32)
    return np.asarray(codes / np.linalg.norm(codes, axis=1, keepdims=True))


def _plain(norm: object, depth: int) -> None:
    norm.gamma = np.ones(depth, dtype=np.float32)  # type: ignore[attr-defined]
    norm.beta = np.zeros(depth, dtype=np.float32)  # type: ignore[attr-defined]


def _idle(part: object, depth: int, numbers: np.random.Generator, inputs: list[int]) -> None:
    """An attention that computes and adds nothing: what goes out of it is multiplied by nought."""
    _plain(part.layer_norm, depth)  # type: ignore[attr-defined]
    for linear, size in zip(getattr(part, "linear", ()), [*inputs, depth], strict=False):
        last = linear is part.linear[-1]  # type: ignore[attr-defined]
        linear.weight = (
            np.zeros((size, depth), np.float32)
            if last
            else (numbers.standard_normal((size, depth)) / 50).astype(np.float32)
        )
        linear.bias = np.zeros(size, dtype=np.float32)


SENTENCES = {
    "zh": "打开盖板之前，请关闭主开关Q0，并等待5分钟，直到电容器放电完毕。",
    "ja": "カバーを開ける前に、主電源スイッチQ0を切り、5分間待ってください。",
    "ko": "덮개를 열기 전에 주 스위치 Q0을 끄고 5분 동안 기다리십시오.",
    "ar": "قبل فتح الغطاء، أوقف المفتاح الرئيسي Q0 وانتظر 5 دقائق حتى تفرغ المكثفات.",
    "he": "לפני פתיחת המכסה, כבה את המתג הראשי Q0 והמתן 5 דקות.",
    "hi": "कवर खोलने से पहले मुख्य स्विच Q0 बंद करें और 5 मिनट प्रतीक्षा करें।",
    "th": "ก่อนเปิดฝาครอบให้ปิดสวิตช์หลัก Q0และรออย่างน้อย 5 นาทีเพื่อให้ตัวเก็บประจุคายประจุ",
    "km": "មុនពេលបើកគម្របសូមបិទកុងតាក់មេ Q0ហើយរង់ចាំ 5 នាទីដើម្បីឱ្យកុងដង់សាទ័រទម្លាក់បន្ទុក។",
    "lo": "ກ່ອນເປີດຝາກະລຸນາປິດສະວິດຫຼັກ Q0ແລະລໍຖ້າ 5 ນາທີ",
    "my": "အဖုံးမဖွင့်မီ ပင်မခလုတ် Q0ကိုပိတ်ပြီး 5 မိနစ်စောင့်ပါ။",
    "vi": "Trước khi mở nắp, hãy tắt công tắc chính Q0 và đợi 5 phút.",
}
"""One instruction with a code and a duration, in scripts of every kind."""
