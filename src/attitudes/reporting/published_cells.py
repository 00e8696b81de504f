"""Any cell as the report would have computed it, printed there or not."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from attitudes.errors import StudyError
from attitudes.numerics.printed.decimals import print_fraction
from attitudes.reporting.published import AnswerCounts, evaluate, published_figures
from attitudes.study.figures import Figure
from attitudes.study.forms import Domain, Form, NotComputable, form_of, ratios
from attitudes.study.models import Study
from attitudes.survey.survey import Survey

__all__ = ["PublishedCell", "PublishedCells"]


@dataclass(frozen=True, slots=True)
class PublishedCell:
    """A cell under the report's conventions.

    Attributes
    ----------
    exact
        Before rounding; None when it cannot be computed.
    text
        Rounded as declared (halves up where the rule is not known); a dash when there is none.
    n
        Respondents it rests on: the smallest base among the items of a mean of items' means, the
        sum over the groups of a mean of groups.
    differs
        Whether the report prints another number in this cell.
    """

    exact: Fraction | None
    text: str
    n: int
    differs: bool = False

    @property
    def value(self) -> float | None:
        """Before rounding, as a float."""
        return None if self.exact is None else float(self.exact)


class PublishedCells:
    """The report's arithmetic on one survey, cell by cell.

    Parameters
    ----------
    survey
        Respondents with a study.
    """

    def __init__(self, survey: Survey) -> None:
        if survey.study is None:
            raise StudyError("survey", "no study", "a survey read with its study pack")
        self._survey = survey
        self._study: Study = survey.study
        self._counts = AnswerCounts(survey)

    @cached_property
    def _differing(self) -> frozenset[tuple[str, str, str, str]]:
        figures = published_figures(self._survey)
        return frozenset(f.figure.key for f in figures if f.value is not None and not f.matches)

    def differs(self, exhibit: str, row: str, statistic: str, column: str = "total") -> bool:
        """Whether the report prints another number in a cell."""
        return (exhibit, row, column, statistic) in self._differing

    def size(self, variable: str, group: int | str) -> int:
        """Number of respondents of a group."""
        return self._counts(variable, ()).get(group, 0)

    def cell(
        self, exhibit: str, row: str, column: str, statistic: str, decimals: int
    ) -> PublishedCell:
        """Compute one cell of a declared exhibit."""
        figure = Figure(exhibit, row, column, statistic, "0", "")
        form = form_of(self._study, figure)
        if isinstance(form, NotComputable):
            return PublishedCell(None, "–", 0)
        if any(part.column not in self._survey.frame.columns for part in ratios(form)):
            return PublishedCell(None, "–", 0)
        value = evaluate(form, self._counts)
        if value is None:
            return PublishedCell(None, "–", 0)
        base = self._base(form)
        rule = self._study.convention_for(exhibit, row, column).rounding
        text = print_fraction(value, decimals, "half_up" if rule == "unknown" else rule)
        return PublishedCell(value, text, base, figure.key in self._differing)

    def _base(self, form: Form) -> int:
        """Respondents behind a form: of each group the smallest base of its items, added up."""
        least: dict[Domain, int] = {}
        for part in ratios(form):
            own = part.base(self._counts(part.column, part.domain))
            least[part.domain] = min(own, least.get(part.domain, own))
        return sum(least.values())
