"""Converts a sentence-transformers folder of the BERT family into the folder that `fieldfare.embedding` opens.

    python -m fieldfare.ingest.embedder SOURCE TARGET [--float32]

torch stays out of it: the weights are read with safetensors and CTranslate2's own specification is filled from numpy
arrays. The same source and packages give the same bytes, because packs are stamped with the embedder's digest.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldfare.embedding import DESCRIPTION, digest_of
from fieldfare.errors import FieldfareError, SourceError, StorageError
from fieldfare.ingest.bert import AS_SAFETENSORS, Network, Weights, read_json, write_encoder
from fieldfare.ingest.tokenizer import read_tokenizer

if TYPE_CHECKING:
    from collections.abc import Mapping

_FORMAT = 1  # raised whenever the same source gives another folder, so that no older conversion is taken from a cache
_POOLING = {"mean": "mean", "cls": "first"}
_DENSE_ACTIVATIONS = {"Tanh": "tanh", "Identity": "identity", "ReLU": "relu"}
_LONGEST = 8192  # tokens; some folders say 1e30 for `no limit`


def convert(source: Path, target: Path, *, quantisation: str = "int8", prompts: Mapping[str, str] | None = None) -> str:
    """Write the embedder folder and return its digest; `quantisation` is "int8" or "float32".

    `prompts` are what stands before a `query` and a `passage`; without them they are as the model says itself. `target`
    is replaced as a whole, only once all of it is written. Raises SourceError, and StorageError where it cannot be written.
    """
    from fieldfare.ingest.reference import Reference, calibrate

    network, tokenizer, description, dense = _read(source, prompts)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=target.parent) as scratch:
            folder = Path(scratch) / "embedder"
            folder.mkdir()
            write_encoder(network, folder, quantisation)
            (folder / "tokenizer.json").write_text(tokenizer, "utf-8")
            for name, array in dense.items():
                _save(folder / name, array)
            description["quantisation"] = quantisation
            description["scale"] = calibrate(Reference(network, tokenizer, description, dense))
            files = {file.name: file.read_bytes() for file in folder.iterdir()}
            description["digest"] = digest_of(description, files)
            (folder / DESCRIPTION).write_text(json.dumps(description, indent=1, sort_keys=True) + "\n", "utf-8")
            if target.exists():
                target.rename(Path(scratch) / "old")
            folder.rename(target)
    except OSError as error:
        raise StorageError(
            f"{target} cannot be written ({error}). Check the folder and the space left on it."
        ) from error
    return str(description["digest"])


def prepare(source: Path, cache: Path, prompts: Mapping[str, str] | None = None) -> Path:
    """The converted folder of a model, from `cache` where it was converted before. Raises as `convert`."""
    network, tokenizer, description, dense = _read(source, prompts)
    key = hashlib.sha256(json.dumps([_FORMAT, importlib.metadata.version("ctranslate2"), description]).encode())
    key.update(network.weights.digest().encode() + tokenizer.encode())
    for array in dense.values():
        key.update(array.tobytes())
    folder = cache / key.hexdigest()[:32]
    if not (folder / DESCRIPTION).is_file():
        convert(source, folder, prompts=prompts)
    return folder


def open_reference(source: Path, prompts: Mapping[str, str] | None = None) -> Any:
    """The model in float32 with numpy: a `fieldfare.ingest.reference.Reference`. Raises SourceError."""
    from fieldfare.ingest.reference import Reference

    return Reference(*_read(source, prompts))


def _read(source: Path, prompts: Mapping[str, str] | None) -> tuple[Network, str, dict[str, Any], dict[str, Any]]:
    """Network, tokenizer, description and dense matrices of a sentence-transformers folder. Raises SourceError."""
    if not source.is_dir():
        raise SourceError(f"{source} is no folder. Name the folder of a sentence-transformers model.")
    modules = read_json(source / "modules.json")
    kinds = [str(module["type"]).rsplit(".", 1)[-1] for module in modules]
    if kinds[:2] != ["Transformer", "Pooling"] or not set(kinds[2:]) <= {"Dense", "Normalize", "Dropout"}:
        raise SourceError(
            f"{source} has the modules {', '.join(kinds)}; Transformer and Pooling, then Dense and Normalize can be "
            "converted. Choose another embedding model."
        )
    paths = [_inside(source, str(module.get("path", ""))) for module in modules]
    network = Network.open(paths[0])
    tokenizer, size = read_tokenizer(paths[0])
    if size > network.vocabulary:
        raise SourceError(
            f"The tokenizer of {source} knows {size} tokens, the model {network.vocabulary}: they are not of one model."
        )
    said = prompts if prompts is not None else _prompts(source)
    pooling = _pooling(paths[1], any(said.values()))
    after: list[dict[str, str]] = []
    dense: dict[str, Any] = {}
    width = network.width
    for kind, path in zip(kinds[2:], paths[2:], strict=True):
        if kind == "Normalize":
            after.append({"kind": "normalise"})
        elif kind == "Dense":
            number = len(dense)
            weight, bias, activation = _dense(path, width)
            width = len(weight)
            dense |= {f"dense-{number}.weight.npy": weight, f"dense-{number}.bias.npy": bias}
            after.append({"kind": "dense", "name": f"dense-{number}", "activation": activation})
    readme = _readme(source)
    description = {
        "name": _name(readme) or source.resolve().name,
        "licence": _licence(readme),
        "version": network.weights.digest()[:12],
        "dimension": width,
        "max_tokens": min(_longest(paths[0]), network.positions),
        "pooling": pooling,
        "after": after,
        "prompts": {"query": said.get("query", ""), "passage": said.get("passage", "")},
        "positions_as_feature": network.family == "mpnet",
    }
    return network, tokenizer, description, dense


def _inside(source: Path, path: str) -> Path:
    folder = (source / path).resolve()
    if not folder.is_relative_to(source.resolve()):
        raise SourceError(f"{source / 'modules.json'} names {path}, which is outside of the model. Copy it again.")
    return folder


def _pooling(folder: Path, prompted: bool) -> str:
    config = read_json(folder / "config.json")
    mode = config.get("pooling_mode")
    modes = [mode] if isinstance(mode, str) else list(mode or [])
    if not modes:  # as sentence-transformers before 6 wrote it
        on = [name for name, value in config.items() if name.startswith("pooling_mode_") and value]
        modes = [name.removeprefix("pooling_mode_").removesuffix("_tokens").removesuffix("_token") for name in on]
    if len(modes) != 1 or modes[0] not in _POOLING:
        raise SourceError(
            f"The model pools by {', '.join(modes) or 'nothing'}; only the mean or the first token can be converted."
        )
    if prompted and not config.get("include_prompt", True):
        raise SourceError(
            "The model leaves its prompt out of the mean, which the device cannot. Choose another embedding model."
        )
    return _POOLING[modes[0]]


def _dense(folder: Path, width: int) -> tuple[Any, Any, str]:
    """Weight (out, in), bias and activation of a projection after the pooling."""
    import numpy as np

    config = read_json(folder / "config.json")
    activation = str(config.get("activation_function", "Tanh")).rsplit(".", 1)[-1]
    plain = config.get("module_input_name", "sentence_embedding") == "sentence_embedding"
    plain = (
        plain and config.get("module_output_name") in {None, "sentence_embedding"} and not config.get("use_residual")
    )
    if activation not in _DENSE_ACTIVATIONS or not plain:
        raise SourceError(
            f"{folder} is a projection that cannot be converted ({activation}, or not of the whole text)."
        )
    if not (folder / "model.safetensors").is_file():
        raise SourceError(
            f"{folder} has no model.safetensors; a pickle is not opened, as it can run code. {AS_SAFETENSORS}"
        )
    weights = Weights(folder)
    weight = weights["linear.weight"]
    bias = weights["linear.bias"] if "linear.bias" in weights else np.zeros(len(weight), dtype=np.float32)
    if weight.ndim != 2 or weight.shape[1] != width:
        raise SourceError(f"{folder} does not fit the vectors of {width} numbers before it. Copy the model again.")
    return weight, bias, _DENSE_ACTIVATIONS[activation]


def _longest(folder: Path) -> int:
    """How many tokens the model says that it reads."""
    found = []
    for name, key in (("sentence_bert_config.json", "max_seq_length"), ("tokenizer_config.json", "model_max_length")):
        file = folder / name
        value = read_json(file).get(key) if file.is_file() else None
        if isinstance(value, int | float) and value > 0:
            found.append(int(min(value, _LONGEST)))
    return found[0] if found else _LONGEST


def _prompts(source: Path) -> dict[str, str]:
    """What the model wants before a query and a passage: as its settings say, or the README of the E5 family."""
    file = source / "config_sentence_transformers.json"
    config = read_json(file) if file.is_file() else {}
    said = config.get("prompts") or {}
    default = said.get(config.get("default_prompt_name") or "", "")
    passage = next((said[name] for name in ("document", "passage", "corpus") if name in said), default)
    found = {"query": said.get("query", default), "passage": passage}
    if not any(found.values()) and not said:
        readme = _readme(source)
        if re.search(r"[\"'`]query: ", readme) and re.search(r"[\"'`]passage: ", readme):
            return {"query": "query: ", "passage": "passage: "}
    return found


def _readme(source: Path) -> str:
    file = source / "README.md"
    return file.read_text("utf-8", errors="replace") if file.is_file() else ""


def _name(readme: str) -> str:
    """What the model calls itself on top of its README: the folder's name means little."""
    body = re.sub(r"\A---\n.*?\n---\n", "", readme, flags=re.DOTALL)
    title = re.search(r"^# (.+)$", body, re.MULTILINE)
    return title.group(1).strip()[:80] if title and "{" not in title.group(1) else ""


def _licence(readme: str) -> str:
    """The licence in the README's front matter: a pack that carries the model passes it on."""
    front = re.match(r"---\n(.*?)\n---\n", readme, re.DOTALL)
    found = re.search(r"^licen[sc]e:\s*([\w.+-]+)\s*$", front.group(1), re.MULTILINE) if front else None
    return found.group(1) if found else ""


def _save(file: Path, array: Any) -> None:
    import numpy as np

    np.save(file, array, allow_pickle=False)


def main(arguments: list[str]) -> int:
    """Convert as the command line says; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m fieldfare.ingest.embedder", description="convert an embedding model"
    )
    parser.add_argument("source", type=Path, help="folder of a sentence-transformers model of the BERT family")
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
