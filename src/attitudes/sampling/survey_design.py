"""The draw of a study's clusters, and the design that achieved respondents carry."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from attitudes.errors import DesignError, raise_all
from attitudes.numerics.rounding import apportion
from attitudes.numerics.selection.choose import select
from attitudes.sampling.frame import SamplingFrame, read_frame
from attitudes.sampling.planned import SamplePlan, plan_sample, sample_spec
from attitudes.study.models import Study
from attitudes.study.sample_spec import SampleSpec

__all__ = ["draw_design", "study_frame"]

Record = dict[str, Any]


def study_frame(study: Study) -> SamplingFrame:
    """Read the sampling frame of a pack.

    Raises
    ------
    DesignError
        When the pack has none, or its units do not add up to the population of each cell.

    Examples
    --------
    >>> import attitudes as at
    >>> study_frame(at.load_study("kyrgyzstan-2023")).n
    469
    """
    spec = sample_spec(study)
    if study.design.frame is None:
        raise DesignError(f"study {study.id}, design", "no frame", "a file under design: frame:")
    by = study.totals[spec.population].by
    path = study.path(study.design.frame)
    frame = read_frame(path, unit=spec.unit, size=spec.size, stratum=by)
    known = {"_".join(cell): total for cell, total in study.population(spec.population).items()}
    sums = frame.units.groupby(frame.stratum())[spec.size].sum()
    found = {str(cell): float(total) for cell, total in sums.items()}
    raise_all(
        [
            DesignError(
                f"{path}, stratum {cell}",
                f"units that add up to {found.get(cell, 0):,.0f}",
                f"{known.get(cell, 0):,.0f}, as in the totals {spec.population!r}",
            )
            for cell in sorted(set(known) | set(found))
            if found.get(cell, 0) != known.get(cell, 0)
        ]
    )
    return frame


def draw_design(study: Study, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the clusters of a study's planned sample from its frame.

    Parameters
    ----------
    study
        A pack with a sample plan and a frame.
    rng
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        One row a cluster: ``cluster`` (1 …), ``stratum`` (of variance estimation),
        ``draw_stratum``, the columns of the cells, ``unit`` and ``name`` (of the frame), ``psu``
        (the unit, or a segment of a self-representing one), ``size`` (persons in the PSU),
        ``households``, ``probability`` (of the PSU), ``self_representing``, ``interviews``,
        ``within_probability`` (interviews / size) and ``base_weight``.

    Raises
    ------
    StudyError, DesignError
        See `plan_sample` and `study_frame`.

    Notes
    -----
    Units larger than the sampling interval N·b/n are certain; their segments of nearly equal
    size are the PSUs and are drawn systematically. Clusters of a stratum are divided between its
    certain units and the rest in proportion to size; a rest that gets none is parted into
    segments with the largest certain unit, so that everybody has a chance. The others are drawn
    with probability proportional to size. Within a stratum the weight is nearly constant.

    Examples
    --------
    >>> import attitudes as at
    >>> study = at.load_study("kyrgyzstan-2023")
    >>> clusters = draw_design(study, np.random.default_rng(2023))
    >>> len(clusters), int(clusters.interviews.sum()), clusters.stratum.nunique()
    (56, 1000, 11)
    """
    spec, plan = sample_spec(study), plan_sample(study)
    frame = study_frame(study)
    units = frame.units.reset_index(drop=True)
    cell = frame.stratum().reset_index(drop=True)
    draw_stratum = cell.map(dict(zip(plan.cells["cell"], plan.cells["draw_stratum"], strict=True)))
    records: list[Record] = []
    for row in plan.strata.to_dict("records"):
        rows = np.flatnonzero(draw_stratum == row["draw_stratum"])
        drawn = _stratum(units.iloc[rows], int(row["clusters"]), spec, plan, rng)
        shares = apportion(np.ones(len(drawn)), int(row["interviews"]))
        for record, interviews in zip(drawn, shares.tolist(), strict=True):
            head = {"stratum": row["stratum"], "draw_stratum": row["draw_stratum"]}
            records.append({**head, **record, "interviews": interviews})
    clusters = pd.DataFrame(records)
    clusters.insert(0, "cluster", np.arange(1, len(clusters) + 1))
    clusters["within_probability"] = clusters["interviews"] / clusters["size"]
    clusters["base_weight"] = 1 / (clusters["probability"] * clusters["within_probability"])
    return clusters


def _stratum(
    units: pd.DataFrame, n: int, spec: SampleSpec, plan: SamplePlan, rng: np.random.Generator
) -> list[Record]:
    """Draw the clusters of one stratum."""
    sizes = units[spec.size].to_numpy(dtype=np.float64)
    large = sizes > plan.interval
    groups = [units.iloc[[int(k)]] for k in np.flatnonzero(large)]
    rest = units.iloc[np.flatnonzero(~large)]
    if not groups:
        return _proportional(rest, n, spec, plan, rng)
    weights = [float(group[spec.size].sum()) for group in (*groups, rest)]
    shares = apportion(weights, n, method=spec.rounding).tolist()
    if shares[-1] == 0 and len(rest):
        largest = int(np.argmax(weights[:-1]))
        groups[largest] = pd.concat([groups[largest], rest])
    drawn: list[Record] = []
    for group, share in zip(groups, shares, strict=False):
        drawn += _segments(group, share, spec, plan, rng)
    if shares[-1]:
        drawn += _proportional(rest, shares[-1], spec, plan, rng)
    return drawn


def _proportional(
    units: pd.DataFrame, n: int, spec: SampleSpec, plan: SamplePlan, rng: np.random.Generator
) -> list[Record]:
    sizes = units[spec.size].to_numpy(dtype=np.float64)
    drawn = select(sizes, n, method=spec.selection, rng=rng)
    return [
        _record(units.iloc[k], spec, plan, size=sizes[k], probability=drawn.probabilities[k])
        for k in drawn.units.tolist()
    ]


def _segments(
    units: pd.DataFrame, n: int, spec: SampleSpec, plan: SamplePlan, rng: np.random.Generator
) -> list[Record]:
    """Part units into segments of nearly equal size and draw among them systematically."""
    sizes = units[spec.size].to_numpy(dtype=np.float64)
    counts = np.maximum(np.rint(sizes / spec.segment_size), 1).astype(np.int64)
    owner = np.repeat(np.arange(len(units)), counts)
    number = np.concatenate([np.arange(1, c + 1) for c in counts])
    segment_size = (sizes / counts)[owner]
    drawn = select(segment_size, n, method="pps_systematic", rng=rng)
    return [
        _record(
            units.iloc[owner[k]],
            spec,
            plan,
            size=segment_size[k],
            probability=drawn.probabilities[k],
            segment=int(number[k]),
        )
        for k in drawn.units.tolist()
    ]


def _record(
    unit: Any,
    spec: SampleSpec,
    plan: SamplePlan,
    *,
    size: float,
    probability: float,
    segment: int | None = None,
) -> Record:
    share = size / float(unit[spec.size])
    households = None if spec.households is None else round(float(unit[spec.households]) * share)
    return {
        **{name: unit[name] for name in plan.by},
        "unit": unit[spec.unit],
        "name": unit.get("name", unit[spec.unit]),
        "psu": unit[spec.unit] if segment is None else f"{unit[spec.unit]}/{segment:03d}",
        "size": float(size),
        "households": households,
        "probability": float(probability),
        "self_representing": bool(float(unit[spec.size]) > plan.interval),
    }
