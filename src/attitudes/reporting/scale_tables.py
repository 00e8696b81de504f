"""Tables of the chapter on scales."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from attitudes.reporting.context import Context
from attitudes.reporting.model import Cell, Head, ReportTable, Statistic
from attitudes.reporting.numbers import rounded
from attitudes.reporting.scale_analysis import ScaleAnalysis
from attitudes.reporting.scale_frame import ScaleFrame

__all__ = [
    "count_table",
    "flags_table",
    "items_table",
    "models_table",
    "relations_table",
    "reliability_table",
    "sensitivity_table",
]

MEASURES = {
    "chisq": "chisq.scaled",
    "df": "df",
    "cfi": "cfi.scaled",
    "tli": "tli.scaled",
    "rmsea": "rmsea.scaled",
    "srmr": "srmr",
}
CRITERIA = ("parallel_components", "parallel_factors", "map", "vss1", "vss2", "bic", "kaiser")


def _number(value: float, decimals: int = 2, n: int | None = None) -> Cell:
    known = bool(np.isfinite(value))
    return Cell(rounded(value, decimals), float(value) if known else None, n)


def _table(
    ctx: Context,
    id_: str,
    stub: str,
    columns: Sequence[Head],
    rows: Sequence[Head],
    cells: Sequence[Sequence[Cell]],
    notes: Sequence[str] = (),
    statistic: Statistic = "number",
    label: str | None = None,
) -> ReportTable:
    return ReportTable(
        f"scales_{id_}",
        ctx.words(f"scales.{id_}"),
        "recomputed",
        stub,
        tuple(columns),
        tuple(rows),
        tuple(tuple(row) for row in cells),
        statistic,
        2,
        tuple(notes),
        ctx.provenance,
        label or ctx.words("convention.recomputed.scatter"),
    )


def _polychoric(ctx: Context) -> str:
    kind = ctx.words("scales.kind.polychoric")
    return ctx.words("scales.convention.factors", kind=kind)


def reliability_table(ctx: Context, found: ScaleAnalysis) -> ReportTable:
    """Return one row a scale: alpha and omega with their intervals, and their relatives."""
    words = ctx.words
    names = ("alpha", "alpha_ordinal", "omega_total", "omega_ordinal")
    heads = ("alpha", "alpha_ordinal", "omega", "omega_ordinal")
    columns = [Head("items", words("scales.items"))]
    columns += [Head(h, words(f"scales.{h}")) for h in heads]
    columns += [Head(h, words(f"scales.{h}")) for h in ("glb", "average_r", "weakest", "n")]
    rows, cells = [], []
    for scale, result in found.reliability.items():
        rows.append(Head(scale, ctx.label(scale)))
        row = [Cell(str(len(result.items)), float(len(result.items)))]
        for name in names:
            cell = _number(getattr(result, name), n=result.n)
            interval = result.intervals.get(name)
            if interval is not None and cell.value is not None:
                cell = Cell(cell.text, cell.value, cell.n, interval.se, interval.low, interval.high)
            row.append(cell)
        weakest = min(result.item_table, key=lambda item: item.r_rest)
        row += [_number(result.glb), _number(result.average_r), _number(weakest.r_rest)]
        row.append(Cell(str(result.n), float(result.n)))
        cells.append(row)
    label = words("scales.convention", level=ctx.percent_level)
    return _table(ctx, "reliability", words("scales.scale"), columns, rows, cells, label=label)


def items_table(ctx: Context, frame: ScaleFrame, found: ScaleAnalysis) -> ReportTable:
    """Return one row an item: its keying, and how it goes with its scale."""
    words = ctx.words
    heads = ("scale", "keying", "n", "mean", "rest", "alpha_without")
    columns = [Head(h, words(f"scales.{h}")) for h in heads]
    rows, cells = [], []
    for scale, result in found.reliability.items():
        for item in result.item_table:
            rows.append(Head(f"{scale}_{item.item}", frame.label(item.item)))
            cells.append(
                [
                    Cell(ctx.label(scale)),
                    Cell("\u2212" if item.sign < 0 else "+"),
                    Cell(str(item.n), float(item.n)),
                    _number(item.mean, n=item.n),
                    _number(item.r_rest, n=item.n),
                    _number(item.alpha_dropped, n=item.n),
                ]
            )
    return _table(ctx, "item_table", words("item"), columns, rows, cells, statistic="text")


def relations_table(ctx: Context, found: ScaleAnalysis) -> ReportTable | None:
    """Return scales × scales: correlations, corrected ones, alpha."""
    if found.relations is None:
        return None
    values = found.relations.to_frame().to_numpy()
    heads = [Head(s, ctx.label(s)) for s in found.relations.scales]
    cells = [[_number(v) for v in row] for row in values]
    note = ctx.words("scales.relations.note")
    return _table(ctx, "relations", ctx.words("scales.scale"), heads, heads, cells, [note])


def count_table(ctx: Context, found: ScaleAnalysis) -> ReportTable | None:
    """Return one row a criterion: the number of factors that it suggests, and what it does."""
    if found.count is None:
        return None
    words, count = ctx.words, found.count
    columns = [Head(h, words(f"scales.{h}")) for h in ("suggests", "remark")]
    rows = [Head(c, words(f"scales.{c}")) for c in CRITERIA]
    cells = [
        [
            Cell(str(count.suggested[c]), float(count.suggested[c])),
            Cell(words(f"scales.remark.{c}")),
        ]
        for c in CRITERIA
    ]
    a = count.adequacy
    notes = [words("scales.adequacy", kmo=rounded(a.kmo, 2), chisq=f"{a.chisq:.0f}", df=a.df)]
    stub = words("scales.criterion")
    label = _polychoric(ctx)
    return _table(ctx, "count", stub, columns, rows, cells, notes, "text", label)


def models_table(ctx: Context, found: ScaleAnalysis) -> ReportTable | None:
    """Return one row a structure: its fit, scaled for ordinal answers."""
    if found.models is None:
        return None
    words = ctx.words
    columns = [Head(h, words(f"scales.{h}")) for h in MEASURES]
    rows, cells, notes = [], [], [words("scales.models.lead")]
    for row in found.models.to_frame().to_dict("records"):
        name = str(row["model"])
        rows.append(Head(name, words(f"scales.model.{name}")))
        values = [float(row.get(MEASURES[h], np.nan)) for h in MEASURES]
        shown = [
            _number(v, 0 if h in ("df", "chisq") else 3)
            for h, v in zip(MEASURES, values, strict=True)
        ]
        cells.append(shown)
        if row.get("problem"):
            why = _labelled(ctx, found, str(row["problem"]))
            notes.append(f"{words(f'scales.model.{name}')}: {why}")
    label, stub = _polychoric(ctx), words("scales.model")
    return _table(ctx, "models", stub, columns, rows, cells, notes, label=label)


def _labelled(ctx: Context, found: ScaleAnalysis, text: str) -> str:
    """Put the statements in the place of their ids."""
    for items in found.items.values():
        for item in items:
            text = re.sub(rf"\b{re.escape(item)}\b", f"\u201c{ctx.label(item)}\u201d", text)
    return text


def flags_table(ctx: Context, found: ScaleAnalysis) -> ReportTable | None:
    """Return one row a pattern of careless answers: flagged respondents and weighted share."""
    if found.quality is None:
        return None
    words = ctx.words
    columns = [Head(h, words(f"scales.{h}")) for h in ("flagged", "share")]
    rows, cells = [], []
    for row in found.quality.summary().to_dict("records"):
        rows.append(
            Head(row["rule"], words(f"scales.rule.{row['rule']}"), total=row["rule"] == "any")
        )
        share = 100.0 * row["weighted_share"]
        cells.append([Cell(str(row["n"]), float(row["n"])), _number(share, 1)])
    return _table(ctx, "quality", words("scales.rule"), columns, rows, cells)


def sensitivity_table(ctx: Context, found: ScaleAnalysis) -> ReportTable | None:
    """Return one row a scale: its mean with and without all flagged respondents."""
    if found.sensitivity is None:
        return None
    words = ctx.words
    columns = [
        Head(h, words(f"scales.{h}")) for h in ("all", "kept", "difference", "se", "flagged")
    ]
    rows, cells = [], []
    for row in found.sensitivity.rows:
        if row.rule != "any":
            continue
        scale = row.variable.removesuffix("_of_scale")
        rows.append(Head(scale, ctx.label(scale)))
        numbers = [_number(v) for v in (row.all, row.kept, row.difference, row.se)]
        cells.append([*numbers, Cell(str(row.n_flagged), float(row.n_flagged))])
    return _table(ctx, "sensitivity", words("scales.scale"), columns, rows, cells)
