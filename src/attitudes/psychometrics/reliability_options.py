"""Options of a reliability analysis, checked together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np

from attitudes.errors import AttitudesError, OptionError, raise_all
from attitudes.numerics.variance.singletons import SingletonPolicy
from attitudes.psychometrics.correlation_result import Missing
from attitudes.psychometrics.reliability_intervals import IntervalMethod

__all__ = ["ReliabilityOptions"]


@dataclass(frozen=True, slots=True)
class ReliabilityOptions:
    """How reliability is computed; see :func:`attitudes.reliability`."""

    missing: Missing
    ordinal: bool
    n_groups: int | None
    interval: IntervalMethod | None
    level: float
    replicates: int
    rng: np.random.Generator | None
    singleton: SingletonPolicy

    def check(self) -> None:
        """Refuse options that cannot be.

        Raises
        ------
        OptionError
            All of them together.
        """
        failures: list[AttitudesError] = []
        for name, value, allowed in (
            ("missing", self.missing, get_args(Missing)),
            ("interval", self.interval, get_args(IntervalMethod)),
            ("singleton", self.singleton, get_args(SingletonPolicy)),
        ):
            if value is not None and value not in allowed:
                failures.append(
                    OptionError.unknown(f"reliability, {name}", "option", str(value), allowed)
                )
        if not 0 < self.level < 1:
            failures.append(OptionError("reliability, level", f"{self.level}", "between 0 and 1"))
        if self.n_groups is not None and self.n_groups < 3:
            failures.append(
                OptionError("reliability, n_groups", f"{self.n_groups}", "at least 3, or None")
            )
        if self.interval == "bootstrap" and self.rng is None:
            failures.append(
                OptionError(
                    "reliability, interval", "bootstrap without rng", "a numpy Generator as rng"
                )
            )
        if self.replicates < 2:
            failures.append(
                OptionError("reliability, replicates", f"{self.replicates}", "2 or more")
            )
        raise_all(failures)
