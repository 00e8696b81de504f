"""What a plan rests on, said in words: interval, measure of size, rounding, joined strata."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from attitudes.sampling.planned import sample_spec
from attitudes.sampling.published_plan import PlanComparison
from attitudes.sampling.survey_design import study_frame
from attitudes.study.models import Study
from attitudes.study.text import text_in

__all__ = ["Joined", "PlanDeclarations", "plan_declarations"]


@dataclass(frozen=True, slots=True)
class Joined:
    """Cells taken together.

    Attributes
    ----------
    into
        The stratum they form.
    cells
        Which.
    purpose
        ``"draw"``: their clusters are drawn together; ``"variance"``: one stratum of variance
        estimation.
    reason
        Why.
    """

    into: str
    cells: tuple[str, ...]
    purpose: str
    reason: str


@dataclass(frozen=True, slots=True)
class PlanDeclarations:
    """What a plan rests on.

    Attributes
    ----------
    population, interviews, cluster_size, interval
        N, n, b and N·b/n.
    measure
        What the measure of size counts.
    self_representing
        Unit → its size, for units larger than the interval; empty without a frame.
    published_rounding
        Rounding by which the published whole numbers come about.
    reproduced, printed
        Whole numbers of the table that it reproduces, and how many there are.
    best_other
        The method that reproduces most of them among those that add up to the total.
    reproduced_other
        How many it reproduces.
    plan_rounding
        Rounding of the plan that adds up.
    join_below
        Exact clusters under which a cell is drawn together with others; None: none are.
    joined
        Cells taken together.
    """

    population: float
    interviews: int
    cluster_size: int
    interval: float
    measure: str
    self_representing: dict[str, float]
    published_rounding: str
    reproduced: int
    printed: int
    best_other: str
    reproduced_other: int
    plan_rounding: str
    join_below: float | None
    joined: tuple[Joined, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    def sentences(self) -> tuple[str, ...]:
        """Return what is declared, a sentence or two a matter."""
        said = [
            f"Sampling interval: N·b/n = {self.population:,.0f} × {self.cluster_size} / "
            f"{self.interviews:,} = {self.interval:,.2f}, rounded {self.interval:,.0f}. "
            f"{self.measure}".strip(),
        ]
        if self.self_representing:
            units = ", ".join(f"{n} ({size:,.0f})" for n, size in self.self_representing.items())
            said.append(f"Larger than the interval, and so in the sample for certain: {units}.")
        said.append(
            f"Rounding: {self.published_rounding} of each cell by itself gives {self.reproduced} "
            f"of the {self.printed} printed whole numbers by cell; {self.best_other}, the nearest "
            f"of the methods that add up, {self.reproduced_other}. The plan uses "
            f"{self.plan_rounding}, so that it adds up."
        )
        said += [
            f"{'Drawn together' if j.purpose == 'draw' else 'One stratum of variance estimation'}: "
            f"{' + '.join(j.cells)} → {j.into}. {j.reason}"
            for j in self.joined
        ]
        return tuple(said)


def plan_declarations(study: Study, found: PlanComparison, *, lang: str = "en") -> PlanDeclarations:
    """Say what the plan of a study rests on.

    Parameters
    ----------
    study
        The pack.
    found
        Its plan beside the published table, as `compare_plan` gives it.
    lang
        Language of the pack's texts.

    Examples
    --------
    >>> import attitudes as at
    >>> study = at.load_study("kyrgyzstan-2023")
    >>> said = plan_declarations(study, at.compare_plan(study))
    >>> round(said.interval), said.reproduced, said.printed, said.best_other, said.reproduced_other
    (70999, 52, 54, 'hamilton', 46)
    """
    spec, plan = sample_spec(study), found.plan
    table = found.roundings
    methods = [c for c in table.columns if c not in ("statistic", "column", "cells")]
    counts = {m: int(table[m].fillna(0).sum()) for m in methods}
    others = {m: c for m, c in counts.items() if not m.startswith("half_")}
    best = max(others, key=lambda m: others[m])
    return PlanDeclarations(
        population=float(plan.cells["population"].sum()),
        interviews=plan.n_interviews,
        cluster_size=spec.cluster_size,
        interval=plan.interval,
        measure="" if spec.measure is None else text_in(spec.measure, lang),
        self_representing=_certain(study, plan.interval),
        published_rounding=spec.published_rounding,
        reproduced=counts[spec.published_rounding],
        printed=int(table["cells"].sum()),
        best_other=best,
        reproduced_other=others[best],
        plan_rounding=spec.rounding,
        join_below=None if spec.join is None else spec.join.below,
        joined=_joined(study, found, lang),
    )


def _certain(study: Study, interval: float) -> dict[str, float]:
    if study.design.frame is None:
        return {}
    spec, large = sample_spec(study), study_frame(study).too_large(interval)
    names = large["name"] if "name" in large else large[spec.unit]
    return {str(name): float(size) for name, size in zip(names, large[spec.size], strict=True)}


def _joined(study: Study, found: PlanComparison, lang: str) -> tuple[Joined, ...]:
    spec, cells = sample_spec(study), found.plan.cells
    made: list[Joined] = []
    if spec.join is not None:
        reason = text_in(spec.join.reason, lang)
        for name, part in cells.groupby("draw_stratum", sort=False):
            if len(part) > 1:
                made.append(Joined(str(name), tuple(part["cell"]), "draw", reason))
    for rule in study.design.merge:
        made.append(Joined(rule.into, rule.strata, "variance", text_in(rule.reason, lang)))
    return tuple(made)
