"""Charts of single scales: reliability with intervals, characteristic curves of items."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from attitudes.psychometrics.graded import GradedModel
from attitudes.psychometrics.reliability_result import Reliability
from attitudes.reporting.charts.specs import Chart, Dots, DotsPanel, Point
from attitudes.reporting.charts.specs_scales import Curve, CurvePanel, ItemCurves
from attitudes.reporting.scale_frame import ScaleFrame

__all__ = ["item_curves_chart", "reliability_chart"]

GRID = np.linspace(-4.0, 4.0, 81)
COEFFICIENTS = (
    ("alpha", "alpha"),
    ("alpha_ordinal", "alpha_ordinal"),
    ("omega_total", "omega"),
)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def reliability_chart(
    frame: ScaleFrame, found: Mapping[str, Reliability], *, id_: str = "scales_reliability"
) -> Chart:
    """Show alpha and omega with their intervals: one row a scale, or a scale's groups."""
    words = frame.words
    rows: list[tuple[str, Reliability]] = []
    for name, result in found.items():
        whole = words("all") if result.groups and len(found) == 1 else frame.label(name)
        rows.append((whole, result))
        if len(found) == 1:
            rows += [(frame.label(g.group[1]), g) for g in result.groups if g.group is not None]
    panels, lowest = [], 1.0
    for name, word in COEFFICIENTS:
        values = [_finite(getattr(result, name)) for _, result in rows]
        if all(value is None for value in values):
            continue
        points = []
        for value, (_, result) in zip(values, rows, strict=True):
            interval = result.intervals.get(name)
            low = None if interval is None else _finite(interval.low)
            high = None if interval is None else _finite(interval.high)
            points.append(Point(value, low, high, result.n))
            lowest = min(lowest, 1.0 if value is None else value)
        panels.append(DotsPanel(words(f"scales.{word}"), tuple(points), "recomputed"))
    floor = max(-1.0, np.floor(5 * min(lowest, 0.4)) / 5)
    known = [(r.alpha, label) for label, r in rows if np.isfinite(r.alpha)]
    alt = words(
        "chart.alt.reliability",
        rows=len(rows),
        top=max(known, default=(0.0, "–"))[1],
        bottom=min(known, default=(0.0, "–"))[1],
    )
    title = words("scales.reliability")
    if len(found) == 1:
        title = f"{frame.label(next(iter(found)))}: {title}"
    label = words("scales.convention", level=f"{100 * frame.level:g}")
    body = Dots(tuple(label for label, _ in rows), tuple(panels), "", (float(floor), 1.0))
    return frame.chart(id_, title, alt, "", label, body)


def item_curves_chart(
    frame: ScaleFrame,
    model: GradedModel,
    *,
    answers: Mapping[float, str] | None = None,
    id_: str | None = None,
) -> Chart:
    """Show the characteristic curves of a scale's items.

    Parameters
    ----------
    frame
        Words and labels.
    model
        The graded model.
    answers
        Keyed answer → its label; default: the number.
    id_
        Of the chart.
    """
    words = frame.words
    values = sorted({float(c) for own in model.categories for c in own})
    named = {v: f"{v:g}" if answers is None else answers.get(v, f"{v:g}") for v in values}
    panels = []
    for name, loading, categories, p in zip(
        model.items, model.loadings, model.categories, model.probabilities(GRID), strict=True
    ):
        curves = tuple(
            Curve(named[float(c)], tuple(p[:, j].tolist())) for j, c in enumerate(categories)
        )
        note = words("scales.curves.loading", loading=f"{loading:.2f}")
        panels.append(CurvePanel(frame.item(name), note, curves))
    body = ItemCurves(
        tuple(GRID.tolist()),
        tuple(panels),
        tuple(named.values()),
        words("scales.curves.x"),
        words("scales.curves.y"),
    )
    return frame.chart(
        id_ or f"scales_curves_{model.scale}",
        words("scales.curves", scale=frame.label(model.scale)),
        words("chart.alt.curves", rows=len(model.items)),
        "",
        frame.correlations("polychoric"),
        body,
    )
