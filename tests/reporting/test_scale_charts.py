"""Charts of scales: labels inside and apart, numbers as computed, layouts of factor models."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

import attitudes as at
from attitudes.reporting.charts.draw import draw, to_svg
from attitudes.reporting.charts.specs import Chart, Dots
from attitudes.reporting.charts.specs_scales import HeatMap, ItemCurves, Paths, Scree
from attitudes.reporting.factor_charts import (
    loadings_chart,
    paths_chart,
    residuals_chart,
    scree_chart,
)
from attitudes.reporting.scale_charts import item_curves_chart, reliability_chart
from attitudes.reporting.scale_frame import ScaleFrame
from attitudes.reporting.words import LANGUAGES, load_words

KYRGYZ = "Өзгөрүүгө жөндөмдүүлүк: мүмкүнчүлүк жана өнүгүү ңөү, бул ырастоо абдан узун жана оралат"
NAMES = [f"q{j}" for j in range(12)]
SCALES = {"one": ["q0", "-q1", *NAMES[2:6]], "two": NAMES[6:]}


@pytest.fixture(scope="module")
def survey() -> at.Survey:
    """Generated answers of two factors of six items; q1 is reversed."""
    rng = np.random.default_rng(3)
    factor = rng.multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]], size=500)
    y = 0.75 * np.repeat(factor, 6, axis=1) + 0.66 * rng.normal(size=(500, 12))
    y[:, 1] *= -1
    frame = pd.DataFrame(np.digitize(y, [-1.2, -0.4, 0.4, 1.2]) + 1, columns=NAMES)
    frame["group"] = rng.choice(["a", "b"], 500)
    return at.Survey.from_frame(frame)


def frame_in(lang: str) -> ScaleFrame:
    return ScaleFrame(load_words(lang), lambda name: f"{name} {KYRGYZ}", KYRGYZ)


def charts(survey: at.Survey, frame: ScaleFrame) -> dict[str, Chart]:
    items = [*SCALES["one"], *SCALES["two"]]
    analysis = at.factor_analysis(survey, items, 2)
    count = at.number_of_factors(survey, items, rng=np.random.default_rng(1), iterations=5)
    found = {name: at.reliability(survey, m, ends=(1, 5)) for name, m in SCALES.items()}
    loads = [
        (factor, item, float(analysis.loadings[i, j]))
        for i, item in enumerate(analysis.items)
        for j, factor in enumerate(analysis.factors)
        if abs(analysis.loadings[i, j]) > 0.3
    ]
    phi = [("F1", "F2", float(analysis.phi[0, 1]))]
    general = [("G", item, 0.5) for item in analysis.items]
    higher = [("H", "F1", 0.7), ("H", "F2", 0.6)]
    curves = at.graded_model(survey, SCALES["one"], ends=(1, 5))
    return {
        "reliability": reliability_chart(frame, found),
        "loadings": loadings_chart(frame, analysis, scales=SCALES),
        "scree": scree_chart(frame, count),
        "residuals": residuals_chart(frame, analysis.items, analysis.fit.residuals),
        "curves": item_curves_chart(frame, curves),
        "paths": paths_chart(frame, loads, phi),
        "bifactor": paths_chart(frame, [*loads, *general]),
        "second_order": paths_chart(frame, [*higher, *loads]),
    }


def texts(figure: Figure) -> list[tuple[str, tuple[float, float, float, float]]]:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    hidden = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                if not low - 1e-9 <= tick.get_loc() <= high + 1e-9 or not axes.axison:
                    hidden.add(id(tick.label1))
    found = []
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip() and id(text) not in hidden:
            box = text.get_window_extent(canvas.get_renderer())
            found.append((text.get_text(), (box.x0, box.x1, box.y0, box.y1)))
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_label_is_inside(survey: at.Survey, lang: str) -> None:
    for name, chart in charts(survey, frame_in(lang)).items():
        figure = draw(chart)
        width, height = figure.get_size_inches() * figure.dpi
        for text, (x0, x1, y0, y1) in texts(figure):
            assert min(x0, y0) >= -1, (name, text)
            assert x1 <= width + 1, (name, text)
            assert y1 <= height + 1, (name, text)
        assert chart.alt
        assert chart.provenance == KYRGYZ


@pytest.mark.parametrize("name", ["reliability", "loadings", "residuals", "curves"])
def test_no_label_covers_another(survey: at.Survey, name: str) -> None:
    found = texts(draw(charts(survey, frame_in("en"))[name]))
    for i, (one, (a0, a1, b0, b1)) in enumerate(found):
        for other, (c0, c1, d0, d1) in found[i + 1 :]:
            wide, high = min(a1, c1) - max(a0, c0), min(b1, d1) - max(b0, d0)
            assert wide <= 1.5 or high <= 3.0, (one, other)


def test_charts_show_what_was_computed(survey: at.Survey) -> None:
    made = charts(survey, frame_in("en"))
    items = [*SCALES["one"], *SCALES["two"]]
    analysis = at.factor_analysis(survey, items, 2)
    body = made["loadings"].body
    assert isinstance(body, HeatMap)
    np.testing.assert_array_equal(np.array(body.values), analysis.loadings)
    assert body.breaks == (6,)
    assert body.rows[1].startswith("(\u2212) q1")
    written = [t.get_text() for t in draw(made["loadings"]).axes[0].texts]
    assert len(written) == 24
    strongest = analysis.loadings[0, int(np.abs(analysis.loadings[0]).argmax())]
    assert f"{abs(strongest):.2f}".lstrip("0") in written
    scree = made["scree"].body
    assert isinstance(scree, Scree)
    assert [panel.found for panel in scree.panels] == [2, 2]
    dots = made["reliability"].body
    assert isinstance(dots, Dots)
    alpha = at.alpha(survey, SCALES["one"], ends=(1, 5)).alpha
    assert dots.panels[0].points[0].value == pytest.approx(alpha)
    assert dots.panels[0].points[0].low < alpha < dots.panels[0].points[0].high
    curves = made["curves"].body
    assert isinstance(curves, ItemCurves)
    for panel in curves.panels:
        total = np.sum([curve.y for curve in panel.curves], axis=0)
        np.testing.assert_allclose(total, 1.0, atol=1e-12)


def test_groups_of_one_scale_are_rows(survey: at.Survey) -> None:
    found = at.reliability(survey, SCALES["one"], by="group", ends=(1, 5))
    body = reliability_chart(frame_in("en"), {"one": found}).body
    assert isinstance(body, Dots)
    assert [row.split()[0] for row in body.rows] == ["All", "a", "b"]


def columns(chart: Chart) -> dict[str, int]:
    assert isinstance(chart.body, Paths)
    return {node.id: node.column for node in chart.body.nodes}


def test_layouts_of_factor_models(survey: at.Survey) -> None:
    made = charts(survey, frame_in("en"))
    plain = columns(made["paths"])
    assert {plain["F1"], plain["F2"], plain["q3"]} == {0, 1}
    bifactor = columns(made["bifactor"])
    assert (bifactor["F1"], bifactor["q3"], bifactor["G"]) == (0, 1, 2)
    second = columns(made["second_order"])
    assert (second["H"], second["F1"], second["q3"]) == (0, 1, 2)


def test_drawings_are_the_same_every_time(survey: at.Survey) -> None:
    chart = charts(survey, frame_in("ky"))["paths"]
    assert to_svg(chart) == to_svg(chart)
