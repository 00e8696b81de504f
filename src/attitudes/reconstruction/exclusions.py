"""Proofs that figures cannot be printed beside others, under the conventions and group sizes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from attitudes.auditing.conditions import Conditions
from attitudes.auditing.readings import Reading
from attitudes.numerics.printed.exact import (
    Interval,
    read_printed,
)
from attitudes.numerics.printed.feasibility import shrink
from attitudes.reconstruction.exclusion_bases import (
    Exclusion,
    no_base,
    no_follow_up,
    no_integer,
)
from attitudes.reconstruction.exclusion_parts import (
    listed,
    part_name,
    reading_of,
    rounding_of,
    rounding_words,
    shares_of,
    told,
)
from attitudes.reconstruction.printed import ColumnCodes, Printed
from attitudes.reconstruction.targets import Part, Target, part_of
from attitudes.study.figures import Figure
from attitudes.study.forms import RatioForm
from attitudes.study.models import Study
from attitudes.study.reconstruction_spec import ReconstructionSpec
from attitudes.study.responses import Code

__all__ = ["Exclusion", "exclude_count", "exclude_figure", "exclude_total"]


def exclude_figure(
    study: Study,
    spec: ReconstructionSpec,
    excluded: Printed,
    reached: Sequence[Printed],
    filters: Sequence[Printed] = (),
    follow_ups: Sequence[Printed] = (),
) -> Exclusion | None:
    """Return a proof that a figure of one question cannot be printed, None when none is found.

    Parameters
    ----------
    study, spec
        The pack and what it declares about reconstruction.
    excluded
        The figure.
    reached
        Figures of the same question that are printed.
    filters
        Figures of the question whose answers decide who is asked.
    follow_ups
        Figures, that are printed, of questions asked of those whose share the figure is.

    Notes
    -----
    Tried in turn: no whole number of the known base prints the figure; no base that the filter
    allows prints it together with the other figures of its group; no number of people that it
    stands for prints the figures of a question asked of them; the linear conditions of all
    figures of the question have no solution (Farkas), reduced to a minimal set.
    """
    return (
        no_integer(study, spec, excluded)
        or no_base(study, spec, excluded, reached, filters)
        or no_follow_up(study, spec, excluded, follow_ups)
        or _linear(study, spec, excluded, reached)
    )


def exclude_total(
    study: Study, target: Target, printed: Iterable[Printed], targets: Iterable[Target]
) -> Exclusion | None:
    """Return a proof that a mean of means cannot be printed beside the means printed."""
    parts = set(target.parts)
    members: list[tuple[Figure, Mapping[Part, Fraction]]] = [(target.figure, shares_of(target))]
    members += [
        (p.figure, {part_of(p.form): Fraction(1)}) for p in printed if part_of(p.form) in parts
    ]
    members += [(t.figure, shares_of(t)) for t in targets if set(t.parts) == parts and t != target]
    rounding = rounding_of(study, target.figure)
    conditions = Conditions()
    for number, (figure, shares) in enumerate(members):
        reading = reading_of(study, figure, number)
        conditions.direct(reading, {part_name(p): s for p, s in shares.items()}, number)
    found = _minimal(conditions, len(members), 0)
    if found is None:
        return None
    figures = tuple(members[i][0] for i in found)
    assumptions = (*rounding_words(rounding), "totals are plain means, as the pack declares")
    sentence = (
        f"{told(target.figure)} is the plain mean of figures printed as "
        f"{listed(figures[1:])}, which it cannot be"
        if len(figures) > 2
        else f"{told(target.figure)} and {listed(figures[1:])} are the same quantity"
    )
    solution = conditions.solve(found)
    assert solution.certificate is not None
    certificate = _renumbered(conditions.to_json(solution.certificate, rounding), found)
    return Exclusion(target.figure, figures, assumptions, f"{sentence}.", certificate)


def exclude_count(
    study: Study, figure: Figure, parts: Sequence[Figure], others: Sequence[Figure]
) -> Exclusion | None:
    """Return a proof that a count of a group does not add up with those of another breakdown.

    Parameters
    ----------
    study
        The pack.
    figure
        The count.
    parts
        Counts of all groups of its breakdown, itself among them.
    others
        Counts of all groups of another breakdown.
    """
    rounding = rounding_of(study, figure)
    conditions = Conditions()
    members = [figure, *(p for p in parts if p != figure), *others]
    terms: dict[str, Fraction] = {}
    for number, member in enumerate(members):
        printed = read_printed(member.printed, whole=True)
        exact = Interval(printed.value, printed.value)
        reading = Reading(number, member, "count", "", "", "", (), True, printed, exact)
        conditions.direct(reading, {member.row: Fraction(1)}, number)
        terms[member.row] = Fraction(1 if member in parts else -1)
    conditions.equal("both breakdowns have the same respondents", terms, Fraction(0))
    solution = conditions.solve()
    if solution.certificate is None:
        return None
    first = " + ".join(p.printed for p in parts)
    second = " + ".join(o.printed for o in others)
    return Exclusion(
        figure,
        tuple(members),
        ("every respondent is in one group of each breakdown",),
        f"{first} is not {second}.",
        conditions.to_json(solution.certificate, rounding),
    )


def _linear(
    study: Study, spec: ReconstructionSpec, excluded: Printed, reached: Sequence[Printed]
) -> Exclusion | None:
    """The figure contradicts others of its question, by a Farkas combination."""
    members = [excluded, *reached]
    if any(len(p.form.domain) > 1 for p in members):
        return None
    rounding = rounding_of(study, excluded.figure)
    conditions = Conditions()
    first = _structure(study, spec, members, conditions)
    for number, member in enumerate(members):
        form = member.form
        places = _places(spec, form, first)
        values = {_name(v, g, c): f for v, g in places for c, f in form.numerator.items()}
        base = [_name(v, g, c) for v, g in places for c in form.denominator]
        conditions.ratio(reading_of(study, member.figure, number), values, base, number)
    found = _minimal(conditions, len(members), 0)
    if found is None:
        return None
    figures = tuple(members[i].figure for i in found)
    solution = conditions.solve(found)
    assert solution.certificate is not None
    return Exclusion(
        excluded.figure,
        figures,
        (
            *rounding_words(rounding),
            "the group sizes that the pack declares",
            "answers numbered and turned as the pack declares",
        ),
        f"{told(excluded.figure)} cannot stand beside {listed(figures[1:])}: "
        "no answers of these groups print all of them.",
        _renumbered(conditions.to_json(solution.certificate, rounding), found),
    )


def _renumbered(certificate: dict[str, Any], members: Sequence[int]) -> dict[str, Any]:
    """Return a certificate whose rows point into the figures of its own proof."""
    rows = [
        {**row, "figure": members.index(row["figure"])} if "figure" in row else row
        for row in certificate["rows"]
    ]
    return {**certificate, "rows": rows}


def _structure(
    study: Study, spec: ReconstructionSpec, members: Sequence[Printed], conditions: Conditions
) -> str:
    """Add that groups have their sizes, and breakdowns the same answers; return the first one."""
    codes = ColumnCodes.of(study, members[0].form.column).codes
    question = study.question(members[0].form.column)
    named = {p.form.domain[0][0] for p in members if p.form.domain}
    variables = [v for v in spec.sizes if v in named] or [next(iter(spec.sizes))]
    away = {(r.variable, r.group): r.count for r in spec.not_asked if question.id in r.questions}
    for variable in variables:
        if question.asked_of or any(v != variable for v, _ in away):
            continue
        for group, size in spec.sizes[variable].items():
            terms = {_name(variable, group, c): Fraction(1) for c in codes}
            left = size - away.get((variable, group), 0)
            conditions.equal(f"{left} respondents in {group}", terms, Fraction(left))
    first = variables[0]
    for variable in variables[1:]:
        for code in codes:
            terms = {_name(first, g, code): Fraction(1) for g in spec.sizes[first]}
            terms |= {_name(variable, g, code): Fraction(-1) for g in spec.sizes[variable]}
            says = f"as many answers {code} by {first} as by {variable}"
            conditions.equal(says, terms, Fraction(0))
    return first


def _places(spec: ReconstructionSpec, form: RatioForm, first: str) -> list[tuple[str, Code]]:
    variable, groups = form.domain[0] if form.domain else (first, tuple(spec.sizes[first]))
    return [(variable, g) for g in groups]


def _minimal(conditions: Conditions, count: int, needed: int) -> list[int] | None:
    """Return a minimal contradicting set of members that holds a needed one, sorted; or None."""

    def impossible(members: frozenset[int]) -> bool:
        return conditions.solve(members).status == "impossible"

    every = frozenset(range(count))
    if not impossible(every):
        return None
    others = shrink(every - {needed}, lambda s: impossible(s | {needed}))
    return sorted({needed, *others})


def _name(variable: str, group: Code, code: Code) -> str:
    return f"{variable}={group}: {code}"
