"""Models as text and as scales, what cannot be estimated, and properties of what can."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import attitudes as at
from attitudes.errors import ConvergenceError, DataError, EstimationError, OptionError
from attitudes.numerics.sem.difference import difference_test
from attitudes.numerics.sem.optimise import _differenced
from attitudes.numerics.sem.problem import derivatives
from attitudes.psychometrics.confirmatory.syntax import parse_model

LATENT = 0.7


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    f = rng.multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]], 500)
    y = LATENT * f.repeat(3, axis=1) + np.sqrt(1 - LATENT**2) * rng.normal(size=(500, 6))
    made = pd.DataFrame(np.digitize(y, [-1, 0, 1]) + 1.0, columns=list("abcdef"))
    return made.assign(g=np.arange(500) % 2, w=1.5, psu=np.arange(500) // 10)


TWO = "F =~ a + b + c\nG =~ d + e + f"


def survey(frame: pd.DataFrame, **design) -> at.Survey:
    return at.Survey.from_frame(frame, at.SurveyDesign(**design))


def test_syntax_modifiers_comments_and_continuation():
    text = """
    # measurement
    f =~ NA*a + l2*b +
         start(0.7)*c   ! three items
    f ~~ 1*f; g =~ c(1, 0.5)*d + e
    l2 == l3
    x := l2^2 ; d ~ 1 ; e | t1 + t2
    """
    model = parse_model(text)
    found = {(f.lhs, f.op, f.rhs): f.modifier for f in model.formulas}
    assert found["f", "=~", "a"].fixed == (None,)
    assert found["f", "=~", "b"].label == ("l2",)
    assert found["f", "=~", "c"].start == (0.7,)
    assert found["g", "=~", "d"].fixed == (1.0, 0.5)
    assert found["f", "~~", "f"].fixed == (1.0,)
    assert ("d", "~1", "") in found
    assert ("e", "|", "t2") in found
    assert model.defined == {"x": "l2^2"}
    assert [(e.lhs, e.rhs) for e in model.equalities] == [("l2", "l3")]


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("F = a + b", "without an operator"),
        ("F =~ a + b + bb", "did you mean 'b'"),
        ("F =~ a + 2b", "a name of letters"),
        ("F =~ a + foo(1)*b", "the modifier"),
        ("F =~ a + b + c\na < 3", "inequality"),
        ("F =~ a + b + c\nx == y", "unknown label"),
        ("F =~ a + b + c\na | t9", "a threshold that the item does not have"),
        ("F =~ a + b + c\na ~ b", "an ordinal variable that predicts"),
        ("F =~ a + c(1, 1, 1)*b + c", "3 values for 1 groups"),
        ("a ~~ b", "no factor"),
        ("a =~ b + c + d", "the name of a column"),
        ({"x": "abc"}, "a list of names"),
        ({"x": ["a", "-b"], "y": ["b", "c"]}, "both keyings"),
        (None, "no model"),
        ("", "no formula"),
    ],
)
def test_models_that_cannot_be_read(frame, model, message):
    with pytest.raises(OptionError, match=message):
        at.cfa(survey(frame), model)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"estimator": "MLQ"}, "did you mean 'ML'"),
        ({"missing": "fiml"}, "fiml with estimator WLSMV"),
        ({"estimator": "ML", "missing": "pairwise"}, "pairwise with estimator ML"),
        ({"estimator": "MLM", "missing": "fiml"}, "fiml with estimator MLM"),
        ({"missing": "some"}, "unknown option 'some'"),
        ({"equal": ["loadings"]}, "name them with by"),
        ({"by": "g", "equal": ["loading"]}, "did you mean 'loadings'"),
        ({"by": "g", "equal": ["loadings"], "release": ["F=~z"]}, "unknown parameter"),
        ({"release": ["what"]}, "a parameter such as"),
        ({"empty": "x"}, "refuse, collapse"),
        ({"level": 95}, "between 0 and 1"),
        ({"covariance": "cluster"}, "independent, design"),
        ({"parameterization": "lambda"}, "delta, theta"),
    ],
)
def test_options_that_cannot_be_met(frame, options, message):
    with pytest.raises(OptionError, match=message):
        at.cfa(survey(frame), TWO, **options)


def test_data_that_cannot_be_analysed(frame):
    def refuse(changed, message, error=DataError, model="F =~ a + b + c", **options):
        with pytest.raises(error, match=message):
            at.cfa(survey(changed), model, **options)

    refuse(frame.assign(a=1), "item a: found a constant")
    refuse(frame.assign(a=np.nan), "0 respondents for 3 items.*500 respondents were left out")
    refuse(frame.head(3), "3 respondents for 3 items")
    refuse(frame.assign(z=frame.a), "items a and z", EstimationError, "F =~ a + b + c + z")
    refuse(frame.assign(z=frame.a), "singular", DataError, "F =~ a + b + c + z", estimator="ML")
    refuse(frame, "unknown column 'gg'", by="gg")
    refuse(frame.assign(g=1), "one group", by="g")
    refuse(frame.assign(a=np.arange(500.0)), "500 different answers")
    rare = frame.copy()
    rare.loc[(rare.g == 1) & (rare.a == 4), "a"] = 3
    refuse(rare, "item a, group 1: found nobody who answered 4", by="g")
    constant = rare.assign(b=np.where(rare.g == 1, 2, rare.b))
    refuse(constant, "item b, group 1: found a constant", by="g", empty="collapse")
    joined = at.cfa(survey(rare), TWO, by="g", empty="collapse")
    assert joined.warnings[0].startswith("a: answers 3 and 4 were joined")
    never = frame.copy()
    never.loc[never.g == 0, "a"] = np.nan
    refuse(never, "group 0", by="g", estimator="MLR", missing="fiml")
    apart = frame.copy()
    apart.loc[:249, "a"] = np.nan
    apart.loc[250:, "b"] = np.nan
    refuse(
        apart,
        "items a and b: found no respondent who answered both",
        missing="fiml",
        estimator="ML",
    )


def test_models_that_cannot_be_estimated(frame):
    with pytest.raises(EstimationError, match="8 parameters to be had from 7 moments of 2 items"):
        at.cfa(survey(frame), "F =~ a + b")
    with pytest.raises(EstimationError, match="do not determine, among them F ~~ F"):
        at.cfa(survey(frame), "F =~ NA*a + b + c + d", estimator="ML")
    noise = pd.DataFrame(np.random.default_rng(1).normal(size=(60, 6)), columns=list("abcdef"))
    with pytest.raises(ConvergenceError, match="no minimum"):
        at.cfa(survey(noise), TWO, estimator="ML")


def with_correlations(S: np.ndarray, n: int = 300) -> at.Survey:
    """Respondents whose answers correlate exactly as asked."""
    y = np.random.default_rng(8).normal(size=(n, len(S)))
    y -= y.mean(axis=0)
    y = y @ np.linalg.inv(np.linalg.cholesky(y.T @ y / n)).T @ np.linalg.cholesky(S).T
    return survey(pd.DataFrame(y, columns=list("abcdef")[: len(S)]))


def test_improper_solutions_are_named():
    S = np.array([[1.0, 0.9, 0.6], [0.9, 1.0, 0.5], [0.6, 0.5, 1.0]])
    heywood = at.cfa(with_correlations(S), "F =~ a + b + c", estimator="ML")
    assert "Heywood case: the residual variance of a is -0.08" in heywood.warnings[0]
    S = np.full((4, 4), 0.5)
    S[0, 1] = S[1, 0] = S[2, 3] = S[3, 2] = 0.4
    np.fill_diagonal(S, 1.0)
    close = at.cfa(with_correlations(S), "F =~ a + b\nG =~ c + d", estimator="ML")
    assert "F and G correlate 1.25" in close.warnings[0]
    assert close.fit_measures["chisq"] == pytest.approx(0.0, abs=1e-9)


def test_scales_and_text_are_the_same_model(frame):
    text = at.cfa(survey(frame), TWO)
    scales = at.cfa(survey(frame), {"F": ["a", "b", "c"], "G": ["d", "e", "f"]})
    np.testing.assert_allclose(text.loadings, scales.loadings)
    turned = at.cfa(survey(frame.assign(a=5 - frame.a)), {"F": ["-a", "b", "c"], "G": list("def")})
    np.testing.assert_allclose(turned.loadings, scales.loadings, atol=1e-9)
    assert set(text.fit_frame().columns) == {"naive", "scaled", "robust"}
    assert text.to_frame().query("op == '=~'").shape[0] == 6
    assert "data:" not in repr(text)
    generated = at.Survey.from_frame(frame, provenance="generated")
    assert "WLSMV; data: generated" in repr(at.cfa(generated, TWO))
    assert "<table" in text._repr_html_()
    assert "Loadings" in text._repr_html_()


def test_study_scales_by_name_and_turned_by_their_keying():
    from attitudes.cli.respondents import load

    whole = load(None, None)[1]
    found = at.cfa(whole, "change", missing="pairwise")
    assert found.factors == ("change",)
    assert found.covariance == "design"
    assert (found.loadings > 0).all()


def test_equal_weights_and_their_scale_change_nothing(frame):
    plain = at.cfa(survey(frame), TWO)
    equal = at.cfa(survey(frame, weight="w"), TWO)
    assert equal.fit_measures["chisq"] == pytest.approx(plain.fit_measures["chisq"], rel=1e-9)
    rng = np.random.default_rng(1)
    uneven = frame.assign(w=rng.uniform(1, 3, 500))
    one = at.cfa(survey(uneven, weight="w"), TWO)
    ten = at.cfa(survey(uneven.assign(w=10 * uneven.w), weight="w"), TWO)
    np.testing.assert_allclose(one.fit.vcov, ten.fit.vcov, rtol=1e-7)
    ml = at.cfa(survey(uneven, weight="w"), TWO, estimator="ML")
    assert ml.estimator == "MLR"
    assert "ML became MLR" in ml.warnings[0]
    assert at.cfa(survey(uneven, weight="w"), TWO, estimator="DWLS").estimator == "WLSMV"
    assert at.cfa(survey(uneven, weight="w"), TWO, estimator="ML", weights=False).estimator == "ML"


def test_clusters_of_one_are_independent_respondents_but_for_the_small_sample_factor(frame):
    alone = survey(frame.assign(row=np.arange(500)), psu="row")
    for estimator in ("WLSMV", "MLR"):
        plain = at.cfa(survey(frame), TWO, estimator=estimator, means=True)
        each = at.cfa(alone, TWO, estimator=estimator)
        assert each.covariance == "design"
        np.testing.assert_allclose(each.fit.vcov, plain.fit.vcov * 500 / 499, rtol=2e-6)
    assert at.cfa(alone, TWO, covariance="independent").covariance == "independent"


def test_doubled_respondents_in_clusters_keep_their_errors(frame):
    """Everybody twice, the pair a cluster: the errors are those of single respondents."""
    twice = pd.concat([frame, frame], ignore_index=True).assign(psu=np.tile(np.arange(500), 2))
    single = at.cfa(survey(frame), TWO)
    pairs = at.cfa(survey(twice, psu="psu"), TWO)
    np.testing.assert_allclose(pairs.loadings, single.loadings, atol=1e-9)
    ratio = np.diag(pairs.fit.vcov) / np.diag(single.fit.vcov)
    np.testing.assert_allclose(ratio, 1.0, atol=0.005)


@pytest.mark.parametrize("estimator", ["WLSMV", "MLR"])
def test_groups_that_share_psus_are_not_independent(frame, estimator):
    """Twins with the same answers, one in each group: groups cannot differ, whatever the sample."""
    one, other = frame.assign(g=0, psu=np.arange(500)), frame.assign(g=1, psu=np.arange(500))
    twins = pd.concat([one, other], ignore_index=True)
    equal = ["loadings", "intercepts" if estimator == "MLR" else "thresholds"]
    options = {"by": "g", "equal": equal, "estimator": estimator}
    together = at.cfa(survey(twins, psu="psu"), TWO, **options)
    apart = at.cfa(survey(twins, psu="psu"), TWO, covariance="independent", **options)
    means = [k for k, e in enumerate(apart.estimates) if (e.op, e.group) == ("~1", "1") and e.free]
    assert all(abs(apart.estimates[k].estimate) < 1e-8 for k in means[-2:])
    assert all(apart.estimates[k].se > 0.03 for k in means[-2:])
    assert all(together.estimates[k].se < 1e-6 for k in means[-2:])


def test_order_of_items_and_shift_of_answers_do_not_matter(frame):
    one = at.cfa(survey(frame), TWO)
    other = at.cfa(survey(frame + 3), "G =~ f + e + d\nF =~ c + b + a")
    assert other.fit_measures["chisq"] == pytest.approx(one.fit_measures["chisq"], rel=1e-8)
    mine = {(e.lhs, e.rhs): e.std for e in one.estimates if e.op == "=~"}
    for e in other.estimates:
        if e.op == "=~":
            assert e.std == pytest.approx(mine[e.lhs, e.rhs], abs=1e-7)


@pytest.mark.parametrize("options", [{}, {"parameterization": "theta"}, {"estimator": "ML"}])
def test_gradient_and_second_derivatives(frame, options):
    kinds = ["loadings", "intercepts" if options.get("estimator") == "ML" else "thresholds"]
    fit = at.cfa(survey(frame), TWO, by="g", equal=kinds, **options).fit
    rng = np.random.default_rng(0)
    theta = fit.theta + 0.03 * rng.normal(size=len(fit.theta))
    found = derivatives(fit.problem, theta)
    numerical = _differenced(fit.problem, theta)
    if "parameterization" not in options:  # theta leaves out those of the statistics
        np.testing.assert_allclose(found.hessian, numerical, atol=1e-7 * np.abs(numerical).max())
    at_minimum = derivatives(fit.problem, fit.theta)
    assert np.abs(at_minimum.gradient).max() < 1e-7


def test_structures_of_keyed_scales():
    rng = np.random.default_rng(12)
    n, k = 1200, 4
    f = rng.multivariate_normal([0, 0], [[1, 0.3], [0.3, 1]], n)
    method = rng.normal(size=(n, 1))
    sign = np.array([1, 1, -1, -1] * 2)
    y = 0.7 * f.repeat(k, axis=1) * sign + 0.5 * method * (sign < 0) + 0.6 * rng.normal(size=(n, 8))
    frame = pd.DataFrame(np.digitize(y, [-1, 0, 1]), columns=[f"q{j}" for j in range(8)])
    scales = {"x": ["q0", "q1", "-q2", "-q3"], "y": ["q4", "q5", "-q6", "-q7"]}
    found = at.compare_structures(survey(frame), scales)
    table = found.to_frame().set_index("model")
    assert list(table.index) == ["one", "factors", "second-order", "bifactor", "method"]
    assert table.loc["second-order", "problem"].startswith("it is no restriction")
    assert table.loc["method", "cfi"] > table.loc["factors", "cfi"] > table.loc["one", "cfi"]
    assert table.loc["factors", "against"] == "method"
    assert table.loc["factors", "p_diff"] < 1e-6
    assert found["method"].fit_measures["rmsea.scaled"] < 0.03
    loads = {(e.lhs, e.rhs): e.std for e in found["method"].estimates if e.op == "=~"}
    assert all(
        loads["method", q] == pytest.approx(0.46, abs=0.12) for q in ("q2", "q3", "q6", "q7")
    )
    with pytest.raises(OptionError, match="unknown model 'second-order'"):
        found["second-order"]
    with pytest.raises(OptionError, match="did you mean 'bifactor'"):
        at.compare_structures(survey(frame), scales, structures=["bifactors"])
    positive = at.compare_structures(survey(frame), {"x": ["q0", "q1"], "y": ["q4", "q5"]})
    reasons = positive.to_frame().set_index("model")["problem"]
    assert reasons["method"] == "no item is keyed negatively"
    assert reasons["bifactor"] == "a scale has fewer than 3 items"


def test_a_difference_without_degrees_of_freedom_is_no_test(frame):
    one = at.cfa(survey(frame), TWO)
    assert np.isnan(difference_test(one.fit, one.fit).chisq)


def test_sparse_tables_neither_warn_nor_stop():
    """Few respondents, high correlations, one answer against the stream in a corner."""
    rng = np.random.default_rng(4)
    f = rng.normal(size=(37, 1))
    y = np.digitize(f + 0.25 * rng.normal(size=(37, 4)), [-1.5, -0.5, 0.5, 1.5]).astype(float)
    y[0] = [0, 4, 0, 4]
    found = at.polychoric(survey(pd.DataFrame(y, columns=list("abcd"))), list("abcd"))
    assert np.isfinite(found.se).all()
    assert found.correlation[0, 1] < 0.95
    result = at.cfa(survey(pd.DataFrame(y, columns=list("abcd"))), "F =~ a + b + c + d")
    assert all(np.isfinite(e.se) for e in result.estimates)


def test_fifty_items_of_few_respondents():
    """Empty cells in most tables, a matrix that is not positive definite: fitted, and said."""
    rng = np.random.default_rng(5)
    f = rng.multivariate_normal(np.zeros(5), np.full((5, 5), 0.3) + 0.7 * np.eye(5), 150)
    y = 0.6 * f.repeat(10, axis=1) + 0.8 * rng.normal(size=(150, 50))
    cuts = np.sort(rng.normal(0, 1, size=(50, 4)), axis=1)
    coded = np.column_stack([np.digitize(y[:, j], cuts[j]) for j in range(50)])
    frame = pd.DataFrame(coded, columns=[f"q{j}" for j in range(50)])
    scales = {f"f{m}": [f"q{j}" for j in range(10 * m, 10 * m + 10)] for m in range(5)}
    found = at.cfa(survey(frame), scales)
    assert any("not positive definite" in w for w in found.warnings)
    assert "cfi.robust" not in found.fit_measures
    assert np.abs(found.loadings[found.loadings != 0] - 0.6).mean() < 0.12
    assert len(found.modification_indices()) == 50 * 4 + 50 * 49 // 2
