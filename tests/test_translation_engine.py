from __future__ import annotations

import importlib.util
import json
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fieldfare.errors import ModelError, UsageError
from fieldfare.text import sentences
from fieldfare.translation import engine as engines
from fieldfare.translation import installation
from fieldfare.translation.bpe import WordPieces, detokenise, tokenise
from fieldfare.translation.engine import Engine, Model
from languages import GERMAN, write_package

if TYPE_CHECKING:
    from fieldfare.translation.packages import Package

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared" / "eval" / "translation"
PAGE = (
    "Check the oil before page 7.",
    "Open the valve (max. 12.5 bar), check page 7!",
    "Do not close E-21 and the pump.",
    "",
    "see 3-4 no water: the fault is left",
)
SAID = (
    "Prüfen die Öl vor Seite 7.",
    "Öffnen die Ventil (max. 12.5 bar), prüfen Seite 7!",
    "Bitte nicht schließen E-21 und die Pumpe.",
    "",
    "siehe 3-4 kein Wasser: die Fehler ist links",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Package]:
    """The same lexicon as packages of every kind, installed."""
    folder = tmp_path_factory.mktemp("packages")
    kinds = {"pieces": {}, "bpe": {"bpe": True}, "prefix": {"prefix": "<2de>"}}
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        for name, how in kinds.items():
            patch.setenv("FIELDFARE_HOME", str(folder / name))
            file = write_package(folder / f"{name}.argosmodel", **how)
            found[name] = installation.install(file, unverified=True)
        patch.setenv("FIELDFARE_HOME", str(folder / "sv"))
        file = write_package(
            folder / "sv.argosmodel", "de", "sv", {"Mutter": ("mutter", "nöt"), "die": ("den",), "der": ("den",)}
        )
        found["sv"] = installation.install(file, unverified=True)
    return found


@pytest.mark.parametrize("kind", ["pieces", "bpe", "prefix"])
def test_a_page_comes_sentence_by_sentence_in_its_order(made: dict[str, Package], kind: str) -> None:
    said = [one[0].text for one in Engine([made[kind]]).translate(PAGE, "en", "de")]
    assert said == list(SAID)


def test_hypotheses_come_best_first_and_differ(made: dict[str, Package]) -> None:
    (found,) = Engine([made["pieces"]]).translate(["Tighten the bolt."], "en", "de", count=4)
    assert found[0].text == "Anziehen die Schraube."
    assert {one.text for one in found[1:]} == {
        "Festziehen die Schraube.",
        "Anziehen der Schraube.",
        "Anziehen die Bolzen.",
    }
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_a_sentence_says_the_same_alone_and_in_company(made: dict[str, Package]) -> None:
    engine = Engine([made["pieces"]])
    page = [
        " ".join(words) + "." for size in (3, 9, 27) for words in zip(*[iter([*GERMAN] * size)] * size, strict=False)
    ][:40]
    together = [one[0].text for one in engine.translate(page, "en", "de")]
    alone = [next(engine.translate([one], "en", "de"))[0].text for one in page]
    assert together == alone


def test_a_way_over_a_third_language_carries_every_hypothesis_on(made: dict[str, Package]) -> None:
    engine = Engine([made["pieces"], made["sv"]])
    first, second, *_ = next(engine.translate(["the nut"], "en", "sv", count=4))
    assert (first.text, second.text) == ("den mutter", "den mutter")  # through `die Mutter` and `der Mutter`
    assert next(engine.translate([""], "en", "sv"))[0].text == ""
    with pytest.raises(UsageError, match="No language package leads"):
        next(engine.translate(["x"], "sv", "en"))


def test_no_word_of_a_sentence_longer_than_a_model_reads_is_lost(made: dict[str, Package]) -> None:
    long = "Check the pump, " * 110 + "and page 7."
    for kind in ("pieces", "bpe"):
        (found,) = Engine([made[kind]]).translate([long], "en", "de")
        assert found[0].text.lower() == ("prüfen die pumpe, " * 110 + "und seite 7.")


