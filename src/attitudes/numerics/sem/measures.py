"""Fit measures of an estimated model: naive, scaled and robust, each under its own name."""

from __future__ import annotations

import numpy as np

from attitudes.numerics.sem.fit import SemFit
from attitudes.numerics.sem.indices import cfi, incremental, rmsea, rmsea_interval, rmsea_p, tli
from attitudes.numerics.sem.normal import NormalSample
from attitudes.numerics.sem.residual_fit import gfi, residuals, srmr_family
from attitudes.numerics.sem.robust_index import Robust, missing_corrected, ordinal_corrected
from attitudes.numerics.sem.scaling import ScoreCovariance

__all__ = ["fit_measures"]


def fit_measures(fit: SemFit, *, covariance: ScoreCovariance | None = None) -> dict[str, float]:
    """Return fit measures by lavaan's names.

    Parameters
    ----------
    fit
        The estimated model.
    covariance
        Of the sums of weighted scores under the design; None for independent respondents.

    Notes
    -----
    ``.scaled`` measures put the scaled statistic (RMSEA of mean-scaled tests: the naive statistic
    with the trace in place of the degrees of freedom) where the naive one stands; ``.robust`` ones
    estimate what the index would be in the population.

    References
    ----------
    Brosseau-Liard, P. E. and Savalei, V. (2014). Adjusting incremental fit indices for
    nonnormality. *Multivariate Behavioral Research* 49, 460–470. Li, L. and Bentler, P. M. (2006).
    *Robust statistical tests for evaluating the hypothesis of close fit*.
    """
    out: dict[str, float] = {"npar": float(fit.problem.n_free)}
    out |= _tests(fit) | _comparative(fit) | _approximation(fit)
    robust = _robust(fit, covariance)
    if robust is not None:
        out |= _robust_measures(fit, robust)
    found = residuals(fit.problem, fit.theta, fit.saturated)
    out |= srmr_family(fit.problem, found)
    out["gfi"] = gfi(fit.problem, fit.theta, fit.saturated)
    if fit.naive.df > 0:
        out["agfi"] = 1.0 - fit.problem.n_moments / fit.naive.df * (1.0 - out["gfi"])
    return {name: float(value) for name, value in (out | _likelihood(fit)).items()}


def _tests(fit: SemFit) -> dict[str, float]:
    out = {"chisq": fit.naive.chisq, "df": float(fit.naive.df), "pvalue": fit.naive.p}
    if fit.scaled is not None:
        out |= {
            "chisq.scaled": fit.scaled.chisq,
            "df.scaled": float(fit.scaled.df),
            "pvalue.scaled": fit.scaled.p,
            "chisq.scaling.factor": fit.scaled.factor,
        }
        if fit.scaled_test == "scaled-shifted":
            out["chisq.shift"] = fit.scaled.shift
    base, scaled = fit.baseline_naive, fit.baseline_scaled
    out |= {
        "baseline.chisq": base.chisq,
        "baseline.df": float(base.df),
        "baseline.pvalue": base.p,
    }
    if scaled is not None:
        out |= {
            "baseline.chisq.scaled": scaled.chisq,
            "baseline.df.scaled": float(scaled.df),
            "baseline.pvalue.scaled": scaled.p,
            "baseline.chisq.scaling.factor": scaled.factor,
        }
    return out


def _comparative(fit: SemFit) -> dict[str, float]:
    test, base = fit.naive, fit.baseline_naive
    four = (test.chisq, test.df, base.chisq, base.df)
    out = {"cfi": cfi(*four), "tli": tli(*four), **incremental(*four)}
    if fit.scaled is not None and fit.baseline_scaled is not None:
        four = (fit.scaled.chisq, fit.scaled.df, fit.baseline_scaled.chisq, base.df)
        out |= {"cfi.scaled": cfi(*four), "tli.scaled": tli(*four)}
    return out


def _approximation(fit: SemFit) -> dict[str, float]:
    n, groups = fit.problem.count, len(fit.problem.models)
    out = _rmsea("", fit.naive.chisq, fit.naive.df, n, groups)
    if fit.scaled is not None:
        if fit.scaled_test == "scaled-shifted":
            chisq, df = fit.scaled.chisq, float(fit.scaled.df)
        else:
            chisq, df = fit.naive.chisq, fit.scaled.factor * fit.scaled.df
        out |= _rmsea(".scaled", chisq, df, n, groups)
    return out


def _rmsea(suffix: str, chisq: float, df: float, n: float, groups: int) -> dict[str, float]:
    low, high = rmsea_interval(chisq, df, n, groups)
    return {
        f"rmsea{suffix}": rmsea(chisq, df, n, groups),
        f"rmsea.ci.lower{suffix}": low,
        f"rmsea.ci.upper{suffix}": high,
        f"rmsea.pvalue{suffix}": rmsea_p(chisq, df, n, groups),
    }


def _missing(fit: SemFit) -> bool:
    return any(isinstance(s, NormalSample) and not s.complete for s in fit.problem.samples)


def _robust(fit: SemFit, covariance: ScoreCovariance | None) -> Robust | None:
    if fit.naive.df <= 0:
        return None
    if fit.problem.ordinal:
        wanted = fit.scaled is not None
        return ordinal_corrected(fit.problem, fit.theta, fit.inverse) if wanted else None
    if _missing(fit):
        robust = fit.scaled is not None
        return missing_corrected(
            fit.problem,
            fit.theta,
            fit.baseline,
            fit.saturated,
            robust=robust,
            covariance=covariance,
        )
    if fit.scaled is None or fit.baseline_scaled is None:
        return None
    return Robust(
        fit.naive.chisq,
        fit.scaled.factor,
        fit.baseline_naive.chisq,
        fit.baseline_scaled.factor,
        fit.naive.df,
    )


def _robust_measures(fit: SemFit, robust: Robust) -> dict[str, float]:
    n, groups = fit.problem.count, len(fit.problem.models)
    six = (
        robust.chisq,
        fit.naive.df,
        robust.base,
        fit.baseline_naive.df,
        robust.scale,
        robust.base_scale,
    )
    out = {"cfi.robust": cfi(*six), "tli.robust": tli(*six)}
    out["rmsea.robust"] = rmsea(robust.chisq, robust.df, n, groups, robust.scale)
    if not robust.scale > 0:
        return out
    chisq = robust.chisq / robust.scale
    low, high = rmsea_interval(chisq, robust.df, n, groups, robust.scale)
    out |= {"rmsea.ci.lower.robust": low, "rmsea.ci.upper.robust": high}
    out["rmsea.pvalue.robust"] = rmsea_p(chisq, robust.df, n, groups, robust.scale)
    return out


def _likelihood(fit: SemFit) -> dict[str, float]:
    """Log-likelihoods and information criteria of normal samples."""
    if fit.problem.ordinal:
        return {}
    problem = fit.problem
    answers = sum(
        pattern.weight * len(pattern.index)
        for sample in problem.samples
        if isinstance(sample, NormalSample)
        for pattern in sample.patterns
    )
    logl = -problem.n * fit.discrepancy - 0.5 * answers * float(np.log(2.0 * np.pi))
    npar, n = problem.n_free, problem.n
    return {
        "logl": logl,
        "unrestricted.logl": logl + fit.naive.chisq / 2.0,
        "aic": -2.0 * logl + 2.0 * npar,
        "bic": -2.0 * logl + npar * float(np.log(n)),
        "bic2": -2.0 * logl + npar * float(np.log((n + 2.0) / 24.0)),
    }
