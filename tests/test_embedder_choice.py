"""Embedders of the author's choice: true to sentence-transformers, refused with a sentence, carried to the device."""

from __future__ import annotations

import base64
import json
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from fieldfare import embedders, library
from fieldfare.assistant import Assistant, open_embedder
from fieldfare.cli import main
from fieldfare.domain import Answered, Match, Question
from fieldfare.embedding import Embedder
from fieldfare.errors import ModelError, SourceError
from fieldfare.ingest.chosen import ChosenEmbedder
from fieldfare.ingest.creator import build
from fieldfare.ingest.embedder import convert, open_reference, prepare
from fieldfare.ingest.sources import read_source
from fieldfare.pack.archive import Archive
from models import MODELS, TEXTS, WIDTH, write_model

if TYPE_CHECKING:
    from collections.abc import Callable

EXPECTED = json.loads((Path(__file__).parent / "family_vectors.json").read_text("utf-8"))["models"]
TWINS = {
    "Pumpe": "pump",
    "Öl": "oil",
    "Ventil": "valve",
    "wechseln": "change",
    "öffnen": "open",
    "heiß": "hot",
    "Wasser": "water",
}
MANUAL = """# Works

## valve

open valve slowly before water

## oil

change oil every hours

## battery

check battery cable
"""


def expected(name: str) -> np.ndarray:
    stored = EXPECTED[name]
    vectors = (
        np.frombuffer(base64.b64decode(stored["vectors"]), dtype="<f2").astype(np.float32).reshape(stored["shape"])
    )
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one * other).sum(axis=1)


@pytest.fixture(scope="module")
def bilingual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("models") / "two-tongues", "xlm-roberta", twins=TWINS)


@pytest.fixture
def make_pack(tmp_path: Path, bilingual: Path) -> Callable[..., Path]:
    def make(name: str = "works", **options: Any) -> Path:
        manual = tmp_path / name / "manual.md"
        manual.parent.mkdir(exist_ok=True)
        manual.write_text(MANUAL, "utf-8")
        chosen = ChosenEmbedder(bilingual, tmp_path / "converted", **options)
        target = tmp_path / f"{name}.fpack"
        build(read_source(manual.parent, language="en"), target, chosen, lambda *_: None)
        return target

    return make


def open_packs(*files: Path) -> Assistant:
    shelf = library.Shelf(archives=tuple(Archive(file) for file in files), packs=(), problems=())
    return Assistant(shelf, None, None)


@pytest.mark.parametrize("name", MODELS)
def test_every_family_agrees_with_sentence_transformers(name: str, tmp_path: Path) -> None:
    family, options = MODELS[name]
    source = write_model(tmp_path / "model", family, **options)
    assert cosines(open_reference(source).encode(TEXTS), expected(name)).min() > 0.99999
    for quantisation, least in (("float32", 0.99999), ("int8", 0.997)):
        convert(source, tmp_path / quantisation, quantisation=quantisation)
        assert cosines(Embedder.open(tmp_path / quantisation).encode(TEXTS), expected(name)).min() > least


@pytest.mark.parametrize(
    "options",
    [{"half": True}, {"shards": 3}, {"prefix": "roberta."}],
    ids=["float16", "several files", "prefixed names"],
)
def test_weights_are_read_however_they_were_saved(options: dict[str, Any], tmp_path: Path) -> None:
    source = write_model(tmp_path / "model", "roberta", **options)
    assert cosines(open_reference(source).encode(TEXTS), expected("roberta")).min() > 0.9999


def test_a_tokenizer_is_made_from_the_files_of_older_models(tmp_path: Path) -> None:
    for family, files in (("bert", "vocab.txt"), ("roberta", "vocab.json")):
        source = write_model(tmp_path / family, family)
        Tokenizer.from_file(str(source / "tokenizer.json")).model.save(str(source))
        vocabulary = Tokenizer.from_file(str(source / "tokenizer.json")).get_vocab()
        if family == "roberta":  # the library leaves the mask out of the model
            (source / files).write_text(json.dumps(vocabulary), "utf-8")
        assert (source / files).is_file()
        (source / "tokenizer.json").unlink()
        assert cosines(open_reference(source).encode(TEXTS), expected(family)).min() > 0.99999


def test_case_is_kept_where_the_model_keeps_it(tmp_path: Path) -> None:
    source = write_model(tmp_path / "model", "bert")
    settings = json.loads((source / "tokenizer_config.json").read_text("utf-8"))
    (source / "tokenizer_config.json").write_text(json.dumps(settings | {"do_lower_case": False}), "utf-8")
    upper, lower = open_reference(source).encode(["OIL", "oil"])
    assert upper @ lower < 0.999
    limits = source / "sentence_bert_config.json"
    limits.write_text(json.dumps({"max_seq_length": 180, "do_lower_case": True}), "utf-8")
    upper, lower = open_reference(source).encode(["OIL", "oil"])
    assert upper @ lower > 0.99999


