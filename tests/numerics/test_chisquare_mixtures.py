"""Mixtures of chi-squared variables against closed forms, simulation-free."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from attitudes.errors import OptionError
from attitudes.numerics.inference.chisquare_mixtures import mixture_tail

RTOL = 1e-11  # contour integral to about 1e-13


@pytest.mark.parametrize("k", [1, 2, 5, 30])
@pytest.mark.parametrize("x", [0.01, 1.0, 9.0, 200.0])
def test_equal_coefficients_are_chi_squared(k: int, x: float) -> None:
    assert mixture_tail(2 * x, np.full(k, 2.0)) == pytest.approx(stats.chi2.sf(x, k), rel=RTOL)


@pytest.mark.parametrize("ddf", [1.0, 4.5, 300.0])
@pytest.mark.parametrize("x", [0.1, 3.0, 60.0])
def test_equal_coefficients_with_denominator_are_f(ddf: float, x: float) -> None:
    assert mixture_tail(3 * x, np.ones(3), ddf=ddf) == pytest.approx(
        stats.f.sf(x, 3, ddf), rel=RTOL
    )


def test_two_coefficients_against_convolution() -> None:
    def inner(u: float) -> float:
        return stats.chi2.sf((7 - 0.5 * u**2) / 2, 1) * 2 * stats.norm.pdf(u)

    edge = np.sqrt(14)
    expected = integrate.quad(inner, 0, edge, epsabs=1e-13)[0] + 2 * stats.norm.sf(edge)
    assert mixture_tail(7.0, np.array([2.0, 0.5])) == pytest.approx(expected, rel=1e-9)


def test_satterthwaite_is_exact_for_equal_coefficients() -> None:
    value = mixture_tail(5.0, np.ones(3), method="satterthwaite")
    assert value == pytest.approx(stats.chi2.sf(5, 3), rel=1e-14)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(0.05, 10), min_size=2, max_size=6),
    st.floats(0.1, 60),
    st.one_of(st.just(np.inf), st.floats(3, 500)),
)
def test_properties(coefficients: list[float], x: float, ddf: float) -> None:
    lam = np.array(coefficients)
    p = mixture_tail(x, lam, ddf=ddf)
    assert 0 <= p <= 1
    assert mixture_tail(3 * x, 3 * lam, ddf=ddf) == pytest.approx(p, rel=1e-9)
    assert mixture_tail(x * 1.1, lam, ddf=ddf) < p
    if 1e-6 < p < 0.3:
        saddle = mixture_tail(x, lam, ddf=ddf, method="saddlepoint")
        assert saddle == pytest.approx(p, rel=0.12)


def test_bad_input() -> None:
    with pytest.raises(OptionError, match="positive"):
        mixture_tail(1.0, np.array([-1.0]))
    with pytest.raises(OptionError, match="saddlepoint"):
        mixture_tail(1.0, np.ones(2), method="sadlepoint")  # type: ignore[arg-type]
