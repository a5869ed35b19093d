"""Consistency of the demo pack: the GS-40 manual, its figures and its gold questions agree with each other."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

PACK = Path(__file__).resolve().parents[1] / "packs" / "halden-gs40"
FILES = sorted((PACK / "manual").glob("*.md"))
PART = re.compile(r"HG\d{3}-\d{4}")
CODE = re.compile(r"\b[EA]\d{2}\b")
HAZARDS = ("danger", "warning", "caution", "notice", "note")


def flat(text: str) -> str:
    """Gives the text with every run of white space as one space."""
    return " ".join(text.split())


@cache
def manual() -> str:
    """Gives the whole manual as one text."""
    return "\n".join(f.read_text(encoding="utf-8") for f in FILES)


@cache
def pages() -> dict[int, str]:
    """Gives the text of each printed page."""
    parts = re.split(r"(?m)^<!-- page (\d+) -->$", manual())
    assert not parts[0].strip(), "text before the first page marker"
    return {int(parts[i]): parts[i + 1] for i in range(1, len(parts), 2)}


def rows(width: int, text: str | None = None) -> list[list[str]]:
    """Gives the cells of every table row that has the given number of columns."""
    found = []
    for line in (manual() if text is None else text).splitlines():
        if line.startswith("|") and not re.match(r"\|[-|]+$", line):
            cells = [c.strip() for c in line.strip().strip("|").split("|")]
            if len(cells) == width:
                found.append(cells)
    return found


@cache
def captions() -> dict[str, str]:
    """Gives the file of each figure by its number."""
    found = re.findall(r"!\[Fig\. (\d+-\d+): [^\]]+\]\(\.\./figures/([\w-]+\.svg)\)", manual())
    assert len(found) == len(dict(found)) == len({f for _, f in found}), "a figure number or file stands twice"
    return dict(found)


@cache
def svg_texts(name: str) -> list[tuple[float, float, str]]:
    """Gives x, y and content of each text in a drawing."""
    svg = (PACK / "figures" / name).read_text(encoding="utf-8")
    return [(float(x), float(y), s) for x, y, s in re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)<', svg)]


@cache
def parts() -> dict[str, list[str]]:
    """Gives the row of the parts list for each part number."""
    listed = [r for r in rows(5) if PART.fullmatch(r[2])]
    assert len(listed) == len({r[2] for r in listed}), "a part number stands twice in the parts list"
    assert len(listed) == len({r[3].lower() for r in listed}), "a part name stands twice in the parts list"
    return {r[2]: r for r in listed}


@cache
def joints() -> dict[str, list[str]]:
    """Gives the row of the torque table for each joint."""
    listed = [r for r in rows(5) if re.fullmatch(r"T\d+", r[0])]
    assert len(listed) == len({r[0] for r in listed})
    return {r[0]: r for r in listed}


@cache
def sections() -> dict[str, str]:
    """Gives the text of each numbered section."""
    found = re.split(r"(?m)^#{2,3} (\d+(?:\.\d+)+) ", manual())
    assert len(set(found[1::2])) == len(found[1::2]), "a section number stands twice"
    return dict(zip(found[1::2], found[2::2], strict=True))


def steps(text: str) -> list[int]:
    """Gives the numbers of the top-level steps in a section."""
    return [int(n) for n in re.findall(r"(?m)^(\d+)\. ", text)]


def questions() -> list[dict]:
    """Gives the gold questions."""
    return [json.loads(x) for x in (PACK / "questions.jsonl").read_text(encoding="utf-8").splitlines() if x.strip()]


def test_pack_description() -> None:
    """The pack description names the machine, the manual folder and a pattern that matches every part number."""
    pack = tomllib.loads((PACK / "pack.toml").read_text(encoding="utf-8"))
    assert pack["pack"]["id"] == "halden-gs40" and pack["machines"][0]["model"] == "GS-40"
    assert (PACK / pack["documents"][0]["path"]).is_dir()
    assert f"revision {pack['documents'][0]['revision']}, {pack['documents'][0]['date']}" in pages()[1]
    assert pack["documents"][0]["number"] in pages()[1] and pack["machines"][0]["serials"] in flat(pages()[1])
    assert all(re.fullmatch(pack["identifiers"]["patterns"][0], p) for p in parts())


def test_pages_run_without_gap() -> None:
    """Pages run from 1 to N in order, each chapter starts a page, and no page is empty or overfull."""
    numbers = [int(n) for n in re.findall(r"(?m)^<!-- page (\d+) -->$", manual())]
    assert numbers == list(range(1, len(numbers) + 1)) and 25 <= len(numbers) <= 40
    for f in FILES:
        text = f.read_text(encoding="utf-8")
        assert re.match(r"<!-- page \d+ -->\n\n# \d+ ", text), f.name
        assert len(re.findall(r"(?m)^# ", text)) == 1, f.name
    for n, text in pages().items():
        assert 120 <= len(re.findall(r"\w+", text)) <= 900, n


def test_headings_are_numbered_in_order() -> None:
    """Chapters and sections count up from 1 without a gap."""
    chapters = re.findall(r"(?m)^# (\d+) ", manual())
    assert chapters == [str(i + 1) for i in range(len(FILES))]
    for c in chapters:
        found = [int(s.split(".")[1]) for s in sections() if s.count(".") == 1 and s.split(".")[0] == c]
        assert found == list(range(1, len(found) + 1)), c


def test_fault_codes_are_complete() -> None:
    """There are at least 44 unique codes, each with fault, cause and remedy, and no text names another code."""
    table = [r for r in rows(4) if CODE.fullmatch(r[0])]
    codes = [r[0] for r in table]
    assert len(codes) == len(set(codes)) >= 44
    assert all(len(cell) >= 5 for r in table for cell in r[1:])
    for letter in "EA":
        numbers = [int(c[1:]) for c in codes if c[0] == letter]
        assert numbers == list(range(1, len(numbers) + 1))
    drawings = " ".join(s for name in captions().values() for _, _, s in svg_texts(name))
    assert set(CODE.findall(manual() + drawings)) <= set(codes)
    faults = {r[0]: r[1] for r in table}
    assert "over-voltage" in faults["E21"] and "under-voltage" in faults["E22"]


def test_part_numbers_carry_their_name() -> None:
    """Each part number in the text stands in brackets after the very name that the parts list gives it."""
    assert len(parts()) >= 45
    for m in PART.finditer(manual()):
        assert m[0] in parts(), m[0]
        before = flat(manual()[max(0, m.start() - 80) : m.start()]).lower()
        if not manual()[: m.start()].rstrip(" ").endswith("|"):
            assert before.endswith(parts()[m[0]][3].lower() + " ("), (m[0], before)


def test_parts_stand_in_their_figure() -> None:
    """Each part that names a figure and an item has that item in the drawing, and no figure item has two parts."""
    seen = set()
    for fig, item, number, name, quantity in parts().values():
        assert int(quantity) >= 1
        if fig != "–":
            texts = " ".join(s for _, _, s in svg_texts(captions()[fig]))
            assert re.search(rf"(?<![\w-]){re.escape(item)}(?![\w-])", texts), (number, name, fig, item)
            assert (fig, item) not in seen
            seen.add((fig, item))


def test_legends_agree_with_parts_and_drawings() -> None:
    """A legend table names items that the drawing shows, with the name of the parts list where the part is in it."""
    by_item = {(r[0], r[1]): r[3].lower() for r in parts().values()}
    legends = re.findall(r"Table \d+-\d+: Legend to Fig\. (\d+-\d+)\n\n((?:\|.*\n)+)", manual())
    assert len(legends) >= 4
    for fig, table in legends:
        shown = {s for _, _, s in svg_texts(captions()[fig])}
        cells = [c.strip() for line in table.splitlines()[2:] for c in line.strip("|").split("|")]
        items = dict(zip(cells[::2], cells[1::2], strict=True))
        items.pop("", None)
        assert sorted(map(int, items)) == list(range(1, len(items) + 1)), fig
        for item, name in items.items():
            assert item in shown, (fig, item)
            listed = by_item.get((fig, item), name.lower())
            assert set(listed.split()) & set(re.split(r"\W+", name.lower())), (fig, item, name, listed)


def test_torques_equal_the_table() -> None:
    """Each torque in the text or in a drawing names a joint and equals the torque table; lb·ft are converted right."""
    assert len(joints()) >= 18
    for joint, _, _, nm, lbft in joints().values():
        value = float(nm) * 0.737562
        assert lbft == (f"{value:.1f}" if value < 10 else f"{value:.0f}"), joint
    prose = "\n".join(x for x in manual().splitlines() if not x.startswith("|")).replace("Fig. ", "Fig ")
    used = re.findall(r"([^.;:]*?)([\d.]+) N·m( \((T\d+)\))?", prose)
    assert len(used) >= 30
    for before, value, _, joint in used:
        assert joint and joints()[joint][3] == value, (before, value, joint)
        words = ["bolt"] if int(joint[1:]) >= 35 else re.findall(r"[A-Za-z]{3,}", joints()[joint][1])
        assert all(w.lower()[:5] in before.lower() for w in words), (before, joint)
    for name in captions().values():
        for _, _, s in svg_texts(name):
            if "N·m" in s:
                label, value = re.fullmatch(r"(.+): ([\d.]+) N·m", s).groups()
                same = [j for j in joints().values() if j[1].lower().endswith(label)]
                assert [j[3] for j in same] == [value], s


def test_key_data_agree() -> None:
    """Each key value of the technical data tables is the same wherever it stands again."""
    chapter = FILES[2].read_text(encoding="utf-8")
    data = {r[0]: r[1] for r in rows(2, chapter)}
    settings = {r[0]: r[1] for r in rows(3)}
    drawings = "\n".join(s for name in sorted(captions().values()) for _, _, s in svg_texts(name))
    text = flat(manual()) + "\n" + drawings
    first = {k: re.search(r"−?\d+(?:\.\d+)?", v).group() for k, v in (settings | data).items() if re.search(r"\d", v)}
    checks = {
        "Oil quantity with filter": [r"(\d+\.\d) L with filter", r"\| Engine oil \| (\d+\.\d) L"],
        "Coolant quantity": [
            r"quantity is (\d+\.\d) L\.",
            r"demineralised water \| (\d+\.\d) L",
            r"Concentrate in (\d+\.\d) L",
            r"Coolant with glycol \| (\d+\.\d) L",
        ],
        "Fuel tank capacity": [r"tank (\d+) L", r"mark, (\d+) L maximum", r"FAME \| (\d+) L"],
        "Fuel tank, usable": [r"Running time with (\d+) L"],
        "Spill tray capacity": [r"base frame holds (\d+) L"],
        "Mass, with all fluids and full tank": [r"surface must carry (\d+) kg"],
        "Largest first load step": [r"first step must be (\d+) kW"],
        "Rated current, prime": [r"rated current (\d+\.\d) A", r"above 3 × (\d+\.\d) A"],
        "Valve clearance, cold, inlet": [r"Inlet valves, (\d\.\d\d) mm", r"(\d\.\d\d) / \d\.\d\d mm"],
        "Valve clearance, cold, exhaust": [r"Exhaust valves, (\d\.\d\d) mm", r"\d\.\d\d / (\d\.\d\d) mm"],
        "Oil pressure at 1500 r/min, warm": [
            r"Oil pressure, warm \| (\d+) kPa",
            r"oil pressure is above (\d+) kPa",
            r"gauge shows (\d+) kPa",
        ],
        "Thermostat, starts to open / fully open": [r"must start to open at (\d+) °C"],
        "Air filter restriction, maximum": [r"restricted: above (\d\.\d) kPa", r"Below / above (\d\.\d) kPa"],
        "Exhaust back pressure, maximum": [r"full exhaust line must be (\d\.\d) kPa"],
        "Exhaust gas temperature, full load": [r"Hot exhaust gas, up to (\d+) °C"],
        "Charging voltage at 1500 r/min": [r"Charging voltage \| (\d+\.\d) V"],
        "Earth leakage relay R1, factory setting": [
            r"Trips Q1 at (\d+) mA",
            r"leakage: above (\d+) mA",
            r"R1 (\d+) mA",
        ],
        "Main circuit breaker Q1": [r"Q1 (\d+) A\b"],
        "Prime power, power factor 0.8": [r"(\d+) kVA / 32 kW"],
        "Start attempts": [r"makes (\d+) attempts", r"not start after (\d+) attempts", r"start in (\d+) attempts"],
        "Crank time": [r"attempt cranks for (\d+) seconds"],
        "Pause between attempts": [r"with a pause of (\d+) seconds"],
        "Preheat time below 5 °C": [r"HC-4 preheats for (\d+) seconds"],
        "Warm-up time, AUTO mode": [r"warm-up time of (\d+) s"],
        "Cool-down time": [r"cool-down time of (\d+) s"],
        "Remote start delay": [r"engine starts after (\d+) s\b"],
        "Battery": [r"(\d+) V\s+100 Ah"],
    }
    for label, patterns in checks.items():
        for pattern in patterns:
            found = re.findall(pattern, text)
            assert found and set(found) == {first[label]}, (label, pattern, found, first[label])
    kva, kw = (float(x) for x in re.findall(r"(\d+) k", data["Prime power, power factor 0.8"]))
    assert kw == kva * 0.8 and first["Rated current, prime"] == f"{kva * 1000 / (math.sqrt(3) * 400):.1f}"
    low = re.findall(r"[Ll]oad below (9\.\d) kW|30 % load \((9\.\d) kW\)", text)
    assert len(low) == 2 and {a or b for a, b in low} == {f"{kw * 0.3:.1f}"}
    for _, power, rate, hours in rows(4, chapter):
        if re.fullmatch(r"\d+\.\d", rate):
            assert hours == f"{float(first['Fuel tank, usable']) / float(rate):.0f}", power
    bore, stroke = (float(x) for x in re.findall(r"(\d+) mm", data["Bore × stroke"]))
    assert first["Displacement"] == f"{math.pi / 4 * bore**2 * stroke * 4 / 1e6:.2f}"
    share = {r[0]: r[1] for r in rows(3) if re.fullmatch(r"\d\d", r[0]) and re.fullmatch(r"\d\.\d", r[1])}
    assert share and all(f"{int(p) * 12.0 / 100:.1f}" == v for p, v in share.items())


def test_references_lead_somewhere() -> None:
    """Each figure, table, section, chapter, figure item and step that the text refers to exists."""
    text = flat(manual())
    assert set(re.findall(r"Fig\. (\d+-\d+)", text)) == set(captions())
    for fig, item in re.findall(r"Fig\. (\d+-\d+), item (\d+)", text):
        assert item in {s for _, _, s in svg_texts(captions()[fig])}, (fig, item)
    tables = re.findall(r"(?m)^Table (\d+-\d+): .+\n\n\|", manual())
    assert len(tables) == len(set(tables)) and set(re.findall(r"Table (\d+-\d+)", text)) <= set(tables)
    for c in {t.split("-")[0] for t in tables}:
        numbers = [int(t.split("-")[1]) for t in tables if t.split("-")[0] == c]
        assert numbers == list(range(1, len(numbers) + 1)), f"tables of chapter {c}: {numbers}"
    named = re.findall(r"[Ss]ections? ((?:\d+\.\d+)(?:(?:, | to | and )\d+\.\d+(?!\d| [a-zA-ZΩ]))*)", text)
    assert {s for n in named for s in re.findall(r"\d+\.\d+", n)} <= set(sections())
    assert {int(c) for c in re.findall(r"[Cc]hapters? (\d+)", text)} <= set(range(1, len(FILES) + 1))
    for sec, low, high in re.findall(r"section (\d+\.\d+), steps? (\d+)(?: to (\d+))?", text):
        assert {int(low), int(high or low)} <= set(steps(sections()[sec])), (sec, low, high)
    for sec, body in sections().items():
        for low in re.findall(r"(?<!, )(?<!, )\bsteps? (\d+)", flat(body)):
            assert not steps(body) or int(low) in steps(body), (sec, low)
    last = [r for r in rows(8) if re.fullmatch(r"\d+\.\d+", r[7])]
    assert len(last) >= 18 and {r[7] for r in last} <= set(sections())


def test_intervals_equal_the_schedule() -> None:
    """Each interval that a procedure gives is one of those that the maintenance schedule marks for its section."""
    columns = [None, None, ("250", "6"), ("500", "12"), ("1000", "24"), ("2000", "48")]
    due: dict[str, set] = {}
    for row in rows(8):
        if re.fullmatch(r"8\.\d+", row[7]):
            marked = {c for c, mark in zip(columns, row[1:7], strict=True) if mark == "X" and c}
            due.setdefault(row[7], set()).update(marked)
    checked = 0
    for number, marked in due.items():
        said = set(re.findall(r"each (\d+) h or (\d+) months", sections()[number]))
        assert said == marked, (number, said, marked)
        checked += len(said)
    assert checked >= 12


def test_figures_exist_and_are_used() -> None:
    """Each drawing is shown once and named in the text, and each figure of a chapter has the next number."""
    assert {p.name for p in (PACK / "figures").glob("*.svg")} == set(captions().values())
    assert len(captions()) >= 12
    for c in {n.split("-")[0] for n in captions()}:
        numbers = [int(n.split("-")[1]) for n in captions() if n.split("-")[0] == c]
        assert numbers == list(range(1, len(numbers) + 1))
    for n in captions():
        assert len(re.findall(rf"Fig\. {n}(?!\d)", manual())) >= 2, n


def test_drawings_are_readable() -> None:
    """Each text in a drawing has at least 14 px and starts inside the canvas."""
    for name in captions().values():
        svg = (PACK / "figures" / name).read_text(encoding="utf-8")
        width, height = (int(x) for x in re.search(r'viewBox="0 0 (\d+) (\d+)"', svg).groups())
        assert all(int(s) >= 14 for s in re.findall(r'font-size="(\d+)"', svg)), name
        assert all(0 <= x <= width and 12 <= y <= height for x, y, _ in svg_texts(name)), name
        assert set(re.findall(r'font-family="([^"]+)"', svg)) == {"DejaVu Sans, Arial, sans-serif"}, name


def test_drawings_are_reproducible(tmp_path: Path) -> None:
    """The script writes the drawings again byte for byte."""
    shutil.copy(PACK / "figures" / "draw.py", tmp_path)
    subprocess.run([sys.executable, "-B", str(tmp_path / "draw.py")], check=True, timeout=60)
    made = {p.name: p.read_bytes() for p in tmp_path.glob("*.svg")}
    assert made == {p.name: p.read_bytes() for p in (PACK / "figures").glob("*.svg")}


def test_hazards_are_well_formed() -> None:
    """There are at least 35 hazards; each fence closes, has a known kind and says more than one sentence."""
    fences = re.findall(r"(?m)^( *):::(\w+)\n((?:(?! *:::).*\n)+)\1:::$", manual())
    assert len(fences) == len(re.findall(r"(?m)^ *:::\w+$", manual())) == len(re.findall(r"(?m)^ *:::$", manual()))
    assert {kind for _, kind, _ in fences} == set(HAZARDS)
    assert sum(kind != "note" for _, kind, _ in fences) >= 35
    for _, kind, body in fences:
        assert len(re.findall(r"[.!](?:\s|$)", body)) >= 2 or kind == "note", body


def test_procedures_have_steps() -> None:
    """At least 14 sections are procedures of five steps or more, numbered in order, and 8 of them name a figure."""
    procedures = {n: b for n, b in sections().items() if len(steps(b)) >= 5}
    assert len(procedures) >= 14
    for n, body in sections().items():
        assert steps(body) == list(range(1, len(steps(body)) + 1)), n
    assert sum("Fig. " in b for b in procedures.values()) >= 8
    chapter8 = [n for n in procedures if n.startswith("8.")]
    assert all(re.search(r"(?m)^:::(danger|warning|caution|notice)$", sections()[n]) for n in chapter8)


def test_wiring_tables_equal_the_drawings() -> None:
    """Terminal, wire, colour and device in the strip tables stand side by side in the wiring drawings."""
    strips = [r for r in rows(6) if r[0].isdigit() and r[1].isdigit()]
    x2, x3 = [r for r in strips if int(r[0]) < 31], [r for r in strips if int(r[0]) >= 31]
    assert [int(r[0]) for r in x2] == list(range(1, 27)) and [int(r[0]) for r in x3] == list(range(31, 39))
    texts = svg_texts("wiring.svg")
    drawn = {}
    for tx, ty, term in texts:
        if term.isdigit() and tx in (393, 507):
            row = [(x, s) for x, y, s in texts if abs(y - ty) <= 13 and x != 450 and s != term]
            near = sorted((abs(tx - x), s) for x, s in row if (x < 450) == (tx < 450))
            drawn[term] = (near[0][1], near[1][1])
    assert set(drawn) == {r[0] for r in x2}
    for term, wire, colour, _, _, device in x2:
        assert drawn[term][0] == f"{wire} {colour}", term
        assert drawn[term][1].lower().split()[0] in device.lower(), (term, drawn[term], device)
    texts = svg_texts("power.svg")
    for term, wire, colour, *_ in x3:
        x = next(x for x, _, s in texts if s == term)
        below = [s for tx, ty, s in sorted(texts, key=lambda t: t[1]) if tx == x + 6 and ty > 500]
        assert below == [wire, colour], term
    wires = [r[1] for r in strips] + [r[0] for r in rows(5) if re.fullmatch(r"1[45]\d", r[0])]
    assert len(wires) == len(set(wires)) == 46
    text = flat(manual())
    for group in re.findall(r"[Ww]ires? (1\d\d(?:(?:, | to | and | or )1\d\d)*)", text):
        assert set(re.findall(r"\d+", group)) <= set(wires), group
    for group in re.findall(r"[Tt]erminals? (\d+(?:(?: and | to )\d+(?! V))*)", text):
        assert set(re.findall(r"\d+", group)) <= {r[0] for r in strips} | {"30", "50"}, group


def test_wire_numbers_follow_terminals() -> None:
    """A terminal and a wire that the text names together belong together."""
    pairs = {r[0]: r[1] for r in rows(6) if r[0].isdigit() and r[1].isdigit()}
    together = re.findall(r"wire (1[0-3]\d) (?:from terminal|\(terminal|from|to terminal) (\d+)", flat(manual()))
    assert len(together) >= 3
    assert all(pairs[term] == wire for wire, term in together)


def test_units_are_written_alike() -> None:
    """A space stands between a number and its unit, and the manual does not use other spellings of a unit."""
    assert not re.findall(r"\d(?:kPa|MPa|mm|kW|kVA|°C|N·m|Hz|kg|Ah|Ω|µm)", manual())
    assert not re.findall(r"\b(?:Nm|rpm|psi|Deg|deg C|bar|litres?)\b|\bN\.m\b", manual())


def test_questions_are_sound() -> None:
    """Gold questions have unique ids, at least 70 have an answer and at least 20 have none, over all chapters."""
    qs = questions()
    assert len({q["id"] for q in qs}) == len(qs) == len({q["text"].lower() for q in qs})
    yes, no = [q for q in qs if q["answerable"]], [q for q in qs if not q["answerable"]]
    assert len(yes) >= 70 and len(no) >= 20
    assert all(q["near_page"] in pages() and "answer" not in q for q in no)
    assert {q["section"].split(".")[0].split()[0] for q in yes} >= {str(c) for c in range(1, len(FILES) + 1)}
    kinds = {"torque", "fault", "part", "procedure", "schedule", "spec", "hazard", "figure", "electrical"}
    assert {q["kind"] for q in yes} == kinds


def test_answers_stand_on_their_page() -> None:
    """Each quote stands on the page and in the section it names, and holds every number of the answer."""
    number = re.compile(r"\d+(?:\.\d+)?")
    for q in questions():
        if not q["answerable"]:
            continue
        assert flat(q["quote"]) in flat(pages()[q["page"]]), q["id"]
        assert set(number.findall(q["answer"])) <= set(number.findall(q["quote"])), q["id"]
        assert q["answer"] and flat(q["quote"]) not in q["text"], q["id"]
        section, title = q["section"].split(" ", 1)
        assert re.search(rf"(?m)^##+ {re.escape(section)} {re.escape(title)}$", manual()), q["id"]
        assert flat(q["quote"]) in flat(sections()[section]), q["id"]
