"""A run as one HTML page: the figures with their intervals, plots, and every question that failed with what was said."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fieldfare.evaluation.judging import failure, wanted_text
from fieldfare.evaluation.measures import (
    MEANINGS,
    by_kind,
    calibration,
    counts,
    measures,
    percentiles,
    risk_coverage,
    roc,
)
from fieldfare.evaluation.plots import Chart, histogram, stacked
from fieldfare.evaluation.run import ASKED, MODES, REMOVED
from fieldfare.html_page import escape as _e
from fieldfare.html_page import template, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fieldfare.evaluation.judging import Outcome
    from fieldfare.evaluation.measures import Measure
    from fieldfare.evaluation.run import Run

_TEMPLATE = Path(__file__).with_name("report.html")
_TILES = {
    "right": "served rightly",
    "hit_at_1": "right place found first",
    "exact": "expected words and numbers given",
    "hazards": "expected warnings shown",
    "supported": "statements proved",
    "auroc": "AUROC of silence",
    "auroc_removed": "AUROC, manual taken out",
}
_LISTED = 1000  # failed questions; more would make a page that no browser likes
_LONGEST = 700  # characters of an answer in the list
_KINDS = 14


def write_report(run: Run, target: Path) -> int:
    """Write the page, whole or not at all; its size in bytes. Raises UsageError or StorageError."""
    head, tail = template(_TEMPLATE, f"Evaluation: {run.about['set']['name']}")
    with written(target) as stream:
        stream.write(head)
        for part in _parts(run):
            stream.write(part + "\n")
        stream.write(tail)
    return target.stat().st_size


def _parts(run: Run) -> Iterator[str]:
    outcomes = run.outcomes[ASKED]
    found = measures(outcomes, run.outcomes.get(REMOVED, ()))
    yield _heading(run)
    yield _tiles(outcomes, found)
    yield "<h2>Figures</h2>"
    yield _table(run)
    yield "<h2>How it looks</h2><div class=plots>"
    for title, plot, words in _plots(outcomes, run.outcomes.get(REMOVED, ())):
        if plot:
            yield f"<div class=plot><h3>{_e(title)}</h3>{plot}<p>{_e(words)}</p></div>"
    yield "</div>"
    yield from _failures(outcomes)
    yield "<h2>Measured with</h2>"
    yield _about(run)


def _heading(run: Run) -> str:
    about = run.about
    packs = ", ".join(f"{one['id']} {one['version']}" for one in about["packs"])
    drafts = f"{about['model']['name']} {about['model']['weights']} drafts" if about["model"] else "answers are quotes"
    return (f"<h1>{_e(about['set']['name'])}</h1><p class=under>over {_e(packs)} · {_e(drafts)} · "
            f"{_e(about['started'][:16].replace('T', ' '))} UTC</p>")  # fmt: skip


def _tiles(outcomes: Sequence[Outcome], found: Sequence[Measure]) -> str:
    counted = counts(outcomes)
    tiles = [_tile(str(counted["questions"]), "questions")]
    by_name = {one.name: one for one in found}
    for name, words in _TILES.items():
        if name in by_name:
            one = by_name[name]
            value = f"{one.value:.1%}" if one.good is not None else f"{one.value:.3f}"
            tiles.append(_tile(value, words, bad=name == "supported" and one.value < 1))
    tiles.append(_tile(str(counted["wrong"]), "answered wrongly", bad=counted["wrong"] > 0))
    tiles.append(_tile(str(counted["refused"]), "refused without need"))
    spent = percentiles(outcomes).get("whole answer", {})
    if spent:
        tiles.append(_tile(_duration(spent["p50"]), "to the answer, median"))
    return f"<div class=tiles>{''.join(tiles)}</div>"


def _tile(value: str, words: str, *, bad: bool = False) -> str:
    return f"<div class='tile{' bad' if bad else ''}'><b>{_e(value)}</b><span>{_e(words)}</span></div>"


def _table(run: Run) -> str:
    modes = list(run.outcomes)
    by_mode = {
        mode: {one.name: one for one in measures(outcomes, run.outcomes.get(REMOVED, ()) if mode == ASKED else ())}
        for mode, outcomes in run.outcomes.items()
    }
    head = "".join(f"<th class=n>{_e(mode)}</th>" for mode in modes)
    rows = [f"<tr><th>figure</th>{head}<th class=what>what it counts</th></tr>"]
    for name, meaning in MEANINGS.items():
        if any(name in found for found in by_mode.values()):
            cells = "".join(f"<td class=n>{_cell(by_mode[mode].get(name))}</td>" for mode in modes)
            rows.append(f"<tr><td>{_e(name)}</td>{cells}<td class=what>{_e(meaning)}</td></tr>")
    spent = {mode: percentiles(outcomes) for mode, outcomes in run.outcomes.items()}
    for name in spent[ASKED]:
        cells = "".join(f"<td class=n>{_spent(spent[mode].get(name, {}))}</td>" for mode in modes)
        rows.append(f"<tr><td>{_e(name)}</td>{cells}<td class=what>time from Enter: median, 90 %, 99 %</td></tr>")
    notes = "".join(f"<p class=under>{_e(mode)}: {_e(MODES[mode])}.</p>" for mode in modes if len(modes) > 1)
    return f"<div class=wide><table>{''.join(rows)}</table></div>{notes}"


def _cell(one: Measure | None) -> str:
    if one is None:
        return "–"
    of = f"{one.good} of {one.total}" if one.good is not None else f"over {one.total}"
    return f"{one.value:.3f} <small>{one.low:.3f} to {one.high:.3f}, {of}</small>"


def _spent(values: dict[str, float]) -> str:
    return " · ".join(map(_duration, values.values())) or "–"


def _plots(outcomes: Sequence[Outcome], removed: Sequence[Outcome]) -> Iterator[tuple[str, str, str]]:
    judged = [one for one in outcomes if one.case.judged]
    yield (
        "Silence",
        _silence(judged, removed),
        "Confidence parts what can be answered from what cannot: the further up and left, the better.",
    )
    sided = [one for one in judged if one.case.placed or one.exact is not None or not one.question.answerable]
    yield (
        "Risk and coverage",
        _risk(sided),
        "Answering more questions by lowering the threshold costs wrong ones. What was refused counts by what was found first.",
    )
    yield (
        "Calibration",
        _calibration(sided),
        "How often answers of a confidence are right. On the dashed line confidence is the chance of being right.",
    )
    spent = percentiles(outcomes).get("whole answer", {})
    taken: dict[str, Callable[[Outcome], float]] = {
        "whole answer": lambda one: one.reply.whole,
        "evidence": lambda one: one.reply.evidence,
    }
    times = {name: [take(one) for one in outcomes] for name, take in taken.items()}
    yield (
        "Time to answer",
        histogram(times, {"p50": spent.get("p50", 0.0), "p90": spent.get("p90", 0.0)}),
        "From Enter; bins grow by a factor.",
    )
    yield "Kinds of questions", _kinds(judged), "Right, refused although the manual answers, and wrong."


def _silence(judged: Sequence[Outcome], removed: Sequence[Outcome]) -> str:
    answerable = [one for one in judged if one.question.answerable]
    gaps = [one for one in judged if not one.question.answerable]
    chart = Chart("unanswerable questions answered", "answerable questions answered")
    chart.line([(0, 0), (1, 1)], "even")
    if answerable and gaps:
        chart.line(roc([(one.reply.confidence, one.question.answerable) for one in judged]), "one", "not in the manual")
        share = [sum(not one.refused for one in group) / len(group) for group in (gaps, answerable)]
        chart.point(share[0], share[1], "now", "as it answers now")
    if answerable and removed:
        ids = {one.question.id for one in removed}
        marked = [(one.reply.confidence, True) for one in answerable if one.question.id in ids]
        chart.line(roc(marked + [(one.reply.confidence, False) for one in removed]), "two", "manual taken out")
    return (
        chart.svg("share of answerable against unanswerable questions above each confidence") if gaps or removed else ""
    )


def _risk(judged: Sequence[Outcome]) -> str:
    if not judged:
        return ""
    points = risk_coverage(judged)
    answered = [one for one in judged if not one.refused]
    risk = sum(not one.right for one in answered) / len(answered) if answered else 0.0
    top = min(1.0, max(0.2, -(-max([risk, *(y for _, y in points)]) // 0.2) * 0.2))
    chart = Chart("questions answered", "of these not right", top=top)
    chart.line(points, "one", "any threshold")
    chart.point(len(answered) / len(judged), risk, "now", "as it answers now")
    return chart.svg("share of wrong answers against share of answered questions")


def _calibration(judged: Sequence[Outcome]) -> str:
    if not judged:
        return ""
    chart = Chart("confidence", "right")
    for mean, right, total in calibration(judged):
        left = min(int(mean * 10), 9) / 10
        chart.bar(left, left + 0.1, right, "one", f"{right:.0%} of {total} right at confidence {mean:.2f}")
    chart.line([(0, 0), (1, 1)], "even")
    return chart.svg("share of right answers for each tenth of confidence")


def _kinds(judged: Sequence[Outcome]) -> str:
    rows = []
    for kind, group in list(by_kind(judged).items())[:_KINDS]:
        counted = counts(group)
        rows.append((kind, [("good", counted["right"]), ("soft", counted["refused"]), ("bad", counted["wrong"])]))
    legend = "".join(
        f'<span class="key {kind}"></span>{name}'
        for kind, name in (("good", "right"), ("soft", "refused"), ("bad", "wrong"))
    )
    return stacked(rows) + f"<p class=legend>{legend}</p>" if rows else ""


def _failures(outcomes: Sequence[Outcome]) -> Iterator[str]:
    loose = [one for one in outcomes if one.unsupported]
    failed = [one for one in outcomes if not one.unsupported and not one.right and failure(one)]
    poor = [one for one in outcomes if one.right and not one.unsupported and failure(one)]
    for title, group, unfolded in (
        ("Shown without support", loose, True),
        ("Questions that failed", failed, True),
        ("Right, with something amiss", poor, False),
    ):
        if group:
            yield f"<details{' open' if unfolded else ''}><summary><h2>{title} ({len(group)})</h2></summary>"
            yield from map(_failed, group[:_LISTED])
            if len(group) > _LISTED:
                yield f"<p class=under>And {len(group) - _LISTED} more: the record (--json) has them all.</p>"
            yield "</details>"


def _failed(outcome: Outcome) -> str:
    reply = outcome.reply
    cites = list(dict.fromkeys(one.spot.line for one in reply.statements))
    nearest = reply.found[0] if reply.found else None
    rows = [
        ("expected", wanted_text(outcome)),
        ("why", failure(outcome)),
        ("searched", reply.asked),
        ("offered" if reply.choices else "got" if reply.statements else "refused", reply.text),
        ("cites", "\n".join(cites)),
        ("found first", f"{nearest.line}: {nearest.text}" if nearest and not cites else ""),
        ("warnings", "\n".join(reply.hazards)),
        ("confidence", f"{reply.confidence:.3f}"),
    ]
    body = "".join(f"<dt>{name}<dd>{_e(_short(value))}" for name, value in rows if value)
    kind = f", {outcome.question.kind}" if outcome.question.kind else ""
    bad = " bad" if not outcome.refused else ""
    return (f"<section class='failed{bad}'><h3>{_e(outcome.question.text)} <small>{_e(outcome.question.id + kind)}</small></h3>"
            f"<dl>{body}</dl></section>")  # fmt: skip


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(None, 1)[0] + " …"


def _about(run: Run) -> str:
    about = run.about
    machine, embedder, model = about["machine"], about["embedder"], about["model"]
    engines = ", ".join(f"{name} {version}" for name, version in machine["engines"].items())
    sample = about["sample"]
    rows = [
        ("questions", f"{about['set']['name']}, digest {about['set']['digest'][:16]}"),
        *(("pack", f"{one['id']} {one['version']}, {one['passages']} passages, SHA-256 {one['sha256']}") for one in about["packs"]),
        ("embedder", f"{embedder['name']} {embedder['version']}" if embedder else "none"),
        ("reader", f"SHA-256 {about['reader']['digest']}" if about["reader"] else "none"),
        ("language model", f"{model['name']} {model['weights']}, SHA-256 {model['sha256']}" if model else "none: quotes"),
        ("settings", ", ".join(f"{name} {value}" for name, value in about["settings"].items())),
        ("sample", f"{sample['limit']} by seed {sample['seed']}" if sample["limit"] else "all questions"),
        ("program", f"Fieldfare {machine['fieldfare']}, code {about['program'][:16]}, Python {machine['python']}; {engines}"),
        ("machine", f"{machine['processor']}, {machine['processors']} processors, {machine['memory'] / 1e9:.1f} GB"),
        ("system", f"{machine['system']}; load at the start {machine['load']}"),
        ("peak memory", f"{run.memory / 1e6:.0f} MB"),
        ("taken", f"{about['duration']:.0f} s, {run.resumed} answers from an earlier run" if run.resumed else f"{about['duration']:.0f} s"),
    ]  # fmt: skip
    return f"<dl class=about>{''.join(f'<dt>{_e(name)}<dd>{_e(value)}' for name, value in rows)}</dl>"


def _duration(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"
