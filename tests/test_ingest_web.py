from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from documents import draw, read
from fieldfare.domain import Block, BlockKind, RemarkKind, Section
from fieldfare.errors import SourceError, UsageError
from fieldfare.ingest.sources import read_source

if TYPE_CHECKING:
    from pathlib import Path


def png(width: int = 80, height: int = 60) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(data, "PNG")
    return data.getvalue()


def sections_of(folder: Path, files: dict[str, str]) -> tuple[Section, ...]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (document,) = read(folder)
    return document.sections


def blocks_of(folder: Path, text: str, name: str = "a.md") -> list[Block]:
    return [block for section in sections_of(folder, {name: text}) for block in section.blocks]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (":::warning\nHot water.\n:::", "WARNING"),
        (":::danger[High voltage]\nWait 5 minutes.\n:::", "DANGER"),
        ("!!! caution\n    Sharp edges.", "CAUTION"),
        ('!!! danger "High voltage"\n    Wait.', "DANGER"),
        ("> [!WARNING]\n> Hot water.", "WARNING"),
        ("> [!CAUTION]\n> Sharp edges.", "CAUTION"),
        ('{% include callout.html type="warning" title="Hot" content="Wait." %}', "WARNING"),
        ("**WARNING:** Hot water.", "WARNING"),
        ("**Caution**\nHot water.", "Caution"),
        ("> **Caution**\n> Hot water.", "Caution"),
        ("⚠️ Warning: Hot water.", "Warning"),
        ("<div class='admonition danger'><p class='admonition-title'>Danger</p><p>Wait.</p></div>", "DANGER"),
        (
            (
                "<div class='admonitionblock caution'><table><tr><td class='icon'><div class='title'>Caution</div></td>"
                "<td class='content'>Sharp edges.</td></tr></table></div>"
            ),
            "CAUTION",
        ),
        ("GEFAHR! Hohe Spannung.", "GEFAHR"),
        ("Avertissement : eau chaude.", "Avertissement"),
        ("ADVERTENCIA: agua caliente.", "ADVERTENCIA"),
        ("Attenzione: acqua calda.", "Attenzione"),
        ("Atenção: água quente.", "Atenção"),
    ],
)
def test_hazards_of_every_dialect_keep_their_signal_word(tmp_path: Path, text: str, word: str) -> None:
    (block,) = blocks_of(tmp_path, f"# Title\n\n{text}\n")
    assert block.kind is BlockKind.HAZARD
    assert block.signal_word == word
    assert block.text


@pytest.mark.parametrize(
    "text",
    [
        ":::note\nThe pump is blue.\n:::",
        "DANGER signs are red.",
        "The WARNING lamp is on.",
        "A warning label is fixed to the housing.",
        "Important parts are listed below.",
        "Caution is advised when driving.",
    ],
)
def test_what_only_mentions_danger_is_no_hazard(tmp_path: Path, text: str) -> None:
    assert all(block.kind is not BlockKind.HAZARD for block in blocks_of(tmp_path, f"# Title\n\n{text}\n"))


def test_a_signal_word_alone_takes_the_next_paragraph(tmp_path: Path) -> None:
    hazard, text = blocks_of(tmp_path, "# T\n\n**WARNING**\n\nHot water.\n\nOpen the valve.\n")
    assert (hazard.kind, hazard.signal_word, hazard.text) == (BlockKind.HAZARD, "WARNING", "Hot water.")
    assert text.text == "Open the valve."


def test_steps_keep_numbers_substeps_and_their_own_hazards_first(tmp_path: Path) -> None:
    blocks = blocks_of(
        tmp_path,
        "# T\n\n1. Switch off.\n2. Remove the cover.\n\n   :::danger\n   High voltage.\n   :::\n\n"
        "   - Keep the screws.\n3. Measure.\n",
    )
    assert [(block.kind, block.number, block.level) for block in blocks] == [
        (BlockKind.STEP, "1", 1),
        (BlockKind.HAZARD, "", 1),
        (BlockKind.STEP, "2", 1),
        (BlockKind.STEP, "•", 2),
        (BlockKind.STEP, "3", 1),
    ]
    assert blocks[1].protects == "step"


