"""What every exhibit is made from: the study, its respondents, both arithmetics, the words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from attitudes.auditing.model import Audit
from attitudes.auditing.store import load_audit
from attitudes.psychometrics.confirmatory.breakdown_note import invariance_note
from attitudes.reporting.model import Convention
from attitudes.reporting.published_cells import PublishedCells
from attitudes.reporting.recomputed import Recomputed
from attitudes.reporting.words import Words, load_words
from attitudes.study.exhibits import Exhibit
from attitudes.study.models import Study
from attitudes.study.questions import Question
from attitudes.study.text import text_in
from attitudes.survey.survey import Survey

__all__ = ["Context"]


@dataclass(frozen=True)
class Context:
    """Study, respondents and language of one report.

    Attributes
    ----------
    study, survey
        What was asked and who answered.
    lang
        Language of the report.
    level
        Level of the intervals.
    """

    study: Study
    survey: Survey
    lang: str = "en"
    level: float = 0.95

    @cached_property
    def words(self) -> Words:
        """The report's own words."""
        return load_words(self.lang)

    @cached_property
    def published(self) -> PublishedCells:
        """Numbers as the report computed them."""
        return PublishedCells(self.survey)

    @cached_property
    def recomputed(self) -> Recomputed:
        """Numbers with right keying, weights and intervals."""
        return Recomputed(self.survey, level=self.level)

    @cached_property
    def audit(self) -> Audit | None:
        """The audit that the pack stores; None without one.

        Raises
        ------
        StudyError
            When the figures have changed since it was stored.
        """
        return load_audit(self.study)

    @cached_property
    def _invariance(self) -> dict[tuple[str, str], str | None]:
        return {}

    def invariance(self, scale: str, breakdown: str) -> str | None:
        """Return a warning where a scale is not measured alike in the groups of a breakdown."""
        key = (scale, breakdown)
        if key not in self._invariance:
            note = invariance_note(self.survey, scale, breakdown)
            if note is not None and note.startswith(f"{scale}:"):
                note = self.label(scale) + note.removeprefix(scale)
            self._invariance[key] = note
        return self._invariance[key]

    @property
    def minimum(self) -> int:
        """Smallest base that is not marked."""
        return self.study.disclosure.minimum_base

    @cached_property
    def provenance(self) -> str:
        """One sentence on whose answers these are."""
        data = self.study.data
        note = data.note if data.provenance == self.survey.provenance else None
        if note is not None and self.lang in note:
            return note[self.lang]
        return self.words(f"provenance.{self.survey.provenance}")

    @property
    def percent_level(self) -> str:
        """Level of the intervals in percent."""
        return f"{100 * self.level:g}"

    def convention(self, convention: Convention | str, of: str = "means") -> str:
        """Name a convention in one line; ``of`` is means, shares, answers, scatter or declared."""
        key = f"convention.{convention}.{of}"
        return self.words(key, level=self.percent_level)

    def label(self, name: str) -> str:
        """Return a label of the codebook."""
        return self.study.label(name, self.lang)

    def title(self, exhibit: Exhibit) -> str:
        """Return the title of an exhibit."""
        return text_in(exhibit.title, self.lang)

    def groups(self, exhibit: Exhibit, breakdown: str | None = None) -> tuple[int | str, ...]:
        """Return the groups of an exhibit's breakdown, in its order."""
        name = breakdown or exhibit.breakdown
        if name is None:
            return ()
        return exhibit.order or self.study.groups(name)

    def questions(self, exhibit: Exhibit) -> tuple[Question, ...]:
        """Return the questions of an exhibit."""
        return self.study.exhibit_questions(exhibit)

    def missing_label(self, question: str, kind: str) -> str:
        """Name a kind of missing answer."""
        return self.words(f"missing.{kind}")
