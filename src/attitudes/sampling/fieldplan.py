"""The field plan: where interviewers go, whom they ask, and who goes where."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from attitudes.errors import DataError, OptionError
from attitudes.numerics.printed.margins import controlled_rounding
from attitudes.numerics.rounding import apportion
from attitudes.sampling.checks import whole
from attitudes.sampling.respondents import RespondentRule, kish_tables, respondent_rule

__all__ = ["FieldPlan", "field_plan"]

_STREAM = 1


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """What the field needs to work.

    Attributes
    ----------
    clusters
        One row a cluster: the given columns, ``households``, ``step`` (every how many
        households), ``starts`` (numbers of the households at which routes start), ``reserves``,
        ``interviewer``, ``days``.
    addresses
        One row a household to approach: ``cluster``, ``order``, ``household`` (its number along
        the route), ``route``, ``role`` (``main`` or ``reserve``) and, for Kish's grid, ``table``.
    quotas
        ``cluster``, the quota variables, ``target``; empty without quotas.
    workload
        ``interviewer``, ``clusters``, ``interviews``, ``days``.
    replacements
        Reserve units, as `draw_reserves` gives them; empty without.
    respondent
        Rule for the choice within households.
    seed
        Seed from which the plan is made again.
    """

    clusters: pd.DataFrame
    addresses: pd.DataFrame
    quotas: pd.DataFrame
    workload: pd.DataFrame
    replacements: pd.DataFrame
    respondent: RespondentRule
    seed: int

    def __repr__(self) -> str:
        return (
            f"FieldPlan: {len(self.clusters)} clusters, "
            f"{int(self.clusters['interviews'].sum())} interviews, "
            f"{len(self.addresses)} addresses, {len(self.workload)} interviewers, seed {self.seed}"
        )


def field_plan(
    clusters: pd.DataFrame,
    *,
    seed: int,
    response_rate: float = 0.6,
    route_length: int = 9,
    respondent: RespondentRule = "last_birthday",
    quotas: Mapping[str, Mapping[Any, float]] | None = None,
    replacements: pd.DataFrame | None = None,
    team: str | None = None,
    interviews_per_day: float = 6.0,
    days: float = 14.0,
) -> FieldPlan:
    """Plan the field work of drawn clusters.

    Parameters
    ----------
    clusters
        As `draw_design` gives them: ``cluster``, ``psu``, ``interviews``, ``households``.
    seed
        Of all random choices.
    response_rate
        Expected interviews per household approached; the reserve addresses follow from it.
    route_length
        Interviews a route; each route has its own start point.
    respondent
        ``"kish"``, ``"last_birthday"`` or ``"next_birthday"``.
    quotas
        Variable → group → share of the population; targets by cluster cross all variables and
        add up to the cluster's interviews, and over clusters to the shares of the whole.
    replacements
        Reserve units of the strata; each sheet names those of its stratum.
    team
        Column of regions that interviewers do not leave; None: anyone goes anywhere.
    interviews_per_day
        Of one interviewer.
    days
        Length of the field work.

    Returns
    -------
    FieldPlan

    Raises
    ------
    DataError
        Columns that are not there; fewer households than addresses are needed.
    OptionError
        Rates, lengths and shares out of range.

    Notes
    -----
    The route step is ⌊households/addresses⌋: households start, start + step, … counted round
    the PSU, with a random start, are taken in turn; no household comes twice. Main and reserve
    addresses alternate in proportion so that reserves lie near those they replace.

    Examples
    --------
    >>> clusters = pd.DataFrame({"cluster": [1, 2], "psu": ["a", "b"], "region": ["n", "n"],
    ...                          "interviews": [18, 20], "households": [900, 640]})
    >>> plan = field_plan(clusters, seed=1, respondent="kish",
    ...                   quotas={"gender": {"men": 0.48, "women": 0.52}})
    >>> plan
    FieldPlan: 2 clusters, 38 interviews, 64 addresses, 1 interviewers, seed 1
    >>> plan.clusters["step"].tolist(), plan.quotas.groupby("gender")["target"].sum().to_dict()
    ([30, 18], {'men': 18, 'women': 20})
    """
    _check(clusters, response_rate, route_length, interviews_per_day, days, team)
    respondent_rule(respondent)
    seed = whole("field plan, seed", seed)
    # A stream of its own: not that of the clusters, which are drawn from the same seed.
    rng = np.random.default_rng([seed, _STREAM])
    planned, addresses = _routes(clusters, response_rate, route_length, rng)
    if respondent == "kish":
        addresses["table"] = kish_tables(len(addresses), rng)
    targets = _quotas(clusters, quotas or {}, rng)
    planned["days"] = clusters["interviews"] / interviews_per_day
    planned["interviewer"] = _assign(planned, team, days)
    workload = planned.groupby("interviewer", as_index=False).agg(
        clusters=("cluster", "size"), interviews=("interviews", "sum"), days=("days", "sum")
    )
    spare = pd.DataFrame(columns=["draw_stratum", "psu"]) if replacements is None else replacements
    return FieldPlan(planned, addresses, targets, workload, spare, respondent, seed)


def _check(
    clusters: pd.DataFrame,
    response_rate: float,
    route_length: int,
    per_day: float,
    days: float,
    team: str | None,
) -> None:
    needed = ["cluster", "psu", "interviews", "households", *([team] if team else [])]
    for name in needed:
        if name not in clusters.columns:
            raise DataError.unknown("field plan, clusters", "column", name, clusters.columns)
    if not len(clusters):
        raise DataError("field plan, clusters", "no clusters", "at least one")
    if not 0 < response_rate <= 1:
        raise OptionError("field plan, response_rate", f"{response_rate:g}", "over 0, up to 1")
    for name, value in (("route_length", route_length), ("interviews_per_day", per_day)):
        if not value > 0:
            raise OptionError(f"field plan, {name}", f"{value:g}", "a number above 0")
    longest = float(clusters["interviews"].max()) / per_day
    if longest > days:
        raise OptionError(
            "field plan, days", f"{days:g}", f"at least {longest:.1f}, the longest cluster"
        )
    approached = np.ceil(clusters["interviews"] / response_rate)
    short = clusters["households"] < approached
    if short.any():
        row = clusters[short].iloc[0]
        raise DataError(
            f"field plan, cluster {row['cluster']}",
            f"{row['households']:.0f} households for {approached[short].iloc[0]:.0f} addresses",
            "at least as many households as addresses",
        )


def _routes(
    clusters: pd.DataFrame, response_rate: float, route_length: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows, steps, starts, spare = [], [], [], []
    for record in clusters.to_dict("records"):
        interviews, households = int(record["interviews"]), int(record["households"])
        total = math.ceil(interviews / response_rate - 1e-9)
        step = households // total
        routes = max(round(interviews / route_length), 1)
        first = int(rng.integers(households))
        numbers = (first + step * np.arange(total)) % households + 1
        route = np.repeat(np.arange(1, routes + 1), apportion(np.ones(routes), total))
        main = np.diff(np.ceil(np.arange(total + 1) * interviews / total - 1e-9)) > 0
        steps.append(step)
        spare.append(total - interviews)
        opening = [int(numbers[np.argmax(route == r)]) for r in range(1, routes + 1)]
        starts.append(" ".join(str(number) for number in opening))
        rows.append(
            pd.DataFrame(
                {
                    "cluster": record["cluster"],
                    "order": np.arange(1, total + 1),
                    "household": numbers,
                    "route": route,
                    "role": np.where(main, "main", "reserve"),
                }
            )
        )
    planned = clusters.assign(
        households=clusters["households"].astype(int), step=steps, starts=starts, reserves=spare
    )
    return planned, pd.concat(rows, ignore_index=True)


def _quotas(
    clusters: pd.DataFrame, quotas: Mapping[str, Mapping[Any, float]], rng: np.random.Generator
) -> pd.DataFrame:
    """Cross the quota variables; whole targets keep each cluster's interviews and the totals."""
    if not quotas:
        return pd.DataFrame(columns=["cluster", "target"])
    cells: list[dict[str, str]] = [{}]
    shares = np.ones(1)
    for name, groups in quotas.items():
        weights = np.array(list(groups.values()), dtype=np.float64)
        if not len(weights) or (weights < 0).any() or weights.sum() <= 0:
            raise OptionError(f"field plan, quotas, {name}", str(dict(groups)), "positive shares")
        cells = [{**cell, name: str(group)} for cell in cells for group in groups]
        shares = np.outer(shares, weights / weights.sum()).ravel()
    rows = clusters["interviews"].to_numpy(dtype=np.int64)
    columns = apportion(shares, int(rows.sum()))
    table = rows[:, None] * (columns / columns.sum())
    whole = controlled_rounding(table, [(0,), (1,)], [rows, columns], rng)
    names = clusters["cluster"].tolist()
    return pd.DataFrame(
        [
            {"cluster": cluster, **cell, "target": int(target)}
            for cluster, line in zip(names, whole, strict=True)
            for cell, target in zip(cells, line, strict=True)
        ]
    )


def _assign(planned: pd.DataFrame, team: str | None, days: float) -> list[str]:
    """Give clusters to as few interviewers as the days allow, the longest clusters first."""
    teams = planned[team].astype(str).tolist() if team else [""] * len(planned)
    lengths = planned["days"].to_numpy(dtype=np.float64)
    loads: dict[str, list[float]] = {}
    for name in dict.fromkeys(teams):
        mass = sum(d for d, t in zip(lengths.tolist(), teams, strict=True) if t == name)
        loads[name] = [0.0] * max(math.ceil(mass / days - 1e-9), 1)
    chosen = [""] * len(planned)
    for at in np.argsort(-lengths, kind="stable").tolist():
        name = teams[at]
        least = int(np.argmin(loads[name]))
        if loads[name][least] + lengths[at] > days + 1e-9:
            loads[name].append(0.0)
            least = len(loads[name]) - 1
        loads[name][least] += float(lengths[at])
        chosen[at] = f"{name}-{least + 1}" if team else f"{least + 1}"
    return chosen
