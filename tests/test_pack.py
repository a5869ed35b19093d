from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fieldfare import library
from fieldfare.domain import BlockKind
from fieldfare.errors import FieldfareError, PackError, SourceError, StorageError, UsageError
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


@pytest.mark.parametrize("data", [b"", b"no pack", b"SQLite format 3\x00" + b"\x00" * 4096])
def test_what_is_no_pack_gets_a_sentence(tmp_path: Path, home: Path, data: bytes) -> None:
    file = tmp_path / "x.fpack"
    file.write_bytes(data)
    with pytest.raises(PackError):
        library.install(file)
    assert not list(home.rglob("*.fpack"))


def test_install_list_and_remove(pump_pack: Path, home: Path) -> None:
    made = library.install(pump_pack)
    assert made.id == "korvan-cp200"
    shelf = library.open_shelf()
    assert [pack.manifest.id for pack in shelf.packs] == ["korvan-cp200"]
    shelf.close()
    library.remove("korvan-cp200")
    assert library.open_shelf().packs == ()
    assert list((home / "packs").iterdir()) == []
    with pytest.raises(UsageError, match="not installed"):
        library.remove("korvan-cp200")


@pytest.mark.parametrize("where", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_flipped_bit_in_an_installed_pack_is_refused(pump_pack: Path, home: Path, where: float) -> None:
    library.install(pump_pack)
    (file,) = (home / "packs").glob("*.fpack")
    data = bytearray(file.read_bytes())
    data[int(where * len(data))] ^= 1
    file.write_bytes(data)
    shelf = library.open_shelf()
    assert shelf.packs == ()
    assert "was changed" in shelf.problems[0]


def test_truncated_packs_are_refused_at_install(pump_pack: Path, tmp_path: Path, home: Path) -> None:
    data = pump_pack.read_bytes()
    for part in range(10):
        file = tmp_path / "part.fpack"
        file.write_bytes(data[: len(data) * part // 10])
        try:
            library.install(file)
        except FieldfareError:
            continue
        # What opens must at least be read to its end without a crash.
        shelf = library.open_shelf()
        for archive in shelf.archives:
            with pytest.raises(PackError):
                archive.passages(range(1, 10_000))
        shelf.close()
    assert home.exists()


def test_an_older_version_is_refused(pump_source: Path, tmp_path: Path, home: Path) -> None:
    newer, older = tmp_path / "newer.fpack", tmp_path / "older.fpack"
    for version, file in (("1.10", newer), ("1.9", older)):
        (pump_source / "pack.toml").write_text(f'[pack]\nid = "pump"\nversion = "{version}"\n')
        build(read_source(pump_source), file, None, quiet)
    (pump_source / "pack.toml").unlink()
    library.install(newer)
    with pytest.raises(UsageError, match="newer version"):
        library.install(older)
    assert home.exists()


def test_versions_count_as_numbers() -> None:
    assert version_key("1.10") > version_key("1.9.9")


def test_every_token_is_quoted_for_fts() -> None:
    assert fts_phrase('a"b* OR NEAR(') == '"a""b* OR NEAR("'
