"""Partial invariance: release the equalities that the data object to, one by one."""

from __future__ import annotations

from dataclasses import replace

from attitudes.errors import EstimationError
from attitudes.psychometrics.confirmatory.invariance_levels import at_level, changed, equalities
from attitudes.psychometrics.confirmatory.invariance_result import Index, LevelFit
from attitudes.psychometrics.confirmatory.model_defaults import Equal
from attitudes.psychometrics.confirmatory.preparation import CfaData
from attitudes.psychometrics.confirmatory.release import release_tests
from attitudes.psychometrics.confirmatory.result import ConfirmatoryAnalysis

__all__ = ["partial_levels"]


def partial_levels(
    data: CfaData,
    steps: tuple[LevelFit, ...],
    release: tuple[str, ...],
    std_lv: bool,
    index: Index,
) -> tuple[LevelFit, ...]:
    """Release the worst equalities of levels that do not hold; levels above keep them free."""
    out: list[LevelFit] = [steps[0]]
    freed: tuple[str, ...] = ()
    before = steps[0].fit
    for step in steps[1:]:
        if before is None:
            break
        kind = equalities(step.level, data.settings.rules.ordinal)[-1]
        one = step
        mine: tuple[str, ...] = ()
        if freed or step.fit is None:
            one = _again(data, step, (*release, *freed), std_lv, before, index)
        while one.fit is not None and not one.holds:
            worst = _worst(one.fit, kind, (*release, *freed, *mine))
            if worst is None:
                break
            mine = (*mine, worst)
            one = _again(data, step, (*release, *freed, *mine), std_lv, before, index)
        freed = (*freed, *mine)
        out.append(replace(one, released=freed))
        before = one.fit
    return tuple(out)


def _again(
    data: CfaData,
    step: LevelFit,
    release: tuple[str, ...],
    std_lv: bool,
    before: ConfirmatoryAnalysis,
    index: Index,
) -> LevelFit:
    try:
        fit = at_level(data, step.level, release, std_lv)
    except EstimationError as error:
        return LevelFit(step.level, None, holds=False, problem=str(error))
    return changed(step.level, fit, before, index)


def _worst(fit: ConfirmatoryAnalysis, kind: Equal, free: tuple[str, ...]) -> str | None:
    """The equality with the largest score statistic, as long as half of its factor's stay."""
    table = fit.table
    of_item: dict[str, str] = {}
    for p in table.parameters:
        if p.op == "=~" and p.group == 0:
            of_item.setdefault(p.rhs, p.lhs)
    taken = [name.replace(" ", "") for name in free]
    totals: dict[str, int] = {}
    gone: dict[str, int] = {}
    for found in _all_of_kind(fit, kind):
        factor = _factor(found, of_item)
        totals[factor] = totals.get(factor, 0) + 1
        gone[factor] = gone.get(factor, 0) + (found in taken)
    for test in release_tests(fit, (kind,)):
        factor = _factor(test.parameter, of_item)
        if test.parameter not in taken and 2 * (gone[factor] + 1) <= totals[factor]:
            return test.parameter
    return None


def _all_of_kind(fit: ConfirmatoryAnalysis, kind: Equal) -> list[str]:
    operator = {"loadings": "=~", "intercepts": "~1", "thresholds": "|", "residuals": "~~"}[kind]
    items = set(fit.items)
    return [
        f"{p.lhs}{p.op}{p.rhs}"
        for p in fit.table.parameters
        if p.group == 0
        and p.op == operator
        and (operator == "=~" or p.lhs in items)
        and (operator != "~~" or p.lhs == p.rhs)
    ]


def _factor(name: str, of_item: dict[str, str]) -> str:
    if "=~" in name:
        return name.split("=~")[0]
    item = name.split("|")[0].split("~")[0]
    return of_item.get(item, item)
