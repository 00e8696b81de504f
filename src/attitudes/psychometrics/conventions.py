"""Answers as a published report keyed them, where the study declares how it did."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from attitudes.errors import OptionError
from attitudes.psychometrics.items import ItemSet
from attitudes.survey.survey import Survey

__all__ = ["published_items"]


def published_items(survey: Survey, items: ItemSet, cell: tuple[str, str]) -> ItemSet:
    """Return the items with the keying and answers as published.

    Parameters
    ----------
    survey
        Respondents, with a study that declares its conventions.
    items
        The items of a scale.
    cell
        Exhibit id and column id whose conventions are meant.

    Returns
    -------
    ItemSet
        Its keyed answers are reversal constant − x for items that were published turned;
        don't-know and refusal stand as the number they were averaged in as, where the report did
        so.

    Raises
    ------
    OptionError
        When the survey has no study.
    """
    if survey.study is None:
        raise OptionError(
            "score, convention",
            "as_published for a survey without a study",
            "a study that declares how its report computed",
        )
    table, column = cell
    rules = [survey.study.convention_for(table, name, column) for name in items.names]
    signs = np.array([-1 if rule.turned else 1 for rule in rules], dtype=np.int64)
    constant = np.array(
        [
            low + high if rule.reversal_constant is None else rule.reversal_constant
            for rule, low, high in zip(rules, items.low, items.high, strict=True)
        ],
        dtype=np.float64,
    )
    raw = items.raw.copy(order="K")
    for j, (name, rule) in enumerate(zip(items.names, rules, strict=True)):
        if rule.nonsubstantive is not None:
            raw[_nonsubstantive(survey, name), j] = rule.nonsubstantive
    return replace(items, signs=signs, raw=raw, constant=constant)


def _nonsubstantive(survey: Survey, name: str) -> NDArray[np.bool_]:
    kinds = survey.missing_codes(name)
    codes = [kinds[kind] for kind in ("dont_know", "refused") if kind in kinds]
    return np.asarray(survey.column(name).isin(codes))
