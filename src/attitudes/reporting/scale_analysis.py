"""What the chapter on scales rests on: every analysis once, and what could not be had."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import numpy as np

from attitudes.errors import AttitudesError
from attitudes.psychometrics.confirmatory.comparison import ModelComparison, compare_structures
from attitudes.psychometrics.confirmatory.structures import StructureName
from attitudes.psychometrics.exploratory import FactorAnalysis, factor_analysis
from attitudes.psychometrics.factor_count import NumberOfFactors
from attitudes.psychometrics.fieldwork_quality import FieldworkQuality, fieldwork_quality
from attitudes.psychometrics.number_of_factors import number_of_factors
from attitudes.psychometrics.quality import response_quality
from attitudes.psychometrics.quality_result import ResponseQuality
from attitudes.psychometrics.reliability import reliability
from attitudes.psychometrics.reliability_result import Reliability
from attitudes.psychometrics.scale_relations import ScaleRelations, scale_relations
from attitudes.psychometrics.scoring import score
from attitudes.psychometrics.sensitivity import Sensitivity, sensitivity
from attitudes.psychometrics.threads import one_thread
from attitudes.study.models import Study
from attitudes.survey.design import stages
from attitudes.survey.survey import Survey

__all__ = ["ScaleAnalysis", "analyse_scales", "usable_scales"]

T = TypeVar("T")
ITERATIONS = 20
SEED = 1
_LEAST = 4
"""Items from which a number of factors can be asked for."""
_INDICATORS = 3
"""Items of a scale from which it can be a factor of a confirmatory model."""
STRUCTURES: tuple[StructureName, ...] = ("one", "factors", "bifactor", "method")


@dataclass(slots=True)
class ScaleAnalysis:
    """Results by kind; None where an analysis does not apply or failed.

    Attributes
    ----------
    items
        Scale → its items.
    reliability
        Scale → its reliability.
    relations, count, solution, models, quality, sensitivity, clusters
        Of all scales together; ``clusters`` are the primary sampling units.
    failures
        What could not be had (a scale, or the key of a heading) and why.
    """

    items: dict[str, tuple[str, ...]]
    reliability: dict[str, Reliability] = field(default_factory=dict)
    relations: ScaleRelations | None = None
    count: NumberOfFactors | None = None
    solution: FactorAnalysis | None = None
    models: ModelComparison | None = None
    quality: ResponseQuality | None = None
    sensitivity: Sensitivity | None = None
    clusters: FieldworkQuality | None = None
    failures: list[tuple[str, str]] = field(default_factory=list)

    def attempt(self, what: str, call: Callable[[], T]) -> T | None:
        """Return what a call gives; note why where it cannot be had."""
        try:
            return call()
        except AttitudesError as error:
            self.failures.append((what, "; ".join(str(error).splitlines())))
            return None


def usable_scales(study: Study, survey: Survey) -> dict[str, tuple[str, ...]]:
    """Return the scales of two statements or more that the data holds."""
    columns = set(survey.frame.columns)
    found = {scale.id: tuple(q.id for q in study.items(scale.id)) for scale in study.scales}
    return {
        name: items for name, items in found.items() if len(items) > 1 and columns.issuperset(items)
    }


def analyse_scales(study: Study, survey: Survey, *, level: float = 0.95) -> ScaleAnalysis | None:
    """Analyse the scales of a study; None when the data holds none.

    Parameters
    ----------
    study, survey
        What was asked, who answered.
    level
        Of the intervals.
    """
    scales = usable_scales(study, survey)
    if not scales:
        return None
    out = ScaleAnalysis(scales)
    policy = study.design.singleton
    for name in scales:
        call = partial(reliability, survey, name, level=level, singleton=policy)
        found = out.attempt(name, call)
        if found is not None:
            out.reliability[name] = found
    everything = list(dict.fromkeys(i for items in scales.values() for i in items))
    turned = {q.id for name in scales for q in study.items(name) if q.keying == "-"}
    if len(scales) > 1:
        out.relations = out.attempt(
            "scales.relations", lambda: scale_relations(survey, list(scales))
        )
    if len(everything) >= _LEAST:
        _structures(out, survey)
        _dimensions(out, survey, [f"-{i}" if i in turned else i for i in everything])
    _quality(out, survey, everything)
    return out


def _dimensions(out: ScaleAnalysis, survey: Survey, items: list[str]) -> None:
    out.count = out.attempt(
        "scales.count",
        lambda: number_of_factors(
            survey, items, rng=np.random.default_rng(SEED), iterations=ITERATIONS
        ),
    )
    if out.count is not None:
        out.solution = out.attempt(
            "scales.paths", lambda: factor_analysis(survey, items, len(out.items))
        )


def _structures(out: ScaleAnalysis, survey: Survey) -> None:
    """Compare one factor, a factor a scale, a bifactor and a method factor, all answers by pair."""
    names = [name for name, items in out.items.items() if len(items) >= _INDICATORS]
    if len(names) > 1:
        compare = one_thread(compare_structures)
        out.models = out.attempt(
            "scales.models",
            lambda: compare(survey, names, structures=STRUCTURES, missing="pairwise"),
        )


def _quality(out: ScaleAnalysis, survey: Survey, items: list[str]) -> None:
    names = list(out.items)
    out.quality = out.attempt(
        "scales.quality", lambda: response_quality(survey, items, scales=names)
    )
    quality = out.quality
    if quality is None:
        return
    scored = out.attempt("scales.sensitivity", lambda: score(survey, names, suffix="_of_scale"))
    if scored is not None:
        out.sensitivity = out.attempt(
            "scales.sensitivity",
            lambda: sensitivity(scored, quality, [f"{n}_of_scale" for n in names]),
        )
    units = stages(survey.design.psu)
    if units:
        out.clusters = out.attempt(
            "scales.clusters", lambda: fieldwork_quality(survey, items, units[0])
        )
