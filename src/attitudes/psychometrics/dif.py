"""Differential item functioning: items that groups answer differently at the same level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from attitudes.errors import AttitudesError, ConvergenceError, DataError, OptionError, raise_all
from attitudes.numerics.correlation.contingency import encode_categories
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.inference.multiplicity import adjust_p_values
from attitudes.numerics.models.dif_regression import DifRegression, dif_regression
from attitudes.numerics.variance.taylor import design_covariance, design_df
from attitudes.psychometrics.confirmatory.groups import (
    CovarianceKind,
    covariance_kind,
    group_codes,
)
from attitudes.psychometrics.dif_result import DifItem, DifResult
from attitudes.psychometrics.items import Items, resolve_items
from attitudes.psychometrics.matrix_checks import check_categories, check_variation
from attitudes.psychometrics.threads import one_thread
from attitudes.survey.survey import Survey

__all__ = ["dif"]

Matching = Literal["rest", "total"]
MODERATE, LARGE = 0.035, 0.070
_ROUNDS = 10


@one_thread
def dif(
    survey: Survey,
    items: Items,
    *,
    by: str,
    matching: Matching = "rest",
    purify: bool = False,
    weights: bool = True,
    covariance: CovarianceKind | None = None,
    alpha: float = 0.05,
) -> DifResult:
    """Ask of each item whether groups of the same overall level answer it differently.

    Parameters
    ----------
    survey
        Respondents; those who answered every item count.
    items
        Id of a scale; or names of items, with a minus before those keyed negatively.
    by
        Column of groups; the first is the reference.
    matching
        Respondents are matched by the sum of the other items (``"rest"``) or of all (``"total"``).
    purify
        Whether items that work differently are taken out of the matching score, over and over,
        until the same ones are found.
    weights
        Whether the sampling weights count.
    covariance
        ``"independent"``: likelihood-ratio tests; ``"design"``: Wald tests under the sampling
        design; default: design where the survey has strata, PSUs or unequal weights.
    alpha
        Level that a difference must be significant at (after Holm's adjustment) to have a size.

    Returns
    -------
    DifResult

    Raises
    ------
    DataError
        Constant items, too few respondents, fewer than two groups.
    OptionError
        Fewer than three items.

    Notes
    -----
    Ordinal logistic regression (proportional odds) of the item on score, group and their product:
    the group alone is uniform DIF, the product non-uniform DIF.

    References
    ----------
    Zumbo, B. D. (1999). *A handbook on the theory and methods of differential item functioning*.
    Jodoin, M. G. and Gierl, M. J. (2001). Evaluating type I error and power rates using an effect
    size measure with the logistic regression procedure for DIF detection. *Applied Measurement in
    Education* 14, 329–349.

    Examples
    --------
    >>> import pandas as pd
    >>> rng = np.random.default_rng(4)
    >>> g = np.arange(1200) % 2
    >>> latent = rng.normal(size=(1200, 1)) + 0.7 * rng.normal(size=(1200, 5))
    >>> latent[:, 0] += 1.0 * g
    >>> frame = pd.DataFrame(np.digitize(latent, [-1, 0, 1]), columns=list("abcde"))
    >>> dif(Survey.from_frame(frame.assign(g=g)), list("abcde"), by="g").flagged
    ('a',)
    """
    _check_options(matching, alpha)
    chosen = resolve_items(survey, items, at_least=3)
    group, labels = group_codes(survey, by)
    w = chosen.weights if weights else np.ones(survey.n)
    values = chosen.signed()  # where answers begin does not matter, their direction does
    keep = (w > 0) & (group >= 0) & np.isfinite(values).all(axis=1)
    rows = np.flatnonzero(keep)
    used, numbers = np.unique(group[rows], return_inverse=True)
    labels = tuple(labels[k] for k in used)
    counts = np.bincount(numbers, minlength=len(labels))
    _check_groups(by, labels, counts, chosen.k)
    check_variation(values[rows], chosen.names, w[rows])
    codes = encode_categories(values[rows])
    check_categories(codes, chosen.keyed_names)
    kind = _kind(survey, covariance, w[rows])
    sandwich, df = _sandwich(survey, rows, kind)
    context = _Context(
        values[rows],
        codes.codes.astype(np.int64),
        np.asarray(numbers, dtype=np.int64),
        w[rows] * (len(rows) / w[rows].sum()),
        sandwich,
        df,
        matching,
    )
    out: frozenset[int] = frozenset()
    found = _all_items(context, out, chosen.keyed_names, alpha)
    for _ in range(_ROUNDS if purify else 0):
        flagged = frozenset(k for k, i in enumerate(found) if i.size in ("moderate", "large"))
        if flagged == out or len(flagged) > chosen.k - 2:
            break
        out = flagged
        found = _all_items(context, out, chosen.keyed_names, alpha)
    names = tuple(chosen.keyed_names[k] for k in sorted(out))
    problems = tuple(f"{i.item}: {i.problem}" for i in found if i.problem)
    sizes = tuple(int(c) for c in counts)
    return DifResult(
        chosen.label, by, labels, sizes, found, kind, names, problems, survey.provenance
    )


@dataclass(frozen=True, slots=True)
class _Context:
    """Everything that the regressions of all items share."""

    values: FloatArray
    codes: IntArray
    group: IntArray
    weights: FloatArray
    sandwich: Callable[[FloatArray], FloatArray] | None
    df: int
    matching: Matching


def _check_options(matching: str, alpha: float) -> None:
    failures: list[AttitudesError] = []
    if matching not in ("rest", "total"):
        failures.append(OptionError.unknown("dif, matching", "option", matching, ["rest", "total"]))
    if not 0 < alpha < 1:
        failures.append(OptionError("dif, alpha", f"{alpha}", "a number between 0 and 1"))
    raise_all(failures)


def _check_groups(by: str, labels: tuple[str, ...], counts: IntArray, k: int) -> None:
    if len(labels) < 2:
        only = ", ".join(labels) or "none"
        raise DataError(f"groups by {by}", f"one group ({only})", "two groups or more")
    raise_all(
        [
            DataError(
                f"dif, group {label}",
                f"{count} respondents who answered all {k} items",
                "at least 20",
                "merge groups",
            )
            for label, count in zip(labels, counts, strict=True)
            if count < 20
        ]
    )


def _kind(survey: Survey, covariance: CovarianceKind | None, w: FloatArray) -> CovarianceKind:
    if covariance is None and float(np.ptp(w)) > 1e-12 * float(w.max()):
        return "design"
    return covariance_kind(survey, covariance)


def _sandwich(
    survey: Survey, rows: IntArray, kind: CovarianceKind
) -> tuple[Callable[[FloatArray], FloatArray] | None, int]:
    if kind == "independent":
        return None, 0
    design = survey.design_arrays()
    domain = np.zeros(survey.n, dtype=bool)
    domain[rows] = True
    psus, strata = design_df(design, domain)

    def covariance(scores: FloatArray) -> FloatArray:
        whole = np.zeros((survey.n, scores.shape[1]))
        whole[rows] = scores
        calibrations = survey.calibrations
        return design_covariance(whole, design, "average", domain, calibrations=calibrations).matrix

    return covariance, psus - strata


def _all_items(
    context: _Context, out: frozenset[int], names: tuple[str, ...], alpha: float
) -> tuple[DifItem, ...]:
    found: list[DifRegression | str] = []
    for j in range(len(names)):
        others = [k for k in range(len(names)) if k not in out and k != j]
        parts = others if context.matching == "rest" else [*others, j]
        score = context.values[:, parts].sum(axis=1)
        try:
            found.append(
                dif_regression(
                    context.codes[:, j],
                    score,
                    context.group,
                    context.weights,
                    covariance=context.sandwich,
                    design_df=context.df,
                )
            )
        except ConvergenceError as error:
            found.append(str(error))
    p = np.array([np.nan if isinstance(f, str) else f.total.p for f in found])
    adjusted = adjust_p_values(p, "holm")
    return tuple(
        _item(name, f, float(q), alpha) for name, f, q in zip(names, found, adjusted, strict=True)
    )


def _item(name: str, found: DifRegression | str, adjusted: float, alpha: float) -> DifItem:
    nan = np.nan
    if isinstance(found, str):
        return DifItem(name, *(nan,) * 6, 0, *(nan,) * 5, (), "not tested", found)
    gain = found.nagelkerke[2] - found.nagelkerke[0]
    size = "negligible"
    if adjusted < alpha and gain >= MODERATE:
        size = "moderate" if gain < LARGE else "large"
    return DifItem(
        name,
        found.uniform.p,
        found.nonuniform.p,
        found.total.p,
        found.uniform.statistic,
        found.nonuniform.statistic,
        found.total.statistic,
        found.uniform.df,
        adjusted,
        gain,
        found.mcfadden[2] - found.mcfadden[0],
        found.nagelkerke[1] - found.nagelkerke[0],
        found.mcfadden[1] - found.mcfadden[0],
        tuple(float(s) for s in found.shifts),
        size,
    )
