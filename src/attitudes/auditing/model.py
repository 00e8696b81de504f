"""What an audit says: findings, conventions, corrected levels, and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from typing import Any, Literal

from attitudes.numerics.printed.exact import Rounding, decimal_text

__all__ = [
    "RULES",
    "Assumptions",
    "Audit",
    "Case",
    "ConventionFinding",
    "Corrected",
    "CorrectedClaim",
    "Finding",
    "Rule",
    "Verdict",
]

Verdict = Literal["consistent", "consistent_if", "impossible", "undecided"]
Rule = Literal[
    "sums",
    "range",
    "whole_answers",
    "totals",
    "means_and_shares",
    "printed_twice",
    "order",
    "conventions",
    "joint",
    "patterns",
]
RULES: dict[Rule, str] = {
    "sums": "Parts and wholes",
    "range": "Values outside their scale",
    "whole_answers": "Whole answers behind percentages and means",
    "totals": "How totals are formed",
    "means_and_shares": "Means against shares of the same question",
    "printed_twice": "The same quantity printed twice",
    "order": "Sentences about order",
    "conventions": "Computing conventions",
    "joint": "All breakdowns of one question together",
    "patterns": "Repeated figures",
}


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is taken for granted where the print does not say.

    Attributes
    ----------
    rounding
        How figures were rounded.
    response
        Smallest share of a group that answered an item.
    base_slack
        How far the base of a group may be from the printed one, as a share of it.
    weight_ratio
        Largest ratio of two respondents' weights.

    Notes
    -----
    A group enters a pooled value with (its base) × (its response) × (its mean weight). Only the
    ratios of these products count, so that smaller response and wider weights are one thing:
    both widen the range of a group's part by a factor.
    """

    rounding: Rounding = "unknown"
    response: Fraction = Fraction(4, 5)
    base_slack: Fraction = Fraction(1, 10)
    weight_ratio: Fraction = Fraction(1)

    @property
    def floor(self) -> Fraction:
        """Smallest part of its printed base with which a group may count."""
        return self.response * (1 - self.base_slack) / self.weight_ratio

    @property
    def ceiling(self) -> Fraction:
        """Largest part of its printed base with which a group may count."""
        return 1 + self.base_slack


