"""Thresholds, polychoric correlations and their covariance, group by group."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from attitudes.errors import DataError, EstimationError, OptionError, raise_all
from attitudes.numerics.correlation.contingency import encode_categories, pair_tables
from attitudes.numerics.correlation.polychoric import PolychoricFit, fit_polychoric
from attitudes.numerics.correlation.polychoric_influence import (
    asymptotic_covariance,
    influence_blocks,
    polychoric_influence,
)
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.sem.ordinal import OrdinalSample, Weighting
from attitudes.numerics.variance.taylor import design_covariance
from attitudes.psychometrics.confirmatory.categories import (
    Empty,
    common_categories,
    half_in_empty_cells,
)
from attitudes.psychometrics.confirmatory.groups import Answered, CovarianceKind
from attitudes.psychometrics.confirmatory.samples import Samples
from attitudes.psychometrics.matrix_checks import check_categories, check_pairs
from attitudes.survey.survey import Survey

__all__ = ["ordinal_samples"]

_LARGEST = 400_000_000
_SILENT = 1e6  # n × variance of a correlation that the table does not determine


def ordinal_samples(
    survey: Survey,
    answered: Answered,
    kind: CovarianceKind,
    *,
    weighting: Weighting = "diagonal",
    empty: Empty = "refuse",
) -> Samples:
    """Return thresholds, polychoric correlations and their covariance.

    Parameters
    ----------
    survey, answered
        Respondents, and those of them that count.
    kind
        Independent respondents, or those of the survey's design.
    weighting
        Of the statistics.
    empty
        What to do with an answer that some group never gave: refuse the data, or join it with
        the next one in all groups.

    Raises
    ------
    DataError
        Items with too many different answers, answers that some group never gave, pairs that
        hardly anybody answered.
    EstimationError
        Pairs whose correlation the table cannot tell.
    """
    whole = encode_categories(answered.values)
    check_categories(whole, answered.names)
    codes, counts, notes = common_categories(
        whole.codes.astype(np.int64), whole.categories, answered, empty
    )
    fits: list[PolychoricFit] = []
    halves = 0
    for g in range(len(answered.labels)):
        mine = answered.group == g
        w = answered.weights[mine] if answered.weighted else None
        tables = pair_tables(codes[mine], counts, w)
        _check_pairs(codes[mine], answered, g)
        filled = half_in_empty_cells(tables)
        # as in lavaan: the halves count for the correlation, not for its covariance
        fit = fit_polychoric(filled, thresholds_of="item")
        fits.append(replace(fit, tables=tables))
        halves += int((filled.counts != tables.counts).any(axis=(1, 2)).sum())
    joint = None
    if kind == "independent":
        covariances = [_independent(answered, codes, g, fit) for g, fit in enumerate(fits)]
    else:
        joint = _under_design(survey, answered, codes, fits)
        size = len(joint) // len(fits)
        covariances = [joint[k : k + size, k : k + size] for k in range(0, len(joint), size)]
    item = np.repeat(np.arange(len(counts)), counts - 1)
    groups: list[OrdinalSample] = []
    warnings = [*notes]
    if halves:
        warnings.append(f"a half stands in the empty cell of {halves} 2 × 2 tables, margins kept")
    for g, (fit, covariance) in enumerate(zip(fits, covariances, strict=True)):
        n = float(answered.weights[answered.group == g].sum())
        cuts = np.concatenate(fit.thresholds)
        gamma = n * covariance
        warnings += _judge(fit, np.diag(gamma)[len(cuts) :], answered, g)
        groups.append(OrdinalSample(n, cuts, item, fit.correlation, gamma, weighting))
    total = sum(sample.n for sample in groups)
    return Samples(
        tuple(groups),
        tuple(int(c) - 1 for c in counts),
        tuple(sample.correlation for sample in groups),
        tuple(np.zeros(len(counts)) for _ in groups),
        None,
        tuple(warnings),
        total * joint if joint is not None and len(fits) > 1 else None,
    )


def _check_pairs(codes: IntArray, answered: Answered, g: int) -> None:
    seen = (codes >= 0).astype(np.int64)
    n = seen.T @ seen
    try:
        check_pairs(n, answered.names)
    except DataError as error:
        if answered.labels == ("",):
            raise
        raise DataError(
            f"{error.where}{answered.named(g)}", error.found, error.allowed, error.remedy
        ) from None


def _judge(fit: PolychoricFit, spread: FloatArray, answered: Answered, g: int) -> list[str]:
    """Refuse correlations of ±1; say what else is the matter with the matrix."""
    names, where = answered.names, answered.named(g)

    def pair(p: int) -> str:
        return f"{names[fit.tables.first[p]]} and {names[fit.tables.second[p]]}"

    silent = ~(spread < _SILENT)
    perfect = (fit.boundary & ~silent) | ~(spread > 1e-12)
    raise_all(
        [
            EstimationError(
                f"items {pair(int(p))}{where}",
                "answers of which one follows from the other (polychoric correlation of 1)",
                "items that differ in more than wording",
                "leave one of the two out, or merge rare answers",
            )
            for p in np.flatnonzero(perfect)
        ]
    )
    notes = []
    smallest = float(np.linalg.eigvalsh(fit.correlation)[0])
    place = where.removeprefix(", ")
    begin = f"{place}: " if place else ""
    if smallest < 1e-8:
        notes.append(
            f"{begin}the polychoric matrix is not positive definite (smallest eigenvalue "
            f"{smallest:.2g}); it was fitted as it is"
        )
    if silent.any():
        shown = "; ".join(pair(int(p)) for p in np.flatnonzero(silent)[:5])
        shown += ", …" if silent.sum() > 5 else ""
        notes.append(
            f"{begin}the answers do not tell how {int(silent.sum())} pairs of items correlate "
            f"({shown}); they have no weight in the fit"
        )
    if fit.empty.any():
        notes.append(
            f"{begin}{int(fit.empty.sum())} empty cells in the tables of "
            f"{int((fit.empty > 0).sum())} of {len(fit.rho)} pairs of items"
        )
    return notes


def _independent(answered: Answered, codes: IntArray, g: int, fit: PolychoricFit) -> FloatArray:
    """Covariance of one group's statistics, respondents independent."""
    mine = answered.group == g
    influence = polychoric_influence(fit, thresholds_of="item")
    w = answered.weights[mine] if answered.weighted else None
    return asymptotic_covariance(influence, codes[mine], w)


def _under_design(
    survey: Survey, answered: Answered, codes: IntArray, fits: list[PolychoricFit]
) -> FloatArray:
    """Covariance of the statistics of all groups together under the design."""
    influences = [polychoric_influence(fit, thresholds_of="item") for fit in fits]
    sizes = [influence.n_statistics for influence in influences]
    if survey.n * sum(sizes) > _LARGEST:
        raise OptionError(
            "cfa, covariance",
            f"a design-based matrix of {sum(sizes)} statistics × {survey.n} rows",
            f"at most {_LARGEST:,} numbers",
            'use fewer items or groups, or covariance="independent"',
        )
    scores = np.zeros((survey.n, sum(sizes)))
    at = 0
    for g, (influence, size) in enumerate(zip(influences, sizes, strict=True)):
        mine = answered.group == g
        place = answered.rows[mine]
        for rows, block in influence_blocks(influence, codes[mine], answered.weights[mine]):
            scores[place[rows], at : at + size] = block
        at += size
    domain = np.zeros(survey.n, dtype=bool)
    domain[answered.rows] = True
    design = survey.design_arrays()
    found = design_covariance(scores, design, "average", domain, calibrations=survey.calibrations)
    return found.matrix
