"""Estimates that no population could have: negative variances, correlations beyond one."""

from __future__ import annotations

import numpy as np

from attitudes.numerics.sem.fit import SemFit
from attitudes.numerics.sem.structure import implied_moments
from attitudes.psychometrics.confirmatory.matrices import Placed
from attitudes.psychometrics.confirmatory.model_table import ModelTable
from attitudes.psychometrics.confirmatory.modification import residual_variances

__all__ = ["inadmissible"]


def inadmissible(
    table: ModelTable, placed: Placed, fit: SemFit, labels: tuple[str, ...]
) -> tuple[str, ...]:
    """Return one sentence for each thing that is not a proper solution.

    Parameters
    ----------
    table, placed, fit
        The model and its estimates.
    labels
        Names of the groups.
    """
    out: list[str] = []
    p = len(table.observed)
    for g, model in enumerate(placed.models):
        where = f"group {labels[g]}: " if labels[g] else ""
        for name, value in zip(table.observed, residual_variances(model, fit.theta), strict=True):
            if value < 0:
                out.append(
                    f"{where}Heywood case: the residual variance of {name} is {value:.3g}; the "
                    "solution is not proper"
                )
        latent = implied_moments(model, fit.theta).total[p:, p:]
        variances = np.diag(latent)
        for name, value in zip(table.latent, variances, strict=True):
            if value < 0:
                out.append(f"{where}the variance of factor {name} is negative ({value:.3g})")
        if (variances <= 0).any():
            continue
        phi = latent / np.sqrt(np.outer(variances, variances))
        smallest = float(np.linalg.eigvalsh(phi)[0])
        if smallest < -1e-8 or (len(phi) > 1 and smallest < 1e-8):
            i, j = np.triu_indices(len(phi), 1)
            top = int(np.argmax(np.abs(phi[i, j])))
            out.append(
                f"{where}the covariance matrix of the factors is not positive definite (smallest "
                f"eigenvalue {smallest:.2g}; {table.latent[i[top]]} and {table.latent[j[top]]} "
                f"correlate {phi[i[top], j[top]]:.3f})"
            )
    return tuple(out)
