"""What ties answers together: latent variables of people, shared in clusters and among scales."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from attitudes.numerics.design import FloatArray, IntArray

__all__ = ["Latents", "draw_latents"]


@dataclass(frozen=True, slots=True)
class Latents:
    """Latent variables of n people.

    Attributes
    ----------
    factors
        Scale → standard normal variable, length n; ``""`` is the general one.
    silence
        Tendency not to answer, length n.
    """

    factors: Mapping[str, FloatArray]
    silence: FloatArray

    def unwillingness(self, rng: np.random.Generator) -> FloatArray:
        """Return the tendency not to answer one question."""
        return np.asarray(0.7 * self.silence + 0.7 * rng.standard_normal(len(self.silence)))


def draw_latents(
    psu: IntArray,
    scales: Sequence[str],
    icc: float,
    correlation: float,
    rng: np.random.Generator,
) -> Latents:
    """Draw latent variables with a PSU effect and correlated scales.

    Parameters
    ----------
    psu
        PSU number of each person.
    scales
        Ids of the scales.
    icc
        Share of each variable's variance that lies between PSUs.
    correlation
        Correlation of the scales' variables.
    rng
        Source of chance.
    """
    n, clusters = len(psu), int(psu.max()) + 1

    def standard() -> FloatArray:
        between = rng.standard_normal(clusters)[psu]
        within = rng.standard_normal(n)
        return np.asarray(np.sqrt(icc) * between + np.sqrt(1.0 - icc) * within)

    general = standard()
    factors = {"": general}
    for scale in scales:
        factors[scale] = np.sqrt(correlation) * general + np.sqrt(1.0 - correlation) * standard()
    return Latents(factors, rng.standard_normal(n))
