"""Estimate a level of invariance, and judge what its equalities cost."""

from __future__ import annotations

from attitudes.numerics.sem.difference import difference_test
from attitudes.psychometrics.confirmatory.estimating import estimate, model_options
from attitudes.psychometrics.confirmatory.invariance_result import LEVELS, Index, Level, LevelFit
from attitudes.psychometrics.confirmatory.model_defaults import Equal
from attitudes.psychometrics.confirmatory.preparation import CfaData
from attitudes.psychometrics.confirmatory.result import ConfirmatoryAnalysis

__all__ = ["SUFFIX", "at_level", "changed", "equalities"]

CFI_DROP, RMSEA_RISE = 0.010, 0.015
SUFFIX: dict[str, str] = {"naive": "", "scaled": ".scaled", "robust": ".robust"}


def equalities(level: Level, ordinal: bool) -> tuple[Equal, ...]:
    """Return the kinds of parameters that are equal at a level."""
    cuts: Equal = "thresholds" if ordinal else "intercepts"
    every: tuple[Equal, ...] = ("loadings", cuts, "residuals")
    return every[: LEVELS.index(level)]


def at_level(
    data: CfaData, level: Level, release: tuple[str, ...], std_lv: bool
) -> ConfirmatoryAnalysis:
    """Estimate the model of a level.

    Raises
    ------
    EstimationError, ConvergenceError
        When it cannot be estimated.
    """
    ordinal = data.settings.rules.ordinal
    options = model_options(
        data,
        std_lv=std_lv,
        equal=equalities(level, ordinal),
        release=release,
        parameterization="theta" if ordinal and level == "strict" else "delta",
    )
    return estimate(data, options)


def changed(
    level: Level,
    fit: ConfirmatoryAnalysis,
    before: ConfirmatoryAnalysis,
    index: Index,
    released: tuple[str, ...] = (),
) -> LevelFit:
    """Return a level with its changes against the level before it."""
    suffix = SUFFIX[index]

    def moved(name: str) -> float:
        return fit.fit_measures[name] - before.fit_measures[name]

    cfi, rmsea = moved(f"cfi{suffix}"), moved(f"rmsea{suffix}")
    holds = cfi >= -CFI_DROP and rmsea <= RMSEA_RISE
    test = difference_test(fit.fit, before.fit)
    return LevelFit(level, fit, cfi, rmsea, moved("srmr"), test, bool(holds), released)
