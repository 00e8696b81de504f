"""Means of several variables in several domains, with the covariance between all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from attitudes.aggregation.domains import code_domains, selection
from attitudes.errors import EstimationError
from attitudes.estimation.inference import Inference, Setting
from attitudes.estimation.options import Missing
from attitudes.numerics.design import FloatArray

__all__ = ["DomainMeans", "domain_means"]


@dataclass(frozen=True, slots=True)
class DomainMeans:
    """Means and their joint covariance.

    Attributes
    ----------
    labels
        Variable and domain of each mean (the variable alone without ``by``).
    names
        One name a mean: the variable, the domain, or ``variable:domain``.
    estimates
        Length p.
    inference
        Their covariance and degrees of freedom.
    n
        Respondents with an answer, by mean.
    empty
        Names of the means that nobody answered for; they are not among the others.
    """

    labels: tuple[tuple[Any, ...], ...]
    names: tuple[str, ...]
    estimates: FloatArray
    inference: Inference
    n: tuple[int, ...]
    empty: tuple[str, ...]


def domain_means(
    setting: Setting,
    variables: Sequence[str],
    by: Sequence[str],
    where: Any = None,
    missing: Missing = "available",
) -> DomainMeans:
    """Return the means of variables in domains with their joint covariance.

    ``missing`` says whether each variable's mean is that of those who answered it, or of those
    who answered all.

    Raises
    ------
    EstimationError
        When no domain has an answer.
    """
    survey = setting.survey
    domains = code_domains(survey, by, where)
    chosen = selection(survey, where)
    inside = np.ones(survey.n, dtype=bool) if chosen is None else chosen
    members, values, labels, counts, empty = [], [], [], [], []
    answers = [survey.answers(variable).as_float() for variable in variables]
    if missing == "listwise":
        inside = inside & np.all([np.isfinite(y) for y in answers], axis=0)
    for variable, y in zip(variables, answers, strict=True):
        answered = np.isfinite(y) & (setting.weights > 0) & inside
        for d, label in enumerate(domains.labels):
            mask = domains.mask(d)
            rows = answered if mask is None else answered & mask
            if rows.any():
                members.append(rows.astype(np.float64))
                values.append(np.where(rows, y, 0.0))
                labels.append((variable, *label))
                counts.append(int(rows.sum()))
            else:
                empty.append(_name((variable, *label), len(variables) > 1))
    if not labels:
        raise EstimationError(
            f"means of {', '.join(variables)}", "no respondent with an answer", "at least one"
        )
    indicator, value = np.column_stack(members), np.column_stack(values)
    totals = setting.weights @ indicator
    means = (setting.weights @ value) / totals
    scores = (value - means * indicator) * (setting.weights[:, None] / totals)
    used = np.asarray(indicator.any(axis=1), dtype=bool)
    inference = setting.infer_ratios(scores, used, value, indicator)
    names = tuple(_name(label, len(variables) > 1) for label in labels)
    return DomainMeans(tuple(labels), names, means, inference, tuple(counts), tuple(empty))


def _name(label: tuple[Any, ...], several: bool) -> str:
    domain = ".".join(str(v) for v in label[1:])
    if not domain:
        return str(label[0])
    return f"{label[0]}:{domain}" if several else domain
