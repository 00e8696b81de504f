"""Scales that a study declares: keying, missing codes, least answered, published conventions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import attitudes as at
from attitudes.errors import OptionError


@pytest.fixture(scope="module")
def study() -> at.Study:
    return at.load_study("kyrgyzstan-2023")


@pytest.fixture(scope="module")
def survey(study) -> at.Survey:
    """Generated answers, keyed as the codebook says; a tenth of them don't know."""
    rng = np.random.default_rng(4)
    frame = {}
    for scale in study.scales:
        factor = rng.normal(size=300)
        for question in study.items(scale.id):
            sign = -1 if question.keying == "-" else 1
            y = 0.8 * sign * factor + 0.6 * rng.normal(size=300)
            answers = np.digitize(y, [-1.1, -0.4, 0.4, 1.1]) + 1
            unknown = rng.random(300) < 0.1
            frame[question.id] = np.where(
                unknown, study.missing_codes(question.id)["dont_know"], answers
            ).astype(np.int8)
    return at.Survey.from_frame(pd.DataFrame(frame), study=study, provenance="generated")


def by_hand(survey: at.Survey, scale: str) -> np.ndarray:
    study, columns = survey.study, []
    for question in study.items(scale):
        x = survey.frame[question.id].to_numpy(dtype=float)
        x[np.isin(x, list(study.missing_codes(question.id).values()))] = np.nan
        response = study.response_of(question.id)
        columns.append(response.low + response.high - x if question.keying == "-" else x)
    values = np.column_stack(columns)
    answered = np.isfinite(values).sum(axis=1)
    means = np.nansum(values, axis=1) / np.maximum(answered, 1)
    return np.where(answered >= study.scale(scale).minimum_answered, means, np.nan)


def test_every_scale_is_scored_by_its_codebook(survey, study):
    scored = at.score(survey)
    assert scored.provenance == "generated"
    for scale in study.scales:
        np.testing.assert_allclose(scored.frame[scale.id], by_hand(survey, scale.id), rtol=1e-12)
    assert survey.frame.shape[1] + len(study.scales) == scored.frame.shape[1]
    assert np.isfinite(at.mean(scored, ["trust"]).to_frame()["estimate"]).all()


def test_scales_are_reliable_as_keyed_and_warn_when_not(survey, study):
    found = at.reliability(survey, "trust")
    assert found.warnings == ()
    assert found.alpha > 0.85
    names = [q.id for q in study.items("trust")]
    assert at.reliability(survey, names, interval=None).warnings


def test_as_published_follows_the_conventions(survey, study):
    column = "total"
    published = at.score(survey, "trust", convention="as_published", published_in=("", column))
    values = []
    for question in study.items("trust"):
        rule = study.convention_for("", question.id, column)
        x = survey.answers(question.id).as_float()
        response = study.response_of(question.id)
        c = rule.reversal_constant
        c = response.low + response.high if c is None else c
        values.append(c - x if rule.turned else x)
    matrix = np.column_stack(values)
    answered = np.isfinite(matrix).sum(axis=1)
    expected = np.nansum(matrix, axis=1) / np.maximum(answered, 1)
    kept = answered >= study.scale("trust").minimum_answered
    np.testing.assert_allclose(published.frame["trust"][kept], expected[kept], rtol=1e-12)


def test_as_published_needs_a_study():
    plain = at.Survey.from_frame(pd.DataFrame({"a": [1, 2]}))
    with pytest.raises(OptionError, match="without a study"):
        at.score(plain, {"s": ["a"]}, convention="as_published")
    with pytest.raises(OptionError, match="without a codebook"):
        at.score(plain)


def test_unknown_scales_are_named(survey):
    with pytest.raises(at.AttitudesError, match="did you mean 'trust'"):
        at.score(survey, ["trst"])
