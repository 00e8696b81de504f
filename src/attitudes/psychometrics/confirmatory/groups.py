"""The respondents that a model is estimated from, by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from attitudes.errors import AttitudesError, DataError, OptionError, raise_all
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.psychometrics.confirmatory.model_input import ReadModel
from attitudes.psychometrics.items import resolve_items
from attitudes.psychometrics.matrix_checks import check_variation
from attitudes.survey.survey import Survey

__all__ = ["Answered", "CovarianceKind", "covariance_kind", "gather_answers", "group_codes"]

CovarianceKind = Literal["independent", "design"]


@dataclass(frozen=True, slots=True)
class Answered:
    """Answers of the respondents that count, and the groups they belong to.

    Attributes
    ----------
    names
        Items, p.
    values
        n × p, NaN where missing; items that the model turns round are turned.
    weights
        Length n, summing to n; ones when weights do not count.
    group
        Number of each respondent's group, length n.
    labels
        Names of the groups; one empty name without groups.
    rows
        Places of the respondents in the survey, length n.
    dropped
        Respondents left out: no answer that counts, weight zero, or no group.
    weighted
        Whether the weights differ.
    """

    names: tuple[str, ...]
    values: FloatArray
    weights: FloatArray
    group: IntArray
    labels: tuple[str, ...]
    rows: IntArray
    dropped: int
    weighted: bool

    @property
    def counts(self) -> tuple[int, ...]:
        """Respondents of each group."""
        return tuple(int(n) for n in np.bincount(self.group, minlength=len(self.labels)))

    def named(self, group: int) -> str:
        """Return words for a group, to stand in a message; empty without groups."""
        return f", group {self.labels[group]}" if self.labels != ("",) else ""


def gather_answers(
    survey: Survey,
    model: ReadModel,
    *,
    by: str | None = None,
    weights: bool = True,
    complete: bool = True,
    at_least: int = 1,
) -> Answered:
    """Return the answers to the items of a model.

    Parameters
    ----------
    survey
        Respondents.
    model
        Names the items.
    by
        Column of groups; respondents without a value are left out.
    weights
        Whether the sampling weights count.
    complete
        Keep only respondents who answered every item; otherwise those who answered any.
    at_least
        Least number of respondents of a group.

    Raises
    ------
    DataError
        Items that are constant, in any group; too few respondents; fewer than two groups.
    """
    items = resolve_items(survey, list(model.items), apply_keying=False)
    values = _turned(items.raw, model, items.low + items.high)
    w = items.weights if weights else np.ones(survey.n)
    group, labels = group_codes(survey, by)
    answered = np.isfinite(values)
    keep = (w > 0) & (group >= 0) & (answered.all(axis=1) if complete else answered.any(axis=1))
    rows = np.flatnonzero(keep)
    labels, group = _present(labels, group[rows], by)
    w = w[rows]
    found = Answered(
        items.names,
        values[rows],
        w * (len(rows) / w.sum()) if len(rows) else w,
        group,
        labels,
        rows,
        survey.n - len(rows),
        bool(len(w)) and float(np.ptp(w)) > 1e-12 * float(w.max()),
    )
    _check(found, at_least, complete)
    return found


def _turned(raw: FloatArray, model: ReadModel, total: FloatArray) -> FloatArray:
    """Turn items round: lowest + highest − x where the ends are declared, −x otherwise."""
    if not model.turned:
        return raw
    out = raw.copy()
    for j, name in enumerate(model.items):
        if name in model.turned:
            constant = total[j] if np.isfinite(total[j]) else 0.0
            out[:, j] = constant - out[:, j]
    return out


def group_codes(survey: Survey, by: str | None) -> tuple[IntArray, tuple[str, ...]]:
    """Return the number of each respondent's group, −1 without one, and the names."""
    if by is None:
        return np.zeros(survey.n, dtype=np.int64), ("",)
    column = survey.column(by)
    codes, values = pd.factorize(column, sort=True)
    missing = list(survey.missing_codes(by).values())
    out = np.asarray(codes, dtype=np.int64)
    gone = [k for k, value in enumerate(values) if value in missing]
    out[np.isin(out, gone)] = -1
    return out, tuple(_label(value) for value in values)


def _label(value: Any) -> str:
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    return str(value)


def _present(
    labels: Sequence[str], group: IntArray, by: str | None
) -> tuple[tuple[str, ...], IntArray]:
    if by is None:
        return tuple(labels), group
    used, numbers = np.unique(group, return_inverse=True)
    if len(used) < 2:
        only = ", ".join(labels[k] for k in used) or "none"
        raise DataError(f"groups by {by}", f"one group ({only})", "two groups or more")
    return tuple(labels[k] for k in used), np.asarray(numbers, dtype=np.int64)


def _check(found: Answered, at_least: int, complete: bool) -> None:
    failures: list[AttitudesError] = []
    for g, count in enumerate(found.counts):
        if count < at_least:
            remedy = "use fewer items, or merge groups"
            if complete and found.dropped:
                remedy += f"; {found.dropped} respondents were left out, most for a missing answer"
            failures.append(
                DataError(
                    f"cfa{found.named(g)}",
                    f"{count} respondents for {len(found.names)} items",
                    f"at least {at_least}",
                    remedy,
                )
            )
    raise_all(failures)
    for g in range(len(found.labels)):
        mine = found.group == g
        try:
            check_variation(found.values[mine], found.names, found.weights[mine])
        except DataError as error:
            if found.labels == ("",):
                raise
            failures += [
                DataError(f"{e.where}{found.named(g)}", e.found, e.allowed, e.remedy)
                for e in (error.failures or (error,))
            ]
    raise_all(failures)


def covariance_kind(survey: Survey, wanted: CovarianceKind | None) -> CovarianceKind:
    """Return how respondents depend on each other: as asked, or as the survey was drawn.

    Raises
    ------
    OptionError
        An unknown kind.
    """
    if wanted is None:
        design = survey.design
        return "design" if design.stratum or design.psu else "independent"
    if wanted not in ("independent", "design"):
        raise OptionError.unknown("cfa, covariance", "option", wanted, ["independent", "design"])
    return wanted
