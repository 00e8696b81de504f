"""From estimates and variances to a table: intervals, design effects, remarks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from attitudes.estimation.linear import Estimated, FlatEstimates, flatten
from attitudes.estimation.options import Options
from attitudes.estimation.plan import Plan
from attitudes.estimation.quantile_intervals import QuantileEstimates
from attitudes.estimation.table import EstimateTable
from attitudes.numerics.design import FloatArray
from attitudes.numerics.inference.intervals import Interval

__all__ = ["assemble", "assemble_quantiles", "design_effect"]


def design_effect(
    variance: FloatArray, srs: FloatArray, n: FloatArray, population: FloatArray, reference: str
) -> FloatArray:
    """Return the variance over that of simple random sampling; all arrays of one shape.

    Parameters
    ----------
    variance, srs
        Design variance, and variance under sampling with replacement.
    n, population
        Respondents and Σw.
    reference
        ``"replace"``, or ``"srs"``: without replacement, factor (N − n)/N; NaN where N < n.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        if reference == "srs":
            left = np.where(population >= n, (population - n) / population, np.nan)
            srs = srs * left
        return np.asarray(variance / srs, dtype=np.float64)


def assemble(
    plan: Plan,
    statistic: str,
    results: Sequence[Estimated],
    interval: Interval,
    options: Options,
    dropped: dict[str, int],
    *,
    with_categories: bool = False,
) -> EstimateTable:
    """Put estimates of several variables into one table, by variable, domain and category.

    Parameters
    ----------
    plan
        The prepared survey.
    statistic
        Its name.
    results
        Estimates of each variable.
    interval
        Ends in the order of the rows.
    options
        Options of the call.
    dropped
        Respondents left out, by reason.
    with_categories
        Whether rows have categories.
    """
    flat = flatten(plan, results)
    widths = [r.estimate.shape[1] for r in results]
    labels: list[tuple[Any, ...]] = []
    variables: list[str] = []
    categories: list[Any] = []
    for result, k in zip(results, widths, strict=True):
        labels.extend(label for label in plan.domains.labels for _ in range(k))
        variables.extend([result.name] * (k * plan.domains.count))
        categories.extend(list(result.categories or (None,) * k) * plan.domains.count)
    effect = design_effect(flat.variance, flat.srs_variance, flat.n, flat.population, options.deff)
    se = np.sqrt(flat.variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        numbers = {
            "estimate": flat.estimate,
            "se": se,
            "ci_low": interval.low,
            "ci_high": interval.high,
            "df": flat.df,
            "n": flat.n.astype(np.int64),
            "n_eff": np.where(effect > 0, flat.n / effect, np.nan),
            "deff": effect,
            "cv": se / np.abs(flat.estimate),
        }
    return EstimateTable(
        statistic=statistic,
        by=plan.domains.by,
        labels=tuple(labels),
        variables=tuple(variables),
        categories=tuple(categories) if with_categories else None,
        numbers=numbers,
        remarks=_remarks(flat, interval, with_categories),
        variance_method="taylor" if plan.replicate is None else "replicate",
        interval_method=options.ci_method,
        deff_reference=options.deff,
        singleton=options.singleton,
        missing=options.missing,
        level=options.level,
        singletons=plan.singletons,
        dropped={**dropped, **plan.domains.dropped},
        provenance=plan.survey.provenance,
    )


def _remarks(flat: FlatEstimates, interval: Interval, categories: bool) -> tuple[str, ...]:
    cases = [
        (flat.n == 0, "no respondents"),
        ((flat.estimate == 0) & categories, "never chosen"),
        (np.isnan(flat.variance), "no variance"),
        (np.isnan(interval.low), "no interval"),
    ]
    chosen = np.select([test for test, _ in cases], range(1, 5), 0)
    texts = ("", *(text for _, text in cases))
    return tuple(texts[i] for i in chosen.tolist())


def assemble_quantiles(
    plan: Plan,
    results: Sequence[QuantileEstimates],
    probabilities: tuple[float, ...],
    options: Options,
    dropped: dict[str, int],
) -> EstimateTable:
    """Put quantiles of several variables into one table, by variable, domain and probability."""
    k, domains = len(probabilities), plan.domains
    estimate = np.concatenate([r.estimate.ravel() for r in results])
    se = np.concatenate([r.se.ravel() for r in results])
    n = np.concatenate([np.repeat(r.n, k) for r in results])
    low = np.concatenate([r.low.ravel() for r in results])
    high = np.concatenate([r.high.ravel() for r in results])
    nothing = np.full(len(estimate), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        cv = se / np.abs(estimate)
    numbers = {
        "estimate": estimate,
        "se": se,
        "ci_low": low,
        "ci_high": high,
        "df": np.concatenate([np.repeat(r.df, k) for r in results]),
        "n": n,
        "n_eff": nothing,
        "deff": nothing,
        "cv": cv,
    }
    beyond = np.isnan(low) | np.isnan(high)
    return EstimateTable(
        statistic="quantile",
        by=domains.by,
        labels=tuple(label for _ in results for label in domains.labels for _ in range(k)),
        variables=tuple(r.name for r in results for _ in range(k * domains.count)),
        categories=probabilities * (domains.count * len(results)),
        numbers=numbers,
        remarks=tuple(
            "no respondents" if count == 0 else "interval beyond the data" if out else ""
            for count, out in zip(n, beyond, strict=True)
        ),
        variance_method="taylor" if plan.replicate is None else "replicate",
        interval_method=options.ci_method,
        deff_reference=options.deff,
        singleton=options.singleton,
        missing=options.missing,
        level=options.level,
        singletons=plan.singletons,
        dropped={**dropped, **domains.dropped},
        provenance=plan.survey.provenance,
    )
