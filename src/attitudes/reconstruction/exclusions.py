"""Proofs that figures cannot be printed beside others, under the conventions and group sizes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from attitudes.auditing.conditions import Conditions
from attitudes.auditing.readings import Reading
from attitudes.numerics.printed.exact import (
    Interval,
    Rounding,
    decimal_text,
    integers_in,
    printed_interval,
    read_printed,
)
from attitudes.numerics.printed.feasibility import shrink
from attitudes.reconstruction.aims import Part, Target, part_of
from attitudes.reconstruction.printed import ColumnCodes, Printed
from attitudes.study.figures import Figure
from attitudes.study.forms import Domain, RatioForm
from attitudes.study.models import Study
from attitudes.study.reconstruction_spec import ReconstructionSpec
from attitudes.study.responses import Code

__all__ = ["Exclusion", "exclude_count", "exclude_figure", "exclude_total"]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A proof that a figure cannot be printed beside others.

    Attributes
    ----------
    figure
        The figure that it excludes.
    figures
        Those that it contradicts together: a minimal set, the excluded one among them.
    assumptions
        What the proof takes for granted.
    sentence
        The proof in words.
    certificate
        In a form that the audit's stand-alone checker verifies.
    """

    figure: Figure
    figures: tuple[Figure, ...]
    assumptions: tuple[str, ...]
    sentence: str
    certificate: Mapping[str, Any]


