"""Between which values linear conditions pin a quantity down: what can be inferred from a print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds as OptBounds
from scipy.optimize import LinearConstraint, linprog

from attitudes.errors import EstimationError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.printed.feasibility import Bounds
from attitudes.numerics.printed.integer_programme import integer_programme

__all__ = ["LinearConditions", "consistent_rows", "ratio_bounds"]


@dataclass(frozen=True, slots=True)
class LinearConditions:
    """Conditions A x ≤ b and E x = e on unknowns x ≥ 0.

    Attributes
    ----------
    upper, limit
        A (rows × unknowns) and b.
    equal, value
        E and e.
    owner
        Number of the figure that each row of A belongs to; −1 for what always holds.
    """

    upper: sparse.csr_matrix
    limit: FloatArray
    equal: sparse.csr_matrix
    value: FloatArray
    owner: NDArray[np.int64]

    def without(self, owners: set[int]) -> LinearConditions:
        """Return the conditions without the rows of some figures."""
        kept = ~np.isin(self.owner, list(owners))
        upper: Any = self.upper[kept]
        return LinearConditions(upper, self.limit[kept], self.equal, self.value, self.owner[kept])


def consistent_rows(
    conditions: LinearConditions, worth: FloatArray, *, node_limit: int = 500
) -> set[int]:
    """Return the figures to leave out so that the others can all hold: those worth least.

    Parameters
    ----------
    conditions
        On unknowns of about 1.
    worth
        What each figure is worth.
    node_limit
        Nodes that the integer programme may branch on.

    Raises
    ------
    EstimationError
        When what always holds contradicts itself.
    """
    rows, unknowns = conditions.upper.shape
    figures = len(worth)
    magnitude: Any = abs(conditions.upper)
    reach = np.asarray(magnitude.sum(axis=1)).ravel() + np.abs(conditions.limit) + 1.0
    owned = np.flatnonzero(conditions.owner >= 0)
    slack = sparse.csr_matrix(
        (reach[owned], (owned, conditions.owner[owned])), shape=(rows, figures)
    )
    wide: Any = sparse.hstack([conditions.upper, -slack], format="csr")
    none = sparse.csr_matrix((conditions.equal.shape[0], figures))
    equal: Any = sparse.hstack([conditions.equal, none], format="csr")
    result = integer_programme(
        np.concatenate([np.zeros(unknowns), worth]),
        constraints=[
            LinearConstraint(wide, -np.inf, conditions.limit),
            LinearConstraint(equal, conditions.value, conditions.value),
        ],
        integrality=np.repeat([0, 1], [unknowns, figures]),
        bounds=OptBounds(0, np.concatenate([np.full(unknowns, np.inf), np.ones(figures)])),
        options={"node_limit": node_limit},
    )
    if result.x is None:
        raise EstimationError("conditions", "a contradiction", "group sizes that can hold")
    return {int(i) for i in np.flatnonzero(result.x[unknowns:] > 0.5)}


def ratio_bounds(
    conditions: LinearConditions, numerator: FloatArray, denominator: FloatArray
) -> Bounds:
    """Return the least and the greatest value of Σ numerator·x / Σ denominator·x.

    Parameters
    ----------
    conditions
        That can hold.
    numerator, denominator
        One coefficient an unknown.

    Raises
    ------
    EstimationError
        When the conditions leave no positive denominator.

    Notes
    -----
    With y = x·t and Σ denominator·y = 1 the ratio is linear in y (Charnes and Cooper).

    References
    ----------
    Charnes, A. and Cooper, W. W. (1962). Programming with linear fractional functionals. Naval
    Research Logistics Quarterly 9, 181–186.
    """
    limit, value = _column(-conditions.limit), _column(-conditions.value)
    upper: Any = sparse.hstack([conditions.upper, limit], format="csr")
    equal: Any = sparse.hstack([conditions.equal, value], format="csr")
    one: Any = sparse.csr_matrix(np.append(denominator, 0.0)[None, :])
    rows: Any = sparse.vstack([equal, one], format="csr")
    right = np.append(np.zeros(len(conditions.value)), 1.0)
    ends = []
    for sign in (1.0, -1.0):
        result = linprog(
            np.append(sign * numerator, 0.0),
            A_ub=upper,
            b_ub=np.zeros(upper.shape[0]),
            A_eq=rows,
            b_eq=right,
            method="highs",
        )
        if result.x is None:
            raise EstimationError("bounds", "an empty base", "conditions that leave respondents")
        ends.append(sign * float(result.fun or 0.0) + 0.0)
    return Bounds(ends[0], ends[1])


def _column(values: FloatArray) -> Any:
    return sparse.csr_matrix(values.reshape(-1, 1))
