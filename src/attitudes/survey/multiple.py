"""Multiple-response questions: one column of 0 and 1 for each answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from attitudes.errors import AttitudesError, DataError
from attitudes.survey.coding import Coded, Place, as_column
from attitudes.survey.lookup import normal_text

if TYPE_CHECKING:
    from attitudes.study.responses import Code, Response

__all__ = ["option_columns", "split_choices"]


def option_columns(stem: str, response: Response, columns: Sequence[str]) -> dict[Code, str | None]:
    """Return the file's column of each answer, None where there is none.

    It is named ``stem.answer``, ``stem/answer`` or, as in Stata, ``stem_answer``.

    Examples
    --------
    >>> from attitudes.study.responses import Response
    >>> r = Response.model_validate({"kind": "multiple", "answers": {"a": "A", "b": "B"}})
    >>> option_columns("q", r, ["q/a", "q_b"])
    {'a': 'q/a', 'b': 'q_b'}
    """
    known = set(columns)
    found: dict[Code, str | None] = {}
    for answer in response.answers:
        spellings = (f"{stem}.{answer}", f"{stem}/{answer}", f"{stem}_{answer}")
        found[answer] = next((name for name in spellings if name in known), None)
    return found


def split_choices(
    series: pd.Series[Any], response: Response, at: Place, kinds: Mapping[str, str]
) -> dict[Code, Coded]:
    """Return a 0/1 column for each answer from one column that lists the chosen ones.

    Parameters
    ----------
    series
        Texts such as ``"financial stigma"``; parts are split at spaces, commas or semicolons.
    response
        The answers; a blank cell, or one that holds a missing code, is missing for every answer.
    at
        Where the column stands.
    kinds
        Normalised value → kind of missing, as the caller says of this file.
    """
    places, uniques = pd.factorize(series, use_na_sentinel=True)
    by_text = {normal_text(code): code for code in response.answers}
    missing = {normal_text(code): code for code in response.missing.values()}
    missing |= {text: response.missing[k] for text, k in kinds.items() if k in response.missing}
    chosen: list[frozenset[Code] | Code] = []
    failures: list[AttitudesError] = []
    for i, value in enumerate(uniques.tolist()):
        text = normal_text(value)
        if text in missing:
            chosen.append(missing[text])
            continue
        parts = [normal_text(p) for p in re.split(r"[\s,;]+", str(value).strip()) if p]
        unknown = [p for p in parts if p not in by_text]
        if unknown:
            failures.append(
                DataError(
                    at.at(places == i),
                    f"{', '.join(map(repr, unknown))} in {value!r}",
                    ", ".join(map(str, response.answers)),
                )
            )
        chosen.append(frozenset(by_text[p] for p in parts if p in by_text))
    return _spread(np.asarray(places), chosen, response, tuple(failures))


def _spread(
    places: np.ndarray[Any, np.dtype[np.int64]],
    chosen: list[frozenset[Code] | Code],
    response: Response,
    failures: tuple[AttitudesError, ...],
) -> dict[Code, Coded]:
    kind_of = {code: kind for kind, code in response.missing.items()}
    blank = response.missing.get("not_asked")
    counts = np.bincount(places[places >= 0], minlength=len(chosen))
    out: dict[Code, Coded] = {}
    for n, answer in enumerate(response.answers):
        codes: list[Code | None] = [
            int(answer in part) if isinstance(part, frozenset) else part for part in chosen
        ]
        missing: dict[str, int] = {}
        for code, count in zip(codes, counts, strict=True):
            if code in kind_of:
                missing[kind_of[code]] = missing.get(kind_of[code], 0) + int(count)
        if (places < 0).any():
            kind = "blank" if blank is None else "not_asked"
            missing[kind] = missing.get(kind, 0) + int((places < 0).sum())
        values = as_column(places, codes, blank, (0, 1, *response.missing.values()))
        out[answer] = Coded(values, missing, failures if n == 0 else ())
    return out
