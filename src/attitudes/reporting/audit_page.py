"""An audit as one self-contained page: findings by weight, conventions, corrected levels."""

from __future__ import annotations

import os
import tempfile
from html import escape
from pathlib import Path

from attitudes.auditing.model import Audit, ConventionFinding, Corrected, Finding

__all__ = ["audit_page", "write_audit_page"]

_COLOURS = {
    "impossible": "#a6421f",
    "consistent_if": "#8a6d00",
    "undecided": "#555555",
    "consistent": "#1f5f8b",
}
_STYLE = """
body{font:16px/1.5 system-ui,"DejaVu Sans",sans-serif;color:#1b1b1b;max-width:62rem;
margin:2rem auto;padding:0 1rem}
h1,h2{line-height:1.2}section{margin:1.2rem 0;padding-left:1rem;border-left:.4rem solid var(--c)}
.verdict{color:var(--c);font-weight:600}.small{color:#555;font-size:.88rem}
table{border-collapse:collapse;font-size:.92rem;margin:.6rem 0}th,td{padding:.25rem .6rem;
border-bottom:1px solid #ccc;text-align:left;vertical-align:top}td.n{text-align:right}
a.figure{color:inherit}details{margin:.4rem 0}@media print{details>*{display:block}}
"""


def audit_page(audit: Audit) -> str:
    """Return the page's HTML.

    Parameters
    ----------
    audit
        A result of ``at.audit``.
    """
    impossible = sum(f.verdict == "impossible" for f in audit.findings)
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width'>",
        f"<title>Audit of published figures</title><style>{_STYLE}</style></head><body>",
        "<h1>What the printed figures can and cannot mean</h1>",
        f"<p>{len(audit.figures)} figures were held against each other: {len(audit.findings)} "
        f"findings, {impossible} of them impossible under the assumptions stated. A finding "
        "speaks of figures, conventions and assumptions, and of nobody's intent.</p>",
        "<h2>Findings</h2>",
        *(_finding(audit, n, f) for n, f in enumerate(audit.findings, start=1)),
        "<h2>Conventions that explain the figures</h2>",
        _conventions(audit.conventions),
        "<h2>Corrected levels</h2>",
        _corrected(audit.corrected),
        "</body></html>\n",
    ]
    return "\n".join(parts)


def _finding(audit: Audit, number: int, f: Finding) -> str:
    cases = "".join(f"<li>{escape(c.sentence)}</li>" for c in f.cases[1:])
    more = (
        f"<details><summary>{len(f.cases) - 1} more of the same kind</summary><ul>{cases}</ul>"
        "</details>"
        if cases
        else ""
    )
    price = f"<p>Possible if: {escape(f.price)}</p>" if f.price else ""
    links = "".join(
        f"<li>{escape(' · '.join(audit.figures[i][k] for k in ('exhibit', 'row', 'column')))}: "
        f"<strong>{escape(audit.figures[i]['printed'])}</strong></li>"
        for i in f.figures
    )
    explained = (
        f"<p class='small'>Explained by {escape(', '.join(f.explained_by))}.</p>"
        if f.explained_by
        else ""
    )
    return (
        f"<section id='finding-{number}' style='--c:{_COLOURS[f.verdict]}'>"
        f"<h3>{number}. {escape(f.kind.replace('_', ' '))} "
        f"<span class='verdict'>{escape(f.verdict.replace('_', ' '))}</span></h3>"
        f"<p>{escape(f.cases[0].sentence)}</p>{price}{explained}{more}"
        f"<details><summary>Figures ({len(f.figures)})</summary><ul>{links}</ul></details>"
        f"<p class='small'>Assumed: {escape('; '.join(f.assumptions))}.</p></section>"
    )


def _conventions(conventions: tuple[ConventionFinding, ...]) -> str:
    rows = "".join(
        f"<tr><td>{escape(c.status)}</td><td>{escape(c.sentence)}</td><td class='n'>{c.explains}"
        f"</td><td class='n'>{c.cost}</td><td>{escape(' '.join(c.against))}</td></tr>"
        for c in conventions
    )
    return (
        "<table><thead><tr><th scope='col'>Status</th><th scope='col'>Hypothesis</th>"
        "<th scope='col'>Explains</th><th scope='col'>Cost</th><th scope='col'>Against</th></tr>"
        f"</thead><tbody>{rows}</tbody></table>"
    )


def _corrected(levels: tuple[Corrected, ...]) -> str:
    rows = "".join(
        f"<tr><td>{escape(c.scale)}</td><td>{escape(c.breakdown)}</td><td>{escape(c.group)}</td>"
        f"<td class='n'>{escape(c.printed or '')}</td><td class='n'>{escape(c.text)}</td>"
        f"<td>{_rank(c)}</td></tr>"
        for c in levels
    )
    return (
        "<table><thead><tr><th scope='col'>Scale</th><th scope='col'>By</th>"
        "<th scope='col'>Group</th><th scope='col'>Printed</th><th scope='col'>On the proper "
        f"scale</th><th scope='col'>Rank</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _rank(c: Corrected) -> str:
    if not c.rank_low:
        return ""
    best, worst = sorted((c.rank_low, c.rank_high))
    return str(best) if best == worst else f"{best} to {worst}"


def write_audit_page(audit: Audit, path: Path) -> None:
    """Write the page beside ``path``, then rename it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(audit_page(audit))
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
