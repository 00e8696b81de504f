"""The ledger of figures: what became of each printed number when it was computed anew."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from attitudes.reporting.published import Regenerated, published_figures
from attitudes.study.figures import FIGURE_COLUMNS, Figure
from attitudes.survey.survey import Survey
from attitudes.workflows.declared import DeclaredValue, declared_value, plan_values

__all__ = ["LEDGER_COLUMNS", "LedgerLine", "Status", "exact_text", "figure_ledger", "ledger_csv"]

Status = Literal["reproduced", "off", "excluded", "not_computable"]
LEDGER_COLUMNS = (*FIGURE_COLUMNS, "status", "value", "reason")


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """What became of one figure.

    Attributes
    ----------
    figure
        As printed.
    status
        ``"reproduced"``; ``"off"``; ``"excluded"`` when a proof says that it contradicts other
        figures under the conventions; ``"not_computable"``.
    value
        The exact value computed, None where there is none.
    printed
        That value as the report would print it.
    reason
        By how much it is off, which proof excludes it, or why it cannot be computed.
    """

    figure: Figure
    status: Status
    value: Fraction | None
    printed: str | None
    reason: str

    @property
    def key(self) -> tuple[str, ...]:
        """What identifies the figure: exhibit, row, column, statistic, section."""
        return (*self.figure.key, self.figure.section)

    def to_dict(self) -> dict[str, str]:
        """Return the line as a row of the ledger's columns."""
        f = self.figure
        own = (f.exhibit, f.row, f.column, f.statistic, f.printed, f.section)
        value = "" if self.value is None else exact_text(self.value)
        cells = (*own, self.status, value, self.reason)
        return dict(zip(LEDGER_COLUMNS, cells, strict=True))


def exact_text(value: Fraction) -> str:
    """Return a number with twelve decimals, which tells apart any two means of survey answers.

    Examples
    --------
    >>> exact_text(Fraction(1, 3))
    '0.333333333333'
    """
    return f"{float(value):.12f}"


def figure_ledger(
    survey: Survey, proofs: Mapping[tuple[str, ...], str] | None = None
) -> tuple[LedgerLine, ...]:
    """Compute every published figure of the survey's study and say what became of it.

    Parameters
    ----------
    survey
        Respondents with their study.
    proofs
        Figure (exhibit, row, column, statistic, section) → id of a proof that it contradicts
        others.
    """
    known = proofs or {}
    study = survey.study
    plan = {} if study is None else plan_values(study)
    lines = []
    for r in published_figures(survey):
        given = (
            None if study is None or r.value is not None else declared_value(study, r.figure, plan)
        )
        lines.append(_line(r, known) if given is None else _declared_line(r.figure, given))
    return tuple(lines)


def _declared_line(figure: Figure, given: DeclaredValue) -> LedgerLine:
    if given.matches:
        return LedgerLine(figure, "reproduced", given.value, given.printed, "")
    told = f"{given.source} gives {given.printed} instead of {figure.printed}"
    return LedgerLine(figure, "off", given.value, given.printed, told)


def _line(r: Regenerated, proofs: Mapping[tuple[str, ...], str]) -> LedgerLine:
    if r.value is None or r.printed is None:
        return LedgerLine(r.figure, "not_computable", None, None, _why_not(r))
    if r.matches:
        return LedgerLine(r.figure, "reproduced", r.value, r.printed, "")
    gap = float(r.value - Fraction(r.figure.value))
    told = f"{r.printed} instead of {r.figure.printed} ({gap:+.4f})"
    if (proof := proofs.get((*r.figure.key, r.figure.section))) is not None:
        return LedgerLine(r.figure, "excluded", r.value, r.printed, f"{proof}: {told}")
    return LedgerLine(r.figure, "off", r.value, r.printed, told)


def _why_not(r: Regenerated) -> str:
    """Return why a figure cannot be computed."""
    kind = r.figure.statistic.partition(":")[0]
    if r.reason and kind in ("mean", "percent"):
        return r.reason
    return (
        f"{r.figure.row!r} ({r.figure.statistic.replace(':', ', ')}) stands in the report alone: "
        "neither the answers, the codebook nor the plan of the sample contain it"
    )


def ledger_csv(lines: Sequence[LedgerLine]) -> str:
    """Return the ledger as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, LEDGER_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(line.to_dict() for line in lines)
    return out.getvalue()
