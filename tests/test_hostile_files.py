"""Files that are made to break their reader: bombs, traps, depth, mutations. Nothing may crash, leak, write or hang.

What would hang is cut off by the limit of processor time that the child of `bounded` has; no test looks at a clock.
"""

from __future__ import annotations

import contextlib
import copy
import io
import random
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import etree

import pdfs
import words
from documents import collect, source_of
from fieldfare import containers
from fieldfare.domain import Block, PictureSource, RemarkKind
from fieldfare.errors import FieldfareError, SourceError
from fieldfare.ingest import pictures
from fieldfare.ingest.extract import dita, docx, epub, pages, restructured, s1000d, table_files
from test_formats import book
from test_technical_xml import module, procedure, task

if TYPE_CHECKING:
    from collections.abc import Callable

LOL = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 13))
BOMBS = {
    "billion laughs": f'<!DOCTYPE r [<!ENTITY a0 "lol">{LOL}]>',
    "quadratic": f'<!DOCTYPE r [<!ENTITY a12 "{"A" * 100_000}">]>',
    "external": '<!DOCTYPE r [<!ENTITY a12 SYSTEM "file:///etc/passwd">]>',
    "external parameter": '<!DOCTYPE r [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p; <!ENTITY a12 "x">]>',
    "external type": '<!DOCTYPE r SYSTEM "file:///etc/passwd">',
}


def extract(module_: object, file: Path) -> object:
    """Read one file; a document or the sentence that refuses it."""
    try:
        return collect(module_.extract(source_of(file, ""), lambda *_: None))  # type: ignore[attr-defined]
    except SourceError as error:
        return error


def everything(found: object) -> str:
    return repr(found)


def docx_with(folder: Path, parts: dict[str, str | bytes]) -> Path:
    """A Word file whose parts are replaced."""
    plain = words.new()
    plain.add_paragraph("Text.")
    source = words.save(plain, folder / "plain.docx")
    target = folder / "a.docx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
    return target


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("form", ["s1000d", "dita", "docx", "epub"])
def test_entities_are_never_expanded_and_files_never_included(tmp_path: Path, form: str, bomb: str) -> None:
    declaration = BOMBS[bomb]
    if form == "s1000d":
        text = module(
            "040", "T", f"<description><para>See &a12; {'&a12;' * 2000}</para></description>", dtd=declaration
        )
        (tmp_path / "a.xml").write_text(text)
        found = extract(s1000d, tmp_path / "a.xml")
    elif form == "dita":
        (tmp_path / "a.dita").write_text(declaration + task(f"<context>See &a12; {'&a12;' * 2000}</context>"))
        found = extract(dita, tmp_path / "a.dita")
    elif form == "docx":
        body = (
            f'{declaration}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
            "<w:p><w:r><w:t>See &a12;</w:t></w:r></w:p></w:body></w:document>"
        )
        found = extract(docx, docx_with(tmp_path, {"word/document.xml": body}))
    else:
        found = extract(
            epub, book(tmp_path / "a.epub", {"a": f"<p>{declaration} See &a12;</p>"}, extra={"x": declaration.encode()})
        )
    shown = everything(found)
    assert "root:" not in shown
    assert shown.count("lol") < 100
    assert len(shown) < 500_000


def test_xinclude_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    inclusion = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="secret.txt" parse="text"/>'
    (tmp_path / "a.dita").write_text(task(f"<context><p>One {inclusion}</p></context>"))
    assert "secret'" not in everything(extract(dita, tmp_path / "a.dita"))


def test_content_that_pulls_itself_in_ends(tmp_path: Path) -> None:
    doubled = "".join(f"<p id='p{n}'><ph conref='#t/p{n + 1}'/><ph conref='#t/p{n + 1}'/></p>" for n in range(40))
    (tmp_path / "a.dita").write_text(task(f"<context>{doubled}<p id='p40'>end</p></context>"))
    found = extract(dita, tmp_path / "a.dita")
    assert "too much" in everything(found)
    (tmp_path / "b.dita").write_text(
        task("<context id='c'><p conref='#t/c'/><ul id='u'><li conref='#t/u'/></ul></context>")
    )
    assert not isinstance(extract(dita, tmp_path / "b.dita"), SourceError)


