from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

import words
from documents import Document, collect, draw
from fieldfare.domain import Block, BlockKind, RemarkKind
from fieldfare.errors import SourceError
from fieldfare.ingest.extract import epub, picture_files, restructured, table_files
from fieldfare.ingest.sources import DocumentSource

if TYPE_CHECKING:
    from pathlib import Path

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)


def page(body: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>x</title></head><body>{body}</body></html>'
    )


def book(
    target: Path, pages: dict[str, str], *, spine: tuple[str, ...] = (), extra: dict[str, bytes] | None = None
) -> Path:
    """An EPUB 3 book with a navigation page; `spine` gives the order where it is not that of the pages."""
    order = spine or tuple(pages)
    items = "".join(f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"/>' for name in pages)
    opf = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<metadata><dc:title>Pump P7</dc:title><dc:language>de-CH</dc:language></metadata><manifest>"
        f'<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>{items}</manifest>'
        f'<spine><itemref idref="nav"/>{"".join(f"<itemref idref={chr(34)}{name}{chr(34)}/>" for name in order)}</spine></package>'
    )
    links = "".join(f'<li><a href="{name}.xhtml">Label of {name}</a></li>' for name in pages)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as whole:
        whole.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        whole.writestr("META-INF/container.xml", CONTAINER)
        whole.writestr("OEBPS/book.opf", opf)
        whole.writestr("OEBPS/nav.xhtml", page(f'<nav epub:type="toc"><ol>{links}</ol></nav>'))
        for name, body in pages.items():
            whole.writestr(f"OEBPS/{name}.xhtml", page(body))
        for name, data in (extra or {}).items():
            whole.writestr(name, data)
    return target


def read(module: object, root: Path, *files: Path, language: str = "") -> Document:
    source = DocumentSource(base=root, root=root, files=files, form="", title="", language=language)
    return collect(module.extract(source, lambda *_: None))  # type: ignore[attr-defined]


def blocks(document: Document) -> list[Block]:
    return [block for section in document.sections for block in section.blocks]


def remarks(document: Document) -> str:
    return "\n".join(map(str, document.remarks))


def test_a_book_is_read_in_the_order_of_its_spine_without_its_navigation(tmp_path: Path) -> None:
    body = "<h1>Work</h1><p>WARNUNG: Heißes Öl.</p><ol><li>Halten.</li><li>Öffnen.</li></ol>"
    pages = {"b": body, "a": "<h1>Safety</h1><p>Read.</p>", "c": "<p>No heading.</p>"}
    document = read(epub, tmp_path, book(tmp_path / "m.epub", pages, spine=("a", "b", "c")))
    assert (document.title, document.language) == ("Pump P7", "de")
    assert [section.path for section in document.sections] == [("Safety",), ("Work",), ("Label of c",)]
    hazard, *steps = document.sections[1].blocks
    assert (hazard.kind, hazard.signal_word) == (BlockKind.HAZARD, "WARNUNG")
    assert [step.number for step in steps] == ["1", "2"]


def test_a_book_keeps_the_printed_pages_and_its_pictures(tmp_path: Path) -> None:
    body = (
        '<h1>A</h1><p>One.<span epub:type="pagebreak" title="12"/></p><p>Two.</p>'
        '<figure><img src="../img/p%201.png" alt="x"/><figcaption>Fig. 2 Panel</figcaption></figure>'
    )
    extra = {"img/p 1.png": words.png().getvalue()}
    document = read(epub, tmp_path, book(tmp_path / "m.epub", {"a": body}, extra=extra))
    one, two, figure = blocks(document)
    assert (one.place.label, two.place.label) == ("", "12")
    assert (figure.number, figure.caption, figure.place.page) == ("2", "Fig. 2 Panel", 12)
    assert figure.picture is not None
    assert figure.picture.member == "img/p 1.png"
    assert draw(figure.picture).width == 120


def test_what_the_style_sheet_of_a_book_hides_is_left_out_and_told(tmp_path: Path) -> None:
    pages = {"one": "<h1>A</h1><link rel='stylesheet' href='s.css'/><p class='x'>Secret.</p><p>Open.</p>"}
    file = book(tmp_path / "a.epub", pages, extra={"OEBPS/s.css": b".x { display: none }"})
    document = read(epub, tmp_path, file)
    assert [block.text for block in blocks(document)] == ["Open."]
    assert "Secret." in remarks(document)


