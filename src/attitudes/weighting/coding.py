"""Respondents coded by margins, and everything that stands against meeting the totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from attitudes.errors import AttitudesError, EstimationError, raise_all
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.weights.cells import Cells, cell_totals, collapse
from attitudes.survey.survey import Survey
from attitudes.weighting.margins import Margin, label_of
from attitudes.weighting.text_codes import known_text

__all__ = [
    "CodedMargin",
    "Untargeted",
    "check_agreement",
    "code_margin",
    "code_margins",
    "joint_codes",
]

Untargeted = Literal["error", "keep"]
_AGREEMENT = 1e-9
_NARROW = 4096


@dataclass(frozen=True, slots=True)
class CodedMargin:
    """A margin and the category of each respondent.

    Attributes
    ----------
    margin
        Variables, categories, known totals.
    cells
        Combination of categories of each respondent, length n.
    of_cell
        Category of each combination, length K; the number of categories stands for those without
        a targeted one, whose share is kept; the last code for combinations of weight zero.
    targets
        Totals to reach, one a category, or more with the groups above.
    """

    margin: Margin
    cells: IntArray
    of_cell: IntArray
    targets: FloatArray

    @property
    def codes(self) -> IntArray:
        """Category of each respondent, length n."""
        return self.of_cell[self.cells]

    @property
    def size(self) -> int:
        """Number of codes."""
        return len(self.targets)

    def label(self, code: int) -> str:
        """Return a code in words."""
        known = len(self.margin.cells)
        return self.margin.label(code) if code < known else "without a target"


@dataclass(frozen=True, slots=True)
class JointCodes:
    """Combinations of the values of several columns.

    Attributes
    ----------
    codes
        Combination of each respondent, length n.
    labels
        The values of each combination as text; None where missing.
    """

    codes: IntArray
    labels: tuple[tuple[str | None, ...], ...]


@dataclass(frozen=True, slots=True)
class _Combined:
    """Respondents collapsed to the combinations of all variables that margins use."""

    cells: Cells
    place: dict[str, int]
    labels: dict[str, list[str | None]]
    counts: IntArray
    mass: FloatArray
    whole: bool

    def joint(self, by: Sequence[str]) -> JointCodes:
        """Return the combinations of some of the variables, a code a cell."""
        columns = [self.cells.categories[self.place[name]] for name in by]
        return _joint(columns, [self.labels[name] for name in by])


def joint_codes(survey: Survey, by: Sequence[str]) -> JointCodes:
    """Return the combinations of categories of columns that occur."""
    coded = [_column(survey, name) for name in by]
    return _joint([codes for codes, _ in coded], [labels for _, labels in coded])


def _joint(columns: Sequence[IntArray], names: Sequence[list[str | None]]) -> JointCodes:
    cells = collapse(columns, [len(n) for n in names])
    labels = tuple(
        tuple(n[int(c)] for n, c in zip(names, cell, strict=True))
        for cell in zip(*cells.categories, strict=True)
    )
    return JointCodes(cells.rows, labels)


def _column(
    survey: Survey, name: str, expected: Sequence[str] = ()
) -> tuple[IntArray, list[str | None]]:
    """Return the value of each respondent as a code, and the values as text; None: missing."""
    series = survey.column(name)
    known = known_text(series, expected) if expected else None
    codes, values = (known, expected) if known is not None else _span(series) or _hashed(series)
    missing = {label_of(v) for v in survey.missing_codes(name).values()}
    texts = [label_of(v) for v in values]
    labels = [None, *(None if t in missing else t for t in texts)]
    return codes, labels


def _hashed(series: pd.Series[Any]) -> tuple[IntArray, Any]:
    """Return codes from 1, 0 where missing, and the values."""
    codes, values = pd.factorize(series, use_na_sentinel=True)
    return np.asarray(codes, dtype=np.int64) + 1, values


def _span(series: pd.Series[Any]) -> tuple[IntArray, Any] | None:
    """Return codes without hashing, for categories and for whole numbers of a narrow range."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        codes = np.asarray(series.array.codes)
        return np.add(codes, 1, dtype=np.int64), series.cat.categories
    if not (isinstance(series.dtype, np.dtype) and series.dtype.kind in "iu" and len(series)):
        return None
    values = series.to_numpy()
    low, high = int(values.min()), int(values.max())
    if high - low >= _NARROW:
        return None
    return np.subtract(values, low - 1, dtype=np.int64), range(low, high + 1)


def _combine(survey: Survey, margins: Sequence[Margin], weights: FloatArray) -> _Combined:
    expected: dict[str, dict[str, None]] = {}
    for margin in margins:
        for k, name in enumerate(margin.by):
            expected.setdefault(name, {}).update(dict.fromkeys(cell[k] for cell in margin.cells))
    distinct = list(expected)
    coded = [_column(survey, name, list(expected[name])) for name in distinct]
    cells = collapse([codes for codes, _ in coded], [len(labels) for _, labels in coded])
    active = weights > 0
    whole = bool(active.all())
    counts = np.bincount(cells.rows if whole else cells.rows[active], minlength=cells.size)
    labels = {name: one for name, (_, one) in zip(distinct, coded, strict=True)}
    place = {name: k for k, name in enumerate(distinct)}
    mass = cell_totals(cells.rows, cells.size, weights)
    return _Combined(cells, place, labels, counts, mass, whole)


