"""Respondents made ready for one or several models: sample moments and settings."""

from __future__ import annotations

from dataclasses import dataclass, replace

from attitudes.errors import AttitudesError, OptionError, raise_all
from attitudes.psychometrics.confirmatory.categories import Empty
from attitudes.psychometrics.confirmatory.estimators import (
    ESTIMATORS,
    Estimator,
    EstimatorRules,
)
from attitudes.psychometrics.confirmatory.groups import (
    Answered,
    CovarianceKind,
    covariance_kind,
    gather_answers,
)
from attitudes.psychometrics.confirmatory.model_input import Model, ReadModel, read_model
from attitudes.psychometrics.confirmatory.ordinal_samples import ordinal_samples
from attitudes.psychometrics.confirmatory.samples import Samples, normal_samples
from attitudes.survey.survey import Survey

__all__ = ["CfaData", "Settings", "prepare"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How models of one set of data are estimated.

    Attributes
    ----------
    estimator
        Its name, after what the data made of it.
    rules
        What the name stands for.
    missing, covariance, level
        As asked for.
    provenance
        Whose answers these are.
    warnings
        What was changed, one sentence each.
    """

    estimator: str
    rules: EstimatorRules
    missing: str
    covariance: CovarianceKind
    level: float
    provenance: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CfaData:
    """Respondents made ready: several models can be estimated from them.

    Attributes
    ----------
    model
        The model whose items they answered.
    answered
        The answers that count.
    samples
        Their moments.
    settings
        How they are to be used.
    """

    model: ReadModel
    answered: Answered
    samples: Samples
    settings: Settings

    def of(self, model: ReadModel) -> CfaData:
        """Return the same data for another model of the same items."""
        return replace(self, model=model)


def prepare(
    survey: Survey,
    model: Model | ReadModel,
    *,
    estimator: Estimator = "WLSMV",
    by: str | None = None,
    missing: str = "listwise",
    weights: bool = True,
    covariance: CovarianceKind | None = None,
    empty: Empty = "refuse",
    level: float = 0.95,
) -> CfaData:
    """Return sample moments and settings; the arguments are those of :func:`attitudes.cfa`.

    Raises
    ------
    OptionError
        Options that do not go together.
    DataError
        Items or groups that cannot be analysed.
    """
    name, missing = _names(estimator, missing, empty, level)
    kind = covariance_kind(survey, covariance)
    read = model if isinstance(model, ReadModel) else read_model(survey, model)
    answered = gather_answers(
        survey,
        read,
        by=by,
        weights=weights,
        complete=missing == "listwise",
        at_least=len(read.items) + 1,
    )
    settings = _settled(name, missing, kind, level, survey.provenance, answered.weighted)
    if kind == "independent" and survey.design.replicates is not None:
        said = "replicate weights are not used: errors are those of independent respondents"
        settings = replace(settings, warnings=(*settings.warnings, said))
    rules = settings.rules
    if rules.ordinal:
        samples = ordinal_samples(survey, answered, kind, weighting=rules.weighting, empty=empty)
    else:
        samples = normal_samples(survey, answered, kind)
    return CfaData(read, answered, samples, settings)


def _names(estimator: str, missing: str, empty: str, level: float) -> tuple[str, str]:
    failures: list[AttitudesError] = []
    name = estimator.upper() if isinstance(estimator, str) else str(estimator)
    if name not in ESTIMATORS:
        failures.append(OptionError.unknown("cfa, estimator", "estimator", estimator, ESTIMATORS))
    if missing in ("ml", "ML", "FIML"):
        missing = "fiml"
    if missing not in ("listwise", "fiml", "pairwise"):
        known = ["listwise", "fiml", "pairwise"]
        failures.append(OptionError.unknown("cfa, missing", "option", missing, known))
    if empty not in ("refuse", "collapse"):
        failures.append(OptionError.unknown("cfa, empty", "option", empty, ["refuse", "collapse"]))
    if not 0 < level < 1:
        failures.append(OptionError("cfa, level", f"{level}", "a number between 0 and 1"))
    raise_all(failures)
    if name == "FIML":
        if missing == "pairwise":
            raise OptionError("cfa, missing", "pairwise with estimator FIML", "fiml")
        return name, "fiml"
    ordinal = ESTIMATORS[name].ordinal
    if ordinal and missing == "fiml":
        raise OptionError(
            "cfa, missing",
            f"fiml with estimator {name}",
            "listwise or pairwise",
            "or estimator MLR",
        )
    if not ordinal and missing == "pairwise":
        raise OptionError("cfa, missing", f"pairwise with estimator {name}", "listwise or fiml")
    if name == "MLM" and missing == "fiml":
        raise OptionError("cfa, missing", "fiml with estimator MLM", "listwise", "or estimator MLR")
    return ("FIML" if name == "ML" and missing == "fiml" else name), missing


_ROBUST = {"ML": "MLR", "FIML": "MLR", "MLM": "MLR", "DWLS": "WLSMV", "ULS": "ULSMV"}


def _settled(
    name: str,
    missing: str,
    kind: CovarianceKind,
    level: float,
    provenance: str,
    weighted: bool,
) -> Settings:
    """Take the robust estimator where plain standard errors would be wrong, and say so."""
    rules = ESTIMATORS[name]
    plain = rules.errors == "standard" and (weighted or kind == "design")
    if not plain and not (name == "MLM" and kind == "design"):
        return Settings(name, rules, missing, kind, level, provenance)
    cause = "the sampling design" if kind == "design" else "weights"
    better = _ROBUST[name]
    said = f"{name} became {better}: standard errors and tests of {name} do not know {cause}"
    return Settings(better, ESTIMATORS[better], missing, kind, level, provenance, (said,))
