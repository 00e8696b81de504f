"""From answers to the sample moments that a model is fitted to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from attitudes.errors import AttitudesError, DataError, EstimationError, OptionError, raise_all
from attitudes.numerics.correlation.contingency import encode_categories, pair_tables
from attitudes.numerics.correlation.polychoric import PolychoricFit, fit_polychoric
from attitudes.numerics.correlation.polychoric_influence import (
    asymptotic_covariance,
    influence_blocks,
    polychoric_influence,
)
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.sem.normal import NormalSample, patterns_of
from attitudes.numerics.sem.ordinal import OrdinalSample, Weighting
from attitudes.numerics.variance.taylor import design_covariance
from attitudes.psychometrics.confirmatory.groups import Answered, CovarianceKind
from attitudes.psychometrics.matrix_checks import check_categories, check_pairs
from attitudes.survey.survey import Survey

__all__ = ["Empty", "Samples", "normal_samples", "ordinal_samples"]

Empty = Literal["refuse", "collapse"]
_LARGEST = 400_000_000


@dataclass(frozen=True, slots=True)
class Samples:
    """Sample moments of each group.

    Attributes
    ----------
    groups
        One sample a group: all normal, or all ordinal.
    thresholds
        Number of thresholds of each item; empty for normal samples.
    moments
        Covariance or correlation matrix of each group, for starting values.
    means
        Mean of each item of each group (zeros for ordinal samples).
    covariance
        Covariance of sums of weighted scores under the design; None for independent respondents.
    warnings
        What a reader must know.
    """

    groups: tuple[NormalSample, ...] | tuple[OrdinalSample, ...]
    thresholds: tuple[int, ...]
    moments: tuple[FloatArray, ...]
    means: tuple[FloatArray, ...]
    covariance: Callable[[tuple[FloatArray, ...]], FloatArray] | None
    warnings: tuple[str, ...] = ()


def _design_of_sums(
    survey: Survey, answered: Answered
) -> Callable[[tuple[FloatArray, ...]], FloatArray]:
    """Return the function that gives the covariance of sums of scores of all groups' rows."""
    design = survey.design_arrays()
    domain = np.zeros(survey.n, dtype=bool)
    domain[answered.rows] = True
    places = [answered.rows[answered.group == g] for g in range(len(answered.labels))]

    def covariance(scores: tuple[FloatArray, ...]) -> FloatArray:
        whole = np.zeros((survey.n, scores[0].shape[1]))
        for rows, part in zip(places, scores, strict=True):
            whole[rows] = part
        found = design_covariance(
            whole, design, "average", domain, calibrations=survey.calibrations
        )
        return found.matrix

    return covariance


def normal_samples(survey: Survey, answered: Answered, kind: CovarianceKind) -> Samples:
    """Return the samples of a normal likelihood.

    Parameters
    ----------
    survey, answered
        Respondents, and those of them that count.
    kind
        Independent respondents, or those of the survey's design.

    Raises
    ------
    DataError
        A group with no more respondents than items.
    """
    samples, moments, means = [], [], []
    failures: list[AttitudesError] = []
    for g in range(len(answered.labels)):
        mine = answered.group == g
        sample = patterns_of(answered.values[mine], answered.weights[mine])
        covered = sample.coverage
        i, j = np.nonzero(np.triu(covered <= 0, 1))
        failures += [
            DataError(
                f"items {answered.names[a]} and {answered.names[b]}{answered.named(g)}",
                "no respondent who answered both",
                "some",
                "leave one of them out",
            )
            for a, b in zip(i, j, strict=True)
        ]
        samples.append(sample)
        mean, cov = _available(sample)
        means.append(mean)
        moments.append(cov)
        if sample.complete and np.linalg.eigvalsh(_scaled(cov))[0] < 1e-10:
            failures.append(
                DataError(
                    f"cfa{answered.named(g)}",
                    "a covariance matrix that is singular",
                    "items none of which is a sum of others",
                    "leave out items that repeat others",
                )
            )
    raise_all(failures)
    covariance = _design_of_sums(survey, answered) if kind == "design" else None
    return Samples(tuple(samples), (), tuple(moments), tuple(means), covariance)


def _scaled(cov: FloatArray) -> FloatArray:
    sd = np.sqrt(np.diag(cov))
    return np.asarray(cov / np.outer(sd, sd))


def _available(sample: NormalSample) -> tuple[FloatArray, FloatArray]:
    """Means of who answered, covariances with the mean in place of what is missing."""
    if sample.complete:
        return sample.patterns[0].mean, sample.patterns[0].cov
    seen = np.isfinite(sample.data)
    w = sample.weights[:, None] * seen
    filled = np.where(seen, sample.data, 0.0)
    mean = (w * filled).sum(axis=0) / w.sum(axis=0)
    centred = np.where(seen, sample.data - mean, 0.0)
    pairs = seen.T.astype(np.float64) * sample.weights @ seen
    return mean, (centred * sample.weights[:, None]).T @ centred / np.maximum(pairs, 1e-300)


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
    codes, counts, notes = _common(whole.codes.astype(np.int64), whole.categories, answered, empty)
    groups: list[OrdinalSample] = []
    warnings = [*notes]
    for g in range(len(answered.labels)):
        mine = answered.group == g
        w = answered.weights[mine]
        tables = pair_tables(codes[mine], counts, w if answered.weighted else None)
        _check_pairs(codes[mine], answered, g)
        fit = fit_polychoric(tables, thresholds_of="item")
        warnings += _judge(fit, answered, g)
        gamma = _gamma(survey, answered, codes, mine, fit, kind)
        n = float(w.sum())
        cuts = np.concatenate(fit.thresholds)
        item = np.repeat(np.arange(len(counts)), counts - 1)
        groups.append(OrdinalSample(n, cuts, item, fit.correlation, n * gamma, weighting))
    return Samples(
        tuple(groups),
        tuple(int(c) - 1 for c in counts),
        tuple(sample.correlation for sample in groups),
        tuple(np.zeros(len(counts)) for _ in groups),
        None,
        tuple(warnings),
    )


