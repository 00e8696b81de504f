"""The search for the fewest hypotheses that reconcile the tables of each question."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations

from attitudes.auditing.codings import Turning
from attitudes.auditing.hypothesis_rows import Candidate, RowModel, implied_share
from attitudes.auditing.hypothesis_words import runners_up, statement
from attitudes.auditing.model import ConventionFinding
from attitudes.auditing.readings import Report
from attitudes.auditing.turning_search import Search

__all__ = ["Hunt", "Way", "shared"]

_MOST = 12


@dataclass(slots=True)
class Way:
    """Hypotheses chosen one after the other, and what they leave.

    ``left`` counts the contradictions left.
    """

    chosen: list[Candidate] = field(default_factory=list)
    named: list[ConventionFinding] = field(default_factory=list)
    others: list[ConventionFinding] = field(default_factory=list)
    left: int = 0

    @property
    def cost(self) -> int:
        return sum(_cost(c) for c in self.chosen)

    @property
    def score(self) -> tuple[int, int]:
        """Order of ways: what they cost and leave, then what they leave."""
        return self.cost + self.left, self.left


def _cost(candidate: Candidate) -> int:
    """Return how many statements a hypothesis makes: tables by breakdown, and items or rows."""
    items = {q for q, _ in candidate.flip}
    return len(candidate.breakdowns) + len(items)


@dataclass(frozen=True, slots=True)
class Hunt:
    """The search: contradictions as assumed, and as they would be if everyone had answered."""

    report: Report
    turning: Turning
    model: RowModel
    strict: RowModel
    search: Search

    def follow(self, way: Way) -> Way:
        """Add hypotheses to a way, best ones first, until none is worth its price."""
        model, chosen = self.model, way.chosen
        pending = [c for c in _candidates(model) if not any(_overlaps(c, w) for w in chosen)]
        for _ in range(_MOST):
            before = model.total(chosen)
            way.left = sum(before.values())
            if not way.left:
                break
            gains = [(way.left - _after(model, chosen, c, before), c) for c in pending]
            best = max((g for g, _ in gains), default=0)
            winners = [
                c
                for g, c in gains
                if g == best and best > 0 and _worth_it(model, c, best, way.left)
            ]
            if not winners:
                break
            if winners[0].kind == "row_turned":
                winners = _fitting(_one_question(winners), self.search, self.turning)
            winner = min(winners, key=lambda c: self._order(chosen, c))
            way.named.append(statement(self.report, model, chosen, winner, "named"))
            way.others += [
                statement(self.report, model, chosen, c, "tied") for c in winners if c is not winner
            ]
            if winner.kind == "nonsubstantive":
                way.others += runners_up(self.report, model, chosen, winner, gains)
            chosen.append(winner)
            pending = [c for c in pending if c is not winner and not _overlaps(c, winner)]
        way.left = sum(model.total(chosen).values())
        return way

    def _order(self, chosen: Sequence[Candidate], candidate: Candidate) -> tuple[int, bool, int]:
        left = sum(self.strict.total([*chosen, candidate]).values())
        return _cost(candidate), candidate.kind == "row_turned", left

    def start_again(self) -> Way | None:
        """Start with a number for non-answers and the items it needs the other way round."""
        before = self.model.total([])
        everything = sum(before.values())
        starts: list[tuple[int, int, int, list[Candidate]]] = []
        for code in _candidates(self.model):
            if code.kind != "nonsubstantive":
                continue
            turns = self._turns(code)
            parts = [code, *turns]
            left = sum(self.model.total(parts).values())
            cost = sum(map(_cost, parts))
            if turns and (everything - left > cost or left == 0):
                strict = sum(self.strict.total(parts).values())
                starts.append((cost + left, left, strict, parts))
        if not starts:
            return None
        parts = min(starts, key=lambda s: s[:3])[3]
        way = Way(chosen=parts)
        for number, part in enumerate(parts):
            rest = [*parts[:number], *parts[number + 1 :]]
            way.named.append(statement(self.report, self.model, rest, part, "named"))
        return self.follow(way)

    def _turns(self, code: Candidate) -> list[Candidate]:
        """Return the items whose tables agree better when published the other way round."""
        found = []
        for question, rows in self.model.rows.items():
            if self._settled(question):
                continue
            turn = Candidate("published_keying", (), tuple((question, r.table) for r in rows))
            with_code = self.model.conflicts([code], question)
            if with_code and self.model.conflicts([code, turn], question) < with_code:
                found.append(turn)
        return found

    def _settled(self, question: str) -> bool:
        """Whether the scale or the printed shares say how an item was published."""
        answers = self.report.answers[question]
        keyed, shift = answers.keying == "-", self.turning.shift
        now, other = 0, 0
        for row in self.search.rows(question):
            turned = self.turning.turned.get((question, row.table), keyed)
            if turned != keyed:
                return True
            now += len(self.search.conflicts(question, row, turned, shift))
            other += len(self.search.conflicts(question, row, not turned, shift))
        return other > now


def _worth_it(model: RowModel, candidate: Candidate, gain: int, all_left: int) -> bool:
    """Whether a hypothesis removes more contradictions than it costs, or all that are left.

    Non-answers averaged in shift every question of a table. That one question alone contradicts is
    a sign of it only where the others leave room for a third as many non-answers.
    """
    if candidate.kind == "row_turned":
        return True
    if gain == 1 and len(model.rows) > 1 and not shared(model, candidate):
        return False
    return gain > len(candidate.breakdowns) or gain == all_left


def shared(model: RowModel, candidate: Candidate) -> bool:
    """Whether other questions leave room for the non-answers that one question needs."""
    none = dict(candidate.none)
    needs, rooms = [], []
    for question, rows in model.rows.items():
        share = implied_share(rows, none)
        if share is None:
            continue
        if model.conflicts([], question) > model.conflicts([candidate], question):
            needs.append(share[0])
        else:
            rooms.append(share[1])
    return not rooms or not needs or 3 * statistics.median(rooms) >= max(needs)


def _after(
    model: RowModel, chosen: Sequence[Candidate], candidate: Candidate, before: Mapping[str, int]
) -> int:
    if candidate.kind == "row_turned":
        question = candidate.flip[0][0]
        rest = sum(before.values()) - before[question]
        return rest + model.conflicts([*chosen, candidate], question)
    return sum(model.total([*chosen, candidate]).values())


def _one_question(winners: Sequence[Candidate]) -> list[Candidate]:
    """Keep the row-turning candidates of the first question: those of others are no ties."""
    question = winners[0].flip[0][0]
    return [c for c in winners if c.flip and c.flip[0][0] == question]


def _fitting(winners: Sequence[Candidate], search: Search, turning: Turning) -> list[Candidate]:
    """Keep the row turnings that contradict the printed shares and the scale least."""

    def out_of_reach(candidate: Candidate) -> int:
        question, table = candidate.flip[0]
        keyed = search.report.answers[question].keying == "-"
        total = 0
        for row in search.rows(question):
            turned = turning.turned.get((question, row.table), keyed) != (row.table == table)
            total += len(search.conflicts(question, row, turned, turning.shift))
        return total

    counts = [out_of_reach(c) for c in winners]
    return [c for c, n in zip(winners, counts, strict=True) if n == min(counts)]


def _overlaps(candidate: Candidate, winner: Candidate) -> bool:
    if candidate.kind != winner.kind:
        return False
    if candidate.kind == "row_turned":
        return candidate.flip[0][0] == winner.flip[0][0]
    other_code = candidate.none[0][1] != winner.none[0][1]
    return other_code or bool(set(candidate.breakdowns) & set(winner.breakdowns))


def _candidates(model: RowModel) -> list[Candidate]:
    rows = [r for group in model.rows.values() for r in group]
    breakdowns = tuple(dict.fromkeys(r.breakdown for r in rows))
    tables = {
        b: tuple(dict.fromkeys(r.table for r in rows if r.breakdown == b)) for b in breakdowns
    }
    codes = {c for r in rows for c in (r.low - 1, r.high + 1, (r.low + r.high) / 2, Fraction(0))}
    found = []
    for size in range(1, min(len(breakdowns), 4) + 1):
        for chosen in combinations(breakdowns, size):
            named = [t for b in chosen for t in tables[b]]
            found += [
                Candidate("nonsubstantive", tuple((t, code) for t in named), (), chosen)
                for code in sorted(codes)
            ]
    found += [Candidate("row_turned", (), ((r.question, r.table),)) for r in rows]
    return found
