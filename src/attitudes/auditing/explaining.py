"""Findings that named conventions explain: possible at the price of these conventions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from attitudes.auditing.inference import Inferred
from attitudes.auditing.model import Case, ConventionFinding, Finding
from attitudes.auditing.readings import Report
from attitudes.auditing.rules.joint import Tie
from attitudes.auditing.systems import BUDGET
from attitudes.numerics.printed.exact import Interval

__all__ = ["explained_cases", "named_ids", "none_ties", "rescued", "turning_ids"]


def rescued(finding: Finding, inferred: Inferred) -> Finding:
    """Make a finding that named conventions explain possible at the price of these conventions.

    The certificates stay: they prove that without the conventions the figures are impossible.
    """
    if finding.verdict == "impossible" and not finding.explained_by and inferred.exhausted:
        return _unsettled(finding)
    scored = finding.kind.startswith("declared_scoring")
    if not finding.explained_by or (finding.verdict != "impossible" and not scored):
        return finding
    words = {c.id: c.sentence.partition(":")[0].rstrip(".") for c in inferred.conventions}
    price = " and ".join(_lower(words.get(name, name)) for name in finding.explained_by)
    cases = tuple(replace(case, price=price) for case in finding.cases)
    return replace(finding, verdict="consistent_if", cases=cases)


def _unsettled(finding: Finding) -> Finding:
    """Leave a finding open that some untried set of conventions might explain."""
    if finding.rule not in ("joint", "means_and_shares", "range"):
        return finding
    price = (
        f"not every set of conventions was tried on all figures: the budget of {BUDGET} solved "
        f"questions ran out"
    )
    cases = tuple(replace(case, price=price) for case in finding.cases)
    return replace(finding, verdict="undecided", cases=cases)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def named_ids(inferred: Inferred, kind: str) -> tuple[str, ...]:
    return tuple(c.id for c in inferred.conventions if c.kind == kind and c.status == "named")


def none_ties(inferred: Inferred, report: Report) -> list[Tie]:
    """Return the conventions of non-substantive answers that do (nearly) as well as the named one.

    The tied ones come first; then those that explain three quarters as much in other tables.
    """

    def tie(convention: ConventionFinding) -> Tie:
        none = dict.fromkeys(convention.tables, Fraction(convention.value))
        other = replace(inferred.explained, none=none)
        return Tie(
            convention.id,
            convention.tables,
            lambda q, t: other.coding(report, inferred.turning, q, t),
        )

    found = [c for c in inferred.conventions if c.kind == "nonsubstantive"]
    most = max((c.explains for c in found if c.status == "named"), default=0)
    tied = [c for c in found if c.status == "tied"]
    near = [c for c in found if c.status == "possible" and 4 * c.explains >= 3 * most > 0]
    return [tie(c) for c in (*tied, *near)]


def turning_ids(inferred: Inferred) -> dict[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for c in inferred.conventions:
        if c.status == "named" and c.kind in (
            "published_keying",
            "row_turned",
            "block_turned",
        ):
            for item in c.items:
                found.setdefault(item, []).append(c.id)
    return dict(found)


def _bears_on(convention: ConventionFinding, case: Case, report: Report) -> bool:
    """Whether a convention makes the figures of a case possible.

    Non-substantive answers averaged in in one of two tables let their totals differ.
    """
    if convention.kind in ("row_turned", "block_turned"):
        figures = [report.figures[i] for i in case.figures]
        turned = [f.exhibit in convention.tables and f.row in convention.items for f in figures]
        return any(turned) and (len(figures) == 1 or not all(turned[:2]))
    if convention.kind != "nonsubstantive":
        return bool(set(convention.figures) & set(case.figures))
    first, second = (
        (report.figures[i] for i in case.figures[:2])
        if len(case.figures) > 1
        else (report.figures[case.figures[0]],) * 2
    )
    if first.statistic != "mean" or second.statistic != "mean":
        return False
    if any(f.exhibit.startswith("text") for f in (first, second)):
        return False  # a passage quotes a table, and its conventions with it
    return (first.exhibit in convention.tables) != (second.exhibit in convention.tables)


def _within_reach(inferred: Inferred, case: Case, report: Report) -> tuple[str, ...]:
    """Return the named conventions that bring a mean off its scale within reach together."""
    reading = next(r for r in report.readings if r.index == case.figures[0])
    question, table = reading.question, reading.table
    answers = report.answers[question]
    if answers.is_scale or not answers.values:
        return ()
    coding = inferred.coding(report, question, table).at(reading.figure.column)
    numbers = [*coding.values.values(), *([] if coding.none is None else [coding.none])]
    if not numbers or not reading.interval.meets(Interval(min(numbers), max(numbers))):
        return ()
    turned = inferred.turning.turned.get((question, table), False)
    return tuple(
        c.id
        for c in inferred.conventions
        if c.status == "named"
        and (
            (c.kind == "reversal_constant" and turned and inferred.turning.shift != 0)
            or (c.kind in ("published_keying", "row_turned") and question in c.items)
            or (c.kind == "nonsubstantive" and table in c.tables and coding.none is not None)
        )
    )


def explained_cases(finding: Finding, inferred: Inferred, report: Report) -> list[Finding]:
    """Part the cases of a finding by the named conventions under which they are possible."""
    if finding.rule == "range" and finding.kind == "mean_off_scale":
        kinds: tuple[str, ...] = ("reversal_constant", "published_keying", "row_turned")
    elif finding.rule == "order":
        kinds = ("columns",)
    elif finding.rule == "printed_twice":
        kinds = ("columns", "nonsubstantive", "base", "row_turned", "block_turned")
    else:
        return [finding]
    parted: dict[tuple[str, ...], list[Case]] = {}
    for case in finding.cases:
        named = tuple(
            c.id
            for c in inferred.conventions
            if c.status == "named" and c.kind in kinds and _bears_on(c, case, report)
        )
        if not named and finding.rule == "range":
            named = _within_reach(inferred, case, report)
        parted.setdefault(named, []).append(case)
    return [
        replace(finding, cases=tuple(cases), explained_by=named) for named, cases in parted.items()
    ]
