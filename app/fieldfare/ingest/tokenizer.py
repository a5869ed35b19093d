"""A model's tokenizer as the one file that the device reads, from whichever files the model has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fieldfare.errors import SourceError
from fieldfare.ingest.bert import read_json

if TYPE_CHECKING:
    from pathlib import Path

_PATCHED = {  # settings of tokenizer_config.json that rule over tokenizer.json, as in the transformers library
    "BertNormalizer": {
        "do_lower_case": "lowercase",
        "strip_accents": "strip_accents",
        "tokenize_chinese_chars": "handle_chinese_chars",
    },
    "ByteLevel": {"add_prefix_space": "add_prefix_space"},
}


def read_tokenizer(folder: Path) -> tuple[str, int]:
    """tokenizer.json as text, without truncation and padding, and one more than the highest token. Raises SourceError.

    Where the file is missing it is made from vocab.txt (WordPiece) or vocab.json with merges.txt (byte-level BPE).
    """
    import tokenizers

    settings = read_json(folder / "tokenizer_config.json") if (folder / "tokenizer_config.json").is_file() else {}
    try:
        if (folder / "tokenizer.json").is_file():
            tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        elif (folder / "vocab.txt").is_file():
            tokenizer = _word_piece(folder, settings)
        elif (folder / "vocab.json").is_file() and (folder / "merges.txt").is_file():
            tokenizer = _byte_level(folder, settings)
        else:
            raise SourceError(
                f"{folder} has no tokenizer.json. Write it once, in an environment with transformers: "
                "AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER)"
            )
    except SourceError:
        raise
    except Exception as error:  # the tokenizers library raises plain Exception
        raise SourceError(f"The tokenizer in {folder} cannot be read ({error}). Copy the model again.") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    described = json.loads(tokenizer.to_str())
    lower = folder / "sentence_bert_config.json"
    for part in ("normalizer", "pre_tokenizer"):
        _patch(described[part], settings)
    if lower.is_file() and read_json(lower).get("do_lower_case"):
        chain = [{"type": "Lowercase"}, *([described["normalizer"]] if described["normalizer"] else [])]
        described["normalizer"] = {"type": "Sequence", "normalizers": chain}
    highest = max(tokenizer.get_vocab(with_added_tokens=True).values(), default=-1)
    return json.dumps(described, ensure_ascii=False, separators=(",", ":")), highest + 1


def _patch(part: Any, settings: dict[str, Any]) -> None:
    """Let tokenizer_config.json decide on case, accents and Chinese characters, also inside a sequence."""
    if not isinstance(part, dict):
        return
    for inner in (*part.get("normalizers", ()), *part.get("pretokenizers", ())):
        _patch(inner, settings)
    for said, name in _PATCHED.get(str(part.get("type")), {}).items():
        if said in settings and (settings[said] is None or isinstance(settings[said], bool)):
            part[name] = settings[said]


def _token(settings: dict[str, Any], name: str, usual: str) -> str:
    """A special token of tokenizer_config.json: a string, or an object with its content."""
    found = settings.get(name, usual)
    return str(found["content"] if isinstance(found, dict) else found)


def _word_piece(folder: Path, settings: dict[str, Any]) -> Any:
    import tokenizers

    first, last = _token(settings, "cls_token", "[CLS]"), _token(settings, "sep_token", "[SEP]")
    vocabulary = tokenizers.models.WordPiece.read_file(str(folder / "vocab.txt"))
    tokenizer = tokenizers.Tokenizer(
        tokenizers.models.WordPiece(vocabulary, unk_token=_token(settings, "unk_token", "[UNK]"))
    )
    tokenizer.add_special_tokens(
        [token for token in (first, last, _token(settings, "mask_token", "[MASK]")) if token in vocabulary]
    )
    tokenizer.normalizer = tokenizers.normalizers.BertNormalizer(lowercase=bool(settings.get("do_lower_case", True)))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = tokenizers.processors.BertProcessing(
        (last, vocabulary[last]), (first, vocabulary[first])
    )
    return tokenizer


def _byte_level(folder: Path, settings: dict[str, Any]) -> Any:
    import tokenizers

    first, last = _token(settings, "cls_token", "<s>"), _token(settings, "sep_token", "</s>")
    vocabulary, merges = tokenizers.models.BPE.read_file(str(folder / "vocab.json"), str(folder / "merges.txt"))
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE(vocabulary, merges))
    tokenizer.add_special_tokens([first, last])
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = tokenizers.processors.RobertaProcessing(
        (last, vocabulary[last]),
        (first, vocabulary[first]),
        add_prefix_space=bool(settings.get("add_prefix_space", False)),
    )
    return tokenizer
