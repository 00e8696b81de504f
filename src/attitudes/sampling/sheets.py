"""The field plan as files: CSV tables and a printable page a cluster."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from html import escape
from typing import Any

import pandas as pd

from attitudes.sampling.fieldplan import FieldPlan
from attitudes.sampling.respondents import kish_grid, respondent_rule

__all__ = ["plan_files", "plan_sheet"]

_STYLE = """
body{font:11pt/1.35 sans-serif;margin:0 auto;max-width:190mm;color:#111;padding:4mm}
section{break-after:page;padding-bottom:8mm}h1{font-size:15pt;margin:0 0 2mm}
table{border-collapse:collapse;width:100%;margin:2mm 0 4mm;font-size:9.5pt}
th,td{border:.3mm solid #888;padding:.8mm 1.5mm;text-align:left}th{background:#eee}
td.n{text-align:right}.reserve td{color:#555;font-style:italic}footer{font-size:8.5pt;color:#444}
@page{size:A4;margin:12mm}@media print{body{padding:0;max-width:none}}
"""


def plan_files(plan: FieldPlan) -> dict[str, str]:
    """Return file name → text: the CSV tables and the printable sheet.

    Examples
    --------
    >>> from attitudes.sampling.fieldplan import field_plan
    >>> clusters = pd.DataFrame({"cluster": [1], "psu": ["a"], "interviews": [6],
    ...                          "households": [300]})
    >>> sorted(plan_files(field_plan(clusters, seed=3)))[-3:]
    ['replacements.csv', 'sheets.html', 'workload.csv']
    """
    tables = {
        "clusters.csv": plan.clusters.assign(seed=plan.seed),
        "addresses.csv": plan.addresses.assign(code="", replaced_by=""),
        "quotas.csv": plan.quotas,
        "workload.csv": plan.workload,
        "replacements.csv": plan.replacements,
    }
    files = {name: table.to_csv(index=False, lineterminator="\n") for name, table in tables.items()}
    return {**files, "sheets.html": plan_sheet(plan)}


def plan_sheet(plan: FieldPlan, *, title: str = "Field plan", lang: str = "en") -> str:
    """Return a self-contained page to print: a sheet a cluster, the seed on each.

    Parameters
    ----------
    plan
        As `field_plan` gives it.
    title
        Heading of every sheet.
    lang
        Language code of the page.

    Examples
    --------
    >>> from attitudes.sampling.fieldplan import field_plan
    >>> clusters = pd.DataFrame({"cluster": [1], "psu": ["a"], "interviews": [6],
    ...                          "households": [300]})
    >>> "seed 3" in plan_sheet(field_plan(clusters, seed=3))
    True
    """
    sheets = "".join(_sheet(plan, record, title) for record in plan.clusters.to_dict("records"))
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(lang)}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}, seed {plan.seed}</title><style>{_STYLE}</style></head>"
        f"<body>{sheets}</body></html>\n"
    )


def _sheet(plan: FieldPlan, record: Mapping[Hashable, Any], title: str) -> str:
    cluster = record["cluster"]
    place = str(record.get("name", record["psu"]))
    addresses = plan.addresses[plan.addresses["cluster"] == cluster]
    facts = pd.DataFrame(
        [
            {
                "PSU": record["psu"],
                "interviews": record["interviews"],
                "households": record["households"],
                "step": record["step"],
                "start points": record["starts"],
                "reserves": record["reserves"],
                "interviewer": record["interviewer"],
            }
        ]
    )
    parts = [
        f"<h1>{escape(title)}: cluster {escape(str(cluster))}, {escape(place)}</h1>",
        _table(facts),
        f"<p>{escape(respondent_rule(plan.respondent))} Start at each start point and take one "
        f"household in {escape(str(record['step']))}; use a reserve only for a main address of "
        "the same route that gave no interview. Enter the final outcome code of every address.</p>",
    ]
    if plan.respondent == "kish":
        grid = kish_grid().rename_axis("table").reset_index()
        parts.append(_table(grid, caption="Adult to interview, by number of adults"))
    if len(plan.quotas):
        targets = plan.quotas[plan.quotas["cluster"] == cluster].drop(columns="cluster")
        parts.append(_table(targets, caption="Quotas"))
    spare = plan.replacements[plan.replacements["draw_stratum"] == record.get("draw_stratum")]
    if len(spare):
        spare = spare.drop(columns=["draw_stratum", "unit"])
        parts.append(_table(spare, caption="Units that may replace this one, in order"))
    parts.append(_table(addresses.drop(columns="cluster").assign(outcome=""), reserve=True))
    parts.append(
        f"<footer>Made from seed {plan.seed}; the same seed gives this plan again.</footer>"
    )
    return f"<section>{''.join(parts)}</section>"


def _table(table: pd.DataFrame, *, caption: str = "", reserve: bool = False) -> str:
    head = "".join(f'<th scope="col">{escape(str(c))}</th>' for c in table.columns)
    lines = []
    for record in table.to_dict("records"):
        kind = ' class="reserve"' if reserve and record.get("role") == "reserve" else ""
        cells = "".join(
            f"<td{' class=n' if isinstance(v, int | float) else ''}>{escape(_text(v))}</td>"
            for v in record.values()
        )
        lines.append(f"<tr{kind}>{cells}</tr>")
    label = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{label}<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
