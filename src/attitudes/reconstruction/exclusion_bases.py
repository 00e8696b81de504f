"""Proofs that no whole numbers of people print percentages: of a known base, or of any base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from attitudes.numerics.printed.exact import integers_in
from attitudes.reconstruction.exclusion_parts import (
    fixed_base,
    has_whole,
    interval_of,
    is_percentage,
    listed,
    neighbours,
    rounding_of,
    rounding_words,
    size_of,
    told,
    whole_certificate,
)
from attitudes.reconstruction.printed import ColumnCodes, Printed
from attitudes.study.figures import Figure
from attitudes.study.models import Study
from attitudes.study.reconstruction_spec import ReconstructionSpec

__all__ = ["Exclusion", "no_base", "no_follow_up", "no_integer"]


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


def no_integer(study: Study, spec: ReconstructionSpec, excluded: Printed) -> Exclusion | None:
    """No whole number out of a known base prints the percentage."""
    base = fixed_base(study, spec, excluded)
    if base is None or has_whole(study, excluded, base):
        return None
    sentence = (
        f"No whole number of {base} respondents is {excluded.figure.printed}: "
        f"{neighbours(excluded, base)}."
    )
    return Exclusion(
        excluded.figure,
        (excluded.figure,),
        (*rounding_words(rounding_of(study, excluded.figure)), f"a base of {base} respondents"),
        sentence,
        whole_certificate(study, excluded, base),
    )


def no_base(
    study: Study,
    spec: ReconstructionSpec,
    excluded: Printed,
    reached: Sequence[Printed],
    filters: Sequence[Printed],
) -> Exclusion | None:
    """No base that the filter allows prints the percentage and those of its group."""
    question = study.question(study.question(excluded.form.column).id)
    if not question.asked_of or not is_percentage(excluded):
        return None
    chosen = next(iter(question.asked_of.values()))
    gates = [
        p
        for p in filters
        if p.form.domain == excluded.form.domain and set(p.form.numerator) == set(chosen)
    ]
    size = size_of(spec, excluded.form.domain)
    low, high = 1, size
    used: list[Printed] = []
    for gate in gates[:1]:
        interval = interval_of(study, gate.figure)
        whole = integers_in(interval.times(Fraction(size, 100)))
        low, high, used = max(1, whole.start), min(size, whole.stop - 1), [gate]
    together = [
        p
        for p in reached
        if p.form.domain == excluded.form.domain
        and is_percentage(p)
        and p.form.denominator == excluded.form.denominator
    ]
    proofs, blamed = [], []
    for base in range(low, high + 1):
        failing = next((p for p in [excluded, *together] if not has_whole(study, p, base)), None)
        if failing is None:
            return None
        blamed.append(failing)
        proofs.append(
            {"says": f"base {base}", "certificate": whole_certificate(study, failing, base)}
        )
    if not proofs or excluded not in blamed:
        return None
    figures = tuple(dict.fromkeys(p.figure for p in [excluded, *blamed, *used]))
    bases = f"{low} to {high}" if high > low else str(low)
    return Exclusion(
        excluded.figure,
        figures,
        (*rounding_words(rounding_of(study, excluded.figure)), f"a base of {bases} respondents"),
        f"With a base of {bases}, no whole numbers of respondents print "
        f"{listed(f for f in figures if f not in {u.figure for u in used})}.",
        {"kind": "each", "proofs": proofs},
    )


def no_follow_up(
    study: Study, spec: ReconstructionSpec, excluded: Printed, follow_ups: Sequence[Printed]
) -> Exclusion | None:
    """No number of people that the percentage stands for prints what those people were asked.

    Percentages of those who answered may have any base up to that number.
    """
    base = fixed_base(study, spec, excluded)
    together = [p for p in follow_ups if p.form.domain == excluded.form.domain and is_percentage(p)]
    some = [p for p in together if not _of_all_asked(study, p)]
    if base is None or len(some) < 2:
        return None
    counts = integers_in(interval_of(study, excluded.figure).times(Fraction(base, 100)))
    if not counts:
        return None
    proofs: list[dict[str, Any]] = []
    blamed: list[Printed] = []
    for answered in range(1, counts[-1] + 1):
        failing = next((p for p in some if not has_whole(study, p, answered)), None)
        if failing is None:
            return None
        blamed.append(failing)
        certificate = whole_certificate(study, failing, answered)
        proofs.append({"says": f"{answered} answered", "certificate": certificate})
    figures = tuple(dict.fromkeys([excluded.figure, *(p.figure for p in blamed)]))
    return Exclusion(
        excluded.figure,
        figures,
        (
            *rounding_words(rounding_of(study, excluded.figure)),
            f"a base of {base} respondents",
            "the other question was asked of those people and of nobody else",
        ),
        f"{told(excluded.figure)} is at most {counts[-1]} of {base} people, and no number of "
        f"answers up to that prints {listed(figures[1:])}.",
        {"kind": "each", "proofs": proofs},
    )


def _of_all_asked(study: Study, p: Printed) -> bool:
    return set(p.form.denominator) == set(ColumnCodes.of(study, p.form.column).codes)
