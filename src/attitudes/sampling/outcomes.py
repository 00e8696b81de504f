"""What the field achieved: outcome codes read back, rates, clusters against the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from attitudes.errors import AttitudesError, DataError, raise_all
from attitudes.numerics.planning.outcome_rates import OutcomeCounts, outcome_rates

__all__ = ["OUTCOMES", "achieved", "read_outcomes", "response_rates"]

#: Outcome by AAPOR code for in-person household surveys; a longer code falls under its beginning.
OUTCOMES: dict[str, str] = {
    "1.1": "complete",
    "1.2": "partial",
    "2.1": "refusal",
    "2.2": "noncontact",
    "2.3": "other",
    "3.1": "unknown_household",
    "3.2": "unknown_other",
    "3.9": "unknown_other",
    "4": "ineligible",
}
_KNOWN = {
    *(
        "1.1",
        "1.10",
        "1.2",
        "1.20",
        "2.1",
        "2.10",
        "2.11",
        "2.111",
        "2.112",
        "2.12",
        "2.2",
        "2.20",
        "2.21",
    ),
    *("2.22", "2.23", "2.24", "2.25", "2.3", "2.30", "2.31", "2.32", "2.33", "2.331", "2.332"),
    *("2.333", "2.34", "2.35", "2.36", "3.1", "3.10", "3.11", "3.17", "3.18", "3.19", "3.2"),
    *("3.20", "3.21", "3.22", "3.23", "3.9", "3.90", "3.91", "4.1", "4.10", "4.5", "4.50", "4.51"),
    *("4.52", "4.53", "4.6", "4.60", "4.61", "4.62", "4.63", "4.7", "4.70", "4.8", "4.80", "4.9"),
    "4.90",
}


def read_outcomes(
    source: str | Path | pd.DataFrame, *, code: str = "code", cluster: str = "cluster"
) -> pd.DataFrame:
    """Read the final outcome of every address approached.

    Parameters
    ----------
    source
        CSV or frame, an address a row.
    code
        Column of AAPOR codes (``1.1`` complete … ``4.9`` not eligible).
    cluster
        Column of the cluster's number.

    Returns
    -------
    pandas.DataFrame
        Addresses with a code (those without were not approached), with ``outcome``: complete,
        partial, refusal, noncontact, other, unknown_household, unknown_other, ineligible.

    Raises
    ------
    DataError
        Columns that are not there; codes that AAPOR does not define, with their rows.

    Examples
    --------
    >>> cases = pd.DataFrame({"cluster": [1, 1, 2], "code": ["1.1", "2.11", "4.6"]})
    >>> read_outcomes(cases)["outcome"].tolist()
    ['complete', 'refusal', 'ineligible']
    """
    cases = source if isinstance(source, pd.DataFrame) else _read(Path(source), code)
    unknown = [c for c in (code, cluster) if c not in cases.columns]
    raise_all([DataError.unknown("outcomes", "column", c, cases.columns) for c in unknown])
    blank = cases[code].isna() | (cases[code].astype(str).str.strip() == "")
    if len(cases) and blank.all():
        raise DataError(
            f"outcomes, column {code}", "no code at all", "a code an address approached"
        )
    cases = cases[~blank]
    codes = cases[code].astype(str).str.strip()
    failures: list[AttitudesError] = []
    places = np.flatnonzero(~blank)
    for value, rows in codes.groupby(codes).indices.items():
        if value not in _KNOWN:
            listed = ", ".join(str(r + 1) for r in places[rows][:5])
            found = f"the code {value!r} in {len(rows)} rows (rows {listed})"
            failures.append(
                DataError(f"outcomes, column {code}", found, "AAPOR codes from 1.1 to 4.9")
            )
    raise_all(failures)
    return cases.assign(outcome=[_outcome(c) for c in codes])


def _read(path: Path, code: str) -> pd.DataFrame:
    if not path.is_file():
        raise DataError(str(path), "no such file", "a CSV of outcomes")
    return pd.read_csv(path, dtype={code: str})


def _outcome(code: str) -> str:
    return OUTCOMES.get(code[:3]) or OUTCOMES[code[:1]]


def response_rates(
    outcomes: pd.DataFrame,
    *,
    by: str | Sequence[str] | None = None,
    e: float | None = None,
    weight: str | None = None,
) -> pd.DataFrame:
    """Return AAPOR's response, cooperation, refusal and contact rates.

    Parameters
    ----------
    outcomes
        As `read_outcomes` gives them.
    by
        Columns of groups; a last row ``total`` stands for all.
    e
        Share of cases of unknown eligibility taken as eligible; default: that among the cases
        of known eligibility of each group.
    weight
        Column of base weights; default: every case counts one.

    Returns
    -------
    pandas.DataFrame
        A row a group: the groups, the counts by outcome, ``rr1`` … ``rr6``, ``coop1`` …
        ``coop4``, ``ref1`` … ``ref3``, ``con1`` … ``con3``, ``e``.

    Raises
    ------
    DataError
        Columns that are not there.

    Examples
    --------
    >>> cases = read_outcomes(pd.DataFrame({"cluster": 1, "code": ["1.1"] * 6 + ["2.11"] * 4}))
    >>> response_rates(cases)[["rr1", "coop1", "ref1", "con1"]].values.tolist()
    [[0.6, 0.6, 0.4, 1.0]]
    """
    groups = [by] if isinstance(by, str) else list(by or ())
    named = [*groups, "outcome", *([weight] if weight else [])]
    unknown = [c for c in named if c not in outcomes.columns]
    raise_all([DataError.unknown("outcomes", "column", c, outcomes.columns) for c in unknown])
    rows: list[dict[str, Any]] = []
    if groups:
        for key, part in outcomes.groupby(groups, sort=False, observed=True):
            names = key if isinstance(key, tuple) else (key,)
            rows.append({**dict(zip(groups, names, strict=True)), **_rates(part, weight, e)})
    rows.append({**dict.fromkeys(groups, "total"), **_rates(outcomes, weight, e)})
    return pd.DataFrame(rows)


def _rates(cases: pd.DataFrame, weight: str | None, e: float | None) -> dict[str, float]:
    mass = cases[weight] if weight else pd.Series(1.0, index=cases.index)
    sums = mass.groupby(cases["outcome"]).sum().to_dict()
    counts = OutcomeCounts(**{str(name): float(value) for name, value in sums.items()})
    return {**asdict(counts), **asdict(outcome_rates(counts, e=e))}


def achieved(
    clusters: pd.DataFrame, outcomes: pd.DataFrame, *, cluster: str = "cluster"
) -> pd.DataFrame:
    """Hold what was achieved in each cluster against the plan.

    Parameters
    ----------
    clusters
        As `draw_design` gives them.
    outcomes
        As `read_outcomes` gives them; a column ``replaced_by`` names the reserve unit that was
        used in the place of the cluster's.

    Returns
    -------
    pandas.DataFrame
        ``cluster``, ``psu``, ``planned``, ``achieved`` (complete interviews), ``shortfall``,
        ``approached``, ``refusals``, ``rr1`` and ``replaced_by`` (empty where none).

    Raises
    ------
    DataError
        Outcomes of clusters that were not drawn.

    Examples
    --------
    >>> plan = pd.DataFrame({"cluster": [1, 2], "psu": ["a", "b"], "interviews": [2, 2]})
    >>> cases = read_outcomes(pd.DataFrame({"cluster": [1, 1, 1], "code": ["1.1", "1.1", "2.1"]}))
    >>> achieved(plan, cases)[["cluster", "planned", "achieved", "shortfall"]].values.tolist()
    [[1, 2, 2, 0], [2, 2, 0, 2]]
    """
    strange = sorted(set(outcomes[cluster]) - set(clusters["cluster"]), key=str)
    if strange:
        raise DataError(
            f"outcomes, column {cluster}", f"cluster {strange[0]!r}", "clusters that were drawn"
        )
    rows = []
    for plan in clusters.to_dict("records"):
        part = outcomes[outcomes[cluster] == plan["cluster"]]
        rates = _rates(part, None, None)
        replaced = part["replaced_by"].dropna() if "replaced_by" in part else pd.Series(dtype=str)
        done = int(rates["complete"])
        rows.append(
            {
                "cluster": plan["cluster"],
                "psu": plan["psu"],
                "planned": plan["interviews"],
                "achieved": done,
                "shortfall": max(int(plan["interviews"]) - done, 0),
                "approached": len(part),
                "refusals": int(rates["refusal"]),
                "rr1": rates["rr1"],
                "replaced_by": ", ".join(sorted(set(replaced.astype(str)))),
            }
        )
    return pd.DataFrame(rows)
