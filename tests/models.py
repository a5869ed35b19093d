"""Small sentence-transformers folders of every family with random weights, as their libraries save them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import BPE, Unigram, WordPiece

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

WIDTH, HEADS, LAYERS, WIDE = 32, 4, 3, 64
WORDS = """pump oil filter valve the of a is and change check clean remove tighten bolt nut screw engine motor starts not
noise hot cold water fuel air pressure level sensor display code fault alarm battery cable switch door open close turn slowly
before after every hours degrees der die das Öl Ventil Pumpe prüfen wechseln öffnen schließen heiß kalt Wasser Druck""".split()
TEXTS = (
    "Check the oil level before the engine starts.",
    "Die Pumpe prüfen und das Ventil öffnen.",
    "E21",
    "Turn the valve slowly, every 250 hours: " + "clean the filter and tighten the nut. " * 22,
    "Manual > Oil\n1. change oil\n\t2. check  level",
    "",
)
MODELS: dict[str, tuple[str, dict[str, Any]]] = {  # what tests/family_vectors.json has the vectors of
    "bert": ("bert", {}),
    "electra": ("electra", {}),
    "roberta": ("roberta", {}),
    "xlm-roberta": ("xlm-roberta", {}),
    "camembert": ("camembert", {}),
    "mpnet": ("mpnet", {}),
    "distilbert": ("distilbert", {}),
    "first token, projection": ("bert", {"pooling": "cls", "dense": 24, "normalise": False}),
    "mean, projection, unit length": ("xlm-roberta", {"dense": 48}),
    "prompts of its own": ("bert", {"prompts": {"query": "find: ", "document": "text: "}, "default": "document"}),
    "relu": ("roberta", {"settings": {"hidden_act": "relu"}}),
    "gelu by tanh": ("bert", {"settings": {"hidden_act": "gelu_new"}}),
}


def write_model(
    folder: Path,
    family: str,
    *,
    pooling: str = "mean",
    dense: int = 0,
    normalise: bool = True,
    prompts: Mapping[str, str] | None = None,
    default: str | None = None,
    shards: int = 1,
    half: bool = False,
    prefix: str = "",
    settings: Mapping[str, Any] | None = None,
    twins: Mapping[str, str] | None = None,
) -> Path:
    """Write a folder and return it. `dense` is the width of a projection after the pooling, `settings` go to config.json.

    With `twins`, a word of WORDS to another, these words mean the same to the model, and little but words matters to it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    size = _write_tokenizer(folder, family)
    config = _config(family, size) | dict(settings or {})
    _json(folder / "config.json", config)
    numbers = np.random.default_rng(7)
    tensors = {f"{prefix}{name}": _tensor(numbers, name, shape) for name, shape in _shapes(family, config).items()}
    if twins:
        tensors = {
            name: tensor if tensor.ndim == 1 or "word" in name else tensor / 50 for name, tensor in tensors.items()
        }
        words = tensors[f"{prefix}embeddings.word_embeddings.weight"]
        numbered = Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab()
        for word, meant in twins.items():
            words[numbered[f"▁{word}"]] = words[numbered[f"▁{meant}"]]
    if half:
        tensors = {name: tensor.astype(np.float16) for name, tensor in tensors.items()}
    names = sorted(tensors)
    files = [f"model-{number + 1:05}-of-{shards:05}.safetensors" for number in range(shards)]
    if shards == 1:
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    else:
        of = {name: files[number % shards] for number, name in enumerate(names)}
        for file in files:
            part = {name: tensors[name] for name in names if of[name] == file}
            save_file(part, folder / file, metadata={"format": "pt"})
        _json(folder / "model.safetensors.index.json", {"metadata": {}, "weight_map": of})
    modules = ["Transformer", "Pooling", *["Dense"] * bool(dense), *["Normalize"] * normalise]
    listed = [
        {
            "idx": number,
            "name": str(number),
            "path": f"{number}_{kind}" if number else "",
            "type": f"sentence_transformers.models.{kind}",
        }
        for number, kind in enumerate(modules)
    ]
    _json(folder / "modules.json", listed)
    _json(folder / "sentence_bert_config.json", {"max_seq_length": 180, "do_lower_case": False})
    modes = {
        f"pooling_mode_{name}": name == f"{pooling}_token" + "s" * (pooling == "mean")
        for name in ("cls_token", "mean_tokens", "max_tokens")
    }
    _json(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": WIDTH, **modes})
    if dense:
        place = folder / "2_Dense"
        about = {"in_features": WIDTH, "out_features": dense, "bias": True}
        _json(place / "config.json", about | {"activation_function": "torch.nn.modules.activation.Tanh"})
        linear = {
            "linear.weight": numbers.standard_normal((dense, WIDTH)),
            "linear.bias": numbers.standard_normal(dense),
        }
        save_file(
            {name: array.astype(np.float32) for name, array in linear.items()},
            place / "model.safetensors",
            metadata={"format": "pt"},
        )
    if prompts is not None:
        _json(folder / "config_sentence_transformers.json", {"prompts": dict(prompts), "default_prompt_name": default})
    return folder


def _config(family: str, vocabulary: int) -> dict[str, Any]:
    if family == "distilbert":
        return {
            "model_type": family, "architectures": ["DistilBertModel"], "dim": WIDTH, "n_heads": HEADS, "n_layers": LAYERS,
            "hidden_dim": WIDE, "activation": "gelu", "max_position_embeddings": 200, "vocab_size": vocabulary, "pad_token_id": 0,
            "sinusoidal_pos_embds": False,
        }  # fmt: skip
    names = {"xlm-roberta": "XLMRoberta", "mpnet": "MPNet", "camembert": "Camembert"}
    config = {
        "model_type": family, "architectures": [f"{names.get(family, family.capitalize())}Model"], "hidden_size": WIDTH,
        "num_attention_heads": HEADS, "num_hidden_layers": LAYERS, "intermediate_size": WIDE, "hidden_act": "gelu",
        "layer_norm_eps": 1e-5, "max_position_embeddings": 202, "vocab_size": vocabulary, "type_vocab_size": 1 + (family in {"bert", "electra"}),
        "pad_token_id": int(family not in {"bert", "electra"}),
    }  # fmt: skip
    if family == "electra":
        config |= {"embedding_size": WIDTH}
    if family == "mpnet":
        config |= {"relative_attention_num_buckets": 32}
    return config


def _shapes(family: str, config: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """The tensors of a family by the names that the transformers library saves them under."""
    layer = {"intermediate.dense": (WIDE, WIDTH), "output.dense": (WIDTH, WIDE), "output.LayerNorm": (WIDTH,)}
    square = (WIDTH, WIDTH)
    if family == "mpnet":
        layer |= {f"attention.attn.{part}": square for part in "qkvo"} | {"attention.LayerNorm": (WIDTH,)}
    elif family == "distilbert":
        layer = {f"attention.{part}_lin": square for part in ("q", "k", "v", "out")}
        layer |= {
            "ffn.lin1": (WIDE, WIDTH),
            "ffn.lin2": (WIDTH, WIDE),
            "sa_layer_norm": (WIDTH,),
            "output_layer_norm": (WIDTH,),
        }
    else:
        layer |= {f"attention.self.{part}": square for part in ("query", "key", "value")}
        layer |= {"attention.output.dense": square, "attention.output.LayerNorm": (WIDTH,)}
    stack = "transformer.layer" if family == "distilbert" else "encoder.layer"
    found: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (config["vocab_size"], WIDTH),
        "embeddings.position_embeddings.weight": (config["max_position_embeddings"], WIDTH),
        "embeddings.LayerNorm.weight": (WIDTH,),
        "embeddings.LayerNorm.bias": (WIDTH,),
    }
    if family not in {"distilbert", "mpnet"}:
        found["embeddings.token_type_embeddings.weight"] = (config["type_vocab_size"], WIDTH)
    if family == "mpnet":
        found["encoder.relative_attention_bias.weight"] = (32, HEADS)
    for number in range(LAYERS):
        for name, shape in layer.items():
            found[f"{stack}.{number}.{name}.weight"] = shape
            found[f"{stack}.{number}.{name}.bias"] = shape[:1]
    return found


def _tensor(numbers: np.random.Generator, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Random numbers of a size that makes every part of the network matter to its vectors."""
    made = numbers.standard_normal(shape)
    if name.endswith(".weight") and len(shape) == 1:
        made = 1 + made / 4
    elif len(shape) == 1:
        made = made / 20
    elif "relative" not in name and "embeddings" not in name:
        made = made / 4
    return made.astype(np.float32)


def _write_tokenizer(folder: Path, family: str) -> int:
    """The tokenizer that the family is published with: WordPiece, byte-level BPE or Unigram; its size."""
    letters = sorted(set("".join(WORDS)) | set("abcdefghijklmnopqrstuvwxyz0123456789.,:?"))
    if family in {"bert", "electra", "mpnet", "distilbert"}:
        first, last, pad, unknown = (
            ("<s>", "</s>", "<pad>", "[UNK]") if family == "mpnet" else ("[CLS]", "[SEP]", "[PAD]", "[UNK]")
        )
        special = [first, pad, last, unknown] if family == "mpnet" else [pad, unknown, first, last]
        mask = "<mask>" if family == "mpnet" else "[MASK]"
        pieces = dict.fromkeys(
            [*special, mask, *(w.lower() for w in WORDS), *letters, *(f"##{one}" for one in letters)]
        )
        vocabulary = {piece: number for number, piece in enumerate(pieces)}
        tokenizer = Tokenizer(WordPiece(vocabulary, unk_token=unknown))
        tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{first} $A {last}", special_tokens=[(first, vocabulary[first]), (last, vocabulary[last])]
        )
        tokenizer.decoder = decoders.WordPiece()
        # One spelling for the mapping of names to the classes of the transformers library.
        kind = {
            "bert": "BertTokenizer",
            "electra": "ElectraTokenizer",
            "mpnet": "MPNetTokenizer",
            "distilbert": "DistilBertTokenizer",
        }[family]
        about: dict[str, Any] = {
            "do_lower_case": True,
            "cls_token": first,
            "sep_token": last,
            "pad_token": pad,
            "unk_token": unknown,
            "mask_token": mask,
        }
    elif family == "roberta":
        first, last, pad, unknown, mask = "<s>", "</s>", "<pad>", "<unk>", "<mask>"
        pieces = dict.fromkeys([first, pad, last, unknown, *sorted(pre_tokenizers.ByteLevel.alphabet())])
        vocabulary = {piece: number for number, piece in enumerate([*pieces, "Ġt", "he", "Ġthe", mask])}
        tokenizer = Tokenizer(BPE(vocabulary, [("Ġ", "t"), ("h", "e"), ("Ġt", "he")]))
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.post_processor = processors.RobertaProcessing(
            (last, vocabulary[last]), (first, vocabulary[first]), add_prefix_space=False
        )
        tokenizer.decoder = decoders.ByteLevel()
        kind, about = (
            "RobertaTokenizer",
            {"cls_token": first, "sep_token": last, "pad_token": pad, "unk_token": unknown, "mask_token": mask},
        )
    else:
        first, last, pad, unknown, mask = "<s>", "</s>", "<pad>", "<unk>", "<mask>"
        pieces = dict.fromkeys([first, pad, last, unknown, *(f"▁{word}" for word in WORDS), "▁", *letters, mask])
        tokenizer = Tokenizer(Unigram([(piece, -1.0 if len(piece) > 1 else -9.0) for piece in pieces], unk_id=3))
        vocabulary = tokenizer.get_vocab()
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")]
        )
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{first} $A {last}", special_tokens=[(first, vocabulary[first]), (last, vocabulary[last])]
        )
        tokenizer.decoder = decoders.Metaspace()
        kind = "XLMRobertaTokenizer" if family == "xlm-roberta" else "CamembertTokenizer"
        about = {
            "cls_token": first,
            "sep_token": last,
            "pad_token": pad,
            "unk_token": unknown,
            "mask_token": mask,
            "bos_token": first,
            "eos_token": last,
        }
    tokenizer.add_special_tokens([first, last, pad, unknown, mask])
    tokenizer.save(str(folder / "tokenizer.json"))
    _json(folder / "tokenizer_config.json", about | {"tokenizer_class": kind, "model_max_length": 512})
    return int(tokenizer.get_vocab_size())


def _json(file: Path, content: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
