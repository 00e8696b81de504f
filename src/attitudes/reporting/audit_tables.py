"""The printed tables, each figure coloured by the gravest verdict it stands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from attitudes.auditing.model import Audit, Verdict

__all__ = ["MARKS", "Standing", "figure_tables", "standing_of"]

MARKS: dict[Verdict, str] = {
    "impossible": "✕",
    "consistent_if": "△",
    "undecided": "?",
    "consistent": "",
}
"""A sign for each verdict, so that colour is not all that tells them apart."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The gravest verdict of a figure, and the numbers of its findings."""

    verdict: Verdict
    findings: tuple[int, ...]


def standing_of(audit: Audit) -> dict[int, Standing]:
    """Return figure → its standing; findings are numbered from 1."""
    found: dict[int, list[int]] = {}
    for number, finding in enumerate(audit.findings, 1):
        for index in finding.figures:
            found.setdefault(index, []).append(number)
    return {i: Standing(audit.verdict_of(i), tuple(numbers)) for i, numbers in found.items()}


def figure_tables(audit: Audit) -> str:
    """Return all exhibits as tables: rows and columns as printed."""
    standing = standing_of(audit)
    exhibits: dict[str, list[int]] = {}
    for index, figure in enumerate(audit.figures):
        exhibits.setdefault(figure["exhibit"], []).append(index)
    return "".join(_exhibit(audit, name, here, standing) for name, here in exhibits.items())


def _exhibit(
    audit: Audit, name: str, indices: Sequence[int], standing: Mapping[int, Standing]
) -> str:
    figures = [audit.figures[i] for i in indices]
    columns = list(dict.fromkeys((f["column"], _head(f)) for f in figures))
    rows = list(dict.fromkeys(f["row"] for f in figures))
    cells = {(f["row"], f["column"], _head(f)): i for i, f in zip(indices, figures, strict=True)}
    title = escape(name.replace("_", " "))
    if len(columns) * len(rows) > 3 * len(indices):
        return _as_list(audit, name, title, indices, standing)
    heads = "".join(
        f"<th scope='col'>{_label(audit, c)}{f'<br><small>{escape(h)}</small>' if h else ''}</th>"
        for c, h in columns
    )
    body = "".join(
        f"<tr><th scope='row'>{_label(audit, r)}</th>"
        + "".join(
            _cell(audit, cells.get((r, *c)), standing) if (r, *c) in cells else "<td></td>"
            for c in columns
        )
        + "</tr>"
        for r in rows
    )
    return (
        f"<section class='exhibit' id='table-{escape(name)}'><h3>{title}</h3><div class='wide'>"
        f"<table class='grid'><thead><tr><td></td>{heads}</tr></thead><tbody>{body}</tbody></table>"
        "</div></section>"
    )


def _as_list(
    audit: Audit,
    name: str,
    title: str,
    indices: Sequence[int],
    standing: Mapping[int, Standing],
) -> str:
    """A passage of text, or a table too sparse for a grid: one figure a line."""
    body = "".join(
        f"<tr><td>{_label(audit, f['row'])}</td><td>{_label(audit, f['column'])}</td>"
        f"<td>{escape(_words(f['statistic']))}</td>{_cell(audit, i, standing)}</tr>"
        for i in indices
        for f in (audit.figures[i],)
    )
    return (
        f"<section class='exhibit' id='table-{escape(name)}'><h3>{title}</h3><div class='wide'>"
        "<table class='grid list'><thead><tr><th scope='col'>Of</th><th scope='col'>Group</th>"
        f"<th scope='col'>What</th><th scope='col'>Printed</th></tr></thead><tbody>{body}</tbody>"
        "</table></div></section>"
    )


def _head(figure: Mapping[str, str]) -> str:
    statistic = figure["statistic"]
    return "" if statistic in ("mean", "percent") else _words(statistic)


def _words(statistic: str) -> str:
    return statistic.partition(":")[2].replace("_", " ") or statistic.replace("_", " ")


def _label(audit: Audit, name: str) -> str:
    return escape(audit.labels.get(name, name.replace("_", " ")))


def _cell(audit: Audit, index: int | None, standing: Mapping[int, Standing]) -> str:
    assert index is not None
    printed = escape(audit.figures[index]["printed"])
    at = standing.get(index)
    if at is None:
        return f"<td class='n' id='f{index}'>{printed}</td>"
    numbers = ", ".join(map(str, at.findings))
    verdict = at.verdict.replace("_", " ")
    return (
        f"<td class='n {at.verdict}' id='f{index}'><a href='#finding-{at.findings[0]}' "
        f"title='{verdict}: finding {numbers}'>{printed}"
        f"<sup>{MARKS[at.verdict]}{at.findings[0]}{'+' if len(at.findings) > 1 else ''}</sup></a>"
        "</td>"
    )
