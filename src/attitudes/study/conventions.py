"""How a report computed its figures: declared by table × item × block of columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal

from pydantic import Field, PrivateAttr, field_validator

from attitudes.study.questions import Keying
from attitudes.study.responses import MissingKind
from attitudes.study.text import Frozen

__all__ = [
    "Base",
    "Certainty",
    "Convention",
    "ConventionRule",
    "Conventions",
    "Rounding",
    "ShortFigures",
    "TotalRow",
    "TotalsRule",
]

Base = Literal["answered", "asked", "all"]
TotalsRule = Literal["mean_of_groups", "pooled", "weighted"]
TotalRow = Literal["mean_of_item_means", "mean_of_scores"]
Rounding = Literal["half_up", "half_even", "truncate", "unknown"]
ShortFigures = Literal["trailing_zero_cut", "one_decimal"]
Certainty = Literal["proved", "supported", "assumed"]

_SETTINGS = (
    "reversal_constant",
    "published_keying",
    "nonsubstantive",
    "nonsubstantive_kinds",
    "base",
    "totals",
    "total_row",
    "rounding",
    "short_figures",
    "weighted",
    "certainty",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Convention:
    """How one cell was published.

    Attributes
    ----------
    reversal_constant
        c of x → c − x, for a turned item; None: (lowest + highest) of its response scale.
    published_keying
        ``"-"`` when the item was published turned, ``"+"`` when it was not; None for what has no
        keying. Apart from the right keying of the codebook.
    nonsubstantive
        None: don't know and refusal were left out; a number: they were averaged in as if it were
        the answer, and turned with it.
    nonsubstantive_kinds
        Which kinds of missing answer that number stood for; the others were left out.
    base
        Whose answers count: ``"answered"``, ``"asked"`` or ``"all"``.
    totals
        The Total column: mean of the groups' unrounded figures, all respondents pooled, or
        weighted.
    total_row
        The Total row: mean of the items' means, or mean of respondents' scores.
    rounding
        How halves were rounded; ``"unknown"``: either neighbour is accepted.
    short_figures
        Reading of a figure with fewer decimals than its table's: a zero cut from its end, or
        rounded to fewer decimals.
    weighted
        Whether weights were used.
    certainty
        ``"proved"`` by the print, ``"supported"`` by it, or ``"assumed"``.
    evidence
        What supports each rule that applies, the most general first.
    """

    reversal_constant: int | None = None
    published_keying: Keying | None = None
    nonsubstantive: float | None = None
    nonsubstantive_kinds: tuple[MissingKind, ...] = ("dont_know", "refused")
    base: Base = "answered"
    totals: TotalsRule = "pooled"
    total_row: TotalRow = "mean_of_item_means"
    rounding: Rounding = "unknown"
    short_figures: ShortFigures = "trailing_zero_cut"
    weighted: bool = False
    certainty: Certainty = "assumed"
    evidence: tuple[str, ...] = ()

    @property
    def turned(self) -> bool:
        """Whether the item was turned as published."""
        return self.published_keying == "-"


class ConventionRule(Frozen):
    """Settings of the cells that it names; what it leaves out, other rules or defaults say.

    Attributes
    ----------
    tables, items, columns
        Ids, or patterns with ``*`` and ``?``; ``*`` is all.
    evidence
        What in the print supports the rule.

    The other attributes are those of :class:`Convention`.
    """

    tables: tuple[str, ...] = ("*",)
    items: tuple[str, ...] = ("*",)
    columns: tuple[str, ...] = ("*",)
    reversal_constant: int | None = None
    published_keying: Keying | None = None
    nonsubstantive: float | None = None
    nonsubstantive_kinds: tuple[MissingKind, ...] | None = None
    base: Base | None = None
    totals: TotalsRule | None = None
    total_row: TotalRow | None = None
    rounding: Rounding | None = None
    short_figures: ShortFigures | None = None
    weighted: bool | None = None
    certainty: Certainty | None = None
    evidence: str = Field(min_length=1)

    @field_validator("tables", "items", "columns", mode="before")
    @classmethod
    def _one_or_list(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    def settings(self) -> dict[str, Any]:
        """Return what the rule sets; ``nonsubstantive: null`` counts as set."""
        return {name: getattr(self, name) for name in _SETTINGS if name in self.model_fields_set}

    def specificity(self, table: str, item: str, column: str) -> int | None:
        """Return how closely the rule names a cell (0 to 6), None when it does not apply."""
        parts = [
            _closeness(self.tables, table),
            _closeness(self.items, item),
            _closeness(self.columns, column),
        ]
        return None if None in parts else sum(p for p in parts if p is not None)


def _closeness(patterns: tuple[str, ...], name: str) -> int | None:
    """2: named outright; 1: by a pattern; 0: by ``*``; None: not at all."""
    found = [
        2 if pattern == name else 0 if pattern == "*" else 1
        for pattern in patterns
        if pattern == name or fnmatchcase(name, pattern)
    ]
    return max(found) if found else None


class Conventions(Frozen):
    """The rules of a study; the most specific rule that sets something decides it.

    Attributes
    ----------
    rules
        Of two equally specific rules the later one decides.
    note
        What holds for all of them.
    """

    rules: tuple[ConventionRule, ...] = ()
    note: str | None = None
    _keying: dict[str, Keying] = PrivateAttr(default_factory=dict)
    _found: dict[tuple[str, str, str], Convention] = PrivateAttr(default_factory=dict)

    def with_keying(self, keying: Mapping[str, Keying]) -> Conventions:
        """Return the conventions with the right keying of the items, used where no rule says."""
        keyed = self.model_copy()
        keyed._keying = dict(keying)
        keyed._found = {}
        return keyed

    def convention_for(self, table: str, item: str, column: str) -> Convention:
        """Return how a cell was published.

        Parameters
        ----------
        table, item, column
            Exhibit id, row id and column id, as in the published figures.

        Examples
        --------
        >>> rules = Conventions.model_validate({"rules": [
        ...     {"reversal_constant": 5, "evidence": "cells below the lowest answer"},
        ...     {"items": "q2", "columns": "north", "published_keying": "+",
        ...      "evidence": "4.15 is more than 5 - x can reach"}]})
        >>> rules.convention_for("t", "q2", "north").turned
        False
        """
        cell = (table, item, column)
        if cell not in self._found:
            self._found[cell] = self._merged(*cell)
        return self._found[cell]

    def _merged(self, table: str, item: str, column: str) -> Convention:
        applying = [
            (closeness, rule)
            for rule in self.rules
            if (closeness := rule.specificity(table, item, column)) is not None
        ]
        applying.sort(key=lambda pair: pair[0])
        merged: dict[str, Any] = {"published_keying": self._keying.get(item)}
        for _, rule in applying:
            merged |= rule.settings()
        evidence = tuple(rule.evidence for _, rule in applying)
        return Convention(**merged, evidence=evidence)
