"""Measurement invariance: do items measure the same thing in the same way in all groups?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from attitudes.errors import EstimationError, OptionError, raise_all
from attitudes.psychometrics.confirmatory.categories import Empty
from attitudes.psychometrics.confirmatory.estimators import CfaMissing, Estimator
from attitudes.psychometrics.confirmatory.groups import CovarianceKind
from attitudes.psychometrics.confirmatory.invariance_levels import (
    SUFFIX,
    at_level,
    changed,
    equalities,
)
from attitudes.psychometrics.confirmatory.invariance_result import (
    LEVELS,
    Index,
    Invariance,
    Level,
    LevelFit,
)
from attitudes.psychometrics.confirmatory.model_input import Model
from attitudes.psychometrics.confirmatory.partial_invariance import partial_levels
from attitudes.psychometrics.confirmatory.preparation import CfaData, prepare
from attitudes.psychometrics.confirmatory.release import Release, release_tests
from attitudes.psychometrics.confirmatory.result import ConfirmatoryAnalysis
from attitudes.psychometrics.threads import one_thread
from attitudes.survey.survey import Survey

__all__ = ["invariance"]


@one_thread
def invariance(
    survey: Survey,
    model: Model,
    *,
    by: str,
    levels: Sequence[Level] = LEVELS,
    release: Sequence[str] = (),
    partial: bool = False,
    estimator: Estimator = "WLSMV",
    missing: CfaMissing = "listwise",
    weights: bool = True,
    covariance: CovarianceKind | None = None,
    std_lv: bool = False,
    index: Index | None = None,
    empty: Empty = "refuse",
) -> Invariance:
    """Test whether scales measure alike in all groups.

    Parameters
    ----------
    survey, model
        As of :func:`attitudes.cfa`.
    by
        Column of the groups: region, language of interview, gender, ….
    levels
        ``"configural"``: the same items; ``"metric"``: equal loadings; ``"scalar"``: equal
        intercepts (of ordinal items: thresholds) as well; ``"strict"``: equal residual variances
        as well.
    release
        Parameters that stay free at every level: ``"f=~x3"``, ``"x3~1"``, ``"x3|t2"``.
    partial
        Whether a level that does not hold is tried again with the worst equalities released, one
        by one, as long as half of each factor's equalities stay.
    estimator, missing, weights, covariance, std_lv, empty
        As of :func:`attitudes.cfa`.
    index
        Which CFI and RMSEA are compared; default: robust where all levels have them, else scaled
        where the test is scaled, else naive.

    Returns
    -------
    Invariance

    Raises
    ------
    DataError
        Groups too small; items constant in a group; answers that a group never gave.
    OptionError
        A model that cannot be read; options that do not go together.
    EstimationError, ConvergenceError
        When not even the configural model can be estimated.

    Notes
    -----
    Identification as in lavaan: where intercepts or thresholds are equal, means of factors are
    free in all groups but the first; scales of ordinal items are free there too. The strict level
    of ordinal items fixes residual variances at 1 (``"theta"``). Difference tests are scaled
    (Satorra and Bentler 2001, or Satorra 2000).

    References
    ----------
    Chen, F. F. (2007). Sensitivity of goodness of fit indexes to lack of measurement invariance.
    *Structural Equation Modeling* 14, 464–504. Millsap, R. E. (2011). *Statistical Approaches to
    Measurement Invariance*.

    Examples
    --------
    >>> import pandas as pd
    >>> rng = np.random.default_rng(3)
    >>> f = rng.normal(size=(800, 1))
    >>> frame = pd.DataFrame(0.8 * f + 0.6 * rng.normal(size=(800, 4)), columns=list("abcd"))
    >>> survey = Survey.from_frame(frame.assign(g=np.arange(800) % 2))
    >>> invariance(survey, "f =~ a + b + c + d", by="g", estimator="ML").level_reached
    'strict'
    """
    raise_all(
        [
            OptionError.unknown("invariance, levels", "level", level, LEVELS)
            for level in levels
            if level not in LEVELS
        ]
    )
    if index is not None and index not in SUFFIX:
        raise OptionError.unknown("invariance, index", "index", index, SUFFIX)
    data = prepare(
        survey,
        model,
        estimator=estimator,
        by=by,
        missing=missing,
        weights=weights,
        covariance=covariance,
        empty=empty,
    )
    wanted = [level for level in LEVELS if level in levels]
    fits = _all_levels(data, wanted, tuple(release), std_lv)
    chosen = _index(fits, index)
    steps = _judged(wanted, fits, chosen)
    if partial:
        steps = partial_levels(data, steps, tuple(release), std_lv, chosen)
    first = fits[wanted[0]]
    assert isinstance(first, ConfirmatoryAnalysis)
    return Invariance(
        by,
        data.answered.labels,
        data.answered.counts,
        first.factors,
        steps,
        chosen,
        _suggestions(steps, data.settings.rules.ordinal),
        data.settings.estimator,
        _warnings(steps, chosen),
        survey.provenance,
    )


_Fits = dict[str, "ConfirmatoryAnalysis | str"]


def _all_levels(
    data: CfaData, levels: Sequence[Level], release: tuple[str, ...], std_lv: bool
) -> _Fits:
    out: _Fits = {}
    for k, level in enumerate(levels):
        try:
            out[level] = at_level(data, level, release, std_lv)
        except EstimationError as error:
            if k == 0:
                raise
            out[level] = str(error)
    return out


def _index(fits: _Fits, wanted: Index | None) -> Index:
    done = [fit for fit in fits.values() if isinstance(fit, ConfirmatoryAnalysis)]
    order: tuple[Index, ...] = ("robust", "scaled", "naive")
    for name in (wanted,) if wanted else order:
        keys = [f"{m}{SUFFIX[name]}" for m in ("cfi", "rmsea")]
        if all(np.isfinite(fit.fit_measures.get(k, np.nan)) for fit in done for k in keys):
            return name
    raise OptionError(
        "invariance, index", f"{wanted!r}, which some level does not have", "another index"
    )


def _judged(levels: Sequence[Level], fits: _Fits, index: Index) -> tuple[LevelFit, ...]:
    out: list[LevelFit] = []
    before: ConfirmatoryAnalysis | None = None
    for level in levels:
        fit = fits[level]
        if isinstance(fit, str):
            out.append(LevelFit(level, None, holds=False, problem=fit))
        elif before is None:
            out.append(LevelFit(level, fit))
            before = fit
        else:
            out.append(changed(level, fit, before, index))
            before = fit
    return tuple(out)


def _suggestions(steps: tuple[LevelFit, ...], ordinal: bool) -> tuple[Release, ...]:
    for step in steps[1:]:
        if not step.holds and step.fit is not None:
            kind = equalities(step.level, ordinal)[-1]
            return release_tests(step.fit, (kind,))
    return ()


def _warnings(steps: tuple[LevelFit, ...], index: Index) -> tuple[str, ...]:
    out: list[str] = []
    first = steps[0].fit
    assert first is not None
    cfi, rmsea = (first.fit_measures[f"{m}{SUFFIX[index]}"] for m in ("cfi", "rmsea"))
    if cfi < 0.90 or rmsea > 0.10:
        out.append(
            f"the {steps[0].level} model itself fits badly (CFI {cfi:.3f}, RMSEA {rmsea:.3f}): "
            "equalities within it say little"
        )
    for step in steps:
        if step.fit is None:
            out.append(f"{step.level}: {step.problem}")
            continue
        out += [
            w if step is steps[0] else f"{step.level}: {w}" for w in _own(step.fit, first, step)
        ]
        if step.difference is not None and not np.isfinite(step.difference.chisq):
            out.append(f"{step.level}: the scaling of the difference test is negative; no test")
    return tuple(dict.fromkeys(out))


def _own(fit: ConfirmatoryAnalysis, first: ConfirmatoryAnalysis, step: LevelFit) -> tuple[str, ...]:
    """Warnings of a level that the first one has not given already."""
    return (
        fit.warnings if fit is first else tuple(w for w in fit.warnings if w not in first.warnings)
    )
