from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fieldfare.domain import BlockKind
from fieldfare.errors import SourceError, StorageError
from fieldfare.ingest.creator import BuildReport, build
from fieldfare.ingest.sources import read_source
from fieldfare.pack.archive import Archive, fts_phrase
from fieldfare.pack.manifest import version_key

if TYPE_CHECKING:
    from pathlib import Path

    from fieldfare.retrieval import Embedder


def quiet(*_: object) -> None:
    """Progress that nobody watches."""


def test_the_same_sources_give_the_same_bytes(
    pump_source: Path, pump_pack: Path, embedder: Embedder, tmp_path: Path
) -> None:
    again = tmp_path / "again.fpack"
    build(read_source(pump_source), again, embedder, quiet)
    assert again.read_bytes() == pump_pack.read_bytes()


def test_the_report_counts_what_the_pack_holds(pump_report: tuple[Path, BuildReport], pump: Archive) -> None:
    _, report = pump_report
    assert report.steps == 7
    assert report.tables == 3
    assert report.manifest.hazards == 2
    assert report.manifest.figures == 1
    assert pump.manifest == report.manifest


def test_a_section_reads_in_order_with_its_hazard_figure_and_page(pump: Archive) -> None:
    (found,) = [p for p in pump.passages(range(1, 100)).values() if "O-ring" in p.text]
    view = pump.section(found)
    assert [block.kind for block in view.blocks][:4] == [BlockKind.STEP] * 4
    assert view.heading == ("2 Maintenance", "2.1 Replace the motor head")
    assert view.place.page == 2
    assert [figure.caption for figure in view.figures] == ["Figure 3: Motor head and housing"]
    assert view.sheet is not None
    assert pump.picture(view.figures[0].image)[:4] in {b"\x89PNG", b"RIFF"}


def test_a_step_knows_the_hazard_of_its_procedure(pump: Archive) -> None:
    (steps,) = [p for p in pump.passages(range(1, 100)).values() if "container below" in p.text]
    assert [hazard.signal_word for hazard in steps.hazards] == ["WARNING"]
    assert steps.hazards[0].text == "Hot oil burns the skin. Let the gearbox cool for 30 minutes."
    assert steps.place.label == "3"


def test_a_failed_build_leaves_nothing_behind(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.pdf").write_bytes(b"no pdf")
    target = tmp_path / "out" / "a.fpack"
    target.parent.mkdir()
    with pytest.raises(SourceError):
        build(read_source(source), target, None, quiet)
    assert list(target.parent.iterdir()) == []
    with pytest.raises(StorageError, match="does not exist"):
        build(read_source(source), tmp_path / "missing" / "a.fpack", None, quiet)


def test_versions_count_as_numbers() -> None:
    assert version_key("1.10") > version_key("1.9.9")


def test_every_token_is_quoted_for_fts() -> None:
    assert fts_phrase('a"b* OR NEAR(') == '"a""b* OR NEAR("'
