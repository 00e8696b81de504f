"""What a selection needs and gives: probabilities in, positions out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from attitudes.errors import DesignError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.selection.inclusion import CERTAIN

__all__ = ["Selection", "Undecided", "split", "whole_size"]


@dataclass(frozen=True, slots=True)
class Selection:
    """Units drawn.

    Attributes
    ----------
    units
        Positions in the population, ascending; a unit drawn twice stands twice.
    probabilities
        First-order inclusion probabilities of the population, length N; expected numbers of
        selections where units can be drawn more than once.
    method
        Name of the design.
    replacement
        Whether a unit can be drawn more than once.
    """

    units: IntArray
    probabilities: FloatArray
    method: str
    replacement: bool = False

    @property
    def n(self) -> int:
        """Number of selections."""
        return len(self.units)

    @property
    def certain(self) -> NDArray[np.bool_]:
        """Whether each drawn unit was certain to be drawn, length n."""
        taken: NDArray[np.bool_] = self.probabilities[self.units] >= 1 - CERTAIN
        return taken

    @property
    def weights(self) -> FloatArray:
        """Design weight 1/π of each drawn unit, length n."""
        return np.asarray(1.0 / self.probabilities[self.units], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Undecided:
    """A population apart: units certain to be drawn, and those left to chance.

    Attributes
    ----------
    certain
        Positions with probability 1.
    open
        Positions with a probability strictly between 0 and 1.
    probabilities
        Those of ``open``.
    """

    certain: IntArray
    open: IntArray
    probabilities: FloatArray

    def join(self, drawn: IntArray) -> IntArray:
        """Return certain units and the drawn ones (positions in ``open``), ascending."""
        return np.sort(np.concatenate([self.certain, self.open[drawn]]))


def split(probabilities: FloatArray) -> Undecided:
    """Separate units that chance does not touch.

    Raises
    ------
    DesignError
        Probabilities outside [0, 1] or missing.
    """
    p = np.asarray(probabilities, dtype=np.float64)
    bad = ~((p >= 0) & (p <= 1 + CERTAIN))
    if bad.any():
        raise DesignError(
            "selection, probabilities",
            f"{int(bad.sum())} outside [0, 1] (first at position {int(np.argmax(bad))})",
            "probabilities from 0 to 1",
            "inclusion_probabilities(sizes, n) takes large units with certainty",
        )
    certain = np.flatnonzero(p >= 1 - CERTAIN)
    excluded = p <= CERTAIN
    if not len(certain) and not excluded.any():
        return Undecided(certain, np.arange(len(p)), p)
    excluded[certain] = True
    left = np.flatnonzero(~excluded)
    return Undecided(certain, left, p[left])


def whole_size(probabilities: FloatArray) -> int:
    """Return the sum of the probabilities, which must be a whole number.

    Raises
    ------
    DesignError
        When it is not: the design has a fixed size.
    """
    total = float(probabilities.sum())
    n = round(total)
    if abs(total - n) > 1e-6:
        raise DesignError(
            "selection, probabilities",
            f"a sum of {total:.6g}",
            "a whole number, the size of the sample",
            "use method='poisson' for a sample of random size",
        )
    return n
