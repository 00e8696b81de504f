"""Replicate weights for a survey, kept as factors of its units."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

import numpy as np

from attitudes.aggregation.placement import in_memory
from attitudes.errors import DesignError, OptionError
from attitudes.numerics.design import DesignArrays, IntArray
from attitudes.numerics.replicates.bootstrap import bootstrap_replicates, multistage_bootstrap
from attitudes.numerics.replicates.replication import (
    Replication,
    brr_replicates,
    first_stage,
    jackknife_replicates,
)
from attitudes.numerics.variance.singletons import SingletonPolicy
from attitudes.survey.design import Replicates
from attitudes.survey.ledger import Step
from attitudes.survey.survey import Survey

__all__ = ["ReplicateMethod", "replicate"]

ReplicateMethod = Literal[
    "auto", "jk1", "jkn", "brr", "fay", "bootstrap", "subbootstrap", "canty-davison", "mrb"
]
_RANDOM = ("bootstrap", "subbootstrap", "canty-davison", "mrb")


def replicate(
    survey: Survey,
    *,
    method: ReplicateMethod = "auto",
    n: int = 500,
    rng: np.random.Generator | None = None,
    fay_rho: float = 0.3,
    mse: bool = False,
    singleton: SingletonPolicy = "error",
) -> Survey:
    """Return the survey with replicate weights made from its design.

    Parameters
    ----------
    survey
        Survey whose strata, PSUs and sampling fractions are declared.
    method
        ``"auto"`` (``"jkn"`` where there are strata, else ``"jk1"``); ``"jk1"``, ``"jkn"``
        (delete one PSU); ``"brr"``, ``"fay"`` (balanced half-samples); ``"bootstrap"`` (Rao–Wu
        rescaled, with the finite population correction), ``"subbootstrap"`` (without it),
        ``"canty-davison"`` (R's ``type="bootstrap"``), ``"mrb"`` (Preston's multistage).
    n
        Number of replicates of the bootstraps.
    rng
        Source of randomness; the bootstraps need one.
    fay_rho
        Weight left to the dropped half by ``"fay"``.
    mse
        Deviations from the full-sample estimate rather than from the replicates' mean.
    singleton
        For ``"jkn"``: what to do with strata of a single PSU.

    Returns
    -------
    Survey
        With ``design.replicates``: one factor a PSU and replicate, never an n × R matrix; the
        jackknife stores the PSUs' strata only.

    Raises
    ------
    OptionError
        Unknown method; a bootstrap without ``rng``.
    DesignError
        A design that the method does not fit.

    Examples
    --------
    >>> import pandas as pd
    >>> from attitudes.survey.design import SurveyDesign
    >>> frame = pd.DataFrame({"h": [1, 1, 2, 2], "c": [1, 2, 3, 4], "q1": [1, 2, 4, 5]})
    >>> survey = Survey.from_frame(frame, SurveyDesign(stratum="h", psu="c"))
    >>> replicate(survey, method="brr").design.replicates.factors.shape
    (4, 4)
    """
    if method not in get_args(ReplicateMethod):
        raise OptionError.unknown("replicate", "method", method, get_args(ReplicateMethod))
    # Units are numbered in the order of the rows, which a query need not keep.
    survey = in_memory(survey, survey.columns)
    design = replace(survey.design, replicates=None)
    arrays = survey.with_design(design).design_arrays()
    if not arrays.n:
        raise DesignError("replicate", "no respondents", "at least two units")
    if method == "auto":
        method = "jkn" if arrays.n_strata > 1 else "jk1"
    if method in _RANDOM:
        if rng is None:
            raise OptionError(
                f"replicate, method {method!r}",
                "no rng",
                "a numpy.random.Generator",
                "for example rng=numpy.random.default_rng(1)",
            )
        made = _random(arrays, method, n, rng)
    else:
        made = _systematic(survey, arrays, method, fay_rho, singleton)
    replicates = Replicates(
        scale=made.scale,
        rscales=made.rscales,
        mse=mse,
        df=made.df,
        method=method,
        factors=made.factors,
        units=made.units,
        jackknife=made.jackknife,
    )
    parameters: dict[str, object] = {"method": method, "n": len(made.rscales), "mse": mse}
    if method == "fay":
        parameters["fay_rho"] = fay_rho
    step = Step("replicate", parameters, f"{len(made.rscales)} replicates by {method}")
    return survey.with_design(replace(design, replicates=replicates), step)


def _random(arrays: DesignArrays, method: str, n: int, rng: np.random.Generator) -> Replication:
    if method == "mrb":
        return multistage_bootstrap(arrays, rng, n_replicates=n)
    return bootstrap_replicates(arrays, rng, method=method, n_replicates=n)  # type: ignore[arg-type]


def _systematic(
    survey: Survey,
    arrays: DesignArrays,
    method: str,
    fay_rho: float,
    singleton: SingletonPolicy,
) -> Replication:
    stage = first_stage(arrays)
    if method in ("jk1", "jkn"):
        return jackknife_replicates(stage, stratified=method == "jkn", singleton=singleton)
    rho = fay_rho if method == "fay" else 0.0
    return brr_replicates(stage, fay_rho=rho, order=_stratum_ranks(survey, arrays))


def _stratum_ranks(survey: Survey, arrays: DesignArrays) -> IntArray | None:
    """Rank strata by label, so that half-samples do not depend on the order of rows."""
    if not survey.design.stratum:
        return None
    labels = survey.column(survey.design.stratum[0]).astype(str).to_numpy()
    of_stratum = np.empty(arrays.n_strata, dtype=object)
    of_stratum[arrays.strata[0]] = labels
    ranks = np.empty(arrays.n_strata, dtype=np.int64)
    ranks[np.argsort(of_stratum.astype(str), kind="stable")] = np.arange(arrays.n_strata)
    return ranks
