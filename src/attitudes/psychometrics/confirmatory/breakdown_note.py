"""The sentence that goes with a table of a scale by groups when it is not measured alike."""

from __future__ import annotations

from attitudes.errors import AttitudesError
from attitudes.psychometrics.confirmatory.invariance import invariance
from attitudes.psychometrics.confirmatory.small_groups import large_groups
from attitudes.psychometrics.items import Items, resolve_items
from attitudes.psychometrics.threads import one_thread
from attitudes.survey.survey import Survey

__all__ = ["invariance_note"]

_LEAST = 50


@one_thread
def invariance_note(survey: Survey, items: Items, by: str) -> str | None:
    """Return a warning for tables of a scale by a breakdown, or None when none is due.

    Parameters
    ----------
    survey
        Respondents.
    items
        Id of a scale, or names of items.
    by
        Column of the groups.

    Returns
    -------
    str or None
        None also for reconstructed respondents, whose correlations say nothing of the public.

    Notes
    -----
    Configural, metric and scalar models of the scale by itself, all answers pair by pair. Groups
    with fewer than 50 respondents are left out; rare answers are joined. A scale that cannot be
    tested is said to be so.
    """
    if survey.provenance == "reconstructed":
        return None
    try:
        chosen = resolve_items(survey, items, apply_keying=False)
        label = chosen.label
        if chosen.k < 3:
            return None
        groups = large_groups(survey, list(chosen.names), by, _LEAST)
        if len(groups.kept) < 2:
            return (
                f"{label}: too few respondents in the groups by {by} to test whether it is "
                "measured alike in them"
            )
        found = invariance(
            groups.survey,
            {label: list(chosen.keyed_names)},
            by=by,
            levels=("configural", "metric", "scalar"),
            missing="pairwise",
            empty="collapse",
        )
    except AttitudesError as error:
        return f"{items}: not tested whether it is measured alike across {by} ({error})"
    return found.warning
