"""What a model says in float32 with numpy alone: the measure that a converted embedder must agree with.

It shares the weights with the conversion and nothing else: no engine, no quantisation, no padding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from tokenizers import Tokenizer

from fieldfare.ingest.bert import MPNET_DISTANCE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fieldfare.ingest.bert import Network

PROBES = (
    ("How much oil does the gearbox take?", "The gear unit is filled with 2.6 litres of lubricant."),
    ("the engine does not start", "No cranking: check the battery terminals and the starter relay."),
    ("how do I change the filter", "Replace the air cleaner element every 500 hours."),
    ("torque of the wheel nuts", "Tighten the nuts of the wheel to 120 N m, crosswise."),
    ("which fuse protects the pump", "F4, 10 A, feeds the circulation pump."),
    ("display stays dark", "If nothing is shown on the screen, check the supply of the control panel."),
    ("how to bleed the brakes", "Open the vent screw of the brake line until no air bubbles come out."),
    ("maximum ambient temperature", "The unit may be operated at up to 45 degrees Celsius."),
    ("connect to the wireless network", "Choose your access point in the Wi-Fi menu and type the password."),
    ("pump is noisy", "A rattling sound of the pump comes from air or cavitation in the suction pipe."),
    ("what must I wear when welding", "Wear a welding helmet, gloves and flame-resistant clothing."),
    ("calibrate the sensor", "To adjust the probe, hold it in the reference liquid and press SET."),
    ("how often must the belt be inspected", "Examine the drive belt for cracks once a month."),
    ("dispose of the old battery", "Spent accumulators are hazardous waste and go to a collecting point."),
    ("reset to factory settings", "Hold the button for ten seconds to restore the default configuration."),
    ("where is the serial number", "The nameplate with the number of the machine is on the left side of the frame."),
)
EMBEDDED_STRANGERS = 0.0846  # mean cosines of all-MiniLM-L6-v2 over the probes (scripts/bench/embedders.py prints them)
EMBEDDED_PARTNERS = 0.5026
SEPARATION = 0.05  # nearer to each other, partners and strangers are not told apart


class Reference:
    """A sentence-transformers model of the BERT family, computed in float32."""

    def __init__(
        self, network: Network, tokenizer: str, description: Mapping[str, Any], dense: Mapping[str, np.ndarray]
    ) -> None:
        """Use `fieldfare.ingest.embedder.open_reference`."""
        self._network = network
        self._tokenizer = Tokenizer.from_str(tokenizer)
        self._tokenizer.enable_truncation(max_length=int(description["max_tokens"]))
        self._description = description
        self._dense = dense
        self._words = network.table("word")
        self._positions = network.table("position")
        self._bias = network.relative()
        self._linear = {
            (layer, part): network.linear(layer, part)
            for layer in range(network.layers)
            for part in ("query", "key", "value", "mixed", "up", "down")
        }
        self._norms = {
            (layer, part): network.norm(layer, part)
            for layer in range(network.layers)
            for part in ("mixed_norm", "norm")
        }
        self._first_norm = network.norm(None)

    def encode(self, texts: Sequence[str], *, query: bool = False) -> np.ndarray:
        """One row of unit length a text, as the device's embedder gives it."""
        prompt = self._description["prompts"]["query" if query else "passage"]
        tokens = [self._tokenizer.encode(prompt + text).ids for text in texts]
        return np.stack([self._finish(states) for states in self.hidden(tokens)])

    def hidden(self, texts: Sequence[Sequence[int]]) -> list[np.ndarray]:
        """The last layer's state of every token, (tokens, width) a text. Only attention knows which text a token is of."""
        network = self._network
        ends = np.cumsum([len(ids) for ids in texts])
        spans = [slice(end - len(ids), end) for ids, end in zip(texts, ends, strict=True)]
        state = np.concatenate([self._words[list(ids)] + self._positions[: len(ids)] for ids in texts])
        state = _norm(state, self._first_norm, network.epsilon)
        for layer in range(network.layers):
            mixed = self._attend(layer, state, spans)
            state = _norm(state + mixed, self._norms[layer, "mixed_norm"], network.epsilon)
            wide = _activate(network.activation, self._apply(layer, "up", state))
            state = _norm(state + self._apply(layer, "down", wide), self._norms[layer, "norm"], network.epsilon)
        return [state[span] for span in spans]

    def _finish(self, states: np.ndarray) -> np.ndarray:
        vector = states[0] if self._description["pooling"] == "first" else states.mean(axis=0)
        for step in self._description["after"]:
            if step["kind"] == "normalise":
                vector = vector / np.linalg.norm(vector)
                continue
            vector = self._dense[f"{step['name']}.weight.npy"] @ vector + self._dense[f"{step['name']}.bias.npy"]
            if step["activation"] == "tanh":
                vector = np.tanh(vector)
            elif step["activation"] == "relu":
                vector = np.maximum(vector, 0)
        return np.asarray(vector / np.linalg.norm(vector))

    def _apply(self, layer: int, part: str, state: np.ndarray) -> np.ndarray:
        weight, bias = self._linear[layer, part]
        return np.asarray(state @ weight.T + bias)

    def _attend(self, layer: int, state: np.ndarray, spans: Sequence[slice]) -> np.ndarray:
        heads, size = self._network.heads, self._network.width // self._network.heads
        query, key, value = (
            self._apply(layer, part, state).reshape(len(state), heads, size).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        mixed = np.empty_like(state)
        for span in spans:
            scores = query[:, span] @ key[:, span].transpose(0, 2, 1) / np.float32(np.sqrt(size))
            scores = scores + _relative(scores.shape[-1], self._bias)
            weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
            weights /= weights.sum(axis=-1, keepdims=True)
            mixed[span] = (weights @ value[:, span]).transpose(1, 0, 2).reshape(scores.shape[-1], -1)
        return self._apply(layer, "mixed", mixed)


def calibrate(reference: Reference) -> dict[str, float]:
    """How close strangers and partners are to this model, and the cosines that mean 0 and 1 on the scale that all
    embedders share.

    The probes are a few questions with the sentence that answers each. The mean cosine of strangers and of partners are
    laid over those of the embedded model, which the gate was set with. A model that cannot tell the two apart is left as
    it is.
    """
    questions = reference.encode([question for question, _ in PROBES], query=True)
    answers = reference.encode([answer for _, answer in PROBES])
    cosines = questions @ answers.T
    partners = float(np.diag(cosines).mean())
    strangers = float((cosines.sum() - np.trace(cosines)) / (cosines.size - len(PROBES)))
    low, high = 0.0, 1.0
    if partners - strangers >= SEPARATION:
        stretch = (partners - strangers) / (EMBEDDED_PARTNERS - EMBEDDED_STRANGERS)
        low = strangers - stretch * EMBEDDED_STRANGERS
        high = low + stretch
    found = {"strangers": strangers, "partners": partners, "low": low, "high": high}
    return {name: round(value, 2) + 0.0 for name, value in found.items()}


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
        return np.asarray(np.maximum(x, 0))
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