def test_pictures_that_a_book_lacks_are_told(tmp_path: Path) -> None:
    body = (
        '<h1>A</h1><p>x</p><img src="none.png"/><img src="https://example.org/a.png"/><img src="../../../etc/passwd"/>'
    )
    document = read(epub, tmp_path, book(tmp_path / "m.epub", {"a": body}))
    assert all(block.picture is None for block in blocks(document))
    assert len([remark for remark in document.remarks if remark.kind is RemarkKind.LOST]) == 3


def test_a_protected_book_gets_a_sentence(tmp_path: Path) -> None:
    locked = b'<encryption><EncryptedData><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></EncryptedData></encryption>'
    file = book(tmp_path / "m.epub", {"a": "<p>x</p>"}, extra={"META-INF/encryption.xml": locked})
    with pytest.raises(SourceError, match="protected against copying"):
        read(epub, tmp_path, file)


def rst(folder: Path, **files: str) -> Document:
    paths = []
    for name, text in files.items():
        paths.append(folder / f"{name}.rst")
        paths[-1].write_text(text, encoding="utf-8")
    return read(restructured, folder, *paths)


def test_restructured_text_has_headings_steps_warnings_tables_and_figures(tmp_path: Path) -> None:
    (tmp_path / "p.png").write_bytes(words.png().getvalue())
    (tmp_path / "codes.csv").write_text("E21,Over-voltage\nE22,Under-voltage\n", encoding="utf-8")
    document = rst(
        tmp_path,
        a="""
Oil
===

.. page 7

.. danger:: Hot oil.

Change
------

3. Stop.

   .. caution:: Sharp.

4. Open:

   a. left
   b. right

.. list-table:: Torques
   :header-rows: 1

   * - Joint
     - Torque
   * - Plug
     - 45 N·m

.. csv-table:: Codes
   :file: codes.csv

.. figure:: p.png

   Fig. 3: Panel
""",
    )
    assert [section.path for section in document.sections] == [("Oil",), ("Oil", "Change")]
    assert (document.sections[0].blocks[0].kind, document.sections[0].blocks[0].signal_word) == (
        BlockKind.HAZARD,
        "DANGER",
    )
    assert document.sections[0].blocks[0].place.label == "7"
    hazard, three, four, left, right, torques, codes, figure = document.sections[1].blocks
    assert (hazard.signal_word, hazard.protects) == ("CAUTION", "step")
    assert [block.number for block in (three, four, left, right)] == ["3", "4", "a", "b"]
    assert (torques.header_rows, torques.caption, torques.rows[1]) == (1, "Torques", ("Plug", "45 N·m"))
    assert codes.rows[1] == ("E22", "Under-voltage")
    assert (figure.number, figure.caption) == ("3", "Fig. 3: Panel")
    assert not document.remarks


def test_a_sphinx_project_is_ordered_by_its_contents_and_includes_are_no_pages(tmp_path: Path) -> None:
    document = rst(
        tmp_path,
        index="Pump\n====\n\n.. toctree::\n   :maxdepth: 2\n\n   work\n   The faults <faults>\n",
        faults="Faults\n======\n\nE21.\n",
        part="Shared text.\n",
        work="Work\n====\n\n.. include:: part.rst\n\nSee :ref:`the faults <x>`, :doc:`faults`, press :guilabel:`&Start`.\n",
    )
    assert document.title == "Pump"
    assert [section.path for section in document.sections] == [("Pump",), ("Work",), ("Faults",)]
    text = "\n".join(block.text for block in document.sections[1].blocks)
    assert text == "Shared text.\nSee the faults, faults, press Start."


def test_what_docutils_complains_about_is_told_and_not_printed(tmp_path: Path) -> None:
    document = rst(
        tmp_path, a="T\n=\n\n.. include:: <isonum.txt>\n\nOil |reg| at |unknown|.\n\n.. only:: html\n\n   Web.\n"
    )
    assert [block.text for block in blocks(document)] == ["Oil ® at |unknown|.", "Web."]
    assert [section.path for section in document.sections] == [("T",)]
    assert "Undefined substitution" in remarks(document)


def test_unknown_directives_and_roles_keep_their_text_and_are_told(tmp_path: Path) -> None:
    document = rst(
        tmp_path, a="T\n=\n\n.. vendor-box:: Heading\n   :colour: red\n\n   Inner text.\n\nA :vendor:`word` here.\n"
    )
    assert [block.text for block in blocks(document)] == ["Heading", "Inner text.", "A word here."]
    assert "vendor-box" in remarks(document)
    assert "'vendor'" in remarks(document)