@dataclass(frozen=True, slots=True)
class Case:
    """One instance of a finding.

    Attributes
    ----------
    figures
        Positions of its figures in the audited list.
    sentence
        The arithmetic in words, with the printed values.
    certificate
        Proof that a stand-alone checker reads; None where nothing is impossible.
    price
        What would have to hold for the figures to be right; None when nothing would help.
    size
        How large the contradiction is, between 0 and 1 or above; orders cases.
    removals
        Smallest sets of tables and passages of the question whose removal leaves no contradiction.
    """

    figures: tuple[int, ...]
    sentence: str
    certificate: Mapping[str, Any] | None = None
    price: str | None = None
    size: float = 0.0
    removals: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Equal contradictions, told once.

    Attributes
    ----------
    rule
        Which rule found it.
    kind
        What sort of contradiction within the rule.
    verdict
        ``consistent_if``, ``impossible`` or ``undecided``; what named conventions explain is
        ``consistent_if``, its certificates proving that it is impossible without them.
    assumptions
        What the verdict rests on, one sentence each.
    cases
        The instances, the largest first.
    explained_by
        Ids of the named conventions under which it disappears.
    """

    rule: Rule
    kind: str
    verdict: Verdict
    assumptions: tuple[str, ...]
    cases: tuple[Case, ...]
    explained_by: tuple[str, ...] = ()

    @property
    def figures(self) -> tuple[int, ...]:
        """Positions of all figures of its cases, each once."""
        return tuple(dict.fromkeys(i for case in self.cases for i in case.figures))

    @property
    def sentence(self) -> str:
        """The sentence of the largest case, and how many more there are."""
        more = len(self.cases) - 1
        tail = "" if more == 0 else f" ({more} more of the same kind.)"
        return self.cases[0].sentence + tail

    @property
    def price(self) -> str | None:
        """What would rescue the largest case."""
        return self.cases[0].price

    @property
    def weight(self) -> float:
        """Orders findings: verdict first, then how much is contradicted and by how much."""
        rank = {"impossible": 2.0, "consistent_if": 1.0, "undecided": 0.5, "consistent": 0.0}
        size = min(0.9, max(c.size for c in self.cases) * 0.5 + 0.01 * len(self.cases))
        note = -0.9 if self.rule == "patterns" else 0.0
        return rank[self.verdict] + size + note


@dataclass(frozen=True, slots=True)
class ConventionFinding:
    """A hypothesis about how figures were computed.

    Attributes
    ----------
    id
        Its name.
    kind
        ``reversal_constant``, ``published_keying``, ``row_turned``, ``block_turned``,
        ``nonsubstantive``, ``columns``, ``base``, ``totals``, ``rounding``.
    tables, items, columns
        Where it holds; empty for everywhere.
    value
        What it says.
    status
        ``named`` (in the smallest set that explains the report), ``tied`` (explains as much as a
        named one), ``possible`` (explains something, but less).
    explains
        How many contradictions it removes.
    figures
        Positions of figures that it makes possible.
    cost
        How many departures from the declared way of computing it is.
    against
        What speaks against it.
    sentence
        The hypothesis in words.
    """

    id: str
    kind: str
    tables: tuple[str, ...]
    items: tuple[str, ...]
    columns: tuple[str, ...]
    value: str
    status: Literal["named", "tied", "possible"]
    explains: int
    figures: tuple[int, ...]
    cost: int
    against: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """A level re-derived on the proper scale.

    Attributes
    ----------
    scale, breakdown, group
        What the level is of; group ``total`` for all.
    printed
        As printed, None when the report does not print it.
    low, high
        Ends between which the proper value lies under the conventions named.
    rank_low, rank_high
        Best and worst place it can have among the groups (1 = highest); 0 for ``total``.
    how
        How it was derived.
    """

    scale: str
    breakdown: str
    group: str
    printed: str | None
    low: Fraction
    high: Fraction
    rank_low: int
    rank_high: int
    how: str

    @property
    def text(self) -> str:
        """The interval as text with two decimals."""
        return f"{float(self.low):.2f} to {float(self.high):.2f}"


@dataclass(frozen=True, slots=True)
class CorrectedClaim:
    """Whether a sentence of the report survives.

    Attributes
    ----------
    claim
        Id of the claim.
    status
        ``survives``, ``fails`` or ``open``.
    reason
        The intervals that decide it.
    """

    claim: str
    status: Literal["survives", "fails", "open"]
    reason: str


def _number(things: Sequence[object], noun: str) -> str:
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Audit:
    """Result of :func:`attitudes.audit`.

    Attributes
    ----------
    figures
        The audited figures, as mappings with the columns of ``figures.csv``.
    findings
        What does not hold together, weightiest first.
    conventions
        Hypotheses about computing, those named first.
    corrected, claims
        Levels on the proper scale, and which sentences survive.
    notes
        Patterns that are no verdicts.
    assumptions
        What was taken for granted.
    figures_hash
        Hash of the figures, claims and codebook that the audit speaks of.
    labels
        Id of an item, group or scale → its words.
    seconds
        How long it took.
    """

    figures: tuple[Mapping[str, str], ...]
    findings: tuple[Finding, ...]
    conventions: tuple[ConventionFinding, ...]
    corrected: tuple[Corrected, ...]
    claims: tuple[CorrectedClaim, ...]
    notes: tuple[str, ...]
    assumptions: Assumptions
    figures_hash: str
    labels: Mapping[str, str] = field(default_factory=dict)
    seconds: float = field(default=0.0, compare=False)

    @property
    def impossible(self) -> tuple[Finding, ...]:
        """Findings with a proof."""
        return tuple(f for f in self.findings if f.verdict == "impossible")

    def verdict_of(self, figure: int) -> Verdict:
        """Return the gravest verdict in which a figure stands."""
        order: tuple[Verdict, ...] = ("impossible", "consistent_if", "undecided")
        verdicts = {f.verdict for f in self.findings if figure in f.figures}
        return next((v for v in order if v in verdicts), "consistent")

    def __repr__(self) -> str:
        return (
            f"Audit of {_number(self.figures, 'figure')}: {_number(self.findings, 'finding')} "
            f"({len(self.impossible)} impossible), {_number(self.conventions, 'convention')}; "
            f"response at least {decimal_text(self.assumptions.response * 100, 1)} %"
        )

    def _repr_html_(self) -> str:
        """Return the first findings as a small table."""
        rows = "".join(
            f"<tr><td>{escape(f.verdict.replace('_', ' '))}</td>"
            f"<td>{escape(RULES[f.rule])}</td><td>{escape(f.sentence)}</td></tr>"
            for f in self.findings[:10]
        )
        more = len(self.findings) - 10
        tail = f"<p>and {more} more</p>" if more > 0 else ""
        return f"<p>{escape(repr(self))}</p><table>{rows}</table>{tail}"