def test_text_that_includes_itself_doubled_ends(tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"p{number}.txt").write_text(
            f".. include:: p{number + 1}.txt\n\n.. include:: p{number + 1}.txt\n\nText.\n"
        )
    (tmp_path / "p40.txt").write_text("x\n")
    (tmp_path / "a.rst").write_text("T\n=\n\n.. include:: p0.txt\n")
    assert "500 files" in everything(extract(restructured, tmp_path / "a.rst"))


def member(name: str, data: bytes = b"x", **attributes: int) -> tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    for key, number in attributes.items():
        setattr(info, key, number)
    return info, data


def container(target: Path, *members: tuple[zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as whole:
        for info, data in members:
            whole.writestr(info, data)
    return target


TRAPS: dict[str, Callable[[], list[tuple[zipfile.ZipInfo, bytes]]]] = {
    "parent": lambda: [member("../evil.txt")],
    "parent inside": lambda: [member("a/../../evil.txt")],
    "absolute": lambda: [member("/etc/evil.txt")],
    "backslashes": lambda: [member("a\\..\\..\\evil.txt")],
    "drive": lambda: [member("C:/evil.txt")],
    "link": lambda: [member("link", b"/etc/passwd", external_attr=0o120777 << 16)],
    "bzip2": lambda: [member("a", b"x" * 100, compress_type=zipfile.ZIP_BZIP2)],
    "lzma": lambda: [member("a", b"x" * 100, compress_type=zipfile.ZIP_LZMA)],
    "bomb": lambda: [member("a", bytes(20 << 20))],
    "many": lambda: [member(f"m{number}", b"") for number in range(60)],
}  # fmt: skip


@pytest.mark.parametrize("trap", TRAPS)
def test_traps_in_containers_are_refused_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trap: str
) -> None:
    monkeypatch.setattr(containers, "MAX_MEMBERS", 50)
    file = container(tmp_path / "a.epub", *TRAPS[trap]())
    with pytest.raises(SourceError) as caught:
        containers.Container(file)
    assert str(caught.value).startswith("a.epub ")
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.epub"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_that_are_there_twice_or_overlap_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="twice"):
        containers.Container(container(tmp_path / "a.zip", member("a"), member("a")))
    # Two entries of the directory that share one body, as in a bomb that does not need to be nested.
    data = bytearray(container(tmp_path / "b.zip", member("a", b"x" * 500), member("b", b"y" * 500)).read_bytes())
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<L", 0)
    (tmp_path / "b.zip").write_bytes(data)
    with pytest.raises(SourceError, match=r"overlaps|intact"):
        containers.Container(tmp_path / "b.zip")


@pytest.mark.parametrize("claimed", [0, 1, 1 << 30])
def test_sizes_that_lie_change_nothing(tmp_path: Path, claimed: int) -> None:
    file = container(tmp_path / "a.zip", member("a", b"0123456789" * 1000))
    data = bytearray(file.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<L", claimed)
    file.write_bytes(data)
    with pytest.raises(SourceError):
        containers.read_member(file, "a", 1 << 20)


def test_a_member_larger_than_its_limit_or_missing_is_refused(tmp_path: Path) -> None:
    file = container(tmp_path / "a.zip", member("a", random.Random(1).randbytes(5000)))
    assert len(containers.read_member(file, "a", 5000)) == 5000
    with pytest.raises(SourceError, match="larger"):
        containers.read_member(file, "a", 4999)
    with pytest.raises(SourceError, match="lacks"):
        containers.read_member(file, "b", 10)


def png_of(width: int, height: int) -> bytes:
    """A picture that states a size it does not have."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data))

    head = struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


IMAGES = {
    "huge.png": png_of(60_000, 60_000),
    "wide.png": png_of(2_000_000_000, 1),
    "text.png": b"not a picture",
    "empty.jpg": b"",
    "cut.png": words.png().getvalue()[:60],
    "bomb.svg": f'<!DOCTYPE svg [<!ENTITY a0 "lol">{LOL}]><svg xmlns="http://www.w3.org/2000/svg"><text>&a12;</text></svg>'.encode(),
    "huge.svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="1e9" height="1e9"><rect width="9" height="9"/></svg>',
    "file.svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="/etc/passwd" width="9" height="9"/></svg>',
    "deep.svg": b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<g>" * 5000 + b"</g>" * 5000 + b"</svg>",
}  # fmt: skip


@pytest.mark.parametrize("name", IMAGES)
def test_picture_bombs_are_no_pictures(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(IMAGES[name])
    (drawn,) = pictures.draw((PictureSource(file=str(tmp_path / name)),), lambda *_: None)
    if drawn.picture is not None:
        assert max(drawn.picture.width, drawn.picture.height) <= 1600
    else:
        assert drawn.problem or name == "file.svg"


# What takes more than one pass over a text takes hours for these.
LONG = 12_000  # characters for the libraries, whose own patterns are not ours
OWN = 200_000  # for our own: a second pass for each of them takes hours
ADVERSARIES = {
    "markdown": ["{%", "{% ", "$", "$a", "$a\n", "$$ a\n", "\\(", "\\[ a\n", "[[", "[[a|", "# a ", "# a{#", "`", "~~~a\n", "```\n", "={", "={ ", "<A", "<A a=\"", "<A a={{}", "import 'a",
                 "import a from 'b' ", "export a ", "![", "> ", "- ", "* ", "1. ", "a ", "**", "[", "](", "<!--", "<", ":::a\n", "!!! a\n",
                 "| ", "\\", "&", "---\n", "_a_", "<b>WARNING</b> ", "WARNING: ", "⚠ ", "[^1]", "\t"],
    "html": ["<div>", "<b>", "<ul><li>", "<table><tr><td>", "<dl><dd>", "<title>", "<!--", "<p>WARNING: ", "<ol><li>1</li>", "<!-- page 1 -->",
             "&amp;", "<a b=", "<div class='admonition warning'>", "<blockquote>", "<td rowspan=1000 colspan=100>x"],
    "csv": ['"', ",", ";", "a,", '""', "1,", "\t", "\n", "|"],
}  # fmt: skip
SCRIPT = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[3]), int(sys.argv[3])))
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
from pathlib import Path
from fieldfare.errors import SourceError
from fieldfare.ingest.sources import DocumentSource
import importlib
form = importlib.import_module("fieldfare.ingest.extract." + sys.argv[1])
for name in sorted(Path(sys.argv[2]).iterdir()):
    source = DocumentSource(base=name.parent, root=name.parent, files=(name,), form="", title="", language="")
    try:
        for piece in form.extract(source, lambda *_: None):
            pass
    except SourceError:
        pass
    print(name.name, flush=True)
"""


def bounded(form: str, folder: Path, seconds: int) -> list[str]:
    """The files of a folder that a process with little memory and processor time has read."""
    made = subprocess.run(
        [sys.executable, "-c", SCRIPT, form, str(folder), str(seconds)],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(Path(pages.__file__).parents[3]), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert made.returncode == 0, f"{made.stdout.splitlines()[-1:]} was read last; {made.stderr[-800:]}"
    return made.stdout.split()


@pytest.mark.parametrize("form", ADVERSARIES)
def test_no_text_takes_more_than_one_pass(tmp_path: Path, form: str) -> None:
    suffix, reader = {"markdown": (".mdx", "pages"), "html": (".html", "pages"), "csv": (".csv", "table_files")}[form]
    for number, unit in enumerate(ADVERSARIES[form]):
        (tmp_path / f"{number:02}{suffix}").write_text(
            "# T\n\n" * (form == "markdown") + unit * (LONG // len(unit)) + "\n!x"
        )
    assert len(bounded(reader, tmp_path, 60)) == len(ADVERSARIES[form])


OWN_READERS = """
import resource
resource.setrlimit(resource.RLIMIT_CPU, (50, 50))
import sys
from fieldfare import text
from fieldfare.ingest import hazards, structure
from fieldfare.ingest.extract import html, markdown, sphinx, table_files
for unit in eval(sys.argv[1]):
    long = "WARNING " + unit * (int(sys.argv[2]) // len(unit)) + "\\n!x"
    for one in (long, long[8:]) if unit in ".a. 1." else (long,):
        markdown.prepare(one, [], "a.mdx")
        html.title_of(one)
        hazards.split_signal_word(one)
        hazards.is_signal_word(one)
        structure.figure_number(one)
        structure.is_table_caption(one)
        structure.FIGURE_CAPTION.match(one)
        sphinx.split_target(one)
        text.sentences(one[:100_000])
        text.identifiers(one[:100_000])
    print(repr(unit), flush=True)
"""


def test_our_own_patterns_read_long_texts_in_one_pass() -> None:
    units = [
        *ADVERSARIES["markdown"],
        *ADVERSARIES["html"],
        ".",
        "a. ",
        "A-",
        "1.",
        "Fig. 1",
        "table 1",
        "⚠️",
        "[^",
        "{{",
        "a=",
        "''",
    ]
    made = subprocess.run(
        [sys.executable, "-c", OWN_READERS, repr(units), str(OWN)],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(Path(pages.__file__).parents[3]), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert made.returncode == 0, f"{made.stdout.splitlines()[-1:]} was read last; {made.stderr[-800:]}"
    assert len(made.stdout.splitlines()) == len(units)


DEEP = {
    "list.md": "".join(f"{'  ' * n}- x\n" for n in range(500)),
    "quote.md": ">" * 20_000 + " x\n",
    "div.html": "<div>" * 50_000 + "x",
    "table.html": "<table><tr><td>" * 20_000 + "x",
    "definitions.html": "<dl><dt>a</dt><dd>" * 20_000 + "x",
    "list.html": "<ol><li>" * 20_000 + "x",
    "span.html": "<p>" + "<span>" * 50_000 + "x",
}


@pytest.mark.parametrize("name", DEEP)
def test_depth_is_read_or_left_out_with_a_remark(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(
        f"<h1>T</h1><p>Seen.</p>{DEEP[name]}" if name.endswith("html") else f"# T\n\nSeen.\n\n{DEEP[name]}"
    )
    found = extract(pages, tmp_path / name)
    assert "Seen." in everything(found)


@pytest.mark.parametrize("form", ["rst", "dita", "docx", "s1000d"])
def test_depth_in_the_other_formats(tmp_path: Path, form: str) -> None:
    depth = 150
    found: object
    if form == "rst":
        (tmp_path / "a.rst").write_text("T\n=\n\nSeen.\n\n" + "".join(f"{'  ' * n}- x\n\n" for n in range(depth)))
        found = extract(restructured, tmp_path / "a.rst")
        assert (
            isinstance(found, SourceError)
            or "Seen." in everything(found)
            or "docutils cannot read it" in everything(found)
        )
        return
    if form == "dita":
        (tmp_path / "a.dita").write_text(
            task(f"<context><p>Seen.</p>{'<ul><li>' * 110}x{'</li></ul>' * 110}</context>")
        )
        found = extract(dita, tmp_path / "a.dita")
    elif form == "s1000d":
        nested = "<levelledPara><para>x</para>" * depth + "</levelledPara>" * depth
        (tmp_path / "a.xml").write_text(module("040", "T", f"<description><para>Seen.</para>{nested}</description>"))
        found = extract(s1000d, tmp_path / "a.xml")
    else:
        inner = "<w:tbl><w:tr><w:tc>" * 80 + "<w:p><w:r><w:t>x</w:t></w:r></w:p>" + "</w:tc></w:tr></w:tbl>" * 80
        body = (
            '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
            f"<w:p><w:r><w:t>Seen.</w:t></w:r></w:p>{inner}</w:body></w:document>"
        )
        found = extract(docx, docx_with(tmp_path, {"word/document.xml": body}))
    assert "Seen." in everything(found)


def test_merged_cells_cannot_multiply_a_text(tmp_path: Path) -> None:
    cell = "x" * 20_000
    (tmp_path / "a.html").write_text(
        f"<table><tr><td rowspan=1000 colspan=100>{cell}</td><td>y</td></tr><tr><td>z</td></tr></table>"
    )
    assert len(everything(extract(pages, tmp_path / "a.html"))) < 1_000_000


SEED = 20_240_607
ROUNDS = 40


def samples(folder: Path) -> dict[str, bytes]:
    """A small valid file of each format."""
    folder.mkdir()
    made = words.new()
    made.add_heading("Work", 1)
    words.numbered(made.add_paragraph("Stop."))
    words.boxed(made, "WARNING", "Hot.")
    made.add_picture(words.png())
    words.save(made, folder / "a.docx")
    book(
        folder / "a.epub",
        {"a": "<h1>A</h1><p>WARNING: Hot.</p><img src='p.png'/>"},
        extra={"OEBPS/p.png": words.png().getvalue()},
    )
    pdfs.boxed_manual(folder / "a.pdf")
    steps = "<proceduralStep><warning><warningAndCautionPara>Hot.</warningAndCautionPara></warning><para>Open.</para></proceduralStep>"
    texts = {
        "a.md": "---\ntitle: T\n---\n# A\n\n:::warning\nHot.\n:::\n\n1. Open.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n![x](p.png)\n",
        "a.html": "<h1>A</h1><div class='admonition danger'>Hot.</div><table><tr><th>a</th></tr><tr><td rowspan=2>1</td></tr></table>",
        "a.rst": "A\n=\n\n.. warning:: Hot.\n\n1. Open.\n\n.. list-table::\n\n   * - a\n     - b\n\n:ref:`x <y>` |z|\n",
        "a.csv": "Code;Fault\nE21;Hot\nE22;Dry\n",
        "a.dita": task("<steps><step><note type='danger'>Hot.</note><cmd>Open.</cmd></step></steps>"),
        "a.xml": module("520", "Remove", procedure(steps)),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "p.png").write_bytes(words.png().getvalue())
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def mutated(data: bytes, dice: random.Random) -> bytes:
    """A file with a few bytes changed, a piece doubled, moved or cut away."""
    changed = bytearray(data)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(changed) or 1)
        way = dice.randrange(6)
        if way == 0:
            changed[at : at + 1] = dice.randbytes(1)
        elif way == 1:
            changed[at:at] = dice.choice(
                [b"\xff\xfe", b"\x00", b"<", b"&", b"]]>", b"{%", b"\n" * 50, b"9" * 40, "ß\u202e".encode()]
            )
        elif way == 2:
            del changed[at : at + dice.randint(1, 200)]
        elif way == 3:
            piece = bytes(changed[at : at + dice.randint(1, 300)])
            changed[at:at] = piece * dice.randint(1, 20)
        elif way == 4:
            changed = changed[: max(at, 1)]
        else:
            other = dice.randrange(len(changed) or 1)
            changed[at : at + 20] = changed[other : other + 20]
    return bytes(changed)


FORMS = {
    "docx": docx,
    "epub": epub,
    "md": pages,
    "html": pages,
    "rst": restructured,
    "csv": table_files,
    "dita": dita,
    "xml": s1000d,
}


def repacked(data: bytes, dice: random.Random) -> bytes:
    """A container whose members are mutated, so that the damage lies behind the checks of the container itself."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, mutated(content, dice) if dice.random() < 0.2 and content else content)
    return made.getvalue()


def reordered(data: bytes, dice: random.Random) -> bytes:
    """A well-formed document whose elements and attributes are moved, doubled, renamed and deleted."""
    root = etree.fromstring(data)
    for _ in range(dice.randint(1, 6)):
        below = list(root.iterdescendants())
        if not below:
            break
        one, other = dice.choice(below), dice.choice([root, *below])
        way = dice.randrange(5)
        if way == 0 and one.getparent() is not None:
            one.getparent().remove(one)
        elif way == 1:
            other.append(copy.deepcopy(one))
        elif way == 2:
            one.tag = str(dice.choice(below).tag)
        elif way == 3:
            one.attrib.clear()
        else:
            one.text, one.tail = dice.choice(["", "x" * 500, None, "\u202e9"]), dice.choice(["y", None])
    return etree.tostring(root)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("suffix", FORMS)
def test_mutated_files_give_a_document_or_a_sentence(tmp_path: Path, suffix: str) -> None:
    data = samples(tmp_path / "samples")[f"a.{suffix}"]
    dice = random.Random(f"{SEED}{suffix}")
    folder = tmp_path / "work"
    folder.mkdir()
    read = 0
    for number in range(ROUNDS):
        inside = suffix in {"docx", "epub"} and number % 2
        file = folder / f"a.{suffix}"
        changed = repacked(data, dice) if inside else mutated(data, dice)
        file.write_bytes(reordered(data, dice) if suffix in {"dita", "xml"} and number % 4 else changed)
        found = extract(FORMS[suffix], file)
        read += not isinstance(found, SourceError)
        for section in getattr(found, "sections", ()):
            assert all(isinstance(block, Block) for block in section.blocks)
    assert read > 0
    assert [entry.name for entry in folder.iterdir()] == [f"a.{suffix}"]


def test_broken_characters_are_replaced_not_refused(tmp_path: Path) -> None:
    for name, module_ in (("a.md", pages), ("a.html", pages), ("a.rst", restructured), ("a.csv", table_files)):
        (tmp_path / name).write_bytes(b"A\n=\n\nOne \xff\xfe\xc3\x28 two, three\nfour,five\n")
        found = extract(module_, tmp_path / name)
        assert "two" in everything(found)


def test_a_folder_of_hostile_files_is_read_by_the_product(tmp_path: Path) -> None:
    from documents import read

    folder = tmp_path / "manuals"
    data = samples(folder)
    dice = random.Random(SEED)
    for name, content in data.items():
        (folder / name).write_bytes(content)
    (folder / "z.dita").write_text(f'<!DOCTYPE r [<!ENTITY a0 "lol">{LOL}]>{task("<context>&a12;</context>")}')
    (folder / "p.png").write_bytes(png_of(60_000, 60_000))
    before = sorted(entry.name for entry in tmp_path.rglob("*"))
    documents = read(folder)
    assert len(documents) >= 7
    assert all(document.sections for document in documents)
    lost = [remark for document in documents for remark in document.remarks if remark.kind is RemarkKind.LOST]
    assert any("z.dita" in str(remark) for remark in lost)
    assert any("pixels" in remark.text or "image" in remark.text for remark in lost)
    assert sorted(entry.name for entry in tmp_path.rglob("*")) == before
    for name in ("a.docx", "a.epub", "a.pdf", "a.csv"):
        alone = tmp_path / "alone"
        alone.mkdir(exist_ok=True)
        for entry in alone.iterdir():
            entry.unlink()
        (alone / name).write_bytes(mutated(data[name], dice))
        with contextlib.suppress(FieldfareError):
            read(alone / name)
