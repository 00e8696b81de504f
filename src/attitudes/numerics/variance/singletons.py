"""Strata with a single sampled unit: what to do when no variance can be had from one value."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from attitudes.errors import DesignError, OptionError
from attitudes.numerics.design import FloatArray, IntArray

__all__ = ["SINGLETON_POLICIES", "SingletonPolicy", "average_factors", "refuse", "validate_policy"]

SingletonPolicy = Literal["error", "adjust", "average", "certainty", "remove"]
SINGLETON_POLICIES: tuple[str, ...] = get_args(SingletonPolicy)


def validate_policy(policy: str) -> None:
    """Refuse a policy that is not known.

    Raises
    ------
    OptionError
        With the nearest known policy.
    """
    if policy not in SINGLETON_POLICIES:
        raise OptionError.unknown("singleton", "policy", policy, SINGLETON_POLICIES)


def refuse(strata: IntArray, stage: int, names: tuple[str, ...] | None = None) -> None:
    """Raise the error of policy ``"error"``, naming the strata and the remedies.

    Raises
    ------
    DesignError
        Always, when ``strata`` is not empty.
    """
    if not len(strata):
        return
    listed = [names[h] if names is not None else f"number {h + 1}" for h in strata[:8]]
    more = f" and {len(strata) - 8} more" if len(strata) > 8 else ""
    raise DesignError(
        f"design, stage {stage}",
        f"{len(strata)} strata with a single PSU: {', '.join(listed)}{more}",
        "two PSUs or more in each stratum, or a certainty PSU (fpc equal to its sample)",
        "merge the strata, or choose singleton='adjust' (centre at the mean of all PSUs), "
        "'average' (the mean variance of the other strata), 'certainty' or 'remove' (no variance)",
    )


def average_factors(groups: IntArray, unusable: NDArray[np.bool_], n_groups: int) -> FloatArray:
    """Return, by group of strata, all strata ÷ strata that have a variance of their own.

    Parameters
    ----------
    groups
        Group of each stratum.
    unusable
        Which strata have no variance of their own.
    n_groups
        Number of groups.

    Returns
    -------
    FloatArray
        NaN for a group in which no stratum has a variance of its own; length ``n_groups``.
    """
    n_all = np.bincount(groups, minlength=n_groups).astype(np.float64)
    n_good = np.bincount(groups, weights=~unusable, minlength=n_groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(n_good > 0, n_all / n_good, np.where(n_all > 0, np.nan, 1.0))
