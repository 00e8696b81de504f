"""PSU totals by a group-by query, written once for every library that narwhals knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from attitudes.errors import DataError, DesignError, OptionError, raise_all
from attitudes.survey.design import SurveyDesign, stages
from attitudes.survey.survey import Survey

__all__ = [
    "GroupedColumn",
    "GroupedFrame",
    "group_frame",
    "infinite_values",
    "number_column",
    "selection_of",
]

INSIDE, GIVEN = "attitudes_inside", "attitudes_weight"
MOST_CELLS = 500_000_000  # four gigabytes of sums
ROWS, WEIGHT, POSITIVE, BAD = "attitudes_n", "attitudes_w", "attitudes_pos", "attitudes_bad"


@dataclass(frozen=True, slots=True)
class GroupedColumn:
    """What to sum of one variable, among those who answered.

    Attributes
    ----------
    present
        Who answered.
    base
        Expression whose weighted sum is the denominator.
    values
        Expressions whose weighted sums are wanted.
    infinite
        Name of the column and an expression for its infinite values, which are refused; None
        where it cannot hold any.
    """

    present: nw.Expr
    base: nw.Expr
    values: tuple[nw.Expr, ...]
    infinite: tuple[str, nw.Expr] | None = None


@dataclass(frozen=True, slots=True)
class GroupedFrame:
    """Sums by domain and unit.

    Attributes
    ----------
    frame
        One row a group: the ``by`` columns, the design's columns, whether ``where`` selects it.
    inside
        Rows of ``frame`` that are selected.
    rows, weight, positive
        Respondents, their Σw, and respondents of positive weight, by group.
    n, base, values
        By variable: respondents of positive weight who answered, denominators, sums (groups × k).
    """

    frame: pd.DataFrame
    inside: np.ndarray[Any, np.dtype[np.bool_]]
    rows: np.ndarray[Any, np.dtype[np.int64]]
    weight: np.ndarray[Any, np.dtype[np.float64]]
    positive: np.ndarray[Any, np.dtype[np.int64]]
    n: list[np.ndarray[Any, np.dtype[np.int64]]]
    base: list[np.ndarray[Any, np.dtype[np.float64]]]
    values: list[np.ndarray[Any, np.dtype[np.float64]]]


def number_column(survey: Survey, name: str, schema: nw.Schema) -> tuple[nw.Expr, nw.Expr]:
    """Return who answered a numeric column, and the answers as float64.

    Raises
    ------
    DataError
        When the column does not hold numbers.
    """
    kind = schema[name]
    if not kind.is_numeric() and kind != nw.Boolean:
        raise DataError(
            f"survey, column {name}",
            f"values of type {kind}",
            "numbers",
            "use proportion() for categories",
        )
    column = nw.col(name)
    present = ~column.is_null()
    if kind.is_float():
        present = present & column.is_finite()
    for code in survey.missing_codes(name).values():
        if not isinstance(code, str):
            present = present & (column != code)
    return present, column.cast(nw.Float64)


def infinite_values(name: str, schema: nw.Schema) -> tuple[str, nw.Expr] | None:
    """Return a column's name and which of its values are infinite; None where none can be."""
    if not schema[name].is_float():
        return None
    column = nw.col(name)
    return name, ~column.is_null() & ~column.is_nan() & ~column.is_finite()


def selection_of(where: Any, schema: nw.Schema) -> nw.Expr:
    """Return ``where`` as an expression over columns.

    Raises
    ------
    OptionError
        When it is neither an expression nor the name of a column.
    """
    if where is None:
        return nw.lit(True)
    if isinstance(where, nw.Expr):
        return where.fill_null(False)
    if isinstance(where, str) and where in schema:
        column = nw.col(where)
        truth = column if schema[where] == nw.Boolean else column == 1
        return truth.fill_null(False)
    raise OptionError(
        "where",
        repr(where),
        "a narwhals expression or the name of a 0/1 column, for a frame that is not in memory",
    )


def unit_columns(design: SurveyDesign) -> list[str]:
    """Return the design's columns that tell units apart, down to the deepest stage that matters.

    Raises
    ------
    DesignError
        When that stage's units are the respondents themselves, or the design is PPS or given by
        replicate weights: there is nothing to aggregate to.
    """
    strata, psus, fpc = stages(design.stratum), stages(design.psu), stages(design.fpc)
    if not psus or design.probabilities is not None or design.replicates is not None:
        raise DesignError("design", "no clusters", "clusters to aggregate to")
    if len(fpc) > len(psus):
        raise DesignError("design, fpc", f"{len(fpc)} columns", f"at most {len(psus)}")
    depth = min(len(fpc), len(psus) - 1) + 1
    return [*dict.fromkeys([*strata[:depth], *psus[:depth], *fpc[:depth]])]


