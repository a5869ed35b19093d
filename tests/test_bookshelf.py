"""The installed manuals to read: outline, exact search, references, figures, printed pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from fieldfare.bookshelf import Bookshelf, sought_pattern
from fieldfare.errors import PackError
from fieldfare.ingest.creator import build
from fieldfare.ingest.sources import read_source
from fieldfare.pack.archive import Archive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldfare.domain.manual import Heading, Manual

MANUAL = """# Lathe

## 1 Safety

Wear goggles. See section 2.1, Fig. 2-1 and Table 3. The guide of the maker is another book: see section 1 of the handbook.

## 2 Work

### 2.1 Change the belt

1. Loosen the tensioner (see “Tighten the chuck”).
2. Tighten the screw to 12 N·m, then read section 9.9.

![Fig. 2-1: Tensioner](belt.png)

### 2.2 Tighten the chuck

Go back to chapter 1. Größe of the key: 8 mm. The chuck key must never stay in the chuck.

## 3 Codes

Table 3: Faults

| Code | Meaning |
| --- | --- |
| E21 | Over-voltage |
| E-22 | Under-voltage |
| E210 | Chuck open |
"""


@pytest.fixture(scope="module")
def lathe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("lathe")
    (folder / "manual.md").write_text(MANUAL, encoding="utf-8")
    Image.effect_mandelbrot((320, 200), (-2, -1, 1, 1), 20).save(folder / "belt.png")
    target = tmp_path_factory.mktemp("packs") / "lathe.fpack"
    build(read_source(folder), target, None, lambda *_: None)
    archive = Archive(target)
    yield archive
    archive.close()


@pytest.fixture
def shelf(lathe: Archive) -> Bookshelf:
    return Bookshelf([lathe])


@pytest.fixture
def manual(shelf: Bookshelf) -> Manual:
    return shelf.manuals()[0]


def heading(shelf: Bookshelf, title: str) -> Heading:
    return next(one for one in shelf.outline(shelf.manuals()[0]) if one.title.endswith(title))


def test_the_outline_has_every_heading_in_order(shelf: Bookshelf, manual: Manual) -> None:
    titles = [one.title for one in shelf.outline(manual)]
    assert [title for title in titles if title[0].isdigit()] == [
        "1 Safety", "2 Work", "2.1 Change the belt", "2.2 Tighten the chuck", "3 Codes",
    ]  # fmt: skip
    assert not heading(shelf, "2 Work").filled
    assert heading(shelf, "belt").path[-2:] == ("2 Work", "2.1 Change the belt")


def test_sections_are_leafed_through_without_empty_ones(shelf: Bookshelf, manual: Manual) -> None:
    first = shelf.opening(manual.pack, heading(shelf, "Safety").section)
    second = shelf.neighbour(first, 1)
    assert second is not None
    assert second.heading[-1] == "2.1 Change the belt"
    assert shelf.neighbour(second, -1) == first
    last = shelf.opening(manual.pack, heading(shelf, "Codes").section)
    assert shelf.neighbour(last, 1) is None


@pytest.mark.parametrize(
    ("text", "sought"),
    [("E 21", "E21"), ("e21", "E21"), ("E22", "E-22"), ("größe", "Größe"), ("chuck  KEY", "chuck key")],
)
def test_a_text_is_found_however_it_is_spelled(shelf: Bookshelf, manual: Manual, text: str, sought: str) -> None:
    found = shelf.sightings(manual, text)
    assert found.total == len(found.first) == 1
    one = found.first[0]
    assert one.excerpt[one.start : one.end] == sought


def test_a_code_is_a_whole_one_until_nothing_else_is_found(shelf: Bookshelf, manual: Manual) -> None:
    assert [one.excerpt.split()[0] for one in shelf.sightings(manual, "E21").first] == ["E21"]
    assert shelf.sightings(manual, "E2").total == 3  # while it is being typed


def test_sightings_are_counted_beyond_their_limit(shelf: Bookshelf, manual: Manual) -> None:
    found = shelf.sightings(manual, "the", limit=2)
    assert len(found.first) == 2
    assert found.total > 4
    assert found.sections == 4
    assert shelf.sightings(manual, "").total == shelf.sightings(manual, "no such words").total == 0


def test_a_row_of_a_table_is_a_place_of_its_own(shelf: Bookshelf, manual: Manual) -> None:
    spot = shelf.sightings(manual, "under-voltage").first[0].spot
    assert (spot.section, spot.row) == (heading(shelf, "Codes").section, 2)


def test_references_lead_where_they_surely_mean(shelf: Bookshelf, lathe: Archive, manual: Manual) -> None:
    passage = shelf.opening(manual.pack, heading(shelf, "Safety").section)
    links = {one.text: one for one in shelf.links(passage, lathe.section(passage))}
    assert set(links) == {"section 2.1", "Fig. 2-1", "Table 3"}  # none into another book
    assert links["section 2.1"].title == "2.1 Change the belt"
    figure = shelf.plates(manual)[0]
    assert links["Fig. 2-1"].spot == figure.spot
    assert links["Table 3"].spot.section == heading(shelf, "Codes").section


def test_a_quoted_heading_is_a_reference_and_an_unknown_number_is_none(
    shelf: Bookshelf, lathe: Archive, manual: Manual
) -> None:
    passage = shelf.opening(manual.pack, heading(shelf, "belt").section)
    assert [one.title for one in shelf.links(passage, lathe.section(passage))] == ["2.2 Tighten the chuck"]
    back = shelf.opening(manual.pack, heading(shelf, "chuck").section)
    assert [one.title for one in shelf.links(back, lathe.section(back))] == ["1 Safety"]


def test_the_figures_stand_where_they_are_printed(shelf: Bookshelf, lathe: Archive, manual: Manual) -> None:
    (plate,) = shelf.plates(manual)
    blocks = lathe.section(shelf.opening(manual.pack, plate.spot.section)).blocks
    assert blocks[plate.spot.block].caption == plate.figure.caption == "Fig. 2-1: Tensioner"


def test_printed_pages_know_their_section(pump: Archive) -> None:
    shelf = Bookshelf([pump])
    manual = next(one for one in shelf.manuals() if one.sheets)
    leaves = shelf.leaves(manual)
    assert [leaf.page for leaf in leaves] == [1, 2, 3]
    sections = {one.section for one in shelf.outline(manual)}
    assert all(leaf.section in sections for leaf in leaves)
    assert shelf.sheet(manual, 1)[:4] in {b"RIFF", b"\x89PNG"}
    with pytest.raises(PackError):
        shelf.sheet(manual, 99)


def test_a_pack_that_is_gone_is_a_sentence(shelf: Bookshelf) -> None:
    with pytest.raises(PackError, match="not installed"):
        shelf.opening("gone", 1)


def test_nothing_is_sought_by_an_empty_text() -> None:
    assert sought_pattern(" \n") is None
