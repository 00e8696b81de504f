"""The weighting report: one page, as data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from attitudes.numerics.design import FloatArray
from attitudes.survey.survey import Survey
from attitudes.weighting.diagnostics import WeightDiagnostics, weight_diagnostics

__all__ = ["ChartData", "Series", "WeightingReport", "weight_charts", "weighting_report"]

_BINS = 30


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a chart: positions (numbers or categories) and values."""

    name: str
    x: tuple[float | str, ...]
    y: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ChartData:
    """What a chart shows, from which any renderer could draw it.

    Attributes
    ----------
    id, title
        Identifier and heading.
    kind
        ``"histogram"`` (x: left edges, the last one the right end), ``"line"`` or ``"dots"``.
    x_label, y_label
        Axes.
    series
        The data.
    """

    id: str
    title: str
    kind: Literal["histogram", "line", "dots"]
    x_label: str
    y_label: str
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class WeightingReport:
    """One page on weights.

    Attributes
    ----------
    title
        Heading.
    provenance
        Whose answers were weighted.
    steps
        What was done, a sentence a step.
    facts
        Key numbers: name, before, after.
    diagnostics
        Margins, numbers and traces.
    charts
        Distribution of weights, concentration, margins, convergence.
    """

    title: str
    provenance: str
    steps: tuple[str, ...]
    facts: tuple[tuple[str, float, float], ...]
    diagnostics: WeightDiagnostics
    charts: tuple[ChartData, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON."""
        found = self.diagnostics
        return {
            "title": self.title,
            "provenance": self.provenance,
            "steps": [
                {"verb": s.verb, "parameters": dict(s.parameters), "summary": s.summary}
                for s in found.steps
            ],
            "facts": [{"name": n, "before": b, "after": a} for n, b, a in self.facts],
            "before": asdict(found.before),
            "after": asdict(found.after),
            "margins": [asdict(row) for row in found.margins],
            "numbers": [asdict(row) for row in found.numbers],
            "convergence": [
                {"verb": t.verb, "misses": [float(m) for m in t.misses]} for t in found.traces
            ],
            "charts": [asdict(chart) for chart in self.charts],
        }


def weighting_report(survey: Survey, *, before: Survey | None = None) -> WeightingReport:
    """Return the weighting report of a survey.

    Parameters
    ----------
    survey
        The weighted survey.
    before
        The survey before weighting (see `weight_diagnostics`).

    Examples
    --------
    >>> import pandas as pd
    >>> from attitudes.weighting.rake import rake
    >>> survey = Survey.from_frame(pd.DataFrame({"sex": list("ffm")}))
    >>> report = weighting_report(rake(survey, {"sex": {"f": 50, "m": 50}}))
    >>> report.facts[1]
    ('effective n (Kish)', 3.0, 2.66...)
    """
    found = weight_diagnostics(survey, before=before)
    name = "" if survey.study is None else f" of {survey.study.id}"
    return WeightingReport(
        f"Weights{name}",
        survey.provenance,
        tuple(str(step) for step in found.steps),
        _facts(found),
        found,
        weight_charts(found),
    )


def weight_charts(found: WeightDiagnostics) -> tuple[ChartData, ...]:
    """Return the charts of diagnostics: distribution, concentration, margins, convergence."""
    charts = [
        _histogram("weights", "Distribution of weights", "weight / mean weight", found),
        _concentration(found),
    ]
    if found.margins:
        charts.append(_margins(found))
    if found.traces:
        charts.append(_convergence(found))
    return tuple(charts)


def _facts(found: WeightDiagnostics) -> tuple[tuple[str, float, float], ...]:
    before, after = found.before, found.after
    return (
        ("respondents", float(before.n), float(after.n)),
        ("effective n (Kish)", before.n_eff, after.n_eff),
        ("deff of weights (Kish)", before.deff, after.deff),
        ("coefficient of variation", before.cv, after.cv),
        ("sum of weights", before.total, after.total),
        ("smallest weight", before.least, after.least),
        ("median weight", float(before.quantiles[3]), float(after.quantiles[3])),
        ("largest weight", before.greatest, after.greatest),
        ("share of the largest 1%", before.top_1, after.top_1),
        ("share of the largest 5%", before.top_5, after.top_5),
        ("share of the largest 10%", before.top_10, after.top_10),
    )


def _relative(weights: FloatArray) -> FloatArray:
    positive = weights[weights > 0]
    return np.asarray(positive / positive.mean())


def _histogram(id_: str, title: str, axis: str, found: WeightDiagnostics) -> ChartData:
    first, last = _relative(found.weights_before), _relative(found.weights_after)
    edges = np.linspace(0.0, float(max(first.max(), last.max())) * (1 + 1e-9), _BINS + 1)
    series = tuple(
        Series(name, tuple(edges.tolist()), tuple(np.histogram(w, edges)[0].tolist()))
        for name, w in (("before", first), ("after", last))
    )
    return ChartData(id_, title, "histogram", axis, "respondents", series)


def _concentration(found: WeightDiagnostics) -> ChartData:
    """Share of the weight that the largest weights carry, at whole percents of respondents."""
    at = np.linspace(0.0, 1.0, 101)
    series = []
    for name, weights in (("before", found.weights_before), ("after", found.weights_after)):
        falling = np.sort(_relative(weights))[::-1]
        carried = np.concatenate([[0.0], np.cumsum(falling) / falling.sum()])
        share = np.interp(at, np.linspace(0.0, 1.0, len(carried)), carried)
        series.append(Series(name, tuple(at.tolist()), tuple(share.tolist())))
    return ChartData(
        "concentration",
        "Share of the weight carried by the largest weights",
        "line",
        "share of respondents, largest weights first",
        "share of the sum of weights",
        tuple(series),
    )


def _margins(found: WeightDiagnostics) -> ChartData:
    several = len({row.margin for row in found.margins}) > 1
    labels = tuple(
        f"{row.margin}: {row.category}" if several else row.category for row in found.margins
    )
    return ChartData(
        "margins",
        "Standardised differences from the population",
        "dots",
        "standardised difference",
        "category",
        (
            Series("before", labels, tuple(row.difference_before for row in found.margins)),
            Series("after", labels, tuple(row.difference_after for row in found.margins)),
        ),
    )


def _convergence(found: WeightDiagnostics) -> ChartData:
    return ChartData(
        "convergence",
        "Largest relative miss of a total",
        "line",
        "iteration",
        "relative miss",
        tuple(
            Series(
                f"{k}. {trace.verb}",
                tuple(float(i) for i in range(len(trace.misses))),
                tuple(float(m) for m in trace.misses),
            )
            for k, trace in enumerate(found.traces, 1)
        ),
    )
