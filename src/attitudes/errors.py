"""The errors of the toolkit: each says where, what was found, what is allowed, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

__all__ = [
    "AttitudesError",
    "ConvergenceError",
    "DataError",
    "DesignError",
    "EstimationError",
    "FigureError",
    "MissingExtraError",
    "OptionError",
    "StudyError",
    "raise_all",
    "suggest",
]


def suggest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name nearest to ``name``, or None when none is near.

    Examples
    --------
    >>> suggest("regoin", ["region", "gender"])
    'region'
    """
    near = difflib.get_close_matches(str(name), [str(k) for k in known], n=1, cutoff=0.6)
    return near[0] if near else None


class AttitudesError(Exception):
    """An input or a call that cannot be used.

    Parameters
    ----------
    where
        File, row, key, argument or object that is at fault.
    found
        What stands there.
    allowed
        What may stand there.
    remedy
        What to do.
    failures
        Further failures of the same input, each an error of its own.

    Examples
    --------
    >>> print(AttitudesError("answers.csv, row 7, column age", "'abc'", "a whole number"))
    answers.csv, row 7, column age: found 'abc'; allowed: a whole number
    """

    def __init__(
        self,
        where: str,
        found: str,
        allowed: str | None = None,
        remedy: str | None = None,
        *,
        failures: Sequence[AttitudesError] = (),
    ) -> None:
        self.where = where
        self.found = found
        self.allowed = allowed
        self.remedy = remedy
        self.failures = tuple(failures)
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        parts = [f"{self.where}: found {self.found}"]
        if self.allowed:
            parts.append(f"allowed: {self.allowed}")
        if self.remedy:
            parts.append(self.remedy)
        return "; ".join(parts)

    @classmethod
    def unknown(cls, where: str, kind: str, name: str, known: Iterable[str]) -> AttitudesError:
        """Make the error for a name that is not known, with the nearest known name."""
        names = [str(k) for k in known]
        near = suggest(name, names)
        listed = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
        return cls(
            where,
            f"unknown {kind} {name!r}",
            listed or "none",
            f"did you mean {near!r}?" if near else None,
        )


class DataError(AttitudesError):
    """Respondent data that cannot be read or used."""


class StudyError(AttitudesError):
    """A study pack that cannot be used."""


class DesignError(AttitudesError):
    """A sampling design that does not fit its data."""


class OptionError(AttitudesError):
    """An argument of a call outside what it may be."""


class EstimationError(AttitudesError):
    """An estimate that cannot be had from these data."""


class ConvergenceError(EstimationError):
    """An iteration that did not converge."""


class FigureError(AttitudesError):
    """A published figure that cannot be read."""


class MissingExtraError(AttitudesError):
    """An optional library that is not installed."""


def raise_all(failures: Sequence[AttitudesError]) -> None:
    """Raise the failures of one input together; do nothing when there are none.

    Raises
    ------
    AttitudesError
        Of the kind of the first failure, its text one failure a line.
    """
    if not failures:
        return
    if len(failures) == 1:
        raise failures[0]
    first = failures[0]
    error = type(first)(first.where, first.found, first.allowed, first.remedy, failures=failures)
    error.args = ("\n".join(str(f) for f in failures),)
    raise error