@pytest.mark.parametrize(
    "text",
    [
        ".. include:: ../secret.rst\n",
        ".. include:: /etc/passwd\n",
        ".. literalinclude:: ../secret.rst\n",
        ".. csv-table:: T\n   :file: ../secret.rst\n",
        ".. csv-table:: T\n   :url: file:///etc/passwd\n\n   a,b\n",
        ".. raw:: html\n   :file: ../secret.rst\n",
        ".. raw:: html\n\n   secret\n",
        ".. role:: raw-html(raw)\n   :format: html\n\n:raw-html:`secret`\n",
        ".. image:: ../secret.png\n",
        ".. include:: link.rst\n",
    ],
)
def test_restructured_text_reads_nothing_outside_its_folder(tmp_path: Path, text: str) -> None:
    (tmp_path / "secret.rst").write_text("secret, root:x\n", encoding="utf-8")
    (tmp_path / "secret.png").write_bytes(words.png().getvalue())
    folder = tmp_path / "manual"
    folder.mkdir()
    (folder / "link.rst").symlink_to(tmp_path / "secret.rst")
    document = rst(folder, a=f"T\n=\n\nText.\n\n{text}")
    assert all(
        "secret" not in block.text and "root" not in block.text and block.picture is None for block in blocks(document)
    )


def csv(folder: Path, name: str, data: bytes) -> Document:
    (folder / name).write_bytes(data)
    return read(table_files, folder, folder / name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_tables_are_read_in_every_separator_and_encoding(tmp_path: Path, encoding: str, separator: str) -> None:
    rows = [
        ["Code", "Störung", "Abhilfe"],
        ["E21", f'"Überspannung{separator} zu hoch"', "Prüfen"],
        ["E22", "Öl heiß", ""],
    ]
    text = "\r\n".join(separator.join(row) for row in rows)
    document = csv(tmp_path, "fault_codes.csv", text.encode(encoding))
    assert document.title == "Fault codes"
    assert [section.path for section in document.sections] == [("Fault codes",)]
    (block,) = blocks(document)
    assert block.header_rows == 1
    assert block.rows == (
        ("Code", "Störung", "Abhilfe"), ("E21", " ".join(f"Überspannung{separator} zu hoch".split()), "Prüfen"), ("E22", "Öl heiß", ""),
    )  # fmt: skip


def test_a_table_without_header_has_none_and_is_told(tmp_path: Path) -> None:
    document = csv(tmp_path, "parts.csv", b"HG100-0001,Filter,2\nHG100-0002,Seal,4\n")
    (block,) = blocks(document)
    assert block.header_rows == 0
    assert "not taken for a header" in remarks(document)


def test_a_long_table_is_handed_over_in_parts_with_the_header_in_each(tmp_path: Path) -> None:
    rows = "".join(f"HG{number:06},Screw M{number % 20},{number % 7}\n" for number in range(50_000))
    (tmp_path / "parts.csv").write_text(f"Part number,Name,Quantity\n{rows}", encoding="utf-8")
    source = DocumentSource(
        base=tmp_path, root=tmp_path, files=(tmp_path / "parts.csv",), form="", title="", language=""
    )
    count = 0
    for piece in table_files.extract(source, lambda *_: None):
        for block in getattr(piece, "blocks", ()):
            assert len(block.rows) <= 1001
            assert block.rows[0] == ("Part number", "Name", "Quantity")
            count += len(block.rows) - 1
    assert count == 50_000


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"\x00\x01\x02", b'a,b\n"open,1\n' * 3, b"sep=;\na;b\n1;2\n", b"\xff\xfe", b"one\n"]
)
def test_odd_tables_do_no_harm(tmp_path: Path, data: bytes) -> None:
    document = csv(tmp_path, "a.csv", data)
    assert document.sections or document.remarks


def test_single_images_become_figures_with_the_caption_beside_them(tmp_path: Path) -> None:
    for name in ("panel.png", "wiring_diagram-2.png"):
        (tmp_path / name).write_bytes(words.png().getvalue())
    (tmp_path / "panel.txt").write_text("Fig. 4 Control panel\n\nThe red lamp shows a fault.\n", encoding="utf-8")
    document = read(picture_files, tmp_path, tmp_path / "wiring_diagram-2.png", tmp_path / "panel.png")
    panel, wiring = document.sections
    assert panel.path == ("Fig. 4 Control panel",)
    assert (panel.blocks[0].number, panel.blocks[0].caption) == ("4", "Fig. 4 Control panel")
    assert panel.blocks[1].text == "The red lamp shows a fault."
    assert wiring.blocks[0].caption == "Wiring diagram 2"
    assert wiring.blocks[0].picture is not None
    assert draw(wiring.blocks[0].picture).height == 80
