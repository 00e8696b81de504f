"""Every question of a codebook found in a table of cells and coded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from attitudes.errors import AttitudesError
from attitudes.survey.checks import missing_columns
from attitudes.survey.coding import Coded, Place, code_answers
from attitudes.survey.coding_numbers import code_numbers
from attitudes.survey.derive import UNGROUPED, derive_groups
from attitudes.survey.lookup import Lookup
from attitudes.survey.multiple import option_columns, split_choices
from attitudes.survey.raw import RawTable, counted

if TYPE_CHECKING:
    from attitudes.study.models import Study
    from attitudes.study.questions import Question

__all__ = ["CodedTable", "code_questions"]


@dataclass(frozen=True, slots=True)
class CodedTable:
    """The respondents as codes.

    Attributes
    ----------
    frame
        The questions in the order of the codebook, then the columns that are not its own.
    missing
        Count of each kind of missing answer, by column.
    failures
        All that could not be coded.
    notes
        What a reader of the ledger should know.
    """

    frame: pd.DataFrame
    missing: Mapping[str, Mapping[str, int]]
    failures: tuple[AttitudesError, ...]
    notes: tuple[str, ...]


@dataclass(slots=True)
class _Bench:
    """What is gathered while the questions are coded one after the other."""

    raw: RawTable
    study: Study
    kinds: Mapping[str, str]
    columns: dict[str, Any] = field(default_factory=dict)
    missing: dict[str, dict[str, int]] = field(default_factory=dict)
    failures: list[AttitudesError] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def put(self, name: str, coded: Coded) -> None:
        """Keep a coded column."""
        self.columns[name] = coded.values
        if coded.missing:
            self.missing[name] = dict(coded.missing)
        self.failures += coded.failures
        self.notes += coded.notes

    def place(self, column: str) -> Place:
        """Return where a column of the file stands."""
        return Place(self.raw.source, column, self.raw.rows)

    def absent(self, *columns: str, what: str) -> None:
        """Keep the failure of columns that the file does not have."""
        known = tuple(self.raw.frame.columns)
        taken = {c for q in self.study.questions for c in self.study.columns_of(q.id)}
        self.failures += missing_columns(self.raw.source, columns, known, what, taken)


def code_questions(raw: RawTable, study: Study, kinds: Mapping[str, str]) -> CodedTable:
    """Return the table with every question of the codebook coded.

    Parameters
    ----------
    raw
        The cells.
    study
        The codebook.
    kinds
        Normalised value → kind of missing, as the caller says of this file.
    """
    bench = _Bench(raw, study, kinds)
    derived = []
    for question in study.questions:
        column = question.column or question.id
        if question.derive is not None and column not in raw.frame.columns:
            derived.append(question)
        elif study.responses[question.response].kind == "multiple":
            _code_multiple(bench, question, column)
        else:
            _code_single(bench, question, column)
    for question in derived:
        _derive(bench, question)
    return _table(bench)


def _table(bench: _Bench) -> CodedTable:
    order = [name for q in bench.study.questions for name in bench.study.columns_of(q.id)]
    frame = pd.DataFrame({name: bench.columns[name] for name in order if name in bench.columns})
    extra = [c for c in bench.raw.frame.columns if c not in bench.used and c not in frame.columns]
    reserved = {*bench.study.design.stratum, *bench.study.design.psu, *bench.study.design.fpc}
    reserved |= {bench.study.design.weight or "", bench.study.data.respondent or "", "provenance"}
    strangers = [c for c in extra if c not in reserved]
    if strangers:
        listed = ", ".join(strangers[:8]) + (", …" if len(strangers) > 8 else "")
        bench.notes.append(
            f"{counted(len(strangers), 'column')} outside the codebook kept as read: {listed}"
        )
    if extra:
        frame = pd.concat([frame, bench.raw.frame[extra].set_axis(frame.index)], axis=1)
    _note_filters(bench, frame)
    missing = {k: bench.missing[k] for k in order if k in bench.missing}
    return CodedTable(frame, missing, tuple(bench.failures), tuple(bench.notes))


def _lookup(bench: _Bench, question: Question, column: str, truth: bool = False) -> Lookup:
    return Lookup.of(
        bench.study.responses[question.response],
        file_labels=bench.raw.value_labels.get(column),
        declared=bench.raw.declared.get(column, ()),
        kinds=bench.kinds,
        truth=truth,
    )


def _code_single(bench: _Bench, question: Question, column: str) -> None:
    if column not in bench.raw.frame.columns:
        bench.absent(column, what=f"question {question.id}")
        return
    bench.used.add(column)
    response = bench.study.responses[question.response]
    lookup = _lookup(bench, question, column)
    code = code_numbers if response.kind == "numeric" else code_answers
    bench.put(question.id, code(bench.raw.frame[column], response, lookup, bench.place(column)))


def _code_multiple(bench: _Bench, question: Question, column: str) -> None:
    response = bench.study.responses[question.response]
    others = {q.column or q.id for q in bench.study.questions}
    names = [str(name) for name in bench.raw.frame.columns if name not in others]
    found = option_columns(column, response, names)
    if not any(found.values()) and column in bench.raw.frame.columns:
        bench.used.add(column)
        cells = bench.raw.frame[column]
        split = split_choices(cells, response, bench.place(column), bench.kinds)
        for answer, coded in split.items():
            bench.put(f"{question.id}.{answer}", coded)
        return
    for answer, name in found.items():
        if name is None:
            bench.absent(f"{column}.{answer}", what=f"an answer to question {question.id}")
            continue
        bench.used.add(name)
        lookup = _lookup(bench, question, name, truth=True)
        coded = code_answers(bench.raw.frame[name], response, lookup, bench.place(name))
        bench.put(f"{question.id}.{answer}", coded)


def _derive(bench: _Bench, question: Question) -> None:
    derivation = question.derive
    if derivation is None:
        return
    source = derivation.source
    response = bench.study.responses[question.response]
    if source in bench.columns:
        numbers = np.asarray(bench.columns[source], dtype=np.float64)
    elif source in bench.raw.frame.columns:
        at = bench.place(source)
        lookup = Lookup.of(response.model_copy(update={"missing": {}}), kinds={})
        coded = code_numbers(
            bench.raw.frame[source],
            response.model_copy(update={"missing": {}, "low": None, "high": None}),
            lookup,
            at,
        )
        bench.failures += coded.failures
        numbers = np.asarray(coded.values, dtype=np.float64)
    else:
        if not bench.study.has(source):
            bench.absent(source, what=f"source of {question.id}")
        return
    coded = derive_groups(numbers, bench.study.missing_codes(source), derivation, response)
    bench.put(question.id, coded)
    if coded.missing.get(UNGROUPED):
        count = coded.missing[UNGROUPED]
        bench.notes.append(f"{question.id}: {counted(count, 'value')} of {source} in no group")


def _note_filters(bench: _Bench, frame: pd.DataFrame) -> None:
    """Note answers of respondents whom the codebook says were not asked."""
    for question in bench.study.questions:
        filters = [(k, v) for k, v in question.asked_of.items() if k in frame.columns]
        if not filters or question.id not in frame.columns:
            continue
        asked = np.ones(len(frame), dtype=bool)
        for variable, allowed in filters:
            asked &= frame[variable].isin(list(allowed)).to_numpy()
        no_answer = list(bench.study.missing_codes(question.id).values())
        column = frame[question.id]
        stray = ~asked & column.notna().to_numpy() & ~column.isin(no_answer).to_numpy()
        if stray.any():
            answers = counted(int(stray.sum()), "answer")
            bench.notes.append(f"{question.id}: {answers} of respondents who were not asked")
