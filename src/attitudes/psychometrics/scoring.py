"""Scores of scales, added to the survey as columns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from attitudes.errors import AttitudesError, DataError, OptionError, raise_all
from attitudes.numerics.design import FloatArray
from attitudes.numerics.moments import pairwise_moments
from attitudes.numerics.scales.scale_scores import Impute, ScaleScores, ScoreMethod, score_items
from attitudes.psychometrics.conventions import published_items
from attitudes.psychometrics.items import ItemSet, Scales, named_scales, resolve_items
from attitudes.psychometrics.keying import keying_warnings
from attitudes.psychometrics.threads import one_thread
from attitudes.survey.ledger import Step
from attitudes.survey.survey import Survey

__all__ = ["Convention", "ScoreMethods", "score"]

ScoreMethods = Literal["mean", "sum", "pomp", "eap"]
Convention = Literal["recomputed", "as_published"]
METHODS = ("mean", "sum", "pomp", "eap")
IMPUTE = ("person_mean", "item_mean", "item_median", "two_way")
CONVENTIONS = ("recomputed", "as_published")


@dataclass(frozen=True, slots=True)
class _Options:
    method: ScoreMethods
    minimum_answered: float | None
    impute: Impute | None
    convention: Convention
    published_in: tuple[str, str]
    ends: tuple[float, float] | None
    rng: np.random.Generator | None


@one_thread
def score(
    survey: Survey,
    scales: Scales = None,
    *,
    method: ScoreMethods = "mean",
    minimum_answered: float | None = None,
    impute: Impute | None = None,
    convention: Convention = "recomputed",
    published_in: tuple[str, str] = ("", "total"),
    ends: tuple[float, float] | None = None,
    suffix: str = "",
    rng: np.random.Generator | None = None,
) -> Survey:
    """Score scales: one column a scale, named like it.

    Parameters
    ----------
    survey
        Respondents.
    scales
        Ids of scales of the study, or a mapping from names to items, with a minus before items
        keyed negatively (``{"agree": ["-A1", "A2"]}``); default: all scales of the study.
    method
        ``"mean"`` of the answered items; ``"sum"``; ``"pomp"``, percent of the maximum
        possible; ``"eap"``, the expected latent value under the graded (normal-ogive) model of
        the scale, with mean 0 and variance 1 in the population, and a column
        ``<scale><suffix>_se`` of its posterior standard deviation.
    minimum_answered
        Least number of items (or share of them, below 1) a respondent must have answered; the
        others get NaN. Default: what the study says of the scale, else 1.
    impute
        ``"person_mean"``, ``"item_mean"``, ``"item_median"`` (weighted) or ``"two_way"`` for
        missing answers. None: the mean is of the items answered, and a sum needs them all.
    convention
        ``"recomputed"``: keying and ends as the codebook declares them. ``"as_published"``: the
        keying, reversal constant and treatment of don't-know of the published report, where the
        study declares them.
    published_in
        Exhibit id and column id whose conventions are meant with ``"as_published"``; default:
        those that hold for every table.
    ends
        Lowest and highest answer, where no codebook declares them.
    suffix
        Added to the scale's name to name the column.
    rng
        For ``impute="two_way"``: adds the random error of that method.

    Returns
    -------
    Survey
        With the scores as columns. The summary of its last step says how many were scored, how
        many answers were imputed, and which items go against their scale.

    Raises
    ------
    OptionError
        Unknown option or scale, ends of a response scale not known, a column that exists.

    Notes
    -----
    Reverse keying is (lowest + highest) − x, from the declared ends, never from the data. The
    standard error of a mean score under the design is ``at.mean(at.score(survey), "trust")``.

    Examples
    --------
    >>> import pandas as pd
    >>> survey = Survey.from_frame(pd.DataFrame({"a": [1, 4, 5], "b": [5, 3, None]}))
    >>> score(survey, {"s": ["a", "-b"]}, ends=(1, 5)).frame["s"].tolist()
    [1.0, 3.5, 5.0]
    """
    options = _Options(method, minimum_answered, impute, convention, published_in, ends, rng)
    _check(options)
    wanted = named_scales(survey, scales)
    taken = [f"{label}{suffix}" for label in wanted if f"{label}{suffix}" in survey.columns]
    if taken:
        raise OptionError(
            "score, column names",
            f"{', '.join(taken)}, in the survey already",
            "new names",
            'give a suffix, such as suffix="_score"',
        )
    columns: dict[str, FloatArray] = {}
    notes: list[str] = []
    for label, members in wanted.items():
        items = resolve_items(survey, members, ends=ends, label=label)
        added, note = _score_one(survey, items, options)
        columns |= {f"{label}{suffix}{tail}": values for tail, values in added.items()}
        notes.append(note)
    parameters = _parameters(wanted, options, suffix)
    return survey.with_columns(columns, Step("score", parameters, "; ".join(notes)))


def _check(options: _Options) -> None:
    failures: list[AttitudesError] = []
    for name, value, allowed in (
        ("method", options.method, METHODS),
        ("impute", options.impute, IMPUTE),
        ("convention", options.convention, CONVENTIONS),
    ):
        if value is not None and value not in allowed:
            failures.append(OptionError.unknown(f"score, {name}", "option", str(value), allowed))
    least = options.minimum_answered
    if least is not None and not least >= 0:
        failures.append(OptionError("score, minimum_answered", f"{least}", "0 or more"))
    if options.ends is not None and not options.ends[0] < options.ends[1]:
        failures.append(OptionError("score, ends", f"{options.ends}", "(lowest, highest)"))
    raise_all(failures)


def _minimum(items: ItemSet, asked: float | None) -> int:
    least = asked if asked is not None else items.minimum_answered
    if least is None:
        return 1
    count = math.ceil(least * items.k) if 0 < least < 1 else int(least)
    if count > items.k:
        raise OptionError(
            f"scale {items.label}, minimum_answered", f"{count}", f"at most {items.k}, its items"
        )
    return count


def _score_one(
    survey: Survey, items: ItemSet, options: _Options
) -> tuple[dict[str, FloatArray], str]:
    if options.convention == "as_published":
        items = published_items(survey, items, options.published_in)
    values = items.keyed()
    answered = np.isfinite(values).any(axis=0)
    if not answered.all():
        names = ", ".join(items.names[j] for j in np.flatnonzero(~answered))
        raise DataError(f"scale {items.label}", f"nobody answered {names}", "some answers")
    minimum, determinacy = _minimum(items, options.minimum_answered), math.nan
    if options.method == "eap":
        added, determinacy = _eap(items, values, minimum)
        imputed, count = 0, int(np.isfinite(added[""]).sum())
    else:
        scored = _plain(items, values, minimum, options)
        added, imputed = {"": scored.scores}, scored.imputed
        count = int(np.isfinite(scored.scores).sum())
    note = f"{items.label}: {options.method} of {items.k} items, {count} of {survey.n} scored"
    if options.method == "eap":
        note += f", correlation with the latent value {determinacy:.2f}"
    if imputed:
        note += f", {imputed} answers imputed ({options.impute})"
    covariance = pairwise_moments(values, items.weights).covariance
    warnings = keying_warnings(items, covariance) if items.k > 1 else ()
    return added, "; ".join([note, *warnings])


def _plain(items: ItemSet, values: FloatArray, minimum: int, options: _Options) -> ScaleScores:
    assert options.method != "eap"
    method: ScoreMethod = options.method
    low, high = items.ends if method == "pomp" else (np.nan, np.nan)
    return score_items(
        values,
        method=method,
        minimum_answered=minimum,
        impute=options.impute,
        low=low,
        high=high,
        weights=items.weights,
        rng=options.rng,
    )


def _eap(items: ItemSet, values: FloatArray, minimum: int) -> tuple[dict[str, FloatArray], float]:
    """Return scores and their posterior deviations, and the determinacy of the scores."""
    from attitudes.psychometrics.graded import graded_scores

    scores = graded_scores(items, values)
    enough = np.isfinite(values).sum(axis=1) >= max(minimum, 1)
    columns = {
        "": np.where(enough, scores.scores, np.nan),
        "_se": np.where(enough, scores.se, np.nan),
    }
    return columns, math.sqrt(scores.reliability)


def _parameters(wanted: dict[str, Any], options: _Options, suffix: str) -> dict[str, Any]:
    return {
        "scales": {k: v if isinstance(v, str) else list(v) for k, v in wanted.items()},
        "method": options.method,
        "minimum_answered": options.minimum_answered,
        "impute": options.impute,
        "convention": options.convention,
        "published_in": list(options.published_in),
        "ends": None if options.ends is None else list(options.ends),
        "suffix": suffix,
    }
