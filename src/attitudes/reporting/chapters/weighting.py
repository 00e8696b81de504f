"""The weighting report: one page that says what was done to weights, what it cost and brought."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from attitudes.reporting.chapters.weighting_charts import ROWS, weight_chart_svg
from attitudes.survey.ledger import Step
from attitudes.weighting.diagnostics import MarginRow, WeightDiagnostics
from attitudes.weighting.report import WeightingReport

__all__ = ["number", "signed", "weighting_page"]

_STYLE = """
*{box-sizing:border-box}body{font:9.5pt/1.35 system-ui,sans-serif;color:#1c2430;margin:0 auto;
max-width:190mm;padding:5mm}h1{font-size:15pt;margin:0}h2{font-size:10.5pt;margin:3mm 0 1mm}
p.lead{margin:0 0 2mm;color:#5b6573}ol{margin:0;padding-left:5mm}ol li{margin:0 0 .6mm}
li b{font-weight:600}li span{color:#5b6573}.charts{margin-top:3mm;display:grid;
grid-template-columns:1fr 1fr;gap:2mm;align-items:start}
.charts svg{width:100%;height:auto;display:block}
.two{display:grid;grid-template-columns:minmax(0,4fr) minmax(0,7fr);gap:6mm;align-items:start}
table{border-collapse:collapse;width:100%;font-size:8.5pt;font-variant-numeric:tabular-nums}
th,td{text-align:right;padding:.35mm 1.2mm;border-bottom:.2mm solid #d9dee5}
th:first-child,td:first-child{text-align:left}tbody td{white-space:nowrap}
thead th{border-bottom:.4mm solid #5b6573;
font-weight:600;vertical-align:bottom}tr.group th{text-align:left;padding-top:1mm;color:#5b6573;
font-weight:600}.far{color:#b35806;font-weight:600}footer{margin-top:2mm;color:#5b6573;font-size:8pt}
@media(max-width:640px){.charts,.two{grid-template-columns:1fr}}
@page{size:A4;margin:10mm}@media print{body{padding:0;max-width:none;font-size:8.5pt}
table{font-size:7.5pt}
.charts svg{max-height:56mm}
section{break-inside:avoid}}
"""
_VERBS = {
    "base_weights": "Base weights",
    "adjust_nonresponse": "Non-response",
    "poststratify": "Post-stratification",
    "rake": "Raking",
    "calibrate": "Calibration",
    "standardize": "Standardisation",
    "trim_weights": "Trimming",
    "rescale_weights": "Rescaling",
}
_SHARES = "share of"


def weighting_page(report: WeightingReport, *, lang: str = "en") -> str:
    """Return the weighting report as one self-contained page.

    Parameters
    ----------
    report
        As `attitudes.weighting_report` gives it.
    lang
        Language code of the page.

    Returns
    -------
    str
        HTML: the steps, key numbers before and after, four charts, margins against their targets.
        It fetches nothing and is the same text for the same report.

    Examples
    --------
    >>> import pandas as pd
    >>> import attitudes as at
    >>> survey = at.Survey.from_frame(pd.DataFrame({"sex": list("ffm")}))
    >>> page = weighting_page(at.weighting_report(at.rake(survey, {"sex": {"f": 5, "m": 5}})))
    >>> "Raking" in page, page.count("<svg")
    (True, 4)
    """
    found = report.diagnostics
    charts = [f"<div>{weight_chart_svg(chart)}</div>" for chart in report.charts]
    body = (
        f"<h1>{escape(report.title)}</h1>"
        f'<p class="lead">{escape(_lead(report))}</p>'
        f"<section><h2>What was done</h2>{_steps(found.steps)}</section>"
        f"{_layout(report, charts)}"
        f"<footer>{escape(_foot())}</footer>"
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(lang)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(report.title)}</title><style>{_STYLE}</style></head>"
        f"<body>{body}</body></html>\n"
    )


def _layout(report: WeightingReport, charts: Sequence[str]) -> str:
    """Set charts two by two; key numbers fill a free place, or stand beside the margins."""
    found = report.diagnostics
    facts = f"<section><h2>Before and after</h2>{_facts(report)}</section>"
    margins = f"<section>{_margins(found.margins)}{_numbers(found)}</section>"
    if len(charts) % 2:
        return f'<section class="charts">{"".join(charts)}{facts}</section>{margins}'
    both = f'<div class="two">{facts}{margins}</div>'
    return f'<section class="charts">{"".join(charts)}</section>{both}'


def number(value: float) -> str:
    """Return a number with as many digits as a reader needs.

    Examples
    --------
    >>> number(3944375.0), number(1530.97), number(273.683), number(0.0330096)
    ('3,944,375', '1,531', '273.7', '0.03301')
    """
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def signed(value: float, decimals: int = 3) -> str:
    """Return a number with its sign; zero has none.

    Examples
    --------
    >>> signed(-0.0001), signed(0.1234), signed(-0.2)
    ('0.000', '+0.123', '-0.200')
    """
    text = f"{value:+.{decimals}f}"
    return text[1:] if float(text) == 0 else text


def _lead(report: WeightingReport) -> str:
    after = report.diagnostics.after
    lost = 100 * (1 - after.n_eff / after.n)
    whose = "" if report.provenance == "respondents" else f"Answers: {report.provenance}. "
    return (
        f"{whose}{after.n:,} respondents carry the precision of {after.n_eff:,.0f} with equal "
        f"weights: the weights cost {lost:.1f}% (deff {after.deff:.3f})."
    )


def _foot() -> str:
    return (
        "Deff and effective n after Kish: n Σw²/(Σw)², the loss where weights have nothing to do "
        "with the answers. Off: standardised difference (share − target)/√(target (1 − target)); "
        "0.1 is the usual mark of imbalance (dotted)."
    )


def _steps(steps: Sequence[Step]) -> str:
    if not steps:
        return "<p>No step of weighting stands in the history; the weights are as given.</p>"
    items = "".join(
        f"<li><b>{escape(_VERBS.get(step.verb, step.verb))}</b> "
        f"<span>{escape(step.summary)}</span></li>"
        for step in steps
    )
    return f"<ol>{items}</ol>"


def _facts(report: WeightingReport) -> str:
    rows = []
    for name, before, after in report.facts:
        if name.startswith(_SHARES):
            cells = f"<td>{100 * before:.1f}%</td><td>{100 * after:.1f}%</td>"
        else:
            cells = f"<td>{number(before)}</td><td>{number(after)}</td>"
        rows.append(f"<tr><td>{escape(name)}</td>{cells}</tr>")
    return (
        "<table><thead><tr><th></th><th>before</th><th>after</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _margins(rows: Sequence[MarginRow]) -> str:
    if not rows:
        return ""
    far = sorted(range(len(rows)), key=lambda k: -abs(rows[k].difference_before))[:ROWS]
    shown = [rows[k] for k in sorted(far)]
    lines, last = [], ""
    for row in shown:
        if row.margin != last:
            lines.append(f'<tr class="group"><th colspan="7">{escape(row.margin)}</th></tr>')
            last = row.margin
        mark = ' class="far"' if abs(row.difference_before) > 0.1 else ""
        lines.append(
            f"<tr><td>{escape(row.category)}</td><td>{row.n:,}</td>"
            f"<td>{100 * row.before:.2f}</td><td>{100 * row.after:.2f}</td>"
            f"<td>{100 * row.target:.2f}</td><td{mark}>{signed(row.difference_before)}</td>"
            f"<td>{signed(row.difference_after)}</td></tr>"
        )
    note = ""
    if len(shown) < len(rows):
        note = f"<p>The {len(shown)} of {len(rows)} categories that were farthest off.</p>"
    return (
        "<h2>Margins, in percent</h2><table><thead><tr><th></th><th>n</th><th>before</th>"
        "<th>after</th><th>target</th><th>off before</th><th>off after</th></tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table>{note}"
    )


def _numbers(found: WeightDiagnostics) -> str:
    if not found.numbers:
        return ""
    lines = "".join(
        f"<tr><td>{escape(row.variable)}</td><td>{number(row.mean_before)}</td>"
        f"<td>{number(row.mean_after)}</td><td>{number(row.mean_known)}</td>"
        f"<td>{number(row.known)}</td></tr>"
        for row in found.numbers
    )
    return (
        "<h2>Numbers with a known total</h2><table><thead><tr><th></th><th>mean before</th>"
        "<th>mean after</th><th>known mean</th><th>known total</th></tr></thead>"
        f"<tbody>{lines}</tbody></table>"
    )
