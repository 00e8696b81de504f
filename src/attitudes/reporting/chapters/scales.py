"""Do the scales hold? Reliability, keying, dimensions and doubtful answers."""

from __future__ import annotations

import numpy as np

from attitudes.reporting.context import Context
from attitudes.reporting.factor_charts import loadings_chart, scree_chart
from attitudes.reporting.model import Block, Chapter, Group, Paragraph
from attitudes.reporting.numbers import rounded
from attitudes.reporting.scale_analysis import ScaleAnalysis, analyse_scales
from attitudes.reporting.scale_charts import reliability_chart
from attitudes.reporting.scale_frame import ScaleFrame
from attitudes.reporting.scale_tables import (
    count_table,
    flags_table,
    items_table,
    models_table,
    relations_table,
    reliability_table,
    sensitivity_table,
)

__all__ = ["scales_chapter"]


def scales_chapter(ctx: Context) -> Chapter | None:
    """Ask whether the scales hold; None when the data has no scales.

    On reconstructed or generated respondents the chapter says first that the correlations were
    put in and show nothing about the public.
    """
    found = analyse_scales(ctx.study, ctx.survey, level=ctx.level)
    if found is None:
        return None
    words = ctx.words
    frame = ScaleFrame(words, ctx.label, ctx.provenance, ctx.level)
    whose = ctx.survey.provenance
    origin = words(f"scales.{whose}", n=ctx.survey.n)
    blocks: list[Block] = [
        Paragraph(origin, "note" if whose == "respondents" else "warning"),
        Paragraph(words("scales.lead"), "lead"),
        *_reliability(ctx, frame, found),
        *_relations(ctx, found),
        *_dimensions(ctx, frame, found),
        *_models(ctx, found),
        *_quality(ctx, frame, found),
        *_failures(ctx, found),
    ]
    return Chapter("scales", words("scales.title"), tuple(blocks))


def _reliability(ctx: Context, frame: ScaleFrame, found: ScaleAnalysis) -> list[Block]:
    if not found.reliability:
        return []
    words = ctx.words
    warned = [
        words("scales.warned", item=frame.item(item.item), r=rounded(item.r_rest, 2))
        for result in found.reliability.values()
        for item in result.item_table
        if item.r_rest < 0
    ]
    return [
        Group(
            "scales_reliability",
            words("scales.reliability"),
            (reliability_table(ctx, found),),
            (reliability_chart(frame, found.reliability),),
            (words("scales.reliability.lead"),),
        ),
        Group(
            "scales_items",
            words("scales.item_table"),
            (items_table(ctx, frame, found),),
            (),
            tuple(warned) or (words("scales.no_warning"),),
            folded=True,
        ),
    ]


def _relations(ctx: Context, found: ScaleAnalysis) -> list[Block]:
    table = relations_table(ctx, found)
    return [] if table is None else [Group(table.id, table.title, (table,))]


def _dimensions(ctx: Context, frame: ScaleFrame, found: ScaleAnalysis) -> list[Block]:
    blocks: list[Block] = []
    table = count_table(ctx, found)
    if table is not None and found.count is not None:
        chart = scree_chart(frame, found.count)
        blocks.append(Group("scales_count", table.title, (table,), (chart,)))
    if found.solution is not None:
        chart = loadings_chart(frame, found.solution, scales=found.items)
        notes = _phi(ctx, found.solution.phi)
        if found.solution.heywood:
            named = ", ".join(frame.item(name) for name in found.solution.heywood)
            notes.append(ctx.words("scales.heywood", items=named))
        blocks.append(Group("scales_loadings", chart.title, (), (chart,), tuple(notes)))
    return blocks


def _models(ctx: Context, found: ScaleAnalysis) -> list[Block]:
    table = models_table(ctx, found)
    return [] if table is None else [Group(table.id, table.title, (table,))]


def _phi(ctx: Context, phi: np.ndarray) -> list[str]:
    m = len(phi)
    if m < 2:
        return []
    name = [ctx.words("scales.factor", number=i + 1) for i in range(m)]
    pairs = [
        f"{name[i]}\u2013{name[j]} {rounded(float(phi[i, j]), 2)}"
        for i in range(m)
        for j in range(i + 1, m)
    ]
    return [ctx.words("scales.phi.note", text=", ".join(pairs))]


def _quality(ctx: Context, frame: ScaleFrame, found: ScaleAnalysis) -> list[Block]:
    words = ctx.words
    tables = [t for t in (flags_table(ctx, found), sensitivity_table(ctx, found)) if t is not None]
    if not tables:
        return []
    notes = [words("scales.quality.lead")]
    shares = np.array([e.icc for e in found.clusters.effects] if found.clusters else [])
    if found.clusters is not None and np.isfinite(shares).any():
        largest = int(np.nanargmax(shares))
        units = found.clusters.units["item_nonresponse"]
        notes.append(
            words(
                "scales.icc.note",
                unit=words("scales.psu"),
                icc=rounded(float(shares[largest]), 3),
                item=frame.item(found.clusters.items[largest]),
                low=rounded(100 * float(units.min()), 1),
                high=rounded(100 * float(units.max()), 1),
            )
        )
    return [Group("scales_quality", words("scales.quality"), tuple(tables), (), tuple(notes))]


def _failures(ctx: Context, found: ScaleAnalysis) -> list[Block]:
    known = set(found.items)
    return [
        Paragraph(
            ctx.words(
                "scales.failed",
                what=ctx.label(what) if what in known else ctx.words(what),
                reason=reason,
            ),
            "note",
        )
        for what, reason in found.failures
    ]
