"""Residuals of calibrated designs: what the variance sees after post-stratification or raking."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from attitudes.errors import DesignError
from attitudes.numerics.design import FloatArray

__all__ = ["RAKING_SWEEPS", "CalibrationRecord", "poststrata", "require_records", "sweep"]

RAKING_SWEEPS = 10
KINDS = ("poststratified", "raked", "greg")


class CalibrationRecord(Protocol):
    """What one calibration leaves for the variance (see ``survey.survey.Calibration``)."""

    @property
    def auxiliaries(self) -> FloatArray:
        """Calibration variables, n × p."""

    @property
    def regression_weights(self) -> FloatArray:
        """Weights after the calibration (base × g), length n."""

    @property
    def kind(self) -> str:
        """``"poststratified"``, ``"raked"`` or ``"greg"``."""

    @property
    def base_weights(self) -> FloatArray:
        """Weights before the calibration, length n."""

    @property
    def margins(self) -> tuple[NDArray[np.int64], ...]:
        """Codes of each margin (raking) or of the poststrata."""


def sweep(scores: FloatArray, records: Iterable[CalibrationRecord]) -> FloatArray:
    """Replace weighted scores by their calibration residuals, one record after the other.

    Parameters
    ----------
    scores
        Weighted linearised values (the calibrated weight is contained), n × p.
    records
        The calibrations since the design weights, in order.

    Returns
    -------
    FloatArray
        n × p; a new array, or ``scores`` itself when there is no record.

    Raises
    ------
    DesignError
        A record of another length, or of an unknown kind.

    Notes
    -----
    With d the weight before, w = dg the weight after and z = score/w:
    GREG takes the residuals of z regressed on the auxiliaries with weights d, times w;
    post-stratification the same with the poststrata's indicators, which is z minus its d-weighted
    mean in the poststratum; raking sweeps the plain means of z out of each margin in turn, ten
    times, as R's survey does. For a calibration at the level of units, auxiliaries and base
    weights are the units' means.

    References
    ----------
    Deville and Särndal (1992), JASA 87; Valliant (1993), JASA 88; Lumley (2010), Complex Surveys,
    chapter 7.
    """
    out = np.asarray(scores, dtype=np.float64)
    for record in require_records(records, len(out)):
        after = np.where(record.regression_weights == 0, 1.0, record.regression_weights)[:, None]
        z = out / after
        if record.kind == "raked":
            z = _sweep_margins(z, record.margins)
        elif record.kind == "poststratified":
            z = z - _stratum_means(z, poststrata(record), record.base_weights)
        else:
            z = _regression_residuals(z, record.auxiliaries, record.base_weights)
        out = z * after
    return out


def require_records(records: Iterable[CalibrationRecord], n: int) -> list[CalibrationRecord]:
    """Return the records, each of n rows and of a kind that is known.

    Raises
    ------
    DesignError
        A record of another length, or of an unknown kind.
    """
    given = list(records)
    for record in given:
        if len(record.regression_weights) != n:
            raise DesignError(
                "calibration record",
                f"{len(record.regression_weights)} rows",
                f"{n}, one a respondent",
            )
        if record.kind not in KINDS:
            raise DesignError.unknown("calibration record", "kind", record.kind, KINDS)
    return given


def poststrata(record: CalibrationRecord) -> NDArray[np.int64]:
    """Return the poststratum of each respondent."""
    if record.margins:
        return record.margins[0]
    return np.asarray(np.argmax(record.auxiliaries, axis=1), dtype=np.int64)


def _stratum_means(z: FloatArray, codes: NDArray[np.int64], weights: FloatArray) -> FloatArray:
    size = int(codes.max()) + 1
    total = np.bincount(codes, weights=weights, minlength=size)
    total[total == 0] = 1.0
    means = np.empty((size, z.shape[1]))
    for j in range(z.shape[1]):
        means[:, j] = np.bincount(codes, weights=z[:, j] * weights, minlength=size) / total
    return means[codes]


def _sweep_margins(z: FloatArray, margins: tuple[NDArray[np.int64], ...]) -> FloatArray:
    ones = np.ones(len(z))
    for _ in range(RAKING_SWEEPS):
        for codes in margins:
            z = z - _stratum_means(z, codes, ones)
    return z


def _regression_residuals(z: FloatArray, X: FloatArray, weights: FloatArray) -> FloatArray:
    root = np.sqrt(weights)[:, None]
    q, r = np.linalg.qr(X * root)
    diagonal = np.abs(np.diag(r))
    if diagonal.min(initial=np.inf) < 1e-9 * diagonal.max(initial=0.0):
        u, s, _ = np.linalg.svd(X * root, full_matrices=False)
        q = u[:, s > 1e-11 * s[0]]
    scaled = z * root
    return np.where(root > 0, (scaled - q @ (q.T @ scaled)) / np.where(root > 0, root, 1.0), z)
