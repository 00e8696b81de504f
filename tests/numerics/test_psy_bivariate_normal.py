"""The bivariate normal distribution against one-dimensional quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr

from attitudes.numerics.correlation.bivariate_normal import (
    bivariate_cdf,
    bivariate_density,
    bivariate_density_slope,
)

TOLERANCE = 2e-13  # of the quadrature it is compared with


def by_quadrature(h: float, k: float, rho: float) -> float:
    def integrand(x: float) -> float:
        return np.exp(-x * x / 2) / np.sqrt(2 * np.pi) * ndtr((k - rho * x) / np.sqrt(1 - rho**2))

    bend = [k / rho] if abs(rho) > 1e-3 and -12 < k / rho < h else None
    return quad(integrand, -12, h, epsabs=1e-15, epsrel=1e-13, limit=400, points=bend)[0]


@pytest.mark.parametrize("rho", [0, 0.1, -0.29, 0.5, -0.74, 0.9, -0.92, 0.93, -0.99, 0.9995])
def test_against_quadrature(rho):
    points = np.array([-3.1, -0.7, 0.0, 0.4, 2.2])
    grid = bivariate_cdf(points[None, :], points[None, :], np.array([float(rho)]))[0]
    for i, h in enumerate(points):
        for j, k in enumerate(points):
            assert grid[i, j] == pytest.approx(by_quadrature(h, k, rho), abs=TOLERANCE)


def test_perfect_correlation_and_far_points():
    h, k = np.array([[0.3, 40.0]]), np.array([[0.5, -40.0]])
    plus = bivariate_cdf(h, k, np.array([1.0]))[0]
    minus = bivariate_cdf(h, k, np.array([-1.0]))[0]
    np.testing.assert_allclose(plus, [[ndtr(0.3), 0], [ndtr(0.5), 0]], atol=1e-15)
    np.testing.assert_allclose(minus, [[ndtr(0.3) - ndtr(-0.5), 0], [ndtr(0.5), 0]], atol=1e-15)


@settings(max_examples=60, deadline=None)
@given(st.floats(-4, 4), st.floats(-4, 4), st.floats(-0.97, 0.97))
def test_derivatives(h, k, rho):
    point = (np.array([[h]]), np.array([[k]]))
    step = 1e-5
    up, down = np.array([rho + step]), np.array([rho - step])
    slope = (bivariate_cdf(*point, up) - bivariate_cdf(*point, down)) / (2 * step)
    density = bivariate_density(*point, np.array([rho]))
    np.testing.assert_allclose(slope, density, rtol=1e-4, atol=1e-7)
    log_up, log_down = (np.log(bivariate_density(*point, r)) for r in (up, down))
    np.testing.assert_allclose(
        (log_up - log_down) / (2 * step),
        bivariate_density_slope(*point, np.array([rho])),
        rtol=1e-4,
        atol=1e-4,
    )
