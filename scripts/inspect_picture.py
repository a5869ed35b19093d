"""Draws docs/inspect.png: what `fieldfare pack inspect --html` shows of the demo manual, printed to a PDF first.

    .venv/bin/python scripts/inspect_picture.py

Needs Chromium (Debian: apt-get install chromium), which prints the manual and takes the picture.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts" / "bench"))

from prints import print_folder  # noqa: E402

from fieldfare.cli import main as fieldfare  # noqa: E402

TARGET = ROOT / "docs" / "inspect.png"
SIZE = (1400, 900)
LARGEST = 200_000  # bytes
SHOWN = "Hot oil, up to 90"  # the first words of the block that is marked
CONFIG = """\
[pack]
id = "halden-gs40"
version = "1.0.0"
title = "Halden GS-40 Generating Set"
language = "en"
licence = "Apache-2.0"
[[machines]]
maker = "Halden"
model = "GS-40"
[[documents]]
path = "manual.pdf"
title = "GS-40 Service Manual"
revision = "C"
"""


def main() -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        raise SystemExit("This needs Chromium: apt-get install chromium")
    with tempfile.TemporaryDirectory(prefix="fieldfare-picture-") as name:
        folder = Path(name)
        manual = ROOT / "packs" / "halden-gs40"
        print_folder(manual / "manual", folder / "manual.pdf", "book", pictures=manual)
        (folder / "pack.toml").write_text(CONFIG, encoding="utf-8")
        pack, page, picture = folder / "gs40.fpack", folder / "gs40.html", folder / "shot.png"
        for command in (
            ["build", str(folder), "-o", str(pack), "--no-meaning"],
            ["inspect", str(pack), "--html", str(page)],
        ):
            if code := fieldfare(["pack", *command]):
                raise SystemExit(code)
        text = page.read_text(encoding="utf-8")
        block = re.findall(rf"href='#(b\d+)'>[^<]*{re.escape(SHOWN)}", text)[0]
        subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder}/browser",
             "--virtual-time-budget=4000", f"--window-size={SIZE[0]},{SIZE[1]}", f"--screenshot={picture}",
             f"{page.as_uri()}#{block}"],
            check=True, capture_output=True,
        )  # fmt: skip
        for colours in (256, 128, 64, 32):
            buffer = io.BytesIO()
            Image.open(picture).convert("RGB").quantize(colours, dither=Image.Dither.NONE).save(
                buffer, "PNG", optimize=True
            )
            if buffer.tell() <= LARGEST:
                break
        TARGET.write_bytes(buffer.getvalue())
    print(f"{TARGET}: {buffer.tell() / 1000:.0f} kB")


if __name__ == "__main__":
    main()
