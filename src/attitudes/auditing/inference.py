"""The computing conventions that a report's figures point to, inferred over all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from attitudes.auditing.blocks import Block, block_conventions, find_blocks
from attitudes.auditing.codings import Turning, infer_turnings
from attitudes.auditing.columns import column_hypotheses
from attitudes.auditing.hypotheses import Explained, explain
from attitudes.auditing.model import Assumptions, ConventionFinding
from attitudes.auditing.other_bases import base_hypotheses
from attitudes.auditing.questions import Coding
from attitudes.auditing.readings import Report
from attitudes.auditing.rules.totals import TotalsAnswer, check_totals
from attitudes.auditing.systems import Systems

__all__ = ["Inferred", "infer"]


@dataclass(frozen=True, slots=True)
class Inferred:
    """The conventions that a report's figures point to.

    Attributes
    ----------
    totals
        Rules of totals.
    turning
        Reversal constant and published keying.
    explained
        Non-substantive answers averaged in, rows turned apart.
    blocks
        Rows in which some columns were turned apart.
    conventions
        All statements, those named first.
    exhausted
        Whether the budget ran out before all sets of conventions were tried.
    """

    totals: TotalsAnswer
    turning: Turning
    explained: Explained
    blocks: tuple[Block, ...]
    conventions: tuple[ConventionFinding, ...]
    exhausted: bool = False

    def coding(self, report: Report, question: str, table: str) -> Coding:
        """Return the coding of a question's means in an exhibit under the named conventions."""
        return self.explained.coding(report, self.turning, question, table)


def infer(report: Report, assumptions: Assumptions | None = None) -> Inferred:
    """Infer the computing conventions of a report from all its figures together.

    Parameters
    ----------
    report
        Readings, as :func:`attitudes.auditing.inputs.report_of_study` makes them.
    assumptions
        What is taken for granted.
    """
    given = assumptions or Assumptions()
    totals = check_totals(report, given)
    # Of constants that do as well, the one whose tables need the fewest further hypotheses.
    tries = [
        (turning, explain(report, turning, given, plain=totals.plain))
        for turning in infer_turnings(report, given, plain=totals.plain)
    ]
    turning, reconciled = min(tries, key=lambda t: (t[1].cost + t[1].left, t[1].left))
    blocks = find_blocks(report, turning)
    explained = replace(
        reconciled,
        blocks={(b.question, b.table): b.columns for b in blocks},
    )
    systems = Systems(report, given, plain=totals.plain)
    exhausted = False
    if not systems.holds(turning, explained):
        whole = systems.smallest(turning)
        exhausted = whole is None and systems.exhausted
        if whole is not None:
            turning, explained = whole
            blocks = ()
    found = [
        *block_conventions(report, blocks),
        *turning.conventions,
        *explained.conventions,
        *column_hypotheses(report),
        *base_hypotheses(report),
        *totals.conventions,
    ]
    order = {"named": 0, "tied": 1, "possible": 2}
    found.sort(key=lambda c: (order[c.status], -c.explains))
    return Inferred(totals, turning, explained, blocks, tuple(found), exhausted)
