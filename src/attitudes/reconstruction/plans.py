"""All questions together: each planned so that the totals over several of them print."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from attitudes.errors import EstimationError
from attitudes.numerics.printed.base_sums import QuotientBounds, choose_base_sums
from attitudes.reconstruction.aims import plan_aims
from attitudes.reconstruction.excluded import all_exclusions
from attitudes.reconstruction.exclusions import Exclusion
from attitudes.reconstruction.filters import filter_bounds
from attitudes.reconstruction.people import reconstruction_of
from attitudes.reconstruction.printed import printed_of_columns, table_decimals
from attitudes.reconstruction.questions import ColumnPlan, group_variables, plan_column
from attitudes.reconstruction.targets import (
    Part,
    Target,
    mean_targets,
    part_of,
    remainders,
    unmet_targets,
)
from attitudes.study.models import Study

__all__ = ["Questions"]

_ROUNDS = 5
"""How often questions are planned afresh for totals that must print."""
_TRIES = 3
"""How often a plan is tried again for what need not be printed."""
_NEAR = 0.05
"""Targets missed by more are not sought again."""


class Questions:
    """The questions planned so far, and what they leave to the others."""

    def __init__(self, study: Study, people: pd.DataFrame, rng: np.random.Generator) -> None:
        self.study, self.people, self.rng = study, people, rng
        self.spec = reconstruction_of(study)
        decimals = table_decimals(study.figures())
        exact = frozenset(study.exhibit(name).figures_id for name in self.spec.exact)
        self.printed = printed_of_columns(study, decimals)
        self.targets = mean_targets(study, decimals, exact)
        self.plans: dict[str, ColumnPlan] = {}
        self._settled: set[str] = set()

    def plan(self, column: str, held: Mapping[Part, tuple[int, int]] | None = None) -> ColumnPlan:
        """Plan a column so that the totals can be had.

        Parameters
        ----------
        column
            Name of the column.
        held
            Ratio → the base and the sum that it must have; None: what the aims advise.
        """
        done = self._values(but=column)
        linked = self._linked(column)
        aims = plan_aims(linked, self.printed, done, self.spec.sizes) if held is None else {}
        parts = list(dict.fromkeys(p for t in linked for p in t.parts if p[0] == column))
        own = self.printed.get(column, [])
        variables = group_variables(self.spec, own, parts)
        self.plans[column] = plan_column(
            self.study,
            self.spec,
            self.people,
            column,
            own,
            parts,
            {part: aims[part] for part in parts if part in aims},
            filter_bounds(self.study, self.spec, column, self.printed, variables),
            self.rng,
            held=held,
            before=self.plans.get(column),
        )
        return self.plans[column]

    def settle(self, column: str) -> ColumnPlan:
        """Return the final plan of a column that later questions rest on."""
        self.plan(column)
        self._seek_more(column)
        self._settled.add(column)
        return self.plans[column]

    def repair(self) -> None:
        """Plan again the questions of totals that do not print, as long as that helps.

        Raises
        ------
        EstimationError
            When totals that must be printed are not.
        """
        for column in [name for name in self.plans if name not in self._settled]:
            self._seek_more(column)
        for _ in range(_ROUNDS):
            for _ in range(2):
                for target in self._unmet():
                    self._mend(target)
            lacking = [t for t in self._unmet() if t.required]
            if not lacking:
                break
            for column in dict.fromkeys(p[0] for t in lacking for p in t.parts):
                if column not in self._settled:
                    self.plan(column)
        if required := [t.figure for t in self._unmet() if t.required]:
            told = "; ".join(f"{f.exhibit}, {f.row}, {f.column}: {f.printed}" for f in required)
            raise EstimationError(
                f"study {self.study.id}, reconstruction, exact",
                f"{len(required)} totals not printed ({told})",
                "tables whose totals follow from their cells",
                "check the convention of the totals, or leave the table out of exact",
            )

    def _seek_more(self, column: str) -> None:
        """Plan a column again, from other wishes, when it misses more than it must."""
        kept, missed = self.plans[column], self._missed()
        if len(kept.unreached) > kept.unreached_bound:
            self.plan(column)
            if self._missed() >= missed:
                self.plans[column] = kept

    def _mend(self, target: Target) -> None:
        """Plan columns of a target again until it prints; only few for one that need not."""
        if not target.required and target.distance(self._values()) >= _NEAR:
            return
        columns = [c for c in dict.fromkeys(p[0] for p in target.parts) if c not in self._settled]
        for column in columns if target.required else columns[:_TRIES]:
            if target.printed_by(self._values()):
                return
            self._try_again(column, target)

    def _try_again(self, column: str, target: Target) -> None:
        """Plan a column again with bases and sums that print its totals, if that misses less."""
        kept, missed = self.plans[column], self._missed()
        held = self._held(column, target)
        if held is None:
            return
        try:
            self.plan(column, held)
        except EstimationError:
            self.plans[column] = kept
            return
        if self._missed() >= missed:
            self.plans[column] = kept

    def _held(self, column: str, target: Target) -> dict[Part, tuple[int, int]] | None:
        """Return bases and sums of a column's ratios with which its totals print, or None.

        All of its totals are tried first, then the target and those that print already.
        """
        plan, values = self.plans[column], self._values()
        near = [t for t in self._linked(column) if t.required or t.distance(values) < _NEAR]
        unmet = {t.figure for t in near if not t.printed_by(values)}
        left = remainders(near, self._values(but=column), column)
        parts = list(dict.fromkeys(p for r in left if r.figure in unmet for p in r.shares))
        left = [r.within(parts, values) for r in left if r.shares.keys() & set(parts)]
        quotients = [q for p in parts if (q := self._quotient(p, plan)) is not None]
        if not parts or len(quotients) < len(parts):
            return None
        kept = [r for r in left if r.figure == target.figure or r.figure not in unmet]
        for chosen in (left, kept, [r for r in kept if r.required or r.figure == target.figure]):
            shares = np.array([[r.shares.get(p, 0.0) for p in parts] for r in chosen])
            found = choose_base_sums(
                quotients,
                shares.reshape(len(chosen), len(parts)),
                np.array([r.lower for r in chosen]),
                np.array([r.upper for r in chosen]),
            )
            if found is not None:
                pairs = zip(found.bases.tolist(), found.sums.tolist(), strict=True)
                return dict(zip(parts, pairs, strict=True))
        return None

    def _quotient(self, part: Part, plan: ColumnPlan) -> QuotientBounds | None:
        """Return what is known of a ratio of whole sums; None when its sums are not whole."""
        if part not in plan.bases or any(v.denominator != 1 for _, v in part[2]):
            return None
        numbers = [float(v) for _, v in part[2]]
        ends = [
            (float(p.lower), float(p.upper))
            for p in self.printed.get(part[0], [])
            if part_of(p.form) == part and p not in plan.unreached
        ]
        low = max((a for a, _ in ends), default=min(numbers))
        high = min((b for _, b in ends), default=max(numbers) + 1e-6)
        base = plan.bases[part]
        size = self.spec.respondents
        if part[1]:
            variable, groups = part[1][0]
            size = sum(self.spec.sizes[variable][g] for g in groups)
        return QuotientBounds(low, high, min(numbers), max(numbers), size, base)

    def _values(self, *, but: str | None = None) -> dict[Part, float]:
        plans = [plan for name, plan in self.plans.items() if name != but]
        return {k: v for plan in plans for k, v in plan.values.items()}

    def exclusions(self) -> tuple[Exclusion, ...]:
        """Return proofs that exclude figures that are not printed."""
        unreached = {name: plan.unreached for name, plan in self.plans.items() if plan.unreached}
        return all_exclusions(
            self.study, self.spec, self.printed, unreached, self.targets, self._unmet()
        )

    def _linked(self, column: str) -> list[Target]:
        """Return the targets that bear on a column, directly or through other columns."""
        columns, size = {column}, 0
        while len(columns) > size:
            size = len(columns)
            for t in self.targets:
                own = {p[0] for p in t.parts}
                if own & columns:
                    columns |= own
        return [t for t in self.targets if any(p[0] in columns for p in t.parts)]

    def _unmet(self) -> list[Target]:
        return unmet_targets(self.targets, self._values())

    def _missed(self) -> float:
        """Return how much is missed: totals that must be printed count most."""
        exhibits = {e.figures_id for e in self.study.exhibits}
        figures = sum(
            4.0 if u.figure.exhibit in exhibits else 1.0
            for p in self.plans.values()
            for u in p.unreached
        )
        return figures + sum(1e3 if t.required else 1.0 for t in self._unmet())
