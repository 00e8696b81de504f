"""The baseline model: variables without any correlation."""

from __future__ import annotations

import numpy as np

from attitudes.numerics.design import FloatArray
from attitudes.numerics.sem.ordinal import OrdinalSample
from attitudes.numerics.sem.problem import Problem
from attitudes.numerics.sem.structure import MEAN, SCALE, SYMMETRIC, THRESHOLD, GroupModel

__all__ = ["baseline_problem"]


def baseline_problem(problem: Problem) -> tuple[Problem, FloatArray]:
    """Return the model of uncorrelated variables, and its estimates.

    Notes
    -----
    Its estimates are known: variances (and means) of each variable over those who answered it, or
    the sample's thresholds.
    """
    models: list[GroupModel] = []
    theta: list[FloatArray] = []
    at = 0
    for model, sample in zip(problem.models, problem.samples, strict=True):
        p = model.n_observed
        item = np.arange(p)
        if isinstance(sample, OrdinalSample):
            size = len(sample.thresholds)
            kinds = [np.full(size, THRESHOLD), np.full(p, SYMMETRIC), np.full(p, SCALE)]
            rows = [np.arange(size), item, item]
            free = [at + np.arange(size), np.full(p, -1), np.full(p, -1)]
            values = [sample.thresholds, np.zeros(p), np.ones(p)]
            estimates = [sample.thresholds]
        else:
            weights = sample.weights[:, None] * np.isfinite(sample.data)
            filled = np.where(np.isfinite(sample.data), sample.data, 0.0)
            mean = (weights * filled).sum(axis=0) / weights.sum(axis=0)
            variance = (weights * (filled - mean) ** 2).sum(axis=0) / weights.sum(axis=0)
            kinds, rows = [np.full(p, SYMMETRIC)], [item]
            free, values = [at + item], [variance]
            estimates = [variance]
            if model.has_means:
                kinds.append(np.full(p, MEAN))
                rows.append(item)
                free.append(at + p + item)
                values.append(mean)
                estimates.append(mean)
        row = np.concatenate(rows)
        kind = np.concatenate(kinds)
        column = np.where(kind == SYMMETRIC, row, 0)
        models.append(
            GroupModel(
                p,
                p,
                kind,
                row,
                column,
                np.concatenate(free),
                np.concatenate(values),
                model.item_of_threshold,
            )
        )
        theta += estimates
        at += sum(len(e) for e in estimates)
    return Problem(tuple(models), problem.samples, at, problem.joint), np.concatenate(theta)
