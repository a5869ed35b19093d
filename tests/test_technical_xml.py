from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import words
from documents import Document, collect, draw
from fieldfare.domain import Block, BlockKind, RemarkKind
from fieldfare.errors import SourceError
from fieldfare.ingest.extract import dita, s1000d, xml
from fieldfare.ingest.passages import leading_hazards
from fieldfare.ingest.sources import DocumentSource

if TYPE_CHECKING:
    from pathlib import Path


def code(info: str) -> str:
    return (
        '<dmCode modelIdentCode="PUMP" systemDiffCode="A" systemCode="29" subSystemCode="1" subSubSystemCode="0" '
        f'assyCode="00" disassyCode="00" disassyCodeVariant="A" infoCode="{info}" infoCodeVariant="A" itemLocationCode="A"/>'
    )


def module(
    info: str, title: str, content: str, *, issue: str = "001", language: str = "en", applic: str = "All", dtd: str = ""
) -> str:
    """A data module with its identification and status."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{dtd}<dmodule><identAndStatusSection><dmAddress><dmIdent>{code(info)}'
        f'<language languageIsoCode="{language}" countryIsoCode="US"/><issueInfo issueNumber="{issue}" inWork="00"/></dmIdent>'
        f"<dmAddressItems><dmTitle><techName>Pump</techName><infoName>{title}</infoName></dmTitle></dmAddressItems></dmAddress>"
        f'<dmStatus issueType="new"><applic><displayText><simplePara>{applic}</simplePara></displayText></applic></dmStatus>'
        f"</identAndStatusSection><content>{content}</content></dmodule>"
    )


def publication(*infos: str) -> str:
    references = "".join(f"<dmRef><dmRefIdent>{code(info)}</dmRefIdent></dmRef>" for info in infos)
    return (
        "<pm><identAndStatusSection><pmAddress><pmAddressItems><pmTitle>Pump manual</pmTitle></pmAddressItems></pmAddress>"
        f"</identAndStatusSection><content><pmEntry><pmEntryTitle>Service</pmEntryTitle>{references}</pmEntry></content></pm>"
    )


def procedure(main: str, *, before: str = "", safety: str = "<noSafety/>") -> str:
    return (
        f"{before}<procedure><preliminaryRqmts><reqSafety>{safety}</reqSafety></preliminaryRqmts>"
        f"<mainProcedure>{main}</mainProcedure><closeRqmts><reqCondGroup><noConds/></reqCondGroup></closeRqmts></procedure>"
    )


def read(module_: object, folder: Path, files: dict[str, str]) -> Document:
    paths = []
    for name, text in files.items():
        paths.append(folder / name)
        paths[-1].parent.mkdir(parents=True, exist_ok=True)
        paths[-1].write_text(text, encoding="utf-8")
    source = DocumentSource(base=folder, root=folder, files=tuple(paths), form="", title="", language="")
    return collect(module_.extract(source, lambda *_: None))  # type: ignore[attr-defined]


def blocks(document: Document) -> list[Block]:
    return [block for section in document.sections for block in section.blocks]


def remarks(document: Document) -> str:
    return "\n".join(map(str, document.remarks))


def one(folder: Path, content: str, **options: str) -> Document:
    return read(s1000d, folder, {"a.xml": module("520", "Remove", content, **options)})


def test_modules_stand_in_the_order_of_the_publication_and_the_rest_after_them(tmp_path: Path) -> None:
    text = "<description><para>{}</para></description>"
    document = read(
        s1000d,
        tmp_path,
        {
            "a.xml": module("040", "Description", text.format("A.")),
            "b.xml": module("520", "Remove", text.format("B.")),
            "c.xml": module("720", "Install", text.format("C.")),
            "pm.xml": publication("720", "040"),
        },
    )
    assert (document.title, document.language) == ("Pump manual", "en")
    assert [section.path for section in document.sections if section.blocks] == [
        ("Service", "Pump – Install"), ("Service", "Pump – Description"), ("Pump – Remove",),
    ]  # fmt: skip


def test_steps_are_numbered_as_printed_and_carry_their_warnings_and_notes(tmp_path: Path) -> None:
    steps = (
        "<proceduralStep><warning><warningAndCautionPara>Hot oil.<attentionRandomList><attentionRandomListItem>"
        "<attentionListItemPara>Wear gloves.</attentionListItemPara></attentionRandomListItem></attentionRandomList>"
        "</warningAndCautionPara></warning><caution><warningAndCautionPara>Do not bend.</warningAndCautionPara></caution>"
        "<para>Remove the pipe.</para><note><notePara>Keep the seal.</notePara></note>"
        "<proceduralStep><para>Loosen.</para></proceduralStep><proceduralStep><para>Pull.</para></proceduralStep>"
        "</proceduralStep><proceduralStepAlts><proceduralStep><para>Old.</para></proceduralStep>"
        "<proceduralStep><para>New.</para></proceduralStep></proceduralStepAlts>"
    )
    safety = "<safetyRqmts><warning><symbol infoEntityIdent='ICN-ISO7010-W017'/><warningAndCautionPara>Pressure.</warningAndCautionPara></warning></safetyRqmts>"
    found = blocks(one(tmp_path, procedure(steps, safety=safety)))
    assert [(block.kind, block.signal_word, block.protects, block.number) for block in found] == [
        (BlockKind.HAZARD, "WARNING", "procedure", ""),
        (BlockKind.HAZARD, "WARNING", "step", ""),
        (BlockKind.HAZARD, "CAUTION", "step", ""),
        (BlockKind.STEP, "", "", "1"),
        (BlockKind.STEP, "", "", "1.1"),
        (BlockKind.STEP, "", "", "1.2"),
        (BlockKind.STEP, "", "", "2"),
        (BlockKind.STEP, "", "", "2"),
    ]
    assert found[0].symbol == "W017"
    assert found[1].text == "Hot oil.\n• Wear gloves."
    assert found[3].text == "Remove the pipe.\nNote: Keep the seal."
    assert {block.scheme for block in found if block.kind is BlockKind.HAZARD} == {"S1000D"}


def test_warnings_of_a_repository_are_found_by_number_and_missing_ones_told(tmp_path: Path) -> None:
    before = (
        '<warningsAndCautionsRef><warningRef id="w1" warningIdentNumber="WARN-7"/>'
        '<cautionRef id="c1" cautionIdentNumber="CAUT-9"/></warningsAndCautionsRef>'
    )
    steps = '<proceduralStep warningRefs="w1" cautionRefs="c1 c2"><para>Open.</para></proceduralStep>'
    spec = (
        '<commonRepository><warningRepository><warningSpec><warningIdent warningIdentNumber="WARN-7"/>'
        "<warningAndCautionPara>It kills.</warningAndCautionPara></warningSpec></warningRepository></commonRepository>"
    )
    document = read(
        s1000d,
        tmp_path,
        {"a.xml": module("520", "Remove", procedure(steps, before=before)), "w.xml": module("0A4", "Warnings", spec)},
    )
    hazard, step = blocks(document)
    assert (hazard.signal_word, hazard.text, hazard.protects) == ("WARNING", "It kills.", "step")
    assert step.text == "Open."
    assert "CAUT-9" in remarks(document)
    assert "c2" in remarks(document)


def test_applicability_stands_in_heading_step_and_row(tmp_path: Path) -> None:
    before = (
        '<referencedApplicGroup><applic id="a1"><displayText><simplePara>Mk2</simplePara></displayText></applic>'
        '<applic id="a2"><evaluate andOr="or"><assert applicPropertyIdent="serial" applicPropertyValues="100~200"/>'
        '<assert applicPropertyIdent="serial" applicPropertyValues="300|400"/></evaluate></applic></referencedApplicGroup>'
    )
    steps = (
        '<proceduralStep applicRefId="a1"><para>Open.</para></proceduralStep>'
        '<proceduralStep applicRefId="a2"><para>Close.</para></proceduralStep>'
    )
    document = one(tmp_path, procedure(steps, before=before), applic="Mk2 and Mk3")
    assert document.sections[0].path == ("Pump – Remove [Applicable to: Mk2 and Mk3]",)
    assert [block.text for block in blocks(document)] == [
        "[Applicable to: Mk2] Open.",
        "[Applicable to: serial 100–200 or serial 300, 400] Close.",
    ]


def test_requirements_references_quantities_and_entities_are_printed(tmp_path: Path) -> None:
    dtd = '<!DOCTYPE dmodule [<!ENTITY % ISO SYSTEM "iso.ent"> %ISO; <!ENTITY maker "Korvan">]>\n'
    content = (
        "<procedure><preliminaryRqmts><reqCondGroup><reqCondNoRef><reqCond>Power is off</reqCond></reqCondNoRef></reqCondGroup>"
        '<reqSupportEquips><supportEquipDescrGroup><supportEquipDescr id="e1"><name>Torque wrench</name><identNumber>'
        "<manufacturerCode>KZ222</manufacturerCode><partAndSerialNumber><partNumber>TW-50</partNumber></partAndSerialNumber>"
        '</identNumber><reqQuantity unitOfMeasure="EA">1</reqQuantity></supportEquipDescr></supportEquipDescrGroup></reqSupportEquips>'
        "<reqSafety><noSafety/></reqSafety></preliminaryRqmts><mainProcedure><proceduralStep><para>Torque to <quantity>"
        '<quantityGroup><quantityValue quantityUnitOfMeasure="Nm">45</quantityValue><quantityTolerance '
        'quantityToleranceType="plusorminus" quantityUnitOfMeasure="Nm">5</quantityTolerance></quantityGroup></quantity> with the '
        f'<internalRef internalRefId="e1"/> of &maker;, refer to <dmRef><dmRefIdent>{code("040")}</dmRefIdent></dmRef>, at 40 &deg;C.'
        "</para></proceduralStep></mainProcedure></procedure>"
    )
    document = read(
        s1000d,
        tmp_path,
        {
            "a.xml": module("520", "Remove", content, dtd=dtd),
            "b.xml": module("040", "Description", "<description><para>x</para></description>"),
        },
    )
    section = next(section for section in document.sections if section.path == ("Pump – Remove",))
    condition, equipment, step = section.blocks
    assert condition.text == "Required conditions:\nPower is off"
    assert equipment.rows == (("Name", "Identification", "Quantity"), ("Torque wrench", "TW-50 (KZ222)", "1"))
    assert (
        step.text == "Torque to 45 N·m ±5 N·m with the Torque wrench of Korvan, refer to Pump – Description, at 40 °C."
    )


def test_figures_are_found_by_entity_or_name_with_their_hotspots(tmp_path: Path) -> None:
    (tmp_path / "art").mkdir()
    (tmp_path / "art" / "ICN-1.png").write_bytes(words.png().getvalue())
    dtd = '<!DOCTYPE dmodule [<!NOTATION cgm PUBLIC "x"><!ENTITY ICN-1 SYSTEM "art/ICN-1.CGM" NDATA cgm>]>\n'
    figure = (
        '<description><para>See <internalRef internalRefId="f1"/>.</para><figure id="f1"><title>Panel</title>'
        '<graphic infoEntityIdent="ICN-1"><hotspot applicationStructureName="1" hotspotTitle="Start button"/></graphic></figure>'
        '<figure id="f2"><title>Lost</title><graphic infoEntityIdent="ICN-2"/></figure></description>'
    )
    document = one(tmp_path, figure, dtd=dtd)
    text, found = blocks(document)
    assert text.text == "See Fig. 1."
    assert (found.number, found.caption, found.text) == ("1", "Fig. 1: Panel", "1 Start button")
    assert found.picture is not None
    assert draw(found.picture).width == 120
    assert "ICN-2" in remarks(document)


def test_faults_and_parts_become_steps_and_rows(tmp_path: Path) -> None:
    faults = (
        '<faultIsolation><faultIsolationProcedure><fault faultCode="PMP00101"/><faultDescr><descr>No pressure</descr></faultDescr>'
        '<isolationProcedure><isolationMainProcedure><isolationStep id="i1"><isolationStepQuestion>Low?</isolationStepQuestion>'
        '<isolationStepAnswer><yesNoAnswer><yesAnswer nextActionRefId="i2"/><noAnswer nextActionRefId="i3"/></yesNoAnswer>'
        '</isolationStepAnswer></isolationStep><isolationProcedureEnd id="i2"><action>Fill.</action></isolationProcedureEnd>'
        '<isolationProcedureEnd id="i3"><action>Replace.</action></isolationProcedureEnd></isolationMainProcedure>'
        "</isolationProcedure></faultIsolationProcedure></faultIsolation>"
    )
    parts = "<illustratedPartsCatalog>" + "".join(
        f'<catalogSeqNumber figureNumber="01" item="00{item}" indenture="{item}"><itemSequenceNumber itemSeqNumberValue="00A">'
        f'<quantityPerNextHigherAssy>{item}</quantityPerNextHigherAssy><partRef partNumberValue="PN-{item}" '
        f'manufacturerCodeValue="KZ2"/><partSegment><itemIdentData><descrForPart>{name}</descrForPart></itemIdentData></partSegment>'
        "</itemSequenceNumber></catalogSeqNumber>"
        for item, name in ((1, "Pump"), (2, "Screw"))
    ) + "</illustratedPartsCatalog>"  # fmt: skip
    report = (
        '<faultReporting><isolatedFault faultCode="F7"><faultDescr><descr>Dry</descr></faultDescr><locateAndRepair>'
        "<simplePara>Fill it</simplePara></locateAndRepair></isolatedFault></faultReporting>"
    )
    document = read(
        s1000d,
        tmp_path,
        {
            "a.xml": module("411", "Faults", faults),
            "b.xml": module("941", "Parts", parts),
            "c.xml": module("410", "Codes", report),
        },
    )
    by_path = {section.path[-1]: section.blocks for section in document.sections}
    assert [(step.number, step.text) for step in by_path["PMP00101: No pressure"]] == [
        ("1", "Low?\nYes: go to step 2\nNo: go to step 3"), ("2", "Fill."), ("3", "Replace."),
    ]  # fmt: skip
    assert by_path["Pump – Parts"][0].rows == (
        ("Fig.", "Item", "Part number", "Manufacturer", "Description", "Quantity"),
        ("1", "1", "PN-1", "KZ2", "Pump", "1"),
        ("1", "2", "PN-2", "KZ2", ".Screw", "2"),
    )
    assert by_path["Pump – Codes"][0].rows[1] == ("F7", "Dry", "Fill it")


def test_cals_tables_resolve_their_spans(tmp_path: Path) -> None:
    table = (
        '<description><table id="t"><title>Torques</title><tgroup cols="3"><colspec colname="a"/><colspec colname="b"/>'
        '<colspec colname="c"/><thead><row><entry>Joint</entry><entry namest="b" nameend="c">Torque</entry></row></thead><tbody>'
        '<row><entry morerows="1"><para>Nut</para></entry><entry>45</entry><entry>33</entry></row><row><entry>50</entry>'
        '<entry>37</entry></row><row><entry colname="c">9</entry></row></tbody></tgroup></table></description>'
    )
    (block,) = blocks(one(tmp_path, table))
    assert (block.caption, block.header_rows) == ("Table 1: Torques", 1)
    assert block.rows == (("Joint", "Torque", "Torque"), ("Nut", "45", "33"), ("Nut", "50", "37"), ("", "", "9"))


def test_old_issues_foreign_languages_and_broken_modules_are_told(tmp_path: Path) -> None:
    text = "<description><para>{}</para></description>"
    document = read(
        s1000d,
        tmp_path,
        {
            "new.xml": module("040", "Description", text.format("New."), issue="002"),
            "old.xml": module("040", "Description", text.format("Old.")),
            "de.xml": module("520", "Ausbau", text.format("Deutsch."), language="de"),
            "x.xml": module("720", "Install", text.format("Other.")),
            "broken.xml": "<dmodule><content>",
            "issue3.xml": "<dmodule><idstatus/><content/></dmodule>",
        },
    )
    assert [block.text for block in blocks(document)] == ["New.", "Other."]
    lost = [remark.where for remark in document.remarks if remark.kind is RemarkKind.LOST]
    assert sorted(lost) == ["broken.xml", "de.xml", "issue3.xml", "old.xml"]


def test_a_source_without_modules_or_topics_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no S1000D data module"):
        read(s1000d, tmp_path, {"a.xml": "<dmodule><content>"})
    with pytest.raises(SourceError, match="no DITA topic"):
        read(dita, tmp_path, {"a.xml": "<map/>"})


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("<dmodule/>", "s1000d"),
        ("<?xml version='1.0'?><!DOCTYPE pm [<!ENTITY a 'b'>]><!-- x --><pm>", "s1000d"),
        ("<task id='a'/>", "dita"),
        ("<bookmap/>", "dita"),
        ("<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        ("no xml", None),
        ("", None),
    ],
)
def test_the_form_is_found_by_the_root_element(tmp_path: Path, text: str, form: str | None) -> None:
    (tmp_path / "a.xml").write_text(text, encoding="utf-8")
    assert xml.form_of(tmp_path / "a.xml") == form


def task(body: str, title: str = "Change oil") -> str:
    return f'<task id="t" xml:lang="en"><title>{title}</title><taskbody>{body}</taskbody></task>'


def statement(kind: str, symbol: str = "") -> str:
    shown = f'<hazardsymbol href="{symbol}"/>' if symbol else ""
    return (
        f'<hazardstatement type="{kind}"><messagepanel><typeofhazard>Hot oil</typeofhazard><consequence>Burns</consequence>'
        f"<howtoavoid>Wait</howtoavoid></messagepanel>{shown}</hazardstatement>"
    )


def test_tasks_have_steps_hazards_and_what_they_protect(tmp_path: Path) -> None:
    body = (
        f"<context>{statement('danger', 'img/ISO_7010_W017.svg')}</context><steps><step>{statement('caution')}<cmd>Open "
        "<menucascade><uicontrol>A</uicontrol><uicontrol>B</uicontrol></menucascade>.</cmd><info>Use a wrench.</info><substeps>"
        "<substep><cmd>Turn.</cmd></substep><substep><note type='notice'>Clean.</note><cmd>Pull.</cmd></substep></substeps></step>"
        "<step importance='optional'><cmd>Adjust.</cmd><choices><choice>left</choice><choice>right</choice></choices></step></steps>"
    )
    found = blocks(read(dita, tmp_path, {"a.dita": task(body)}))
    assert [(block.kind, block.signal_word, block.protects, block.number, block.level) for block in found] == [
        (BlockKind.HAZARD, "DANGER", "procedure", "", 1),
        (BlockKind.HAZARD, "CAUTION", "step", "", 1),
        (BlockKind.STEP, "", "", "1", 1),
        (BlockKind.STEP, "", "", "a", 2),
        (BlockKind.HAZARD, "NOTICE", "step", "", 1),
        (BlockKind.STEP, "", "", "b", 2),
        (BlockKind.STEP, "", "", "2", 1),
        (BlockKind.STEP, "", "", "•", 2),
        (BlockKind.STEP, "", "", "•", 2),
    ]
    assert (found[0].text, found[0].symbol, found[0].scheme) == ("Hot oil\nBurns\nWait", "W017", "ANSI Z535")
    assert found[2].text == "Open A > B.\nUse a wrench."
    assert found[4].scheme == ""
    assert found[6].text == "Optional: Adjust."


def test_maps_give_the_order_keys_and_conditions(tmp_path: Path) -> None:
    document = read(
        dita,
        tmp_path,
        {
            "top.ditamap": "<map xml:lang='en'><title>Guide</title><keydef keys='prod'><topicmeta><keywords><keyword>GS-40</keyword>"
            "</keywords></topicmeta></keydef><keydef keys='pic' href='art/p.png' format='png'/><topicref href='b.dita'>"
            "<mapref href='sub/inner.ditamap' format='ditamap'/></topicref><topichead navtitle='Faults'><topicref href='c.dita'/></topichead>"
            "<topicref href='none.dita'/></map>",
            "sub/inner.ditamap": "<map><topicref href='../a.dita' product='GS-40 GS-60'/></map>",
            "a.dita": task("<steps><step audience='expert'><cmd>Go to <xref href='b.dita'/>.</cmd></step></steps>"),
            "b.dita": "<concept id='b'><title>About <keyword keyref='prod'/></title><conbody><p>Hi <ph keyref='none'/>.</p>"
            "<fig><title>Fig. 3 Panel</title><image keyref='pic'/></fig></conbody></concept>",
            "c.dita": "<troubleshooting id='c'><title>E21</title><troublebody><condition><p>No start.</p></condition><troubleSolution>"
            "<cause><p>Flat.</p></cause><remedy><steps><step><cmd>Charge.</cmd></step></steps></remedy></troubleSolution></troublebody></troubleshooting>",
            "d.dita": "<topic id='d'><title>Alone</title><body><p>x</p></body></topic>",
        },
    )
    assert document.title == "Guide"
    assert [section.path for section in document.sections] == [
        ("About GS-40",),
        ("About GS-40", "[product: GS-40, GS-60] Change oil"),
        ("Faults",),
        ("Faults", "E21"),
        ("Alone",),
    ]
    assert document.sections[1].blocks[0].text == "[audience: expert] Go to About GS-40."
    assert [block.text for block in document.sections[3].blocks] == ["Condition: No start.", "Cause: Flat.", "Charge."]
    told = remarks(document)
    assert all(part in told for part in ("none.dita", "'none'", "no map names it", "art/p.png"))


def test_content_references_are_resolved_within_the_folder_only(tmp_path: Path) -> None:
    (tmp_path / "secret.dita").write_text("<topic id='s'><title>S</title><body><p id='p'>secret</p></body></topic>")
    folder = tmp_path / "manual"
    document = read(
        dita,
        folder,
        {
            "a.dita": task(
                "<prereq><note conref='r.dita#r/n'/><p conref='../secret.dita#s/p'>Own text.</p><p conref='a.dita#t/self' id='self'>Mine.</p>"
                "</prereq><steps><step conref='r.dita#r/s1' conrefend='r.dita#r/s2'><cmd/></step></steps>"
            ),
            "r.dita": "<task id='r'><title>R</title><taskbody><prereq><note id='n' type='danger'>Live parts.</note></prereq><steps>"
            "<step id='s1'><cmd>One.</cmd></step><step id='s2'><cmd>Two.</cmd></step><step id='s3'><cmd>Three.</cmd></step></steps></taskbody></task>",
            "m.ditamap": "<map><topicref href='a.dita'/><topicref href='r.dita' processing-role='resource-only'/></map>",
        },
    )
    found = blocks(document)
    assert (found[0].signal_word, found[0].text, found[0].protects) == ("DANGER", "Live parts.", "procedure")
    assert [block.text for block in found[1:]] == ["Own text.", "One.", "Two."]
    assert "secret" not in "".join(block.text for block in found)
    assert "../secret.dita" in remarks(document)
    assert "circle" in remarks(document)


def test_topics_keep_tables_lists_definitions_and_conditions(tmp_path: Path) -> None:
    body = (
        "<section product='GS-60'><title>Parts</title><p>Of 10<sup>3</sup>:<ul><li>one<ul><li>sub</li></ul></li></ul>after.</p>"
        "<properties><prophead><proptypehd>Name</proptypehd><propvaluehd>Value</propvaluehd></prophead><property platform='eu'>"
        "<proptype>Voltage</proptype><propvalue>400 V</propvalue></property></properties><dl><dlentry><dt>RPM</dt><dd>Speed.</dd>"
        "</dlentry></dl><note type='tip'>Read.</note></section>"
    )
    text = f"<reference id='r'><title>Data</title><refbody>{body}</refbody></reference>"
    (section,) = [section for section in read(dita, tmp_path, {"a.dita": text}).sections if section.blocks]
    assert section.path == ("Data", "[product: GS-60] Parts")
    opening, one_, sub, after, table, definition, tip = section.blocks
    assert [block.text for block in (opening, one_, sub, after)] == ["Of 10³:", "one", "sub", "after."]
    assert (one_.number, one_.level, sub.level) == ("•", 1, 2)
    assert (table.rows, table.header_rows) == ((("Name", "Value"), ("[platform: eu] Voltage", "400 V")), 1)
    assert (definition.text, tip.text) == ("RPM: Speed.", "Tip: Read.")


def test_raised_and_lowered_type_makes_no_other_number(tmp_path: Path) -> None:
    text = (
        "<para>10<superScript>6</superScript> H<subScript>2</subScript>O 25<superScript>+0.02</superScript> mm</para>"
    )
    (block,) = blocks(one(tmp_path, f"<description>{text}</description>"))
    assert block.text == "10⁶ H₂O 25 +0.02 mm"
    topic = "<concept id='a'><title>A</title><conbody><p>10<sup>−6</sup> CO<sub>2</sub></p></conbody></concept>"
    (block,) = blocks(read(dita, tmp_path, {"a.dita": topic}))
    assert block.text == "10⁻⁶ CO₂"


def test_every_declared_warning_is_printed_where_it_is_named_else_for_the_whole_module(tmp_path: Path) -> None:
    warning = "<warning id='{0}'><warningAndCautionPara>Text {0}.</warningAndCautionPara></warning>"
    before = f"<warningsAndCautions>{''.join(map(warning.format, ('w1', 'w2', 'w3', 'w4')))}</warningsAndCautions>"
    steps = (
        "<proceduralStep><para warningRefs='w2'>Open.</para></proceduralStep><proceduralStep><para>Close.</para><table><tgroup "
        "cols='1'><tbody><row warningRefs='w4'><entry>A</entry></row></tbody></tgroup></table></proceduralStep>"
    )
    document = one(tmp_path, procedure(steps, before=before, safety="<safetyRqmts warningRefs='w1'/>"))
    found = [(block.text, block.protects) for block in blocks(document) if block.kind is not BlockKind.TABLE]
    assert found == [
        ("Text w3.", "section"), ("Text w4.", "section"), ("Text w1.", "procedure"), ("Text w2.", "step"),
        ("Open.", ""), ("Close.", ""),
    ]  # fmt: skip
    told = [remark.text for remark in document.remarks if remark.kind is RemarkKind.DOUBT]
    assert [name for name in ("w1", "w2", "w3", "w4") if any(f"Text {name}." in text for text in told)] == ["w3", "w4"]


def test_modules_without_a_publication_are_titled_by_what_they_are_about(tmp_path: Path) -> None:
    text = "<description><para>A.</para></description>"
    assert one(tmp_path / "a", text).title == "Pump – Remove"
    both = {"a.xml": module("520", "Remove", text), "b.xml": module("720", "Install", text)}
    assert read(s1000d, tmp_path / "b", both).title == "Pump"


def test_a_warning_before_the_steps_protects_its_own_task_only(tmp_path: Path) -> None:
    files = {
        "m.ditamap": '<map><title>Pump</title><topicref href="a.dita"><topicref href="b.dita"/></topicref></map>',
        "a.dita": task(f"<prereq>{statement('danger')}</prereq><steps><step><cmd>Open.</cmd></step></steps>"),
        "b.dita": "<concept id='b'><title>B</title><conbody><p>Text.</p></conbody></concept>",
    }
    own = next(section for section in read(dita, tmp_path, files).sections if section.blocks)
    assert [block.protects for block in own.blocks] == ["procedure", ""]
    assert leading_hazards(own) == []
    section = replace(own, blocks=(replace(own.blocks[0], protects="section"), own.blocks[1]))
    assert leading_hazards(section) == [0]
