"""Direct standardisation: groups given the same composition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from attitudes.errors import EstimationError, OptionError
from attitudes.numerics.weights.cells import cell_totals
from attitudes.survey.survey import Survey
from attitudes.weighting.apply import COLUMN, as_names, start
from attitudes.weighting.coding import joint_codes
from attitudes.weighting.margins import Margin, Totals, read_margins
from attitudes.weighting.poststratify import apply_poststrata

__all__ = ["standardize"]


def standardize(
    survey: Survey, totals: Totals, *, over: str | Sequence[str] = (), column: str = COLUMN
) -> Survey:
    """Give each group the composition of a standard population.

    Parameters
    ----------
    survey
        The respondents and their weights.
    totals
        Composition of the standard population: one table of counts or shares, as for
        `poststratify`.
    over
        Variables of the groups that are compared; each keeps its sum of weights. Default: one
        group.
    column
        Column that takes the new weights.

    Returns
    -------
    Survey
        Post-stratified to group × category; combinations without respondents are left out.

    Raises
    ------
    EstimationError
        Respondents without an answer, or in categories that the standard does not have.

    References
    ----------
    Korn and Graubard (1999), Analysis of Health Surveys, 3.7; R's ``survey::svystandardize``.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"region": list("nnss"), "sex": list("fmfm"), "w": [3., 1., 1., 1.]})
    >>> from attitudes.survey.design import SurveyDesign
    >>> survey = Survey.from_frame(frame, SurveyDesign(weight="w"))
    >>> standardize(survey, {"sex": {"f": 1, "m": 1}}, over="region").weights.tolist()
    [2.0, 2.0, 1.0, 1.0]
    """
    verb = "standardize"
    design = start(survey, verb)
    margins = read_margins(survey, totals, verb)
    if len(margins) > 1:
        raise OptionError(f"{verb}, totals", f"{len(margins)} margins", "one table")
    standard = margins[0]
    groups = as_names(over)
    crossed = _crossed(survey, standard, groups, design.weights)
    parameters: dict[str, Any] = {
        "totals": [standard.plain()],
        "over": list(groups),
        "column": column,
    }
    return apply_poststrata(
        survey, crossed, verb, parameters, partial=True, untargeted="error", column=column
    )


def _crossed(
    survey: Survey, standard: Margin, groups: tuple[str, ...], weights: np.ndarray[Any, Any]
) -> Margin:
    shares = standard.array() / standard.sum
    if not groups:
        size = float(weights.sum())
        return Margin(standard.by, standard.cells, tuple(float(s * size) for s in shares))
    joint = joint_codes(survey, groups)
    sums = cell_totals(joint.codes, len(joint.labels), weights)
    cells: list[tuple[str, ...]] = []
    totals: list[float] = []
    for label, total in zip(joint.labels, sums, strict=True):
        names = tuple(v for v in label if v is not None)
        if len(names) < len(groups):
            raise EstimationError(
                f"standardize, over {' × '.join(groups)}",
                "respondents without an answer",
                "a group for every respondent",
            )
        for cell, share in zip(standard.cells, shares, strict=True):
            cells.append((*cell, *names))
            totals.append(float(share * total))
    return Margin((*standard.by, *groups), tuple(cells), tuple(totals))
