from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from fieldfare import library, paths
from fieldfare.assistant import open_embedder
from fieldfare.ingest.creator import BuildReport, build
from fieldfare.ingest.sources import read_source
from fieldfare.pack.archive import Archive
from pdfs import pump_manual

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fieldfare.retrieval import Embedder

os.environ["LANGUAGE"] = "en"  # tests read English sentences, whatever the language of the machine
os.environ["FIELDFARE_SITE"] = "/nowhere"  # and nothing that the machine's IT decided

NOTES = """# Service notes

<!-- page 3 -->

## Oil

:::warning
Hot oil burns the skin. Let the gearbox cool for 30 minutes.
:::

1. Put a container below the drain plug.
2. Remove the drain plug and drain the oil.
3. Tighten the drain plug to 45 N·m.

The gearbox holds 2.6 L of CLP 220 oil. Never mix mineral oil with synthetic oil. Oil samples are taken at the dipstick. The
engine of the drive takes oil of class ACEA E7.

## Codes

| Code | Fault | Remedy |
| --- | --- | --- |
| E21 | Over-voltage: above 253 V | Check the transformer tap |
| E22 | Under-voltage: below 207 V | Measure at terminals L and N |
| E07 | Door open | Close the door. Check switch S7 |
"""


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The real embedder, as scripts/test sets it up."""
    found = open_embedder()
    if found is None:
        pytest.fail("the embedder is not set up: run scripts/test instead of pytest", pytrace=False)
    return found


@pytest.fixture(scope="session")
def pump_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Manuals of a pump as an author has them: a PDF and a Markdown file."""
    folder = tmp_path_factory.mktemp("manuals") / "korvan-cp200"
    folder.mkdir()
    pump_manual(folder / "instructions.pdf")
    (folder / "notes.md").write_text(NOTES, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def pump_report(
    pump_source: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, BuildReport]:
    """The pump's pack, built by the real creator."""
    target = tmp_path_factory.mktemp("packs") / "pump.fpack"
    return target, build(read_source(pump_source), target, embedder, lambda *_: None)


@pytest.fixture(scope="session")
def pump_pack(pump_report: tuple[Path, BuildReport]) -> Path:
    return pump_report[0]


@pytest.fixture
def pump(pump_pack: Path) -> Iterator[Archive]:
    archive = Archive(pump_pack)
    yield archive
    archive.close()


@pytest.fixture
def shelf(pump: Archive) -> library.Shelf:
    return library.Shelf(archives=(pump,), packs=(), problems=())


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user of his own, with no pack at all."""
    monkeypatch.setenv("FIELDFARE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(paths, "bundled_packs_dir", lambda: tmp_path / "none")
    return tmp_path / "home"
