"""Where reconstructed people were interviewed: stratum, PSU, chance of selection and weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from attitudes.errors import StudyError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.sampling.placement import place_respondents
from attitudes.sampling.survey_design import draw_design
from attitudes.study.models import Study

__all__ = ["place_people", "to_whole"]


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster of the planned sample.

    Attributes
    ----------
    psu, stratum
        Its id, and the stratum that variance estimation uses.
    cell
        Values of the design variables, in the allocation's order.
    interviews
        Interviews that the plan gives it.
    """

    psu: str
    stratum: str
    cell: tuple[str, ...]
    interviews: float


def place_people(
    study: Study, people: pd.DataFrame, design: tuple[str, ...], rng: np.random.Generator
) -> pd.DataFrame:
    """Return people with their stratum, PSU and weight.

    Parameters
    ----------
    study
        The pack.
    people
        Respondents with the variables of the design.
    design
        Variables that define the cells of the design.
    rng
        Source of chance.

    Notes
    -----
    A pack with a sampling frame and a plan of the sample has its clusters drawn from the frame;
    the weight of a respondent is then the inverse of the chance of selection. A pack with only a
    table of its planned sample gets clusters without names, and weights that bring each cell to
    its population. Without either, everyone is a PSU of one stratum, with weight 1.
    """
    if study.design.sample is not None and study.design.frame is not None:
        placed = place_respondents(draw_design(study, rng), people, by=design, even=True, rng=rng)
        chance = placed["probability"] * placed["within_probability"]
        return people.assign(
            stratum=placed["stratum"],
            psu=placed["psu"],
            probability=chance,
            weight=placed["base_weight"],
        )
    people = _place(people, _clusters(study, design), design, rng)
    return people.assign(weight=_weights(study, people))


def _clusters(study: Study, design: tuple[str, ...]) -> list[Cluster]:
    """Return the planned clusters; strata with interviews and no cluster share their merged one."""
    if study.design.allocation is None:
        return []
    out: list[Cluster] = []
    for record in study.table(study.design.allocation).records():
        count = int(record["clusters"])
        cell = tuple(record[v] for v in design)
        name = record["design_stratum"]
        for number in range(1, count + 1):
            each = float(record["interviews"]) / count
            out.append(Cluster(f"{name}_{number:02d}", record["stratum"], cell, each))
    return out


def _place(
    people: pd.DataFrame,
    clusters: list[Cluster],
    design: tuple[str, ...],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Give each person a cluster of their cell of the design, or of their merged stratum."""
    if not clusters:
        return people.assign(stratum="all", psu=np.arange(len(people)).astype(str))
    psu = np.empty(len(people), dtype=object)
    stratum = np.empty(len(people), dtype=object)
    keys = people[list(design)].astype(str).agg(tuple, axis=1)
    for cell in sorted(set(keys)):
        rows = np.flatnonzero([key == cell for key in keys])
        own = [c for c in clusters if c.cell == cell]
        near = own or [c for c in clusters if c.cell[0] == cell[0]]
        share = np.array([c.interviews for c in near])
        counts: IntArray = to_whole(share, len(rows)).astype(np.int64)
        if len(rows) < len(near):
            counts = np.zeros(len(near), dtype=np.int64)
            counts[rng.permutation(len(near))[: len(rows)]] = 1
        chosen = np.repeat(np.arange(len(near)), counts)
        psu[rows] = [near[c].psu for c in chosen]
        stratum[rows] = [near[c].stratum for c in chosen]
    return people.assign(stratum=stratum, psu=psu)


def to_whole(values: FloatArray, total: int) -> FloatArray:
    """Round to whole numbers with a given sum, by largest remainders, keeping each at least 1."""
    scaled = values / values.sum() * total
    floor = np.maximum(np.floor(scaled), (values > 0).astype(np.float64))
    order = np.argsort(-(scaled - floor), kind="stable")
    short = total - int(floor.sum())
    step = 1 if short > 0 else -1
    for place in (order if short > 0 else order[::-1])[: abs(short)]:
        floor[place] += step
    return np.asarray(floor, dtype=np.float64)


def _weights(study: Study, people: pd.DataFrame) -> FloatArray:
    """Return population ÷ respondents of each cell of the first post-stratification declared."""
    step = next((s for s in study.weighting if s.method == "poststratify"), None)
    if step is None or not step.totals:
        return np.ones(len(people))
    spec = study.totals[step.totals[0]]
    population = study.population(step.totals[0])
    keys = people[list(spec.by)].astype(str).agg(tuple, axis=1)
    counts = keys.value_counts()
    absent = [cell for cell in population if cell not in counts.index and population[cell] > 0]
    if absent:
        raise StudyError(
            f"study {study.id}, reconstruction",
            f"no respondents in {', '.join(' '.join(c) for c in absent)}",
            "at least one respondent in each cell of the population",
        )
    return np.array([population[k] / counts[k] for k in keys], dtype=np.float64)
