"""Converts a sentence-transformers BERT model into the folder that `fieldfare.embedding` opens.

    python -m fieldfare.ingest.embedder SOURCE TARGET [--float32]

torch stays out of it: the weights are read with safetensors and CTranslate2's own specification is filled from numpy
arrays. The same source and packages give the same bytes, because packs are stamped with the embedder's digest.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldfare.errors import FieldfareError, SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

_ACTIVATIONS = {"gelu": "GELU", "gelu_new": "GELUTanh", "relu": "RELU", "silu": "SWISH"}


def convert(source: Path, target: Path, *, quantisation: str = "int8") -> str:
    """Write the embedder folder and return its digest; `quantisation` is "int8" or "float32".

    `target` is replaced as a whole, only once all of it is written. Raises SourceError.
    """
    description = _describe(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=target.parent) as scratch:
        folder = Path(scratch) / "embedder"
        folder.mkdir()
        try:
            _write_model(source, folder, quantisation)
        except (KeyError, ValueError, OSError) as error:
            raise SourceError(f"{source} is not a BERT model that can be converted: {error}.") from error
        shutil.copyfile(source / "tokenizer.json", folder / "tokenizer.json")
        total = hashlib.sha256(json.dumps(description, sort_keys=True).encode())
        for file in sorted(folder.iterdir()):
            total.update(f"\0{file.name}\0{file.stat().st_size}\0".encode() + file.read_bytes())
        description |= {"quantisation": quantisation, "digest": total.hexdigest()}
        (folder / "embedder.json").write_text(json.dumps(description, indent=1, sort_keys=True) + "\n", "utf-8")
        if target.exists():
            target.rename(Path(scratch) / "old")
        folder.rename(target)
    return total.hexdigest()


def _describe(source: Path) -> dict[str, Any]:
    """What `fieldfare.embedding` needs to know beside the weights."""
    config = _json(source / "config.json")
    modules = [str(module["type"]).rsplit(".", 1)[-1] for module in _json(source / "modules.json")]
    pooling = _json(source / "1_Pooling" / "config.json")
    if config.get("model_type") != "bert" or config.get("position_embedding_type", "absolute") != "absolute":
        raise SourceError(f"{source} is not a BERT model with absolute positions. Choose another embedding model.")
    if modules not in (["Transformer", "Pooling", "Normalize"], ["Transformer", "Pooling"]):
        raise SourceError(
            f"{source} has the modules {', '.join(modules)}; only pooling and normalising can be converted."
        )
    modes = [name for name, on in pooling.items() if name.startswith("pooling_mode_") and on]
    if modes not in (["pooling_mode_mean_tokens"], ["pooling_mode_cls_token"]):
        raise SourceError(f"{source} pools by {', '.join(modes)}; only the mean or the first token can be converted.")
    limits = _json(source / "sentence_bert_config.json")
    name = str(_metadata(source).get("name", "") or source.name)
    return {
        "name": name,
        "version": _weights_digest(source)[:12],
        "dimension": int(config["hidden_size"]),
        "max_tokens": min(int(limits.get("max_seq_length") or 512), int(config["max_position_embeddings"])),
        "pooling": "mean" if modes == ["pooling_mode_mean_tokens"] else "first",
        "normalise": True,
        "pad": int(config.get("pad_token_id", 0)),
    }


def _metadata(source: Path) -> Mapping[str, Any]:
    """What the model says of itself on top of its README: name and licence stand there, the folder's name means little."""
    readme = source / "README.md"
    first = readme.read_text("utf-8", errors="replace") if readme.is_file() else ""
    for line in first.splitlines():
        if line.startswith("# "):
            return {"name": line[2:].strip()}
    return {}


def _weights_digest(source: Path) -> str:
    with (source / "model.safetensors").open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(f"{file} cannot be read ({error}). A sentence-transformers folder has it.") from error


def _write_model(source: Path, folder: Path, quantisation: str) -> None:
    """The CTranslate2 encoder: the mapping of names is BERT's, as CTranslate2's own converter has it."""
    import numpy as np
    from ctranslate2.converters import utils
    from ctranslate2.specs import common_spec, transformer_spec
    from safetensors.numpy import load_file

    config = _json(source / "config.json")
    weights = {name.removeprefix("bert."): value for name, value in load_file(source / "model.safetensors").items()}

    def weight(name: str) -> np.ndarray:
        return np.ascontiguousarray(weights[name], dtype=np.float32)

    def linear(spec: Any, name: str) -> Any:
        spec.weight, spec.bias = weight(f"{name}.weight"), weight(f"{name}.bias")
        return spec

    def norm(spec: Any, name: str) -> None:
        spec.gamma, spec.beta = weight(f"{name}.weight"), weight(f"{name}.bias")

    encoder = transformer_spec.TransformerEncoderSpec(
        int(config["num_hidden_layers"]),
        int(config["num_attention_heads"]),
        pre_norm=False,
        activation=getattr(common_spec.Activation, _ACTIVATIONS[config["hidden_act"]]),
        layernorm_embedding=True,
        num_source_embeddings=2,
        embeddings_merge=common_spec.EmbeddingsMerge.ADD,
    )
    encoder.scale_embeddings = False
    encoder.embeddings[0].weight = weight("embeddings.word_embeddings.weight")
    encoder.embeddings[1].weight = weight("embeddings.token_type_embeddings.weight")
    encoder.position_encodings.encodings = weight("embeddings.position_embeddings.weight")
    norm(encoder.layernorm_embedding, "embeddings.LayerNorm")
    for index, layer in enumerate(encoder.layer):
        name = f"encoder.layer.{index}"
        parts = [
            linear(common_spec.LinearSpec(), f"{name}.attention.self.{part}") for part in ("query", "key", "value")
        ]
        utils.fuse_linear(layer.self_attention.linear[0], parts)
        linear(layer.self_attention.linear[1], f"{name}.attention.output.dense")
        norm(layer.self_attention.layer_norm, f"{name}.attention.output.LayerNorm")
        linear(layer.ffn.linear_0, f"{name}.intermediate.dense")
        linear(layer.ffn.linear_1, f"{name}.output.dense")
        norm(layer.ffn.layer_norm, f"{name}.output.LayerNorm")
    spec = transformer_spec.TransformerEncoderModelSpec(encoder, pooling_layer=False)
    spec.config.layer_norm_epsilon = float(config["layer_norm_eps"])
    spec.config.unk_token = "[UNK]"  # noqa: S105  (a word piece, not a password)
    vocabulary = _json(source / "tokenizer.json")["model"]["vocab"]
    tokens = sorted(vocabulary, key=vocabulary.__getitem__)
    spec.register_vocabulary(
        tokens + [f"<extra_id_{index}>" for index in range(int(config["vocab_size"]) - len(tokens))]
    )
    spec.validate()
    spec.optimize(quantization=None if quantisation == "float32" else quantisation)
    spec.save(str(folder))


def main(arguments: list[str]) -> int:
    """Convert as the command line says; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m fieldfare.ingest.embedder", description="convert an embedding model"
    )
    parser.add_argument("source", type=Path, help="folder of a sentence-transformers BERT model")
    parser.add_argument("target", type=Path, help="folder to write")
    parser.add_argument(
        "--float32", action="store_true", help="keep full precision: four times the size, half the speed"
    )
    options = parser.parse_args(arguments)
    try:
        digest = convert(options.source, options.target, quantisation="float32" if options.float32 else "int8")
    except FieldfareError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(f"{options.target}: {digest}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
