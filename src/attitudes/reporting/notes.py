"""Sentences under tables: how the numbers came about and whom they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from attitudes.reporting.context import Context
from attitudes.reporting.model import Cell, Convention, Head, Mark
from attitudes.reporting.recomputed import TOTAL
from attitudes.study.exhibits import Exhibit
from attitudes.study.responses import MissingKind

__all__ = ["base_notes", "mean_notes", "scale_warnings", "share_notes"]


def base_notes(
    ctx: Context, cells: Sequence[Sequence[Cell]], shown: Sequence[Mark] = get_args(Mark)
) -> tuple[str, ...]:
    """Say what the unweighted base is, and what the marks mean that are ``shown``."""
    bases = [c.n for row in cells for c in row if c.n is not None and c.value is not None]
    notes = []
    if bases:
        notes.append(
            ctx.words("base.note", n=ctx.survey.n, low=min(bases), high=max(bases))
            if min(bases) < max(bases)
            else ctx.words("base.note_one", n=bases[0])
        )
    marks = {mark for row in cells for c in row for mark in c.marks if mark in shown}
    if "small_base" in marks:
        notes.append(ctx.words("base.small", minimum=ctx.minimum))
    if "few_clusters" in marks:
        notes.append(ctx.words("base.few_clusters", minimum=ctx.study.disclosure.minimum_df))
    if "printed_differs" in marks:
        notes.append(ctx.words("mark.differs_note"))
    return tuple(notes)


def mean_notes(
    ctx: Context, exhibit: Exhibit, rows: Sequence[Head], convention: Convention
) -> tuple[str, ...]:
    """Say how means were keyed, averaged and totalled."""
    if convention == "as_published":
        return _published_notes(ctx, exhibit, rows)
    notes = [ctx.words("note.keyed"), ctx.words("note.weighted")]
    total = next((row for row in rows if row.id == TOTAL), None)
    ids = {q.id for q in ctx.questions(exhibit)}
    for scale in ctx.study.scales:
        items = ctx.study.items(scale.id)
        if total is not None and {q.id for q in items} == ids:
            notes.append(
                ctx.words(
                    "note.score_row",
                    label=total.label,
                    minimum=scale.minimum_answered,
                    items=len(items),
                )
            )
    return (*notes, *scale_warnings(ctx, exhibit))


def scale_warnings(ctx: Context, exhibit: Exhibit) -> tuple[str, ...]:
    """Say of which scales the groups of a breakdown cannot be compared as they stand."""
    if exhibit.breakdown is None:
        return ()
    found = (ctx.invariance(scale, exhibit.breakdown) for scale in exhibit.scales)
    return tuple(note for note in found if note is not None)


def _published_notes(ctx: Context, exhibit: Exhibit, rows: Sequence[Head]) -> tuple[str, ...]:
    study, table = ctx.study, exhibit.figures_id
    groups = [str(g) for g in ctx.groups(exhibit)] or [TOTAL]
    constants: list[int] = []
    unturned: list[str] = []
    averaged: dict[tuple[float, tuple[MissingKind, ...]], list[str]] = {}
    for question in ctx.questions(exhibit):
        label = ctx.label(question.id)
        for group in groups:
            rule = study.convention_for(table, question.id, group)
            if rule.turned:
                given = rule.reversal_constant
                constants.append(
                    study.response_of(question.id).reversal if given is None else given
                )
            elif question.reversed and label not in unturned:
                unturned.append(label)
            if rule.nonsubstantive is not None:
                key = (rule.nonsubstantive, rule.nonsubstantive_kinds)
                named = averaged.setdefault(key, [])
                named += [] if label in named else [label]
    notes = [ctx.words("note.turned", constant=c) for c in dict.fromkeys(constants)]
    if unturned:
        notes.append(ctx.words("note.unturned", items="; ".join(unturned)))
    for (value, kinds), labels in averaged.items():
        whole = len(labels) == len(ctx.questions(exhibit))
        items = ctx.words("note.every_item") if whole else "; ".join(labels)
        named_kinds = ", ".join(ctx.words(f"missing.{kind}") for kind in kinds)
        notes.append(ctx.words("note.averaged", kinds=named_kinds, value=f"{value:g}", items=items))
    return (*notes, *_total_notes(ctx, exhibit, rows, len(groups)))


def _total_notes(
    ctx: Context, exhibit: Exhibit, rows: Sequence[Head], groups: int
) -> tuple[str, ...]:
    notes = []
    rule = ctx.study.convention_for(exhibit.figures_id, TOTAL, TOTAL)
    if exhibit.breakdown is not None and exhibit.total_column:
        key = {"mean_of_groups": "mean_of_groups", "weighted": "weighted_total"}
        notes.append(ctx.words(f"note.{key.get(rule.totals, 'pooled')}", count=groups))
    total = next((row for row in rows if row.id == TOTAL), None)
    if total is not None:
        end = "" if rule.total_row == "mean_of_item_means" else "_scores"
        notes.append(ctx.words(f"note.total_row{end}", label=total.label))
    return tuple(notes)


def share_notes(ctx: Context, exhibit: Exhibit, convention: Convention) -> tuple[str, ...]:
    """Say what percentages are percentages of."""
    question = ctx.questions(exhibit)[0]
    response = ctx.study.response_of(question.id)
    base = "answered"
    if convention == "as_published":
        base = ctx.study.convention_for(exhibit.figures_id, question.id, TOTAL).base
    elif exhibit.box is None and exhibit.missing_shown and response.kind != "multiple":
        base = "asked" if any(k != "not_asked" for k in response.missing) else "answered"
    notes = [ctx.words(f"note.base.{base}")]
    if response.kind == "multiple":
        notes.append(ctx.words("note.multiple"))
    if question.asked_of:
        notes.append(ctx.words("note.asked_of"))
    if convention == "recomputed":
        notes.append(ctx.words("note.weighted"))
    return tuple(notes)
