"""Patterns of careless answering in rows of item answers."""

from __future__ import annotations

import numpy as np
from scipy.stats import chi2

from attitudes.errors import EstimationError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.moments import pairwise_moments

__all__ = [
    "even_odd_consistency",
    "guttman_errors",
    "individual_variability",
    "long_string",
    "mahalanobis_distance",
    "pair_consistency",
    "polytomous_fit",
]


def long_string(values: FloatArray) -> IntArray:
    """Return each respondent's longest run of the same answer, gaps left out; length n.

    Examples
    --------
    >>> long_string(np.array([[1.0, 3, 3, 3], [2.0, np.nan, 2, 1], [np.nan] * 4]))
    array([3, 2, 0])
    """
    n, k = values.shape
    run, last = np.zeros(n, dtype=np.int64), np.full(n, np.nan)
    longest = np.zeros(n, dtype=np.int64)
    for j in range(k):
        answer = values[:, j]
        present = np.isfinite(answer)
        same = present & (answer == last)
        run = np.where(same, run + 1, np.where(present, 1, run))
        last = np.where(present, answer, last)
        longest = np.maximum(longest, run)
    return longest


def individual_variability(values: FloatArray) -> FloatArray:
    """Return each respondent's standard deviation over items (divisor answered − 1), length n.

    References
    ----------
    Dunn, A. M., Heggestad, E. D., Shanock, L. R. and Theilgard, N. (2018). Intra-individual
    response variability as an indicator of insufficient effort responding. *Journal of Business
    and Psychology* 33, 105–121.

    Examples
    --------
    >>> individual_variability(np.array([[1.0, 3.0], [2.0, 2.0], [1.0, np.nan]])).round(4)
    array([1.4142, 0.    ,    nan])
    """
    present = np.isfinite(values)
    count = present.sum(axis=1)
    known = np.where(present, values, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = known.sum(axis=1) / count
        centred = np.where(present, values - mean[:, None], 0.0)
        variance = (centred**2).sum(axis=1) / (count - 1)
    return np.where(count > 1, np.sqrt(np.maximum(variance, 0.0)), np.nan)


def mahalanobis_distance(
    values: FloatArray, weights: FloatArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """Return squared Mahalanobis distances of the answered items, and their χ² tail, length n.

    Parameters
    ----------
    values
        Answers, n × k, NaN where missing.
    weights
        Of mean and covariance; default: all 1.

    Raises
    ------
    EstimationError
        When the covariance matrix is singular.

    Notes
    -----
    Respondents who left items out are measured on the items they answered, with as many degrees
    of freedom.
    """
    moments = pairwise_moments(values, weights)
    covariance = moments.covariance
    if np.linalg.eigvalsh(covariance)[0] <= 1e-10 * np.trace(covariance):
        raise EstimationError(
            "Mahalanobis distance",
            "a singular covariance matrix",
            "items that are not sums of others",
        )
    present = np.isfinite(values)
    out = np.full(len(values), np.nan)
    centred = values - moments.mean
    patterns, which = np.unique(present, axis=0, return_inverse=True)
    for p, pattern in enumerate(patterns):
        if not pattern.any():
            continue
        rows = np.flatnonzero(which.ravel() == p)
        z = centred[np.ix_(rows, np.flatnonzero(pattern))]
        inner = covariance[np.ix_(pattern, pattern)]
        out[rows] = (z * np.linalg.solve(inner, z.T).T).sum(axis=1)
    return out, np.asarray(chi2.sf(out, np.maximum(present.sum(axis=1), 1)))


def _row_correlation(a: FloatArray, b: FloatArray, least: int) -> FloatArray:
    """Correlation of a and b within each row over columns where both are known."""
    both = np.isfinite(a) & np.isfinite(b)
    count = both.sum(axis=1)
    x, y = np.where(both, a, 0.0), np.where(both, b, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        x = np.where(both, x - (x.sum(axis=1) / count)[:, None], 0.0)
        y = np.where(both, y - (y.sum(axis=1) / count)[:, None], 0.0)
        r = (x * y).sum(axis=1) / np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    return np.where(count >= least, r, np.nan)


def even_odd_consistency(halves: tuple[FloatArray, FloatArray]) -> FloatArray:
    """Return the within-person correlation of scales' odd and even halves, stepped up; length n.

    Parameters
    ----------
    halves
        Means of the odd and of the even items of each scale, both n × scales (at least 3).

    Notes
    -----
    Spearman–Brown 2r/(1 + r); set to −1 where r is −1 or below its pole.

    References
    ----------
    Johnson, J. A. (2005). Ascertaining the validity of individual protocols from Web-based
    personality inventories. *Journal of Research in Personality* 39, 103–129.

    Examples
    --------
    >>> even_odd_consistency((np.array([[1.0, 2, 3]]), np.array([[1.0, 2, 4]]))).round(3)
    array([0.991])
    """
    r = _row_correlation(halves[0], halves[1], 3)
    with np.errstate(divide="ignore", invalid="ignore"):
        stepped = 2.0 * r / (1.0 + r)
    return np.where(np.isnan(r), np.nan, np.clip(stepped, -1.0, 1.0))


def pair_consistency(values: FloatArray, pairs: IntArray) -> FloatArray:
    """Return the within-person correlation over pairs of items, length n.

    Parameters
    ----------
    values
        Answers, n × k, NaN where missing.
    pairs
        Items of each pair, q × 2 (at least 3 pairs): psychometric synonyms or antonyms.

    Examples
    --------
    >>> pairs = np.array([[0, 1], [2, 3], [4, 5]])
    >>> pair_consistency(np.array([[1.0, 1, 3, 3, 5, 4]]), pairs).round(3)
    array([0.982])
    """
    return _row_correlation(values[:, pairs[:, 0]], values[:, pairs[:, 1]], 3)


def guttman_errors(codes: IntArray, probabilities: FloatArray) -> FloatArray:
    """Return each respondent's Guttman errors as a share of the most possible, length n.

    Parameters
    ----------
    codes
        Keyed category numbers 0 … C − 1, n × k; −1 where missing.
    probabilities
        Share of respondents at or above each step, k × (C − 1); NaN for steps an item lacks.

    Notes
    -----
    An error: a harder item step passed while an easier one is failed. NaN where the respondent
    passed no step or all of those answered (no error is possible).

    References
    ----------
    Emons, W. H. M. (2008). Nonparametric person-fit analysis of polytomous item scores. *Applied
    Psychological Measurement* 32, 224–247.

    Examples
    --------
    >>> share = np.array([[0.9], [0.5], [0.1]])
    >>> guttman_errors(np.array([[1, 1, 0], [0, 0, 1]]), share)
    array([0., 1.])
    """
    steps = probabilities.shape[1]
    flat = probabilities.ravel()
    real = np.flatnonzero(np.isfinite(flat))
    order = real[np.argsort(-flat[real], kind="stable")]
    item, step = order // steps, order % steps
    answered = codes[:, item] >= 0
    passed = answered & (codes[:, item] > step)
    failed = answered & ~passed
    failed_before = np.cumsum(failed, axis=1)
    errors = (passed * failed_before).sum(axis=1).astype(np.float64)
    most = passed.sum(axis=1) * failed.sum(axis=1)
    return np.where(most > 0, errors / np.maximum(most, 1), np.nan)


def polytomous_fit(
    codes: IntArray,
    posterior_mean: FloatArray,
    probabilities: tuple[FloatArray, ...],
    grid: FloatArray,
) -> FloatArray:
    """Return the standardised log-likelihood l_z of each respondent's answers, length n.

    Parameters
    ----------
    codes
        Category numbers, n × k; −1 where missing.
    posterior_mean
        Estimated latent value of each respondent.
    probabilities
        Of each item: P(answer = c | θ) on the grid, len(grid) × C_j.
    grid
        Rising values of θ; the nearest one is used for each respondent.

    Notes
    -----
    With estimated latent values the index has a mean somewhat above 0 and a variance below 1
    (Snijders 2001), so that limits from the normal distribution flag too few, not too many.

    References
    ----------
    Drasgow, F., Levine, M. V. and Williams, E. A. (1985). Appropriateness measurement with
    polychotomous item response models and standardized indices. *British Journal of Mathematical
    and Statistical Psychology* 38, 67–86.
    """
    known = np.isfinite(posterior_mean)
    place = np.searchsorted((grid[1:] + grid[:-1]) / 2.0, np.where(known, posterior_mean, 0.0))
    total, expected, variance = (np.zeros(len(codes)) for _ in range(3))
    for j, p in enumerate(probabilities):
        log_p = np.log(np.maximum(p, 1e-300))
        mean = (p * log_p).sum(axis=1)
        spread = (p * log_p**2).sum(axis=1) - mean**2
        answered = codes[:, j] >= 0
        at = place[answered]
        total[answered] += log_p[at, codes[answered, j]]
        expected[answered] += mean[at]
        variance[answered] += spread[at]
    ok = known & (variance > 0)
    return np.where(ok, (total - expected) / np.sqrt(np.where(ok, variance, 1.0)), np.nan)
