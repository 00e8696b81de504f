"""The outcome of each sampled person: respondent, non-respondent, unknown, ineligible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from attitudes.errors import AttitudesError, OptionError, raise_all
from attitudes.numerics.design import IntArray
from attitudes.survey.survey import Survey
from attitudes.weighting.margins import label_of

__all__ = [
    "INELIGIBLE",
    "NONRESPONDENT",
    "RESPONDENT",
    "UNKNOWN",
    "Outcomes",
    "read_status",
]

Outcomes = str | int | float | Sequence[str | int | float] | None
RESPONDENT, NONRESPONDENT, UNKNOWN, INELIGIBLE = range(4)
_WORDS = ("respondent", "nonrespondent", "unknown", "ineligible")


def read_status(
    survey: Survey, column: str, outcomes: Mapping[str, Outcomes], verb: str
) -> IntArray:
    """Return the outcome of each row: 0 respondent, 1 non-respondent, 2 unknown, 3 ineligible.

    Raises
    ------
    OptionError
        Values that stand for no outcome or for two; no respondent.
    """
    codes, values = pd.factorize(survey.column(column), use_na_sentinel=True)
    place = _places(outcomes, verb)
    failures: list[AttitudesError] = []
    counts = np.bincount(np.asarray(codes) + 1, minlength=len(values) + 1)
    if counts[0]:
        failures.append(
            OptionError(f"{verb}, status {column}", f"{counts[0]} rows without a value", "a value")
        )
    states = np.zeros(len(values) + 1, dtype=np.int64)
    for k, value in enumerate(values):
        label = label_of(value)
        state = _aapor(label) if place is None else place.get(label)
        if state is None:
            failures.append(
                OptionError(
                    f"{verb}, status {column}",
                    f"{label!r} ({counts[k + 1]} rows)",
                    ", ".join(place or (*_WORDS, "AAPOR codes")),
                    "name the outcome that it stands for",
                )
            )
            continue
        states[k] = state
    raise_all(failures)
    made = states[np.asarray(codes)]
    if not (made == RESPONDENT).any():
        raise OptionError(f"{verb}, status {column}", "no respondent", "at least one")
    return made


def _places(outcomes: Mapping[str, Outcomes], verb: str) -> dict[str, int] | None:
    place: dict[str, int] = {}
    for state, word in enumerate(_WORDS):
        given = outcomes[word]
        if given is None:
            continue
        for value in [given] if isinstance(given, str | int | float) else given:
            label = label_of(value)
            if place.setdefault(label, state) != state:
                raise OptionError(f"{verb}, {word}", f"{label!r} again", "one outcome for a value")
    return place or None


def _aapor(label: str) -> int | None:
    """Return the outcome of a word or of an AAPOR disposition code such as 2.11.

    Examples
    --------
    >>> _aapor("2.11"), _aapor("ineligible"), _aapor("7")
    (1, 3, None)
    """
    if label in _WORDS:
        return _WORDS.index(label)
    first = label.split(".")[0]
    if first not in ("1", "2", "3", "4") or not label.replace(".", "", 1).isdigit():
        return None
    return {"1": RESPONDENT, "2": NONRESPONDENT, "3": UNKNOWN, "4": INELIGIBLE}[first]
