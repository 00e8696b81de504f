"""Charts of factor models: loadings, scree, residual correlations, path diagrams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from attitudes.numerics.design import FloatArray
from attitudes.psychometrics.exploratory import FactorAnalysis
from attitudes.psychometrics.factor_count import NumberOfFactors
from attitudes.reporting.charts.specs import Chart
from attitudes.reporting.charts.specs_scales import Arrow, HeatMap, Node, Paths, Scree, ScreePanel
from attitudes.reporting.scale_frame import ScaleFrame

__all__ = ["loadings_chart", "paths_chart", "residuals_chart", "scree_chart"]

SALIENT = 0.3
_MANY = 20
"""Items up to which a matrix of all pairs has statements and numbers in it."""


def _blocks(items: Sequence[str], scales: Mapping[str, Sequence[str]]) -> tuple[int, ...]:
    """Places where the scale changes from one item to the next."""
    home = {item.removeprefix("-"): name for name, own in scales.items() for item in own}
    own = [home.get(item.removeprefix("-"), "") for item in items]
    return tuple(i for i in range(1, len(own)) if own[i] != own[i - 1])


def loadings_chart(
    frame: ScaleFrame,
    analysis: FactorAnalysis,
    *,
    scales: Mapping[str, Sequence[str]] | None = None,
    id_: str = "scales_loadings",
) -> Chart:
    """Show the loadings of an exploratory solution, with communalities."""
    words, fit = frame.words, analysis.fit
    numbers = tuple(words("scales.factor", number=i + 1) for i in range(len(analysis.factors)))
    body = HeatMap(
        tuple(frame.item(name) for name in analysis.items),
        numbers,
        tuple(tuple(row) for row in analysis.loadings.tolist()),
        salient=SALIENT,
        extra=((words("scales.communality"), tuple(analysis.communality.tolist())),),
        breaks=_blocks(analysis.items, scales or {}),
    )
    caption = words(
        "scales.loadings.note",
        rotation=analysis.rotation,
        method=analysis.method,
        n=fit.n,
        chisq=f"{fit.chisq:.0f}",
        df=fit.df,
        rmsea=f"{fit.rmsea:.3f}",
        low=f"{fit.rmsea_low:.3f}",
        high=f"{fit.rmsea_high:.3f}",
        tli=f"{fit.tli:.3f}",
    )
    alt = words(
        "chart.alt.loadings",
        rows=len(analysis.items),
        columns=len(analysis.factors),
        salient=int((np.abs(analysis.loadings) >= SALIENT).sum()),
    )
    title = words("scales.loadings", count=len(analysis.factors))
    return frame.chart(
        id_, title, alt, caption, frame.correlations(analysis.correlations.kind), body
    )


def scree_chart(frame: ScaleFrame, found: NumberOfFactors, *, id_: str = "scales_scree") -> Chart:
    """Show observed eigenvalues against those of parallel analysis."""
    words, p = frame.words, found.parallel
    panels = (
        ScreePanel(
            words("scales.scree.components", count=p.n_components),
            tuple(p.components.tolist()),
            tuple(p.component_mean.tolist()),
            tuple(p.component_quantile.tolist()),
            p.n_components,
        ),
        ScreePanel(
            words("scales.scree.factors", count=p.n_factors),
            tuple(p.factors.tolist()),
            tuple(p.factor_mean.tolist()),
            tuple(p.factor_quantile.tolist()),
            p.n_factors,
        ),
    )
    names = (
        words("scales.scree.observed"),
        words("scales.scree.mean", count=p.iterations),
        words("scales.scree.upper", percent=f"{100 * p.quantile:g}"),
    )
    alt = words(
        "chart.alt.scree",
        rows=len(found.items),
        components=p.n_components,
        factors=p.n_factors,
    )
    body = Scree(panels, names, words("scales.scree.axis"))
    label = frame.correlations(found.correlations.kind)
    return frame.chart(id_, words("scales.scree"), alt, "", label, body)


def residuals_chart(
    frame: ScaleFrame,
    items: Sequence[str],
    residuals: FloatArray,
    *,
    kind: str = "polychoric",
    id_: str = "scales_residuals",
) -> Chart:
    """Show residual correlations of a factor model, exploratory or confirmatory.

    Parameters
    ----------
    frame
        Words and labels.
    items
        Names, length k.
    residuals
        k × k; the diagonal is not looked at.
    kind
        Of the correlations.
    id_
        Of the chart.
    """
    words, k = frame.words, len(items)
    values = tuple(
        tuple(float(residuals[i, j]) if j < i else None for j in range(k)) for i in range(k)
    )
    largest = float(np.abs(residuals[np.tril_indices(k, -1)]).max(initial=0.0))
    body = HeatMap(
        tuple(f"{i + 1}. {frame.item(n) if k <= _MANY else n}" for i, n in enumerate(items)),
        tuple(str(i + 1) for i in range(k)),
        values,
        limit=0.2,
        salient=0.1,
        written=k <= _MANY,
    )
    alt = words("chart.alt.residuals", rows=k, largest=f"{largest:.2f}")
    note = words("scales.residuals.note")
    return frame.chart(id_, words("scales.residuals"), alt, note, frame.correlations(kind), body)


def paths_chart(
    frame: ScaleFrame,
    loadings: Sequence[tuple[str, str, float]],
    correlations: Sequence[tuple[str, str, float]] = (),
    *,
    title: str | None = None,
    kind: str = "polychoric",
    id_: str = "scales_paths",
) -> Chart:
    """Show a factor model: factors, items, standardised loadings and correlations.

    Parameters
    ----------
    frame
        Words and labels.
    loadings
        (factor, indicator, standardised loading); an indicator may be a factor (second order).
        An item's second and later factors stand to the right of the items.
    correlations
        (factor, factor, correlation), drawn as arcs.
    title, kind, id_
        Title; kind of correlations; id of the chart.
    """
    words = frame.words
    factors = list(dict.fromkeys(f for f, _, _ in loadings))
    higher = {f for f, target, _ in loadings if target in factors}
    first: dict[str, str] = {}
    for factor, item, _ in loadings:
        if item not in factors:
            first.setdefault(item, factor)
    homes = {f for f in factors if f in first.values()}
    shift = 1 if higher else 0
    columns = {
        f: 0 if f in higher else shift if f in homes or not first else shift + 2 for f in factors
    }
    nodes = [Node(f, frame.label(f), True, columns[f]) for f in factors]
    nodes += [Node(item, frame.item(item), False, shift + 1) for item in first]
    arrows = [Arrow(f, target, value, faint=abs(value) < SALIENT) for f, target, value in loadings]
    drawn = [
        Arrow(a, b, value, both=True, faint=abs(value) < 0.1)
        for a, b, value in correlations
        if a != b and columns.get(a) == columns.get(b) == min(columns.values())
    ]
    alt = words("chart.alt.paths", factors=len(factors), items=len(first))
    body = Paths(tuple(nodes), (*arrows, *drawn))
    return frame.chart(id_, title or words("scales.paths"), alt, "", frame.correlations(kind), body)
