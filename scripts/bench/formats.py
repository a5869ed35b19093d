"""What survives when the demo manual comes in another format: hazards, steps, tables and figures against the Markdown.

    .venv/bin/python scripts/bench/formats.py [FOLDER]

Converts the manual with pandoc (Debian: apt-get install pandoc) to HTML, EPUB, reStructuredText and Word. Pandoc knows no
admonitions, so a filter prints each as the format's authors do: a div of its class, a directive, a table of one cell. SVG
drawings are drawn first, since pandoc cannot put them into a Word file. Differences of text are counted by the words that a
format lost.
"""

from __future__ import annotations

import collections
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "app"))

from fieldfare.domain import BlockKind, PictureSource, Section  # noqa: E402
from fieldfare.ingest import pictures  # noqa: E402
from fieldfare.ingest.cache import Cache  # noqa: E402
from fieldfare.ingest.documents import Workshop  # noqa: E402
from fieldfare.ingest.sources import read_source  # noqa: E402
from fieldfare.text import words  # noqa: E402

MANUAL = ROOT / "packs" / "halden-gs40" / "manual"
FILTER = """
local words = {danger=true, warning=true, caution=true, notice=true}
function Div(div)
  for _, class in ipairs(div.classes) do
    if words[class] then
      local head = pandoc.Para({pandoc.Strong({pandoc.Str(class:upper())})})
      if FORMAT == "docx" then
        local blocks = {head}
        for _, block in ipairs(div.content) do table.insert(blocks, block) end
        local simple = pandoc.SimpleTable({}, {pandoc.AlignDefault}, {0}, {}, {{blocks}})
        return pandoc.utils.from_simple_table(simple)
      elseif FORMAT == "rst" then
        local inner = pandoc.write(pandoc.Pandoc(div.content), "rst"):gsub("\\n", "\\n   ")
        local name = class == "notice" and "admonition:: NOTICE\\n   :class: notice" or class .. "::"
        return pandoc.RawBlock("rst", ".. " .. name .. "\\n\\n   " .. inner .. "\\n")
      end
    end
  end
end
"""
FORMS = {"html": "manual.html", "epub": "manual.epub", "rst": "manual.rst", "docx": "manual.docx"}


def prepared(folder: Path) -> Path:
    """The manual as one Markdown file with its drawings as PNG beside it."""
    whole = "\n\n".join(file.read_text(encoding="utf-8") for file in sorted(MANUAL.glob("*.md")))
    whole = re.sub(r"^(\s*):::(\w+)(?:\[(.*)\])?$", r"\1::: \2", whole, flags=re.MULTILINE)
    for name in sorted(set(re.findall(r"\]\(([^)]+\.(?:svg|png))\)", whole))):
        drawn = next(pictures.draw((PictureSource(file=str(MANUAL / name)),), lambda *_: None))
        assert drawn.picture is not None, drawn.problem
        target = f"{Path(name).stem}.{drawn.picture.media_type.rpartition('/')[2]}"
        (folder / target).write_bytes(drawn.picture.data)
        if drawn.picture.media_type == "image/webp":
            _as_png(folder / target)
            target = f"{Path(name).stem}.png"
        whole = whole.replace(f"]({name})", f"]({target})")
    file = folder / "source.txt"
    file.write_text(whole, encoding="utf-8")
    return file


def _as_png(file: Path) -> None:
    from PIL import Image

    with Image.open(file) as image:
        image.save(file.with_suffix(".png"))
    file.unlink()


def found(source: Path) -> tuple[collections.Counter[str], collections.Counter[str], int]:
    """Counts of what the product understands, the words of its text, and the number of remarks."""
    counts: collections.Counter[str] = collections.Counter()
    text: collections.Counter[str] = collections.Counter()
    remarks = 0
    with Cache(None) as cache, Workshop(cache, lambda *_: None) as workshop:
        for document in workshop.read(read_source(source, language="en")):
            for piece in document.pieces():
                remarks += type(piece).__name__ == "Remark"
                for block in piece.blocks if isinstance(piece, Section) else ():
                    counts[block.kind.value] += 1
                    counts["numbered"] += block.kind is BlockKind.STEP and block.number not in {"", "•"}
                    counts["at a step"] += block.kind is BlockKind.HAZARD and block.protects == "step"
                    counts["rows"] += len(block.rows)
                    text.update(words(f"{block.signal_word} {block.text} {block.caption}"))
                counts["sections"] += isinstance(piece, Section)
    return counts, text, remarks


def main() -> None:
    if shutil.which("pandoc") is None:
        sys.exit("pandoc is not installed: apt-get install pandoc")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else scratch)
        folder.mkdir(parents=True, exist_ok=True)
        whole = prepared(folder)
        (folder / "boxes.lua").write_text(FILTER, encoding="utf-8")
        original, expected, _ = found(MANUAL.parent)
        columns = ("sections", "hazard", "at a step", "numbered", "table", "rows", "figure")
        print(f"{'':<10}" + "".join(f"{name:>11}" for name in columns) + f"{'words lost':>12}{'remarks':>9}")
        print(f"{'markdown':<10}" + "".join(f"{original[name]:>11}" for name in columns))
        for form, name in FORMS.items():
            target = folder / form
            target.mkdir(exist_ok=True)
            for picture in (*folder.glob("*.png"),):
                shutil.copy(picture, target)
            command = ["pandoc", "-f", "markdown-implicit_figures+fenced_divs-smart", str(whole), "-s", "-o", str(target / name),
                       "--lua-filter", str(folder / "boxes.lua"), "--resource-path", str(folder), "--metadata", "title=GS-40",
                       "--wrap=none"]  # fmt: skip
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
            counts, text, remarks = found(target / name)
            lost = sum((expected - text).values()) / sum(expected.values())
            print(f"{form:<10}" + "".join(f"{counts[name]:>11}" for name in columns) + f"{lost:>11.1%}{remarks:>9}")


if __name__ == "__main__":
    main()
