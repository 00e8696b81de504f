"""The respondents that ship: how many, where, from which draw, and plausible answers."""

from __future__ import annotations

import json
from hashlib import sha256

import numpy as np
import pandas as pd
import pytest

import attitudes as at
from attitudes.auditing.checker import check_certificate
from attitudes.study.models import Study
from attitudes.survey.survey import Survey


@pytest.fixture(scope="module")
def study() -> Study:
    return at.load_study("kyrgyzstan-2023")


@pytest.fixture(scope="module")
def survey(study: Study) -> Survey:
    assert study.data.file is not None
    return at.read_responses(study.path(study.data.file), study)


@pytest.fixture(scope="module")
def frame(survey: Survey) -> pd.DataFrame:
    return survey.frame


def answers(frame: pd.DataFrame, study: Study, scale: str) -> pd.DataFrame:
    columns = {}
    for q in study.items(scale):
        values = frame[q.id].where(~frame[q.id].isin([97, 98, 99])).astype(float)
        columns[q.id] = -values if q.keying == "-" else values
    return pd.DataFrame(columns)


def test_the_composition_is_table_3s_and_regions_are_near_table_2(
    study: Study, frame: pd.DataFrame
) -> None:
    assert len(frame) == 1001
    assert frame["gender"].value_counts().to_dict() == {"women": 519, "men": 482}
    assert frame["age_group"].value_counts().to_dict() == {"29_plus": 688, "18_28": 313}
    assert frame["settlement"].value_counts().to_dict() == {
        "rural": 509,
        "urban": 466,
        "suburbs": 26,
    }
    assert frame["ethnicity"].value_counts().to_dict() == {
        "kyrgyz": 792,
        "uzbek": 86,
        "other": 78,
        "russian": 45,
    }
    planned = {
        f.row: int(f.value)
        for f in study.figures()
        if (f.exhibit, f.column, f.statistic) == ("table_2", "total", "count")
    }
    for region, count in frame["region"].value_counts().items():
        assert abs(count - planned[str(region)]) <= 5


def test_clusters_chances_and_weights_come_from_the_draw(frame: pd.DataFrame) -> None:
    assert frame["psu"].nunique() == 56
    assert len(frame[["psu", "stratum"]].drop_duplicates()) == 56
    assert frame["probability"].between(0, 1, inclusive="neither").all()
    np.testing.assert_allclose(frame["weight"], 1 / frame["probability"], rtol=1e-9)
    assert frame["weight"].sum() == pytest.approx(3_944_375, rel=0.01)


def test_all_five_answers_are_used_and_silence_is_plausible(
    study: Study, frame: pd.DataFrame
) -> None:
    for q in (q for q in study.questions if q.scale is not None):
        counts = frame[q.id].value_counts()
        assert set(range(1, 6)) <= set(counts.index), q.id
        silent = float(frame[q.id].isin([97, 98]).mean())
        assert 0.0 <= silent < 0.5, q.id
    every = frame[[q.id for q in study.questions if q.scale is not None]]
    assert 0.03 < float(every.isin([97, 98]).to_numpy().mean()) < 0.25


@pytest.mark.parametrize("scale", ["trust", "traits", "similarity", "change", "extremist"])
def test_items_of_a_scale_hang_together_as_declared(
    study: Study, frame: pd.DataFrame, scale: str
) -> None:
    table = answers(frame, study, scale)
    covariance = table.cov().to_numpy()
    k = len(covariance)
    alpha = k / (k - 1) * (1 - np.trace(covariance) / covariance.sum())
    assert study.reconstruction is not None
    assert alpha == pytest.approx(study.reconstruction.reliability, abs=0.06)
    correlations = table.corr().to_numpy()[np.triu_indices(k, 1)]
    assert np.median(correlations) > 0.1


def test_scales_are_correlated_and_clusters_are_alike(study: Study, frame: pd.DataFrame) -> None:
    scores = pd.DataFrame({s.id: answers(frame, study, s.id).mean(axis=1) for s in study.scales})
    between = scores.corr().to_numpy()[np.triu_indices(len(scores.columns), 1)]
    assert 0.05 < np.median(between) < 0.6
    # Within strata, clusters explain some of a score's variance, but little.
    for name in scores:
        score = scores[name] - scores[name].groupby(frame["region"]).transform("mean")
        groups = score.groupby(frame["psu"])
        size = len(score) / frame["psu"].nunique()
        within = float(groups.var().mean())
        variance = float(groups.mean().var()) - within / size
        assert -0.03 < variance / (variance + within) < 0.2, name


def test_talas_has_the_smallest_base_that_prints_its_means(frame: pd.DataFrame) -> None:
    talas = frame[frame["region"] == "talas"]
    assert len(talas) == 41
    assert int((talas["returnees"] == "not_asked").sum()) == 1

    def prints(base: int, hundredths: int) -> bool:
        return any(
            (2 * hundredths - 1) * base <= 200 * total < (2 * hundredths + 1) * base
            for total in range(5 * base + 1)
        )

    assert not any(prints(n, 298) or prints(n, 302) for n in range(39, 40))
    assert min(n for n in range(39, 60) if prints(n, 298) and prints(n, 302)) == 41


def test_every_row_and_the_file_beside_say_that_nobody_answered(
    study: Study, survey: Survey
) -> None:
    assert study.reconstruction is not None
    assert set(survey.frame["provenance"]) == {"reconstructed"}
    assert set(survey.frame["seed"]) == {study.reconstruction.seed}
    beside = json.loads(study.path("responses.reconstructed.json").read_text(encoding="utf-8"))
    assert beside["provenance"] == "reconstructed"
    assert beside["sha256"] == sha256(study.path("responses.csv").read_bytes()).hexdigest()


def test_the_proofs_that_ship_hold_and_are_minimal_in_what_they_name(study: Study) -> None:
    payload = json.loads(study.path("proofs.json").read_text(encoding="utf-8"))
    assert len(payload["proofs"]) >= 10
    printed = {(f.exhibit, f.row, f.column, f.statistic, f.printed) for f in study.figures()}
    for proof in payload["proofs"]:
        assert check_certificate(proof["certificate"]) is None, proof["id"]
        assert proof["excludes"] in proof["figures"]
        for f in proof["figures"]:
            assert (f["exhibit"], f["row"], f["column"], f["statistic"], f["printed"]) in printed
        for row in proof["certificate"].get("rows", []):
            if "figure" in row:
                assert proof["figures"][row["figure"]]["printed"] == row["printed"]
