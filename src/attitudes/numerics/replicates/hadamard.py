"""Hadamard matrices for balanced repeated replication."""

from __future__ import annotations

import numpy as np
from scipy.linalg import hadamard as sylvester

from attitudes.errors import OptionError
from attitudes.numerics.design import FloatArray

__all__ = ["hadamard_matrix"]

_LARGEST = 4096


def hadamard_matrix(order: int) -> FloatArray:
    """Return a Hadamard matrix with at least ``order`` rows, its first row and column all +1.

    Parameters
    ----------
    order
        Least number of rows; the nearest order that has a construction is taken.

    Returns
    -------
    FloatArray
        H of +1 and −1 with H Hᵀ = m I, m × m, m ≥ ``order``.

    Raises
    ------
    OptionError
        Order below 1 or above 4096.

    Notes
    -----
    Constructions: Sylvester's doubling, Paley's first (q + 1, q ≡ 3 mod 4 prime) and second
    (2(q + 1), q ≡ 1 mod 4 prime), and doublings of these.

    References
    ----------
    Wolter (2007), Introduction to Variance Estimation, appendix A.

    Examples
    --------
    >>> h = hadamard_matrix(11)
    >>> h.shape, bool((h @ h.T == 12 * np.eye(12)).all())
    ((12, 12), True)
    """
    if not 1 <= order <= _LARGEST:
        raise OptionError("hadamard", f"order {order}", f"1 to {_LARGEST}")
    if order <= 2:
        return np.asarray(sylvester(order), dtype=np.float64)
    size = order + (-order) % 4
    while True:
        matrix = _construct(size)
        if matrix is not None:
            return _normalise(matrix)
        size += 4


def _construct(size: int) -> FloatArray | None:
    if size & (size - 1) == 0:
        return np.asarray(sylvester(size), dtype=np.float64)
    if _is_prime(size - 1) and (size - 1) % 4 == 3:
        return _paley_first(size - 1)
    if size % 2 == 0 and (size // 2 - 1) % 4 == 1 and _is_prime(size // 2 - 1):
        return _paley_second(size // 2 - 1)
    if size % 8 == 0:
        half = _construct(size // 2)
        if half is not None:
            return np.kron(np.array([[1.0, 1.0], [1.0, -1.0]]), half)
    return None


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % d for d in range(2, int(number**0.5) + 1))


def _legendre(q: int) -> FloatArray:
    symbol = -np.ones(q)
    symbol[(np.arange(1, q, dtype=np.int64) ** 2) % q] = 1.0
    symbol[0] = 0.0
    return symbol


def _paley_first(q: int) -> FloatArray:
    index = np.add.outer(np.arange(q), np.arange(q)) % q
    core = -_legendre(q)[index]
    core[index == 0] = -1.0
    matrix = np.ones((q + 1, q + 1))
    matrix[1:, 1:] = core
    return matrix


def _paley_second(q: int) -> FloatArray:
    index = np.subtract.outer(np.arange(q), np.arange(q)) % q
    conference = np.zeros((q + 1, q + 1))
    conference[0, 1:] = 1.0
    conference[1:, 0] = 1.0
    conference[1:, 1:] = _legendre(q)[index]
    plus, minus = np.array([[1.0, 1.0], [1.0, -1.0]]), np.array([[1.0, -1.0], [-1.0, -1.0]])
    return np.kron(conference, plus) + np.kron(np.eye(q + 1), minus)


def _normalise(matrix: FloatArray) -> FloatArray:
    matrix = matrix * matrix[0][None, :]
    return np.asarray(matrix * matrix[:, 0][:, None], dtype=np.float64)
