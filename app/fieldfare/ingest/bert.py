"""The BERT family: one network under several names. Reads its weights and fills CTranslate2's specification with them.

The names of the tensors are those that the `transformers` library saves; CTranslate2's own converters map the same ones
but need torch. What the device cannot run is refused with a sentence.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fieldfare.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

ACTIVATIONS = {  # of transformers -> of CTranslate2
    "gelu": "GELU",
    "gelu_python": "GELU",
    "gelu_new": "GELUTanh",
    "gelu_fast": "GELUTanh",
    "gelu_pytorch_tanh": "GELUTanh",
    "quick_gelu": "GELUSigmoid",
    "relu": "RELU",
    "silu": "SWISH",
    "swish": "SWISH",
}
_BERT_LAYER = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "mixed": "attention.output.dense",
    "mixed_norm": "attention.output.LayerNorm",
    "up": "intermediate.dense",
    "down": "output.dense",
    "norm": "output.LayerNorm",
}
_MPNET_LAYER = _BERT_LAYER | {
    "query": "attention.attn.q",
    "key": "attention.attn.k",
    "value": "attention.attn.v",
    "mixed": "attention.attn.o",
    "mixed_norm": "attention.LayerNorm",
}
_DISTILBERT_LAYER = {
    "query": "attention.q_lin",
    "key": "attention.k_lin",
    "value": "attention.v_lin",
    "mixed": "attention.out_lin",
    "mixed_norm": "sa_layer_norm",
    "up": "ffn.lin1",
    "down": "ffn.lin2",
    "norm": "output_layer_norm",
}
_PADDED_POSITIONS = {"roberta", "xlm-roberta", "camembert", "mpnet"}  # their positions begin after the padding's
_FAMILIES = {
    "bert": ("bert.", "encoder.layer", _BERT_LAYER),
    "electra": ("electra.", "encoder.layer", _BERT_LAYER),
    "roberta": ("roberta.", "encoder.layer", _BERT_LAYER),
    "xlm-roberta": ("roberta.", "encoder.layer", _BERT_LAYER),
    "camembert": ("roberta.", "encoder.layer", _BERT_LAYER),
    "mpnet": ("mpnet.", "encoder.layer", _MPNET_LAYER),
    "distilbert": ("distilbert.", "transformer.layer", _DISTILBERT_LAYER),
}
MPNET_DISTANCE = 128  # tokens beyond which MPNet's relative positions are one: fixed in its published code
AS_SAFETENSORS = (
    "Save it once as safetensors, in an environment with sentence-transformers: "
    "SentenceTransformer(FOLDER).save_pretrained(NEW_FOLDER)"
)


class Weights:
    """The tensors of a folder by name, as float32, read one at a time: one safetensors file or several with an index."""

    def __init__(self, folder: Path, prefix: str = "") -> None:
        """`prefix` may stand before names. Raises SourceError where there are none, or only a pickle."""
        from safetensors import SafetensorError, safe_open

        self._files = _weight_files(folder)
        self._prefix = prefix
        self._of: dict[str, Any] = {}
        for file in self._files:
            try:
                opened: Any = safe_open(file, framework="numpy")
                self._of.update(dict.fromkeys(opened.keys(), opened))
            except (SafetensorError, OSError) as error:
                raise SourceError(f"{file} cannot be read ({error}). Copy the model again.") from error

    def __contains__(self, name: str) -> bool:
        return name in self._of or self._prefix + name in self._of

    def __getitem__(self, name: str) -> np.ndarray:
        import numpy as np
        from safetensors import SafetensorError

        for full in (name, self._prefix + name):
            if full in self._of:
                try:
                    return np.ascontiguousarray(self._of[full].get_tensor(full), dtype=np.float32)
                except (SafetensorError, TypeError, ValueError) as error:
                    raise SourceError(
                        f"The tensor {full} cannot be read as float32 ({error}). Save the model in float32 or float16."
                    ) from error
        raise SourceError(f"The model has no tensor {name}: its weights do not fit its config.json. Copy it again.")

    def digest(self) -> str:
        """SHA-256 over the files, in the order of their names."""
        total = hashlib.sha256()
        for file in self._files:
            with file.open("rb") as stream:
                total.update(hashlib.file_digest(stream, "sha256").digest())
        return total.hexdigest()


def _weight_files(folder: Path) -> list[Path]:
    index = folder / "model.safetensors.index.json"
    names = ["model.safetensors"]
    if index.is_file():
        names = sorted(set(read_json(index).get("weight_map", {}).values()))
        if not names or any("/" in name or "\\" in name or name.startswith(".") for name in names):
            raise SourceError(f"{index} names no files of its own folder. Copy the model again.")
    missing = [name for name in names if not (folder / name).is_file()]
    if not missing:
        return [folder / name for name in names]
    if any(folder.glob("pytorch_model*.bin")):
        raise SourceError(
            f"{folder} holds its weights as a pickle (pytorch_model.bin), which can run code when it is opened, so it "
            f"is not. {AS_SAFETENSORS}"
        )
    raise SourceError(f"{folder} has no {missing[0]}. A sentence-transformers folder has it: copy the model again.")


def read_json(file: Path) -> Any:
    """The JSON of a file of the model; a SourceError where it cannot be read."""
    try:
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(f"{file} cannot be read ({error}). A sentence-transformers folder has it.") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The shape of a model and its weights under the names of their part in a layer."""

    family: str
    layers: int
    heads: int
    width: int
    vocabulary: int
    positions: int  # how many tokens a text may have
    offset: int  # rows of the table of positions before the first token's
    epsilon: float
    activation: str
    weights: Weights

    @classmethod
    def open(cls, folder: Path) -> Network:
        """Read the shape from config.json and open the weights. Raises SourceError for what cannot be converted."""
        config = read_json(folder / "config.json")
        family = str(config.get("model_type", "")) if isinstance(config, dict) else ""
        if family not in _FAMILIES:
            raise SourceError(
                f"{folder} is a model of the family {family or 'unknown'}; {', '.join(sorted(_FAMILIES))} can be "
                "converted. Choose an embedding model of one of these."
            )
        if config.get("position_embedding_type", "absolute") != "absolute":
            raise SourceError(
                f"{folder} has {config['position_embedding_type']} positions; only absolute ones can be converted."
            )
        width = config.get("dim") or config.get("hidden_size")
        if config.get("embedding_size", width) != width:
            raise SourceError(
                f"{folder} widens its word embeddings from {config['embedding_size']} to {width}, which the device's "
                "engine cannot. Choose a model whose embedding_size is its hidden_size."
            )
        activation = config.get("activation") or config.get("hidden_act")
        if activation not in ACTIVATIONS:
            raise SourceError(f"{folder} has the activation {activation}; {', '.join(ACTIVATIONS)} can be converted.")
        # MPNet's padding is 1 in its code, whatever config.json says.
        padding = 1 if family == "mpnet" else int(config.get("pad_token_id", 1))
        offset = padding + 1 if family in _PADDED_POSITIONS else 0
        weights = Weights(folder, _FAMILIES[family][0])
        try:
            return cls(
                family=family,
                layers=int(config.get("n_layers") or config["num_hidden_layers"]),
                heads=int(config.get("n_heads") or config["num_attention_heads"]),
                width=int(width),
                vocabulary=len(weights["embeddings.word_embeddings.weight"]),
                positions=len(weights["embeddings.position_embeddings.weight"]) - offset,
                offset=offset,
                epsilon=float(config.get("layer_norm_eps", 1e-12)),
                activation=activation,
                weights=weights,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise SourceError(f"{folder / 'config.json'} is incomplete ({error}). Copy the model again.") from error

    def table(self, name: str) -> np.ndarray:
        """A table of embeddings: `word`, or `position` from the first token's on with the token type that every text has."""
        found = self.weights[f"embeddings.{name}_embeddings.weight"]
        if name == "position":
            found = found[self.offset :]
            if "embeddings.token_type_embeddings.weight" in self.weights:
                found = found + self.weights["embeddings.token_type_embeddings.weight"][0]
        return found

    def relative(self) -> np.ndarray | None:
        """MPNet's bias of each bucket of distances, a column a head; None for the other families."""
        return self.weights["encoder.relative_attention_bias.weight"] if self.family == "mpnet" else None

    def linear(self, layer: int, part: str) -> tuple[np.ndarray, np.ndarray]:
        """Weight (out, in) and bias of a part of a layer: query, key, value, mixed, up or down."""
        name = self._name(layer, part)
        return self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]

    def norm(self, layer: int | None, part: str = "") -> tuple[np.ndarray, np.ndarray]:
        """Gain and shift of a layer's `mixed_norm` or `norm`; layer None is the norm after the embeddings."""
        name = "embeddings.LayerNorm" if layer is None else self._name(layer, part)
        old = f"{name}.gamma" in self.weights  # as TensorFlow named them
        return self.weights[f"{name}.{'gamma' if old else 'weight'}"], self.weights[
            f"{name}.{'beta' if old else 'bias'}"
        ]

    def _name(self, layer: int, part: str) -> str:
        _, layers, names = _FAMILIES[self.family]
        return f"{layers}.{layer}.{names[part]}"