def test_tables_resolve_merged_cells_and_keep_their_caption(tmp_path: Path) -> None:
    html = (
        "<h1>T</h1><p>Table 4: Torques</p><table><thead><tr><th>Joint</th><th colspan=2>Torque</th></tr></thead>"
        "<tr><td rowspan=2>Plug</td><td>45 N·m</td><td>33 lb·ft</td></tr><tr><td>50 N·m</td><td></td></tr></table>"
    )
    (table,) = blocks_of(tmp_path, html, "a.html")
    assert table.caption == "Table 4: Torques"
    assert table.header_rows == 1
    assert table.rows == (("Joint", "Torque", "Torque"), ("Plug", "45 N·m", "33 lb·ft"), ("Plug", "50 N·m", ""))


def test_pages_of_markdown_are_kept(tmp_path: Path) -> None:
    sections = sections_of(tmp_path, {"a.md": "<!-- page 7 -->\n# A\n\nOne.\n\n<!-- page 8 -->\n\nTwo.\n"})
    assert [block.place.label for block in sections[0].blocks] == ["7", "8"]
    assert sections[0].place.label == "7"


def test_figures_bring_their_picture_and_number(tmp_path: Path) -> None:
    (tmp_path / "img").mkdir()
    (tmp_path / "img" / "panel.png").write_bytes(png())
    figure, text = blocks_of(tmp_path, "# T\n\n![Fig. 3-1: Panel](img/panel.png)\n\nText.\n")
    assert figure.kind is BlockKind.FIGURE
    assert (figure.number, figure.caption) == ("3-1", "Fig. 3-1: Panel")
    assert figure.picture is not None
    assert (draw(figure.picture).width, draw(figure.picture).height) == (80, 60)
    assert text.kind is BlockKind.PARAGRAPH


def test_svg_drawings_are_rendered(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><rect width="9" height="9"/></svg>'
    )
    (figure,) = blocks_of(tmp_path, "# T\n\n![Drawing](a.svg)\n")
    assert figure.picture is not None
    assert draw(figure.picture).width > 90


@pytest.mark.parametrize("target", ["../secret.png", "/etc/hostname", "https://example.org/a.png", "missing.png"])
def test_pictures_come_from_the_source_folder_only_and_losses_are_named(tmp_path: Path, target: str) -> None:
    (tmp_path / "secret.png").write_bytes(png())
    folder = tmp_path / "manual"
    folder.mkdir()
    (folder / "a.md").write_text(f"# T\n\nText.\n\n![x]({target})\n")
    (document,) = read(folder)
    assert all(block.picture is None for section in document.sections for block in section.blocks)
    assert document.remarks


def test_back_quotes_inside_an_include_do_not_hide_its_warning(tmp_path: Path) -> None:
    include = '{%\ninclude callout.html\ntype="danger"\ncontent="Plug `CAM` into `CAM` and `ZY` into `ZZ`."\n%}'
    (hazard,) = [b for b in blocks_of(tmp_path, f"# T\n\n`{{% raw %}}`\n\n{include}\n") if b.kind is BlockKind.HAZARD]
    assert hazard.text == "Plug CAM into CAM and ZY into ZZ."


def test_what_is_no_picture_is_told(tmp_path: Path) -> None:
    (document,) = read(_written(tmp_path / "a.md", "# T\n\nText.\n\n![x](a.md)\n").parent)
    assert any("a.md is no image" in str(remark) for remark in document.remarks)


def test_a_decompression_bomb_is_a_loss_not_a_crash(tmp_path: Path) -> None:
    data = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(data, "PNG")
    (tmp_path / "bomb.png").write_bytes(data.getvalue())
    (document,) = read(_written(tmp_path / "a.md", "# T\n\nText.\n\n![x](bomb.png)\n").parent)
    assert any("bomb.png" in str(remark) for remark in document.remarks)


def _written(file: Path, text: str) -> Path:
    file.write_text(text)
    return file


