"""The chain of steps: what a history says, done again."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from attitudes.errors import AttitudesError, OptionError
from attitudes.survey.ledger import Step
from attitudes.survey.survey import Survey
from attitudes.weighting.base import base_weights
from attitudes.weighting.calibrate import calibrate
from attitudes.weighting.nonresponse import adjust_nonresponse
from attitudes.weighting.poststratify import poststratify
from attitudes.weighting.rake import rake
from attitudes.weighting.rescale import rescale_weights
from attitudes.weighting.standardize import standardize
from attitudes.weighting.trim import trim_weights

__all__ = ["VERBS", "call_step", "replay_weights", "weighting_steps"]

VERBS: dict[str, Callable[..., Survey]] = {
    "base_weights": base_weights,
    "adjust_nonresponse": adjust_nonresponse,
    "poststratify": poststratify,
    "rake": rake,
    "calibrate": calibrate,
    "standardize": standardize,
    "trim_weights": trim_weights,
    "rescale_weights": rescale_weights,
}


def weighting_steps(survey: Survey) -> tuple[Step, ...]:
    """Return the steps of the survey's history that changed weights, in order."""
    return tuple(step for step in survey.history if step.verb in VERBS)


def replay_weights(survey: Survey, steps: Survey | Iterable[Step | Mapping[str, Any]]) -> Survey:
    """Do the steps of weighting again.

    Parameters
    ----------
    survey
        The respondents with the weights that the steps began with.
    steps
        A survey whose history is repeated; or steps; or plain mappings with ``verb`` and
        ``parameters``, as written to YAML or JSON.

    Returns
    -------
    Survey
        Weights equal to the last bit, where rows and starting weights are the same.

    Raises
    ------
    OptionError
        A step that is no step of weighting, or a parameter that it does not have.

    Examples
    --------
    >>> import pandas as pd
    >>> start = Survey.from_frame(pd.DataFrame({"sex": list("ffm")}))
    >>> weighted = rake(start, {"sex": {"f": 50, "m": 50}})
    >>> replay_weights(start, weighted).weights.tolist()
    [25.0, 25.0, 50.0]
    """
    given = weighting_steps(steps) if isinstance(steps, Survey) else steps
    for number, step in enumerate(given, 1):
        verb = step.verb if isinstance(step, Step) else str(step.get("verb"))
        parameters = step.parameters if isinstance(step, Step) else step.get("parameters", {})
        survey = call_step(survey, verb, parameters, f"step {number}, {verb}")
    return survey


def call_step(survey: Survey, verb: str, parameters: Mapping[str, Any], where: str) -> Survey:
    """Call one step by the name of its function.

    Raises
    ------
    OptionError
        No such step; parameters that it does not have or lacks.
    """
    function = VERBS.get(verb)
    if function is None:
        raise OptionError.unknown(where, "step", verb, VERBS)
    known = list(inspect.signature(function).parameters.values())[1:]
    failures: list[AttitudesError] = [
        OptionError.unknown(where, "parameter", name, [p.name for p in known])
        for name in parameters
        if name not in {p.name for p in known}
    ]
    failures += [
        OptionError(where, f"no {p.name}", f"a value for {p.name}")
        for p in known
        if p.default is inspect.Parameter.empty and p.name not in parameters
    ]
    if failures:
        raise failures[0]
    return function(survey, **parameters)
