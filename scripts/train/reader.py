"""Train the reader: one small encoder that says whether a passage answers a question, and where.

    python scripts/train/reader.py DATA MODEL OUT

DATA is a folder of training sets (see docs/reader.md), MODEL an encoder of the BERT family to start from
(all-MiniLM-L6-v2), OUT the folder for `model.safetensors`, `config.json` and the tokenizer. The last checkpoint in OUT is
gone on with. Needs requirements/train.txt; `scripts/train/export_reader.py` makes the device's file of the result.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import shutil
import time
from pathlib import Path

import numpy as np
import torch
from reader_data import Choice, Example, Maker
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

MAX_TOKENS = 320
MAX_QUESTION = 64
BATCH_TOKENS = 4600
CHUNK = 6000  # examples that are put into batches together
STEP = 32  # tokens: lengths are rounded up to it, because each new shape costs the engine a compilation
SAVE_EVERY = 300  # seconds


class Layer(nn.Module):
    """One layer of BERT, in the order of its published weights."""

    def __init__(self, width: int, heads: int, inner: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.mixed = nn.Linear(width, width)
        self.mixed_norm = nn.LayerNorm(width, eps=1e-12)
        self.up = nn.Linear(width, inner)
        self.down = nn.Linear(inner, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """(batch, tokens, width) to the same; `mask` is 0 where there is a token, else very negative."""
        batch, tokens, width = states.shape
        q, k, v = self.qkv(states).view(batch, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        # Plain products: on a CPU the fused attention takes three times as long backwards.
        close = torch.matmul(q * q.shape[-1] ** -0.5, k.transpose(-1, -2)) + mask[:, None, None, :]
        mixed = torch.matmul(functional.softmax(close, -1, dtype=close.dtype), v)
        states = self.mixed_norm(states + self.mixed(mixed.transpose(1, 2).reshape(batch, tokens, width)))
        return self.norm(states + self.down(functional.gelu(self.up(states))))


class Reader(nn.Module):
    """BERT with two heads: from the first token whether the passage answers, from every token where."""

    def __init__(self, config: dict[str, int]) -> None:
        super().__init__()
        width = config["hidden_size"]
        self.word = nn.Embedding(config["vocab_size"], width)
        self.position = nn.Embedding(config["max_position_embeddings"], width)
        self.kind = nn.Embedding(2, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.layers = nn.ModuleList(
            Layer(width, config["num_attention_heads"], config["intermediate_size"])
            for _ in range(config["num_hidden_layers"])
        )
        self.answers = nn.Linear(width, 1)
        self.span = nn.Linear(width, 2)

    def forward(self, ids: torch.Tensor, kinds: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits: (batch) whether the passage answers, (batch, tokens, 2) where the answer starts and ends."""
        places = torch.arange(ids.shape[1])
        states = self.norm(self.word(ids) + self.position(places) + self.kind(kinds))
        hidden = torch.where(mask, 0.0, -1e4)
        hidden = hidden.bfloat16() if torch.is_autocast_enabled("cpu") else hidden
        for layer in self.layers:
            states = layer(states, hidden)
        return self.answers(states[:, 0]).squeeze(-1).float(), self.span(states).float()


_PARTS = (
    ("mixed", "attention.output.dense"),
    ("mixed_norm", "attention.output.LayerNorm"),
    ("up", "intermediate.dense"),
    ("down", "output.dense"),
    ("norm", "output.LayerNorm"),
)


def published(reader: Reader, weights: dict[str, torch.Tensor] | None = None) -> dict[str, torch.Tensor]:
    """The reader's weights under the names of `transformers`; with `weights` these are put into it first."""
    names = {
        "embeddings.word_embeddings.weight": reader.word.weight,
        "embeddings.position_embeddings.weight": reader.position.weight,
        "embeddings.token_type_embeddings.weight": reader.kind.weight,
        "embeddings.LayerNorm.weight": reader.norm.weight,
        "embeddings.LayerNorm.bias": reader.norm.bias,
        "answers.weight": reader.answers.weight,
        "answers.bias": reader.answers.bias,
        "span.weight": reader.span.weight,
        "span.bias": reader.span.bias,
    }
    for number, layer in enumerate(reader.layers):
        stem = f"encoder.layer.{number}"
        for which, tensor in (("weight", layer.qkv.weight), ("bias", layer.qkv.bias)):
            for part, piece in zip(("query", "key", "value"), tensor.data.chunk(3), strict=True):
                names[f"{stem}.attention.self.{part}.{which}"] = piece
        for ours, theirs in _PARTS:
            module = getattr(layer, ours)
            names[f"{stem}.{theirs}.weight"], names[f"{stem}.{theirs}.bias"] = module.weight, module.bias
    if weights:
        with torch.no_grad():
            for name, place in names.items():
                if name in weights:
                    place.copy_(weights[name])
    return {name: tensor.detach().contiguous().clone() for name, tensor in names.items()}


