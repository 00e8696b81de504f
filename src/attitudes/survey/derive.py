"""Variables made of others: intervals of a number become groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from attitudes.survey.coding import BLANK_KIND, Coded, as_column

if TYPE_CHECKING:
    from attitudes.study.questions import Derivation
    from attitudes.study.responses import Code, Response

__all__ = ["UNGROUPED", "derive_groups"]

UNGROUPED = "in_no_group"


def derive_groups(
    numbers: np.ndarray[Any, np.dtype[np.float64]],
    missing: Mapping[str, Code],
    derivation: Derivation,
    response: Response,
) -> Coded:
    """Return the group of each number.

    Parameters
    ----------
    numbers
        The source variable, length n; NaN where blank.
    missing
        The source's code of each kind of missing answer.
    derivation
        Intervals of the groups.
    response
        The groups' scale. A missing source gives the same kind of missing here where the scale
        has a code for it; a number in no interval stays blank and is counted apart.
    """
    codes: list[Code | None] = [*derivation.groups, *response.missing.values()]
    places = np.full(len(numbers), -1, dtype=np.int64)
    counts: dict[str, int] = {}
    treated = np.isnan(numbers)
    if treated.any():
        kind = "not_asked" if "not_asked" in response.missing else BLANK_KIND
        counts[kind] = int(treated.sum())
        if kind == "not_asked":
            places[treated] = codes.index(response.missing["not_asked"])
    for kind, code in missing.items():
        rows = numbers == code if isinstance(code, int) else np.zeros(len(numbers), dtype=bool)
        if not rows.any():
            continue
        treated |= rows
        known = {str(k): c for k, c in response.missing.items()}
        if kind in known:
            places[rows] = codes.index(known[kind])
        counts[kind] = counts.get(kind, 0) + int(rows.sum())
    for i, (low, high) in enumerate(derivation.groups.values()):
        places[~treated & (numbers >= low) & (numbers <= high)] = i
    outside = ~treated & (places < 0)
    if outside.any():
        counts[UNGROUPED] = int(outside.sum())
    all_codes = tuple(code for code in codes if code is not None)
    return Coded(as_column(places, codes, None, all_codes), counts)
