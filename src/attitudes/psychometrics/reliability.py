"""Reliability of a scale: alpha, omega, Guttman's lambdas, split halves, greatest lower bound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from attitudes.errors import AttitudesError, EstimationError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.moments import pairwise_moments, scaled_covariance
from attitudes.numerics.scales.alpha import alpha_coefficients
from attitudes.numerics.variance.singletons import SingletonPolicy
from attitudes.psychometrics.correlation_result import Missing
from attitudes.psychometrics.item_table import item_table
from attitudes.psychometrics.items import Items, ItemSet, resolve_items
from attitudes.psychometrics.keying import keying_warnings
from attitudes.psychometrics.matrix_checks import check_variation, still_pairs, unused_answers
from attitudes.psychometrics.reliability_coefficients import (
    intervals,
    latent_coefficients,
    structure,
)
from attitudes.psychometrics.reliability_intervals import IntervalMethod
from attitudes.psychometrics.reliability_options import ReliabilityOptions
from attitudes.psychometrics.reliability_result import Reliability
from attitudes.psychometrics.threads import one_thread
from attitudes.survey.survey import Survey

__all__ = ["reliability"]

NAN = float("nan")


@one_thread
def reliability(
    survey: Survey,
    items: Items,
    *,
    by: str | None = None,
    ends: tuple[float, float] | None = None,
    weights: bool = True,
    missing: Missing = "pairwise",
    ordinal: bool = True,
    n_groups: int | None = None,
    interval: IntervalMethod | None = "design",
    level: float = 0.95,
    replicates: int = 500,
    rng: np.random.Generator | None = None,
    singleton: SingletonPolicy = "average",
) -> Reliability:
    """Say how far the items of a scale measure one thing, and how well.

    Parameters
    ----------
    survey
        Respondents.
    items
        Id of a scale of the study; or names of items, with a minus before those keyed negatively.
    by
        Variable whose groups are analysed as well.
    ends
        Lowest and highest answer, where no codebook declares them.
    weights
        Whether the sampling weights count.
    missing
        ``"pairwise"``: covariances over those who answered both items; ``"listwise"``: all over
        those who answered every item (as the R package survey's ``svycralpha``).
    ordinal
        Whether alpha and omega of the polychoric correlations are computed as well (items with
        more than 20 different answers have none).
    n_groups
        Number of group factors, at least 3, for omega hierarchical by Schmid and Leiman; None:
        omega total of one factor only.
    interval
        ``"design"``, by linearisation over the PSUs, of alpha (raw, standardised, ordinal) and
        omega total of one factor; ``"bootstrap"`` of the PSUs, of these and, with ``n_groups``,
        of omega hierarchical; ``"feldt"``, of raw alpha for independent respondents of equal
        weight; None.
    level
        Confidence level.
    replicates, rng
        Of the bootstrap; ``rng`` also draws split halves of scales with very many splits.
    singleton
        Policy for strata with a single PSU.

    Returns
    -------
    Reliability
        With ``groups`` when ``by`` is given. ``warnings`` name items that go against the scale.

    Raises
    ------
    DataError
        Items that nobody answered, or everybody in the same way.
    OptionError
        Fewer than two items; unknown options; ends that are needed and not known.

    Notes
    -----
    α = k/(k − 1) (1 − ΣC_jj/ΣC). The design-based standard error comes from the influence of each
    respondent on the covariances C; the interval is a t interval of log(1 − α). Those of the
    other coefficients come the same way, through the correlations (polychoric ones through their
    own influence). Guttman's lambdas
    are of the correlations, as in R's psych; λ₄ is the best of all splits.

    References
    ----------
    Cronbach (1951); Guttman (1945); McDonald, R. P. (1999). *Test Theory: A Unified Treatment*;
    Zumbo, B. D., Gadermann, A. M. and Zeisser, C. (2007). Ordinal versions of coefficients alpha
    and theta for Likert rating scales. *Journal of Modern Applied Statistical Methods* 6, 21–29.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [2, 1, 3, 5, 4], "c": [1, 3, 2, 4, 5]})
    >>> round(reliability(Survey.from_frame(frame), ["a", "b", "c"], ordinal=False).alpha, 3)
    0.908
    """
    options = ReliabilityOptions(
        missing, ordinal, n_groups, interval, level, replicates, rng, singleton
    )
    options.check()
    chosen = resolve_items(survey, items, ends=ends, at_least=2)
    values = chosen.keyed()
    w = chosen.weights if weights else np.ones(survey.n)
    if missing == "listwise":
        w = np.where(np.isfinite(values).all(axis=1), w, 0.0)
    check_variation(values, chosen.names, w)
    whole = _analyse(survey, chosen, values, w, options, None)
    if by is None:
        return whole
    groups = []
    column = survey.column(by)
    for label in sorted(column.dropna().unique().tolist(), key=str):
        inside = np.where((column == label).to_numpy(dtype=bool, na_value=False), w, 0.0)
        try:
            check_variation(values, chosen.names, inside)
            found = _analyse(survey, chosen, values, inside, options, (by, str(label)))
            unused = unused_answers(chosen, w > 0, inside > 0)
            groups.append(replace(found, warnings=(*found.warnings, *unused)))
        except AttitudesError as error:
            groups.append(_unusable(chosen, values, inside, options, (by, str(label)), error))
    return replace(whole, groups=tuple(groups))


def _analyse(
    survey: Survey,
    items: ItemSet,
    values: FloatArray,
    weights: FloatArray,
    options: ReliabilityOptions,
    group: tuple[str, str] | None,
) -> Reliability:
    used = weights > 0
    inside = values if used.all() else values[used]
    inside_weights = weights if used.all() else weights[used]
    moments = pairwise_moments(inside, inside_weights)
    if not np.isfinite(moments.covariance).all():
        raise EstimationError(
            f"scale {items.label}", "pairs of items that fewer than 2 answered both", "more answers"
        )
    coefficients = alpha_coefficients(moments.covariance)
    warnings = list(keying_warnings(items, moments.covariance))
    latent = latent_coefficients(inside, inside_weights, options, warnings)
    correlation = moments.correlation
    still = still_pairs(correlation, items.keyed_names)
    if still:
        warnings.append(
            f"an item does not vary among those who answered both {'; '.join(still[:3])}"
            f"{' and other pairs' if len(still) > 3 else ''}: correlations from the covariances"
        )
        correlation = scaled_covariance(moments.covariance)
    factors = structure(correlation, options, warnings)
    found = intervals(survey, values, weights, moments, factors, latent, options, warnings)
    return Reliability(
        scale=items.label,
        items=items.keyed_names,
        group=group,
        n=int(np.isfinite(inside).any(axis=1).sum()),
        n_complete=int(np.isfinite(inside).all(axis=1).sum()),
        alpha=coefficients.raw,
        alpha_standardised=coefficients.standardised,
        alpha_ordinal=latent.alpha,
        intervals=found,
        average_r=coefficients.average_r,
        median_r=coefficients.median_r,
        lambdas=factors.lambdas.values,
        halves=factors.lambdas.halves,
        omega_total=factors.omega_total,
        omega_ordinal=latent.omega,
        omega=factors.omega,
        glb=factors.glb,
        item_table=item_table(items, inside, moments, inside_weights),
        coefficients=coefficients,
        warnings=tuple(warnings),
        groups=(),
    )


def _unusable(
    items: ItemSet,
    values: FloatArray,
    weights: FloatArray,
    options: ReliabilityOptions,
    group: tuple[str, str],
    error: AttitudesError,
) -> Reliability:
    """A group that has no reliability, and why."""
    inside = np.isfinite(values[weights > 0])
    return Reliability(
        scale=items.label,
        items=items.keyed_names,
        group=group,
        n=int(inside.any(axis=1).sum()),
        n_complete=int(inside.all(axis=1).sum()),
        alpha=NAN,
        alpha_standardised=NAN,
        alpha_ordinal=NAN,
        intervals={},
        average_r=NAN,
        median_r=NAN,
        lambdas=(NAN,) * 6,
        halves=None,
        omega_total=NAN,
        omega_ordinal=NAN,
        omega=None,
        glb=NAN,
        item_table=(),
        coefficients=None,
        warnings=tuple(str(error).splitlines()),
        groups=(),
    )
