"""Reliability against R's psych, survey and semTools, and by simulation."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from attitudes.errors import DataError, OptionError
from attitudes.numerics.factors.efa import extract_factors
from attitudes.numerics.factors.omega import omega_coefficients, omega_total
from attitudes.numerics.moments import pairwise_moments
from attitudes.numerics.scales.alpha import alpha_coefficients, alpha_gradient, covariance_influence
from attitudes.numerics.scales.guttman import greatest_lower_bound, split_halves
from attitudes.numerics.scales.reliability_gradients import (
    alpha_slope,
    omega_slope,
    pair_slope,
)
from attitudes.psychometrics.correlations import correlate
from attitudes.psychometrics.reliability import reliability
from attitudes.psychometrics.reliability_intervals import alpha_interval
from attitudes.psychometrics.retest import retest
from attitudes.survey.design import SurveyDesign
from attitudes.survey.survey import Survey

ORACLE = Path(__file__).parents[1] / "oracle"
EXACT = 1e-12  # closed formulas, references printed with 15 digits
MODEL = 2e-6  # psych's factors are good to 1e-6
SCALES = ["Agree", "Consc", "Extra", "Neuro", "Open"]


@pytest.fixture(scope="module")
def found(bfi, keys):
    return {scale: reliability(bfi, keys[scale], ends=(1, 6)) for scale in SCALES}


@pytest.mark.parametrize("scale", SCALES)
def test_alpha_family_equals_psych(found, bfi_reference, scale):
    result, expected = found[scale], bfi_reference["alpha"][scale]
    total = expected["total"]
    assert result.alpha == pytest.approx(total["raw_alpha"], abs=EXACT)
    assert result.alpha_standardised == pytest.approx(total["std.alpha"], abs=EXACT)
    assert result.average_r == pytest.approx(total["average_r"], abs=EXACT)
    assert result.median_r == pytest.approx(total["median_r"], abs=EXACT)
    assert result.coefficients.lambda6 == pytest.approx(total["G6(smc)"], abs=EXACT)
    assert result.coefficients.signal_to_noise == pytest.approx(total["S/N"], abs=1e-11)
    assert result.coefficients.normal_se / np.sqrt(2800) == pytest.approx(total["ase"], abs=EXACT)
    table = result.items_frame()
    dropped = np.array(expected["alpha.drop"]["values"], dtype=float)
    columns = [
        "alpha_dropped",
        "alpha_standardised_dropped",
        "lambda6_dropped",
        "average_r_dropped",
    ]
    np.testing.assert_allclose(table[columns].to_numpy(), dropped[:, :4], atol=EXACT)
    statistics = np.array(expected["item.stats"]["values"], dtype=float)
    columns = ["n", "r_raw", "r_total", "r_corrected", "r_rest", "mean", "sd"]
    np.testing.assert_allclose(table[columns].to_numpy(dtype=float), statistics, atol=EXACT)


@pytest.mark.parametrize("scale", SCALES)
def test_listwise_and_feldt_equal_psych(bfi, keys, bfi_reference, scale):
    result = reliability(
        bfi, keys[scale], ends=(1, 6), missing="listwise", interval="feldt", ordinal=False
    )
    expected = bfi_reference["alpha_listwise"][scale]
    assert result.alpha == pytest.approx(expected["total"]["raw_alpha"], abs=EXACT)
    assert result.n == expected["n_rows"]
    assert result.ci_low == pytest.approx(expected["feldt"]["lower.ci"], abs=1e-10)
    assert result.ci_high == pytest.approx(expected["feldt"]["upper.ci"], abs=1e-10)


@pytest.mark.parametrize("scale", SCALES)
def test_guttman_equals_psych(found, bfi_reference, scale):
    expected = list(bfi_reference["guttman"][scale]["lambda"].values())
    lambdas = np.array(found[scale].lambdas)
    np.testing.assert_allclose(np.delete(lambdas, 3), np.delete(expected, 3), atol=EXACT)
    assert lambdas[3] >= expected[3] - EXACT


@pytest.mark.parametrize("scale", SCALES)
def test_psych_looks_at_half_of_the_splits_of_five_items(bfi, keys, bfi_reference, scale):
    """psych 2.2.9 goes through choose(5, 2)/2 splits; all ten are different."""
    r = correlate(bfi, keys[scale]).correlation
    values = []
    for half in combinations(range(5), 2):
        inside = np.isin(np.arange(5), half)
        values.append(4 * r[np.ix_(inside, ~inside)].sum() / r.sum())
    halves = split_halves(r)
    assert halves.n_splits == 10
    assert (halves.best, halves.worst) == pytest.approx((max(values), min(values)), abs=EXACT)
    assert halves.average == pytest.approx(np.mean(values), abs=EXACT)
    expected = bfi_reference["guttman"][scale]["splithalf"]
    # its first split leaves from the head; which five are taken only matters for its extremes
    assert min(abs(v - expected["maxrb"]) for v in values) < EXACT


@pytest.mark.parametrize("scale", SCALES)
def test_omega_of_one_factor_equals_psych(bfi, keys, bfi_reference, scale):
    result = reliability(bfi, keys[scale], ends=(1, 6), missing="listwise", interval=None)
    expected = bfi_reference["omega_per_scale"][scale]
    assert result.omega_total == pytest.approx(expected["psych_omega_tot_nf1"], abs=MODEL)
    # ordinal alpha of the reference was computed from psych's polychoric correlations (2e-5)
    assert result.alpha_ordinal == pytest.approx(expected["ordinal_alpha"], abs=1e-4)


def test_omega_hierarchical_equals_psych(bfi_complete, items, bfi_reference):
    expected = bfi_reference["omega"]
    result = reliability(bfi_complete, items, n_groups=5, ordinal=False, interval=None)
    assert result.omega_total == pytest.approx(expected["omega.tot"], abs=MODEL)
    # the general factor inherits the oblimin tolerance of the reference
    assert result.omega_hierarchical == pytest.approx(expected["omega_h"], abs=1e-5)
    assert result.omega.limit == pytest.approx(expected["omega.lim"], abs=1e-5)
    groups = np.array(expected["omega.group"]["values"], dtype=float)[1:]
    mine = np.column_stack(
        [result.omega.group_total, result.omega.group_general, result.omega.group_specific]
    )
    np.testing.assert_allclose(mine, groups, atol=5e-5)
    loadings = np.array(expected["sl"]["values"], dtype=float)
    solution = result.omega.solution
    np.testing.assert_allclose(solution.general, loadings[:, 0], atol=5e-5)
    np.testing.assert_allclose(solution.group, loadings[:, 1:6], atol=5e-5)
    assert any("turned" in w for w in result.warnings)


def test_alpha_equals_svycralpha():
    cases = json.loads((ORACLE / "survey_reference.json").read_text())["cases"]
    designs = {
        "apisrs_fpc": SurveyDesign(fpc="fpc"),
        "apistrat_wr": SurveyDesign(stratum="stype", weight="pw"),
        "apiclus1_fpc": SurveyDesign(psu="dnum", weight="pw", fpc="fpc"),
        "apiclus2_2stage": SurveyDesign(psu=["dnum", "snum"], fpc=["fpc1", "fpc2"]),
    }
    for name, design in designs.items():
        case = cases[f"{name}/cralpha"]
        frame = pd.read_csv(ORACLE / "data" / f"{case['data']}.csv")
        survey = Survey.from_frame(frame, design)
        result = reliability(
            survey,
            ["ell", "mobility", "avg.ed", "emer", "meals"],
            missing="listwise",
            ordinal=False,
            interval=None,
        )
        assert result.alpha == pytest.approx(case["result"]["alpha"], rel=1e-8)


def _numbers(n: int, k: int, rng: np.random.Generator, loading: float = 0.6) -> np.ndarray:
    factor = rng.normal(size=(n, 1))
    return loading * factor + np.sqrt(1 - loading**2) * rng.normal(size=(n, k))


@pytest.mark.parametrize("standardised", [False, True])
def test_influence_is_the_derivative_by_weight(bfi, keys, standardised):
    x = bfi.frame[[k.lstrip("-") for k in keys["Open"]]].to_numpy(dtype=float)
    moments = pairwise_moments(x)
    u = covariance_influence(
        x, moments, alpha_gradient(moments.covariance, standardised=standardised)
    )
    name = "standardised" if standardised else "raw"
    for row in (3, 10, 200, int(np.isnan(x).any(axis=1).argmax())):
        values = []
        for step in (-1e-3, 1e-3):
            w = np.ones(len(x))
            w[row] += step
            c = pairwise_moments(x, w).covariance
            values.append(getattr(alpha_coefficients(c), name))
        # the divisor n/(n − 1) of pairs with unequal n is not a part of the influence
        assert u[row] == pytest.approx((values[1] - values[0]) / 2e-3, rel=2e-3, abs=1e-8)


def test_design_interval_of_independent_respondents_agrees_with_feldt():
    rng = np.random.default_rng(11)
    survey = Survey.from_frame(pd.DataFrame(_numbers(2000, 6, rng), columns=list("abcdef")))
    design = reliability(survey, list("abcdef"), ordinal=False)
    feldt = reliability(survey, list("abcdef"), ordinal=False, interval="feldt")
    boot = reliability(
        survey, list("abcdef"), ordinal=False, interval="bootstrap", replicates=300, rng=rng
    )
    width = feldt.ci_high - feldt.ci_low
    for other in (design, boot):
        assert other.ci_low == pytest.approx(feldt.ci_low, abs=0.15 * width)
        assert other.ci_high == pytest.approx(feldt.ci_high, abs=0.15 * width)


def test_slopes_are_derivatives(bfi_complete, keys):
    r = correlate(bfi_complete, keys["Neuro"]).correlation
    loadings = extract_factors(r, 1).loadings[:, 0]
    omega, alpha = pair_slope(omega_slope(r, loadings)), pair_slope(alpha_slope(r))
    for p, (i, j) in enumerate(zip(*np.triu_indices(5, 1), strict=True)):
        values = []
        for step in (-1e-5, 1e-5):
            moved = r.copy()
            moved[i, j] = moved[j, i] = r[i, j] + step
            values.append((omega_total(moved), alpha_coefficients(moved).raw))
        slope = (np.array(values[1]) - np.array(values[0])) / 2e-5
        assert omega[p] == pytest.approx(slope[0], rel=1e-4)
        assert alpha[p] == pytest.approx(slope[1], rel=1e-6)


def test_every_coefficient_has_an_interval_that_the_bootstrap_confirms(bfi, keys):
    frame = bfi.frame.assign(psu=np.arange(bfi.n) // 5, w=np.where(bfi.frame["age"] < 30, 1, 2))
    survey = Survey.from_frame(frame, SurveyDesign(weight="w", psu="psu"))
    design = reliability(survey, keys["Consc"], ends=(1, 6))
    boot = reliability(
        survey,
        keys["Consc"],
        ends=(1, 6),
        interval="bootstrap",
        replicates=300,
        rng=np.random.default_rng(5),
    )
    names = {"alpha", "alpha_standardised", "alpha_ordinal", "omega_total", "omega_ordinal"}
    assert set(design.intervals) == set(boot.intervals) == names
    for name in names:
        linear, drawn = design.intervals[name], boot.intervals[name]
        # the standard deviation of 300 draws is good to about 4 %
        assert linear.se == pytest.approx(drawn.se, rel=0.15)
        assert linear.low < getattr(design, name) < linear.high
    row = design.to_frame().iloc[0]
    assert row["omega_total_low"] == design.intervals["omega_total"].low


def test_bootstrap_has_an_interval_of_omega_hierarchical(bfi_complete, items):
    found = reliability(
        bfi_complete,
        items,
        n_groups=5,
        ordinal=False,
        interval="bootstrap",
        replicates=12,
        rng=np.random.default_rng(1),
    )
    interval = found.intervals["omega_hierarchical"]
    assert interval.low <= found.omega_hierarchical + 0.05
    assert 0 < interval.se < 0.1


def test_the_best_split_of_many_items_is_found_by_exchange():
    rng = np.random.default_rng(2)
    r = np.corrcoef(_numbers(300, 16, rng), rowvar=False)
    whole = split_halves(r)
    drawn = split_halves(r, most=200, rng=rng)
    assert (whole.exhaustive, drawn.exhaustive) == (True, False)
    assert drawn.best == pytest.approx(whole.best, abs=0.004)
    assert drawn.worst == pytest.approx(whole.worst, abs=0.004)


def test_design_interval_covers_in_clusters():
    """400 samples of 30 clusters: the 95 % interval covers as it says (± 3 binomial errors)."""
    rng = np.random.default_rng(7)
    population = alpha_coefficients(
        np.full((5, 5), 0.3) + np.diag(np.full(5, 0.5)) + np.full((5, 5), 0.2)
    ).raw
    covered = 0
    for _ in range(400):
        psu = np.repeat(np.arange(30), 10)
        shared = rng.normal(size=30)[psu][:, None] * np.sqrt(0.2)
        person = rng.normal(size=(300, 1)) * np.sqrt(0.3)
        x = shared + person + rng.normal(size=(300, 5)) * np.sqrt(0.5)
        survey = Survey.from_frame(
            pd.DataFrame(x, columns=list("abcde")).assign(psu=psu), SurveyDesign(psu="psu")
        )
        interval = alpha_interval(
            survey,
            x,
            np.ones(300),
            pairwise_moments(x),
            method="design",
            level=0.95,
            singleton="error",
        )
        covered += interval.low <= population <= interval.high
    assert 0.917 <= covered / 400 <= 0.983


def clustered_answers(clusters: int, size: int, rng: np.random.Generator) -> pd.DataFrame:
    """Generated answers of 5 points to 6 items, the last reversed; clusters and unequal weights."""
    psu = np.repeat(np.arange(clusters), size)
    shared = np.sqrt(0.15) * rng.normal(size=clusters)[psu][:, None]
    person = np.sqrt(0.35) * rng.normal(size=(len(psu), 1))
    y = (shared + person) * np.array([1, 1.2, 0.8, 1, 0.9, -1]) + 0.7 * rng.normal(
        size=(len(psu), 6)
    )
    x = np.digitize(y, [-1.1, -0.4, 0.4, 1.1]) + 1
    frame = pd.DataFrame(x, columns=list("abcdef"))
    return frame.assign(psu=psu, w=rng.uniform(0.5, 2.0, len(psu)))


@pytest.mark.simulation
def test_intervals_of_every_coefficient_cover_with_clusters_weights_and_keying():
    """300 samples of 40 clusters: 95 % intervals cover as they say (± 3 binomial errors)."""
    rng = np.random.default_rng(21)
    items = ["a", "b", "c", "d", "e", "-f"]
    options = {"ends": (1, 5)}
    whole = Survey.from_frame(clustered_answers(20_000, 10, rng))
    population = reliability(whole, items, interval=None, **options)
    covered = dict.fromkeys(
        ("alpha", "alpha_standardised", "alpha_ordinal", "omega_total", "omega_ordinal"), 0
    )
    design = SurveyDesign(weight="w", psu="psu")
    for _ in range(300):
        survey = Survey.from_frame(clustered_answers(40, 12, rng), design)
        found = reliability(survey, items, **options)
        for name in covered:
            interval = found.intervals[name]
            covered[name] += interval.low <= getattr(population, name) <= interval.high
    for name, count in covered.items():
        assert 0.912 <= count / 300 <= 0.988, (name, count / 300)


def test_groups_keep_the_whole_design_and_name_what_fails(bfi, keys):
    frame = bfi.frame.assign(group=np.where(bfi.frame["gender"] == 1, "m", "f"), w=1.5)
    frame.loc[frame.index[:40], "group"] = "small"
    frame.loc[frame["group"] == "small", "N1"] = 3
    survey = Survey.from_frame(frame, SurveyDesign(weight="w"))
    result = reliability(survey, keys["Neuro"], by="group")
    labels = [g.group[1] for g in result.groups]
    assert labels == ["f", "m", "small"]
    alone = reliability(Survey.from_frame(frame[frame["group"] == "m"]), keys["Neuro"])
    men = result.groups[1]
    assert men.alpha == pytest.approx(alone.alpha, abs=1e-12)
    # n/(n − 1) of all PSUs in the stratum, not of the group's
    assert men.se == pytest.approx(alone.se, rel=1e-3)
    small = result.groups[2]
    assert np.isnan(small.alpha)
    assert "N1: found a constant" in small.warnings[0]
    assert result.to_frame()["group"].tolist() == ["total", *labels]


def test_greatest_lower_bound_is_feasible_and_above_the_others(found, bfi, keys):
    for scale in SCALES:
        assert found[scale].glb >= max(found[scale].lambdas) - 1e-7
    rng = np.random.default_rng(1)
    loads = rng.uniform(0.4, 0.9, size=7)
    r = np.outer(loads, loads)
    np.fill_diagonal(r, 1.0)
    assert greatest_lower_bound(r) == pytest.approx(loads.sum() ** 2 / r.sum(), abs=1e-6)


def test_omega_recovers_a_bifactor_population():
    general = np.full(12, 0.6)
    group = np.zeros((12, 3))
    for g in range(3):
        group[4 * g : 4 * g + 4, g] = 0.4
    r = np.outer(general, general) + group @ group.T
    np.fill_diagonal(r, 1.0)
    found = omega_coefficients(r, 3)
    assert found.hierarchical == pytest.approx(general.sum() ** 2 / r.sum(), abs=1e-4)
    assert found.membership.reshape(3, 4).std(axis=1).tolist() == [0, 0, 0]


def test_wrong_keys_are_warned_of(bfi):
    result = reliability(bfi, ["A1", "A2", "A3", "A4", "A5"], interval=None)
    assert [w.split(":")[0] for w in result.warnings] == ["A1"]


def test_what_cannot_be_had_is_named(bfi):
    with pytest.raises(OptionError, match="at least 2"):
        reliability(bfi, ["A1"])
    with pytest.raises(OptionError, match="did you mean 'bootstrap'"):
        reliability(bfi, ["A1", "A2"], interval="bootstrp")
    with pytest.raises(OptionError, match="rng"):
        reliability(bfi, ["A1", "A2"], interval="bootstrap")
    with pytest.raises(DataError, match="constant"):
        reliability(Survey.from_frame(bfi.frame.assign(A1=1)), ["A1", "A2"])


def test_retest_recovers_the_share_of_true_variance():
    rng = np.random.default_rng(3)
    true = rng.normal(size=(800, 1))
    x = true + 0.5 * rng.normal(size=(800, 2))
    survey = Survey.from_frame(pd.DataFrame(x, columns=["t1", "t2"]))
    result = retest(survey, ["t1", "t2"])
    assert result.icc == pytest.approx(0.8, abs=0.03)
    assert result.n == 800
    assert (result.table["ci_low"] < result.table["icc"]).all()
    with pytest.raises(DataError, match="1 measurements"):
        retest(survey, ["t1"])
