"""Train a small translator of English and German, and write it as two Argos packages.

    python scripts/train/translator.py PARALLEL.tsv OUT [--unseen DEV.tsv …] [--minutes 40]

PARALLEL is a table with the columns `en` and `de` (or `other`); what stands in the files of --unseen is left out, to be
measured on. Beside it stand pairs made by rule (translator_sentences). One network learns both directions; which one is
meant is the first token of the target, as `target_prefix` of a package says it. The last state in OUT is gone on with.
Needs torch, sentencepiece, ctranslate2 and numpy; nothing of it is on the device but the packages' reader.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import math
import random
import re
import tempfile
import time
import zipfile
from pathlib import Path

import ctranslate2
import numpy as np
import sentencepiece
import torch
from ctranslate2 import specs
from torch import nn
from torch.nn import functional
from translator_sentences import Writer

WIDTH, HEADS, INNER, ENCODERS, DECODERS = 128, 4, 512, 3, 2
PIECES = 2400
LONGEST = 160  # tokens of a sentence
POSITIONS = 512  # of the written model, whose positions are computed and so hold beyond what was trained
STEP = 8  # tokens: lengths are rounded up to it, because each new shape costs the engine a compilation
BATCH_TOKENS = 1200
PAD, BEGIN, END = 3, 1, 2
LANGUAGES = {"en": "English", "de": "German"}
TAGS = {code: f"<2{code}>" for code in LANGUAGES}
MADE_SHARE = 0.7  # of the sentences of an epoch are made by rule
MASKED_SHARE = 0.15  # of the pairs are learned behind masks
SAVE_EVERY = 240  # seconds
_MASKABLE = re.compile(r"(?<!\w)(?:[A-Z]+-?)?\d[\w.,-]*\w|(?<!\w)[A-Z][A-Z0-9]{1,5}(?!\w)|(?<!\w)\d(?!\w)")


def positions(count: int = LONGEST) -> np.ndarray:
    """Sines and cosines, (count, WIDTH)."""
    at = np.arange(count)[:, None] * np.exp(-math.log(10000) * np.arange(WIDTH // 2) / (WIDTH // 2))[None, :]
    return np.concatenate([np.sin(at), np.cos(at)], axis=1).astype(np.float32)


class Attention(nn.Module):
    """Attention of states to themselves, or of a decoder to the encoder's states."""

    def __init__(self, *, crossed: bool) -> None:
        super().__init__()
        self.crossed = crossed
        self.norm = nn.LayerNorm(WIDTH)
        if crossed:
            self.query, self.pair = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 2 * WIDTH)
        else:
            self.all = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)

    def forward(self, states: torch.Tensor, mask: torch.Tensor, memory: torch.Tensor | None = None) -> torch.Tensor:
        normal = self.norm(states)
        if memory is not None:
            q, (k, v) = self.query(normal), self.pair(memory).chunk(2, -1)
        else:
            q, k, v = self.all(normal).chunk(3, -1)
        q, k, v = (one.unflatten(-1, (HEADS, -1)).transpose(1, 2) for one in (q, k, v))
        close = torch.matmul(q * q.shape[-1] ** -0.5, k.transpose(-1, -2)) + mask.to(q.dtype)
        mixed = torch.matmul(functional.softmax(close, -1, dtype=close.dtype), v).transpose(1, 2).flatten(2)
        return states + self.out(mixed)


class Feed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm, self.up, self.down = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        return states + functional.dropout(self.down(functional.relu(self.up(self.norm(states)))), 0.1, self.training)


