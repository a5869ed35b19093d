"""What a model says in float32 with numpy alone: the measure that a converted embedder must agree with.

It shares the weights with the conversion and nothing else: no engine, no quantisation, one text at a time without padding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fieldfare.ingest.bert import MPNET_DISTANCE, Network

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Reference:
    """The hidden states of a model of the BERT family, computed in float32."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._words = network.table("word")
        self._positions = network.table("position")
        self._bias = network.relative()
        self._linear = {
            (layer, part): network.linear(layer, part)
            for layer in range(network.layers)
            for part in ("query", "key", "value", "mixed", "up", "down")
        }
        self._norms = {
            (layer, part): network.norm(layer, part) for layer in range(network.layers) for part in ("mixed_norm", "norm")
        }
        self._first_norm = network.norm(None)

    @classmethod
    def open(cls, folder: Path) -> Reference:
        """Read a model folder. Raises SourceError."""
        return cls(Network.open(folder))

    def hidden(self, ids: Sequence[int]) -> np.ndarray:
        """The last layer's state of every token, (tokens, width)."""
        network = self._network
        state = self._words[list(ids)] + self._positions[: len(ids)]
        state = _norm(state, self._first_norm, network.epsilon)
        bias = _relative(len(ids), self._bias)
        for layer in range(network.layers):
            mixed = self._attend(layer, state, bias)
            state = _norm(state + mixed, self._norms[layer, "mixed_norm"], network.epsilon)
            wide = _activate(network.activation, self._apply(layer, "up", state))
            state = _norm(state + self._apply(layer, "down", wide), self._norms[layer, "norm"], network.epsilon)
        return state

    def _apply(self, layer: int, part: str, state: np.ndarray) -> np.ndarray:
        weight, bias = self._linear[layer, part]
        return np.asarray(state @ weight.T + bias)

    def _attend(self, layer: int, state: np.ndarray, bias: np.ndarray) -> np.ndarray:
        heads, size = self._network.heads, self._network.width // self._network.heads

        def split(part: str) -> np.ndarray:
            return self._apply(layer, part, state).reshape(len(state), heads, size).transpose(1, 0, 2)

        scores = split("query") @ split("key").transpose(0, 2, 1) / np.float32(np.sqrt(size)) + bias
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        mixed = (weights @ split("value")).transpose(1, 0, 2).reshape(len(state), -1)
        return self._apply(layer, "mixed", mixed)


def _norm(state: np.ndarray, gain: tuple[np.ndarray, np.ndarray], epsilon: float) -> np.ndarray:
    centred = state - state.mean(axis=-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + np.float32(epsilon))
    return np.asarray(centred / deviation * gain[0] + gain[1])


def _relative(tokens: int, table: np.ndarray | None) -> np.ndarray:
    """The bias of every pair of tokens, (heads, tokens, tokens): half of the buckets for each direction, the nearer half
    of these one a distance, the others growing with its logarithm.
    """
    if table is None:
        return np.zeros((1, 1, 1), dtype=np.float32)
    half = len(table) // 2
    exact = half // 2
    distance = np.arange(tokens)[None, :] - np.arange(tokens)[:, None]
    far = exact + np.log(np.maximum(np.abs(distance), 1) / exact) / np.log(MPNET_DISTANCE / exact) * (half - exact)
    bucket = np.where(np.abs(distance) < exact, np.abs(distance), np.minimum(far.astype(np.int64), half - 1))
    return np.asarray(table[bucket + np.where(distance > 0, half, 0)].transpose(2, 0, 1))


def _activate(name: str, x: np.ndarray) -> np.ndarray:
    if name == "relu":
        return np.maximum(x, 0)
    if name in {"silu", "swish"}:
        return np.asarray(x / (1 + np.exp(-x)))
    if name == "quick_gelu":
        return np.asarray(x / (1 + np.exp(-1.702 * x)))
    if name in {"gelu", "gelu_python"}:
        return np.asarray(x * 0.5 * (1 + _erf(x / np.float32(np.sqrt(2)))))
    return np.asarray(0.5 * x * (1 + np.tanh(np.float32(np.sqrt(2 / np.pi)) * (x + 0.044715 * x**3))))


def _erf(x: np.ndarray) -> np.ndarray:
    """The error function to 1.5e-7 (Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26)."""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.asarray(np.sign(x) * (1 - series * np.exp(-(x**2))))
