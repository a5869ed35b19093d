"""Small charts as inline SVG. Colours and line styles come from the page's classes, so they follow light, dark and print."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fieldfare.html_page import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Points = Sequence[tuple[float, float]]

_WIDTH, _HEIGHT = 360, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 18, 10, 38
_BAR, _GAP, _LABEL = 18, 8, 120
_NAME = 20  # characters of a bar's name


class Chart:
    """A frame with axes from 0 to 1 (or to `top`), into which lines, bars and points are drawn."""

    def __init__(self, across: str, up: str, *, top: float = 1.0, percent: bool = True) -> None:
        """`across` and `up` name the axes; with `percent` their ticks are shares."""
        self._parts: list[str] = []
        self._legend: list[str] = []
        self._top = top or 1.0
        self._axes(across, up, percent=percent)

    def _x(self, value: float) -> float:
        return _LEFT + value * (_WIDTH - _LEFT - _RIGHT)

    def _y(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - min(value / self._top, 1.0) * (_HEIGHT - _TOP - _BOTTOM)

    def _axes(self, across: str, up: str, *, percent: bool) -> None:
        for step in range(5):
            share = step / 4
            y, x = self._y(share * self._top), self._x(share)
            label = f"{share * self._top:.0%}" if percent else f"{share * self._top:g}"
            self._parts.append(f'<line class=grid x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - _RIGHT}" y2="{y:.1f}"/>')
            self._parts.append(f'<text class=tick x="{_LEFT - 5}" y="{y + 3.5:.1f}" text-anchor=end>{label}</text>')
            if percent:
                self._parts.append(
                    f'<text class=tick x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 14}" text-anchor=middle>{share:.0%}</text>'
                )
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        self._parts.append(
            f'<text class=axis x="{middle}" y="{_HEIGHT - 6}" text-anchor=middle>{escape(across)}</text>'
        )
        self._parts.append(
            f'<text class=axis transform="translate(11 {(_HEIGHT - _BOTTOM + _TOP) / 2}) rotate(-90)" '
            f"text-anchor=middle>{escape(up)}</text>"
        )

    def line(self, points: Points, kind: str, name: str = "") -> None:
        """A curve; `kind` is its class (`one`, `two`, `even`)."""
        if points:
            path = " ".join(f"{self._x(x):.1f},{self._y(y):.1f}" for x, y in points)
            self._parts.append(f'<polyline class="curve {kind}" points="{path}"/>')
            self._named(kind, name)

    def point(self, x: float, y: float, kind: str, name: str) -> None:
        """A marked point with its name in the legend and its values where the pointer rests on it."""
        title = f"{name}: {x:.0%}, {y:.0%}"
        self._parts.append(
            f'<circle class="spot {kind}" cx="{self._x(x):.1f}" cy="{self._y(y):.1f}" r="5"><title>{escape(title)}</title></circle>'
        )
        self._named(kind, name)

    def bar(self, left: float, right: float, height: float, kind: str, title: str = "") -> None:
        """A bar from `left` to `right` (shares of the width)."""
        x, y = self._x(left), self._y(height)
        self._parts.append(
            f'<rect class="bar {kind}" x="{x + 0.8:.1f}" y="{y:.1f}" width="{max(self._x(right) - x - 1.6, 0.5):.1f}" '
            f'height="{self._y(0) - y:.1f}"><title>{escape(title)}</title></rect>'
        )

    def note(self, x: float, text: str, *, across: bool = False, line: int = 0) -> None:
        """Words below the axis at a share of the width (`across`), or an upright line there with its words in a line above."""
        at = self._x(x)
        if across:
            self._parts.append(
                f'<text class=tick x="{at:.1f}" y="{_HEIGHT - _BOTTOM + 14}" text-anchor=middle>{escape(text)}</text>'
            )
            return
        before = line == 0 or x > 0.75
        place, anchor = (at - 4, "end") if before else (at + 4, "start")
        self._parts.append(f'<line class=mark x1="{at:.1f}" y1="{_TOP}" x2="{at:.1f}" y2="{self._y(0):.1f}"/>')
        self._parts.append(
            f'<text class=tick x="{place:.1f}" y="{_TOP + 9 + 12 * line}" text-anchor={anchor}>{escape(text)}</text>'
        )

    def _named(self, kind: str, name: str) -> None:
        if name:
            self._legend.append(f'<span class="key {kind}"></span>{escape(name)}')

    def svg(self, label: str) -> str:
        """The chart with its legend; `label` is what a screen reader says."""
        legend = f"<p class=legend>{' '.join(self._legend)}</p>" if self._legend else ""
        return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role=img aria-label="{escape(label)}">{"".join(self._parts)}</svg>{legend}'


def histogram(values: Mapping[str, Sequence[float]], marks: dict[str, float]) -> str:
    """How often seconds fall into bins that grow by a factor; each series is a class of bars (`one`, `two`)."""
    taken = [value for series in values.values() for value in series if value > 0]
    if not taken:
        return ""
    low = math.floor(math.log10(min(taken)) * 4) / 4
    high = max(math.ceil(math.log10(max(taken)) * 4) / 4, low + 0.5)
    bins = round((high - low) * 8)
    kinds = dict(zip(values, ("one", "two"), strict=False))
    counted: dict[str, list[int]] = {name: [0] * bins for name in values}
    for name, series in values.items():
        for value in series:
            if value > 0:
                counted[name][min(int((math.log10(value) - low) / (high - low) * bins), bins - 1)] += 1
    most = max(max(counts) for counts in counted.values())
    chart = Chart("seconds", "questions", top=_round_up(1.15 * most), percent=False)
    for name, counts in counted.items():
        for index, count in enumerate(counts):
            if count:
                edges = [10 ** (low + (high - low) * place / bins) for place in (index, index + 1)]
                title = f"{name}: {count} from {_duration(edges[0])} to {_duration(edges[1])}"
                chart.bar(index / bins, (index + 1) / bins, count, kinds[name], title)
    for exponent in range(math.ceil(low), math.floor(high) + 1):
        chart.note((exponent - low) / (high - low), _duration(10.0**exponent), across=True)
    for line, (name, value) in enumerate(marks.items()):
        if value > 0:
            place = min(max((math.log10(value) - low) / (high - low), 0.0), 1.0)
            chart.note(place, f"{name} {_duration(value)}", line=line)
    legend = " ".join(f'<span class="key {kind}"></span>{escape(name)}' for name, kind in kinds.items())
    return chart.svg("how long answers take") + f"<p class=legend>{legend}</p>"


def stacked(rows: Iterable[tuple[str, Sequence[tuple[str, int]]]]) -> str:
    """A bar for each name, parted into counts of a class each (`good`, `soft`, `bad`), as shares of its whole."""
    parts, y = [], 4
    for name, counts in rows:
        total = sum(count for _, count in counts)
        short = name if len(name) <= _NAME else name[: _NAME - 1] + "…"
        parts.append(
            f'<text class=tick x="{_LABEL - 6}" y="{y + 13}" text-anchor=end>{escape(short)}<title>{escape(name)}</title></text>'
        )
        x = float(_LABEL)
        for kind, count in counts:
            width = (_WIDTH - _LABEL - 40) * count / total if total else 0.0
            if count:
                parts.append(
                    f'<rect class="bar {kind}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_BAR}"><title>{count} of {total}</title></rect>'
                )
                if width > 16:
                    parts.append(
                        f'<text class="inside" x="{x + width / 2:.1f}" y="{y + 13}" text-anchor=middle>{count}</text>'
                    )
            x += width
        parts.append(f'<text class=tick x="{x + 5:.1f}" y="{y + 13}">{total}</text>')
        y += _BAR + _GAP
    return (
        f'<svg viewBox="0 0 {_WIDTH} {y}" role=img aria-label="how each kind of question ended">{"".join(parts)}</svg>'
    )


def _duration(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms" if seconds < 0.9995 else f"{seconds:.3g} s"


def _round_up(value: float) -> float:
    """A number that divides well by four, at least `value`."""
    for step in (4, 8, 12, 20, 40, 60, 80, 100, 200, 400, 600, 800, 1000):
        if value <= step:
            return float(step)
    return math.ceil(value / 400) * 400.0