class Network(nn.Module):
    """A transformer with one table of embeddings for both languages and the output."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(PIECES, WIDTH)
        nn.init.normal_(self.table.weight, std=WIDTH**-0.5)
        self.register_buffer("positions", torch.from_numpy(positions()))
        self.encoder = nn.ModuleList(nn.ModuleList([Attention(crossed=False), Feed()]) for _ in range(ENCODERS))
        self.encoder_norm = nn.LayerNorm(WIDTH)
        self.decoder = nn.ModuleList(
            nn.ModuleList([Attention(crossed=False), Attention(crossed=True), Feed()]) for _ in range(DECODERS)
        )
        self.decoder_norm = nn.LayerNorm(WIDTH)

    def embed(self, ids: torch.Tensor) -> torch.Tensor:
        states = self.table(ids) * WIDTH**0.5 + self.positions[: ids.shape[1]]
        return functional.dropout(states, 0.1, self.training)

    def forward(self, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        hidden = torch.where(source == PAD, -1e4, 0.0)[:, None, None, :]
        later = torch.full((target.shape[1],) * 2, -1e4).triu(1)
        memory = self.embed(source)
        for attention, feed in self.encoder:
            memory = feed(attention(memory, hidden))
        memory = self.encoder_norm(memory)
        states = self.embed(target)
        for own, across, feed in self.decoder:
            states = feed(across(own(states, later), hidden, memory))
        return self.decoder_norm(states) @ self.table.weight.T


def read_pairs(file: Path, unseen: list[Path]) -> list[tuple[str, str]]:
    """The pairs of a table that are in both languages and in no unseen file; long paragraphs come sentence by sentence too."""
    kept = {text for one in unseen for row in rows_of(one) for text in (row["en"], row.get("de") or row["other"])}
    german = re.compile(r"\b(?:der|die|das|und|nicht|wird|ist|für|mit)\b")
    pairs = []
    for row in rows_of(file):
        en, de = row["en"].strip(), (row.get("de") or row["other"]).strip()
        if en in kept or de in kept or en == de or len(german.findall(en)) >= 2:
            continue
        parts = [re.split(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ*\[`])", text) for text in (en, de)]
        pairs.append((en, de))
        if 1 < len(parts[0]) == len(parts[1]):
            pairs += zip(*parts, strict=True)
    return pairs


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def learn_pieces(pairs: list[tuple[str, str]], writer: Writer, folder: Path) -> None:
    texts = [text for pair in pairs for text in pair] + [text for _ in range(6000) for text in writer.pair()]
    made = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts), model_writer=made, vocab_size=PIECES, model_type="unigram", byte_fallback=True,
        split_digits=True, character_coverage=1.0, user_defined_symbols=list(TAGS.values()), pad_id=PAD, unk_id=0,
        bos_id=BEGIN, eos_id=END, max_sentence_length=20000, num_threads=1, minloglevel=2,
        normalization_rule_name="identity",
    )  # fmt: skip
    (folder / "sentencepiece.model").write_bytes(made.getvalue())


def batches(
    examples: list[tuple[list[int], list[int]]], chance: random.Random
) -> list[list[tuple[list[int], list[int]]]]:
    """Batches of like length in random order."""
    chance.shuffle(examples)
    examples.sort(key=lambda one: (len(one[1]) // 4, len(one[0]) // 4))
    made: list[list[tuple[list[int], list[int]]]] = []
    widest = 0
    for one in examples:
        widest = max(widest, len(one[0]), len(one[1]))
        if not made or widest * (len(made[-1]) + 1) > BATCH_TOKENS:
            made.append([])
            widest = max(len(one[0]), len(one[1]))
        made[-1].append(one)
    chance.shuffle(made)
    return made


def padded(rows: list[list[int]]) -> torch.Tensor:
    longest = -(-max(map(len, rows)) // STEP) * STEP
    return torch.tensor([row + [PAD] * (longest - len(row)) for row in rows])


def with_masks(pair: tuple[str, str], chance: random.Random) -> tuple[str, str]:
    """A pair of texts with masks, as the translator puts them, for what is the same on both sides: numbers, codes, names."""
    texts = list(pair)
    same = [
        one
        for one in _MASKABLE.findall(pair[0])
        if all(len(re.findall(rf"(?<!\w){re.escape(one)}(?!\w)", text)) == 1 for text in pair)
    ]
    chosen = sorted((one for one in same if chance.random() < 0.7), key=pair[0].index)
    if sorted(chosen, key=pair[1].index) != chosen:
        return pair
    for number, one in enumerate(chosen):
        texts = [re.sub(rf"(?<!\w){re.escape(one)}(?!\w)", f"XZ{number}", text) for text in texts]
    return texts[0], texts[1]


def examples_of(
    pairs: list[tuple[str, str]], pieces: sentencepiece.SentencePieceProcessor
) -> list[tuple[list[int], list[int]]]:
    """Both directions of each pair, cut into pieces by chance, so that rare words are seen in several ways."""
    made = []
    for en, de in pairs:
        for source, target, code in ((en, de, "de"), (de, en, "en")):
            ids = pieces.encode(source, enable_sampling=True, alpha=0.3, nbest_size=-1)
            out = pieces.encode(target)
            if 0 < len(ids) < LONGEST and 0 < len(out) < LONGEST - 2:
                made.append(([*ids, END], [BEGIN, pieces.piece_to_id(TAGS[code]), *out, END]))
    return made


def train(options: argparse.Namespace) -> tuple[Network, Path]:
    """Train for some minutes; the network and the file of its pieces."""
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    chance = random.Random(options.seed)
    pairs = read_pairs(options.parallel, options.unseen)
    print(f"{len(pairs)} pairs of text", flush=True)
    options.out.mkdir(parents=True, exist_ok=True)
    vocabulary = options.out / "sentencepiece.model"
    if not vocabulary.is_file():
        learn_pieces(pairs, Writer(options.seed), options.out)
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(vocabulary))
    network = Network()
    print(f"{sum(one.numel() for one in network.parameters()) / 1e6:.1f} M weights", flush=True)
    optimiser = torch.optim.AdamW(network.parameters(), lr=options.rate, betas=(0.9, 0.98), weight_decay=0.01)
    spent, epoch = 0.0, 0
    state = options.out / "state.pt"
    if state.is_file():
        kept = torch.load(state, weights_only=True)
        network.load_state_dict(kept["network"])
        optimiser.load_state_dict(kept["optimiser"])
        spent, epoch = kept["spent"], kept["epoch"]
        print(f"going on after {spent / 60:.1f} minutes", flush=True)
    limit, saved, losses = options.minutes * 60, time.monotonic(), []
    while spent < limit:
        epoch += 1
        writer = Writer(options.seed * 1000 + epoch)
        made = [writer.pair() for _ in range(int(len(pairs) * MADE_SHARE / (1 - MADE_SHARE)))]
        learned = [with_masks(one, chance) if chance.random() < MASKED_SHARE else one for one in (*pairs, *made)]
        for batch in batches(examples_of(learned, pieces), chance):
            started = time.monotonic()
            done = min(spent / limit, 1.0)
            for group in optimiser.param_groups:
                group["lr"] = options.rate * min(1.0, done / 0.03 + 0.02) * 0.5 * (1 + math.cos(math.pi * done))
            source, target = padded([one[0] for one in batch]), padded([one[1] for one in batch])
            with torch.autocast("cpu", torch.bfloat16):
                logits = network(source, target[:, :-1].contiguous())
            loss = functional.cross_entropy(
                logits.flatten(0, 1).float(), target[:, 1:].flatten(), ignore_index=PAD, label_smoothing=0.1
            )
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            losses.append(float(loss.detach()))
            spent += time.monotonic() - started
            if time.monotonic() - saved > SAVE_EVERY or spent >= limit:
                saved = time.monotonic()
                torch.save(
                    {
                        "network": network.state_dict(),
                        "optimiser": optimiser.state_dict(),
                        "spent": spent,
                        "epoch": epoch,
                    },
                    state.with_suffix(".new"),
                )
                state.with_suffix(".new").replace(state)
                print(
                    f"{spent / 60:5.1f} min  epoch {epoch}  {len(losses)} steps  loss {np.mean(losses[-200:]):.3f}",
                    flush=True,
                )
            if spent >= limit:
                break
    return network.eval(), vocabulary


def fill(place: specs.model_spec.LayerSpec, module: nn.Module, name: str = "weight") -> None:
    """Copy a linear layer or a norm."""
    setattr(place, "gamma" if isinstance(module, nn.LayerNorm) else name, module.weight.detach().numpy())
    setattr(place, "beta" if isinstance(module, nn.LayerNorm) else "bias", module.bias.detach().numpy())


def specification(network: Network, tokens: list[str]) -> specs.TransformerSpec:
    """The network as CTranslate2 describes it."""
    spec = specs.TransformerSpec.from_config((ENCODERS, DECODERS), HEADS, pre_norm=True)
    table = network.table.weight.detach().numpy()
    for side in (spec.encoder, spec.decoder):
        embeddings = side.embeddings[0] if isinstance(side.embeddings, list) else side.embeddings
        embeddings.weight = table
        side.position_encodings.encodings = positions(POSITIONS)
    spec.decoder.projection.weight = table
    for places, modules in ((spec.encoder.layer, network.encoder), (spec.decoder.layer, network.decoder)):
        for place, (*attentions, feed) in zip(places, modules, strict=True):
            for own in attentions:
                target = place.attention if own.crossed else place.self_attention
                fill(target.layer_norm, own.norm)
                linears = [own.query, own.pair, own.out] if own.crossed else [own.all, own.out]
                for linear, module in zip(target.linear, linears, strict=True):
                    fill(linear, module)
            fill(place.ffn.layer_norm, feed.norm)
            fill(place.ffn.linear_0, feed.up)
            fill(place.ffn.linear_1, feed.down)
    fill(spec.encoder.layer_norm, network.encoder_norm)
    fill(spec.decoder.layer_norm, network.decoder_norm)
    spec.register_source_vocabulary(tokens)
    spec.register_target_vocabulary(tokens)
    spec.config.add_source_eos = True
    return spec


def write_packages(network: Network, vocabulary: Path, out: Path, version: str) -> list[Path]:
    """The two packages: the same network, another prefix."""
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(vocabulary))
    spec = specification(network, [pieces.id_to_piece(index) for index in range(len(pieces))])
    spec.validate()
    spec.optimize(quantization="int8")
    written = []
    with tempfile.TemporaryDirectory() as place:
        spec.save(place)
        for source, target in (("en", "de"), ("de", "en")):
            name = f"translate-{source}_{target}-{version.replace('.', '_')}"
            about = {
                "package_version": version, "argos_version": "1.9", "from_code": source, "from_name": LANGUAGES[source],
                "to_code": target, "to_name": LANGUAGES[target], "target_prefix": TAGS[target], "type": "translate",
            }  # fmt: skip
            file = out / f"{name}.argosmodel"
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for inside, data in (
                    ("metadata.json", json.dumps(about, indent=1).encode()),
                    ("sentencepiece.model", vocabulary.read_bytes()),
                    *((f"model/{one.name}", one.read_bytes()) for one in sorted(Path(place).iterdir())),
                ):
                    # One time for all: the same network gives the same bytes.
                    entry = zipfile.ZipInfo(f"{name}/{inside}", (2026, 1, 1, 0, 0, 0))
                    archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
            written.append(file)
    return written


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("parallel", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "--unseen", type=Path, nargs="*", default=[], help="tables to be measured on: never learned from"
    )
    parser.add_argument("--minutes", type=float, default=40, help="of training; the learning rate falls to nothing")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--version", default="1.0")
    options = parser.parse_args()
    network, vocabulary = train(options)
    for file in write_packages(network, vocabulary, options.out, options.version):
        print(f"{file} {file.stat().st_size / 1e6:.1f} MB (CTranslate2 {ctranslate2.__version__})")


if __name__ == "__main__":
    main()
