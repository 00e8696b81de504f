"""The people before they answer: groups, clusters and design of reconstructed respondents."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from attitudes.errors import StudyError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.printed.margins import controlled_rounding, fit_margins
from attitudes.reconstruction.placing import place_people, to_whole
from attitudes.study.models import Study
from attitudes.study.reconstruction_spec import ReconstructionSpec
from attitudes.study.responses import Code

__all__ = ["invent_people", "reconstruction_of"]


def reconstruction_of(study: Study) -> ReconstructionSpec:
    """Return what the pack declares about reconstruction.

    Raises
    ------
    StudyError
        When the pack declares nothing, or group sizes that do not add up to one number.
    """
    spec = study.reconstruction
    if spec is None:
        raise StudyError(
            f"study {study.id}, reconstruction",
            "nothing",
            "sizes of the groups of respondents",
            "declare them in study.yaml under reconstruction",
        )
    sums = {name: sum(sizes.values()) for name, sizes in spec.sizes.items()}
    if len(set(sums.values())) > 1:
        told = ", ".join(f"{name} {n}" for name, n in sums.items())
        raise StudyError(
            f"study {study.id}, reconstruction, sizes", told, "one number of respondents for all"
        )
    return spec


def invent_people(study: Study, rng: np.random.Generator) -> pd.DataFrame:
    """Return respondents with their groups, stratum, PSU and weight, but no answers.

    Parameters
    ----------
    study
        A pack with a reconstruction declared.
    rng
        Source of all chance.

    Notes
    -----
    The joint distribution of the groups has maximum entropy among those with the declared sizes
    and associations, rounded to whole respondents.
    """
    spec = reconstruction_of(study)
    design = _design_variables(study)
    anchor = next((v for v in design if v in spec.sizes), None)
    sizes: dict[str, dict[Code, int]] = dict(spec.sizes)
    people = _cells(spec, sizes, _planned(study, design, anchor, sizes), rng)
    people = people.sample(frac=1.0, random_state=rng).reset_index(drop=True)
    people = place_people(study, people, design, rng)
    people.insert(0, "respondent", np.arange(1, len(people) + 1))
    return people


def _design_variables(study: Study) -> tuple[str, ...]:
    if study.design.allocation is None:
        return ()
    columns = study.table(study.design.allocation).columns
    return tuple(c for c in columns if study.has(c))


def _planned(
    study: Study,
    design: tuple[str, ...],
    anchor: str | None,
    sizes: dict[str, dict[Code, int]],
) -> dict[tuple[str, ...], float]:
    """Return the planned interviews of each cell of the design, scaled to the achieved sizes."""
    if study.design.allocation is None or anchor is None:
        return {}
    records = study.table(study.design.allocation).records()
    totals: dict[str, float] = {}
    for r in records:
        totals[r[anchor]] = totals.get(r[anchor], 0.0) + float(r["interviews"])
    achieved = {str(g): n for g, n in sizes[anchor].items()}
    return {
        tuple(r[v] for v in design): float(r["interviews"])
        * achieved[r[anchor]]
        / totals[r[anchor]]
        for r in records
    }


def _cells(
    spec: ReconstructionSpec,
    sizes: dict[str, dict[Code, int]],
    planned: dict[tuple[str, ...], float],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return one row a person with the declared variables and the design's."""
    names = list(sizes)
    groups: dict[str, list[Code]] = {name: list(sizes[name]) for name in names}
    extra = [v for v in _cell_variables(spec, planned) if v not in names]
    for position, name in enumerate(extra):
        column = len(planned and next(iter(planned))) - len(extra) + position
        groups[name] = list(dict.fromkeys(cell[column] for cell in planned))
    names += extra
    shape = tuple(len(groups[name]) for name in names)
    seed = np.ones(shape)
    for association in spec.associations:
        if all(v in names for v in association.variables):
            seed *= _association(association, names, groups, shape)
    axes: list[tuple[int, ...]] = [(i,) for i, name in enumerate(names) if name in sizes]
    margins: list[FloatArray] = [
        np.array(list(sizes[n].values()), dtype=np.float64) for n in names if n in sizes
    ]
    if extra:
        kept, margin = _design_margin(names, groups, planned, sizes, extra)
        axes.append(kept)
        margins.append(margin)
    fit = fit_margins(seed, axes, margins, tolerance=1e-6)
    whole = [np.rint(m).astype(np.int64) for m in margins]
    table = controlled_rounding(fit.table, axes, whole, rng)
    index = np.repeat(np.arange(table.size), table.ravel())
    places = np.unravel_index(index, shape)
    return pd.DataFrame(
        {n: np.array(groups[n], dtype=object)[p] for n, p in zip(names, places, strict=True)}
    )


def _cell_variables(
    spec: ReconstructionSpec, planned: dict[tuple[str, ...], float]
) -> tuple[str, ...]:
    """Return the variables of associations that only the design defines."""
    if not planned:
        return ()
    named = [v for a in spec.associations for v in a.variables if v not in spec.sizes]
    return tuple(dict.fromkeys(named))


def _association(
    association: Any, names: list[str], groups: dict[str, list[Code]], shape: tuple[int, ...]
) -> FloatArray:
    first, second = (names.index(v) for v in association.variables)
    weights = np.ones((shape[first], shape[second]))
    for a, row in association.weights.items():
        for b, value in row.items():
            weights[groups[names[first]].index(a), groups[names[second]].index(b)] = value
    expanded = [shape[i] if i in (first, second) else 1 for i in range(len(shape))]
    ordered = weights if first < second else weights.T
    return ordered.reshape(expanded)


def _design_margin(
    names: list[str],
    groups: dict[str, list[Code]],
    planned: dict[tuple[str, ...], float],
    sizes: dict[str, dict[Code, int]],
    extra: list[str],
) -> tuple[tuple[int, ...], FloatArray]:
    """Return the whole numbers of respondents by cell of the design, each cell at least one."""
    anchor = next(n for n in names if n in sizes)
    kept = (names.index(anchor), *(names.index(e) for e in extra))
    margin = np.zeros(tuple(len(groups[names[k]]) for k in kept))
    for cell, value in planned.items():
        place = tuple(groups[names[k]].index(c) for k, c in zip(kept, cell, strict=True))
        margin[place] = max(value, 1.0)
    target = np.array(list(sizes[anchor].values()))
    for g in range(len(target)):
        margin[g] = to_whole(margin[g], int(target[g]))
    return kept, margin
