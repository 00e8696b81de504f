"""The figures that a sentence of a report speaks of."""

from __future__ import annotations

from fractions import Fraction

from attitudes.auditing.readings import TOTAL, Reading, Report
from attitudes.study.claims import Claim

__all__ = ["claim_readings", "compared_with", "years_of"]


def claim_readings(
    report: Report,
    claim: Claim,
    *,
    group: str | None = None,
    question: str | None = None,
    statistic: str | None = None,
) -> list[Reading]:
    """Return the figures that a claim speaks of, those of its own exhibit if there are any.

    Parameters
    ----------
    group, question, statistic
        In place of the claim's own.

    Notes
    -----
    Claims about means and shares name questions and groups; claims about counts name the row and
    the column as printed.
    """
    measured = claim.statistic if statistic is None else statistic
    stem, _, box = measured.partition(":")
    place = claim.group if group is None else group
    about = claim.question if question is None else question
    if stem not in ("mean", "percent"):
        found = _counts(report, about, place or TOTAL, measured)
        return [r for r in found if r.table == claim.exhibit] or found
    kind = "mean" if stem == "mean" else "share"
    groups = () if place in (TOTAL, "") else tuple(place.split("+"))
    answers = report.answers.get(about)
    inside = answers.boxes.get(box, frozenset({box})) if answers else frozenset({box})
    found = [
        r
        for r in report.readings
        if r.question == about
        and r.kind == kind
        and r.known
        and r.groups == groups
        and (kind == "mean" or (answers and answers.boxes.get(r.box, frozenset({r.box})) == inside))
    ]
    return [r for r in found if r.table == claim.exhibit] or found


def _counts(report: Report, row: str, column: str, statistic: str) -> list[Reading]:
    return [
        r
        for r in report.readings
        if (r.figure.row, r.figure.column, r.figure.statistic) == (row, column, statistic)
    ]


def years_of(report: Report, claim: Claim) -> list[Reading]:
    """Return the figures of a row by year, in order of the years, those of its exhibit first."""
    found: dict[int, Reading] = {}
    for r in report.readings:
        same = (r.figure.row, r.figure.statistic) == (claim.question, claim.statistic)
        if not same or not r.figure.column.isdigit():
            continue
        year = int(r.figure.column)
        if year not in found or r.table == claim.exhibit:
            found[year] = r
    own = {y: r for y, r in found.items() if r.table == claim.exhibit} or found
    return [own[y] for y in sorted(own)]


def compared_with(
    report: Report, claim: Claim, own: Reading
) -> Reading | tuple[Reading, ...] | Fraction | None:
    """Return what a claim compares with: a figure, several to be added up, or a number."""
    if not claim.other:
        return None
    if claim.other.count("/") == 2:
        exhibit, rows, column = claim.other.split("/")
        named = [_named(report, exhibit, row, column, claim.statistic) for row in rows.split("+")]
        known = tuple(r for r in named if r is not None)
        if len(known) < len(named):
            return None
        return known if len(known) > 1 else known[0]
    try:
        return Fraction(claim.other.replace(",", ".").rstrip("%"))
    except ValueError:
        pass
    if claim.other.startswith(("percent:", "mean")):
        found = claim_readings(report, claim, statistic=claim.other)
    elif claim.other in report.answers:
        found = claim_readings(report, claim, question=claim.other)
    else:
        found = claim_readings(report, claim, group=claim.other)
    near = [r for r in found if r.table == own.table]
    return next(iter(near or found), None)


def _named(report: Report, exhibit: str, row: str, column: str, statistic: str) -> Reading | None:
    """Return the figure of a row and a column, of the wanted statistic if there is one."""
    here = [
        r
        for r in report.readings
        if (r.table, r.figure.row, r.figure.column) == (exhibit, row, column)
    ]
    return min(here, key=lambda r: r.figure.statistic != statistic, default=None)
