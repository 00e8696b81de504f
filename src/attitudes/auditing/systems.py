"""Whole sets of conventions under which every figure of a report is possible, tried exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

from attitudes.auditing.codings import Turning
from attitudes.auditing.hypotheses import Explained
from attitudes.auditing.hypothesis_rows import NONE_SHARE, Candidate, RowModel, table_rows
from attitudes.auditing.hypothesis_search import shared
from attitudes.auditing.hypothesis_words import statement
from attitudes.auditing.model import Assumptions, ConventionFinding
from attitudes.auditing.questions import Coding, Member, coding_of, question_conditions
from attitudes.auditing.readings import Report
from attitudes.auditing.rules.joint_work import usable_members

__all__ = ["BUDGET", "Systems"]

BUDGET = 600
"""How many questions may be solved under sets of conventions."""

_SIZE = 4
_LEAST = 3


@dataclass(frozen=True, slots=True)
class _System:
    """One constant, one number for non-answers in the tables of some breakdowns.

    Attributes
    ----------
    shift
        Reversal constant minus (lowest + highest).
    none
        Number for non-answers; None: left out everywhere.
    breakdowns
        Breakdowns into whose tables they were averaged.
    """

    shift: int
    none: Fraction | None = None
    breakdowns: tuple[str, ...] = ()


class Systems:
    """Tries sets of conventions on all figures of all questions, by the exact conditions.

    Notes
    -----
    A set has one reversal constant for the report, one number for non-answers in the tables of
    some breakdowns, and any items published the other way round. Each is tried on every question
    and left at the first that it makes impossible. A convention is of a whole report: fewer than
    three questions that two exhibits print are no evidence of one, since some set explains nearly
    any two tables. Nor is a set believed that needs many more non-answers in one question than the
    others leave room for. ``exhausted`` says that the budget (a number of solved questions) ran
    out before all were tried.
    """

    def __init__(self, report: Report, assumptions: Assumptions, *, plain: bool) -> None:
        self.report, self.assumptions, self.plain = report, assumptions, plain
        self.members: dict[str, list[Member]] = {}
        self.breakdown_of: dict[str, str] = {}
        self.solved = 0
        self.known: dict[tuple[str, bool, _System], bool] = {}
        for question, answers in report.answers.items():
            if answers.is_scale or answers.low is None or answers.high is None:
                continue
            members = usable_members(report, question, plain=plain)
            if any(m.statistic == "mean" for m in members):
                self.members[question] = members
            for m in members:
                groups = [r for r in m.readings if len(r.groups) == 1]
                if m.statistic == "mean" and len(groups) > 1:
                    self.breakdown_of[m.table] = groups[0].breakdown
        self.order = list(self.members)

    @property
    def exhausted(self) -> bool:
        """Whether the budget ran out."""
        return self.solved >= BUDGET

    def holds(self, turning: Turning, explained: Explained) -> bool:
        """Whether all questions are possible under named conventions."""
        response = self._response(bool(explained.none))
        for question, members in self.members.items():
            codings = {
                m.table: explained.coding(self.report, turning, question, m.table) for m in members
            }
            if not self._feasible(question, codings, response):
                self._first(question)
                return False
        return True

    def smallest(self, turning: Turning) -> tuple[Turning, Explained] | None:
        """Return the smallest set of conventions under which all is possible; ties are told."""
        found: list[tuple[int, _System, tuple[str, ...]]] = []
        best: int | None = None
        if sum(len(m) > 1 for m in self.members.values()) < _LEAST:
            return None
        for system in self._all():
            least = int(system.shift != 0) + len(system.breakdowns)
            if best is not None and least > best:
                continue
            turns = self._turns(system)
            if turns is not None and self._even(system, turns):
                cost = least + len(turns)
                found.append((cost, system, turns))
                best = cost if best is None else min(best, cost)
            if self.exhausted:
                break
        if best is None:
            return None
        chosen, *ties = [f for f in found if f[0] == best]
        turning, explained = self._stated(turning, *chosen)
        known = {c.id for c in (*turning.conventions, *explained.conventions)}
        tied: dict[str, ConventionFinding] = {}
        for tie in ties:
            other = self._stated(turning, *tie)[1]
            tied |= {c.id: replace(c, status="tied") for c in other.conventions}
        extra = tuple(c for name, c in tied.items() if name not in known)
        return turning, replace(explained, conventions=(*explained.conventions, *extra))

    def _all(self) -> Iterator[_System]:
        answers = [self.report.answers[q] for q in self.members]
        shifts = (0, -1, 1) if any(a.keying == "-" for a in answers) else (0,)
        ends = {(a.low, a.high) for a in answers if a.low is not None and a.high is not None}
        codes = {c for low, high in ends for c in (low - 1, high + 1, (low + high) / 2)}
        breakdowns = tuple(dict.fromkeys(self.breakdown_of.values()))
        yield from (_System(s) for s in shifts)
        for size in range(1, min(len(breakdowns), _SIZE) + 1):
            for chosen in combinations(breakdowns, size):
                for code in sorted(codes | {Fraction(0)}):
                    yield from (_System(s, code, chosen) for s in shifts)

    def _turns(self, system: _System) -> tuple[str, ...] | None:
        """Return the items that must be published the other way round; None: one is impossible."""
        turns = []
        for question in tuple(self.order):
            keyed = self.report.answers[question].keying == "-"
            for turned in (keyed, not keyed):
                if self.exhausted:
                    return None
                if self._allows(system, question, turned):
                    turns += [question] if turned != keyed else []
                    break
            else:
                self._first(question)
                return None
        return tuple(turns)

    def _even(self, system: _System, turns: tuple[str, ...]) -> bool:
        """Whether the questions need like shares of non-answers."""
        if system.none is None:
            return True
        turning = self._turning(system, turns)
        model = RowModel(table_rows(self.report, turning, self.assumptions, plain=self.plain))
        return shared(model, self._mixed(system))

    def _turning(self, system: _System, turns: tuple[str, ...]) -> Turning:
        turned = {
            (q, m.table): (self.report.answers[q].keying == "-") != (q in turns)
            for q, members in self.members.items()
            for m in members
        }
        return Turning(system.shift, turned, ())

    def _mixed(self, system: _System) -> Candidate:
        """Return the part of a set that is about non-answers."""
        assert system.none is not None
        code = system.none
        tables = tuple((t, code) for t, b in self.breakdown_of.items() if b in system.breakdowns)
        return Candidate("nonsubstantive", tables, (), system.breakdowns)

    def _allows(self, system: _System, question: str, turned: bool) -> bool:
        """Whether a question is possible; only the breakdowns that print it count."""
        here = {self.breakdown_of.get(m.table) for m in self.members[question]}
        own = tuple(b for b in system.breakdowns if b in here)
        key = (question, turned, _System(system.shift, system.none if own else None, own))
        if key not in self.known:
            self.solved += 1
            codings = self._codings(system, question, turned)
            self.known[key] = self._feasible(question, codings, self._response(bool(own)))
        return self.known[key]

    def _first(self, question: str) -> None:
        """Try a question first from now on: what it rules out, it often rules out again."""
        self.order.remove(question)
        self.order.insert(0, question)

    def _response(self, mixed: bool) -> Fraction:
        given = self.assumptions.response
        return min(given, 1 - NONE_SHARE) if mixed else given

    def _feasible(self, question: str, codings: Mapping[str, Coding], response: Fraction) -> bool:
        conditions = question_conditions(
            self.report,
            question,
            self.members[question],
            codings,
            self.assumptions,
            response=response,
        )
        return conditions.solve().status != "impossible"

    def _codings(self, system: _System, question: str, turned: bool) -> dict[str, Coding]:
        answers = self.report.answers[question]
        assert answers.low is not None
        assert answers.high is not None
        constant = answers.low + answers.high + system.shift
        coding = coding_of(answers, constant=constant, turned=turned)
        none = system.none if system.none is None or not turned else constant - system.none
        mixed = replace(coding, none=none)
        return {
            m.table: mixed if self.breakdown_of.get(m.table) in system.breakdowns else coding
            for m in self.members[question]
        }

    def _stated(
        self, before: Turning, cost: int, system: _System, turns: tuple[str, ...]
    ) -> tuple[Turning, Explained]:
        """Return a set of conventions as the other rules take it."""
        report = self.report
        # Rows as the codebook keys them: the statements turn theirs.
        keyed = Turning(system.shift, {}, ())
        model = RowModel(table_rows(report, keyed, self.assumptions, plain=self.plain))
        constants = {keyed.constant(report.answers[q]) for q in self.members}
        stated = [
            self._renamed(c, {f"reversal_constant:{c}" for c in constants})
            for c in before.conventions
        ]
        parts = [] if system.none is None else [self._mixed(system)]
        none = {t: code for part in parts for t, code in part.none}
        parts += [
            Candidate("published_keying", (), tuple((q, m.table) for m in self.members[q]))
            for q in turns
        ]
        named = [
            statement(report, model, [p for p in parts if p is not part], part, "named")
            for part in parts
        ]
        known = {c.id for c in named}
        kept = tuple(c for c in stated if c.id not in known)
        return (
            replace(self._turning(system, turns), conventions=kept),
            Explained(tuple(named), none, frozenset(), cost=cost),
        )

    @staticmethod
    def _renamed(found: ConventionFinding, constants: set[str]) -> ConventionFinding:
        """Return a statement of the first search as one that was or was not borne out."""
        if found.id in constants:
            return replace(found, status="named", against=())
        return replace(found, status="possible" if found.status == "named" else found.status)
