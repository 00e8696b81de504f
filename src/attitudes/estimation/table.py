"""EstimateTable: estimates with their uncertainty, and how both were computed."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from attitudes.errors import OptionError
from attitudes.numerics.design import FloatArray

__all__ = ["NUMBERS", "EstimateRow", "EstimateTable"]

NUMBERS = ("estimate", "se", "ci_low", "ci_high", "df", "n", "n_eff", "deff", "cv")


@dataclass(frozen=True, slots=True)
class EstimateRow:
    """One estimate.

    Attributes
    ----------
    by
        Value of each ``by`` column.
    variable
        The variable; ``"a/b"`` for a ratio, ``"a~b"`` for a correlation.
    category
        Category (proportions), quantile, or None.
    estimate, se, ci_low, ci_high
        The estimate, its standard error and interval; NaN where there is none.
    df
        Degrees of freedom of the interval.
    n
        Respondents of positive weight, unweighted.
    n_eff
        n divided by the design effect.
    deff
        Design effect.
    cv
        Coefficient of variation, se/|estimate|.
    remark
        Why a number is missing or zero; empty otherwise.
    """

    by: Mapping[str, Any]
    variable: str
    category: Any
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    df: float
    n: int
    n_eff: float
    deff: float
    cv: float
    remark: str


@dataclass(frozen=True, slots=True, repr=False)
class EstimateTable:
    """Estimates, one a row.

    Attributes
    ----------
    statistic
        ``"mean"``, ``"total"``, ``"proportion"``, ``"ratio"``, ``"quantile"``, …
    by
        Columns that the domains were made of.
    labels
        Values of the ``by`` columns, one tuple a row.
    variables
        Variable of each row.
    categories
        Category of each row; None where the statistic has none.
    numbers
        Arrays of estimate, se, ci_low, ci_high, df, n, n_eff, deff and cv, by name.
    remarks
        Why a number is missing or zero, one text a row.
    variance_method, interval_method, deff_reference, singleton, missing
        How the numbers were computed.
    level
        Confidence level.
    singletons
        Strata with a single PSU that ``singleton`` was applied to.
    dropped
        Respondents left out, by reason.
    provenance
        Whose answers these are.
    covariance
        Covariance of the estimates in the order of the rows, on request; None otherwise.
    """

    statistic: str
    by: tuple[str, ...]
    labels: tuple[tuple[Any, ...], ...]
    variables: tuple[str, ...]
    categories: tuple[Any, ...] | None
    numbers: Mapping[str, NDArray[Any]]
    remarks: tuple[str, ...]
    variance_method: str
    interval_method: str
    deff_reference: str
    singleton: str
    missing: str
    level: float
    singletons: tuple[str, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    provenance: str = "respondents"
    covariance: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.variables)

    def __iter__(self) -> Iterator[EstimateRow]:
        return iter(self.rows)

    @property
    def estimate(self) -> FloatArray:
        """Estimates in the order of the rows."""
        return np.asarray(self.numbers["estimate"], dtype=np.float64)

    @property
    def se(self) -> FloatArray:
        """Standard errors in the order of the rows."""
        return np.asarray(self.numbers["se"], dtype=np.float64)

    @property
    def rows(self) -> tuple[EstimateRow, ...]:
        """The rows one by one."""
        categories = self.categories or (None,) * len(self)
        lists: dict[str, list[Any]] = {name: self.numbers[name].tolist() for name in NUMBERS}
        return tuple(
            EstimateRow(
                by=dict(zip(self.by, self.labels[i], strict=True)),
                variable=self.variables[i],
                category=categories[i],
                remark=self.remarks[i],
                **{name: values[i] for name, values in lists.items()},
            )
            for i in range(len(self))
        )

    def row(self, variable: str, category: Any = None, **by: Any) -> EstimateRow:
        """Return the one row of a variable, a category and values of the ``by`` columns.

        Raises
        ------
        OptionError
            When no row, or more than one, fits.
        """
        found = [
            r
            for r in self.rows
            if r.variable == variable
            and (category is None or r.category == category)
            and all(r.by.get(k) == v for k, v in by.items())
        ]
        if len(found) != 1:
            wanted = {"variable": variable, "category": category, **by}
            raise OptionError("EstimateTable.row", f"{len(found)} rows with {wanted}", "one row")
        return found[0]

    def to_frame(self) -> pd.DataFrame:
        """Return the rows as a pandas frame.

        The columns are the ``by`` names, ``variable``, ``category`` (where there are any),
        ``estimate``, ``se``, ``ci_low``, ``ci_high``, ``df``, ``n``, ``n_eff``, ``deff``, ``cv``.
        """
        columns: dict[str, Any] = {
            name: [label[i] for label in self.labels] for i, name in enumerate(self.by)
        }
        columns["variable"] = list(self.variables)
        if self.categories is not None:
            columns["category"] = list(self.categories)
        columns.update({name: self.numbers[name] for name in NUMBERS})
        return pd.DataFrame(columns)

    def to_dict(self) -> dict[str, Any]:
        """Return rows and method as plain values; NaN becomes None."""
        method = {
            "statistic": self.statistic,
            "variance_method": self.variance_method,
            "interval_method": self.interval_method,
            "level": self.level,
            "deff_reference": self.deff_reference,
            "singleton": self.singleton,
            "singletons": list(self.singletons),
            "missing": self.missing,
            "dropped": dict(self.dropped),
            "provenance": self.provenance,
        }
        rows = []
        for r in self.rows:
            numbers = {name: _plain(getattr(r, name)) for name in NUMBERS}
            category = {} if self.categories is None else {"category": _plain(r.category)}
            keys = {k: _plain(v) for k, v in r.by.items()}
            rows.append({**keys, "variable": r.variable, **category, **numbers, "remark": r.remark})
        out: dict[str, Any] = {**method, "rows": rows}
        if self.covariance is not None:
            out["covariance"] = [[_plain(v) for v in line] for line in self.covariance.tolist()]
        return out

    def to_json(self, *, indent: int | None = None) -> str:
        """Return `to_dict` as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent, allow_nan=False)

    @property
    def method(self) -> str:
        """How the numbers were computed, in one line."""
        parts = [
            f"{self.statistic}s" if not self.statistic.endswith("s") else self.statistic,
            f"variance: {self.variance_method}",
            f"{self.level:.0%} interval: {self.interval_method}",
            *([] if self.statistic == "quantile" else [self._deff]),
            f"missing: {self.missing}",
        ]
        if self.singletons:
            parts.append(f"{len(self.singletons)} strata with one PSU: {self.singleton}")
        if self.provenance != "respondents":
            parts.append(f"data: {self.provenance}")
        return "; ".join(parts)

    @property
    def _deff(self) -> str:
        how = "with" if self.deff_reference == "replace" else "without"
        return f"deff against {how}-replacement SRS"

    def __repr__(self) -> str:
        if not len(self):
            return f"EstimateTable: no rows ({self.method})"
        frame = self.to_frame()
        return f"{frame.to_string(index=False, max_rows=60)}\n{self.method}"

    def _repr_html_(self) -> str:
        shown = self.to_frame().head(200).to_html(index=False, border=0)
        return f"{shown}<p>{escape(self.method)}</p>"


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int | bool):
        return value
    return str(value)
