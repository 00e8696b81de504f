"""Post-stratification: weights brought to known totals of cells."""

from __future__ import annotations

from typing import Any

import numpy as np

from attitudes.errors import EstimationError, OptionError, raise_all
from attitudes.numerics.design import FloatArray
from attitudes.numerics.weights.cells import cell_totals
from attitudes.survey.ledger import Step
from attitudes.survey.survey import Calibration, Survey
from attitudes.weighting.apply import COLUMN, check_option, finish, repeat_cells, spread, start
from attitudes.weighting.coding import CodedMargin, Untargeted, code_margin
from attitudes.weighting.margins import Margin, Totals, read_margins
from attitudes.weighting.shares import to_counts

__all__ = ["apply_poststrata", "poststratify"]


def poststratify(
    survey: Survey,
    totals: Totals,
    *,
    shares: bool = False,
    population: float | None = None,
    partial: bool = False,
    untargeted: Untargeted = "error",
    column: str = COLUMN,
) -> Survey:
    """Post-stratify: multiply weights so that each poststratum has its known total.

    Parameters
    ----------
    survey
        The respondents and their weights.
    totals
        One table of totals: ``{"region": {"north": 1000, …}}``, crossed
        ``{("region", "sex"): {("north", "men"): 480, …}}``, a Series whose index levels are the
        variables, or the name of a totals table of the study.
    shares
        The totals are shares that add up to 1 (or 100), of ``population``.
    population
        Size that shares refer to; default: the present sum of weights.
    partial
        Ignore poststrata of the population without respondents.
    untargeted
        Respondents without an answer or a total: ``"error"``, or ``"keep"`` their weighted share.
    column
        Column that takes the new weights.

    Returns
    -------
    Survey
        With the new weights, replicate weights post-stratified each for itself, and a record by
        which linearised variances take residuals from the poststrata's means.

    Raises
    ------
    EstimationError
        Poststrata without respondents, respondents without a poststratum: all together.

    Notes
    -----
    gᵢ = N_c / N̂_c for respondent i of cell c.

    References
    ----------
    Holt and Smith (1979), JRSS A 142; Valliant (1993), JASA 88, 89–96.

    Examples
    --------
    >>> import pandas as pd
    >>> survey = Survey.from_frame(pd.DataFrame({"sex": ["f", "f", "m"], "q1": [1, 2, 6]}))
    >>> poststratify(survey, {"sex": {"f": 50, "m": 50}}).weights.tolist()
    [25.0, 25.0, 50.0]
    """
    verb = "poststratify"
    check_option(verb, "untargeted", untargeted, ("error", "keep"))
    design = start(survey, verb)
    margins = read_margins(survey, totals, verb)
    if len(margins) > 1:
        raise OptionError(
            f"{verb}, totals",
            f"{len(margins)} margins",
            "one table, its variables crossed",
            "several margins are for rake",
        )
    margins = to_counts(margins, design.weights, shares, population, verb)
    parameters: dict[str, Any] = {
        "totals": [m.plain() for m in margins],
        "partial": partial,
        "untargeted": untargeted,
        "column": column,
    }
    return apply_poststrata(
        survey, margins[0], verb, parameters, partial=partial, untargeted=untargeted, column=column
    )


def apply_poststrata(
    survey: Survey,
    margin: Margin,
    verb: str,
    parameters: dict[str, Any],
    *,
    partial: bool,
    untargeted: Untargeted,
    column: str,
) -> Survey:
    """Post-stratify to one margin under the name of ``verb``."""
    design = start(survey, verb)
    coded, failures = code_margin(
        survey, margin, design.weights, verb=verb, untargeted=untargeted, partial=partial
    )
    raise_all(failures)
    codes = coded.codes
    sums = cell_totals(codes, coded.size, design.weights)
    factors = np.divide(coded.targets, sums, out=np.zeros_like(sums), where=sums > 0)
    weights = design.weights * factors[codes]

    def adjust(block: FloatArray, first: int) -> FloatArray:
        return _replicate_factors(coded, block, first, verb)

    replicates = repeat_cells(design, codes, factors, adjust)
    record = Calibration(
        np.empty((survey.n, 0)), weights, "poststratified", design.weights, (codes,)
    )
    summary = f"{margin.name}, {len(margin.cells)} totals; {spread(weights, design.weights)}"
    return finish(
        survey,
        weights,
        Step(verb, parameters, summary),
        column=column,
        replicates=replicates,
        calibration=record,
    )


def _replicate_factors(coded: CodedMargin, sums: FloatArray, first: int, verb: str) -> FloatArray:
    empty = np.argwhere((sums <= 0) & (coded.targets > 0)[:, None])
    if len(empty):
        code, column = (int(v) for v in empty[0])
        raise EstimationError(
            f"{verb}, totals of {coded.margin.name}, {coded.label(code)}",
            f"no respondent with weight in replicate {first + column + 1}",
            "respondents in every replicate",
            "merge the category with another",
        )
    return np.divide(coded.targets[:, None], sums, out=np.zeros_like(sums), where=sums > 0)