def test_a_web_export_loses_its_navigation_and_scripts(tmp_path: Path) -> None:
    html = (
        "<html><head><title>Pump</title><script>evil()</script></head><body><nav>Home | Shop</nav><main><h1>Pump</h1>"
        "<p>Water<script>x</script> only.</p><p style='display:none'>hidden</p></main><footer>(c)</footer></body></html>"
    )
    assert [block.text for block in blocks_of(tmp_path, html, "a.html")] == ["Water only."]


def test_code_is_kept_and_not_read_as_markup(tmp_path: Path) -> None:
    code, text = blocks_of(tmp_path, "# T\n\n```\n{% raw %} [[x]] <Tag/>\n  two\n```\n\nUse `{% x %}` now.\n")
    assert (code.kind, code.text) == (BlockKind.CODE, "{% raw %} [[x]] <Tag/>\n  two")
    assert text.text == "Use {% x %} now."


MATRIX = r"""$$
\begin{pmatrix}
  a_1 & b_2 \\
= c_1 [[x]] & d_2 *e* \\
\end{pmatrix}
$$"""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (r"$$\dot{Q}_{swit} = \frac{1}{2} \cdot t_{on} \cdot f_s$$", BlockKind.CODE), (MATRIX, BlockKind.CODE),
        (r"\[ P_{a} < U_{b} * I_{c} * 3 \]", BlockKind.CODE), ("text:\n" + MATRIX, BlockKind.CODE),
        (r"where $R_{DS}$ is 5 and $1\, \mathrm{W}$ is $t_3 -t_1$", BlockKind.PARAGRAPH),
        (r"with \( x_{1} \) and \(y_{2}\)", BlockKind.PARAGRAPH),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["a.md", "a.mdx"])
def test_a_formula_is_kept_as_it_is_written(tmp_path: Path, text: str, kind: BlockKind, name: str) -> None:
    found = blocks_of(tmp_path, f"# T\n\n{text}\n", name)
    assert found[-1].kind is kind
    assert "\n".join(block.text for block in found) == text
    (step,) = blocks_of(tmp_path, "# T\n\n1. Set $a_{1} b_{2}$ as in\n\n   ```\n   $x\n   ```\n", name)[:1]
    assert step.text == "Set $a_{1} b_{2}$ as in"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It costs $5 and **$6**.", "It costs $5 and $6."), ("From $5 for *one* to 10$.", "From $5 for one to 10$."),
        (r"\[Note\] the \(old\) *way*", "[Note] the (old) way"), ("US$ *x* and A$", "US$ x and A$"),
        ("`$x_1` and _$HOME_ or `$x_2`", "$x_1 and $HOME or $x_2"), (r"\$a_b_c\$ *d*", "$a_b_c$ d"),
        ("$$ *open", "$$ *open"),
    ],
)  # fmt: skip
def test_prices_and_escaped_brackets_are_no_formulas(tmp_path: Path, text: str, shown: str) -> None:
    (block,) = blocks_of(tmp_path, f"# T\n\n{text}\n")
    assert block.text == shown


def test_files_are_ordered_by_index_front_matter_and_natural_number(tmp_path: Path) -> None:
    sections = sections_of(
        tmp_path,
        {
            "step10.md": "# Ten\n\nx",
            "step2.md": "# Two\n\nx",
            "first.md": "---\ntitle: Ordered\nsidebar:\n  order: 1\n---\n\nx",
            "index.md": "# Start\n\nx",
        },
    )
    assert [section.path[0] for section in sections] == ["Start", "Ordered", "Two", "Ten"]


