"""Options that the estimators share, and their checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from attitudes.errors import AttitudesError, OptionError, raise_all
from attitudes.numerics.variance.singletons import SINGLETON_POLICIES, SingletonPolicy
from attitudes.survey.survey import Survey

__all__ = [
    "DeffReference",
    "Missing",
    "Options",
    "VarianceMethod",
    "as_names",
    "check_choice",
    "chosen_variance",
]

VarianceMethod = Literal["taylor", "replicate"]
DeffReference = Literal["replace", "srs"]
Missing = Literal["available", "listwise"]


def as_names(names: str | Sequence[str], where: str) -> tuple[str, ...]:
    """Return one name or several as a tuple.

    Raises
    ------
    OptionError
        When there is none, or one stands twice.
    """
    chosen = (names,) if isinstance(names, str) else tuple(names)
    if not chosen:
        raise OptionError(where, "no column", "one or more columns")
    if len(set(chosen)) < len(chosen):
        twice = next(name for name in chosen if chosen.count(name) > 1)
        raise OptionError(where, f"{twice!r} twice", "each column once")
    return chosen


def check_choice(where: str, value: Any, allowed: Sequence[str]) -> None:
    """Refuse a value that is not among the allowed ones.

    Raises
    ------
    OptionError
        With the nearest allowed value.
    """
    if value not in allowed:
        raise OptionError.unknown(where, "option", str(value), allowed)


def chosen_variance(survey: Survey, variance: VarianceMethod | None) -> VarianceMethod:
    """Return the variance to take where the call does not say.

    A design that gives replicate weights but no strata or units knows nothing else of the draw:
    linearisation would take every respondent for drawn alone.
    """
    if variance is not None:
        return variance
    design = survey.design
    only = design.replicates is not None and not design.stratum and not design.psu
    return "replicate" if only else "taylor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of one call, checked.

    Attributes
    ----------
    by
        Columns of the domains.
    where
        Selection of respondents, as the caller gave it.
    variance, level, ci_method, singleton, singleton_domains, deff, missing, totals, covariance
        See `attitudes.mean`.
    """

    by: tuple[str, ...]
    where: Any
    variance: VarianceMethod
    level: float
    ci_method: str
    singleton: SingletonPolicy
    singleton_domains: bool
    deff: DeffReference
    missing: Missing
    totals: bool
    covariance: bool

    @classmethod
    def of(
        cls,
        ci_methods: Sequence[str],
        *,
        by: str | Sequence[str] | None,
        where: Any,
        variance: VarianceMethod,
        level: float,
        ci_method: str | None,
        singleton: SingletonPolicy,
        singleton_domains: bool,
        deff: DeffReference = "replace",
        missing: Missing = "available",
        totals: bool = False,
        covariance: bool = False,
    ) -> Options:
        """Check the options of a call; the first of ``ci_methods`` is the default.

        Raises
        ------
        OptionError
            All that are not known, one line an option.
        """
        failures: list[AttitudesError] = []
        method = ci_methods[0] if ci_method is None else ci_method
        checks: list[tuple[str, Any, Sequence[str]]] = [
            ("variance", variance, get_args(VarianceMethod)),
            ("ci_method", method, ci_methods),
            ("singleton", singleton, SINGLETON_POLICIES),
            ("deff", deff, get_args(DeffReference)),
            ("missing", missing, get_args(Missing)),
        ]
        for where_, value, allowed in checks:
            if value not in allowed:
                failures.append(OptionError.unknown(where_, "option", str(value), allowed))
        if not isinstance(level, int | float) or not 0 < level < 1:
            failures.append(OptionError("level", repr(level), "a number between 0 and 1"))
        raise_all(failures)
        return cls(
            by=() if by is None or len(by) == 0 else as_names(by, "by"),
            where=where,
            variance=variance,
            level=float(level),
            ci_method=method,
            singleton=singleton,
            singleton_domains=singleton_domains,
            deff=deff,
            missing=missing,
            totals=totals,
            covariance=covariance,
        )