def test_a_conversion_has_the_same_digest_each_time_and_another_for_other_prompts(tmp_path: Path) -> None:
    source = write_model(tmp_path / "model", "distilbert")
    first, again = convert(source, tmp_path / "one"), convert(source, tmp_path / "two")
    assert first == again
    assert convert(source, tmp_path / "one", prompts={"query": "find: "}) != first
    assert prepare(source, tmp_path / "cache") == prepare(source, tmp_path / "cache")
    assert prepare(source, tmp_path / "cache") != prepare(source, tmp_path / "cache", {"query": "find: "})


def test_prompts_come_from_the_author_the_settings_or_the_readme(tmp_path: Path) -> None:
    said = write_model(tmp_path / "said", "bert", prompts={"query": "find: ", "document": "text: "})
    readme = write_model(tmp_path / "readme", "bert")
    (readme / "README.md").write_text('---\nlicense: mit\n---\n# tiny\nStart with "query: " or "passage: ".\n', "utf-8")
    cases: list[tuple[Path, dict[str, str] | None, tuple[str, str]]] = [
        (said, None, ("find: ", "text: ")),
        (said, {"query": "q "}, ("q ", "")),
        (readme, None, ("query: ", "passage: ")),
        (write_model(tmp_path / "plain", "bert"), None, ("", "")),
    ]
    for number, (source, prompts, (query, passage)) in enumerate(cases):
        convert(source, tmp_path / str(number), prompts=prompts)
        opened = Embedder.open(tmp_path / str(number))
        assert opened.prompted("oil", query=True) == f"{query}oil"
        assert opened.prompted("oil") == f"{passage}oil"
        assert cosines(opened.encode(["oil"], query=True), opened.encode(["oil"]))[0] < 0.9999 or query == passage
        assert opened.licence == ("mit" if source is readme else "")


def _damage(source: Path, name: str, **changed: Any) -> None:
    file = source / name
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | changed), "utf-8")


def _modules(source: Path, *kinds: str, path: str = "") -> None:
    listed = [
        {"path": path if kind == "Dense" else "1_Pooling" if kind == "Pooling" else "", "type": kind} for kind in kinds
    ]
    (source / "modules.json").write_text(json.dumps(listed), "utf-8")


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "no folder": (shutil.rmtree, "is no folder"),
    "no sentence-transformers folder": (lambda at: (at / "modules.json").unlink(), "A sentence-transformers folder has it"),
    "a pickle": (
        lambda at: (at / "model.safetensors").rename(at / "pytorch_model.bin"),
        r"can run code.*save_pretrained",
    ),
    "no weights": (lambda at: (at / "model.safetensors").unlink(), "has no model.safetensors"),
    "damaged weights": (lambda at: (at / "model.safetensors").write_bytes(b"\xff" * 64), "cannot be read"),
    "another family": (lambda at: _damage(at, "config.json", model_type="albert"), "family albert; bert, "),
    "no family": (lambda at: (at / "config.json").write_text("[]"), "family unknown"),
    "relative positions": (
        lambda at: _damage(at, "config.json", position_embedding_type="relative_key"),
        "only absolute ones",
    ),
    "narrow embeddings": (lambda at: _damage(at, "config.json", embedding_size=16), "widens its word embeddings"),
    "an activation": (lambda at: _damage(at, "config.json", hidden_act="mish"), "activation mish"),
    "missing layers": (lambda at: _damage(at, "config.json", num_hidden_layers=9), "has no tensor encoder.layer"),
    "an incomplete shape": (lambda at: _damage(at, "config.json", num_attention_heads=None), "is incomplete"),
    "another pooling": (
        lambda at: (at / "1_Pooling" / "config.json").write_text('{"pooling_mode": ["mean", "max"]}'),
        "pools by mean, max",
    ),
    "another module": (lambda at: _modules(at, "Transformer", "Pooling", "LSTM"), "has the modules Transformer, Pooling, LSTM"),
    "a module outside": (
        lambda at: _modules(at, "Transformer", "Pooling", "Dense", path="../.."),
        "outside of the model",
    ),
    "shards outside": (
        lambda at: (at / "model.safetensors.index.json").write_text('{"weight_map": {"x": "../model.safetensors"}}'),
        "names no files of its own folder",
    ),
    "no tokenizer": (lambda at: (at / "tokenizer.json").unlink(), r"has no tokenizer.json.*AutoTokenizer"),
    "a damaged tokenizer": (lambda at: (at / "tokenizer.json").write_text("{}"), "tokenizer in .* cannot be read"),
    "another model's tokenizer": (
        lambda at: _more_words(at / "tokenizer.json"),
        "they are not of one model",
    ),
}  # fmt: skip


