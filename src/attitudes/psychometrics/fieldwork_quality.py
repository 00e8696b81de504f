"""What interviewers and clusters do to answers: intraclass correlations, nonresponse by unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from attitudes.errors import DataError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.scales.cluster_effects import ClusterEffect, cluster_effect
from attitudes.psychometrics.items import Items, resolve_items
from attitudes.survey.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FieldworkQuality", "fieldwork_quality"]


@dataclass(frozen=True, slots=True)
class FieldworkQuality:
    """Answers by interviewer, cluster or other unit of fieldwork.

    Attributes
    ----------
    unit
        Variable whose units are compared.
    items
        The items.
    effects
        Intraclass correlation of each item: share of its variance that lies between units.
    units
        One row a unit: unit, n, item nonresponse, mean share of the most frequent answer.
    nonresponse
        Effect of the units on the share of items that a respondent left out.
    """

    unit: str
    items: tuple[str, ...]
    effects: tuple[ClusterEffect, ...]
    units: pd.DataFrame
    nonresponse: ClusterEffect

    def to_frame(self) -> pd.DataFrame:
        """Return one row an item: icc, its test, and the design effect at the mean unit size.

        The last row, ``(left out)``, is of the share of items left out.
        """
        import pandas as pd

        rows = [
            {
                "item": name,
                "icc": e.icc,
                "F": e.f,
                "df1": e.df_between,
                "df2": e.df_within,
                "p": e.p,
                "size": e.size,
                "design_effect": e.design_effect,
            }
            for name, e in zip(
                [*self.items, "(left out)"], [*self.effects, self.nonresponse], strict=True
            )
        ]
        return pd.DataFrame(rows)


def fieldwork_quality(survey: Survey, items: Items, unit: str) -> FieldworkQuality:
    """Compare the answers and the item nonresponse of interviewers, clusters or other units.

    Parameters
    ----------
    survey
        Respondents.
    items
        Id of a scale, or names of items.
    unit
        Column that names the unit: interviewer, PSU, supervisor.

    Returns
    -------
    FieldworkQuality
        Unweighted: it is about fieldwork, not about the population. Where interviewers work in
        one area each, their effect cannot be told from the area's.

    Raises
    ------
    DataError
        Fewer than two units.

    Examples
    --------
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> interviewer = np.repeat(np.arange(20), 15)
    >>> x = rng.normal(size=20)[interviewer, None] + rng.normal(size=(300, 2))
    >>> frame = pd.DataFrame(x, columns=["a", "b"]).assign(interviewer=interviewer)
    >>> found = fieldwork_quality(Survey.from_frame(frame), ["a", "b"], "interviewer")
    >>> bool(found.to_frame().icc[:2].gt(0.2).all())
    True
    """
    import pandas as pd

    chosen = resolve_items(survey, items, apply_keying=False)
    codes, labels = pd.factorize(survey.column(unit), sort=True)
    if len(labels) < 2:
        raise DataError(f"fieldwork_quality, column {unit}", f"{len(labels)} units", "at least 2")
    known = codes >= 0
    effects = tuple(
        cluster_effect(chosen.raw[known, j], codes[known].astype(np.int64)) for j in range(chosen.k)
    )
    present = np.isfinite(chosen.raw)
    left_out = cluster_effect(1.0 - present[known].mean(axis=1), codes[known].astype(np.int64))
    rows = []
    for u, label in enumerate(labels):
        mine = codes == u
        rows.append(
            {
                "unit": label,
                "n": int(mine.sum()),
                "item_nonresponse": float(1.0 - present[mine].mean()),
                "modal_share": _modal_share(chosen.raw[mine]),
            }
        )
    return FieldworkQuality(unit, chosen.names, effects, pd.DataFrame(rows), left_out)


def _modal_share(values: FloatArray) -> float:
    shares = []
    for column in values.T:
        answers = column[np.isfinite(column)]
        if len(answers):
            shares.append(np.unique(answers, return_counts=True)[1].max() / len(answers))
    return float(np.mean(shares)) if shares else float("nan")