class Words:
    """Other words of the kind of a word: its neighbours in the table of word embeddings, though not the very nearest."""

    def __init__(self, tokenizer: Tokenizer, table: torch.Tensor) -> None:
        self._unit = functional.normalize(table.float() - table.float().mean(0), dim=1)
        self._vocabulary = tokenizer.get_vocab()
        self._names = {index: word for word, index in self._vocabulary.items()}
        self._known: dict[str, list[str]] = {}

    def similar(self, word: str, chance: random.Random) -> str | None:
        """A neighbour of `word`, None for a word that is no token."""
        if word not in self._known:
            near: list[str] = []
            if word in self._vocabulary:
                close = self._unit @ self._unit[self._vocabulary[word]]
                for value, index in zip(*(one.tolist() for one in close.topk(40)), strict=True):
                    other = self._names[index]
                    same = other[:4] == word[:4] or word.startswith(other) or other.startswith(word)
                    if other.isalpha() and len(other) > 3 and not same and value < 0.62:
                        near.append(other)
            self._known[word] = near[:15]
        return chance.choice(self._known[word]) if self._known[word] else None


def encode(tokenizer: Tokenizer, rows: list[Example | Choice]) -> list[list[tuple[list[int], int, int, int]]]:
    """For each row its sequences: tokens, where the passage begins, and the answer's first and last token (0, 0: none)."""
    made = []
    for row in rows:
        question = tokenizer.encode(row.question, add_special_tokens=False).ids[:MAX_QUESTION]
        head = [101, *question, 102]
        texts = [row.passage] if isinstance(row, Example) else row.passages
        pieces = []
        for text in texts:
            lead = f"{row.title}\n" if row.title else ""
            encoded = tokenizer.encode(lead + text, add_special_tokens=False)
            ids = encoded.ids[: MAX_TOKENS - len(head) - 1]
            first = last = 0
            if isinstance(row, Example) and row.end > row.start:
                start, end = row.start + len(lead), row.end + len(lead)
                inside = [i for i, (a, b) in enumerate(encoded.offsets[: len(ids)]) if a < end and b > start]
                if inside:
                    first, last = inside[0] + len(head), inside[-1] + len(head)
            pieces.append(([*head, *ids, 102], len(head), first, last))
        made.append(pieces)
    return made