def code_margin(
    survey: Survey,
    margin: Margin,
    weights: FloatArray,
    *,
    verb: str,
    untargeted: Untargeted = "error",
    partial: bool = False,
) -> tuple[CodedMargin, list[AttitudesError]]:
    """Code the respondents by a margin, with all that is wrong with it.

    Parameters
    ----------
    survey, margin, weights
        Weights before, length n. Rows of weight zero take no part.
    verb
        For the errors.
    untargeted
        Respondents without an answer or in a category without a target: an error, or a group of
        their own that keeps its weighted share.
    partial
        Leave out totals of categories without respondents.
    """
    combined = _combine(survey, [margin], weights)
    return _code(combined, margin, verb, untargeted, partial)


def _code(
    combined: _Combined, margin: Margin, verb: str, untargeted: Untargeted, partial: bool
) -> tuple[CodedMargin, list[AttitudesError]]:
    joint = combined.joint(margin.by)
    place: dict[tuple[str | None, ...], int] = {c: k for k, c in enumerate(margin.cells)}
    known = len(margin.cells)
    lookup = np.array([place.get(label, known) for label in joint.labels], dtype=np.int64)
    codes = np.where(combined.counts > 0, lookup[joint.codes], known + 1)
    counts = np.bincount(codes, weights=combined.counts, minlength=known + 2).astype(np.int64)
    mass = cell_totals(codes, known + 2, combined.mass)
    targets = np.concatenate([margin.array(), [0.0, 0.0]])
    failures = _empty(margin, counts, verb, partial)
    if counts[known] and untargeted == "error":
        failures += _strangers(margin, joint, codes == known, combined.counts, verb)
    if partial:
        targets = np.where(counts > 0, targets, 0.0)
    kept = float(mass[known] / mass.sum())
    total = float(targets.sum())
    targets *= 1 - kept
    targets[known] = kept * total
    if not counts[known]:
        codes = np.where(codes == known + 1, known, codes)
        targets = np.delete(targets, known)
    size = len(targets) if not combined.whole else len(targets) - 1
    return CodedMargin(margin, combined.cells.rows, codes, targets[:size]), failures


def code_margins(
    survey: Survey,
    margins: Sequence[Margin],
    weights: FloatArray,
    *,
    verb: str,
    untargeted: Untargeted = "error",
) -> tuple[CodedMargin, ...]:
    """Code the respondents by several margins, over the same combinations.

    Raises
    ------
    EstimationError
        All reasons why the totals cannot be met, each with margin, category and number.
    """
    combined = _combine(survey, margins, weights)
    coded, failures = [], check_agreement(margins, verb)
    for margin in margins:
        one, wrong = _code(combined, margin, verb, untargeted, False)
        coded.append(one)
        failures += wrong
    raise_all(failures)
    return tuple(coded)


def check_agreement(margins: Sequence[Margin], verb: str) -> list[AttitudesError]:
    """Return an error for each margin whose totals add up to another sum than the first's."""
    first = margins[0]
    return [
        EstimationError(
            f"{verb}, totals of {margin.name}",
            f"a sum of {margin.sum:,.10g}, but {first.sum:,.10g} over {first.name}",
            "margins with one sum",
            "correct the totals, or give shares with shares=True",
        )
        for margin in margins[1:]
        if abs(margin.sum - first.sum) > _AGREEMENT * first.sum
    ]


def _empty(margin: Margin, counts: IntArray, verb: str, partial: bool) -> list[AttitudesError]:
    failures: list[AttitudesError] = []
    for k, total in enumerate(margin.totals):
        where = f"{verb}, totals of {margin.name}, {margin.label(k)}"
        if total > 0 and not counts[k] and not partial:
            failures.append(
                EstimationError(
                    where,
                    f"a total of {total:,.10g} and no respondent",
                    "respondents in it",
                    "merge the category with another",
                )
            )
        if total == 0 and counts[k]:
            failures.append(
                EstimationError(
                    where,
                    f"a total of 0 and {counts[k]} respondents",
                    "a positive total",
                    "correct the total, merge the category, or leave these respondents out",
                )
            )
    return failures


def _strangers(
    margin: Margin,
    joint: JointCodes,
    cells: np.ndarray[Any, np.dtype[np.bool_]],
    respondents: IntArray,
    verb: str,
) -> list[AttitudesError]:
    counts = np.zeros(len(joint.labels), dtype=np.int64)
    np.add.at(counts, joint.codes[cells], respondents[cells])
    failures: list[AttitudesError] = []
    for k in np.flatnonzero(counts):
        label = joint.labels[int(k)]
        if None in label:
            found = f"{counts[k]} respondents without an answer"
            remedy = "impute them, or keep their share with untargeted='keep'"
        else:
            found = (
                f"{counts[k]} respondents in {' × '.join(str(v) for v in label)}, without a total"
            )
            remedy = "give a total, merge the category, or keep its share with untargeted='keep'"
        allowed = "the categories " + ", ".join(
            margin.label(j) for j in range(min(8, len(margin.cells)))
        )
        failures.append(EstimationError(f"{verb}, totals of {margin.name}", found, allowed, remedy))
    return failures
