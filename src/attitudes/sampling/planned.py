"""The plan of a study's sample: interviews, strata and clusters, in whole numbers that add up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from attitudes.errors import StudyError
from attitudes.numerics.rounding import apportion
from attitudes.study.models import Study
from attitudes.study.sample_spec import JoinRule, SampleSpec

__all__ = ["SamplePlan", "plan_sample"]


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """A planned sample.

    Attributes
    ----------
    cells
        One row a cell: the cell's columns, ``cell`` (its id), ``population``,
        ``exact_interviews``, ``interviews``, ``exact_clusters``, ``draw_stratum`` (the stratum
        it is drawn in) and ``stratum`` (the one of variance estimation).
    strata
        One row a stratum that is drawn: ``draw_stratum``, ``stratum``, ``population``,
        ``interviews``, ``clusters``.
    interval
        Sampling interval N·b/n; units with more persons represent themselves.
    n_interviews, n_clusters
        Totals.
    by
        Columns that define the cells.
    """

    cells: pd.DataFrame
    strata: pd.DataFrame
    interval: float
    n_interviews: int
    n_clusters: int
    by: tuple[str, ...]


def plan_sample(study: Study) -> SamplePlan:
    """Plan the sample that a study declares under ``design: sample:``.

    Parameters
    ----------
    study
        A pack with a sample plan.

    Returns
    -------
    SamplePlan

    Raises
    ------
    StudyError
        When the pack declares no sample, or merges cells for variance estimation that are drawn
        in one stratum into different ones.

    Notes
    -----
    Interviews are proportional to population. The number of clusters n/b is rounded. A cell of
    fewer exact clusters than the joining rule allows is drawn together with the other cells of
    its group; clusters are then apportioned to the strata so formed, in proportion to population.

    Examples
    --------
    >>> import attitudes as at
    >>> plan = plan_sample(at.load_study("kyrgyzstan-2023"))
    >>> plan.n_clusters, round(plan.interval)
    (56, 70999)
    >>> plan.strata.clusters.sum(), plan.strata.interviews.sum()
    (np.int64(56), np.int64(1000))
    """
    spec = sample_spec(study)
    by = study.totals[spec.population].by
    known = study.population(spec.population)
    cells = pd.DataFrame(list(known), columns=list(by))
    cells.insert(0, "cell", ["_".join(cell) for cell in known])
    population = np.array(list(known.values()))
    total = float(population.sum())
    clusters = round(spec.interviews / spec.cluster_size)
    interval = total * spec.cluster_size / spec.interviews
    cells["population"] = population
    cells["exact_interviews"] = population * (spec.interviews / total)
    cells["interviews"] = apportion(population, spec.interviews, method=spec.rounding)
    cells["exact_clusters"] = population / interval
    cells["draw_stratum"] = _draw_strata(cells, spec.join)
    cells["stratum"] = [study.design.analysis_stratum(cell) for cell in cells["cell"]]
    _check_nested(study, cells)
    strata = cells.groupby("draw_stratum", sort=False, as_index=False).agg(
        stratum=("stratum", "first"),
        population=("population", "sum"),
        interviews=("interviews", "sum"),
    )
    strata["clusters"] = apportion(strata["population"], clusters, method=spec.rounding)
    return SamplePlan(cells, strata, interval, spec.interviews, clusters, by)


def sample_spec(study: Study) -> SampleSpec:
    """Return the sample that a study declares.

    Raises
    ------
    StudyError
        When it declares none, or a totals table that is not there.
    """
    spec = study.design.sample
    if spec is None:
        raise StudyError(f"study {study.id}, design", "no sample", "a plan under design: sample:")
    if spec.population not in study.totals:
        raise StudyError.unknown(
            f"study {study.id}, design, sample", "totals table", spec.population, study.totals
        )
    return spec


def _draw_strata(cells: pd.DataFrame, rule: JoinRule | None) -> list[str]:
    if rule is None:
        return cells["cell"].tolist()
    if rule.within not in cells.columns:
        raise StudyError.unknown("design, sample, join", "column", rule.within, cells.columns)
    small = cells["exact_clusters"] < rule.below
    joined = set(cells.loc[small, rule.within])
    pairs = zip(cells["cell"], cells[rule.within], strict=True)
    return [str(group) if group in joined else str(cell) for cell, group in pairs]


def _check_nested(study: Study, cells: pd.DataFrame) -> None:
    per_stratum = cells.groupby("draw_stratum")["stratum"].nunique()
    if (per_stratum > 1).any():
        name = str(per_stratum.index[per_stratum > 1][0])
        raise StudyError(
            f"study {study.id}, design, merge",
            f"cells of {name!r}, drawn together, in different strata",
            "one stratum of variance estimation for cells that are drawn together",
        )
