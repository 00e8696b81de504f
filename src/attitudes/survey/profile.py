"""The check of a data file: is it usable, who answered what, what looks odd."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from attitudes.errors import AttitudesError, DataError
from attitudes.survey.ledger import Ledger
from attitudes.survey.reading import MissingKind, code_table, read_table
from attitudes.survey.survey import Survey

if TYPE_CHECKING:
    from attitudes.study.models import Study

__all__ = ["DataCheck", "VariableProfile", "check_responses"]

MOSTLY_MISSING = 0.5
ITEMS_FOR_TWINS = 5


@dataclass(frozen=True, slots=True)
class VariableProfile:
    """What respondents answered to one question, unweighted.

    Attributes
    ----------
    name
        Its column.
    answered
        Respondents with a substantive answer.
    missing
        Count of each kind of missing answer that occurs.
    distribution
        Count of each answer of the scale, also of those nobody gave; empty for numbers.
    least, greatest
        Range of the numbers given; None for categories and where nobody answered.
    """

    name: str
    answered: int
    missing: Mapping[str, int]
    distribution: Mapping[int | str, int]
    least: float | None = None
    greatest: float | None = None


@dataclass(frozen=True, slots=True)
class DataCheck:
    """What the check of a file found.

    Attributes
    ----------
    source
        The file.
    n_read
        Rows found in it.
    ledger
        Account of the rows; None when the file has failures.
    failures
        What makes the file unusable for its study.
    variables
        One profile a column of the codebook; empty when the file has failures.
    warnings
        What is allowed and worth a look.
    provenance
        Whose answers these are; None when the file has failures.
    """

    source: str
    n_read: int
    ledger: Ledger | None
    failures: tuple[AttitudesError, ...]
    variables: tuple[VariableProfile, ...]
    warnings: tuple[str, ...]
    provenance: str | None

    @property
    def passed(self) -> bool:
        """Whether the file can be used."""
        return not self.failures

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain values."""
        ledger = self.ledger
        dropped = () if ledger is None else ledger.dropped
        return {
            "file": self.source,
            "passed": self.passed,
            "provenance": self.provenance,
            "rows": {
                "read": self.n_read,
                "kept": None if ledger is None else ledger.n_kept,
                "dropped": [
                    {"reason": d.reason, "count": d.count, "rows": list(d.rows)} for d in dropped
                ],
            },
            "failures": [
                {"where": f.where, "found": f.found, "allowed": f.allowed, "remedy": f.remedy}
                for f in self.failures
            ],
            "variables": [_plain(v) for v in self.variables],
            "warnings": list(self.warnings),
            "notes": [] if ledger is None else list(ledger.notes),
        }


def _plain(profile: VariableProfile) -> dict[str, Any]:
    return {
        "name": profile.name,
        "answered": profile.answered,
        "missing": dict(profile.missing),
        "distribution": {str(code): count for code, count in profile.distribution.items()},
        "least": profile.least,
        "greatest": profile.greatest,
    }


def check_responses(
    source: str | Path | pd.DataFrame,
    study: Study,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    decimal: Literal[".", ","] | None = None,
    sheet: str | None = None,
    missing: Mapping[Any, MissingKind] | None = None,
) -> DataCheck:
    """Check a file of answers against a study without using it.

    Parameters are those of `read_responses`.

    Raises
    ------
    DataError
        The file cannot be read at all: not there, empty, of another encoding or separator.

    Examples
    --------
    >>> from attitudes.study.models import Study
    >>> study = Study.model_validate({
    ...     "id": "tiny", "title": "Tiny",
    ...     "responses": {"agreement": {"kind": "ordinal", "low": 1, "high": 5}},
    ...     "questions": [{"id": "q1", "text": "Trust", "response": "agreement"}]})
    >>> found = check_responses(pd.DataFrame({"q1": [1, 7]}), study)
    >>> found.passed, str(found.failures[0])
    (False, 'frame, column q1, row 2: found 7 once; allowed: 1 to 5')
    """
    raw = read_table(source, encoding=encoding, separator=separator, decimal=decimal, sheet=sheet)
    try:
        survey = code_table(raw, study, missing=missing)
    except DataError as error:
        failures = error.failures or (error,)
        return DataCheck(raw.source, raw.n_read, None, failures, (), (), None)
    profiles = tuple(
        _profile(survey, study, name)
        for question in study.questions
        for name in study.columns_of(question.id)
        if name in survey.frame.columns
    )
    warnings = (*_odd_variables(profiles, survey.n), *_twins(survey, study))
    return DataCheck(
        raw.source, raw.n_read, survey.ledger, (), profiles, warnings, survey.provenance
    )


def _profile(survey: Survey, study: Study, name: str) -> VariableProfile:
    response = study.response_of(name)
    missing = survey.ledger.missing.get(name, {})
    answered = survey.n - sum(missing.values())
    if response.kind == "numeric":
        numbers = survey.answers(name).as_float()
        given = numbers[np.isfinite(numbers)]
        ends = (float(given.min()), float(given.max())) if len(given) else (None, None)
        return VariableProfile(name, answered, missing, {}, *ends)
    codes = (0, 1) if response.kind == "multiple" else response.codes
    counts = survey.frame[name].value_counts().to_dict()
    return VariableProfile(name, answered, missing, {c: int(counts.get(c, 0)) for c in codes})


def _odd_variables(profiles: tuple[VariableProfile, ...], n: int) -> list[str]:
    warnings = []
    for profile in profiles:
        used = [code for code, count in profile.distribution.items() if count]
        if not profile.answered:
            warnings.append(f"{profile.name}: nobody answered")
        elif len(used) == 1 or (profile.least is not None and profile.least == profile.greatest):
            same = used[0] if used else profile.least
            warnings.append(f"{profile.name}: all {profile.answered} answers are {same}")
        elif profile.answered < n * MOSTLY_MISSING:
            share = 100 * (1 - profile.answered / n)
            warnings.append(f"{profile.name}: {share:.0f} % of respondents have no answer")
    return warnings


def _twins(survey: Survey, study: Study) -> list[str]:
    """Warn of respondents whose answers to all items of the scales are the same."""
    items = [q.id for q in study.questions if q.scale is not None and q.id in survey.frame.columns]
    if len(items) < ITEMS_FOR_TWINS:
        return []
    same = int(survey.frame[items].duplicated(keep=False).sum())
    if not same:
        return []
    return [f"{same} respondents share all {len(items)} item answers with another respondent"]