def test_languages_in_folders_become_documents(tmp_path: Path) -> None:
    for language in ("de", "en"):
        (tmp_path / language).mkdir()
        (tmp_path / language / "a.md").write_text("# T\n\nx")
    documents = read(tmp_path)
    assert sorted(document.language for document in documents) == ["de", "en"]


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("[pack\n", "not valid TOML"),
        ('[pack]\nid = "Über Id"\n', "id"),
        ('[pack]\nid = "ok"\nversion = "latest"\n', "version"),
        ('[[documents]]\npath = "../other"\n', "no such file or folder"),
        ('[[documents]]\npath = "missing"\n', "no such file or folder"),
        ('pack = "x"\n', "table"),
        ('[identifiers]\npatterns = ["(["]\n', "regular expression"),
    ],
)
def test_a_wrong_pack_toml_gets_a_sentence(tmp_path: Path, toml: str, message: str) -> None:
    (tmp_path / "pack.toml").write_text(toml, encoding="utf-8")
    (tmp_path / "a.md").write_text("# T\n\nx")
    with pytest.raises(SourceError, match=message):
        read_source(tmp_path)


def test_a_missing_or_empty_source_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        read_source(tmp_path / "nothing")
    with pytest.raises(SourceError, match="no manual"):
        read_source(tmp_path)


def test_raised_and_lowered_type_makes_no_other_number(tmp_path: Path) -> None:
    page = (
        "<h1>Data</h1><p>10<sup>6</sup> Ω, 5×10<sup>−3</sup> bar, 25<sup>+0.02</sup><sub>−0.01</sub> mm, H<sub>2</sub>O, "
        "45 Nm<sup>1)</sup>, <math><msup><mn>10</mn><mn>6</mn></msup><mo>+</mo><mfrac><mn>1</mn><mn>2</mn></mfrac></math></p>"
        "<table><tr><th>R<th>Q</tr><tr><td>10<sup>6</sup><td>m<sup>3</sup>/h</tr></table>"
    )
    text, table = blocks_of(tmp_path, page, "a.html")
    assert text.text == "10⁶ Ω, 5×10⁻³ bar, 25 +0.02 −0.01 mm, H₂O, 45 Nm¹⁾, 10⁶+1/2"
    assert table.rows[1] == ("10⁶", "m³/h")


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("a.md", "1. Stop.\n2. Open.\n\n   > **CAUTION:** Sharp edge.\n\n3. Close.", "CAUTION"),
        ("a.md", "1. Stop.\n2. Open.\n\n   > **Achtung!**\n   >\n   > Sharp edge.\n\n3. Close.", "Achtung"),
        ("a.md", "1. Stop.\n2. Open.\n\n   **WARNING:** Sharp edge.\n3. Close.", "WARNING"),
        ("a.md", "1. Stop.\n2. Open.\n   **WARNING:** Sharp edge.\n3. Close.", "WARNING"),
        ("a.md", "1. Stop.\n2. Open.\n\n   > [!WARNING]\n   > Sharp edge.\n\n3. Close.", "WARNING"),
        ("a.md", "1. Stop.\n2. Open.\n   - First the lid.\n\n   **ATTENZIONE:** Sharp edge.\n3. Close.", "ATTENZIONE"),
        ("a.html", "<ol><li>Stop.<li>Open.<p><strong>CAUTION:</strong> Sharp edge.</p><li>Close.</ol>", "CAUTION"),
        ("a.html", "<ol><li>Stop.<li>Open.<br><b>Vorsicht:</b> Sharp edge.<li>Close.</ol>", "Vorsicht"),
        ("a.html", "<ol><li>Stop.<li>Open.<aside class='advertencia'>Sharp edge.</aside><li>Close.</ol>", "ADVERTENCIA"),
        ("a.html", "<ol><li>Stop.<li>Open.<div class='box-avertissement'>Sharp edge.</div><li>Close.</ol>", "AVERTISSEMENT"),
        ("a.html", "<ol><li>Stop.<li>Open.<p class='gefahr'>⚠ Gefahr! Sharp edge.</p><li>Close.</ol>", "Gefahr"),
        ("a.html", "<ol><li>Stop.<li>Open.<aside class='note perigo'><p>PERIGO</p><p>Sharp edge.</p></aside><li>Close.</ol>", "PERIGO"),
    ],
)  # fmt: skip
def test_a_warning_inside_a_step_protects_that_step(tmp_path: Path, name: str, text: str, word: str) -> None:
    steps = blocks_of(tmp_path, f"# Work\n\n{text}\n" if name.endswith("md") else f"<h1>Work</h1>{text}", name)
    (at,) = [number for number, block in enumerate(steps) if block.kind is BlockKind.HAZARD]
    assert (steps[at].signal_word, steps[at].text, steps[at].protects) == (word, "Sharp edge.", "step")
    assert (steps[at - 1].text, steps[at + 1].text, steps[at + 1].number) == ("Stop.", "Open.", "2")


