"""Degenerate answers through every public function: a result or a message, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import attitudes as at
from attitudes.errors import AttitudesError

ITEMS = list("abcdef")


def answers() -> dict[str, np.ndarray]:
    """Generated answers of one factor, spoilt in one way each."""
    rng = np.random.default_rng(1)
    y = 0.8 * rng.normal(size=(200, 1)) + 0.6 * rng.normal(size=(200, 6))
    x = (np.digitize(y, [-1, 0, 1]) + 1).astype(float)
    unanswered, gaps, twin = x.copy(), x.copy(), x.copy()
    unanswered[:, 1] = np.nan
    gaps[:50] = np.nan
    twin[:, 1] = twin[:, 0]
    endless = x.copy()
    endless[0, 0] = np.inf
    return {
        "sound": x,
        "noise": rng.integers(1, 6, (200, 6)).astype(float),
        "an item unanswered": unanswered,
        "rows without answers": gaps,
        "an item twice": twin,
        "two answers": (x > 2).astype(float),
        "four rows": x[:4],
        "one row": x[:1],
        "no rows": x[:0],
        "an infinite answer": endless,
    }


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


HALVES = {"x": ITEMS[:3], "y": ITEMS[3:]}
CALLS: dict[str, Callable[[at.Survey], Any]] = {
    "alpha": lambda s: at.alpha(s, ITEMS),
    "reliability": lambda s: at.reliability(s, ITEMS),
    "omega hierarchical": lambda s: at.reliability(s, ITEMS, n_groups=3),
    "bootstrap": lambda s: at.reliability(s, ITEMS, interval="bootstrap", replicates=5, rng=rng()),
    "pearson": lambda s: at.correlate(s, ITEMS),
    "spearman": lambda s: at.correlate(s, ITEMS, method="spearman"),
    "polychoric": lambda s: at.polychoric(s, ITEMS),
    "joint likelihood": lambda s: at.polychoric(s, ITEMS[:3], method="ml"),
    "design covariance": lambda s: at.polychoric(
        s, ITEMS[:3], thresholds="item", covariance="design"
    ),
    "polyserial": lambda s: at.polyserial(s, "a", ITEMS[1:3]),
    "number of factors": lambda s: at.number_of_factors(s, ITEMS, rng=rng(), iterations=3),
    "one factor": lambda s: at.factor_analysis(s, ITEMS, 1),
    "three factors": lambda s: at.factor_analysis(s, ITEMS, 3, method="ml", rotation="geomin"),
    "principal axes": lambda s: at.factor_analysis(s, ITEMS, 2, method="pa", rotation="promax"),
    "factor scores": lambda s: at.factor_scores(s, at.factor_analysis(s, ITEMS, 1)),
    "expected factors": lambda s: at.factor_scores(
        s, at.factor_analysis(s, ITEMS, 2), method="eap"
    ),
    "mean score": lambda s: at.score(s, {"z": ITEMS}),
    "two-way": lambda s: at.score(s, {"z": ITEMS}, impute="two_way", rng=rng()),
    "latent score": lambda s: at.score(s, {"z": ITEMS}, method="eap"),
    "percent": lambda s: at.score(s, {"z": ITEMS}, method="pomp", ends=(0, 5)),
    "graded model": lambda s: at.graded_model(s, ITEMS),
    "relations": lambda s: at.scale_relations(s, HALVES),
    "keying": lambda s: at.check_keying(s, {"z": ITEMS}),
    "quality": lambda s: at.response_quality(s, ITEMS, scales=HALVES, ends=(0, 5)),
    "sensitivity": lambda s: at.sensitivity(s, at.response_quality(s, ITEMS), ["a", "b"]),
    "fieldwork": lambda s: at.fieldwork_quality(s, ITEMS, "a"),
    "retest": lambda s: at.retest(s, ["a", "b"]),
}


def outcome(call: str, survey: at.Survey) -> tuple[Any, str]:
    """Return the result, or the message; anything else that is raised goes on."""
    try:
        return CALLS[call](survey), ""
    except AttitudesError as error:
        return None, str(error)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("data", answers())
def test_a_result_or_a_message(data: str, call: str) -> None:
    survey = at.Survey.from_frame(pd.DataFrame(answers()[data], columns=ITEMS))
    found, said = outcome(call, survey)
    assert (found is None) == ("found " in said and "allowed: " in said)
    if data == "sound":
        assert found is not None, said


@pytest.mark.parametrize("call", CALLS)
def test_weights_of_zero(call: str) -> None:
    frame = pd.DataFrame(answers()["sound"], columns=ITEMS).assign(w=0.0)
    survey = at.Survey.from_frame(frame, at.SurveyDesign(weight="w"))
    found, said = outcome(call, survey)
    assert found is not None or said
