"""The Study: what was asked and how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, Field, PrivateAttr

from attitudes.errors import StudyError
from attitudes.study.claims import Claim, Indicator, read_claims, read_indicators
from attitudes.study.conventions import Convention, Conventions
from attitudes.study.design_spec import DesignSpec, TotalsTable, WeightingStep
from attitudes.study.exhibits import Exhibit, Section
from attitudes.study.figures import Figure, read_figures
from attitudes.study.pack_parts import DataSpec, Disclosure, Published, Source
from attitudes.study.questions import Breakdown, Question, Scale
from attitudes.study.reconstruction_spec import ReconstructionSpec
from attitudes.study.responses import Response
from attitudes.study.tables import Table, read_table
from attitudes.study.text import Frozen, Text, text_in
from attitudes.study.totals import read_totals

__all__ = ["Study"]


class Study(Frozen):
    """A study pack: codebook, scales, design, conventions, exhibits.

    Attributes
    ----------
    id, title
        Name of the pack, and of the study.
    languages, unreviewed
        Codes of the languages its texts are in, and of those no speaker has reviewed.
    source, data, published
        Where it comes from, its respondents, and the files of what is printed.
    responses, questions, scales, breakdowns
        The codebook.
    design, totals, weighting
        How respondents were drawn, known population totals, and the steps of weighting.
    conventions
        How the published figures were computed.
    sections, exhibits
        The report.
    disclosure
        Methods statement and the smallest base.
    reconstruction
        How respondents are reconstructed from the published figures; None: they are not.

    Examples
    --------
    >>> study = Study.model_validate({
    ...     "id": "tiny", "title": "Tiny", "responses":
    ...     {"agreement": {"kind": "ordinal", "low": 1, "high": 5, "missing": {"refused": 98}}},
    ...     "questions": [{"id": "q1", "text": "Trust", "response": "agreement"}]})
    >>> study.missing_codes("q1"), study.label("q1")
    ({'refused': 98}, 'Trust')
    """

    model_config = ConfigDict(frozen=True, extra="forbid", title="Study pack")

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: Text
    languages: tuple[str, ...] = ("en",)
    unreviewed: tuple[str, ...] = ()
    source: Source | None = None
    data: DataSpec = DataSpec()
    published: Published = Published()
    responses: dict[str, Response]
    questions: tuple[Question, ...] = Field(min_length=1)
    scales: tuple[Scale, ...] = ()
    breakdowns: tuple[Breakdown, ...] = ()
    design: DesignSpec = DesignSpec()
    totals: dict[str, TotalsTable] = Field(default_factory=dict)
    weighting: tuple[WeightingStep, ...] = ()
    conventions: Conventions = Field(default_factory=Conventions)
    sections: tuple[Section, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    disclosure: Disclosure = Disclosure()
    reconstruction: ReconstructionSpec | None = None
    _root: Path = PrivateAttr(default_factory=Path)

    def model_post_init(self, context: Any, /) -> None:
        """Tell the conventions the right keying, which holds where no rule says another."""
        keying = {q.id: q.keying for q in self.questions if q.keying is not None}
        self.__dict__["conventions"] = self.conventions.with_keying(keying)

    @property
    def root(self) -> Path:
        """Folder of the pack."""
        return self._root

    def at(self, root: Path) -> Study:
        """Return the study as the pack in folder ``root``."""
        placed = self.model_copy()
        placed._root = root
        return placed

    @cached_property
    def _questions(self) -> dict[str, Question]:
        return {q.id: q for q in self.questions}

    def _find(self, kind: str, name: str, known: Mapping[str, Any]) -> Any:
        if name not in known:
            raise StudyError.unknown(f"study {self.id}", kind, name, known)
        return known[name]

    def question(self, name: str) -> Question:
        """Return a question by its id; ``id.answer`` gives its multiple-response question.

        Raises
        ------
        StudyError
            When there is none.
        """
        if name not in self._questions and (stem := name.partition(".")[0]) in self._questions:
            answers = {str(c) for c in self.response_of(stem).answers}
            if name.partition(".")[2] in answers:
                return self._questions[stem]
        found: Question = self._find("question", name, self._questions)
        return found

    def has(self, name: str) -> bool:
        """Return whether the codebook has the question or variable."""
        return name in self._questions

    def response_of(self, name: str) -> Response:
        """Return the response scale of a question."""
        return self.responses[self.question(name).response]

    def scale(self, name: str) -> Scale:
        """Return a scale by its id."""
        found: Scale = self._find("scale", name, {s.id: s for s in self.scales})
        return found

    def items(self, scale: str) -> tuple[Question, ...]:
        """Return the items of a scale in their order."""
        self.scale(scale)
        return tuple(q for q in self.questions if q.scale == scale)

    def breakdown(self, name: str) -> Breakdown:
        """Return a breakdown by the id of its variable."""
        found: Breakdown = self._find("breakdown", name, {b.id: b for b in self.breakdowns})
        return found

    def groups(self, name: str) -> tuple[int | str, ...]:
        """Return the groups of a breakdown's variable in the order of tables."""
        declared = {b.id: b.order for b in self.breakdowns}.get(name, ())
        return declared or self.response_of(name).codes

    def exhibit(self, name: str) -> Exhibit:
        """Return an exhibit by its id."""
        found: Exhibit = self._find("exhibit", name, {e.id: e for e in self.exhibits})
        return found

    def exhibit_questions(self, exhibit: Exhibit) -> tuple[Question, ...]:
        """Return the questions that an exhibit shows: those it names, then its scales' items."""
        named = [self.question(name) for name in exhibit.questions]
        return (*named, *(item for scale in exhibit.scales for item in self.items(scale)))

    def missing_codes(self, name: str) -> dict[str, int | str]:
        """Return kind → code of the missing answers to a column; empty outside the codebook."""
        if not self.has(name) and not self.has(name.partition(".")[0]):
            return {}
        return {str(kind): code for kind, code in self.response_of(name).missing.items()}

    def columns_of(self, name: str) -> tuple[str, ...]:
        """Return the columns that hold a question: one, or one an answer (multiple response)."""
        question, response = self.question(name), self.response_of(name)
        if response.kind != "multiple":
            return (question.id,)
        return tuple(f"{question.id}.{answer}" for answer in response.answers)

    def label(self, name: str, lang: str = "en") -> str:
        """Return the wording or label of a question, scale, breakdown or exhibit."""
        labels: dict[str, dict[str, str]] = {e.id: e.title for e in self.exhibits}
        labels |= {q.id: q.text for q in self.questions}
        labels |= {b.id: b.label for b in self.breakdowns}
        labels |= {s.id: s.label for s in self.scales}
        if name in labels:
            return text_in(labels[name], lang)
        stem, _, answer = name.partition(".")
        if stem in self._questions and answer:
            return self.answer_label(stem, answer, lang)
        raise StudyError.unknown(f"study {self.id}", "name", name, labels)

    def answer_label(self, name: str, code: int | str, lang: str = "en") -> str:
        """Return the label of an answer; the code itself where the scale labels only its ends."""
        response = self.response_of(name)
        if code in response.answers:
            return text_in(response.answers[code], lang)
        if code in response.codes:
            return str(code)
        raise StudyError.unknown(
            f"study {self.id}, {name}", "answer", str(code), [str(c) for c in response.codes]
        )

    def convention_for(self, table: str, item: str, column: str) -> Convention:
        """Return how a published cell was computed; keying is the codebook's where none is said."""
        return self.conventions.convention_for(table, item, column)

    def path(self, file: str) -> Path:
        """Return the path of a file of the pack."""
        return self._root / file

    def table(self, file: str) -> Table:
        """Read a CSV of the pack as it stands."""
        return read_table(self.path(file))

    def figures(self) -> tuple[Figure, ...]:
        """Read the published figures; none when the pack has no such file."""
        name = self.published.figures
        return () if name is None else read_figures(self.path(name))

    def claims(self) -> tuple[Claim, ...]:
        """Read the published statements of order."""
        name = self.published.claims
        return () if name is None else read_claims(self.path(name))

    def indicators(self) -> tuple[Indicator, ...]:
        """Read the administrative figures of other sources."""
        name = self.published.indicators
        return () if name is None else read_indicators(self.path(name))

    def population(self, name: str) -> dict[tuple[str, ...], float]:
        """Read a totals table: cell (values of its ``by`` columns) → known total."""
        spec: TotalsTable = self._find("totals table", name, self.totals)
        return read_totals(self.path(spec.file), spec)

    def ids(self) -> Iterable[str]:
        """Return the ids of all questions."""
        return self._questions

    def __repr__(self) -> str:
        return (
            f"Study {self.id}: {len(self.questions)} questions, {len(self.scales)} scales, "
            f"{len(self.exhibits)} exhibits"
        )

    __str__ = __repr__
