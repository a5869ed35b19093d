"""Make the device's reader of a trained one: int8 weights for CTranslate2, the heads, the tokenizer, a description.

    python scripts/train/export_reader.py TRAINED build/models/reader --version 1

Needs the author's environment, no torch. TRAINED is what scripts/train/reader.py wrote.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np

from fieldfare.ingest.bert import Network, write_encoder
from fieldfare.ingest.tokenizer import read_tokenizer
from fieldfare.reading import DESCRIPTION, HEADS


def main() -> None:
    """Write the folder, whole or not at all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("trained", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--version", required=True)
    parser.add_argument("--quantisation", default="int8")
    options = parser.parse_args()
    network = Network.open(options.trained)
    weights = network.weights
    heads = np.concatenate(
        [
            np.concatenate([weights["answers.weight"], weights["answers.bias"][:, None]], axis=1),
            np.concatenate([weights["span.weight"], weights["span.bias"][:, None]], axis=1),
        ]
    )
    options.target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.target.parent) as scratch:
        folder = Path(scratch) / "reader"
        folder.mkdir()
        write_encoder(network, folder, options.quantisation, pairs=True)
        np.save(folder / HEADS, heads.astype(np.float32))
        tokenizer, _ = read_tokenizer(options.trained)
        (folder / "tokenizer.json").write_text(tokenizer, "utf-8")
        description = {
            "name": "fieldfare-reader",
            "version": options.version,
            "tokens": 320,
            "question_tokens": 64,
            "first": 101,
            "between": 102,
            "digest": weights.digest(),
            "languages": ["en"],
        }
        (folder / DESCRIPTION).write_text(json.dumps(description, indent=1, sort_keys=True) + "\n", "utf-8")
        notice = options.target / "NOTICE.md"
        if notice.exists():
            notice.rename(folder / notice.name)
        if options.target.exists():
            options.target.rename(Path(scratch) / "old")
        folder.rename(options.target)


if __name__ == "__main__":
    main()