def batches(rows: list[Example | Choice], tokenizer: Tokenizer, chance: random.Random) -> list[tuple]:
    """Batches of rows of one kind and like length, in random order."""
    encoded = encode(tokenizer, rows)
    groups: dict[tuple[int, int], list[int]] = {}
    for index, pieces in enumerate(encoded):
        size = -(-max(len(ids) for ids, *_ in pieces) // STEP) * STEP
        groups.setdefault((size, len(pieces)), []).append(index)
    made = []
    for (size, count), members in sorted(groups.items()):
        chance.shuffle(members)
        many = max(1, BATCH_TOKENS // (size * count))
        made += [members[at : at + many] for at in range(0, len(members), many)]
    chance.shuffle(made)
    return [([rows[i] for i in one], [encoded[i] for i in one]) for one in made]


def loss_of(reader: Reader, rows: list[Example | Choice], encoded: list) -> torch.Tensor:
    """Whether it answers (binary, or among the candidates) and where (cross-entropy; token 0 says nowhere)."""
    flat = [piece for pieces in encoded for piece in pieces]
    longest = -(-max(len(ids) for ids, *_ in flat) // STEP) * STEP
    ids = torch.zeros(len(flat), longest, dtype=torch.long)
    kinds = torch.zeros_like(ids)
    mask = torch.zeros(len(flat), longest, dtype=torch.bool)
    for index, (tokens, begin, _, _) in enumerate(flat):
        ids[index, : len(tokens)] = torch.tensor(tokens)
        kinds[index, begin : len(tokens)] = 1
        mask[index, : len(tokens)] = True
    with torch.autocast("cpu", torch.bfloat16):
        answers, spans = reader(ids, kinds, mask)
    allowed = mask & (kinds == 1)
    allowed[:, 0] = True
    spans = spans.masked_fill(~allowed[:, :, None], -1e4)
    total = torch.zeros(())
    at = 0
    singles, targets, marked, firsts, lasts = [], [], [], [], []
    for row, pieces in zip(rows, encoded, strict=True):
        if isinstance(row, Choice):
            total = total + 0.5 * functional.cross_entropy(
                answers[None, at : at + len(pieces)], torch.zeros(1, dtype=torch.long)
            )
        else:
            singles.append(at)
            targets.append(float(row.answers))
            _, _, first, last = pieces[0]
            if row.spans and (last or not row.answers):
                marked.append(at)
                firsts.append(first)
                lasts.append(last)
        at += len(pieces)
    if singles:
        total = total + functional.binary_cross_entropy_with_logits(
            answers[singles], torch.tensor(targets) * 0.94 + 0.03, reduction="sum"
        )
    if marked:
        both = spans[marked]
        total = total + 0.25 * (
            functional.cross_entropy(both[:, :, 0], torch.tensor(firsts), reduction="sum")
            + functional.cross_entropy(both[:, :, 1], torch.tensor(lasts), reduction="sum")
        )
    return total / len(rows)


def main() -> None:
    """Train, saving the state every few minutes and the model at the end."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=75, help="of training; the learning rate falls to nothing")
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    chance = random.Random(options.seed)
    config = json.loads((options.model / "config.json").read_text("utf-8"))
    tokenizer = Tokenizer.from_file(str(options.model / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    reader = Reader(config)
    published(reader, load_file(options.model / "model.safetensors"))
    reader.word.weight.requires_grad_(requires_grad=False)  # half of the weights, and the data knows few of the words
    words = Words(tokenizer, reader.word.weight.data)
    learned = [one for one in reader.parameters() if one.requires_grad]
    optimiser = torch.optim.AdamW(
        [
            {"params": [one for one in learned if one.dim() > 1], "weight_decay": 0.01},
            {"params": [one for one in learned if one.dim() == 1], "weight_decay": 0.0},
        ],
        lr=options.rate,
        betas=(0.9, 0.98),
        fused=True,
    )
    spent, epoch = 0.0, 0
    state = options.out / "state.pt"
    if state.is_file():
        kept = torch.load(state, weights_only=True)
        reader.load_state_dict(kept["reader"])
        optimiser.load_state_dict(kept["optimiser"])
        spent, epoch = kept["spent"], kept["epoch"]
        print(f"going on after {spent / 60:.1f} minutes", flush=True)
    limit = options.minutes * 60
    saved = time.monotonic()
    losses: list[float] = []
    seen = 0
    while spent < limit:
        epoch += 1
        maker = Maker(options.data, words.similar, options.seed + epoch)
        rows: list[Example | Choice] = [*maker.spans(), *maker.choices()]
        chance.shuffle(rows)
        print(f"epoch {epoch}: {len(rows)} examples", flush=True)
        for begin in range(0, len(rows), CHUNK):
            chunk_start = time.monotonic()
            prepared = batches(rows[begin : begin + CHUNK], tokenizer, chance)
            spent += time.monotonic() - chunk_start
            for chosen, encoded in prepared:
                started = time.monotonic()
                done = spent / limit
                for group in optimiser.param_groups:
                    group["lr"] = (
                        options.rate * min(1.0, done / 0.04 + 0.02) * 0.5 * (1 + math.cos(math.pi * min(done, 1)))
                    )
                loss = loss_of(reader, chosen, encoded)
                optimiser.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(learned, 1.0)
                optimiser.step()
                losses.append(float(loss.detach()))
                seen += len(chosen)
                spent += time.monotonic() - started
                if time.monotonic() - saved > SAVE_EVERY or spent >= limit:
                    saved = time.monotonic()
                    kept = {
                        "reader": reader.state_dict(),
                        "optimiser": optimiser.state_dict(),
                        "spent": spent,
                        "epoch": epoch,
                    }
                    torch.save(kept, state.with_suffix(".new"))
                    state.with_suffix(".new").replace(state)
                    save_file(published(reader), options.out / "model.safetensors")
                    print(f"{spent / 60:6.1f} min  {seen} examples  loss {np.mean(losses[-400:]):.4f}", flush=True)
                if spent >= limit:
                    break
            if spent >= limit:
                break
    (options.out / "config.json").write_text(json.dumps(config, indent=1), "utf-8")
    if options.model.resolve() != options.out.resolve():
        shutil.copy(options.model / "tokenizer.json", options.out / "tokenizer.json")


if __name__ == "__main__":
    main()
