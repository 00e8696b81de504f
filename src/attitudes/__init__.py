"""Likert answers from complex samples: estimates, scales, weights, regenerated reports, audits.

The public names are imported on first use, so that importing the package is quick.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_HOMES: dict[str, str] = {
    "ratio": "attitudes.estimation.ratio",
    "variance": "attitudes.estimation.variance",
    "sd": "attitudes.estimation.variance",
    "correlation": "attitudes.estimation.correlation",
    "quantile": "attitudes.estimation.quantile",
    "mean": "attitudes.estimation.mean",
    "total": "attitudes.estimation.total",
    "proportion": "attitudes.estimation.proportion",
    "EstimateTable": "attitudes.estimation.table",
    "contrast": "attitudes.estimation.contrast",
    "effect_size": "attitudes.estimation.effects",
    "independence_test": "attitudes.estimation.independence",
    "marginal_effects": "attitudes.estimation.margins",
    "marginal_means": "attitudes.estimation.margins",
    "pool": "attitudes.estimation.pool",
    "rank_test": "attitudes.estimation.ranktest",
    "regress": "attitudes.estimation.regress",
    "replicate": "attitudes.estimation.replicate",
    "t_test": "attitudes.estimation.ttest",
    "term_test": "attitudes.estimation.term_test",
    "trend": "attitudes.estimation.trend",
    "AttitudesError": "attitudes.errors",
    "Audit": "attitudes.auditing.model",
    "audit": "attitudes.auditing.audit",
    "audit_figures": "attitudes.auditing.audit",
    "contradicting_figures": "attitudes.auditing.audit",
    "Study": "attitudes.study.models",
    "load_study": "attitudes.study.loading",
    "SurveyDesign": "attitudes.survey.design",
    "Replicates": "attitudes.survey.design",
    "Survey": "attitudes.survey.survey",
    "check_responses": "attitudes.survey.profile",
    "read_responses": "attitudes.survey.reading",
    "check_keying": "attitudes.psychometrics.keying",
    "keyed": "attitudes.psychometrics.keying",
    "score": "attitudes.psychometrics.scoring",
    "published_figures": "attitudes.reporting.published",
    "report": "attitudes.workflows.report",
    "validate": "attitudes.workflows.validate",
    "reconstruct": "attitudes.reconstruction.reconstruct",
    "invariance_note": "attitudes.psychometrics.confirmatory.breakdown_note",
    "factor_analysis": "attitudes.psychometrics.exploratory",
    "factor_scores": "attitudes.psychometrics.factor_scoring",
    "alignment": "attitudes.psychometrics.confirmatory.alignment",
    "cfa": "attitudes.psychometrics.confirmatory.cfa",
    "invariance": "attitudes.psychometrics.confirmatory.invariance",
    "dif": "attitudes.psychometrics.dif",
    "compare_models": "attitudes.psychometrics.confirmatory.comparison",
    "compare_structures": "attitudes.psychometrics.confirmatory.comparison",
    "alpha": "attitudes.psychometrics.alpha",
    "reliability": "attitudes.psychometrics.reliability",
    "graded_model": "attitudes.psychometrics.graded",
    "retest": "attitudes.psychometrics.retest",
    "number_of_factors": "attitudes.psychometrics.number_of_factors",
    "QualityRules": "attitudes.psychometrics.quality_rules",
    "response_quality": "attitudes.psychometrics.quality",
    "fieldwork_quality": "attitudes.psychometrics.fieldwork_quality",
    "sensitivity": "attitudes.psychometrics.sensitivity",
    "scale_relations": "attitudes.psychometrics.scale_relations",
    "correlate": "attitudes.psychometrics.correlations",
    "polychoric": "attitudes.psychometrics.polychoric_correlations",
    "polyserial": "attitudes.psychometrics.polyserial_correlations",
    "draw": "attitudes.sampling.drawing",
    "draw_design": "attitudes.sampling.survey_design",
    "place_respondents": "attitudes.sampling.placement",
    "plan_sample": "attitudes.sampling.planned",
    "read_frame": "attitudes.sampling.frame",
    "allocate": "attitudes.sampling.allocation",
    "sample_size": "attitudes.sampling.sizes",
    "optimal_cluster_size": "attitudes.sampling.sizes",
    "cluster_size_curve": "attitudes.sampling.sizes",
    "design_precision": "attitudes.sampling.precision",
    "expected_precision": "attitudes.sampling.precision",
    "plan_declarations": "attitudes.sampling.declarations",
    "draw_within": "attitudes.sampling.within",
    "draw_persons": "attitudes.sampling.within",
    "permanent_numbers": "attitudes.sampling.panel",
    "draw_coordinated": "attitudes.sampling.panel",
    "compare_plan": "attitudes.sampling.published_plan",
    "adjust_nonresponse": "attitudes.weighting.nonresponse",
    "base_weights": "attitudes.weighting.base",
    "calibrate": "attitudes.weighting.calibrate",
    "poststratify": "attitudes.weighting.poststratify",
    "rake": "attitudes.weighting.rake",
    "replay_weights": "attitudes.weighting.replay",
    "rescale_weights": "attitudes.weighting.rescale",
    "standardize": "attitudes.weighting.standardize",
    "trim_weights": "attitudes.weighting.trim",
    "weigh": "attitudes.weighting.plan",
    "weight_diagnostics": "attitudes.weighting.diagnostics",
    "weighting_report": "attitudes.weighting.report",
    "weight_columns": "attitudes.weighting.columns",
    "field_plan": "attitudes.sampling.fieldplan",
    "plan_sheet": "attitudes.sampling.sheets",
    "plan_files": "attitudes.sampling.sheets",
    "draw_reserves": "attitudes.sampling.reserves",
    "read_outcomes": "attitudes.sampling.outcomes",
    "response_rates": "attitudes.sampling.outcomes",
    "achieved": "attitudes.sampling.outcomes",
}

__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'attitudes' has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
