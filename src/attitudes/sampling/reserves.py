"""Replacement units for clusters that cannot be worked in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from attitudes.sampling.planned import plan_sample, sample_spec
from attitudes.sampling.survey_design import study_frame
from attitudes.study.models import Study

__all__ = ["draw_reserves"]


def draw_reserves(
    study: Study, clusters: pd.DataFrame, *, per_stratum: int = 1, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw reserve units for each stratum of a drawn design, in their order of use.

    Parameters
    ----------
    study
        The pack that ``clusters`` were drawn from.
    clusters
        As `draw_design` gives them.
    per_stratum
        Reserve units a stratum; fewer where no more are left.
    rng
        Source of randomness.

    Returns
    -------
    pandas.DataFrame
        ``draw_stratum``, ``reserve`` (1 is used first), ``psu``, ``unit``, ``name``, ``size``,
        ``households``. A unit that takes over a cluster takes over its weight.

    Notes
    -----
    Units that were not drawn, and segments of self-representing units, follow each other with
    probability proportional to size (exponential keys divided by size).

    Examples
    --------
    >>> import attitudes as at
    >>> study, rng = at.load_study("kyrgyzstan-2023"), np.random.default_rng(5)
    >>> clusters = at.draw_design(study, rng)
    >>> reserves = draw_reserves(study, clusters, per_stratum=2, rng=rng)
    >>> len(reserves), reserves.psu.isin(clusters.psu).any()
    (28, np.False_)
    """
    spec, plan, frame = sample_spec(study), plan_sample(study), study_frame(study)
    to_stratum = dict(zip(plan.cells["cell"], plan.cells["draw_stratum"], strict=True))
    units = frame.units.assign(draw_stratum=frame.stratum().map(to_stratum))
    segmented = set(clusters.loc[clusters["psu"] != clusters["unit"], "unit"])
    drawn = set(clusters["psu"])
    rows: list[dict[str, Any]] = []
    for stratum, part in units.groupby("draw_stratum", sort=False):
        left = [
            piece
            for record in part.to_dict("records")
            for piece in _pieces(record, spec, str(record[spec.unit]) in segmented)
            if piece["psu"] not in drawn
        ]
        if not left:
            continue
        sizes = np.array([piece["size"] for piece in left], dtype=np.float64)
        order = np.argsort(rng.exponential(size=len(left)) / sizes)[:per_stratum]
        for place, k in enumerate(order.tolist(), start=1):
            rows.append({"draw_stratum": stratum, "reserve": place, **left[k]})
    return pd.DataFrame(rows)


def _pieces(record: Any, spec: Any, segmented: bool) -> list[dict[str, Any]]:
    """Return a unit as it can be drawn: whole, or its segments."""
    size = float(record[spec.size])
    households = float(record[spec.households]) if spec.households else None
    unit = record[spec.unit]
    count = max(round(size / spec.segment_size), 1) if segmented else 1
    names = [f"{unit}/{k:03d}" for k in range(1, count + 1)] if segmented else [unit]
    return [
        {
            "psu": name,
            "unit": unit,
            "name": record.get("name", unit),
            "size": size / count,
            "households": None if households is None else round(households / count),
        }
        for name in names
    ]
