"""Contrasts of means: pairs of domains, weights, expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, Literal, get_args

import numpy as np

from attitudes.aggregation.placement import in_memory
from attitudes.errors import EstimationError, OptionError
from attitudes.estimation.comparison import Comparison, compare
from attitudes.estimation.domain_means import DomainMeans, domain_means
from attitudes.estimation.inference import Variance, make_setting
from attitudes.estimation.options import Missing, check_choice
from attitudes.numerics.design import FloatArray
from attitudes.numerics.inference.expressions import evaluate
from attitudes.numerics.inference.multiplicity import Adjustment
from attitudes.numerics.variance.singletons import SingletonPolicy
from attitudes.survey.survey import Survey

__all__ = ["contrast"]


def contrast(
    survey: Survey,
    variable: str | Sequence[str],
    *,
    by: str | Sequence[str] | None = None,
    weights: Mapping[str, Mapping[str, float]] | Mapping[str, float] | None = None,
    pairs: Literal["all"] | Sequence[tuple[str, str]] | None = None,
    expression: str | Mapping[str, str] | None = None,
    adjust: Adjustment | None = "holm",
    level: float = 0.95,
    where: Any = None,
    missing: Missing = "available",
    variance: Variance | None = None,
    singleton: SingletonPolicy = "error",
) -> Comparison:
    """Compare means between domains, or between variables.

    Parameters
    ----------
    survey
        The survey.
    variable
        One variable or several.
    by
        Columns whose groups are compared. Means are named after the group (``"north.women"`` for
        crossed groups), after the variable without ``by``, ``"variable:group"`` with several.
    weights
        Linear contrasts: ``{"urban − rural": {"urban": 1, "rural": -1}}``, or one such inner
        mapping.
    pairs
        ``"all"`` (the default when nothing else is given) or a list of pairs (a, b) for a − b.
    expression
        A non-linear contrast, such as ``"api00 / api99"``, or several by name.
    adjust
        ``"holm"``, ``"bonferroni"``, ``"bh"`` or None, over the contrasts of the call.
    level
        Coverage of the intervals (not adjusted).
    where
        Respondents to whom the comparison is confined.
    missing
        ``"available"``: each variable by those who answered it; ``"listwise"``: by those who
        answered all.
    variance, singleton
        How the variance is taken; default: replicates where the survey has them.

    Returns
    -------
    Comparison

    Raises
    ------
    OptionError
        An unknown group; more than one of ``weights``, ``pairs`` and ``expression``.

    Notes
    -----
    The covariance between domains of one survey is kept: PSUs are shared. Expressions by the delta
    method. t with the design's degrees of freedom.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"q": [1, 2, 3, 4, 5, 5], "g": ["a", "a", "b", "b", "c", "c"]})
    >>> result = contrast(Survey.from_frame(frame), "q", by="g")
    >>> result.labels, result.estimates.tolist()
    (('a − b', 'a − c', 'b − c'), [-2.0, -3.5, -1.5])
    """
    if sum(choice is not None for choice in (weights, pairs, expression)) > 1:
        raise OptionError("contrast", "several of weights, pairs and expression", "one of them")
    check_choice("missing", missing, get_args(Missing))
    names = [variable] if isinstance(variable, str) else list(variable)
    groups = [] if by is None else [by] if isinstance(by, str) else list(by)
    survey = in_memory(survey, [*names, *groups], where)
    setting = make_setting(survey, variance=variance, singleton=singleton)
    means = domain_means(setting, names, groups, where, missing)
    if expression is not None:
        labels, values, jacobian = _expressions(means, expression)
    else:
        labels, jacobian = _linear(means, weights, pairs)
        values = jacobian @ means.estimates
    covariance = jacobian @ means.inference.matrix @ jacobian.T
    return compare(
        labels,
        values,
        covariance,
        df=means.inference.df,
        level=level,
        adjustment=adjust,
        variance=setting.variance,
        left_out=means.empty,
    )


def _linear(
    means: DomainMeans, weights: Mapping[str, Any] | None, pairs: Any
) -> tuple[tuple[str, ...], FloatArray]:
    place = {name: i for i, name in enumerate(means.names)}
    if weights is None:
        chosen = list(combinations(means.names, 2)) if pairs in (None, "all") else list(pairs)
        if not chosen:
            raise EstimationError("contrast", "a single mean", "two or more to compare")
        table: dict[str, Mapping[str, float]] = {
            f"{a} − {b}": {str(a): 1.0, str(b): -1.0} for a, b in chosen
        }
    elif all(isinstance(w, Mapping) for w in weights.values()):
        table = {str(k): w for k, w in weights.items()}
    else:
        table = {"contrast": weights}
    jacobian = np.zeros((len(table), len(means.names)))
    for i, row in enumerate(table.values()):
        for name, weight in row.items():
            if str(name) in means.empty:
                raise EstimationError(
                    f"contrast, mean {name}", "no respondent with an answer", "at least one"
                )
            if str(name) not in place:
                raise OptionError.unknown("contrast", "mean", str(name), means.names)
            jacobian[i, place[str(name)]] += weight
    return tuple(table), jacobian


def _expressions(
    means: DomainMeans, expression: str | Mapping[str, str]
) -> tuple[tuple[str, ...], FloatArray, FloatArray]:
    table = {expression: expression} if isinstance(expression, str) else dict(expression)
    values = dict(zip(means.names, means.estimates.tolist(), strict=True))
    found = [evaluate(text, values) for text in table.values()]
    estimates = np.array([e.value for e in found])
    if not np.isfinite(estimates).all():
        raise EstimationError("contrast, expression", "a value that is not finite", "a number")
    return tuple(table), estimates, np.vstack([e.gradient for e in found])
