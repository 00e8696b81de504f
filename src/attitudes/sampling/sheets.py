"""The field plan as files: CSV tables and a printable page a cluster."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from html import escape
from typing import Any

import pandas as pd

from attitudes.sampling.fieldplan import FieldPlan
from attitudes.sampling.respondents import kish_grid, respondent_rule

__all__ = ["plan_files", "plan_sheet"]

_STYLE = """
*{box-sizing:border-box}body{font:10pt/1.3 system-ui,sans-serif;margin:0 auto;max-width:190mm;
color:#111;padding:4mm}section{break-after:page;padding-bottom:8mm}
header{display:flex;justify-content:space-between;align-items:baseline;gap:4mm}
h1{font-size:14pt;margin:0}p{margin:1.5mm 0}dl{display:flex;flex-wrap:wrap;gap:1mm 6mm;margin:2mm 0}
dl div{border-left:.6mm solid #888;padding-left:1.5mm}dt{font-size:8pt;color:#444}
dd{margin:0;font-weight:600}.row{display:flex;flex-wrap:wrap;gap:5mm;align-items:flex-start}
.row>table{width:auto;flex:0 1 auto}.halves{display:grid;
grid-template-columns:repeat(2,minmax(0,1fr));gap:5mm;align-items:start}
table{border-collapse:collapse;width:100%;margin:1mm 0 2mm;font-size:8.5pt}
caption{text-align:left;font-weight:600;padding-bottom:.5mm;white-space:nowrap}
th,td{border:.25mm solid #999;padding:.55mm 1.2mm;text-align:left}th{background:#eee}
th.n,td.n{text-align:right}.halves td{height:6mm}.halves td:last-child{width:26%}
.reserve td{color:#555;font-style:italic}footer{font-size:8pt;color:#333;margin-top:1mm}
@page{size:A4;margin:11mm}@media print{body{padding:0;max-width:none}section{padding:0}}
"""
_CODES = (
    "1.1 complete · 1.2 partial · 2.11 refused · 2.2 nobody reached · 2.3 other, eligible · "
    "3.1 not known whether a household · 3.2 not known whether eligible · 4.5 not a dwelling · "
    "4.6 vacant · 4.7 nobody eligible"
)


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
    parts = [
        f"<header><h1>{escape(f'{title}: cluster {cluster}, {place}')}</h1>"
        f"<span>seed {plan.seed}</span></header>",
        _facts(record),
        f"<p>{escape(_instruction(plan, record))}</p>",
        f'<div class="row">{"".join(_side_tables(plan, record))}</div>',
        _addresses(plan.addresses[plan.addresses["cluster"] == cluster]),
        f"<footer>{escape(_CODES)}<br>Made from seed {plan.seed}; the same seed gives this plan "
        "again.</footer>",
    ]
    return f"<section>{''.join(parts)}</section>"


def _facts(record: Mapping[Hashable, Any]) -> str:
    shown = {
        "PSU": record["psu"],
        "interviews": record["interviews"],
        "households": f"{record['households']:,}",
        "step": record["step"],
        "start points": str(record["starts"]).replace(" ", ", "),
        "reserve addresses": record["reserves"],
        "interviewer": record["interviewer"],
        "days": f"{record['days']:.1f}",
    }
    items = "".join(
        f"<div><dt>{escape(k)}</dt><dd>{escape(_text(v))}</dd></div>" for k, v in shown.items()
    )
    return f"<dl>{items}</dl>"


def _instruction(plan: FieldPlan, record: Mapping[Hashable, Any]) -> str:
    quotas = ""
    if len(plan.quotas):
        quotas = " A group of the quotas that has its number takes no further interview."
    return (
        f"{respondent_rule(plan.respondent)} Start at each start point and take one household in "
        f"{record['step']}; use a reserve only for a main address of the same route that gave no "
        f"interview.{quotas} Enter the outcome code of every address approached."
    )


def _side_tables(plan: FieldPlan, record: Mapping[Hashable, Any]) -> Iterator[str]:
    if plan.respondent == "kish":
        grid = kish_grid().rename_axis("table").reset_index()
        yield _table(grid, caption="Adult to interview, by number of adults")
    if len(plan.quotas):
        targets = plan.quotas[plan.quotas["cluster"] == record["cluster"]]
        yield _table(targets.drop(columns="cluster").assign(done="      "), caption="Quotas")
    spare = plan.replacements[plan.replacements["draw_stratum"] == record.get("draw_stratum")]
    if len(spare):
        kept = [c for c in ("reserve", "psu", "name", "households") if c in spare]
        yield _table(spare[kept], caption="Units that may replace this one, in order")


def _addresses(addresses: pd.DataFrame) -> str:
    """Return the addresses in two columns side by side, down the first and on in the second."""
    table = addresses.drop(columns="cluster").assign(code="")
    half = -(-len(table) // 2)
    parts = (table.iloc[:half], table.iloc[half:])
    columns = "".join(_table(part, reserve=True) for part in parts if len(part))
    return f'<div class="halves">{columns}</div>'


def _table(table: pd.DataFrame, *, caption: str = "", reserve: bool = False) -> str:
    numeric = [pd.api.types.is_numeric_dtype(table[c]) for c in table.columns]
    head = "".join(
        f'<th scope="col"{" class=n" if n else ""}>{escape(str(c))}</th>'
        for c, n in zip(table.columns, numeric, strict=True)
    )
    lines = []
    for record in table.to_dict("records"):
        kind = ' class="reserve"' if reserve and record.get("role") == "reserve" else ""
        cells = "".join(
            f"<td{' class=n' if n else ''}>{escape(_text(v))}</td>"
            for v, n in zip(record.values(), numeric, strict=True)
        )
        lines.append(f"<tr{kind}>{cells}</tr>")
    label = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{label}<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
