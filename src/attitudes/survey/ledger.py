"""The ledger: what became of every row, and the history: what was done to a survey."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Ledger", "LedgerEntry", "Step"]


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """Rows that share a fate.

    Attributes
    ----------
    fate
        ``"kept"`` or ``"dropped"``.
    reason
        Why, in one phrase.
    rows
        Numbers of the rows in the file they came from (first data row is 1).
    """

    fate: str
    reason: str
    rows: tuple[int, ...]

    @property
    def count(self) -> int:
        """Number of rows."""
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Account of the rows of one source.

    Attributes
    ----------
    source
        File or object that was read.
    n_read
        Rows found.
    n_kept
        Rows kept.
    dropped
        Groups of dropped rows, one a reason.
    missing
        Count of each kind of missing answer, by variable: ``{"q1": {"dont_know": 3}}``.
    notes
        What else a reader should know (encoding guessed, separator, blank columns).
    """

    source: str
    n_read: int
    n_kept: int
    dropped: tuple[LedgerEntry, ...] = ()
    missing: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def balanced(self) -> bool:
        """Whether every row read is either kept or stands under a reason."""
        return self.n_read == self.n_kept + sum(entry.count for entry in self.dropped)

    def __str__(self) -> str:
        lines = [f"{self.source}: {self.n_read} rows read, {self.n_kept} kept"]
        lines += [f"  dropped {entry.count}: {entry.reason}" for entry in self.dropped]
        lines += [f"  {note}" for note in self.notes]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done to a survey.

    Attributes
    ----------
    verb
        Name of the public function.
    parameters
        Its parameters, as plain values that can be written to YAML and replayed.
    summary
        One line for people.
    """

    verb: str
    parameters: Mapping[str, Any]
    summary: str

    def __str__(self) -> str:
        return f"{self.verb}: {self.summary}"
