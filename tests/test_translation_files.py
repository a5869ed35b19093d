"""The files of translators and terminologists, as their tools write them, and what hostile ones cannot do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from fieldfare.domain import TermStatus, TradeTerm
from fieldfare.errors import SourceError
from fieldfare.ingest.termbase import read_terms, write_terms
from fieldfare.ingest.tmx import read_tmx, write_tmx
from fieldfare.ingest.units import State, Unit, digest_of
from fieldfare.ingest.xliff import read_xliff, write_xliff
from fieldfare.text import squeeze

if TYPE_CHECKING:
    from pathlib import Path

OTHER_TMX = """<?xml version="1.0" encoding="UTF-16"?>
<!DOCTYPE tmx SYSTEM "http://example.org/tmx14.dtd">
<tmx version="1.4"><header srclang="*all*" segtype="sentence"/><body>
 <tu changeid="Bo" changedate="20250131T101500Z">
  <tuv xml:lang="EN-US"><seg>Press <bpt i="1">&lt;b&gt;</bpt>START<ept i="1">&lt;/b&gt;</ept><ph>{1}</ph> <hi>twice</hi>.</seg></tuv>
  <tuv xml:lang="de-DE" changeid="Ada" changedate="20260504T000000Z"><seg>START   zweimal
   drücken.</seg></tuv>
  <tuv xml:lang="fr-CA"><seg>Appuyer deux fois sur START.</seg></tuv>
 </tu>
 <tu><tuv lang="en"><seg>Stop</seg></tuv><tuv lang="de"><seg></seg></tuv></tu>
 <tu><tuv xml:lang="de"><seg>Nur deutsch</seg></tuv></tu>
</body></tmx>"""

XLIFF_2 = """<?xml version="1.0"?>
<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1" srcLang="en-US" trgLang="de-DE"><file id="f">
 <group id="g"><unit id="1"><notes><note>careful</note></notes>
  <segment state="final"><source>Open <pc id="1">the valve</pc>.</source><target>Das <pc id="1">Ventil</pc> öffnen.</target></segment>
  <ignorable><source> </source></ignorable>
  <segment state="reviewed"><source>Wait<ph id="2"/>.</source><target>Warten<ph id="2"/>.</target></segment></unit></group>
 <unit id="2"><segment state="translated"><source>Oil</source><target>Öl</target></segment></unit>
 <unit id="3"><segment><source>Half.</source><target>Halb.</target></segment><segment><source>Done</source></segment></unit>
