"""What reconciles tables of one question: non-answers averaged in, rows turned apart."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations

from attitudes.auditing.codings import Turning
from attitudes.auditing.hypothesis_rows import (
    NONE_SHARE,
    Candidate,
    RowModel,
    implied_share,
    table_rows,
)
from attitudes.auditing.model import Assumptions, ConventionFinding
from attitudes.auditing.proofs import plural
from attitudes.auditing.questions import Coding
from attitudes.auditing.readings import Report
from attitudes.auditing.turning_search import Search

__all__ = ["Explained", "explain"]

_MOST = 12


@dataclass(frozen=True, slots=True)
class Explained:
    """Hypotheses chosen, and the codings that follow from them.

    Attributes
    ----------
    conventions
        Named first, then tied and merely possible ones.
    none
        Exhibit → number with which non-substantive answers were averaged in.
    flipped
        (question, table) of rows turned the other way.
    blocks
        (question, table) → columns turned the other way than the rest of the row.
    """

    conventions: tuple[ConventionFinding, ...]
    none: Mapping[str, Fraction]
    flipped: frozenset[tuple[str, str]]
    blocks: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def coding(self, report: Report, turning: Turning, question: str, table: str) -> Coding:
        """Return the coding of a question in a table under all named conventions."""
        answers = report.answers[question]
        coding = turning.coding(answers, question, table)
        constant = turning.constant(answers)
        values, none = coding.values, self.none.get(table)
        turned = turning.turned.get((question, table), answers.keying == "-")
        if (question, table) in self.flipped and constant is not None:
            values = {a: constant - v for a, v in values.items()}
            turned = not turned
        columns = self.blocks.get((question, table), ())
        own = none if none is None or constant is None or not turned else constant - none
        if not columns or constant is None:
            return Coding(values, own, coding.words)
        other = none if none is None or turned else constant - none
        apart = Coding({a: constant - v for a, v in values.items()}, other, coding.words)
        return Coding(values, own, coding.words, dict.fromkeys(columns, apart))


def _candidates(model: RowModel) -> list[Candidate]:
    rows = [r for group in model.rows.values() for r in group]
    breakdowns = tuple(dict.fromkeys(r.breakdown for r in rows))
    tables = {
        b: tuple(dict.fromkeys(r.table for r in rows if r.breakdown == b)) for b in breakdowns
    }
    codes = {c for r in rows for c in (r.low - 1, r.high + 1, (r.low + r.high) / 2, Fraction(0))}
    found = []
    for size in range(1, min(len(breakdowns), 4) + 1):
        for chosen in combinations(breakdowns, size):
            named = [t for b in chosen for t in tables[b]]
            found += [
                Candidate("nonsubstantive", tuple((t, code) for t in named), (), chosen)
                for code in sorted(codes)
            ]
    found += [Candidate("row_turned", (), ((r.question, r.table),)) for r in rows]
    return found


def explain(
    report: Report, turning: Turning, assumptions: Assumptions, *, plain: bool
) -> Explained:
    """Find the smallest set of hypotheses that reconciles the tables of each question.

    Notes
    -----
    Each question's table gives an interval for the mean of all its answers: the pooled value of
    its groups under the stated response and bases, turned back. Tables contradict each other
    when the intervals share no point. Hypotheses are added one by one, the one first that removes
    most contradictions; equally good ones are ties, of which the one is named that also reconciles
    most tables as they would be if everyone had answered. A report has one number for
    non-substantive answers: once one is named, other numbers are its rivals and not additions.
    """
    model = RowModel(table_rows(report, turning, assumptions, plain=plain))
    chosen: list[Candidate] = []
    named: list[ConventionFinding] = []
    others: list[ConventionFinding] = []
    pending = _candidates(model)
    search = Search(report, assumptions, plain=plain)
    exact = Assumptions(assumptions.rounding, Fraction(1), Fraction(0))
    strict = RowModel(table_rows(report, turning, exact, plain=plain))
    for _ in range(_MOST):
        before = model.total(chosen)
        if not any(before.values()):
            break
        gains = [(sum(before.values()) - _after(model, chosen, c, before), c) for c in pending]
        best = max((g for g, _ in gains), default=0)
        winners = [
            c
            for g, c in gains
            if g == best and best > 0 and _worth_it(model, c, best, sum(before.values()))
        ]
        if not winners:
            break
        if winners[0].kind == "row_turned":
            winners = _fitting(_one_question(winners), search, turning)
        winner = min(
            winners,
            key=lambda c: (
                len(c.breakdowns) + len(c.flip),
                c.kind == "row_turned",
                sum(strict.total([*chosen, c]).values()),
            ),
        )
        named.append(_statement(report, model, chosen, winner, "named"))
        others += [_statement(report, model, chosen, c, "tied") for c in winners if c is not winner]
        if winner.kind == "nonsubstantive":
            others += _runners_up(report, model, chosen, winner, gains)
        chosen.append(winner)
        pending = [c for c in pending if c is not winner and not _overlaps(c, winner)]
    none = {t: v for c in chosen for t, v in c.none}
    flipped = frozenset(f for c in chosen for f in c.flip)
    return Explained((*named, *others), none, flipped)


def _worth_it(model: RowModel, candidate: Candidate, gain: int, all_left: int) -> bool:
    """Whether a hypothesis removes more contradictions than it costs, or all that are left.

    Non-answers averaged in shift every question of a table. That one question alone contradicts is
    a sign of it only where the others leave room for a third as many non-answers.
    """
    if candidate.kind == "row_turned":
        return True
    if gain == 1 and len(model.rows) > 1 and not _shared(model, candidate):
        return False
    return gain > len(candidate.breakdowns) or gain == all_left


def _shared(model: RowModel, candidate: Candidate) -> bool:
    """Whether other questions leave room for the non-answers that one question needs."""
    none = dict(candidate.none)
    needs, rooms = [], []
    for question, rows in model.rows.items():
        share = implied_share(rows, none)
        if share is None:
            continue
        if model.conflicts([], question) > model.conflicts([candidate], question):
            needs.append(share[0])
        else:
            rooms.append(share[1])
    return not rooms or not needs or 3 * statistics.median(rooms) >= max(needs)


def _after(
    model: RowModel, chosen: Sequence[Candidate], candidate: Candidate, before: Mapping[str, int]
) -> int:
    if candidate.flip:
        question = candidate.flip[0][0]
        rest = sum(before.values()) - before[question]
        return rest + model.conflicts([*chosen, candidate], question)
    return sum(model.total([*chosen, candidate]).values())


def _one_question(winners: Sequence[Candidate]) -> list[Candidate]:
    """Keep the row-turning candidates of the first question: those of others are no ties."""
    question = winners[0].flip[0][0]
    return [c for c in winners if c.flip and c.flip[0][0] == question]


def _fitting(winners: Sequence[Candidate], search: Search, turning: Turning) -> list[Candidate]:
    """Keep the row turnings that contradict the printed shares and the scale least."""

    def out_of_reach(candidate: Candidate) -> int:
        question, table = candidate.flip[0]
        keyed = search.report.answers[question].keying == "-"
        total = 0
        for row in search.rows(question):
            turned = turning.turned.get((question, row.table), keyed) != (row.table == table)
            total += len(search.conflicts(question, row, turned, turning.shift))
        return total

    counts = [out_of_reach(c) for c in winners]
    return [c for c, n in zip(winners, counts, strict=True) if n == min(counts)]


def _overlaps(candidate: Candidate, winner: Candidate) -> bool:
    if candidate.kind != winner.kind:
        return False
    if candidate.kind == "row_turned":
        return candidate.flip[0][0] == winner.flip[0][0]
    other_code = candidate.none[0][1] != winner.none[0][1]
    return other_code or bool(set(candidate.breakdowns) & set(winner.breakdowns))


def _runners_up(
    report: Report,
    model: RowModel,
    chosen: Sequence[Candidate],
    winner: Candidate,
    gains: Sequence[tuple[int, Candidate]],
) -> list[ConventionFinding]:
    """Other numbers for the same tables, so that the reader sees how much worse they do."""
    rivals = [
        c for gain, c in gains if c.breakdowns == winner.breakdowns and c is not winner and gain > 0
    ]
    found = [_statement(report, model, chosen, c, "possible") for c in rivals]
    best = _statement(report, model, chosen, winner, "named").explains
    return [f for f in found if f.explains < best]


def _statement(
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
