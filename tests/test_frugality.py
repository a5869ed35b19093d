"""What the program does so that it fits beside others: memory goes back, nothing is held twice, nothing unused is loaded."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import tokenizers

from fieldfare import paths, pieces
from fieldfare.allocation import give_back

BLOCK, BLOCKS = 64_000, 600  # bytes; glibc maps larger blocks by themselves and needs no asking


def run(code: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent / "app")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def definition() -> bytes:
    return (paths.embedder_dir() / "tokenizer.json").read_bytes()


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="this C library is not glibc")
def test_what_was_freed_between_blocks_that_are_used_goes_back() -> None:
    library = ctypes.CDLL(None)
    library.malloc.restype, library.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    blocks = [library.malloc(BLOCK) for _ in range(BLOCKS)]
    for block in blocks:
        ctypes.memset(block, 1, BLOCK)
    for block in blocks[:-1]:  # the last one stands at the end of the heap: nothing goes back by itself
        library.free(block)
    held = psutil.Process().memory_info().rss
    give_back()
    freed = held - psutil.Process().memory_info().rss
    library.free(blocks[-1])
    assert freed > BLOCK * BLOCKS // 2


def test_models_that_read_the_same_pieces_share_them(definition: bytes) -> None:
    assert pieces.opened(definition) is pieces.opened(bytes(bytearray(definition)))
    other = json.loads(definition) | {"normalizer": None}
    assert pieces.opened(json.dumps(other).encode()) is not pieces.opened(definition)


@pytest.mark.parametrize("longest", [2, 3, 16, 256])
def test_a_text_is_cut_as_the_library_cuts_it(definition: bytes, longest: int) -> None:
    texts = ["", "oil", "Open the bleeder screw of the pre-filter by ¾ turn. " * 40, "火災 é " * 9, "x" * 5000]
    library = tokenizers.Tokenizer.from_str(definition.decode())
    library.enable_truncation(max_length=longest)
    library.no_padding()
    assert pieces.opened(definition).marked(texts, longest) == [one.ids for one in library.encode_batch(texts)]
    assert pieces.opened(definition).marked([], longest) == []


def test_one_language_brings_no_other_stemmers_along() -> None:
    code = (
        "import sys; from fieldfare.stems import stem; stem('running', 'en')\n"
        "print(sorted(name for name in sys.modules if name.endswith('_stemmer')))\n"
        "import snowballstemmer; print(snowballstemmer.stemmer('german').stemWord('laufen') == stem('laufen', 'de'))"
    )
    assert run(code).splitlines() == ["['snowballstemmer.english_stemmer']", "True"]


def test_nothing_loads_what_speaks_to_a_network() -> None:
    code = (
        "import sys, contextlib; sys.argv = ['fieldfare', '--version']\n"
        "from fieldfare.__main__ import main\n"
        "with contextlib.suppress(SystemExit): main()\n"
        "import asyncio, fieldfare.tui.app; print('_ssl' in sys.modules)"
    )
    assert run(code).splitlines()[-1] == "False"
