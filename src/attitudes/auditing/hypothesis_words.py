"""Hypotheses on non-answers and turned rows in words, with what they explain."""

from __future__ import annotations

from collections.abc import Sequence

from attitudes.auditing.hypothesis_rows import NONE_SHARE, Candidate, RowModel
from attitudes.auditing.model import ConventionFinding
from attitudes.auditing.proofs import plural
from attitudes.auditing.readings import Report

__all__ = ["runners_up", "statement"]


def runners_up(
    report: Report,
    model: RowModel,
    chosen: Sequence[Candidate],
    winner: Candidate,
    gains: Sequence[tuple[int, Candidate]],
) -> list[ConventionFinding]:
    """Other numbers for the same tables, so that the reader sees how much worse they do.

    Other tables of non-answers that do nearly as well (three quarters) are told as well.
    """
    best = next(gain for gain, c in gains if c is winner)
    same = [c for gain, c in gains if c.breakdowns == winner.breakdowns and 0 < gain < best]
    mine = set(winner.breakdowns)
    apart = [
        (gain, c)
        for gain, c in gains
        if c.breakdowns and not mine & set(c.breakdowns) and 3 * best <= 4 * gain < 4 * best
    ]
    near = [c for gain, c in apart if gain == max(g for g, _ in apart)]
    return [statement(report, model, chosen, c, "possible") for c in (*same, *near)]


def statement(
    report: Report, model: RowModel, chosen: Sequence[Candidate], candidate: Candidate, status: str
) -> ConventionFinding:
    before, after = model.total(chosen), model.total([*chosen, candidate])
    better = [q for q in model.rows if after[q] < before[q]]
    worse = [q for q in model.rows if after[q] > before[q]]
    left = [q for q in model.rows if after[q]]
    tables = tuple(t for t, _ in candidate.none) or tuple(t for _, t in candidate.flip)
    figures = tuple(
        i for q in better for row in model.rows[q] if row.table in tables for i in row.figures
    )
    against = []
    if worse:
        against.append(f"it sets {len(worse)} questions at odds: {', '.join(worse)}")
    if left:
        against.append(f"{len(left)} questions stay contradictory: {', '.join(left)}")
    explains = sum(before.values()) - sum(after.values())
    if candidate.kind == "row_turned":
        question, table = candidate.flip[0]
        name, value = f"row_turned:{question}:{table}", "turned the other way"
        sentence = (
            f"“{report.label(question)}” is turned the other way in {table}: its tables then agree."
        )
        items: tuple[str, ...] = (question,)
    elif candidate.kind == "published_keying":
        question = candidate.flip[0][0]
        right = report.answers[question].keying == "-"
        name, value, tables = (
            f"published_keying:{question}",
            "not turned" if right else "turned",
            (),
        )
        sentence = (
            f"“{report.label(question)}” was published {value}: non-answers averaged in then "
            f"explain how its tables differ."
        )
        items = (question,)
    else:
        code = candidate.none[0][1]
        name, value = f"nonsubstantive:{code}:{'+'.join(candidate.breakdowns)}", str(code)
        sentence = (
            f"Don't know and refusals were averaged in as {code} in the tables by "
            f"{' and '.join(candidate.breakdowns)}, and left out or treated otherwise in the "
            f"others: {plural(len(better), 'question')} "
            f"{'becomes' if len(better) == 1 else 'become'} consistent if up to "
            f"{float(NONE_SHARE * 100):g} % gave no answer."
        )
        items = tuple(better)
    return ConventionFinding(
        id=name,
        kind=candidate.kind,
        tables=tables,
        items=items,
        columns=(),
        value=value,
        status="named" if status == "named" else "tied" if status == "tied" else "possible",
        explains=explains,
        figures=figures,
        cost=max(1, len(candidate.breakdowns)),
        against=tuple(against),
        sentence=sentence,
    )