def test_the_first_sentence_comes_before_the_others_are_translated(
    made: dict[str, Package], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    plain = Model.translate

    def counted(self: Model, batch: list[str], *, count: int) -> list[tuple[engines.Hypothesis, ...]]:
        asked.append(len(batch))
        return plain(self, batch, count=count)

    monkeypatch.setattr(Model, "translate", counted)
    stream = Engine([made["pieces"]]).translate([f"Check page {number}." for number in range(30)], "en", "de")
    assert next(stream)[0].text == "Prüfen Seite 0."
    assert asked == [1]
    assert len(list(stream)) == 29
    assert asked == [1, 8, 16, 5]


def test_a_cancelled_page_ends_after_the_batch_in_hand(made: dict[str, Package]) -> None:
    cancel = threading.Event()
    found = []
    for one in Engine([made["pieces"]]).translate(["Check the pump."] * 50, "en", "de", cancelled=cancel.is_set):
        found.append(one)
        cancel.set()
    assert len(found) == 1


def test_models_are_loaded_late_and_two_at_most(made: dict[str, Package], monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    plain = Model.load

    def told(self: Model) -> None:
        if self._translator is None:
            loaded.append(str(self.package))
        plain(self)

    monkeypatch.setattr(Model, "load", told)
    engine = Engine([made["pieces"], made["sv"]])
    assert str(engine.route("en", "sv")) == "en → de → sv"
    assert loaded == []
    engine.prepare("en", "sv")
    assert loaded == ["en → de", "de → sv"]
    list(engine.translate(PAGE, "en", "sv"))
    assert len(loaded) == 2
    engine.unload()
    list(engine.translate(["Check."], "en", "de"))
    assert loaded[2:] == ["en → de"]
    monkeypatch.setattr(engines, "_LOADED", 1)
    list(engine.translate(["Mutter"], "de", "sv"))
    list(engine.translate(["Check."], "en", "de"))
    assert loaded[3:] == ["de → sv", "en → de"]


def test_threads_take_turns_while_another_unloads(made: dict[str, Package]) -> None:
    engine = Engine([made["pieces"], made["sv"]])
    failed: list[BaseException] = []
    said: list[str] = []

    def translate(target: str) -> None:
        try:
            said.extend(one[0].text for one in engine.translate(["the nut"] * 30, "en", target))
        except BaseException as error:  # noqa: BLE001  (a thread's failure is the test's)
            failed.append(error)

    threads = [threading.Thread(target=translate, args=(target,)) for target in ("de", "sv", "de")]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        engine.unload()
        threads[0].join(0.02)
    assert failed == []
    assert sorted(said) == sorted(["die Mutter"] * 60 + ["den mutter"] * 30)


def test_a_model_that_cannot_go_on_says_so(made: dict[str, Package], monkeypatch: pytest.MonkeyPatch) -> None:
    # This model knows 200 places; asking it for more is its failure.
    monkeypatch.setattr(engines, "_LONGEST_PIECES", 5000)
    monkeypatch.setattr(engines, "_LIMITS", ((5000, 512),))
    with pytest.raises(ModelError, match="cannot translate this"):
        list(Engine([made["pieces"]]).translate(["pump " * 300], "en", "de"))


def test_codes_join_letters_as_subword_nmt_does() -> None:
    codes = "#version: 0.2\nt h\nth e</w>\nn u\nnu t</w>\nnu t\n"
    pieces = WordPieces(codes, "en", "de")
    assert pieces.split("the nut, a hen nuts") == ["the", "nut", ",", "a", "h@@", "e@@", "n", "nut@@", "s"]
    assert pieces.join(["the", "nut@@", "s", ","]) == "the nuts,"
    old = WordPieces("t h\nth e\nthe </w>\n", "en", "de")
    assert old.split("the then") == ["the", "the@@", "n"]
    for bad in ("#version: 0.3\na b\n", "a b c\n", "<html></html>\n"):
        with pytest.raises(ModelError, match="holds no codes"):
            WordPieces(bad, "en", "de")


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "Don't open it (e.g. the U.S. valve), it's 1,200.5 mm.", "Don &apos;t open it ( e.g. the U.S. valve ) , it &apos;s 1,200.5 mm ."),
        ("de", "Öffnen Sie Nr. 5 – „langsam“ … bis 3,5 bar!", "Öffnen Sie Nr. 5 - &quot; langsam &quot; ... bis 3,5 bar !"),
        ("fr", "L'huile n'est pas « chaude » : 10 %.", "L&apos; huile n&apos; est pas &quot; chaude &quot; : 10 % ."),
        ("es", "¿Qué? Véase la pág. 3; máx. 5 °C.", "¿ Qué ? Véase la pág. 3 ; máx. 5 ° C."),
        ("en", "a|b & <c> [d] \"e\"", "a &#124; b &amp; &lt; c &gt; &#91; d &#93; &quot; e &quot;"),
    ],
)  # fmt: skip
def test_words_are_set_apart_and_put_together_as_moses_does(language: str, text: str, words: str) -> None:
    assert " ".join(tokenise(text, language)) == words
    assert detokenise(words.split(), language)


