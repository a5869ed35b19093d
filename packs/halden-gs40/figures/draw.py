"""Draws the figures of the GS-40 service manual as SVG files next to this script."""

from __future__ import annotations

import math
from pathlib import Path

FONT = "DejaVu Sans, Arial, sans-serif"
ACCENT = "#c2410c"


def num(value: float) -> str:
    """Formats a coordinate with at most one decimal."""
    text = f"{value:.1f}"
    return text.removesuffix(".0")


class Drawing:
    """Collects SVG elements; callouts are drawn last so that they stay on top."""

    def __init__(self, title: str, width: int = 900, height: int = 600) -> None:
        self.title, self.width, self.height = title, width, height
        self.parts: list[str] = []
        self.top: list[str] = []

    def style(self, fill: str, stroke: str, sw: float, dash: str) -> str:
        """Gives the paint attributes of a shape."""
        extra = f' stroke-dasharray="{dash}"' if dash else ""
        return f'fill="{fill}" stroke="{stroke}" stroke-width="{num(sw)}"{extra}'

    def line(self, *xy: float, sw: float = 2, color: str = "#000", dash: str = "") -> None:
        """Draws a polyline through the points x1, y1, x2, y2 and so on."""
        points = " ".join(f"{num(xy[i])},{num(xy[i + 1])}" for i in range(0, len(xy), 2))
        self.parts.append(f'<polyline points="{points}" {self.style("none", color, sw, dash)}/>')

    def poly(self, *xy: float, fill: str = "#fff", color: str = "#000", sw: float = 2) -> None:
        """Draws a closed polygon."""
        points = " ".join(f"{num(xy[i])},{num(xy[i + 1])}" for i in range(0, len(xy), 2))
        self.parts.append(f'<polygon points="{points}" {self.style(fill, color, sw, "")}/>')

    def rect(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        r: float = 0,
        fill: str = "#fff",
        sw: float = 2,
        color: str = "#000",
        dash: str = "",
    ) -> None:
        """Draws a rectangle from its upper left corner."""
        self.parts.append(
            f'<rect x="{num(x)}" y="{num(y)}" width="{num(w)}" height="{num(h)}" rx="{num(r)}" '
            f"{self.style(fill, color, sw, dash)}/>"
        )

    def circle(
        self,
        x: float,
        y: float,
        r: float,
        fill: str = "#fff",
        sw: float = 2,
        color: str = "#000",
        dash: str = "",
    ) -> None:
        """Draws a circle."""
        self.parts.append(f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(r)}" {self.style(fill, color, sw, dash)}/>')

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: str = "#fff", sw: float = 2) -> None:
        """Draws an ellipse."""
        self.parts.append(
            f'<ellipse cx="{num(x)}" cy="{num(y)}" rx="{num(rx)}" ry="{num(ry)}" {self.style(fill, "#000", sw, "")}/>'
        )

    def path(self, d: str, sw: float = 2, color: str = "#000", fill: str = "none", dash: str = "") -> None:
        """Draws a path."""
        self.parts.append(f'<path d="{d}" {self.style(fill, color, sw, dash)}/>')

    def text(
        self,
        x: float,
        y: float,
        s: str,
        size: int = 15,
        anchor: str = "middle",
        bold: bool = False,
        color: str = "#000",
    ) -> None:
        """Writes one line of text with its baseline at y."""
        weight = ' font-weight="bold"' if bold else ""
        s = s.replace("&", "&amp;").replace("<", "&lt;")
        self.parts.append(
            f'<text x="{num(x)}" y="{num(y)}" font-family="{FONT}" font-size="{size}" '
            f'text-anchor="{anchor}"{weight} fill="{color}">{s}</text>'
        )

    def arrow(self, x1: float, y1: float, x2: float, y2: float, sw: float = 2, color: str = ACCENT) -> None:
        """Draws a line with an arrow head at its second point."""
        a = math.atan2(y2 - y1, x2 - x1)
        bx, by = x2 - 12 * math.cos(a), y2 - 12 * math.sin(a)
        self.line(x1, y1, bx, by, sw=sw, color=color)
        px, py = 5 * math.sin(a), -5 * math.cos(a)
        self.poly(x2, y2, bx + px, by + py, bx - px, by - py, fill=color, color=color, sw=1)

    def callout(self, label: str | int, x: float, y: float, *targets: float) -> None:
        """Draws an item number in a circle with a leader to each target point."""
        for i in range(0, len(targets), 2):
            tx, ty = targets[i], targets[i + 1]
            a = math.atan2(ty - y, tx - x)
            self.top.append(
                f'<line x1="{num(x + 16 * math.cos(a))}" y1="{num(y + 16 * math.sin(a))}" x2="{num(tx)}" '
                f'y2="{num(ty)}" stroke="#000" stroke-width="1.2"/>'
                f'<circle cx="{num(tx)}" cy="{num(ty)}" r="3.2" fill="#000"/>'
            )
        self.top.append(
            f'<circle cx="{num(x)}" cy="{num(y)}" r="16" fill="#fff" stroke="#000" stroke-width="1.6"/>'
            f'<text x="{num(x)}" y="{num(y + 5.5)}" font-family="{FONT}" font-size="16" text-anchor="middle" '
            f'font-weight="bold" fill="#000">{label}</text>'
        )

    def svg(self) -> str:
        """Gives the complete SVG document."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            f'width="{self.width}" height="{self.height}" role="img">\n<title>{self.title}</title>\n'
            f'<rect width="{self.width}" height="{self.height}" fill="#fff"/>\n'
        )
        return head + "\n".join(self.parts + self.top) + "\n</svg>\n"


def earth(d: Drawing, x: float, y: float) -> None:
    """Draws an earth symbol hanging from the point x, y."""
    d.line(x, y, x, y + 10)
    for i, half in enumerate((14, 9, 4)):
        d.line(x - half, y + 10 + 6 * i, x + half, y + 10 + 6 * i)


def overview() -> Drawing:
    """Fig. 3-1."""
    d = Drawing("GS-40, overall view, right side")
    d.rect(110, 160, 680, 300, 14)
    d.line(110, 200, 790, 200, sw=1)
    d.rect(100, 460, 700, 62)
    for x in (270, 510):
        d.rect(x, 474, 100, 34, fill="#e5e5e5")
    for x in (74, 800):
        d.rect(x, 486, 26, 26, 4)
        d.circle(x + 13, 499, 6)
    d.rect(80, 522, 740, 6, fill="#000")
    d.path("M432 160 v-18 h36 v18", fill="#fff")
    d.circle(450, 128, 17)
    d.circle(450, 128, 8)
    d.rect(682, 132, 36, 28)
    d.path("M676 132 l44 -16", sw=4)
    d.rect(135, 215, 120, 100, 4)
    d.rect(148, 228, 62, 42, 3, fill="#e5e5e5")
    for x in (152, 168, 184, 200):
        d.rect(x, 282, 11, 11, 2)
    d.circle(233, 290, 11, fill=ACCENT)
    d.circle(233, 245, 7)
    d.rect(135, 335, 120, 105, 4)
    for i in range(5):
        d.circle(155 + i * 20, 360, 7)
        d.circle(155 + i * 20, 360, 2, fill="#000")
    d.rect(145, 345, 100, 30, 2, fill="none", sw=1)
    d.rect(145, 392, 100, 36, 2, fill="#e5e5e5")
    d.circle(170, 410, 12)
    d.circle(220, 410, 12)
    for i in range(7):
        d.line(285, 240 + i * 16, 345, 240 + i * 16, sw=3)
    d.rect(275, 225, 80, 125, 3, fill="none")
    for x in (375, 530):
        d.rect(x, 215, 145, 225, 4)
        d.rect(x + 120, 315, 14, 34, 3, fill="#e5e5e5")
        d.rect(x + 4, 235, 8, 26, fill="#000", sw=1)
        d.rect(x + 4, 395, 8, 26, fill="#000", sw=1)
    for i in range(11):
        d.line(705, 228 + i * 18, 765, 228 + i * 18, sw=3)
    d.rect(695, 212, 80, 212, 3, fill="none")
    d.circle(315, 405, 20)
    d.circle(315, 405, 12)
    d.line(306, 405, 324, 405)
    d.circle(700, 492, 11)
    d.rect(695, 487, 10, 10, fill="#000", sw=1)
    d.arrow(60, 280, 100, 280, sw=3)
    d.text(52, 285, "air", anchor="end", color=ACCENT)
    d.arrow(800, 310, 845, 310, sw=3)
    d.text(850, 315, "air", anchor="start", color=ACCENT)
    d.text(110, 40, "REAR (alternator end)", anchor="start", bold=True)
    d.text(790, 40, "FRONT (radiator end)", anchor="end", bold=True)
    d.callout(1, 370, 80, 438, 118)
    d.callout(2, 780, 80, 705, 140)
    d.callout(3, 150, 90, 175, 240)
    d.callout(4, 250, 90, 235, 282)
    d.callout(5, 600, 80, 600, 290)
    d.callout(6, 200, 565, 302, 418)
    d.callout(7, 440, 560, 325, 495, 555, 495)
    d.callout(8, 40, 440, 87, 499)
    d.callout(9, 40, 380, 148, 362)
    d.callout(10, 315, 90, 315, 240)
    d.callout(11, 850, 220, 760, 264)
    d.callout(12, 850, 430, 705, 490)
    return d


def lifting() -> Drawing:
    """Fig. 4-1."""
    d = Drawing("Lifting points and tie-down points")
    d.path("M450 36 v20 a14 14 0 1 1 -14 14", sw=5)
    d.rect(430, 18, 40, 22, 4, fill="#e5e5e5")
    d.line(444, 90, 444, 178, sw=5, color=ACCENT)
    d.line(456, 90, 456, 178, sw=5, color=ACCENT)
    d.path("M444 90 q6 -12 12 0", sw=5, color=ACCENT)
    d.text(475, 128, "sling 1 m or more, 1600 kg or more", anchor="start")
    d.rect(170, 220, 560, 230, 12)
    d.line(170, 252, 730, 252, sw=1)
    d.rect(160, 450, 580, 52)
    d.path("M428 220 v-14 h44 v14", fill="#fff")
    d.circle(450, 190, 18, fill="none")
    d.circle(450, 190, 9, fill="none")
    for x in (300, 520):
        d.rect(x, 462, 80, 28, fill="#e5e5e5")
    for x in (134, 740):
        d.rect(x, 474, 26, 26, 4)
        d.circle(x + 13, 487, 6)
    d.line(450, 235, 450, 440, sw=1, dash="10 5 2 5")
    d.circle(450, 370, 17)
    d.path("M450 370 v-17 a17 17 0 0 1 17 17 z", fill="#000", sw=1)
    d.path("M450 370 v17 a17 17 0 0 1 -17 -17 z", fill="#000", sw=1)
    d.line(340, 505, 340, 552, sw=1)
    d.line(560, 505, 560, 552, sw=1)
    d.arrow(450, 544, 342, 544, sw=1.5, color="#000")
    d.arrow(450, 544, 558, 544, sw=1.5, color="#000")
    d.text(450, 570, "640 mm", bold=True)
    d.line(121, 496, 70, 585, sw=3, color=ACCENT)
    d.line(779, 496, 830, 585, sw=3, color=ACCENT)
    d.line(134, 492, 121, 496, sw=3, color=ACCENT)
    d.line(766, 492, 779, 496, sw=3, color=ACCENT)
    d.text(40, 560, "strap", anchor="start")
    d.text(862, 560, "strap", anchor="end")
    d.callout(1, 330, 150, 435, 186)
    d.callout(2, 230, 560, 315, 476)
    d.callout(2, 670, 560, 585, 476)
    d.callout(3, 90, 410, 143, 480)
    d.callout(3, 810, 410, 757, 480)
    d.callout(4, 600, 330, 464, 364)
    return d


def earthing() -> Drawing:
    """Fig. 4-2."""
    d = Drawing("Earthing of the set")
    d.rect(120, 60, 560, 320, 10)
    d.rect(110, 380, 580, 46)
    d.line(40, 470, 860, 470, sw=3)
    for i in range(28):
        d.line(50 + i * 29, 470, 36 + i * 29, 484, sw=1)
    d.circle(260, 220, 90)
    d.text(260, 340, "G3 alternator")
    d.text(60, 550, "Phase conductors are not shown.", anchor="start")
    for a in (-90, 30, 150):
        r = math.radians(a)
        x, y = 260 + 70 * math.cos(r), 220 + 70 * math.sin(r)
        d.line(260, 220, x, y, sw=5)
    d.circle(260, 220, 5, fill="#000")
    d.rect(480, 90, 160, 230, 4)
    d.text(560, 82, "X1", bold=True)
    for i, name in enumerate(("L1", "L2", "L3", "N", "PE")):
        y = 118 + i * 42
        d.circle(580, y, 10)
        d.circle(580, y, 3, fill="#000")
        d.text(612, y + 5, name, bold=True)
    d.line(260, 220, 430, 220, 430, 244, 570, 244)
    d.line(430, 244, 430, 286, color=ACCENT, sw=5)
    d.circle(430, 244, 4, fill="#000")
    d.circle(430, 286, 4, fill="#000")
    d.line(570, 286, 430, 286, 430, 403, sw=3)
    d.circle(430, 403, 4, fill="#000")
    d.text(560, 408, "base frame", size=14)
    d.line(690, 403, 706, 403, sw=4)
    d.rect(698, 394, 18, 18, 2, fill="#e5e5e5")
    d.path("M716 403 C 780 403 790 420 790 452", sw=5, color=ACCENT)
    d.rect(782, 450, 16, 120, fill="#e5e5e5")
    d.poly(782, 570, 798, 570, 790, 588, fill="#e5e5e5")
    d.line(740, 470, 740, 585, sw=1)
    d.arrow(740, 520, 740, 587, sw=1.5, color="#000")
    d.arrow(740, 520, 740, 472, sw=1.5, color="#000")
    d.text(732, 535, "1.5 m or more", anchor="end")
    d.callout(1, 740, 340, 708, 398)
    d.callout(2, 840, 360, 778, 420)
    d.callout(3, 850, 540, 794, 520)
    d.callout(4, 740, 230, 588, 284)
    d.callout(5, 370, 320, 430, 266)
    d.callout(6, 160, 100, 256, 216)
    return d


def battery() -> Drawing:
    """Fig. 5-1."""
    d = Drawing("Battery connection")
    d.rect(90, 290, 300, 190, 6)
    d.rect(80, 268, 320, 26, 4)
    d.text(240, 390, "12 V  100 Ah", size=20, bold=True)
    d.rect(135, 244, 32, 24, 3)
    d.rect(313, 244, 32, 24, 3)
    d.text(151, 330, "+", size=30, bold=True, color=ACCENT)
    d.text(329, 328, "−", size=30, bold=True)
    d.rect(76, 480, 328, 16, fill="#e5e5e5")
    d.line(66, 250, 66, 500, sw=4)
    d.line(414, 250, 414, 500, sw=4)
    d.rect(56, 256, 368, 12, fill="#e5e5e5")
    for x in (58, 406):
        d.rect(x, 246, 16, 10, fill="#000")
    d.rect(120, 226, 62, 34, 8)
    d.path("M151 226 C 151 90 300 90 560 90 L 640 90", sw=7, color=ACCENT)
    d.path("M329 244 C 329 180 400 190 440 190 L 500 190", sw=7)
    d.rect(500, 160, 90, 60, 6)
    d.circle(545, 190, 20, fill="#e5e5e5")
    d.rect(541, 166, 8, 48, 3, fill=ACCENT)
    d.text(545, 244, "Q0", bold=True)
    d.path("M590 190 C 640 190 640 300 640 430", sw=7)
    d.rect(660, 60, 170, 90, 20)
    d.rect(640, 78, 22, 24, 3, fill="#e5e5e5")
    d.text(650, 66, "30", size=14)
    d.rect(690, 36, 100, 30, 10)
    d.rect(664, 42, 26, 16, 3, fill="#e5e5e5")
    d.text(700, 28, "50", size=14)
    d.line(690, 50, 664, 50)
    d.rect(830, 90, 28, 30, 3)
    d.text(745, 112, "M1", size=20, bold=True)
    d.rect(540, 430, 300, 100, 8)
    d.text(735, 490, "engine block, 0 V", size=16)
    d.circle(640, 440, 11, fill="#e5e5e5")
    earth(d, 600, 530)
    d.text(400, 82, "wire 140, red", color=ACCENT)
    d.text(352, 232, "wire 141, black", anchor="start")
    d.text(652, 330, "wire 142, black", anchor="start")
    d.callout(1, 180, 540, 200, 450)
    d.callout(2, 230, 50, 250, 115)
    d.callout(3, 370, 140, 375, 198)
    d.callout(4, 570, 130, 552, 184)
    d.callout(5, 860, 200, 800, 130)
    d.callout(6, 70, 170, 132, 240)
    d.callout(7, 470, 340, 414, 300)
    return d


def panel() -> Drawing:
    """Fig. 6-1."""
    d = Drawing("Control panel with HC-4")
    d.rect(60, 60, 780, 470, 18)
    d.rect(110, 100, 470, 390, 14, fill="#f3f3f3")
    d.text(345, 128, "HC-4", size=18, bold=True)
    d.rect(150, 145, 300, 140, 6)
    d.text(165, 178, "L1-L2   400 V    50.0 Hz", size=17, anchor="start")
    d.text(165, 208, "I1  42 A  I2  41 A  I3  43 A", size=17, anchor="start")
    d.text(165, 238, "OIL 380 kPa   88 °C", size=17, anchor="start")
    d.text(165, 268, "AUTO READY   1254 h", size=17, anchor="start")
    for y, fill in ((165, ACCENT), (215, "#fff"), (265, "#fff")):
        d.circle(510, y, 13, fill=fill)
    for i, name in enumerate(("", "MAN", "AUTO", "START")):
        d.rect(150 + i * 100, 320, 80, 56, 8)
        d.text(190 + i * 100, 354, name, bold=True)
    d.text(190, 344, "STOP/", bold=True)
    d.text(190, 364, "RESET", bold=True)
    d.rect(150, 405, 80, 50, 8)
    d.text(190, 436, "MENU", bold=True)
    d.rect(250, 405, 60, 50, 8)
    d.poly(280, 416, 295, 443, 265, 443, fill="#000")
    d.rect(370, 405, 60, 50, 8)
    d.poly(400, 445, 415, 418, 385, 418, fill="#000")
    d.circle(710, 180, 44)
    d.circle(710, 180, 24, fill="#e5e5e5")
    d.rect(706, 158, 8, 44, 3, fill="#000")
    d.text(650, 130, "OFF", size=14)
    d.text(768, 130, "ON", size=14)
    d.text(710, 250, "S5", bold=True)
    d.rect(630, 300, 160, 160, 10, fill="#f3f3f3")
    d.circle(710, 380, 56, fill=ACCENT)
    d.circle(710, 380, 38, fill=ACCENT)
    d.path("M694 366 a20 20 0 1 1 -4 22", color="#fff", sw=3)
    d.text(710, 485, "S1", bold=True)
    d.callout(1, 250, 30, 250, 152)
    d.callout(2, 610, 30, 514, 158)
    d.callout(3, 603, 215, 515, 215)
    d.callout(4, 603, 265, 515, 265)
    d.callout(5, 28, 350, 154, 350)
    d.callout(6, 340, 570, 322, 371)
    d.callout(7, 470, 570, 422, 371)
    d.callout(8, 560, 570, 490, 372)
    d.callout(9, 28, 450, 156, 447)
    d.callout(10, 240, 570, 262, 450)
    d.callout(10, 400, 570, 400, 451)
    d.callout(11, 870, 170, 745, 176)
    d.callout(12, 870, 400, 755, 384)
    return d


def oil_drain() -> Drawing:
    """Fig. 8-1."""
    d = Drawing("Oil drain plug and oil filter")
    d.rect(170, 60, 500, 60, 12)
    d.rect(190, 120, 460, 190, 4)
    d.poly(170, 310, 670, 310, 640, 400, 450, 420, 380, 460, 230, 460, 200, 400)
    for i in range(9):
        d.circle(200 + i * 55, 318, 4, fill="#000")
    for i in range(4):
        d.rect(215 + i * 110, 140, 80, 34, 4)
    d.text(330, 250, "engine block", size=16)
    d.circle(140, 215, 58)
    d.circle(140, 215, 12, fill="#e5e5e5")
    d.rect(560, 36, 66, 26, 6, fill="#e5e5e5")
    d.text(400, 95, "rocker cover", size=14)
    d.rect(515, 212, 140, 42, 4, fill="#e5e5e5")
    d.rect(530, 254, 110, 120, 12)
    for x in range(546, 640, 16):
        d.line(x, 262, x, 366, sw=1)
    d.line(480, 310, 480, 190, 490, 150, sw=5)
    d.circle(492, 138, 14, fill="none", sw=4)
    d.line(300, 460, 300, 474, sw=2)
    d.rect(283, 470, 34, 10, fill=ACCENT)
    d.rect(276, 484, 48, 10, fill="#e5e5e5")
    d.rect(286, 494, 28, 24, fill="#e5e5e5")
    d.line(300, 480, 300, 484)
    d.path("M210 535 h180 l-16 45 h-148 z", fill="#fff")
    d.line(222, 560, 378, 560, sw=1)
    d.text(300, 576, "12 L or more", size=14)
    d.text(700, 450, "oil filter: 20 N·m", anchor="start", size=14)
    d.text(420, 500, "oil drain plug: 45 N·m", anchor="start", size=14)
    d.callout(1, 440, 30, 490, 125)
    d.callout(2, 180, 510, 288, 505)
    d.callout(3, 180, 440, 286, 475)
    d.callout(4, 760, 340, 632, 330)
    d.callout(5, 760, 230, 645, 232)
    d.callout(6, 700, 30, 618, 46)
    d.path("M710 434 L 640 368", sw=1)
    d.path("M416 496 L 318 500", sw=1)
    return d


def air_filter() -> Drawing:
    """Fig. 8-2."""
    d = Drawing("Air filter, exploded view")
    d.line(30, 290, 870, 290, sw=1, dash="14 5 3 5")
    d.path("M60 190 h150 a28 100 0 0 1 0 200 h-150 a28 100 0 0 1 0 -200 z", fill="#fff")
    d.ellipse(210, 290, 28, 100)
    d.ellipse(210, 290, 20, 76, fill="#e5e5e5")
    d.rect(95, 140, 70, 54, 4)
    d.ellipse(130, 140, 35, 9)
    d.rect(70, 389, 40, 34, 2, fill="#e5e5e5")
    d.rect(70, 168, 16, 26, 3, fill="#e5e5e5")
    d.path("M78 168 v-24", sw=3)
    d.path("M310 245 h80 a12 45 0 0 1 0 90 h-80 a12 45 0 0 1 0 -90 z", fill="#fff")
    d.ellipse(390, 290, 12, 45)
    for x in range(316, 386, 10):
        d.line(x, 247, x, 333, sw=0.8)
    d.path("M470 210 h130 a20 80 0 0 1 0 160 h-130 a20 80 0 0 1 0 -160 z", fill="#fff")
    d.ellipse(600, 290, 20, 80)
    d.ellipse(600, 290, 12, 50, fill="#e5e5e5")
    for x in range(472, 586, 8):
        d.line(x, 213, x, 367, sw=0.8)
    d.path("M700 190 h60 a28 100 0 0 1 0 200 h-60 a28 100 0 0 1 0 -200 z", fill="#fff")
    d.ellipse(700, 290, 28, 100)
    d.ellipse(700, 290, 20, 84, fill="#e5e5e5")
    d.poly(724, 390, 764, 390, 752, 438, 736, 438, fill="#e5e5e5")
    d.line(744, 420, 744, 438)
    for y, s in ((186, -1), (394, 1)):
        d.path(f"M190 {y} h40 v{-8 * s} h-40 z", fill="#000")
        d.path(f"M230 {y} q14 {6 * s} 8 {16 * s}", sw=3)
    d.arrow(690, 290, 630, 290, sw=3)
    d.arrow(130, 60, 130, 120, sw=3)
    d.text(150, 70, "air in", anchor="start", color=ACCENT)
    d.arrow(90, 428, 90, 470, sw=3)
    d.text(90, 494, "to turbocharger", color=ACCENT)
    d.callout(1, 190, 470, 160, 375)
    d.callout(2, 540, 120, 540, 225)
    d.callout(3, 350, 120, 350, 260)
    d.callout(4, 830, 160, 768, 220)
    d.callout(5, 270, 140, 214, 184)
    d.callout(5, 290, 470, 214, 398)
    d.callout(6, 830, 470, 748, 420)
    d.callout(7, 40, 60, 74, 172)
    return d


def fuel_bleed() -> Drawing:
    """Fig. 8-3."""
    d = Drawing("Fuel system and bleed points")
    d.rect(50, 440, 330, 110, 8)
    d.line(56, 475, 374, 475, sw=1)
    d.text(260, 535, "tank 110 L", size=16)
    d.line(110, 530, 110, 370, sw=4)
    d.line(110, 345, 110, 230, 170, 230, sw=4)
    d.poly(92, 345, 128, 345, 92, 370, 128, 370, fill="#e5e5e5")
    d.line(92, 357, 74, 357, sw=3)
    d.rect(160, 195, 110, 46, 4, fill="#e5e5e5")
    d.rect(172, 241, 86, 90, 6)
    d.path("M172 331 h86 l-14 44 h-58 z", fill="#fff")
    d.rect(205, 375, 20, 16, fill="#e5e5e5")
    d.line(215, 391, 215, 412, sw=3)
    d.line(225, 383, 243, 383, sw=3)
    d.rect(244, 350, 26, 14, 2, fill=ACCENT)
    d.rect(196, 160, 38, 36, 6)
    d.rect(188, 146, 54, 16, 6, fill="#e5e5e5")
    d.line(270, 218, 320, 218, 320, 410, 470, 410, sw=4)
    d.arrow(320, 300, 320, 330, sw=4)
    d.rect(470, 330, 220, 100, 6)
    d.text(580, 385, "injection pump", size=15)
    d.rect(440, 394, 30, 34, 3, fill="#e5e5e5")
    d.line(455, 394, 455, 218, 400, 218, 400, 150, sw=4)
    d.arrow(455, 330, 455, 290, sw=4)
    d.rect(360, 96, 120, 46, 4, fill="#e5e5e5")
    d.rect(374, 142, 92, 104, 10)
    for x in range(388, 466, 15):
        d.line(x, 152, x, 238, sw=1)
    d.line(480, 118, 520, 118, 520, 330, sw=4)
    d.arrow(520, 200, 520, 230, sw=4)
    d.rect(412, 78, 14, 18, fill=ACCENT)
    d.rect(412, 70, 14, 10, fill=ACCENT)
    d.rect(485, 312, 14, 18, fill=ACCENT)
    d.line(732, 268, 886, 268, 886, 500, 380, 500, sw=3, dash="12 5")
    d.arrow(620, 500, 580, 500, sw=3)
    for i in range(4):
        x, xi, level = 560 + i * 34, 865 - i * 45, 110 + i * 24
        d.line(x, 330, x, level, xi, level, xi, 220, sw=3)
        d.rect(x - 8, 312, 16, 18, fill="#e5e5e5")
        d.rect(xi - 9, 236, 18, 58, 2)
        d.rect(xi - 8, 218, 16, 18, fill="#e5e5e5")
        d.poly(xi - 6, 294, xi + 6, 294, xi, 312, fill="#000")
        d.text(xi, 332, str(i + 1), size=14)
    d.text(800, 352, "cylinder", size=14)
    d.rect(690, 350, 60, 56, 4, fill="#e5e5e5")
    d.callout(1, 40, 578, 80, 540)
    d.callout(2, 300, 290, 250, 290)
    d.callout(3, 130, 420, 208, 387)
    d.callout(4, 370, 360, 262, 357)
    d.callout(5, 130, 130, 198, 170)
    d.callout(6, 300, 170, 382, 190)
    d.callout(7, 340, 40, 415, 78)
    d.callout(8, 560, 460, 580, 420)
    d.callout(9, 420, 270, 490, 318)
    d.callout(10, 694, 262, 668, 316, 724, 228)
    d.callout(11, 800, 560, 780, 500)
    d.callout(12, 800, 420, 744, 385)
    d.callout(13, 40, 300, 98, 352)
    d.callout(14, 842, 400, 822, 284)
    return d


def cooling() -> Drawing:
    """Fig. 8-4."""
    d = Drawing("Cooling circuit")
    d.rect(90, 130, 90, 330, 4)
    for y in range(176, 416, 12):
        d.line(96, y, 174, y, sw=0.8)
    d.line(90, 170, 180, 170)
    d.line(90, 420, 180, 420)
    d.rect(118, 110, 34, 20, 4, fill="#e5e5e5")
    d.rect(106, 102, 58, 10, 4, fill="#000")
    d.rect(180, 142, 26, 16, 2, fill=ACCENT)
    d.rect(230, 40, 90, 70, 8)
    d.line(234, 82, 316, 82, sw=1, dash="4 3")
    d.text(275, 100, "COLD", size=14)
    d.path("M152 122 h60 q10 0 10 -10 v-8 h8", sw=2)
    d.line(120, 460, 120, 474, sw=2)
    d.rect(110, 470, 20, 16, fill="#e5e5e5")
    d.line(100, 490, 140, 490, sw=4)
    d.path("M180 204 h200 v-40 h60", sw=16)
    d.path("M180 204 h200 v-40 h60", sw=12, color="#fff")
    d.rect(440, 130, 90, 64, 8)
    d.poly(465, 150, 505, 150, 495, 178, 475, 178, fill="#e5e5e5")
    d.rect(478, 106, 14, 24, fill=ACCENT)
    d.rect(500, 194, 280, 230, 6)
    d.text(650, 320, "engine block", size=17)
    d.rect(510, 130, 270, 64, 6)
    d.text(660, 168, "cylinder head", size=17)
    d.rect(546, 100, 16, 30, 2, fill="#e5e5e5")
    d.rect(541, 92, 26, 10, 2, fill="#000")
    d.circle(440, 320, 44)
    d.circle(440, 320, 14, fill="#e5e5e5")
    for a in range(0, 360, 60):
        r = math.radians(a)
        tip = (440 + 36 * math.cos(r + 0.5), 320 + 36 * math.sin(r + 0.5))
        d.line(440 + 14 * math.cos(r), 320 + 14 * math.sin(r), *tip)
    d.line(484, 320, 500, 320, sw=10)
    d.path("M180 440 h260 v-76", sw=16)
    d.path("M180 440 h260 v-76", sw=12, color="#fff")
    d.path("M455 194 v84", sw=10)
    d.path("M455 194 v84", sw=6, color="#fff")
    d.text(444, 250, "bypass", size=14, anchor="end")
    d.rect(250, 316, 150, 8, fill="#e5e5e5")
    d.path("M250 320 q-26 -50 0 -96 q20 46 0 96", fill="#fff")
    d.path("M250 320 q-26 50 0 96 q20 -46 0 -96", fill="#fff")
    d.circle(250, 320, 12, fill="#e5e5e5")
    d.rect(560, 424, 22, 16, fill="#e5e5e5")
    d.rect(564, 440, 14, 10, fill="#000")
    d.arrow(350, 204, 290, 204, sw=3)
    d.arrow(290, 440, 350, 440, sw=3)
    d.arrow(60, 300, 30, 300, sw=3)
    d.line(86, 300, 60, 300, sw=3, color=ACCENT)
    d.text(26, 330, "air", anchor="start", color=ACCENT)
    d.arrow(520, 380, 520, 240, sw=3)
    d.callout(1, 40, 210, 100, 240)
    d.callout(2, 80, 50, 116, 106)
    d.callout(3, 380, 50, 314, 64)
    d.callout(4, 260, 150, 202, 150)
    d.callout(5, 330, 260, 340, 208)
    d.callout(6, 400, 100, 478, 162)
    d.callout(7, 620, 60, 558, 112)
    d.callout(8, 470, 50, 484, 112)
    d.callout(9, 360, 370, 412, 346)
    d.callout(10, 300, 520, 320, 444)
    d.callout(11, 50, 540, 114, 480)
    d.callout(12, 650, 520, 574, 436)
    d.callout(13, 306, 392, 254, 365)
    return d


def belt_path(pulleys: list[tuple[float, float, float, int]]) -> tuple[list[float], list[tuple[float, float]]]:
    """Gives the closed belt line around the pulleys and the middle of each span; turn is 1 or -1 (back of belt)."""
    spans = []
    for (ax, ay, ar, at), (bx, by, br, bt) in zip(pulleys, pulleys[1:] + pulleys[:1], strict=True):
        dist, base = math.hypot(bx - ax, by - ay), math.atan2(by - ay, bx - ax)
        off = math.acos((at * ar - bt * br) / dist)
        t = base - off
        spans.append(
            (
                ax + at * ar * math.cos(t),
                ay + at * ar * math.sin(t),
                bx + bt * br * math.cos(t),
                by + bt * br * math.sin(t),
            )
        )
    line: list[float] = []
    for k, (x, y, r, turn) in enumerate(pulleys):
        arrive, leave = spans[k - 1][2:], spans[k][:2]
        a1 = math.atan2(arrive[1] - y, arrive[0] - x)
        a2 = math.atan2(leave[1] - y, leave[0] - x)
        while (a2 - a1) * turn < 0:
            a2 += turn * 2 * math.pi
        for n in range(25):
            a = a1 + (a2 - a1) * n / 24
            line += [x + r * math.cos(a), y + r * math.sin(a)]
    return line + line[:2], [((s[0] + s[2]) / 2, (s[1] + s[3]) / 2) for s in spans]


def belt() -> Drawing:
    """Fig. 8-5."""
    d = Drawing("Belt routing and tensioner, seen from the radiator end")
    pulleys = [(400.0, 430.0, 90.0, 1), (380.0, 170.0, 70.0, 1), (640.0, 220.0, 46.0, 1), (555.0, 400.0, 38.0, -1)]
    for x, y, r, _ in pulleys:
        d.circle(x, y, r)
        d.circle(x, y, r - 9, sw=1)
        d.circle(x, y, 9, fill="#e5e5e5")
    run, middles = belt_path(pulleys)
    d.line(*run, sw=6)
    mid = middles[1]
    d.text(400, 462, "crankshaft", size=14)
    d.path("M350 400 A60 60 0 0 1 450 400", sw=3, color=ACCENT)
    d.poly(456, 410, 443, 404, 456, 394, fill=ACCENT, color=ACCENT)
    d.arrow(mid[0] + 13, mid[1] - 70, mid[0] + 1, mid[1] - 6, sw=3)
    d.text(mid[0] + 30, mid[1] - 62, "45 N", anchor="start", color=ACCENT)
    d.path("M555 400 L 700 470", sw=16)
    d.path("M555 400 L 700 470", sw=12, color="#fff")
    d.circle(555, 400, 12, fill="#e5e5e5")
    d.circle(655, 448, 12, fill="#e5e5e5")
    d.poly(655, 441, 661, 445, 661, 452, 655, 456, 649, 452, 649, 445, fill="#000")
    d.rect(690, 440, 40, 60, 4)
    d.rect(702, 500, 16, 56, fill="#e5e5e5")
    for y in range(506, 552, 8):
        d.line(702, y + 4, 718, y, sw=1)
    d.rect(697, 556, 26, 14, fill="#000")
    d.callout(1, 240, 500, 330, 455)
    d.callout(2, 250, 90, 330, 140)
    d.callout(3, 760, 150, 672, 210)
    d.callout(4, 660, 340, 582, 390)
    d.callout(5, 790, 400, 663, 444)
    d.callout(6, 800, 530, 716, 530)
    d.callout(7, 480, 50, mid[0], mid[1])
    d.callout(8, 240, 310, *middles[0])
    return d


def valves() -> Drawing:
    """Fig. 8-6."""
    d = Drawing("Valve clearance, numbers and sequence")
    d.text(60, 40, "radiator end", anchor="start", bold=True)
    d.rect(60, 60, 780, 150, 10)
    for i in range(4):
        x0 = 90 + i * 188
        d.rect(x0, 80, 166, 110, 6, sw=1)
        d.text(x0 + 83, 232, f"cylinder {i + 1}", size=16, bold=True)
        for j in range(2):
            n = 2 * i + j + 1
            first = n in (1, 2, 3, 6)
            cx = x0 + 43 + j * 80
            d.circle(cx, 128, 30, fill="#fff" if first else "#e5e5e5")
            d.text(cx, 134, f"V{n}", size=17, bold=True, color=ACCENT if first else "#000")
            d.text(cx, 180, "IN" if j == 0 else "EX", size=14)
    d.circle(90, 270, 12)
    d.text(112, 275, "position 1, cylinder 1 at TDC: V1 V2 V3 V6", anchor="start", color=ACCENT)
    d.circle(90, 300, 12, fill="#e5e5e5")
    d.text(112, 305, "position 2, after 360°: V4 V5 V7 V8", anchor="start")
    d.path("M200 390 Q 300 350 420 390 L 450 440 L 418 446 L 400 418 Q 300 396 222 420 L 196 416 Z", fill="#fff")
    d.circle(310, 396, 17)
    d.circle(310, 396, 7, fill="#e5e5e5")
    d.rect(198, 366, 22, 100, fill="#e5e5e5")
    d.line(204, 370, 214, 370, sw=3)
    d.rect(188, 350, 42, 26, 3)
    d.rect(200, 330, 18, 22, fill="#e5e5e5")
    d.line(204, 334, 214, 334)
    d.rect(202, 466, 14, 110, fill="#fff")
    d.rect(424, 462, 22, 90, fill="#fff")
    d.line(435, 470, 435, 552, sw=1, dash="6 3")
    d.line(408, 512, 462, 520, 408, 528, 462, 536, 408, 544, 462, 552, sw=2.5)
    d.line(360, 552, 520, 552, sw=3)
    d.rect(400, 500, 70, 12, fill="#e5e5e5")
    d.poly(420, 452, 640, 430, 640, 438, 420, 460, fill=ACCENT, color=ACCENT)
    d.text(690, 440, "0.30 / 0.45 mm", size=15, anchor="start")
    d.text(170, 575, "push rod", size=14, anchor="end")
    d.text(480, 490, "valve stem", size=14, anchor="start")
    d.callout(1, 130, 348, 202, 340)
    d.callout(2, 130, 396, 192, 368)
    d.callout(3, 600, 380, 590, 436)
    d.callout(4, 420, 345, 380, 385)
    return d


def water_pump() -> Drawing:
    """Fig. 8-7."""
    d = Drawing("Water pump and thermostat, exploded view")
    d.line(60, 380, 870, 380, sw=1, dash="14 5 3 5")
    d.rect(60, 220, 110, 330, 8)
    d.text(110, 575, "engine block", size=15)
    d.ellipse(170, 380, 22, 66, fill="#e5e5e5")
    d.rect(60, 130, 110, 90, 6)
    d.ellipse(115, 130, 34, 9, fill="#e5e5e5")
    d.line(115, 120, 115, 30, sw=1, dash="14 5 3 5")
    d.ellipse(115, 104, 30, 7)
    d.ellipse(115, 104, 21, 4, sw=1)
    d.rect(93, 72, 44, 12, fill="#e5e5e5")
    d.path("M101 72 q14 -26 28 0", fill="#fff")
    d.rect(107, 84, 16, 16, fill="#e5e5e5")
    d.path("M78 54 h74 v-10 h-20 q-4 -26 50 -22 v-14 q-84 -6 -88 36 h-16 z", fill="#fff")
    d.ellipse(250, 380, 24, 92)
    d.ellipse(250, 380, 15, 66)
    for a in range(0, 360, 60):
        r = math.radians(a)
        d.circle(250 + 19.5 * math.cos(r), 380 + 79 * math.sin(r), 3, fill="#000")
    d.path("M330 290 h70 v40 h60 v100 h-60 v40 h-70 z", fill="#fff")
    d.ellipse(330, 380, 24, 90)
    d.ellipse(330, 380, 12, 46, fill="#e5e5e5")
    d.rect(460, 364, 50, 32, fill="#e5e5e5")
    d.rect(352, 470, 34, 22, 2)
    d.circle(369, 492, 3, fill="#000")
    for y in (306, 454):
        d.line(420, y, 470, y, sw=5)
        d.rect(470, y - 10, 12, 20, 2, fill="#e5e5e5")
        d.line(400, y, 420, y, sw=1, dash="4 3")
    d.path("M560 320 h40 a16 60 0 0 1 0 120 h-40 a16 60 0 0 1 0 -120 z", fill="#fff")
    for x in range(566, 602, 8):
        d.path(f"M{x} 320 a16 60 0 0 1 0 120", sw=1)
    d.ellipse(560, 380, 16, 60)
    d.ellipse(560, 380, 6, 20, fill="#e5e5e5")
    for k in range(6):
        a = math.radians(k * 60 + 30)
        fan = [740 + 8 * math.cos(a - 0.5), 380 + 34 * math.sin(a - 0.5)]
        for da, rx, ry in ((-0.30, 60, 140), (-0.2, 72, 160), (0.2, 72, 160), (0.30, 60, 140)):
            fan += [740 + rx * math.cos(a + da), 380 + ry * math.sin(a + da)]
        d.poly(*fan, 740 + 8 * math.cos(a + 0.5), 380 + 34 * math.sin(a + 0.5))
    d.ellipse(740, 380, 14, 38, fill="#e5e5e5")
    d.callout(1, 420, 230, 380, 310)
    d.callout(2, 250, 230, 256, 296)
    d.callout(3, 530, 260, 462, 306)
    d.callout(4, 240, 78, 130, 78)
    d.callout(5, 240, 130, 140, 106)
    d.callout(6, 240, 28, 160, 12)
    d.callout(7, 590, 510, 585, 430)
    d.callout(8, 850, 200, 790, 310)
    return d


def alternator() -> Drawing:
    """Fig. 8-8."""
    d = Drawing("Main alternator, exploded view")
    d.line(30, 330, 875, 330, sw=1, dash="14 5 3 5")
    for x in (70, 84):
        d.ellipse(x, 330, 16, 76)
    d.ellipse(84, 330, 6, 24, fill="#e5e5e5")
    d.ellipse(140, 330, 20, 92)
    for a in range(0, 360, 30):
        r = math.radians(a)
        d.line(140 + 7 * math.cos(r), 330 + 34 * math.sin(r), 140 + 19 * math.cos(r), 330 + 88 * math.sin(r), sw=1.5)
    d.ellipse(140, 330, 7, 34, fill="#e5e5e5")
    d.rect(185, 320, 215, 20, fill="#e5e5e5")
    d.rect(205, 262, 120, 136, 6)
    for y in (280, 298, 362, 380):
        d.line(205, y, 325, y, sw=1)
    d.rect(352, 286, 34, 88, 3)
    for x in range(358, 386, 7):
        d.line(x, 288, x, 372, sw=1)
    d.ellipse(420, 330, 18, 52)
    for a in range(0, 360, 60):
        r = math.radians(a + 30)
        d.circle(420 + 11 * math.cos(r), 330 + 33 * math.sin(r), 6, fill=ACCENT)
    d.rect(414, 322, 12, 16, fill="#fff", sw=1.5)
    d.ellipse(465, 330, 12, 30)
    d.ellipse(465, 330, 6, 14, fill="#e5e5e5")
    d.path("M520 216 h130 a30 114 0 0 1 0 228 h-130 a30 114 0 0 1 0 -228 z", fill="#fff")
    d.ellipse(520, 330, 30, 114)
    d.ellipse(520, 330, 22, 84, fill="#e5e5e5")
    for x in range(545, 660, 22):
        d.path(f"M{x} 216 a30 114 0 0 1 0 228", sw=0.8)
    d.rect(535, 444, 24, 26)
    d.rect(625, 444, 24, 26)
    d.rect(520, 470, 150, 10, fill="#e5e5e5")
    d.ellipse(725, 330, 17, 62)
    d.ellipse(725, 330, 11, 40, fill="#e5e5e5")
    d.path("M790 226 h22 a26 104 0 0 1 0 208 h-22 z", fill="#fff")
    d.ellipse(790, 330, 26, 104)
    d.ellipse(790, 330, 8, 28, fill="#e5e5e5")
    d.rect(540, 166, 120, 50)
    d.rect(545, 118, 110, 34, 4)
    for x in (560, 574, 588):
        d.circle(x, 135, 4, fill="#000")
    d.text(620, 140, "AV-2", size=14)
    d.line(600, 152, 600, 166, sw=1, dash="4 3")
    d.path("M530 92 h140 l8 -26 h-156 z", fill="#fff")
    d.line(600, 92, 600, 118, sw=1, dash="4 3")
    d.text(60, 560, "drive end (engine)", anchor="start", bold=True)
    d.text(840, 560, "NDE", anchor="end", bold=True)
    d.callout(1, 580, 530, 580, 400)
    d.callout(2, 265, 190, 265, 275)
    d.callout(3, 360, 190, 368, 296)
    d.callout(4, 725, 200, 727, 280)
    d.callout(5, 420, 470, 420, 363)
    d.callout(6, 440, 190, 420, 328)
    d.callout(7, 490, 520, 468, 350)
    d.callout(8, 850, 170, 810, 240)
    d.callout(9, 720, 126, 649, 128)
    d.callout(10, 730, 60, 668, 80)
    d.callout(11, 60, 190, 78, 262)
    d.callout(12, 150, 190, 142, 250)
    return d


def pickup() -> Drawing:
    """Fig. 8-9."""
    d = Drawing("Speed pick-up and air gap")
    points: list[float] = []
    for i in range(-9, 10):
        a = math.radians(-90 + i * 4.2)
        for da, r in ((-1.3, 560), (-0.8, 600), (0.8, 600), (1.3, 560)):
            t = a + math.radians(da)
            points += [450 + r * math.cos(t), 970 + r * math.sin(t)]
    d.poly(*points, 840, 600, 60, 600, fill="#e5e5e5")
    d.text(450, 520, "flywheel ring gear", size=16)
    d.rect(60, 210, 350, 84, fill="#fff")
    d.rect(490, 210, 350, 84, fill="#fff")
    for x0 in (60, 490):
        for i in range(13):
            d.line(x0 + 8 + i * 26, 290, x0 + 28 + i * 26, 214, sw=0.7)
    d.rect(410, 150, 80, 190)
    for y in range(156, 290, 9):
        d.line(410, y + 5, 490, y, sw=0.8)
    d.rect(424, 340, 52, 14, fill="#e5e5e5")
    d.rect(370, 178, 160, 32, 4, fill="#e5e5e5")
    d.line(410, 178, 410, 210, sw=1)
    d.line(490, 178, 490, 210, sw=1)
    d.rect(420, 96, 60, 54, 6)
    d.path("M450 96 C 450 50 520 60 600 40", sw=5)
    d.text(612, 46, "wires 123, 124 to X2", anchor="start")
    d.line(476, 354, 640, 354, sw=1)
    d.line(462, 370, 640, 370, sw=1)
    d.arrow(620, 324, 620, 353, sw=2)
    d.arrow(620, 400, 620, 371, sw=2)
    d.text(636, 336, "0.75 mm air gap", anchor="start", bold=True, color=ACCENT)
    d.callout(1, 300, 90, 424, 120)
    d.callout(2, 600, 150, 522, 192)
    d.callout(3, 160, 150, 180, 230)
    d.callout(4, 220, 520, 290, 425)
    return d


LEFT = (
    (1, 101, "red", "S5"),
    (2, 102, "black", "0 V"),
    (3, 103, "red/white", "S1:12"),
    (4, 104, "violet", "K1:86"),
    (5, 105, "orange", "S1:21"),
    (6, 106, "white", "K3:86"),
    (7, 107, "brown", "G2:D+"),
    (8, 108, "pink", "K4:86"),
    (9, 109, "grey", "K5:86"),
    (20, 120, "yellow", "GU-2:8"),
    (21, 121, "green", "GU-2:9"),
    (22, 122, "bare", "shield"),
    (25, 125, "brown/white", "R1:14"),
)
RIGHT = (
    (10, 110, "green/black", "B1"),
    (11, 111, "blue", "B2"),
    (12, 112, "violet/white", "B3"),
    (13, 113, "black", "common"),
    (14, 114, "blue/white", "S2"),
    (15, 115, "green/white", "B4"),
    (16, 116, "white/black", "S3"),
    (17, 117, "yellow/white", "S4"),
    (18, 118, "orange/white", "remote"),
    (19, 119, "grey/white", "Q1:13"),
    (23, 123, "brown/black", "B5:1"),
    (24, 124, "black/white", "B5:2"),
    (26, 126, "pink/white", "B6"),
)


def contact(d: Drawing, x: float, y: float, closed: bool) -> None:
    """Draws a horizontal switch contact 40 wide, centred on x."""
    d.line(x - 20, y, x - 10, y)
    d.line(x - 10, y, x + 13, y - 10)
    d.line(x + 10, y, x + 20, y)
    if closed:
        d.line(x + 10, y, x + 10, y - 10)


def coil(d: Drawing, x: float, y: float) -> None:
    """Draws a relay coil 30 wide, centred on x."""
    d.rect(x - 15, y - 10, 30, 20)
    d.line(x - 8, y + 10, x + 8, y - 10, sw=1)


def wiring() -> Drawing:
    """Fig. 10-1."""
    d = Drawing("Wiring diagram of strip X2", 900, 760)
    top, step = 76, 50
    d.rect(375, 30, 150, 700, 8, fill="#f3f3f3")
    d.text(450, 390, "HC-4", size=22, bold=True)
    d.text(450, 416, "X2", size=18, bold=True)
    zero_l, zero_r = 22, 878
    d.line(zero_l, 76 + step, zero_l, 720, sw=3, color=ACCENT)
    d.line(zero_r, 76, zero_r, 720, sw=3, color=ACCENT)
    d.text(zero_l - 10, 744, "0 V", anchor="start", bold=True, color=ACCENT)
    d.text(zero_r + 10, 744, "0 V", anchor="end", bold=True, color=ACCENT)
    for rows, side in ((LEFT, -1), (RIGHT, 1)):
        for i, (term, wire, colour, dev) in enumerate(rows):
            y = top + i * step
            tx = 393 if side < 0 else 507
            edge = 375 if side < 0 else 525
            d.rect(tx - 16, y - 14, 32, 28)
            d.text(tx, y + 5, str(term), bold=True, size=15)
            far = 235 if side < 0 else 665
            d.line(edge, y, far, y)
            d.text((edge + far) / 2 - (0 if side < 0 else 2), y - 6, f"{wire} {colour}", size=14)
            lab = 198 if side < 0 else 705
            d.text(lab, y - 8, dev, size=14, bold=True)
            if dev in ("K1:86", "K3:86", "K4:86", "K5:86"):
                d.line(far, y, 125, y)
                coil(d, 110, y)
                d.line(95, y, zero_l, y)
                d.text(60, y - 6, "85", size=14)
                d.circle(zero_l, y, 3.5, fill="#000")
            elif dev == "0 V":
                d.line(far, y, zero_l, y)
                d.circle(zero_l, y, 3.5, fill="#000")
            elif dev == "S5":
                d.line(far, y, 160, y)
                contact(d, 140, y, False)
                d.line(120, y, 104, y)
                d.rect(72, y - 8, 32, 16)
                d.line(64, y, 112, y, sw=1.2)
                d.text(88, y - 12, "F1 10 A", size=14)
                d.line(72, y, 50, y)
                d.text(46, y + 5, "+", size=18, anchor="end", bold=True)
            elif dev == "S1:12":
                d.line(far, y, 160, y)
                contact(d, 140, y, True)
                d.text(108, y - 8, "11", size=14)
                d.line(120, y, 50, y)
                d.text(46, y + 5, "+", size=18, anchor="end", bold=True)
            elif dev == "S1:21":
                d.line(far, y, 170, y)
                contact(d, 150, y, True)
                d.line(130, y, 90, y)
                d.text(112, y + 19, "150", size=14)
                d.text(118, y - 8, "22", size=14)
                coil(d, 75, y)
                d.text(75, y - 15, "K2:86", size=14, bold=True)
                d.line(60, y, zero_l, y)
                d.text(42, y + 19, "85", size=14)
                d.circle(zero_l, y, 3.5, fill="#000")
            elif dev == "G2:D+":
                d.line(far, y, 132, y)
                d.circle(114, y, 18)
                d.text(114, y + 5, "G2", size=14)
                d.line(96, y, zero_l, y)
                d.circle(zero_l, y, 3.5, fill="#000")
            elif dev.startswith("GU-2"):
                d.line(far, y, 120, y)
            elif dev == "shield":
                d.line(far, y, 145, y, 145, y - 34, dash="6 4")
                d.ellipse(145, y - 75, 11, 42, fill="none", sw=1.5)
            elif dev == "R1:14":
                d.line(far, y, 160, y)
                contact(d, 140, y, False)
                d.line(120, y, zero_l, y)
                d.circle(zero_l, y, 3.5, fill="#000")
            elif dev in ("B1", "B2", "B3", "B4", "B6"):
                d.line(far, y, 745, y)
                d.rect(745, y - 9, 44, 18)
                d.line(750, y + 15, 784, y - 15, sw=1.4)
                if dev in ("B2", "B3"):
                    d.line(789, y, 840, y)
                    d.circle(840, y, 3.5, fill="#000")
                else:
                    if dev == "B4":
                        d.line(789, y, 833, y)
                        d.path(f"M833 {y} a7 7 0 0 1 14 0")
                        d.line(847, y, zero_r, y)
                    else:
                        d.line(789, y, zero_r, y)
                    d.circle(zero_r, y, 3.5, fill="#000")
            elif dev == "common":
                d.line(far, y, 840, y, 840, y - 2 * step)
                d.line(840, y, 840, y + 5 * step, 800, y + 5 * step)
                d.circle(840, y, 3.5, fill="#000")
            elif dev in ("S2", "S3", "S4", "Q1:13"):
                d.line(far, y, 745, y)
                contact(d, 765, y, dev in ("S2", "S4"))
                d.line(785, y, 828, y)
                if dev == "Q1:13":
                    d.text(800, y - 6, "14", size=14)
                    d.line(828, y, zero_r, y)
                else:
                    d.line(828, y, 833, y)
                    d.path(f"M833 {y} a7 7 0 0 1 14 0")
                    d.line(847, y, zero_r, y)
                d.circle(zero_r, y, 3.5, fill="#000")
            elif dev == "remote":
                d.line(far, y, 745, y)
                contact(d, 765, y, False)
                d.line(785, y, 800, y)
            elif dev == "B5:1":
                d.line(far, y, 760, y, 760, y + 10)
                d.rect(750, y + 10, 20, 30)
                d.text(778, y + 31, "B5", size=15, bold=True, anchor="start")
                d.line(760, y + 40, 760, y + step, far, y + step)
    y20 = top + 9 * step
    d.rect(60, y20 - 22, 60, 2 * 22 + step, 4)
    d.text(90, y20 + 30, "GU-2", size=15, bold=True)
    return d


def power() -> Drawing:
    """Fig. 10-2."""
    d = Drawing("Power circuit and strip X3", 900, 680)
    d.circle(110, 190, 72)
    d.text(110, 186, "G3", size=20, bold=True)
    d.text(110, 210, "3~", size=18)
    d.text(110, 96, "HA-40", size=15)
    ys = (130, 170, 210, 250)
    names = (("U1", "L1"), ("V1", "L2"), ("W1", "L3"), ("N", "N"))
    for y, (a, _b) in zip(ys, names, strict=True):
        dx = math.sqrt(max(0.0, 72 * 72 - (y - 190) ** 2))
        d.line(110 + dx, y, 540, y, sw=3)
        d.text(206, y - 7, a, size=14)
    for i, y in enumerate(ys):
        d.line(540, y, 570, y - 16, sw=3)
        d.line(574, y, 780, y, sw=3)
        d.line(570, y - 6, 578, y + 6, sw=1.5)
        d.line(578, y - 6, 570, y + 6, sw=1.5)
        d.circle(790, y, 10)
        d.text(812, y + 5, names[i][1], anchor="start", bold=True)
    d.line(556, 118, 556, 244, sw=1, dash="4 3")
    d.rect(524, 84, 66, 186, 4, fill="none", sw=1.2, dash="8 4")
    d.text(557, 76, "Q1 80 A", bold=True)
    d.rect(532, 276, 50, 24)
    d.text(596, 294, "trip coil, from K5:87", anchor="start", size=14)
    d.line(557, 276, 557, 256, sw=1, dash="4 3")
    d.ellipse(680, 190, 18, 84, fill="none", sw=3)
    d.text(680, 96, "R1 30 mA", bold=True)
    d.text(800, 96, "X1", bold=True)
    d.circle(790, 310, 10)
    d.text(812, 315, "PE", anchor="start", bold=True)
    d.line(780, 310, 640, 310, 640, 330, 300, 330, 300, 310, sw=3, color=ACCENT)
    d.line(300, 310, 300, 250, sw=5, color=ACCENT)
    d.circle(300, 250, 4, fill="#000")
    d.text(206, 300, "N-PE link", anchor="end", size=14)
    d.line(210, 295, 300, 295, sw=1)
    d.line(790, 320, 790, 336, sw=3, color=ACCENT)
    earth(d, 790, 336)
    cts = ((380, 130, "T1", 136, "brown", 36), (420, 170, "T2", 137, "yellow", 37), (460, 210, "T3", 138, "white", 38))
    taps = ((236, 130, 131, "brown", 31, "F5"), (256, 170, 132, "black", 32, "F6"), (276, 210, 133, "grey", 33, "F7"))
    d.rect(60, 570, 800, 90, 8, fill="#f3f3f3")
    d.text(90, 640, "HC-4", size=18, bold=True, anchor="start")
    d.text(160, 640, "X3", size=16, bold=True, anchor="start")
    xs = {31: 130, 32: 230, 33: 330, 34: 430, 36: 530, 37: 630, 38: 730, 35: 820}
    for term, x in xs.items():
        d.rect(x - 17, 572, 34, 28)
        d.text(x, 592, str(term), bold=True)
    lanes = {31: 350, 32: 368, 33: 386}
    for x, y, wire, colour, term, fuse in taps:
        tx, ly = xs[term], lanes[term]
        d.circle(x, y, 4, fill="#000")
        d.line(x, y, x, ly, tx, ly, tx, 430)
        d.rect(tx - 9, 430, 18, 40)
        d.line(tx, 430, tx, 572, sw=1.5)
        d.text(tx - 14, 455, fuse, size=14, anchor="end", bold=True)
        d.text(tx + 6, 520, str(wire), size=14, anchor="start")
        d.text(tx + 6, 540, colour, size=14, anchor="start")
    d.circle(350, 250, 4, fill="#000")
    d.line(350, 250, 350, 404, 430, 404, 430, 572)
    d.text(436, 520, "134", size=14, anchor="start")
    d.text(436, 540, "blue", size=14, anchor="start")
    ct_lanes = {36: 390, 37: 372, 38: 354}
    for x, y, name, wire, colour, term in cts:
        d.circle(x, y, 13, fill="none", sw=2.5)
        d.text(x, y - 20, name, size=14, bold=True)
        tx, ly = xs[term], ct_lanes[term]
        d.line(x - 6, y + 12, x - 6, ly, tx, ly, tx, 572)
        d.text(tx + 6, 520, str(wire), size=14, anchor="start")
        d.text(tx + 6, 540, colour, size=14, anchor="start")
        d.line(x + 6, y + 12, x + 6, 424)
        d.circle(x + 6, 424, 3.5, fill="#000")
    d.line(386, 424, 820, 424, 820, 572)
    d.text(826, 520, "135", size=14, anchor="start")
    d.text(826, 540, "black", size=14, anchor="start")
    d.text(836, 418, "S2 common", size=14, anchor="end")
    return d


HERE = Path(__file__).resolve().parent

FIGURES = {
    "overview": overview,
    "lifting": lifting,
    "earthing": earthing,
    "battery": battery,
    "panel": panel,
    "oil-drain": oil_drain,
    "air-filter": air_filter,
    "fuel-bleed": fuel_bleed,
    "cooling": cooling,
    "belt": belt,
    "valves": valves,
    "water-pump": water_pump,
    "alternator": alternator,
    "pickup": pickup,
    "wiring": wiring,
    "power": power,
}


def main(folder: Path = HERE) -> None:
    """Writes every figure into the folder."""
    for name, make in FIGURES.items():
        (folder / f"{name}.svg").write_text(make().svg(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
