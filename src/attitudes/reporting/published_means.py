"""Means as the report computed them: keyed by its constants, averaged by its rules of totals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from attitudes.reporting.regenerated import Regenerated, average
from attitudes.reporting.tallies import TOTAL, Tallies, Tally
from attitudes.study.conventions import Convention
from attitudes.study.models import Study
from attitudes.study.questions import Question

__all__ = ["PublishedMeans"]


class PublishedMeans:
    """Means of items and of scales.

    Parameters
    ----------
    tallies
        Counts of answers; called with whether sums of weights are meant.

    Notes
    -----
    The mean of an item that was published turned is (c · n − Σx) / n, of others Σx / n. Don't
    know and refusal enter Σx and n where the convention says that they were averaged in.
    """

    def __init__(self, study: Study, tallies: Callable[[bool], Tallies]) -> None:
        self._study = study
        self._tallies = tallies

    def over_groups(
        self,
        rule: Convention,
        column: str,
        breakdown: str | None,
        one: Callable[[str], Regenerated],
    ) -> Regenerated | None:
        """Return the plain mean over groups where that is the rule of the Total column."""
        if column != TOTAL or rule.totals != "mean_of_groups" or breakdown is None:
            return None
        parts = [one(str(group)) for group in self._study.groups(breakdown)]
        return average([p for p in parts if p.base], rule, base=sum(p.base for p in parts))

    def item(self, table: str, item: Question, column: str, breakdown: str | None) -> Regenerated:
        """Mean of one item in a column, under the convention of that cell."""
        rule = self._study.convention_for(table, item.id, column)
        if not self._tallies(False).has(item.id):
            return Regenerated(None, 0, rule, f"these data have no column {item.id}")
        total = self.over_groups(
            rule, column, breakdown, lambda group: self.item(table, item, group, breakdown)
        )
        if total is not None:
            return total
        weighted = rule.weighted or (rule.totals == "weighted" and column == TOTAL)
        home = None if column == TOTAL else breakdown
        return self._of_tally(item, self._tallies(weighted).tally(item.id, home)[column], rule)

    def _of_tally(self, item: Question, tally: Tally, rule: Convention) -> Regenerated:
        response = self._study.response_of(item.id)
        scores = response.scores or {c: c for c in response.codes if isinstance(c, int)}
        total, weight, base = Fraction(0), Fraction(0), 0
        for code, score in scores.items():
            total += Fraction(score) * tally.answers[code]
            weight += tally.answers[code]
            base += tally.n_answers[code]
        if rule.nonsubstantive is not None:
            extra, count = tally.substituted()
            total += Fraction(rule.nonsubstantive) * extra
            weight += extra
            base += count
        if not weight:
            return Regenerated(None, 0, rule, "nobody answered")
        mean = total / weight
        if rule.turned:
            mean = self._constant(item, rule) - mean
        return Regenerated(mean, base, rule)

    def _constant(self, item: Question, rule: Convention) -> int:
        if rule.reversal_constant is not None:
            return rule.reversal_constant
        return self._study.response_of(item.id).reversal

    def items(
        self, table: str, row: str, items: Sequence[Question], column: str, breakdown: str | None
    ) -> Regenerated:
        """Mean over items: of their means, or of respondents' scores, as declared."""
        rule = self._study.convention_for(table, row, column)
        if rule.total_row == "mean_of_item_means":
            return average([self.item(table, i, column, breakdown) for i in items], rule)
        total = self.over_groups(
            rule, column, breakdown, lambda group: self.items(table, row, items, group, breakdown)
        )
        return self._scores(table, items, column, breakdown, rule) if total is None else total

    def _scores(
        self,
        table: str,
        items: Sequence[Question],
        column: str,
        breakdown: str | None,
        rule: Convention,
    ) -> Regenerated:
        """Mean of respondents' means of the items they answered."""
        survey = self._tallies(False).survey
        sums = np.zeros(survey.n, dtype=np.int64)
        counts = np.zeros(survey.n, dtype=np.int64)
        for item in items:
            own = self._study.convention_for(table, item.id, column)
            answers = survey.answers(item.id)
            ok = np.ones(survey.n, np.bool_) if answers.present is None else answers.present
            values = np.where(ok, answers.values, 0).astype(np.int64)
            sums += np.where(ok, self._constant(item, own) - values if own.turned else values, 0)
            counts += ok
        member = counts > 0
        if column != TOTAL and breakdown is not None:
            names, group = self._tallies(False).groups(breakdown)
            member &= group == names.index(column)
        base = int(member.sum())
        if not base:
            return Regenerated(None, 0, rule, "nobody answered")
        pairs, repeats = np.unique(
            np.stack([sums[member], counts[member]]), axis=1, return_counts=True
        )
        total = Fraction(0)
        for (score, answered), times in zip(pairs.T.tolist(), repeats.tolist(), strict=True):
            total += Fraction(score, answered) * times
        return Regenerated(total / base, base, rule)
