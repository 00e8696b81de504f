"""Charts of the commands on scales, written as SVG and PNG."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attitudes.reporting.charts.specs import Chart
    from attitudes.reporting.scale_frame import ScaleFrame
    from attitudes.survey.survey import Survey

__all__ = ["frame_of", "write_charts"]


def frame_of(survey: Survey, *, level: float = 0.95, by: str | None = None) -> ScaleFrame:
    """Return words and labels for charts: the codebook's, or the names where there is none.

    ``by`` is a variable whose groups are labelled too.
    """
    from attitudes.reporting.scale_frame import ScaleFrame
    from attitudes.reporting.words import load_words

    words = load_words("en")
    study = survey.study
    groups: dict[str, str] = {}
    if study is not None and by is not None and study.has(by):
        codes = survey.column(by).dropna().unique().tolist()
        groups = {str(code): study.answer_label(by, code, "en") for code in codes}

    def label(name: str) -> str:
        if name in groups:
            return groups[name]
        if study is None or not (study.has(name) or name in {s.id for s in study.scales}):
            return name
        return study.label(name, "en")

    return ScaleFrame(words, label, words(f"provenance.{survey.provenance}"), level)


def write_charts(folder: Path | None, charts: Sequence[Chart]) -> tuple[Path, ...]:
    """Write charts as ``<id>.svg`` and ``<id>.png``; nothing without a folder.

    Raises
    ------
    AttitudesError
        When the folder cannot be made or written.
    """
    if folder is None:
        return ()
    from attitudes.cli.output import write_bytes, write_text
    from attitudes.errors import AttitudesError
    from attitudes.reporting.charts.draw import draw, to_png, to_svg

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AttitudesError(
            str(folder), f"no folder that can be made ({error.strerror})", "a folder"
        ) from error
    paths = []
    for chart in charts:
        figure = draw(chart)
        svg, png = folder / f"{chart.id}.svg", folder / f"{chart.id}.png"
        write_text(svg, to_svg(chart, figure))
        write_bytes(png, to_png(chart, figure))
        paths += [svg, png]
    return tuple(paths)