def exclude_figure(
    study: Study,
    spec: ReconstructionSpec,
    excluded: Printed,
    reached: Sequence[Printed],
    filters: Sequence[Printed] = (),
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

    Notes
    -----
    Tried in turn: no whole number of the known base prints the figure; no base that the filter
    allows prints it together with the other figures of its group; the linear conditions of all
    figures of the question have no solution (Farkas), reduced to a minimal set.
    """
    return (
        _no_integer(study, spec, excluded)
        or _no_base(study, spec, excluded, reached, filters)
        or _linear(study, spec, excluded, reached)
    )


def exclude_total(
    study: Study, target: Target, printed: Iterable[Printed], targets: Iterable[Target]
) -> Exclusion | None:
    """Return a proof that a mean of means cannot be printed beside the means printed."""
    parts = set(target.parts)
    members: list[tuple[Figure, Mapping[Part, Fraction]]] = [(target.figure, _shares(target))]
    members += [
        (p.figure, {part_of(p.form): Fraction(1)}) for p in printed if part_of(p.form) in parts
    ]
    members += [(t.figure, _shares(t)) for t in targets if set(t.parts) == parts and t != target]
    rounding = _rounding(study, target.figure)
    conditions = Conditions()
    for number, (figure, shares) in enumerate(members):
        reading = _reading(study, figure, number)
        conditions.direct(reading, {_part_name(p): s for p, s in shares.items()}, number)
    found = _minimal(conditions, len(members), 0)
    if found is None:
        return None
    figures = tuple(members[i][0] for i in found)
    assumptions = (*_words(rounding), "totals are plain means, as the pack declares")
    sentence = (
        f"{_told(target.figure)} is the plain mean of figures printed as "
        f"{_list(figures[1:])}, which it cannot be"
        if len(figures) > 2
        else f"{_told(target.figure)} and {_list(figures[1:])} are the same quantity"
    )
    solution = conditions.solve(found)
    assert solution.certificate is not None
    certificate = conditions.to_json(solution.certificate, rounding)
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
    rounding = _rounding(study, figure)
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


def _no_integer(study: Study, spec: ReconstructionSpec, excluded: Printed) -> Exclusion | None:
    """No whole number out of a known base prints the percentage."""
    base = _fixed_base(study, spec, excluded)
    if base is None or _has_whole(study, excluded, base):
        return None
    sentence = (
        f"No whole number of {base} respondents is {excluded.figure.printed}: "
        f"{_neighbours(excluded, base)}."
    )
    return Exclusion(
        excluded.figure,
        (excluded.figure,),
        (*_words(_rounding(study, excluded.figure)), f"a base of {base} respondents"),
        sentence,
        _whole_certificate(study, excluded, base),
    )


def _no_base(
    study: Study,
    spec: ReconstructionSpec,
    excluded: Printed,
    reached: Sequence[Printed],
    filters: Sequence[Printed],
) -> Exclusion | None:
    """No base that the filter allows prints the percentage and those of its group."""
    question = study.question(study.question(excluded.form.column).id)
    if not question.asked_of or not _is_percentage(excluded):
        return None
    chosen = next(iter(question.asked_of.values()))
    gates = [
        p
        for p in filters
        if p.form.domain == excluded.form.domain and set(p.form.numerator) == set(chosen)
    ]
    size = _size(spec, excluded.form.domain)
    low, high = 1, size
    used: list[Printed] = []
    for gate in gates[:1]:
        interval = _interval(study, gate.figure)
        whole = integers_in(interval.times(Fraction(size, 100)))
        low, high, used = max(1, whole.start), min(size, whole.stop - 1), [gate]
    together = [
        p
        for p in reached
        if p.form.domain == excluded.form.domain
        and _is_percentage(p)
        and p.form.denominator == excluded.form.denominator
    ]
    proofs, blamed = [], []
    for base in range(low, high + 1):
        failing = next((p for p in [excluded, *together] if not _has_whole(study, p, base)), None)
        if failing is None:
            return None
        blamed.append(failing)
        proofs.append(
            {"says": f"base {base}", "certificate": _whole_certificate(study, failing, base)}
        )
    if not proofs or excluded not in blamed:
        return None
    figures = tuple(dict.fromkeys(p.figure for p in [excluded, *blamed, *used]))
    bases = f"{low} to {high}" if high > low else str(low)
    return Exclusion(
        excluded.figure,
        figures,
        (*_words(_rounding(study, excluded.figure)), f"a base of {bases} respondents"),
        f"With a base of {bases}, no whole numbers of respondents print "
        f"{_list(f for f in figures if f not in {u.figure for u in used})}.",
        {"kind": "each", "proofs": proofs},
    )


def _linear(
    study: Study, spec: ReconstructionSpec, excluded: Printed, reached: Sequence[Printed]
) -> Exclusion | None:
    """The figure contradicts others of its question, by a Farkas combination."""
    members = [excluded, *reached]
    if any(len(p.form.domain) > 1 for p in members):
        return None
    rounding = _rounding(study, excluded.figure)
    conditions = Conditions()
    first = _structure(study, spec, members, conditions)
    for number, member in enumerate(members):
        form = member.form
        places = _places(spec, form, first)
        values = {_name(v, g, c): f for v, g in places for c, f in form.numerator.items()}
        base = [_name(v, g, c) for v, g in places for c in form.denominator]
        conditions.ratio(_reading(study, member.figure, number), values, base, number)
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
            *_words(rounding),
            "the group sizes that the pack declares",
            "answers numbered and turned as the pack declares",
        ),
        f"{_told(excluded.figure)} cannot stand beside {_list(figures[1:])}: "
        "no answers of these groups print all of them.",
        conditions.to_json(solution.certificate, rounding),
    )


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


def _part_name(part: Part) -> str:
    column, domain, numerator, _ = part
    where = "; ".join(f"{v}={'+'.join(str(g) for g in groups)}" for v, groups in domain)
    return f"mean of {column} in {where or 'all'} numbered {[str(v) for _, v in numerator]}"


def _shares(target: Target) -> dict[Part, Fraction]:
    return {p: Fraction(s).limit_denominator(10**6) for p, s in target.parts.items()}


def _reading(study: Study, figure: Figure, index: int) -> Reading:
    kind = "mean" if figure.statistic == "mean" else "share"
    printed = read_printed(figure.printed)
    interval = _interval(study, figure)
    return Reading(index, figure, kind, figure.row, "", "", (), True, printed, interval)  # type: ignore[arg-type]


def _interval(study: Study, figure: Figure) -> Interval:
    return printed_interval(read_printed(figure.printed), _rounding(study, figure))


def _rounding(study: Study, figure: Figure) -> Rounding:
    return study.convention_for(figure.exhibit, figure.row, figure.column).rounding


def _is_percentage(p: Printed) -> bool:
    return set(p.form.numerator.values()) == {Fraction(100)} and set(
        p.form.denominator.values()
    ) == {1}


def _size(spec: ReconstructionSpec, domain: Domain) -> int:
    if not domain:
        return spec.respondents
    variable, groups = domain[0]
    return sum(spec.sizes[variable][g] for g in groups)


def _fixed_base(study: Study, spec: ReconstructionSpec, p: Printed) -> int | None:
    """Return the base of a percentage of all those asked, None when it is not known."""
    question = study.question(p.form.column)
    if question.asked_of or not _is_percentage(p) or len(p.form.domain) > 1:
        return None
    if set(p.form.denominator) != set(ColumnCodes.of(study, p.form.column).codes):
        return None
    if p.form.domain and p.form.domain[0][0] not in spec.sizes:
        return None
    away = 0
    for rule in spec.not_asked:
        if question.id in rule.questions:
            inside = not p.form.domain or p.form.domain[0] == (rule.variable, (rule.group,))
            away += rule.count if inside else 0
    return _size(spec, p.form.domain) - away


def _has_whole(study: Study, p: Printed, base: int) -> bool:
    return len(integers_in(_interval(study, p.figure).times(Fraction(base, 100)))) > 0


def _neighbours(p: Printed, base: int) -> str:
    middle = int(Fraction(p.figure.value) * base / 100)
    places = p.figure.decimals + 1
    return " and ".join(
        f"{n} of {base} is {decimal_text(Fraction(100 * n, base), places)} %"
        for n in (middle, middle + 1)
    )


def _whole_certificate(study: Study, p: Printed, base: int) -> dict[str, Any]:
    return {
        "kind": "no_integer",
        "printed": p.figure.printed,
        "rounding": _rounding(study, p.figure),
        "percent": True,
        "base": base,
    }


def _words(rounding: Rounding) -> tuple[str, ...]:
    words = {
        "unknown": "figures rounded or cut off at the last printed digit",
        "half_up": "figures rounded, halves up",
        "half_even": "figures rounded, halves to the even digit",
        "truncate": "figures cut off at the last printed digit",
    }
    return (words[rounding],)


def _told(figure: Figure) -> str:
    return f"{figure.printed} ({figure.exhibit}, {figure.row}, {figure.column})"


def _list(figures: Iterable[Figure]) -> str:
    return ", ".join(_told(f) for f in figures)
