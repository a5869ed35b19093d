from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from lxml import html

from fieldfare.cli import main
from fieldfare.cli.checks import FAILED
from fieldfare.ingest.extract.hidden import invisible_in, unseen_in

if TYPE_CHECKING:
    from pathlib import Path

UNSEEN = "the guard may be removed"


def body(markup: str) -> html.HtmlElement:
    return html.document_fromstring(f"<html><body>{markup}</body></html>").body


@pytest.mark.parametrize(
    "style",
    [
        "color: white", "color:#FFF;", "color: rgb(255, 255, 255)", "font-size: 1px", "font-size:0", "font-size: .1em",
        "opacity: 0", "opacity:0.01;", "color: transparent", "position:absolute; left:-9999px", "text-indent: -5000px",
    ],
)  # fmt: skip
def test_type_that_the_eye_does_not_see_is_told(style: str) -> None:
    (remark,) = unseen_in(body(f"<p>Seen.</p><p><span style='{style}'>{UNSEEN}</span></p>"), "page.html")
    assert remark.kind == "hidden"
    assert remark.where == "page.html"
    assert UNSEEN in remark.text


@pytest.mark.parametrize(
    "markup",
    [
        "<p style='color: black; font-size: 10px'>text</p>",
        "<p style='font-size: 0.9em; opacity: 0.8'>text</p>",
        "<table><tr style='background: navy'><th style='color: white'>text</th></tr></table>",
        "<p class='dark'><span style='color: white'>text</span></p>",
        "<p style='background-color: white'>text</p>",
        "<p style='opacity: 1.0; left: -20px'>text</p>",
        "<p style='opacity: 0'></p>",
        "<p style='font-size: 20px; border-color: white'>text</p>",
    ],
)
def test_type_that_can_be_seen_is_left_alone(markup: str) -> None:
    assert list(unseen_in(body(markup), "page.html")) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("first\nopen\u202ethe valve", 1),
        ("clo\u200bse the val\u2060ve", 2),
        ("close" + "".join(chr(0xE0000 + ord(letter)) for letter in "open it"), 7),
        ("a \u2066b\u2069 c", 2),
    ],
)
def test_invisible_characters_are_told_with_their_number_and_line(text: str, count: int) -> None:
    (remark,) = invisible_in(text, "a.md")
    assert remark.kind == "hidden"
    assert f"{count} invisible characters" in remark.text
    assert ("line 2" in remark.text) == ("\n" in text)


@pytest.mark.parametrize(
    "text",
    ["plain", "\ufeffA file with a mark", "soft\u00adhyphen", "Flag \U0001f3f4\U000e0067\U000e0062\U000e007f", "Ölstand 5 °C", "👩\u200d🔧", "end\u200b of a word"],
)  # fmt: skip
def test_what_typesetting_needs_is_not_told(text: str) -> None:
    assert list(invisible_in(text, "a.md")) == []


def test_hidden_text_is_not_in_the_pack_and_fails_the_check(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "pump"
    folder.mkdir()
    (folder / "page.html").write_text(
        f"<html><body><h1>Pump</h1><p>Close the valve.</p><p>Open <b style='font-size:1px'>{UNSEEN}</b> the tap.</p>"
        "<p>Stop the pu\u200bmp.</p></body></html>",
        encoding="utf-8",
    )
    assert main(["pack", "check", "--json", str(folder)]) == FAILED
    flaws = [flaw for flaw in json.loads(capsys.readouterr().out)["flaws"] if flaw["code"] == "hidden-text"]
    assert len(flaws) == 2
    target = tmp_path / "pump.html"
    assert main(["pack", "inspect", str(folder), "--html", str(target)]) == 0
    content = html.document_fromstring(target.read_text(encoding="utf-8")).xpath("string(//main)")
    assert UNSEEN not in content
    assert "Stop the pump." in content