def test_a_warning_at_a_deeper_step_stays_with_it(tmp_path: Path) -> None:
    text = "# Work\n\n1. Open.\n\n   1. Loosen.\n   2. Pull.\n\n      **WARNING:** Spring.\n2. WARNING: do not close.\n"
    assert [(block.kind, block.text) for block in blocks_of(tmp_path, text)] == [
        (BlockKind.STEP, "Open."), (BlockKind.STEP, "Loosen."), (BlockKind.HAZARD, "Spring."), (BlockKind.STEP, "Pull."),
        (BlockKind.HAZARD, "do not close."), (BlockKind.STEP, "WARNING: do not close."),
    ]  # fmt: skip


@pytest.mark.parametrize("between", ["\n", "\n\n", "\n>\n"])
def test_callouts_in_a_row_stay_apart(tmp_path: Path, between: str) -> None:
    text = f"# A\n\n> **CAUTION:** One.\n> More.{between}> [!WARNING]\n> Two.{between}> [!DANGER]\n> Three.\n"
    found = [(block.signal_word, " ".join(block.text.split())) for block in blocks_of(tmp_path, text)]
    assert found == [("CAUTION", "One. More."), ("WARNING", "Two."), ("DANGER", "Three.")]


def test_bold_signal_words_inside_a_sentence_are_no_warnings(tmp_path: Path) -> None:
    text = "# A\n\nThe sign says **DANGER** in red.\n\n- Bolts. The **Important** ones are red.\n\n> Quoted words.\n"
    assert all(block.kind is BlockKind.PARAGRAPH for block in blocks_of(tmp_path, text))


HIDING = """@charset "utf-8"; /* .seen{display:none} */ .none, aside.late{display:none} #zero{font-size:0}
.box p.deep{visibility:hidden} .pale{color:#fefefe} .same{color:#fff;background:white} .away{position:absolute;left:-9999px}
.dark{background:#123;color:white} .row{font-size:0} .row span{font-size:12px} .back{display:none} p.back{display:block}
@media print{.seen{display:none}} @media screen{.screen{opacity:0}} .seen:hover{display:none} .other ~ .seen{display:none}"""


@pytest.mark.parametrize("linked", [False, True])
def test_what_a_style_sheet_hides_is_left_out_and_told(tmp_path: Path, linked: bool) -> None:
    head = "<link rel='stylesheet' href='css/a.css'>" if linked else f"<style>{HIDING}</style>"
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "a.css").write_text(HIDING, encoding="utf-8")
    hidden = [
        "<p class=none>{}</p>", "<aside class='x late'>{}</aside>", "<p id=zero>{}</p>", "<div class=box><p class=deep>{}</p></div>",
        "<p class=pale>{}</p>", "<p class=same>{}</p>", "<p class=away>{}</p>", "<p class=screen>{}</p>", "<p hidden>{}</p>",
        "<p style='display: none'>{}</p>", "<p style='color:#fdfdfd'>{}</p>",
    ]  # fmt: skip
    seen = [
        "<p class=seen>{}</p>", "<p class=dark>{}</p>", "<div class=dark><p class=pale>{}</p></div>", "<p class=deep>{}</p>",
        "<div class=row><span>{}</span></div>", "<p class=back>{}</p>", "<p class=none style='display:block !important'>{}</p>",
    ]  # fmt: skip
    body = "".join(one.format(f"Gone {number}.") for number, one in enumerate(hidden))
    body += "".join(one.format(f"Seen {number}.") for number, one in enumerate(seen)) + "<i aria-hidden=true>icon</i>"
    (tmp_path / "a.html").write_text(f"<html><head>{head}</head><body><h1>A</h1>{body}</body></html>", encoding="utf-8")
    (document,) = read(tmp_path)
    texts = [block.text for section in document.sections for block in section.blocks]
    assert texts == [f"Seen {number}." for number in range(len(seen))]
    told = [remark.text for remark in document.remarks if remark.kind is RemarkKind.HIDDEN]
    assert len(told) == len(hidden)
    assert all(f"Gone {number}." in text for number, text in enumerate(told))


