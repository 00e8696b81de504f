"""The figures that reconstructed respondents do not print, and the proofs that exclude them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attitudes.reconstruction.exclusions import (
    Exclusion,
    exclude_count,
    exclude_figure,
    exclude_total,
)
from attitudes.reconstruction.printed import Printed
from attitudes.reconstruction.targets import Target
from attitudes.study.figures import Figure
from attitudes.study.models import Study
from attitudes.study.reconstruction_spec import ReconstructionSpec

__all__ = ["all_exclusions"]


def all_exclusions(
    study: Study,
    spec: ReconstructionSpec,
    printed: Mapping[str, Sequence[Printed]],
    unreached: Mapping[str, Sequence[Printed]],
    targets: Sequence[Target],
    unmet: Sequence[Target],
) -> tuple[Exclusion, ...]:
    """Return the proofs found for the figures that are not printed.

    Parameters
    ----------
    study, spec
        The pack and what it declares about reconstruction.
    printed
        Figures of single questions, by column.
    unreached
        Those of them that are not printed, by column.
    targets, unmet
        Printed means of means, and those of them that are not printed.
    """
    found: list[Exclusion | None] = []
    for column, missed in unreached.items():
        reached = [p for p in printed[column] if p not in missed]
        gates = [p for name in study.question(column).asked_of for p in printed.get(name, [])]
        found += [
            exclude_figure(
                study, spec, p, reached, gates, _follow_ups(study, column, p, printed, unreached)
            )
            for p in missed
        ]
    everything = [p for own in printed.values() for p in own]
    found += [exclude_total(study, t, everything, targets) for t in unmet]
    found += _counts(study, spec)
    return tuple(e for e in found if e is not None)


def _follow_ups(
    study: Study,
    column: str,
    gate: Printed,
    printed: Mapping[str, Sequence[Printed]],
    unreached: Mapping[str, Sequence[Printed]],
) -> list[Printed]:
    """Return the figures, that are printed, of questions asked of those whose share a figure is."""
    return [
        p
        for question in study.questions
        if set(question.asked_of.get(column, ())) == set(gate.form.numerator)
        for p in printed.get(question.id, [])
        if p not in unreached.get(question.id, [])
    ]


def _counts(study: Study, spec: ReconstructionSpec) -> list[Exclusion | None]:
    """Return proofs about counts of groups that are not those of the reconstruction."""
    found: list[Exclusion | None] = []
    for exhibit in study.exhibits:
        if exhibit.kind != "composition":
            continue
        own = [
            f for f in study.figures() if f.exhibit == exhibit.figures_id and f.statistic == "count"
        ]
        tables = {
            q.id: parts
            for q in study.exhibit_questions(exhibit)
            if (parts := _complete(study, q.id, own))
        }
        sums = {name: sum(f.value for f in parts) for name, parts in tables.items()}
        for name, parts in tables.items():
            sizes = {str(g): n for g, n in spec.sizes.get(name, {}).items()}
            fitting = [o for o in tables if sums[o] == spec.respondents]
            if sums[name] == spec.respondents or not fitting:
                continue
            wrong = [f for f in parts if sizes.get(f.row, f.value) != f.value]
            found += [exclude_count(study, f, parts, tables[fitting[0]]) for f in wrong]
    return found


def _complete(study: Study, question: str, figures: Sequence[Figure]) -> list[Figure]:
    """Return the figures of a question's groups when every group has one."""
    groups = [str(g) for g in study.response_of(question).codes]
    named = {f.row: f for f in figures}
    return [named[g] for g in groups] if all(g in named for g in groups) else []