def _more_words(file: Path) -> None:
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.add_tokens(["anemometer"])
    tokenizer.save(str(file))


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_converted_is_refused_with_a_sentence(case: str, tmp_path: Path) -> None:
    source = write_model(tmp_path / "model", "bert")
    spoil, sentence = REFUSED[case]
    spoil(source)
    with pytest.raises(SourceError, match=sentence):
        convert(source, tmp_path / "converted")
    assert not (tmp_path / "converted").exists()


def test_prompts_that_pooling_leaves_out_are_refused(tmp_path: Path) -> None:
    source = write_model(tmp_path / "model", "bert", prompts={"query": "find: "})
    _damage(source, "1_Pooling/config.json", include_prompt=False)
    with pytest.raises(SourceError, match="leaves its prompt out"):
        convert(source, tmp_path / "converted")


def test_a_conversion_that_disagrees_with_its_original_is_refused(tmp_path: Path) -> None:
    source = write_model(tmp_path / "model", "bert")
    chosen = ChosenEmbedder(source, tmp_path / "cache")
    assert chosen.measure(TEXTS).mean > 0.998
    model = chosen.folder / "model.bin"
    content = bytearray(model.read_bytes())
    content[len(content) // 3 : len(content) // 2] = bytes(len(content) // 2 - len(content) // 3)
    model.write_bytes(content)
    with pytest.raises((SourceError, ModelError), match=r"change when it is converted|cannot be loaded"):
        ChosenEmbedder(source, tmp_path / "cache").measure(TEXTS)


@pytest.mark.filterwarnings("default")  # of its libraries
def test_sentence_transformers_is_asked_where_it_is_installed(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers", reason="the authors' reference environment is not installed")
    source = write_model(tmp_path / "model", "mpnet", prompts={"query": "find: ", "document": "oil: "})
    agreement = ChosenEmbedder(source, tmp_path / "cache").measure(TEXTS)
    assert agreement.peer.startswith("sentence-transformers ")
    assert agreement.peer_mean > 0.998


def test_a_model_that_tells_nothing_apart_is_doubted(tmp_path: Path) -> None:
    chosen = ChosenEmbedder(write_model(tmp_path / "model", "bert"), tmp_path / "cache")
    assert "hardly tells the answer" in chosen.doubt
    assert chosen.closeness(0.4) == pytest.approx(0.4)  # such a model is left as it is


def test_a_pack_carries_its_embedder_and_answers_across_languages(make_pack: Callable[..., Path]) -> None:
    pack = make_pack()
    archive = Archive(pack)
    assert archive.carries_embedder()
    assert archive.manifest.embedder is not None
    assert archive.manifest.embedder.name == "two-tongues"
    archive.close()
    assistant = open_packs(pack)
    assert assistant.problems == ()
    for asked, meant in (("Ventil öffnen", "open valve"), ("Öl wechseln", "change oil")):
        found = assistant.search(Question(text=asked, language="de"))[0]
        assert meant in found.passage.text
        assert found.matched_by == (Match.MEANING,)
    answered = list(assistant.ask(Question(text="Ventil öffnen", language="de"), threading.Event()))[-1]
    assert isinstance(answered, Answered)
    assert answered.answer.text == "open valve slowly before water"
    assistant.close()


def test_an_embedder_beside_the_pack_is_found_in_the_share_folder(
    make_pack: Callable[..., Path], tmp_path: Path, bilingual: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIELDFARE_SHARE", str(tmp_path / "share"))
    pack = make_pack(travels=False)
    lacking = open_packs(pack)
    assert len(lacking.problems) == 1
    assert "searched by words and codes only" in lacking.problems[0]
    assert "two-tongues" in lacking.problems[0]
    assert lacking.search(Question(text="Ventil öffnen")) == ()
    assert lacking.search(Question(text="valve"))[0].matched_by == (Match.WORDS,)
    lacking.close()
    chosen = ChosenEmbedder(bilingual, tmp_path / "converted")
    placed = chosen.place(tmp_path / "share" / "models" / "embedders")
    assert placed.name == chosen.identity.digest
    found = open_packs(pack)
    assert found.problems == ()
    assert "open valve" in found.search(Question(text="Ventil öffnen"))[0].passage.text
    found.close()
    with (placed / "model.bin").open("r+b") as stream:
        stream.seek(5000)
        stream.write(b"\xff" * 50)
    damaged = open_packs(pack)
    assert damaged.search(Question(text="valve"))[0].matched_by == (Match.WORDS,)
    assert "is not the one that made the pack's vectors" in damaged.problems[0]
    damaged.close()


def test_packs_of_one_embedder_share_it_and_ask_it_once(
    make_pack: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    archives = [Archive(make_pack("works")), Archive(make_pack("plant"))]
    found, lacking = embedders.of_packs(archives, None)
    assert lacking == ()
    assert found["works"] is found["plant"]
    loads: list[str] = []
    load = Embedder.load.__func__  # type: ignore[attr-defined]
    monkeypatch.setattr(Embedder, "load", classmethod(lambda *given: loads.append(given[-1]) or load(*given)))  # type: ignore[func-returns-value]
    asked: list[list[str]] = []
    encode = Embedder.encode
    monkeypatch.setattr(
        Embedder, "encode", lambda self, texts, **how: asked.append(list(texts)) or encode(self, texts, **how)
    )  # type: ignore[func-returns-value]
    assistant = Assistant(library.Shelf(archives=tuple(archives), packs=(), problems=()), None, None)
    assert loads == []  # an embedder is loaded with the first question
    texts = ["Ventil öffnen", "Ventil langsam öffnen"]
    for text in texts:
        evidence = assistant.search(Question(text=text))
        assert {one.passage.pack for one in evidence[:2]} == {"works", "plant"}
    assert len(loads) == 1
    assert asked == [[text] for text in texts]
    assistant.close()


def test_packs_of_several_embedders_are_searched_together(
    make_pack: Callable[..., Path], pump_pack: Path, embedder: Any
) -> None:
    shelf = library.Shelf(archives=(Archive(make_pack()), Archive(pump_pack)), packs=(), problems=())
    assistant = Assistant(shelf, embedder, None)
    assert assistant.search(Question(text="Ventil öffnen"))[0].passage.pack == "works"
    heavy = [one for one in assistant.search(Question(text="how heavy is it")) if one.passage.pack == "korvan-cp200"]
    assert Match.MEANING in heavy[0].matched_by
    assert " kg" in heavy[0].passage.text
    threads = [threading.Thread(target=assistant.search, args=(Question(text="gearbox oil"),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answered = list(
        assistant.ask(Question(text="which oil does the gearbox hold?", packs=("korvan-cp200",)), threading.Event())
    )[-1]
    assert isinstance(answered, Answered)
    assert "2.6 L" in answered.answer.text
    assistant.close()


def test_the_command_line_converts_carries_and_tells(
    tmp_path: Path, bilingual: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "works"
    shutil.copytree(bilingual, folder / "models" / "tongues")
    (folder / "models" / "tongues" / "README.md").write_text("---\nlicense: mit\n---\n# Tongues\nanemometer\n", "utf-8")
    (folder / "manual.md").write_text(MANUAL, "utf-8")
    (folder / "pack.toml").write_text(
        '[pack]\nid = "works"\nembedder = "models/tongues"\nembedder_prompts = { query = "oil " }\n', "utf-8"
    )
    pack = tmp_path / "works.fpack"
    assert main(["pack", "build", str(folder), "-o", str(pack)]) == 0
    told = capsys.readouterr().out
    assert "embedder: Tongues" in told
    assert f"{WIDTH} dimensions, licence mit; agrees with its float32 original: cosine" in told
    archive = Archive(pack)
    assert not archive.stems_with("anemom", 5)  # the README of a model is no manual
    assert json.loads(archive.embedder_files()["embedder.json"])["prompts"] == {"query": "oil ", "passage": ""}
    archive.close()
    beside = ["pack", "build", str(folder), "--embedder-beside", "-o", str(pack)]
    assert main(beside) == 0
    assert "IT places that folder" in capsys.readouterr().out
    archive = Archive(pack)
    assert not archive.carries_embedder()
    assert archive.manifest.embedder is not None
    assert (tmp_path / "embedders" / archive.manifest.embedder.digest / "model.bin").is_file()
    archive.close()
    assert main([*beside, "--no-meaning"]) == 2
    assert main(["pack", "build", str(folder), "--embedder", str(tmp_path / "none"), "-o", str(pack)]) != 0
    assert "is no folder" in capsys.readouterr().err


def test_a_damaged_embedded_one_is_told_at_once(
    make_pack: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIELDFARE_SHARE", str(tmp_path / "share"))
    folder = tmp_path / "share" / "models" / "embedder"
    folder.mkdir(parents=True)
    (folder / "embedder.json").write_text("{}", "utf-8")
    shelf = library.Shelf(archives=(Archive(make_pack()),), packs=(), problems=())
    assistant = Assistant(shelf, open_embedder(), None)
    assert "Set Fieldfare up again." in assistant.problems[0]
    assistant.close()