def test_style_sheets_are_read_below_the_source_only_and_in_one_pass(tmp_path: Path) -> None:
    (tmp_path / "out.css").write_text("p{display:none}", encoding="utf-8")
    (tmp_path / "in").mkdir()
    links = "".join(f"<link rel=stylesheet href='{name}'>" for name in ("../out.css", "missing.css", "http://x/a.css"))
    endless = "/*" * 100_000 + "{" * 100_000 + "p{" * 100_000
    text = f"{links}<style>{endless}</style><h1>A</h1><p class=x style='color:white'>Perhaps on a picture.</p>"
    (block,) = blocks_of(tmp_path / "in", text, "a.html")
    assert block.text == "Perhaps on a picture."


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("x.html", "<title>Pump P7</title><h1>A</h1><p>Text.</p>", "Pump P7"),
        ("x.html", "<h1>Pump <b>P7</b></h1><p>Text.</p><h2>B</h2><p>Text.</p>", "Pump P7"),
        ("x.md", "# Pump P7\n\nText.\n\n## B\n\nText.\n", "Pump P7"),
        ("x.md", "---\ntitle: Pump P7\n---\n# A\n\nText.\n", "Pump P7"),
        ("x.md", "# A\n\nText.\n\n# B\n\nText.\n", "x.md"),
    ],
)
def test_a_page_alone_gives_the_title_of_the_document(tmp_path: Path, name: str, text: str, title: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    (document,) = read(tmp_path)
    assert document.title == title


def test_a_figure_of_a_component_keeps_its_caption_and_what_follows(tmp_path: Path) -> None:
    (tmp_path / "public" / "images").mkdir(parents=True)
    (tmp_path / "public" / "images" / "shunt.png").write_bytes(png())
    text = (
        '# A\n\n<fig-caption src="images/shunt.png" caption="Shunt with amplifier" num="2" />\n\nThe shunt gets hot.\n'
    )
    figure, after = blocks_of(tmp_path, text)
    assert (figure.kind, figure.caption, figure.number) == (BlockKind.FIGURE, "Shunt with amplifier", "2")
    assert draw(figure.picture).width == 80 if figure.picture else False
    assert (after.kind, after.text) == (BlockKind.PARAGRAPH, "The shunt gets hot.")


def test_what_is_embedded_or_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        '# A\n\n<center>\n<iframe src="https://player.example/471" width="640"></iframe>\n</center>\n\n'
        '<fig-caption src="gone.svg" caption="Gone" />\n\nText.\n',
        "utf-8",
    )
    (document,) = read(tmp_path)
    lost = [remark.text for remark in document.remarks if remark.kind is RemarkKind.LOST]
    assert len(lost) == 2
    assert any("https://player.example/471 was left out" in text for text in lost)
    assert any("gone.svg was not found" in text for text in lost)


def test_an_imported_picture_of_mdx_is_found(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "status.png").write_bytes(png())
    (tmp_path / "near.png").write_bytes(png(90, 60))
    text = (
        'import statusImg from "@assets/status.png";\nimport near from "./near.png";\n\n# A\n\n'
        'Run `evcc`:\n\n<img\n  src={statusImg.src}\n  alt="Overview"\n/>\n\n<img src={near.src} alt="Near" />\n'
    )
    figures = [one for one in blocks_of(tmp_path, text, "a.mdx") if one.kind is BlockKind.FIGURE]
    assert [figure.caption for figure in figures] == ["Overview", "Near"]
    assert [draw(figure.picture).width for figure in figures if figure.picture] == [80, 90]
