"""Which rule forms the totals of tables, and which totals it does not explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from attitudes.auditing.conditions import Conditions
from attitudes.auditing.model import Assumptions, Case, ConventionFinding, Finding
from attitudes.auditing.proofs import Proof, group_cases, prove, rounding_words, text_of
from attitudes.auditing.readings import Reading, Report
from attitudes.numerics.printed.exact import Rounding, printed_interval

__all__ = ["TotalsAnswer", "check_totals"]

_ROUNDINGS: tuple[Rounding, ...] = ("half_up", "half_even", "truncate")
_WORDS = {
    "mean_of_groups": "the plain mean of the groups",
    "pooled": "the groups weighted by their numbers of respondents",
    "weighted": "the groups weighted by their population",
}


@dataclass(frozen=True, slots=True)
class _Line:
    """A printed total and the figures it is made of."""

    total: Reading
    parts: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class TotalsAnswer:
    """The rules of totals.

    Attributes
    ----------
    findings
        Totals that the best rule does not explain.
    conventions
        The rules tried, with how many totals each explains.
    plain
        Whether Total columns are plain means of groups and bound nothing outside their table.
    """

    findings: tuple[Finding, ...]
    conventions: tuple[ConventionFinding, ...]
    plain: bool


def _column_lines(report: Report) -> list[_Line]:
    rows: dict[tuple[str, str, str, str], list[Reading]] = {}
    for r in report.readings:
        if r.kind in ("mean", "share") and r.question and r.known:
            rows.setdefault((r.table, r.question, r.kind, r.box), []).append(r)
    lines = []
    for readings in rows.values():
        totals = [r for r in readings if r.total]
        groups = {r.groups[0]: r for r in readings if len(r.groups) == 1}
        homes = {r.breakdown for r in groups.values()}
        if len(totals) == 1 and len(homes) == 1 and set(groups) == set(report.groups[homes.pop()]):
            lines.append(_Line(totals[0], tuple(groups.values())))
    return lines


def _row_lines(report: Report) -> list[_Line]:
    """Total rows: the level of a scale and the means of its items in one column of one table."""
    cells: dict[tuple[str, str, tuple[str, ...]], dict[str, Reading]] = {}
    for r in report.readings:
        if r.kind == "mean" and r.question and r.known:
            cells.setdefault((r.table, *r.place), {})[r.question] = r
    lines = []
    for column in cells.values():
        for question, total in column.items():
            answers = report.answers[question]
            if answers.is_scale and all(i in column for i in answers.items):
                lines.append(_Line(total, tuple(column[i] for i in answers.items)))
    return lines


def _weights(report: Report, line: _Line, rule: str) -> list[Fraction] | None:
    places = [(p.breakdown, p.groups[0] if p.groups else "") for p in line.parts]
    if rule == "mean_of_groups":
        return [Fraction(1)] * len(places)
    if rule == "pooled":
        if any(p not in report.bases for p in places):
            return None
        return [Fraction(report.bases[p].printed) for p in places]
    if any(p not in report.populations for p in places):
        return None
    return [report.populations[p][0] for p in places]


def _explains(line: _Line, weights: Sequence[Fraction], rounding: Rounding) -> bool:
    total = sum(weights, Fraction(0))
    first, *rest = (
        printed_interval(p.printed, rounding).times(w / total)
        for p, w in zip(line.parts, weights, strict=True)
    )
    for interval in rest:
        first = first.plus(interval)
    return first.meets(printed_interval(line.total.printed, rounding))


def _proof(line: _Line, weights: Sequence[Fraction], says: str, rounding: str) -> Proof:
    conditions = Conditions()
    terms = {"total": -sum(weights, Fraction(0))}
    for number, (part, weight) in enumerate(zip(line.parts, weights, strict=True)):
        name = f"{part.figure.row}, {part.figure.column}, {number}"
        conditions.direct(part, {name: Fraction(1)}, -1)
        terms[name] = weight
    conditions.direct(line.total, {"total": Fraction(1)}, -1)
    conditions.equal(says, terms, Fraction(0))
    return prove(conditions, rounding)


def _case(
    report: Report, line: _Line, weights: Sequence[Fraction], words: str, assumptions: Assumptions
) -> Case | None:
    if _explains(line, weights, assumptions.rounding):
        return None
    proof = _proof(line, weights, f"the total is {words}", assumptions.rounding)
    if proof.verdict != "impossible":
        return None
    whole = sum(weights, Fraction(0))
    value = sum(
        (w * p.printed.value for w, p in zip(weights, line.parts, strict=True)), Fraction(0)
    )
    mean = value / whole
    r = line.total
    listed = " + ".join(p.figure.printed for p in line.parts)
    sum_words = f"({listed}) / {len(line.parts)}" if len(set(weights)) == 1 else words
    sentence = (
        f"{r.table}, {report.label(r.question)}, {report.place(r)}: {sum_words} = "
        f"{text_of(mean, 3)}, printed is {r.figure.printed}."
    )
    gap = float(abs(mean - r.printed.value))
    scale = 20 if r.kind == "share" else 1
    figures = (*(p.index for p in line.parts), r.index)
    return Case(
        figures, sentence, proof.certificate, f"the total is not {words}", min(1.0, gap / scale)
    )


def check_totals(report: Report, assumptions: Assumptions) -> TotalsAnswer:
    """Choose the rule of totals that explains most of them, and hold each total against it."""
    findings: list[Finding] = []
    conventions: list[ConventionFinding] = []
    words = [rounding_words(assumptions)]
    plain = False
    for kind in ("mean", "share"):
        lines = [line for line in _column_lines(report) if line.total.kind == kind]
        best, tried = _choose(report, lines, kind)
        conventions += tried
        if best is None:
            continue
        plain = plain or (kind == "mean" and best == "mean_of_groups")
        weighed = [(line, _weights(report, line, best)) for line in lines]
        cases = [
            case
            for line, w in weighed
            if w is not None and (case := _case(report, line, w, _WORDS[best], assumptions))
        ]
        says = [*words, f"totals are {_WORDS[best]}, as most totals of the report"]
        findings += group_cases("totals", f"total_column_{kind}", "consistent_if", says, cases)
    rows = _row_lines(report)
    row_words = "the mean of the items' means"
    cases = [
        case
        for line in rows
        if (case := _case(report, line, [Fraction(1)] * len(line.parts), row_words, assumptions))
    ]
    says = [*words, f"the level of a scale is {row_words}"]
    findings += group_cases("totals", "total_row", "consistent_if", says, cases)
    if rows:
        figures = tuple(line.total.index for line in rows)
        explained = len(rows) - len(cases)
        conventions.append(
            _convention(
                "total_row:mean_of_item_means",
                "total_row",
                row_words,
                explained,
                len(rows),
                figures,
            )
        )
    return TotalsAnswer(tuple(findings), tuple(conventions), plain)


def _convention(
    name: str,
    kind: str,
    words: str,
    explained: int,
    of: int,
    figures: tuple[int, ...],
    status: str = "named",
) -> ConventionFinding:
    missed = of - explained
    return ConventionFinding(
        id=name,
        kind=kind,
        tables=(),
        items=(),
        columns=(),
        value=name.partition(":")[2],
        status="tied" if status == "tied" else "named" if status == "named" else "possible",
        explains=explained,
        figures=figures,
        cost=0,
        against=(f"{missed} of {of} totals are not explained",) if missed else (),
        sentence=f"Totals are {words}: {explained} of {of} are explained.",
    )


def _choose(
    report: Report, lines: Sequence[_Line], kind: str
) -> tuple[str | None, list[ConventionFinding]]:
    counts: dict[tuple[str, Rounding], tuple[int, ...]] = {}
    for rule in _WORDS:
        weighed = [(line, _weights(report, line, rule)) for line in lines]
        if not lines or any(w is None for _, w in weighed):
            continue
        for rounding in _ROUNDINGS:
            counts[rule, rounding] = tuple(
                line.total.index for line, w in weighed if w and _explains(line, w, rounding)
            )
    if not counts:
        return None, []
    most = max(len(v) for v in counts.values())
    best = next(key for key, v in counts.items() if len(v) == most)
    found = []
    for rule in dict.fromkeys(r for r, _ in counts):
        top = max((v for (r, _), v in counts.items() if r == rule), key=len)
        fits = [m for (r, m), v in counts.items() if r == rule and len(v) == len(top)]
        status = "named" if rule == best[0] else "tied" if len(top) == most else "possible"
        words = f"{_WORDS[rule]} ({kind}s; rounding {' or '.join(fits)})"
        found.append(
            _convention(f"totals_{kind}:{rule}", "totals", words, len(top), len(lines), top, status)
        )
    return best[0], found