def group_frame(
    survey: Survey,
    by: Sequence[str],
    where: Any,
    columns: Sequence[GroupedColumn],
    *,
    block: int = 12,
) -> GroupedFrame:
    """Run the query: sums of each column by domain × stratum × PSU.

    Parameters
    ----------
    survey
        Frame of any library that narwhals reads, its design with clusters.
    by, where
        Domains and selection; rows that are not selected stay, as units of the design.
    columns
        What to sum.
    block
        Variables a query, which bounds the memory of the engine.

    Raises
    ------
    DesignError
        Weights that are missing, infinite, negative or all zero; units without a code; more groups
        than sums of them can be held.
    DataError
        Infinite answers.
    """
    frame = nw.from_native(survey.frame).lazy()
    schema = frame.collect_schema()
    design = survey.design
    given = nw.lit(1.0) if design.weight is None else nw.col(design.weight).cast(nw.Float64)
    weight = nw.col(GIVEN)
    keys = [*dict.fromkeys([*by, *unit_columns(design)])]
    marked = frame.with_columns(selection_of(where, schema).alias(INSIDE), given.alias(GIVEN))
    usable = ~weight.is_null() & weight.is_finite()
    common = [
        nw.len().alias(ROWS),
        nw.when(usable).then(weight).otherwise(0.0).sum().alias(WEIGHT),
        nw.when(usable & (weight > 0)).then(1).otherwise(0).sum().alias(POSITIVE),
        nw.when(usable & (weight >= 0)).then(0).otherwise(1).sum().alias(BAD),
    ]
    cells = len(common) + sum(2 + len(column.values) for column in columns)
    parts: list[pd.DataFrame] = []
    for start in range(0, max(len(columns), 1), block):
        sums = [
            expression
            for i, column in enumerate(columns[start : start + block], start)
            for expression in _sums(i, column, weight)
        ]
        extra = common if start == 0 else []
        grouped = marked.group_by([*keys, INSIDE]).agg(*extra, *sums)
        parts.append(_collected(grouped, MOST_CELLS // cells, keys))
    whole = _joined(parts, [*keys, INSIDE])
    _check(whole, survey, keys)
    _refuse_infinite(whole, columns)
    return _unpacked(whole, columns)


def _sums(i: int, column: GroupedColumn, weight: nw.Expr) -> list[nw.Expr]:
    counted = column.present & (weight > 0)
    out = [
        nw.when(counted).then(1).otherwise(0).sum().alias(f"n_{i}"),
        nw.when(column.present).then(weight * column.base).otherwise(0.0).sum().alias(f"b_{i}"),
    ]
    if column.infinite is not None:
        out.append(nw.when(column.infinite[1]).then(1).otherwise(0).sum().alias(f"i_{i}"))
    for j, value in enumerate(column.values):
        out.append(
            nw.when(column.present).then(weight * value).otherwise(0.0).sum().alias(f"v_{i}_{j}")
        )
    return out


def _collected(grouped: nw.LazyFrame[Any], most: int, keys: list[str]) -> pd.DataFrame:
    """Return the groups of a query; refuse more than can be held."""
    try:
        found: pd.DataFrame = grouped.head(most + 1).collect().to_pandas()
    except Exception as error:  # every engine has its own
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise DataError("survey, query of its sums", reason[:300], "data the engine can sum") from (
            error
        )
    if len(found) > most:
        raise DesignError(
            f"design, groups of {' × '.join(keys)}",
            f"more than {most:,}",
            f"at most {most:,} for as many variables",
            "take fewer variables or domains at once; units that are the respondents themselves "
            "need no psu",
        )
    return found


def _joined(parts: list[pd.DataFrame], keys: list[str]) -> pd.DataFrame:
    """Put the blocks of one grouping side by side."""
    first = parts[0].sort_values(keys, ignore_index=True)
    rest = [part.sort_values(keys, ignore_index=True).drop(columns=keys) for part in parts[1:]]
    return pd.concat([first, *rest], axis=1) if rest else first


def _check(whole: pd.DataFrame, survey: Survey, keys: list[str]) -> None:
    bad = int(whole[BAD].sum())
    if bad:
        raise DesignError(
            f"weights, column {survey.design.weight}",
            f"{bad} missing, not finite or negative",
            "a finite number of 0 or more in every row",
        )
    if len(whole) and not whole[WEIGHT].sum() > 0:
        raise DesignError(
            f"weights, column {survey.design.weight}", "all zero", "a positive weight"
        )
    for name in unit_columns(survey.design):
        if whole[name].isna().any():
            raise DesignError(
                f"design, column {name}", "rows without a value", "a value in every row"
            )


def _refuse_infinite(whole: pd.DataFrame, columns: Sequence[GroupedColumn]) -> None:
    raise_all(
        [
            DataError(
                f"survey, column {column.infinite[0]}",
                f"{int(whole[f'i_{i}'].sum())} infinite values",
                "finite numbers; nothing, or NaN, where there is no answer",
            )
            for i, column in enumerate(columns)
            if column.infinite is not None and whole[f"i_{i}"].sum() > 0
        ]
    )


def _unpacked(whole: pd.DataFrame, columns: Sequence[GroupedColumn]) -> GroupedFrame:
    def numbers(name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        return whole[name].to_numpy(dtype=np.float64)

    sums = [name for name in whole.columns if name[:2] in ("n_", "b_", "v_", "i_")]
    return GroupedFrame(
        whole.drop(columns=[ROWS, WEIGHT, POSITIVE, BAD, *sums]),
        whole[INSIDE].to_numpy(dtype=bool),
        whole[ROWS].to_numpy(dtype=np.int64),
        numbers(WEIGHT),
        whole[POSITIVE].to_numpy(dtype=np.int64),
        [whole[f"n_{i}"].to_numpy(dtype=np.int64) for i in range(len(columns))],
        [numbers(f"b_{i}") for i in range(len(columns))],
        [
            np.stack([numbers(f"v_{i}_{j}") for j in range(len(column.values))], axis=1)
            for i, column in enumerate(columns)
        ],
    )
