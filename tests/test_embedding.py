"""The embedder: agreement with its float32 reference, order, edge cases, identity, and what importing it costs."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from fieldfare import paths
from fieldfare.embedding import Embedder
from fieldfare.errors import ModelError

REFERENCE = Path(__file__).parent / "reference_vectors.json"


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    if not (paths.embedder_dir() / "embedder.json").is_file():
        pytest.fail(f"The embedder is not in {paths.embedder_dir()}: run scripts/test, which sets it up.")
    return Embedder.open(paths.embedder_dir())


def test_vectors_agree_with_the_float32_reference(embedder: Embedder) -> None:
    reference = json.loads(REFERENCE.read_text("utf-8"))
    expected = np.frombuffer(base64.b64decode(reference["vectors"]), dtype="<f2").astype(np.float32)
    expected = expected.reshape(reference["shape"])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    cosines = (embedder.encode(reference["sentences"]) * expected).sum(axis=1)
    assert cosines.mean() >= 0.995
    assert cosines.min() >= 0.99


def test_every_text_has_one_row_of_unit_length(embedder: Embedder) -> None:
    vectors = embedder.encode(["pump", "", "\0\u202e\ud83d".encode("utf-8", "replace").decode(), "x" * 100_000, "pump"])
    assert vectors.shape == (5, embedder.identity.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(vectors[0], vectors[4], atol=1e-6)


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.encode([]).shape == (0, embedder.identity.dimension)


def test_neighbours_in_a_batch_do_not_change_a_vector(embedder: Embedder) -> None:
    texts = [f"Turn the valve {'slowly ' * (index % 17)}by {index} degrees." for index in range(60)]
    together = embedder.encode(texts)
    alone = np.concatenate([embedder.encode([text]) for text in texts])
    assert (together * alone).sum(axis=1).min() > 0.9999


def test_threads_take_turns(embedder: Embedder) -> None:
    expected = embedder.encode(["coolant level"])
    found: list[np.ndarray] = []
    threads = [threading.Thread(target=lambda: found.append(embedder.encode(["coolant level"]))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(np.allclose(one, expected, atol=1e-6) for one in found)


def test_meaning_is_closer_than_words(embedder: Embedder) -> None:
    question, answer, other = embedder.encode(
        ["how do I change the oil", "Draining and refilling the lubricant", "Connecting the antenna cable"]
    )
    assert question @ answer > question @ other


def test_identity_names_the_very_files(embedder: Embedder) -> None:
    identity = embedder.identity
    assert (identity.dimension, len(identity.digest)) == (384, 64)
    assert identity.name
    assert identity.version


@pytest.mark.parametrize(
    "content", [None, "", "{}", "[1]", '{"name": "x", "version": "1", "dimension": 3, "digest": ""}']
)
def test_a_missing_or_damaged_embedder_is_told(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "embedder.json").write_text(content, "utf-8")
    with pytest.raises(ModelError, match=r"Set Fieldfare up again\."):
        Embedder.open(tmp_path)


def test_importing_loads_no_engine() -> None:
    code = (
        "import sys, fieldfare.embedding, fieldfare.llm\n"
        "print([name for name in ('numpy', 'ctranslate2', 'tokenizers', 'llama_cpp', 'torch') if name in sys.modules])"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent / "app")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"


def test_a_text_has_the_same_vector_in_every_company(embedder: Embedder) -> None:
    texts = [" ".join(["tighten the drain plug to", str(n), *["N·m"] * (n % 37)]) for n in range(120)]
    together = embedder.encode(texts)
    backwards = embedder.encode(texts[::-1])[::-1]
    alone = np.concatenate([embedder.encode([text]) for text in texts])
    assert np.array_equal(together, alone)
    assert np.array_equal(backwards, alone)