def write_encoder(network: Network, folder: Path, quantisation: str, *, pairs: bool = False) -> None:
    """Write CTranslate2's model.bin, config.json and vocabulary.json into `folder`.

    `pairs` keeps the types of tokens, 0 for those of the first text and 1 for those of the second; else all are of type 0.
    """
    import numpy as np
    from ctranslate2.converters import utils
    from ctranslate2.specs import common_spec, transformer_spec

    relative = network.relative()
    encoder = transformer_spec.TransformerEncoderSpec(
        network.layers,
        network.heads,
        pre_norm=False,
        activation=getattr(common_spec.Activation, ACTIVATIONS[network.activation]),
        layernorm_embedding=True,
        num_source_embeddings=1 if relative is None and not pairs else 2,
        embeddings_merge=common_spec.EmbeddingsMerge.ADD,
        relative_attention_bias=relative is not None,
    )
    encoder.scale_embeddings = False
    encoder.embeddings[0].weight = network.table("word")
    if relative is None:
        encoder.position_encodings.encodings = network.table("position")
        if pairs:  # the table of positions holds type 0 already
            types = network.weights["embeddings.token_type_embeddings.weight"]
            encoder.embeddings[1].weight = types - types[0]
    else:  # with relative positions the engine drops absolute ones: they come in as a second feature of each token
        encoder.embeddings[1].weight = network.table("position")

    def linear(spec: Any, layer: int, part: str) -> Any:
        spec.weight, spec.bias = network.linear(layer, part)
        return spec

    def norm(spec: Any, layer: int | None, part: str = "") -> None:
        spec.gamma, spec.beta = network.norm(layer, part)

    norm(encoder.layernorm_embedding, None)
    for number, layer in enumerate(encoder.layer):
        attention = layer.self_attention
        parts = [linear(common_spec.LinearSpec(), number, part) for part in ("query", "key", "value")]
        utils.fuse_linear(attention.linear[0], parts)
        linear(attention.linear[1], number, "mixed")
        norm(attention.layer_norm, number, "mixed_norm")
        linear(layer.ffn.linear_0, number, "up")
        linear(layer.ffn.linear_1, number, "down")
        norm(layer.ffn.layer_norm, number, "norm")
        if relative is not None:
            attention.relative_attention_bias = relative
            attention.relative_attention_max_distance = np.dtype("int32").type(MPNET_DISTANCE)
    spec = transformer_spec.TransformerEncoderModelSpec(encoder, pooling_layer=False)
    spec.config.layer_norm_epsilon = network.epsilon
    spec.register_vocabulary([f"<{index}>" for index in range(network.vocabulary)])
    spec.validate()
    spec.optimize(quantization=None if quantisation == "float32" else quantisation)
    spec.save(str(folder))
    # Texts come as numbers from the model's own tokenizer; the engine only wants a file with a word in it.
    (folder / "vocabulary.json").write_text('["<unk>"]\n', "utf-8")
