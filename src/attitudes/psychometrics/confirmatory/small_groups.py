"""Groups too small for a model of their own are left out, and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from attitudes.psychometrics.confirmatory.groups import group_codes
from attitudes.psychometrics.items import resolve_items
from attitudes.survey.survey import Survey

__all__ = ["LargeGroups", "large_groups"]


@dataclass(frozen=True, slots=True)
class LargeGroups:
    """Respondents of the groups that are large enough.

    Attributes
    ----------
    survey
        All respondents; those of small groups have no group.
    kept, left_out
        Names of the groups.
    least
        Respondents with any answer that a group needs.
    """

    survey: Survey
    kept: tuple[str, ...]
    left_out: tuple[str, ...]
    least: int

    @property
    def note(self) -> str:
        """A sentence on the groups left out; empty without any."""
        if not self.left_out:
            return ""
        return f"left out, fewer than {self.least} respondents: {', '.join(self.left_out)}"


def large_groups(survey: Survey, items: Sequence[str], by: str, least: int) -> LargeGroups:
    """Take their group from respondents of small groups.

    Parameters
    ----------
    survey
        Respondents.
    items
        Names of items; respondents who answered any of them count.
    by
        Column of groups.
    least
        Respondents that a group needs.
    """
    group, labels = group_codes(survey, by)
    chosen = resolve_items(survey, list(items), apply_keying=False)
    answered = np.isfinite(chosen.raw).any(axis=1) & (group >= 0)
    counts = np.bincount(group[answered], minlength=len(labels))
    large = counts >= least
    kept = tuple(label for label, ok in zip(labels, large, strict=True) if ok)
    left = tuple(label for label, ok, n in zip(labels, large, counts, strict=True) if n and not ok)
    small = ~np.append(large, False)[group]
    if small.any():
        column = survey.column(by).astype(object).where(~small, None)
        survey = replace(survey, frame=survey.to_pandas().assign(**{by: column}))
    return LargeGroups(survey, kept, left, least)