</file></xliff>"""

TBX_2 = """<?xml version="1.0"?><!DOCTYPE martif SYSTEM "TBXBasiccoreStructV02.dtd">
<martif type="TBX-Basic" xml:lang="en"><text><body>
 <termEntry id="c1"><langSet xml:lang="en-US"><tig><term>coolant</term></tig></langSet>
  <langSet xml:lang="de"><tig><term>Kühlwasser</term><termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote></tig>
   <ntig><termGrp><term>Kühlmittel</term><termNote type="administrativeStatus">preferredTerm-admn-sts</termNote></termGrp></ntig></langSet>
 </termEntry></body></text></martif>"""

TBX_3 = """<tbx xmlns="urn:iso:std:iso:30042:ed-2" type="TBX-Basic" style="dct" xml:lang="en"
 xmlns:min="http://www.tbxinfo.net/ns/min" xmlns:basic="http://www.tbxinfo.net/ns/basic"><text><body>
 <conceptEntry id="c1"><langSec xml:lang="en"><termSec><term>dipstick</term></termSec><termSec><term>gauge rod</term></termSec></langSec>
  <langSec xml:lang="es"><termSec><term>varilla</term><basic:administrativeStatus>preferred</basic:administrativeStatus></termSec></langSec>
 </conceptEntry></body></text></tbx>"""


def saved(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    file = folder / name
    file.write_bytes(text.encode(encoding))
    return file


def test_a_memory_of_another_tool_is_read(tmp_path: Path) -> None:
    units = read_tmx(saved(tmp_path, "other.tmx", OTHER_TMX, "utf-16"), "en")
    assert [(one.source, one.target, one.target_language) for one in units] == [
        ("Press START twice.", "START zweimal drücken.", "de"),
        ("Press START twice.", "Appuyer deux fois sur START.", "fr"),
        ("Stop", "", "de"),
    ]
    assert [(one.state, one.approved_by, one.approved_on) for one in units] == [
        (State.APPROVED, "Ada", "2026-05-04"), (State.APPROVED, "Bo", "2025-01-31"), (State.NEW, "", ""),
    ]  # fmt: skip
    assert [one.target for one in read_tmx(tmp_path / "other.tmx", "fr")] == [
        "Press START twice.",
        "START zweimal drücken.",
    ]


def test_an_xliff_2_file_is_read(tmp_path: Path) -> None:
    units = read_xliff(saved(tmp_path, "two.xliff", XLIFF_2))
    assert [(one.source, one.target, one.state) for one in units] == [
        ("Open the valve. Wait.", "Das Ventil öffnen. Warten.", State.APPROVED),
        ("Oil", "Öl", State.TRANSLATED),
        ("Half.Done", "", State.NEW),
    ]
    assert units[0].notes == ("careful",)
    assert {(one.source_language, one.target_language) for one in units} == {("en", "de")}


TEXTS = (
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1)
    .map(squeeze)
    .filter(bool)
)
UNITS = st.builds(
    Unit, source=TEXTS, target=TEXTS, source_language=st.just("en"), target_language=st.just("de"), state=st.sampled_from(State),
    digest=st.just("0" * 16), kind=st.sampled_from(["", "hazard"]), context=st.sampled_from(["", "8 Service > 8.2 Oil"]),
    page=st.sampled_from(["", "20"]), origin=st.sampled_from(["", "machine", "similar 87 %"]), notes=st.lists(TEXTS, max_size=2).map(tuple),
)  # fmt: skip


@given(units=st.lists(UNITS, max_size=4))
@settings(deadline=None)
def test_nothing_is_lost_on_the_way_through_a_file(units: list[Unit], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / "a.tmx").write_bytes(write_tmx(units, "en"))
    (folder / "a.xliff").write_bytes(write_xliff(units, "en", "de", "pump 1"))
    assert list(read_tmx(folder / "a.tmx", "en")) == units
    assert list(read_xliff(folder / "a.xliff")) == units


def test_the_same_units_give_the_same_valid_bytes() -> None:
    units = [Unit(source="Hot", target="Heiß", source_language="en", target_language="de", approved_on="2026-05-04")]
    assert write_tmx(units, "en") == write_tmx(units, "en")
    unit = etree.fromstring(write_xliff(units, "en", "de", "x")).find(".//{*}trans-unit")
    assert unit is not None and [etree.QName(one).localname for one in unit] == [
        "source",
        "target",
        "context-group",
    ]  # order of the standard
    assert unit.get("resname") == digest_of("Hot")


def test_who_approved_holds_as_long_as_nobody_changes_the_text(tmp_path: Path) -> None:
    unit = Unit(source="Hot", target="Heiß", source_language="en", target_language="de", state=State.APPROVED,
                approved_by="Ana", approved_on="2026-05-04")  # fmt: skip
    file = tmp_path / "review.xliff"
    file.write_bytes(write_xliff([unit], "en", "de", "x"))
    assert [(one.approved_by, one.approved_on) for one in read_xliff(file)] == [("Ana", "2026-05-04")]
    file.write_text(file.read_text(encoding="utf-8").replace("Heiß", "Warm"), encoding="utf-8")
    assert [(one.target, one.approved_by, one.approved_on) for one in read_xliff(file)] == [("Warm", "", "")]


@pytest.mark.parametrize(("name", "text"), [("two.tbx", TBX_2), ("three.tbx", TBX_3)])
def test_terminology_of_either_version_is_read(tmp_path: Path, name: str, text: str) -> None:
    found = {(one.language, one.text): one.status for one in read_terms(saved(tmp_path, name, text), first=7)}
    preferred, admitted = TermStatus.PREFERRED, TermStatus.ADMITTED
    assert found == (
        {("en", "coolant"): preferred, ("de", "Kühlwasser"): TermStatus.FORBIDDEN, ("de", "Kühlmittel"): preferred}
        if name == "two.tbx"
        else {("en", "dipstick"): preferred, ("en", "gauge rod"): admitted, ("es", "varilla"): preferred}
    )
    assert {one.concept for one in read_terms(tmp_path / name, first=7)} == {7}


def test_a_table_of_terms_goes_both_ways(tmp_path: Path) -> None:
    table = "en,de-AT,note\ncoolant,Kühlmittel | !Kühlwasser | Kühlflüssigkeit,never water\noil,Öl,\n"
    terms = read_terms(saved(tmp_path, "terms.csv", table))
    assert terms[:4] == (
        TradeTerm(concept=1, language="en", text="coolant"),
        TradeTerm(concept=1, language="de", text="Kühlmittel"),
        TradeTerm(concept=1, language="de", text="Kühlwasser", status=TermStatus.FORBIDDEN),
        TradeTerm(concept=1, language="de", text="Kühlflüssigkeit", status=TermStatus.ADMITTED),
    )
    saved(tmp_path, "again.csv", write_terms(terms, ["en", "de"]))
    assert read_terms(tmp_path / "again.csv") == terms
    assert read_terms(saved(tmp_path, "semicolon.csv", "en;de\noil;Öl\n", "cp1252"))[1].text == "Öl"


@pytest.mark.parametrize("name", ["a.tmx", "a.xliff", "a.tbx"])
def test_entities_bring_nothing_in(tmp_path: Path, name: str) -> None:
    saved(tmp_path, "secret.txt", "TOP-SECRET")
    body = {
        "a.tmx": '<tmx><body><tu><tuv xml:lang="en"><seg>x &e; &b;</seg></tuv><tuv xml:lang="de"><seg>y &e;</seg></tuv></tu></body></tmx>',
        "a.xliff": '<xliff version="1.2"><file source-language="en" target-language="de"><trans-unit><source>x &e;</source><target>y &e;</target></trans-unit></file></xliff>',
        "a.tbx": '<martif><termEntry><langSet xml:lang="en"><tig><term>x &e;</term></tig></langSet></termEntry></martif>',
    }[name]
    head = f'<!DOCTYPE r [<!ENTITY e SYSTEM "{(tmp_path / "secret.txt").as_uri()}"><!ENTITY b "{"b" * 2000}">]>'
    file = saved(tmp_path, name, head + body)
    read = {
        "a.tmx": lambda: read_tmx(file, "en"),
        "a.xliff": lambda: read_xliff(file),
        "a.tbx": lambda: read_terms(file),
    }[name]
    assert "SECRET" not in str(read()) and "bbb" not in str(read())


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.tmx", "<tmx><body>", "not well-formed"),
        ("a.tmx", "<html/>", "no TMX"),
        ("a.xliff", "<tmx/>", "no XLIFF"),
        ("a.xliff", '<xliff version="3.0"/>', "1.2, 2.0 and 2.1"),
        ("a.xliff", '<xliff version="1.2"><file><trans-unit/></file></xliff>', "does not name its languages"),
        ("a.tbx", "<tmx/>", "no TBX"),
        ("a.csv", "en,deutsch wort\noil,Öl\n", "not deutsch wort"),
        ("a.csv", "en\noil\n", "two languages"),
        ("a.txt", "", ".tbx or a .csv"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, name: str, text: str, says: str) -> None:
    file = saved(tmp_path, name, text)
    with pytest.raises(SourceError, match=says):
        _ = {"a.tmx": lambda: read_tmx(file, "en"), "a.xliff": lambda: read_xliff(file)}.get(
            name, lambda: read_terms(file)
        )()
