"""The verb `validate`: regenerate as published, and hold every number against the print."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from attitudes.errors import StudyError
from attitudes.study.models import Study
from attitudes.study.tables import read_table
from attitudes.survey.reading import read_responses
from attitudes.survey.survey import Survey
from attitudes.workflows.ledger import LedgerLine, Status, exact_text, figure_ledger
from attitudes.workflows.proofs import excluding_proofs

__all__ = ["EXPECTED_COLUMNS", "Expectation", "Failure", "Validation", "expected_csv", "validate"]

EXPECTED_COLUMNS = ("exhibit", "row", "column", "statistic", "section", "status", "value")
_RANK: dict[str, int] = {"reproduced": 3, "off": 2, "excluded": 2, "not_computable": 1}


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the pack expects of one figure.

    Attributes
    ----------
    status
        Status that it must have, or a better one.
    value
        Its exact value from the pack's own respondents; empty where it has none.
    """

    status: Status
    value: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A figure that does worse than expected.

    Attributes
    ----------
    line
        What became of it.
    expected
        Status that the pack expects.
    reason
        In a phrase.
    """

    line: LedgerLine
    expected: str
    reason: str


@dataclass(frozen=True, slots=True)
class Validation:
    """Every published figure, computed anew.

    Attributes
    ----------
    study
        Id of the pack.
    provenance
        Whose answers they are.
    lines
        One a figure.
    failures
        Figures that do worse than the pack expects.
    expected
        Whether the pack keeps expectations; without them only the exact tables are required.
    """

    study: str
    provenance: str
    lines: tuple[LedgerLine, ...]
    failures: tuple[Failure, ...]
    expected: bool

    @property
    def passed(self) -> bool:
        """Whether no figure does worse than expected."""
        return not self.failures

    def counts(self) -> dict[str, dict[str, int]]:
        """Return exhibit → status → number of figures."""
        out: dict[str, Counter[str]] = {}
        for line in self.lines:
            out.setdefault(line.figure.exhibit, Counter())[line.status] += 1
        return {exhibit: dict(count) for exhibit, count in out.items()}

    def to_dict(self) -> dict[str, Any]:
        """Return the result for JSON."""
        return {
            "study": self.study,
            "provenance": self.provenance,
            "passed": self.passed,
            "counts": self.counts(),
            "figures": [line.to_dict() for line in self.lines],
            "failures": [
                {**f.line.to_dict(), "expected": f.expected, "failure": f.reason}
                for f in self.failures
            ],
        }

    def __repr__(self) -> str:
        total = Counter(line.status for line in self.lines)
        told = ", ".join(f"{n} {status}" for status, n in total.most_common())
        return f"Validation of {self.study}: {told}; {len(self.failures)} worse than expected"


def validate(study: Study, survey: Survey | None = None) -> Validation:
    """Regenerate every published figure as published and hold it against the print.

    Parameters
    ----------
    study
        A pack with published figures; its codebook and conventions count, whatever study the
        respondents were read with.
    survey
        The respondents; default: those of the pack.

    Returns
    -------
    Validation
        ``passed`` only if every cell of the tables that the pack requires exactly is reproduced
        and no figure does worse than the pack expects.

    Raises
    ------
    StudyError
        When the pack has no published figures, or no respondents and none were given.

    Notes
    -----
    Respondents that carry the pack's own seed claim to be its respondents: for them each exact
    value must be the recorded one, so that a changed answer shows even where the print of two
    decimals would not.
    """
    if study.published.figures is None:
        raise StudyError(
            f"study {study.id}, published.figures", "nothing", "a file of published figures"
        )
    respondents = _own_respondents(study) if survey is None else replace(survey, study=study)
    lines = figure_ledger(respondents, excluding_proofs(study))
    expected = _expectations(study)
    own = _is_own(study, respondents)
    failures = [f for line in lines if (f := _judge(study, line, expected, own)) is not None]
    return Validation(
        study.id, respondents.provenance, lines, tuple(failures), expected is not None
    )


def _own_respondents(study: Study) -> Survey:
    if study.data.file is None:
        raise StudyError(
            f"study {study.id}", "no respondents of its own", "respondents", "name a file of them"
        )
    return read_responses(study.path(study.data.file), study)


def _is_own(study: Study, survey: Survey) -> bool:
    spec = study.reconstruction
    if spec is None or "seed" not in survey.columns:
        return False
    return bool((survey.column("seed") == spec.seed).all())


def _judge(
    study: Study,
    line: LedgerLine,
    expected: Mapping[tuple[str, ...], Expectation] | None,
    own: bool,
) -> Failure | None:
    exact = study.reconstruction.exact if study.reconstruction is not None else ()
    tables = {study.exhibit(name).figures_id for name in exact}
    if line.figure.exhibit in tables and line.status != "reproduced":
        return Failure(line, "reproduced", line.reason)
    if expected is None:
        return None
    wish = expected.get(line.key)
    if wish is None:
        return Failure(line, "", "the pack has no expectation of this figure")
    if _RANK[line.status] < _RANK[wish.status]:
        return Failure(line, wish.status, line.reason)
    value = "" if line.value is None else exact_text(line.value)
    if own and value != wish.value:
        return Failure(
            line,
            wish.status,
            f"exact value {value} instead of {wish.value}: not the respondents of this seed",
        )
    return None


def _expectations(study: Study) -> dict[tuple[str, ...], Expectation] | None:
    name = study.published.expected
    if name is None or not study.path(name).is_file():
        return None
    table = read_table(study.path(name), EXPECTED_COLUMNS)
    out: dict[tuple[str, ...], Expectation] = {}
    for row, line in zip(table.rows, table.lines, strict=True):
        if row[5] not in _RANK:
            raise StudyError.unknown(
                f"{study.path(name)}, line {line}, column status", "status", row[5], _RANK
            )
        status: Any = row[5]
        out[row[:5]] = Expectation(status, row[6])
    return out


def expected_csv(lines: Sequence[LedgerLine]) -> str:
    """Return the expectations that a ledger fulfils, as the pack keeps them."""

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(EXPECTED_COLUMNS)
    for line in lines:
        value = "" if line.value is None else exact_text(line.value)
        writer.writerow([*line.key, line.status, value])
    return out.getvalue()