def _common(
    codes: IntArray, categories: tuple[FloatArray, ...], answered: Answered, empty: Empty
) -> tuple[IntArray, IntArray, list[str]]:
    """Categories that every group uses."""
    out = codes.copy()
    counts = np.array([len(c) for c in categories], dtype=np.int64)
    failures: list[AttitudesError] = []
    notes: list[str] = []
    for j, name in enumerate(answered.names):
        used = np.array(
            [
                np.bincount(
                    codes[(answered.group == g) & (codes[:, j] >= 0), j], minlength=counts[j]
                )
                for g in range(len(answered.labels))
            ]
        )
        lacking = np.argwhere(used == 0)
        if not len(lacking):
            continue
        if empty == "refuse":
            failures += [
                DataError(
                    f"item {name}{answered.named(int(g))}",
                    f"nobody who answered {categories[j][c]:g}",
                    "every answer given in every group",
                    'merge answers or groups, or let empty="collapse" join it with the next one',
                )
                for g, c in lacking
            ]
            continue
        place, joined = _joined(used)
        if place.max() == 0:
            failures.append(
                DataError(
                    f"item {name}",
                    "no two answers that all groups gave",
                    "two answers",
                    "leave it out",
                )
            )
            continue
        known = codes[:, j] >= 0
        out[known, j] = place[codes[known, j]]
        counts[j] = place.max() + 1
        said = "; ".join(" and ".join(f"{categories[j][c]:g}" for c in block) for block in joined)
        notes.append(f"{name}: answers {said} were joined, as some group never gave one of them")
    raise_all(failures)
    return out, counts, notes


def _joined(used: IntArray) -> tuple[IntArray, list[list[int]]]:
    """Blocks of neighbouring answers that every group gave; the last one joins the one before."""
    blocks: list[list[int]] = []
    open_block: list[int] = []
    for c in range(used.shape[1]):
        open_block.append(c)
        if (used[:, open_block].sum(axis=1) > 0).all():
            blocks.append(open_block)
            open_block = []
    if open_block and blocks:
        blocks[-1] = blocks[-1] + open_block
    elif open_block:
        blocks = [open_block]
    place = np.zeros(used.shape[1], dtype=np.int64)
    for k, block in enumerate(blocks):
        place[block] = k
    return place, [block for block in blocks if len(block) > 1]


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


def _judge(fit: PolychoricFit, answered: Answered, g: int) -> list[str]:
    """Refuse correlations of ±1; say what else is the matter with the matrix."""
    names, where = answered.names, answered.named(g)
    failures: list[AttitudesError] = []
    for p in np.flatnonzero(fit.boundary):
        a, b = names[fit.tables.first[p]], names[fit.tables.second[p]]
        failures.append(
            EstimationError(
                f"items {a} and {b}{where}",
                "a table of answers that allows a polychoric correlation of 1",
                "answers that tell how closely the two go together",
                "merge rare answers, or leave one of the two out",
            )
        )
    raise_all(failures)
    notes = []
    smallest = float(np.linalg.eigvalsh(fit.correlation)[0])
    place = where.removeprefix(", ")
    begin = f"{place}: " if place else ""
    if smallest < 1e-8:
        notes.append(
            f"{begin}the polychoric matrix is not positive definite (smallest eigenvalue "
            f"{smallest:.2g}); it was fitted as it is"
        )
    if fit.empty.any():
        notes.append(
            f"{begin}{int(fit.empty.sum())} empty cells in the tables of "
            f"{int((fit.empty > 0).sum())} of {len(fit.rho)} pairs of items"
        )
    return notes


def _gamma(
    survey: Survey,
    answered: Answered,
    codes: IntArray,
    mine: np.ndarray[tuple[int], np.dtype[np.bool_]],
    fit: PolychoricFit,
    kind: CovarianceKind,
) -> FloatArray:
    influence = polychoric_influence(fit, thresholds_of="item")
    w = answered.weights[mine]
    if kind == "independent":
        return asymptotic_covariance(influence, codes[mine], w if answered.weighted else None)
    if survey.n * influence.n_statistics > _LARGEST:
        raise OptionError(
            "cfa, covariance",
            f"a design-based matrix of {influence.n_statistics} statistics × {survey.n} rows",
            f"at most {_LARGEST:,} numbers",
            'use fewer items, or covariance="independent"',
        )
    scores = np.zeros((survey.n, influence.n_statistics))
    place = answered.rows[mine]
    for rows, block in influence_blocks(influence, codes[mine], w):
        scores[place[rows]] = block
    domain = np.zeros(survey.n, dtype=bool)
    domain[place] = True
    found = design_covariance(
        scores, survey.design_arrays(), "average", domain, calibrations=survey.calibrations
    )
    return found.matrix