@pytest.mark.skipif(
    not importlib.util.find_spec("sacremoses"), reason="sacremoses is in the authors' comparison environment only"
)
def test_words_agree_with_sacremoses_on_real_sentences() -> None:
    if not SHARED.is_dir():
        pytest.skip("the shared sentences are not here")
    from sacremoses import MosesDetokenizer, MosesPunctNormalizer, MosesTokenizer

    for language in ("de", "es", "fr", "it", "pt"):
        rows = [line.split("\t") for line in (SHARED / f"dev.en-{language}.tsv").read_text("utf-8").splitlines()[1:]]
        for code, texts in (("en", [row[3] for row in rows]), (language, [row[4] for row in rows])):
            theirs, normal, back = MosesTokenizer(code), MosesPunctNormalizer(code), MosesDetokenizer(code)
            expected = [theirs.tokenize(normal.normalize(text)) for text in texts]
            same = sum(tokenise(text, code) == words for text, words in zip(texts, expected, strict=True))
            joined = sum(detokenise(words, code) == back.detokenize(words) for words in expected)
            assert same / len(texts) > 0.97, (code, same, len(texts))
            assert joined / len(texts) > 0.98, (code, joined, len(texts))


@pytest.mark.parametrize(
    "text",
    [
        "See Fig. 3 and e.g. Tab. 4.| Then stop.",
        "3.1. Open the cover.| 2. Close it.",
        "Wait 5 min.| Then open.| Run for 10 s.| Stop.",
        "Prüfen Sie Nr. 5 z. B. mit 3,5 mm.| Dann weiter.",
        "Die Pumpe (s. Abb. 3) ist aus.| U. a. wird sie heiß.",
        "Der 1. Januar ist frei.| Danach ist ca. 5 V da.",
        "Revise p. ej. el filtro, véase la pág. 5.| Luego siga con el n.º 3.",
        "Voir p. 12, fig. 4.| Ensuite, ouvrez env. 5 mm.",
        "Cfr. pag. 3.| Poi aprire.",
        "Wait ... then go …| ¿Qué?| ¡No!| Fin.",
        "Use No. 4.| Is it on?| No.| Then stop.",
        "Version 1.2.3 needs 0.85.x.| It runs.",
    ],
)
def test_sentences_end_where_they_end_and_no_character_is_lost(text: str) -> None:
    plain = text.replace("|", "")
    assert [plain[a:b] for a, b in sentences(plain)] == [one.strip() for one in text.split("|")]
    rebuilt, at = "", 0
    for start, end in sentences(plain):
        assert not plain[at:start].strip()
        rebuilt += plain[at:end]
        at = end
    assert rebuilt + plain[at:] == plain


def test_importing_the_engine_loads_nothing_heavy() -> None:
    import subprocess

    code = "import fieldfare.translation.engine, fieldfare.translation.installation, fieldfare.cli.languages, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT / "app")
    assert not {"ctranslate2", "sentencepiece", "numpy", "torch"} & set(done.stdout.split())


def test_a_made_package_is_what_argos_publishes(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(write_package(tmp_path / "x.argosmodel")) as archive:
        names = set(archive.namelist())
        top = "translate-en_de-1_0/"
        assert {f"{top}metadata.json", f"{top}model/model.bin", f"{top}sentencepiece.model"} <= names
        assert json.loads(archive.read(f"{top}metadata.json"))["from_code"] == "en"
