"""Figures as the report computed them: its keying, constants, bases, totals and rounding."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from attitudes.reporting.published_means import PublishedMeans
from attitudes.reporting.published_shares import counted_by_row, share
from attitudes.reporting.regenerated import Regenerated, RegeneratedFigure
from attitudes.reporting.tallies import TOTAL, Tallies, study_of
from attitudes.study.conventions import Convention
from attitudes.study.exhibits import Exhibit
from attitudes.study.models import Study
from attitudes.study.questions import Question
from attitudes.survey.survey import Survey

__all__ = ["AsPublished", "Regenerated", "RegeneratedFigure", "published_figures"]


class AsPublished:
    """The report's own arithmetic on one survey's answers.

    Parameters
    ----------
    survey
        Respondents with a study that declares its conventions.

    Notes
    -----
    All sums are of whole numbers and all quotients exact, so that a number on the edge between
    two printed ones falls on the side where the rounding rule puts it.
    """

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self.study: Study = study_of(survey, "figures as published")
        self._plain = Tallies(survey)
        self._heavy: Tallies | None = None
        self._homes = _homes(self.study, self._plain)
        self._exhibits = _by_figures(self.study)
        self.means = PublishedMeans(self.study, self.tallies)

    def tallies(self, weighted: bool) -> Tallies:
        """Return counts of answers, or sums of weights by answer."""
        if not weighted:
            return self._plain
        if self._heavy is None:
            self._heavy = Tallies(self.survey, weighted=True)
        return self._heavy

    def home(self, group: str, breakdown: str | None = None) -> str | None:
        """Return the variable that a group belongs to, ``breakdown`` before others."""
        named = breakdown is not None and self._plain.has(breakdown)
        if named and group in {str(code) for code in self.study.groups(str(breakdown))}:
            return breakdown
        return self._homes.get(group)

    def cell(
        self, table: str, row: str, column: str, statistic: str, breakdown: str | None = None
    ) -> Regenerated:
        """Compute one number.

        Parameters
        ----------
        table
            Exhibit whose conventions hold.
        row
            A question, an answer of the exhibit's question, a scale, or ``total``.
        column
            A group, or ``total``.
        statistic
            ``mean``, ``percent``, ``percent:<box>``, ``count``.
        breakdown
            Variable of the groups; default: the exhibit's own, else the one with the group.
        """
        rule = self.study.convention_for(table, row, column)
        exhibit = self._exhibits.get(table)
        wanted = breakdown or (exhibit.breakdown if exhibit else None)
        home = wanted if column == TOTAL else self.home(column, wanted)
        if column != TOTAL and home is None:
            return Regenerated(None, 0, rule, f"{column} is no group of respondents in these data")
        if home is not None and not self._plain.has(home):
            return Regenerated(None, 0, rule, f"these data have no column {home}")
        name, _, box = statistic.partition(":")
        if name == "mean":
            return self._mean(table, row, column, home, exhibit, rule)
        if name in ("percent", "share"):
            return self._share(table, row, column, box, home, exhibit, rule)
        if name == "count":
            return self._count(row, column, rule)
        return Regenerated(None, 0, rule, f"{statistic} is not computed from answers")

    def _mean(
        self,
        table: str,
        row: str,
        column: str,
        home: str | None,
        exhibit: Exhibit | None,
        rule: Convention,
    ) -> Regenerated:
        if row != TOTAL and self.study.has(row):
            return self.means.item(table, self.study.question(row), column, home)
        items: tuple[Question, ...] = ()
        if row == TOTAL and exhibit is not None:
            items = self.study.exhibit_questions(exhibit)
        elif any(scale.id == row for scale in self.study.scales):
            items = self.study.items(row)
        if not items:
            return Regenerated(None, 0, rule, f"{row} is no question or scale of the codebook")
        return self.means.items(table, row, items, column, home)

    def _share(
        self,
        table: str,
        row: str,
        column: str,
        box: str,
        home: str | None,
        exhibit: Exhibit | None,
        rule: Convention,
    ) -> Regenerated:
        counted = counted_by_row(self.study, row, box, exhibit)
        if isinstance(counted, str):
            return Regenerated(None, 0, rule, counted)

        def one(group: str) -> Regenerated:
            own = self.study.convention_for(table, row, group)
            return share(counted, group, home, own, self.tallies)

        total = self.means.over_groups(rule, column, home, one)
        return one(column) if total is None else total

    def _count(self, row: str, column: str, rule: Convention) -> Regenerated:
        total = self.survey.n
        for group in (row, column):
            home = None if group == TOTAL else self.home(group)
            if home is not None:
                names, found = self._plain.groups(home)
                total = int((found == names.index(group)).sum())
            elif group != TOTAL:
                return Regenerated(None, 0, rule, f"{group} is no group of respondents")
        return Regenerated(Fraction(total), total, rule)


def _by_figures(study: Study) -> dict[str, Exhibit]:
    """Exhibit id, and id of its published figures → exhibit; those that were published first."""
    found = {e.id: e for e in study.exhibits}
    for exhibit in study.exhibits:
        if exhibit.published:
            found[exhibit.figures_id] = exhibit
    return found


def _homes(study: Study, tallies: Tallies) -> dict[str, str]:
    """Group id → the first breakdown of these data that has it."""
    homes: dict[str, str] = {}
    for breakdown in study.breakdowns:
        if tallies.has(breakdown.id):
            for group in study.groups(breakdown.id):
                homes.setdefault(str(group), breakdown.id)
    return homes


def published_figures(survey: Survey) -> tuple[RegeneratedFigure, ...]:
    """Regenerate every published figure of the study as the report computed it.

    Parameters
    ----------
    survey
        Respondents, with a study that holds published figures and declares conventions.

    Returns
    -------
    tuple of RegeneratedFigure
        One a published figure, in the order of the file.

    Raises
    ------
    DataError
        When the survey has no study.
    """
    return tuple(_regenerate(survey))


def _regenerate(survey: Survey) -> Iterator[RegeneratedFigure]:
    arithmetic = AsPublished(survey)
    done: dict[tuple[str, str, str, str], Regenerated] = {}
    for figure in arithmetic.study.figures():
        if figure.key not in done:
            done[figure.key] = arithmetic.cell(*figure.key)
        found = done[figure.key]
        yield RegeneratedFigure(
            *figure.key,
            figure.section,
            figure.printed,
            found.value,
            found.exact,
            found.printed(figure.decimals),
            found.base,
            found.convention,
            found.reason,
        )
