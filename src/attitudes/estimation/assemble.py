"""From estimates and variances to a table: intervals, design effects, remarks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from attitudes.estimation.linear import Estimated
from attitudes.estimation.options import Options
from attitudes.estimation.plan import Plan
from attitudes.estimation.quantile_intervals import QuantileEstimates
from attitudes.estimation.table import EstimateTable
from attitudes.numerics.design import FloatArray
from attitudes.numerics.intervals import Interval

__all__ = ["assemble", "assemble_quantiles", "design_effect"]


def design_effect(
    variance: FloatArray, srs: FloatArray, n: FloatArray, population: FloatArray, reference: str
) -> FloatArray:
    """Return the variance over that of simple random sampling.

    Parameters
    ----------
    variance, srs
        Design variance, and variance under sampling with replacement, D × k.
    n, population
        Respondents and Σw, length D.
    reference
        ``"replace"``, or ``"srs"``: without replacement, factor (N − n)/N; NaN where N < n.
    """
    if reference == "srs":
        with np.errstate(divide="ignore", invalid="ignore"):
            left = np.where(population >= n, (population - n) / population, np.nan)
        srs = srs * left[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(variance / srs, dtype=np.float64)


def assemble(
    plan: Plan,
    statistic: str,
    results: Sequence[Estimated],
    intervals: Sequence[Interval],
    *,
    level: float,
    interval_method: str,
    deff: str,
    singleton: str,
    missing: str,
    dropped: dict[str, int],
    covariance: FloatArray | None = None,
    with_categories: bool = False,
) -> EstimateTable:
    """Put estimates of several variables into one table, by variable, domain and category."""
    parts: dict[str, list[FloatArray]] = {}
    labels: list[tuple[Any, ...]] = []
    variables: list[str] = []
    categories: list[Any] = []
    remarks: list[str] = []
    for result, interval in zip(results, intervals, strict=True):
        k = result.estimate.shape[1]
        shape = result.estimate.shape
        effect = design_effect(
            result.variance,
            result.srs_variance,
            result.n.astype(np.float64),
            result.population,
            deff,
        )
        se = np.sqrt(result.variance)
        n = np.broadcast_to(result.n[:, None], shape)
        with np.errstate(divide="ignore", invalid="ignore"):
            columns = {
                "estimate": result.estimate,
                "se": se,
                "ci_low": interval.low,
                "ci_high": interval.high,
                "df": np.broadcast_to(plan.df[:, None], shape),
                "n": n,
                "n_eff": np.where(effect > 0, n / effect, np.nan),
                "deff": effect,
                "cv": se / np.abs(result.estimate),
            }
        for name, values in columns.items():
            parts.setdefault(name, []).append(np.ravel(values))
        labels.extend(label for label in plan.domains.labels for _ in range(k))
        variables.extend([result.name] * (k * plan.domains.count))
        own = result.categories or (None,) * k
        categories.extend(list(own) * plan.domains.count)
        remarks.extend(_remarks(result, columns["ci_low"], bool(result.categories)))
    numbers = {name: np.concatenate(values) for name, values in parts.items()}
    replicated = plan.replicate is not None
    return EstimateTable(
        statistic=statistic,
        by=plan.domains.by,
        labels=tuple(labels),
        variables=tuple(variables),
        categories=tuple(categories) if with_categories else None,
        numbers=numbers,
        remarks=tuple(remarks),
        variance_method="replicate" if replicated else "taylor",
        interval_method=interval_method,
        deff_reference=deff,
        singleton=singleton,
        missing=missing,
        level=level,
        singletons=plan.singletons,
        dropped=dropped,
        provenance=plan.survey.provenance,
        covariance=covariance,
    )


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


def _remarks(result: Estimated, low: FloatArray, categories: bool) -> list[str]:
    out: list[str] = []
    for d in range(result.estimate.shape[0]):
        for j in range(result.estimate.shape[1]):
            if result.n[d] == 0:
                out.append("no respondents")
            elif categories and result.estimate[d, j] == 0:
                out.append("never chosen")
            elif np.isnan(result.variance[d, j]):
                out.append("no variance")
            elif np.isnan(low[d, j]):
                out.append("no interval")
            else:
                out.append("")
    return out
