"""Which rule forms the totals of tables, and which totals it does not explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from attitudes.auditing.model import Assumptions, Case, ConventionFinding, Finding
from attitudes.auditing.proofs import group_cases, rounding_words, text_of
from attitudes.auditing.readings import Report
from attitudes.auditing.rules.total_lines import (
    TOTAL_RULES,
    Line,
    column_lines,
    exact_fit,
    explains,
    loose_fit,
    no_rule_proof,
    row_lines,
    weights_of,
    weights_proof,
)
from attitudes.numerics.printed.exact import Rounding, round_exact

__all__ = ["TotalsAnswer", "check_totals"]

_ROUNDINGS: tuple[Rounding, ...] = ("half_up", "half_even", "truncate")
_ITEM_MEANS = "the mean of the items' means"


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


def check_totals(report: Report, assumptions: Assumptions) -> TotalsAnswer:
    """Choose the rule of totals that explains most of them, and hold each total against it.

    Notes
    -----
    A rule with exact weights is weighed against one that allows for those who did not answer by
    how sharply each predicts the printed totals. A total that no rule makes of its parts, under
    the stated assumptions, is impossible whatever the rule.
    """
    findings: list[Finding] = []
    conventions: list[ConventionFinding] = []
    plain = False
    everything = column_lines(report)
    for kind in ("mean", "share"):
        lines = [line for line in everything if line.total.kind == kind]
        chosen, tried = _choose(report, lines, kind, assumptions)
        conventions += tried
        if chosen is None:
            continue
        plain = plain or (kind == "mean" and chosen == "mean_of_groups")
        findings += _held(report, lines, chosen, kind, assumptions)
    rows = row_lines(report)
    cases = [case for line in rows if (case := _row_case(report, line, assumptions))]
    words = [rounding_words(assumptions), f"the level of a scale is {_ITEM_MEANS}"]
    findings += group_cases("totals", "total_row", "consistent_if", words, cases)
    words = [*words, "rounded means average out: the mean of the printed items is near the level"]
    swapped = _swapped(report, rows)
    findings += group_cases("totals", "totals_exchanged", "consistent_if", words, swapped)
    if rows:
        figures = tuple(line.total.index for line in rows)
        name = "total_row:mean_of_item_means"
        conventions.append(
            _convention(name, "total_row", _ITEM_MEANS, len(rows) - len(cases), len(rows), figures)
        )
    return TotalsAnswer(tuple(findings), tuple(conventions), plain)


def _held(
    report: Report, lines: Sequence[Line], rule: str, kind: str, assumptions: Assumptions
) -> list[Finding]:
    """Hold totals against the rule of the report, and against every rule."""
    never: list[Case] = []
    stray: list[Case] = []
    for line in lines:
        weights = weights_of(report, line, rule)
        if weights is None or explains(line, weights, assumptions.rounding):
            continue
        proof = no_rule_proof(report, line, assumptions)
        case = _case(report, line, weights, TOTAL_RULES[rule], assumptions)
        if proof is not None:
            shown = case or Case(line.figures, _words(report, line, weights, TOTAL_RULES[rule]))
            never.append(Case(shown.figures, shown.sentence, proof, None, shown.size))
        elif case is not None and not _answered(report, line, rule, assumptions):
            stray.append(case)
    words = [rounding_words(assumptions)]
    every = [
        *words,
        "a total is a mean of its groups: plain, or weighted by respondents or by population",
        f"at least {text_of(assumptions.response * 100, 0)} % of each group answered",
    ]
    plain = _plain(report, lines, kind) if rule == "mean_of_groups" else []
    most = [*words, f"totals are {TOTAL_RULES[rule]}, as most totals of the report"]
    return [
        *group_cases("totals", f"total_of_no_rule_{kind}", "impossible", every, never),
        *group_cases("totals", f"total_column_{kind}", "consistent_if", most, stray),
        *plain,
    ]


def _plain(report: Report, lines: Sequence[Line], kind: str) -> list[Finding]:
    """Totals that are plain means of groups of different size, and not the level of everyone."""
    cases = []
    for line in lines:
        weights = weights_of(report, line, "pooled")
        equal = [Fraction(1)] * len(line.parts)
        if weights is None or not explains(line, equal, "unknown"):
            continue
        if explains(line, weights, "unknown"):
            continue
        gap = abs(_mean(line, weights) - line.total.printed.value)
        size = float(gap / (20 if kind == "share" else 1))
        sentence = (
            f"{_words(report, line, weights, TOTAL_RULES['pooled'])} That is the plain mean of "
            f"the {len(line.parts)} groups, {text_of(_mean(line, equal), 3)}."
        )
        price = "the total stands for the average group and not for the average respondent"
        cases.append(Case(line.figures, sentence, None, price, size))
    words = ["a total is meant to be the level of all respondents, each counted once"]
    named = (f"totals_{kind}:mean_of_groups",)
    return group_cases("totals", f"plain_mean_{kind}", "consistent_if", words, cases, named)


def _mean(line: Line, weights: Sequence[Fraction]) -> Fraction:
    value = sum(
        (w * p.printed.value for w, p in zip(weights, line.parts, strict=True)), Fraction(0)
    )
    return value / sum(weights, Fraction(0))


def _answered(report: Report, line: Line, rule: str, assumptions: Assumptions) -> bool:
    """Whether a rule explains a total once those who did not answer are left out."""
    if rule == "mean_of_groups":
        return False
    return loose_fit(report, [line], rule, assumptions) > loose_fit(report, [], rule, assumptions)


def _words(report: Report, line: Line, weights: Sequence[Fraction], words: str) -> str:
    r = line.total
    mean = _mean(line, weights)
    if len(set(weights)) == 1:
        listed = " + ".join(p.figure.printed for p in line.parts)
        arithmetic = f"({listed}) / {len(line.parts)}"
    else:
        listed = " + ".join(
            f"{text_of(w)} × {p.figure.printed}" for w, p in zip(weights, line.parts, strict=True)
        )
        arithmetic = f"({listed}) / {text_of(sum(weights, Fraction(0)))}"
    places = r.printed.decimals + 1
    return (
        f"{r.table}, {report.label(r.question)}, {report.place(r)}: {arithmetic} = "
        f"{text_of(mean, places)}, {words}; printed is {r.figure.printed}."
    )


def _case(
    report: Report, line: Line, weights: Sequence[Fraction], words: str, assumptions: Assumptions
) -> Case | None:
    if explains(line, weights, assumptions.rounding):
        return None
    proof = weights_proof(line, weights, f"the total is {words}", assumptions.rounding)
    if proof.verdict != "impossible":
        return None
    gap = float(abs(_mean(line, weights) - line.total.printed.value))
    size = min(1.0, gap / (20 if line.total.kind == "share" else 1))
    sentence = _words(report, line, weights, words)
    return Case(line.figures, sentence, proof.certificate, f"the total is not {words}", size)


def _row_case(report: Report, line: Line, assumptions: Assumptions) -> Case | None:
    """Hold the level of a scale against the means of its items."""
    case = _case(report, line, [Fraction(1)] * len(line.parts), _ITEM_MEANS, assumptions)
    if case is None:
        return None
    low, high = (f(p.printed.value for p in line.parts) for f in (min, max))
    price = "the level is the mean over people, of whom some left items out"
    outside = not low <= line.total.printed.value <= high
    return Case(
        case.figures,
        case.sentence,
        case.certificate,
        "the level is of other items" if outside else price,
        case.size,
    )


def _swapped(report: Report, rows: Sequence[Line]) -> list[Case]:
    """Two levels of one row that fit the items of each other's column better than their own.

    Notes
    -----
    Either level lies within what the rounding of the items allows, or it would be told as such.
    """
    by_row: dict[tuple[str, str], list[Line]] = {}
    for line in rows:
        by_row.setdefault((line.total.table, line.total.question), []).append(line)
    cases = []
    for lines in by_row.values():
        means = {id(x): _mean(x, [Fraction(1)] * len(x.parts)) for x in lines}
        off = [x for x in lines if not _rounds_to(means[id(x)], x)]
        for first, second in combinations(off, 2):
            one, two = means[id(first)], means[id(second)]
            if not (_rounds_to(one, second) and _rounds_to(two, first)):
                continue
            a, b = first.total, second.total
            places = a.printed.decimals + 2
            sentence = (
                f"{a.table}, {report.label(a.question)}: the items give {text_of(one, places)} "
                f"for {report.place(a)} and {text_of(two, places)} for {report.place(b)}; printed "
                f"are {a.figure.printed.strip()} and {b.figure.printed.strip()}, which would fit "
                "the other way round."
            )
            price = "the items' means were nearly all rounded in one direction"
            figures = (a.index, b.index, *first.figures[:-1], *second.figures[:-1])
            cases.append(Case(figures, sentence, None, price, 0.1))
    return cases


def _rounds_to(value: Fraction, line: Line) -> bool:
    printed = line.total.printed
    return any(
        round_exact(value, printed.decimals, rule) == printed.value
        for rule in ("half_up", "half_even")
    )


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
    report: Report, lines: Sequence[Line], kind: str, assumptions: Assumptions
) -> tuple[str | None, list[ConventionFinding]]:
    """Return the rule that predicts the totals best, and the statements about all rules."""
    if not lines:
        return None, []
    exact: dict[str, tuple[float, tuple[int, ...], list[Rounding]]] = {}
    scores: dict[str, float] = {}
    for rule in TOTAL_RULES:
        weighed = [w for line in lines if (w := weights_of(report, line, rule))]
        if len(weighed) < len(lines):
            continue
        hits = {
            rounding: tuple(
                line.total.index
                for line, w in zip(lines, weighed, strict=True)
                if explains(line, w, rounding)
            )
            for rounding in _ROUNDINGS
        }
        top = max(hits.values(), key=len)
        fits = [r for r in _ROUNDINGS if len(hits[r]) == len(top)]
        exact[rule] = (exact_fit(lines, weighed, fits[0]), top, fits)
        scores[rule] = exact[rule][0]
        if rule != "mean_of_groups":
            scores[rule] = max(scores[rule], loose_fit(report, lines, rule, assumptions))
    best = max(scores, key=lambda rule: scores[rule])
    found = []
    for rule, (_, top, fits) in exact.items():
        tied = scores[rule] == scores[best]
        status = "named" if rule == best else "tied" if tied else "possible"
        words = f"{TOTAL_RULES[rule]} ({kind}s; rounding {' or '.join(fits)})"
        if scores[rule] > exact[rule][0]:
            words += ", those who did not answer left out"
        name = f"totals_{kind}:{rule}"
        found.append(_convention(name, "totals", words, len(top), len(lines), top, status))
    return best, found
