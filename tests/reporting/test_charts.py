"""Charts: no label is cut or hidden, marks have the lengths of their numbers, files are stable."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from matplotlib import rcParams
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from attitudes.errors import AttitudesError
from attitudes.reporting.bind import bind
from attitudes.reporting.charts.draw import draw, to_png, to_svg
from attitudes.reporting.charts.layout import text_width, wrap
from attitudes.reporting.charts.many import DrawingRoom
from attitudes.reporting.charts.places import Size, place_labels
from attitudes.reporting.charts.specs import (
    Bars,
    Chart,
    Diverging,
    Dots,
    DotsPanel,
    Panels,
    Point,
    RegionMap,
    Segment,
    Shape,
    Stacked,
)
from attitudes.reporting.charts.theme import missing_style, nominal_colours, ordinal_colours
from attitudes.reporting.context import Context
from attitudes.study.loading import DEFAULT_STUDY, load_study
from attitudes.survey.reading import read_responses

LONG = "A statement that goes on for so long that no margin of any chart could ever hold it in one line"
KYRGYZ = "Өзгөрүүгө жөндөмдүүлүк: мүмкүнчүлүк жана өнүгүү ңөү"
SLACK = 1.0  # pixels: antialiasing at the edge


def chart(body: object, title: str = "Title") -> Chart:
    return Chart("c", title, "alt", "caption", "recomputed", LONG, LONG * 3, body)  # type: ignore[arg-type]


def segments(rows: int, count: int = 5, role: str = "ordinal") -> tuple[Segment, ...]:
    return tuple(
        Segment(str(j), f"Answer {j} {KYRGYZ[:20]}", (100 / count,) * rows, role)  # type: ignore[arg-type]
        for j in range(count)
    )


BODIES = {
    "stacked": Stacked((LONG, KYRGYZ, "x"), (1001, 7, 39), segments(3, 8, "nominal")),
    "diverging": Diverging(
        (LONG, KYRGYZ),
        (1001, 1001),
        tuple(replace(s, values=(12.0, 18.0)) for s in segments(2)),
        tuple(replace(s, values=(5.0, 30.0)) for s in segments(2, 2, "missing")),
    ),
    "bars": Bars((LONG, "b"), (99.9, 0.0), 1001, decimals=1),
    "bars_with_intervals": Bars((LONG, "b"), (97.0, 1.0), 1001, (95.0, 0.2), (99.0, 4.0), 1),
    "panels": Panels((KYRGYZ, "b"), (1001, 12), tuple((LONG, (55.0, None)) for _ in range(6))),
    "dots": Dots(
        (LONG, "b", "c"),
        (
            DotsPanel(
                "As published",
                (Point(1.0, None, None, 9), Point(4.9, None, None, 9), Point(None, None, None, 0)),
                "as_published",
            ),
            DotsPanel(
                "Recomputed",
                (
                    Point(1.0, 0.9, 1.4, 9, True),
                    Point(4.9, 4.2, 5.0, 1001),
                    Point(None, None, None, 0),
                ),
                "recomputed",
            ),
        ),
        LONG,
        (1.0, 5.0),
    ),
}


def hidden(axis: Axis) -> list[Text]:
    """Labels of ticks outside the axis, which matplotlib keeps and never draws."""
    low, high = sorted(axis.get_view_interval())
    slack = 1e-9 * (high - low)
    return [
        tick.label1
        for tick in axis.get_major_ticks()
        if not low - slack <= tick.get_loc() <= high + slack
    ]


def texts(figure: Figure) -> list[tuple[str, tuple[float, float, float, float]]]:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    beyond = {
        id(label)
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for label in hidden(axis)
    }
    found = []
    for text in figure.findobj(Text):
        if id(text) in beyond:
            continue
        if text.get_visible() and text.get_text().strip():
            box = text.get_window_extent(renderer)
            found.append((text.get_text(), (box.x0, box.x1, box.y0, box.y1)))
    return found


def assert_all_inside(figure: Figure) -> None:
    width, height = figure.get_size_inches() * figure.dpi
    for text, (x0, x1, y0, y1) in texts(figure):
        assert x0 >= -SLACK, text
        assert y0 >= -SLACK, text
        assert x1 <= width + SLACK, text
        assert y1 <= height + SLACK, text


def assert_none_overlap(figure: Figure) -> None:
    found = texts(figure)
    for i, (one, (a0, a1, b0, b1)) in enumerate(found):
        for other, (c0, c1, d0, d1) in found[i + 1 :]:
            wide = min(a1, c1) - max(a0, c0)
            high = min(b1, d1) - max(b0, d0)
            assert wide <= 1.5 or high <= 3.0, (one, other)


@pytest.mark.parametrize("name", BODIES)
def test_no_label_is_cut_or_overlaps_whatever_its_length(name: str) -> None:
    figure = draw(chart(BODIES[name], LONG))
    assert_all_inside(figure)
    assert_none_overlap(figure)


def test_no_label_of_a_bound_exhibit_is_cut(ctx: Context) -> None:
    made = [c for e in ctx.study.exhibits for c in bind(ctx, e).charts]
    assert len(made) == 14
    for one in made:
        figure = draw(one)
        assert_all_inside(figure)
        assert_none_overlap(figure)


def test_stacked_segments_are_as_long_as_their_shares() -> None:
    body = Stacked(
        ("a", "b"), (10, 20), (Segment("x", "X", (30.0, 80.0)), Segment("y", "Y", (70.0, 20.0)))
    )
    axes = draw(chart(body)).axes[0]
    assert [patch.get_width() for patch in axes.patches] == [30.0, 80.0, 70.0, 20.0]
    assert [patch.get_x() for patch in axes.patches] == [0.0, 0.0, 30.0, 80.0]
    assert [t.get_text() for t in axes.texts] == ["30", "80", "70", "20"]


def test_diverging_bars_start_where_the_middle_is_halved() -> None:
    body = Diverging(
        ("q",),
        (10,),
        tuple(Segment(str(i), str(i), (v,)) for i, v in enumerate((10.0, 20.0, 30.0, 25.0, 15.0))),
        (),
    )
    axes = draw(chart(body)).axes[0]
    assert axes.patches[0].get_x() == pytest.approx(-45.0)
    assert axes.patches[2].get_x() == pytest.approx(-15.0)
    assert axes.patches[3].get_x() == pytest.approx(15.0)


def test_bars_are_as_long_as_their_numbers_and_labelled() -> None:
    axes = draw(chart(BODIES["bars"])).axes[0]
    assert [patch.get_width() for patch in axes.patches] == [99.9, 0.0]
    assert [t.get_text().strip() for t in axes.texts] == ["99.9", "0.0"]


def test_intervals_of_dots_end_where_they_end() -> None:
    axes = draw(chart(BODIES["dots"])).axes[1]
    ends = [
        tuple(line.get_xdata())
        for line in axes.lines
        if len(line.get_xdata()) == 2 and tuple(line.get_xdata()) != (0, 1)
    ]
    assert (1.0, 1.4) in ends  # the axis starts at 1
    assert (4.2, 5.0) in ends


def test_a_dollar_sign_is_a_letter() -> None:
    figure = draw(chart(Bars(("$a$ and $b",), (5.0,), 3)))
    assert any("$a$ and $b" in text for text, _ in texts(figure))
    assert_all_inside(figure)


def test_kyrgyz_letters_are_in_the_font() -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        to_png(chart(Bars((KYRGYZ,), (5.0,), 3), KYRGYZ))


def test_svg_and_png_say_whose_answers_they_show_and_are_stable() -> None:
    one = replace(chart(BODIES["bars"]), provenance="Reconstructed respondents <here> & there.")
    first, second = to_svg(one), to_svg(one)
    assert first == second
    assert "Reconstructed respondents &lt;here&gt; &amp; there." in first
    assert not re.search(r"\d{4}-\d{2}-\d{2}", first)
    picture = Image.open(io.BytesIO(to_png(one)))
    assert picture.info["Source"] == one.provenance
    words = " ".join(text for text, _ in texts(draw(one)))
    assert "Reconstructed respondents <here> & there." in " ".join(words.split())


def test_global_settings_are_left_alone() -> None:
    before = dict(rcParams)
    draw(chart(BODIES["stacked"]))
    assert dict(rcParams) == before


def test_charts_drawn_by_two_processes_are_the_same_charts() -> None:
    charts = [replace(chart(BODIES["bars"], f"Chart {i}"), id=f"c{i}") for i in range(24)]
    seen: list[int] = []
    with DrawingRoom(2) as room:
        two = room.draw(charts, png=False, progress=lambda what, done, total: seen.append(done))
    assert list(two) == [c.id for c in charts]
    assert seen == list(range(1, 25))
    with DrawingRoom(1) as room:
        one = room.draw(charts, png=False)
    assert one == two
    assert all(drawn.png is None for drawn in two.values())


def test_a_helper_that_dies_is_one_clear_error() -> None:
    charts = [replace(chart(BODIES["bars"]), id=f"c{i}") for i in range(4)]
    room = DrawingRoom(2)
    for helper in room._helpers:
        helper.kill()
        helper.wait()
    with room, pytest.raises(AttitudesError, match=r"died at c\d; .*processes=1"):
        room.draw(charts, png=False)


def test_colours_differ_and_the_middle_is_neutral() -> None:
    for count in (2, 3, 4, 5, 7, 11):
        colours = ordinal_colours(count)
        assert len(set(colours)) == count
    assert len(set(nominal_colours(8))) == 8
    assert len({missing_style(i) for i in range(3)}) == 3


def test_wrapped_lines_fit_and_lose_nothing() -> None:
    lines = wrap(LONG, 1.2)
    assert " ".join(lines) == LONG
    assert all(text_width(line) <= 1.2 for line in lines)
    broken = wrap("Donaudampfschifffahrtsgesellschaftskapitän", 1.0)
    assert (
        "".join(line.removesuffix("-") for line in broken)
        == "Donaudampfschifffahrtsgesellschaftskapitän"
    )
    assert all(text_width(line) <= 1.0 for line in broken)


def test_a_place_without_room_is_labelled_beside_the_land() -> None:
    big = ((0.0, 0.0), (4.0, 0.0), (4.0, 3.0), (0.0, 3.0))
    tiny = ((1.0, 2.7), (1.1, 2.7), (1.1, 2.8), (1.0, 2.8))
    places = (
        Shape("big", "Big", (big,), (2.0, 1.5), 1.0, 50),
        Shape("tiny", "Tiny", (tiny,), (1.05, 2.75), 2.0, 50),
        Shape("dot", "Dot", (), (3.9, 0.1), 2.0, 50),
    )
    size = Size(0.8, 0.4)
    labels = place_labels(places, (size, size, size), (-1.0, 5.0, -1.0, 4.0))
    assert labels[0].target is None
    assert 0.4 <= labels[0].x <= 3.6
    assert labels[1].target == (1.05, 2.75)
    assert labels[2].target == (3.9, 0.1)
    for label in labels[1:]:
        outside = (
            label.x + 0.4 <= 0 or label.x - 0.4 >= 4 or label.y + 0.2 <= 0 or label.y - 0.2 >= 3
        )
        assert outside


def test_an_interval_that_goes_on_beyond_the_axis_has_an_arrow() -> None:
    points = (Point(3.0, 0.2, 5.9, 40), Point(3.0, 2.0, 4.0, 40))
    body = Dots(("a", "b"), (DotsPanel("Recomputed", points, "recomputed"),), "x", (1.0, 5.0))
    axes = draw(chart(body)).axes[0]
    arrows = [(line.get_marker(), line.get_xdata()[0]) for line in axes.lines]
    assert [pair for pair in arrows if pair[0] in "<>"] == [("<", 1.0), (">", 5.0)]


def test_panels_of_dots_with_bases_of_their_own_show_both() -> None:
    panels = tuple(
        DotsPanel(title, (Point(3.0, None, None, n),), convention)
        for title, n, convention in (("P", 12, "as_published"), ("R", 40, "recomputed"))
    )
    shown = [t for t, _ in texts(draw(chart(Dots(("a",), panels, "x", (1.0, 5.0)))))]
    assert {"n = 12", "n = 40"} <= set(shown)
    same = tuple(replace(p, points=(Point(3.0, None, None, 40),)) for p in panels)
    shown = [t for t, _ in texts(draw(chart(Dots(("a",), same, "x", (1.0, 5.0)))))]
    assert shown.count("n = 40") == 1


def test_panels_draw_the_intervals_they_have() -> None:
    body = Panels(
        ("a", "b"),
        (40, 12),
        (("One", (60.0, 30.0)),),
        intervals=(((50.0, 70.0), None),),
        small=(False, True),
        top=80.0,
    )
    figure = draw(chart(body))
    axes = figure.axes[0]
    assert axes.get_xlim() == (0.0, 80.0)
    assert [tuple(line.get_xdata()) for line in axes.lines] == [(50.0, 70.0)]
    assert "n = 12*" in [text for text, _ in texts(figure)]


SQUARE = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0), (0.0, 0.0))
SPECK = ((5.0, 5.0), (5.05, 5.0), (5.05, 5.05), (5.0, 5.05), (5.0, 5.0))


def test_a_place_too_small_to_see_is_a_point_in_a_hole_of_its_neighbour() -> None:
    wide = Shape("wide", "Wide", (SQUARE,), (5.0, 5.0), 2.0, 50, holes=(SPECK[::-1],))
    speck = Shape("speck", "Speck", (SPECK,), (5.02, 5.02), 3.0, 50)
    axes = draw(chart(RegionMap((wide, speck), "x", (2.0, 3.0)))).axes[0]
    assert len(axes.patches) == 1
    path = axes.patches[0].get_path()
    assert path.contains_point((2.0, 2.0))
    assert len(path.to_polygons(closed_only=False)) == 2
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in dots] == [(5.02, 5.02)]


def test_no_label_of_the_bundled_report_is_cut() -> None:
    study = load_study(DEFAULT_STUDY)
    ctx = Context(study, read_responses(study.path(str(study.data.file)), study))
    kinds = {"stacked", "bars", "pie", "diverging", "dots", "map"}
    exhibits = [e for e in study.exhibits if e.kind in kinds]
    charts = [c for e in exhibits for c in bind(ctx, e).charts]
    assert len(charts) > 40
    for one in charts:
        assert_all_inside(draw(one))
