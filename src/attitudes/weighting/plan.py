"""Plans of weighting: the steps that a study pack or a file declares, carried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from attitudes.errors import AttitudesError, OptionError, StudyError, raise_all
from attitudes.study.design_spec import DesignSpec, TotalsTable, WeightingStep
from attitudes.study.totals import read_totals
from attitudes.study.yaml_file import YamlFile, read_yaml
from attitudes.survey.survey import Survey
from attitudes.weighting.margins import Margin
from attitudes.weighting.replay import call_step

__all__ = ["WeightingPlan", "load_plan", "weigh"]

_VERBS = {
    "base": "base_weights",
    "nonresponse": "adjust_nonresponse",
    "poststratify": "poststratify",
    "rake": "rake",
    "calibrate": "calibrate",
    "trim": "trim_weights",
    "rescale": "rescale_weights",
}
_MATCHING = ("poststratify", "rake", "calibrate")


@dataclass(frozen=True, slots=True)
class WeightingPlan:
    """Steps of weighting with the totals they name.

    Attributes
    ----------
    steps
        What is done, in order.
    totals
        Known totals by name.
    design
        Columns of weight, strata and PSUs, for data without a study; None: the study says it.
    source
        Where the plan stands.
    """

    steps: tuple[WeightingStep, ...]
    totals: Mapping[str, Margin] = field(default_factory=dict)
    design: DesignSpec | None = None
    source: str = "plan"


def load_plan(path: str | Path) -> WeightingPlan:
    """Read a plan of weighting.

    Parameters
    ----------
    path
        YAML file with ``weighting:`` (steps as in a study pack), ``totals:`` (tables: ``file``,
        ``by``, ``count`` and ``label`` with the file beside the plan; or ``by`` and ``cells`` in
        place) and, for data without a study, ``design:``.

    Raises
    ------
    StudyError
        All that is wrong with the file, each with its line and key.
    """
    if not Path(path).is_file():
        raise StudyError(str(path), "no such file", "a YAML file with 'weighting:'")
    file = read_yaml(Path(path))
    failures: list[AttitudesError] = [
        StudyError.unknown(file.where([key]), "key", str(key), ["weighting", "totals", "design"])
        for key in file.data
        if key not in ("weighting", "totals", "design")
    ]
    steps = [
        _model(WeightingStep, step, file, ("weighting", k), failures)
        for k, step in enumerate(_listed(file, failures))
    ]
    totals: dict[str, Margin] = {}
    for name, spec in _mapped(file, failures).items():
        try:
            margin = _totals(spec, file, ("totals", name), failures)
        except AttitudesError as error:
            failures.append(error)
            continue
        if margin is not None:
            totals[str(name)] = margin
    design = None
    if file.data.get("design") is not None:
        design = _model(DesignSpec, file.data["design"], file, ("design",), failures)
    raise_all(failures)
    return WeightingPlan(tuple(s for s in steps if s is not None), totals, design, str(path))


def weigh(survey: Survey, plan: WeightingPlan | str | Path | None = None) -> Survey:
    """Carry out a plan of weighting.

    Parameters
    ----------
    survey
        The respondents with the weights that the plan starts from.
    plan
        A plan, or its YAML file; default: the ``weighting`` of the survey's study.

    Returns
    -------
    Survey
        With one line in its history for each step.

    Raises
    ------
    OptionError
        A plan without steps; steps with unknown totals or parameters.
    StudyError
        A file that is no plan.

    Examples
    --------
    >>> import pandas as pd
    >>> survey = Survey.from_frame(pd.DataFrame({"sex": list("ffm")}))
    >>> plan = WeightingPlan(
    ...     (WeightingStep(method="rake", totals=("sex",)),
    ...      WeightingStep(method="rescale", parameters={"to": "n"})),
    ...     {"sex": Margin(("sex",), (("f",), ("m",)), (50.0, 50.0))})
    >>> weigh(survey, plan).weights.tolist()
    [0.75, 0.75, 1.5]
    """
    made = _plan_of(survey, plan)
    if not made.steps:
        raise OptionError(made.source, "no steps of weighting", "at least one under 'weighting'")
    for number, step in enumerate(made.steps, 1):
        where = f"{made.source}, step {number} ({step.method})"
        survey = _carry_out(survey, step, made.totals, where)
    return survey


def _plan_of(survey: Survey, plan: WeightingPlan | str | Path | None) -> WeightingPlan:
    if isinstance(plan, WeightingPlan):
        return plan
    if plan is not None:
        return load_plan(plan)
    if survey.study is None:
        raise OptionError("weigh, plan", "none", "a plan, or a survey with a study that has one")
    return WeightingPlan(survey.study.weighting, source=f"study {survey.study.id}, weighting")


def _carry_out(
    survey: Survey, step: WeightingStep, totals: Mapping[str, Margin], where: str
) -> Survey:
    parameters = dict(step.parameters)
    if step.method in _MATCHING:
        margins = [_find(survey, name, totals, where) for name in step.totals]
        _check_by(step, margins, where)
        given = parameters.pop("totals", None)
        extra = [] if given is None else given if isinstance(given, list) else [given]
        parameters["totals"] = [*margins, *extra]
    elif step.totals:
        raise OptionError(where, "totals", f"totals in {', '.join(_MATCHING)} only")
    elif step.by:
        parameters["by"] = list(step.by)
    if isinstance(parameters.get("bounds"), list):
        parameters["bounds"] = tuple(parameters["bounds"])
    try:
        return call_step(survey, _VERBS[step.method], parameters, where)
    except TypeError as error:
        raise OptionError(
            where, f"a parameter of the wrong kind ({error})", "see the function's documentation"
        ) from error


def _find(survey: Survey, name: str, totals: Mapping[str, Margin], where: str) -> Margin:
    if name in totals:
        return totals[name]
    tables = {} if survey.study is None else survey.study.totals
    if survey.study is None or name not in tables:
        raise OptionError.unknown(where, "totals table", name, [*totals, *tables])
    cells = survey.study.population(name)
    return Margin(tuple(tables[name].by), tuple(cells), tuple(cells.values()))


def _check_by(step: WeightingStep, margins: list[Margin], where: str) -> None:
    named = {name for margin in margins for name in margin.by}
    if step.by and set(step.by) != named:
        raise OptionError(
            where,
            f"by {', '.join(step.by)}, but totals by {', '.join(sorted(named))}",
            "the same variables, or no 'by'",
        )


def _listed(file: YamlFile, failures: list[AttitudesError]) -> list[Any]:
    given = file.data.get("weighting")
    if isinstance(given, list) and given:
        return given
    failures.append(StudyError(file.where(["weighting"]), "no list of steps", "a list of steps"))
    return []


def _mapped(file: YamlFile, failures: list[AttitudesError]) -> dict[Any, Any]:
    given = file.data.get("totals") or {}
    if isinstance(given, dict):
        return given
    failures.append(StudyError(file.where(["totals"]), "no mapping", "name: table of totals"))
    return {}


def _totals(
    spec: Any, file: YamlFile, key: tuple[str, Any], failures: list[AttitudesError]
) -> Margin | None:
    if isinstance(spec, dict) and "cells" in spec:
        if set(spec) != {"by", "cells"} or not isinstance(spec["cells"], dict | list):
            raise StudyError(file.where(key), "cells that cannot be read", "by and cells")
        return _in_place(spec, file.where(key))
    table = _model(TotalsTable, spec, file, key, failures)
    if table is None:
        return None
    source = file.path.parent / table.file
    if not source.is_file():
        raise StudyError(file.where((*key, "file")), f"no file {table.file!r}", "a CSV by the plan")
    cells = read_totals(source, table)
    return Margin(table.by, tuple(cells), tuple(cells.values()))


def _in_place(spec: dict[str, Any], where: str) -> Margin:
    by = (spec["by"],) if isinstance(spec["by"], str) else tuple(str(b) for b in spec["by"])
    cells: list[tuple[str, ...]] = []
    totals: list[float] = []
    pairs = spec["cells"].items() if isinstance(spec["cells"], dict) else spec["cells"]
    for pair in pairs:
        if len(pair) != 2 or isinstance(pair[1], bool) or not isinstance(pair[1], int | float):
            raise StudyError(where, f"the cell {pair!r}", "a category and its total")
        parts = pair[0] if isinstance(pair[0], list) else [pair[0]]
        cells.append(tuple(str(p) for p in parts))
        totals.append(float(pair[1]))
    return Margin(by, tuple(cells), tuple(totals))


def _model(
    kind: type[Any], data: Any, file: YamlFile, key: tuple[Any, ...], failures: list[AttitudesError]
) -> Any:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            at = (*key, *(p for p in detail["loc"] if isinstance(p, str | int)))
            if detail["type"] == "extra_forbidden":
                known = list(kind.model_fields)
                failures.append(StudyError.unknown(file.where(at), "key", str(at[-1]), known))
                continue
            shown = repr(detail["input"])
            found = "nothing" if detail["type"] == "missing" else shown[:80]
            allowed = detail["msg"].removeprefix("Input should be ")
            failures.append(StudyError(file.where(at), found, allowed))
        return None
