"""What every estimator needs once: domains, segments, degrees of freedom, variance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from attitudes.aggregation.domains import Domains, code_domains
from attitudes.aggregation.grouped_totals import GroupedTotals
from attitudes.aggregation.segments import Segments, deepest_stage, make_segments
from attitudes.errors import DesignError
from attitudes.estimation.options import Options
from attitudes.numerics.design import DesignArrays, FloatArray, IntArray, ReplicateArrays
from attitudes.numerics.replicates.degrees import replicate_df
from attitudes.numerics.replicates.replicate_variance import ReplicateVariance
from attitudes.numerics.segments import compact_pairs
from attitudes.numerics.variance.linear_variance import LinearVariance
from attitudes.numerics.variance.singletons import SingletonPolicy, refuse
from attitudes.survey.design import stages as stage_columns
from attitudes.survey.survey import Survey

__all__ = ["Plan", "degrees_of", "make_grouped_plan", "make_plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """A survey made ready for estimates of one set of domains.

    Attributes
    ----------
    survey
        The respondents.
    design
        Their design.
    segments
        Respondents by domain and unit.
    df
        Degrees of freedom of each domain, length D.
    rows
        Respondents of each domain, also those of weight zero, length D.
    linear
        Taylor variance; None where replicates are used.
    replicate
        Replicate variance; None where Taylor's is used.
    replicate_segments
        Segments whose totals the replicates multiply; for given replicate weights they carry
        weight one.
    singletons
        Names of the strata with a single PSU.
    """

    survey: Survey
    design: DesignArrays
    segments: Segments
    df: FloatArray
    rows: FloatArray
    linear: LinearVariance | None
    replicate: ReplicateVariance | None
    replicate_segments: Segments | None
    singletons: tuple[str, ...]

    @property
    def domains(self) -> Domains:
        """The domains."""
        return self.segments.domains


def make_plan(
    survey: Survey,
    by: Sequence[str],
    where: Any,
    variance: str,
    singleton: SingletonPolicy,
    singleton_domains: bool,
    design: DesignArrays | None = None,
) -> Plan:
    """Prepare a survey for estimates.

    Raises
    ------
    DesignError
        A design that does not fit the data; strata with a single PSU under ``"error"``;
        ``variance="replicate"`` without replicate weights.
    """
    design = survey.design_arrays() if design is None else design
    domains = code_domains(survey, by, where)
    if variance == "replicate":
        return _replicate_plan(survey, design, domains)
    calibrations = survey.calibrations
    segments = make_segments(design, domains, by_respondent=bool(calibrations))
    linear = LinearVariance.of(
        segments.design,
        segments.unit,
        segments.domain,
        segments.n_domains,
        singleton,
        singleton_domains,
        calibrations,
    )
    lonely = linear.singletons
    names = _stratum_names(survey, design, lonely)
    if singleton == "error":
        refuse(np.arange(len(lonely)), 1, names)
        _refuse_later(survey, design, linear)
    whole = linear.whole_design
    counts = np.bincount(segments.row_domain, minlength=domains.count + 1)[: domains.count]
    rows = np.full(domains.count, design.n) if whole else counts
    return Plan(
        survey,
        design,
        segments,
        _degrees(segments, linear),
        rows.astype(np.float64),
        linear,
        None,
        None,
        names,
    )


def make_grouped_plan(survey: Survey, sums: GroupedTotals, options: Options) -> Plan:
    """Prepare estimates from grouped sums; see `make_plan`."""
    segments = sums.segments
    linear = LinearVariance.of(
        segments.design,
        segments.unit,
        segments.domain,
        segments.n_domains,
        options.singleton,
        options.singleton_domains,
    )
    lonely = linear.singletons
    names = tuple(f"number {h + 1}" for h in lonely)
    if options.singleton == "error":
        refuse(np.arange(len(lonely)), 1, names)
    return Plan(
        survey,
        sums.design,
        segments,
        _degrees(segments, linear),
        sums.respondents.astype(np.float64),
        linear,
        None,
        None,
        names,
    )


def _replicate_plan(survey: Survey, design: DesignArrays, domains: Domains) -> Plan:
    replicates = design.replicates
    if replicates is None:
        raise DesignError(
            "variance='replicate'",
            "a design without replicate weights",
            "replicate weights",
            "make them with at.replicate(survey, method=...), or name them in SurveyDesign",
        )
    segments = make_segments(design, domains)
    if replicates.units is None:
        made = make_segments(_unweighted(design), domains, by_respondent=True)
    elif np.array_equal(replicates.units, design.psus[deepest_stage(design)]):
        made = segments
    else:
        made = make_segments(design, domains, units=replicates.units)
    rows = np.bincount(segments.row_domain, minlength=domains.count + 1)[: domains.count]
    return Plan(
        survey,
        design,
        segments,
        _replicate_degrees(replicates, made),
        rows.astype(np.float64),
        None,
        ReplicateVariance(replicates, made.unit, made.domain, made.n_domains),
        made,
        (),
    )


def _unweighted(design: DesignArrays) -> DesignArrays:
    from dataclasses import replace

    return replace(design, weights=np.ones(design.n))


def _degrees(segments: Segments, linear: LinearVariance) -> FloatArray:
    if segments.all_positive and linear.stages:
        stage, size = linear.stages[0], segments.n_domains
        psus = np.bincount(stage.unit_outcome, minlength=size)
        return (psus - np.bincount(stage.outcome, minlength=size)).astype(np.float64)
    if segments.all_positive:
        return degrees_of(segments, np.ones(segments.size))
    weight = np.bincount(segments.of_row, weights=segments.weights, minlength=segments.size + 1)
    return degrees_of(segments, np.asarray(weight[: segments.size], dtype=np.float64))


def degrees_of(segments: Segments, weight: FloatArray) -> FloatArray:
    """Return PSUs − strata with positive weight, by domain.

    Parameters
    ----------
    segments
        Respondents by domain and unit.
    weight
        Σw of those who count, by segment.
    """
    used = np.flatnonzero(weight > 0)
    domain, unit = segments.domain[used], segments.unit[used]
    psus = _distinct(domain, segments.design.psus[0][unit], segments.n_domains)
    strata = _distinct(domain, segments.design.strata[0][unit], segments.n_domains)
    return psus - strata


def _distinct(domain: IntArray, code: IntArray, size: int) -> FloatArray:
    _, at = compact_pairs(domain, code)
    return np.bincount(domain[at], minlength=size).astype(np.float64)


def _replicate_degrees(replicates: ReplicateArrays, segments: Segments) -> FloatArray:
    if segments.domains.codes is None:
        return np.array([replicates.df])
    each = [segments.unit[segments.domain == d] for d in range(segments.n_domains)]
    return np.array([replicate_df(replicates, unit) for unit in each])


def _refuse_later(survey: Survey, design: DesignArrays, linear: LinearVariance) -> None:
    """Refuse strata with a single unit at later stages, named by the unit that they lie in."""
    columns = stage_columns(survey.design.psu)
    for stage in (linear.stages or linear.whole)[1:]:
        lonely = np.unique(stage.code[stage.singletons])
        if len(lonely):
            name = columns[stage.number - 2]
            labels = survey.column(name)
            codes = design.strata[stage.number - 1]
            rows = [int(np.flatnonzero(codes == code)[0]) for code in lonely[:10]]
            shown = [f"{name} {labels.iloc[row]}" for row in rows]
            named = [*shown, *["another"] * (len(lonely) - len(shown))]
            refuse(np.arange(len(lonely)), stage.number, tuple(named))


def _stratum_names(survey: Survey, design: DesignArrays, strata: IntArray) -> tuple[str, ...]:
    columns = stage_columns(survey.design.stratum)
    if not len(strata):
        return ()
    if not columns:
        return ("the only stratum",)
    column = survey.column(columns[0])
    rows = [int(np.flatnonzero(design.strata[0] == h)[0]) for h in strata]
    return tuple(f"{columns[0]} {column.iloc[row]}" for row in rows)
