"""Turns a language model file into the kind of weights that llama.cpp computes fastest.

    python -m fieldfare.ingest.quantise SOURCE TARGET [Q4_0]

llama.cpp re-orders Q4_0 and IQ4_NL when it loads them, and then reads prompts about twice as fast as with Q4_1, the kind
that the embedded model is published in. Quantising twice costs likelihood on technical prose (perplexity 16.4 as published,
18.9 as IQ4_NL, 19.6 as Q4_0), but asked for numbers out of one excerpt Q4_0 does as well as the published file (33 and 31
of 60 right, IQ4_NL 27), at the same speed as IQ4_NL, and is made in a second instead of forty.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import sys
from pathlib import Path

from fieldfare.errors import FieldfareError, ModelError
from fieldfare.llm import inspect, library

KINDS = {"Q4_0": 2, "Q4_1": 3, "Q8_0": 7, "IQ4_NL": 25}  # enum llama_ftype


def quantise(source: Path, target: Path, kind: str) -> None:
    """Write `source` to `target` with weights of `kind`, one of KINDS; `target` appears whole or not. Raises ModelError."""
    if kind not in KINDS:
        raise ModelError(f"{kind} is no known kind of weights. Choose one of {', '.join(KINDS)}.")
    inspect(source)
    llama = library.load()
    settings = llama.llama_model_quantize_default_params()
    settings.ftype = KINDS[kind]
    settings.allow_requantize = True
    settings.nthread = min(4, os.cpu_count() or 1)
    partial = target.with_name(f"{target.name}.new")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        code = llama.llama_model_quantize(str(source).encode(), str(partial).encode(), ctypes.byref(settings))
        if code != 0:
            raise ModelError(f"{source} cannot be turned into {kind}: llama.cpp refuses it. Choose another model.")
        inspect(partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def main(arguments: list[str]) -> int:
    """Quantise as the command line says; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m fieldfare.ingest.quantise", description="re-quantise a language model"
    )
    parser.add_argument("source", type=Path, help="GGUF file")
    parser.add_argument("target", type=Path, help="GGUF file to write")
    parser.add_argument("kind", nargs="?", default="Q4_0", choices=sorted(KINDS), help="kind of weights")
    options = parser.parse_args(arguments)
    try:
        quantise(options.source, options.target, options.kind)
    except FieldfareError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(f"{options.target}: {options.kind}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
