"""An audit as one self-contained page: findings, links, hypotheses, corrected levels, tables."""

from __future__ import annotations

import os
import tempfile
from html import escape
from importlib.resources import files
from pathlib import Path

from attitudes.auditing.model import Audit, Verdict
from attitudes.errors import AttitudesError
from attitudes.reporting.audit_cards import (
    VERDICTS,
    claims_table,
    conventions_list,
    finding_card,
    findings_list,
)
from attitudes.reporting.audit_levels import levels_section
from attitudes.reporting.audit_links import COLOURS, links_svg
from attitudes.reporting.audit_tables import MARKS, figure_tables

__all__ = ["audit_page", "write_audit_page"]

_COUNTED: tuple[Verdict, ...] = ("impossible", "consistent_if", "undecided")
_WASHES: dict[Verdict, str] = {
    "impossible": "#f6ddd4",
    "consistent_if": "#f8efcc",
    "undecided": "#e8e8e8",
}


def audit_page(audit: Audit) -> str:
    """Return the page's HTML.

    Parameters
    ----------
    audit
        A result of ``at.audit``.

    Notes
    -----
    The page needs no script and no other file. Each figure of a finding links to its cell, each
    coloured cell to its finding.
    """
    style = (files("attitudes.reporting") / "templates" / "audit.css").read_text(encoding="utf-8")
    sections = [s for s in _sections(audit) if s[2]]
    links = "".join(
        f"<li><a href='#{name}'>{escape(title)}</a></li>" for name, title, _ in sections
    )
    body = "".join(
        f"<h2 id='{name}'>{escape(title)}</h2>{content}" for name, title, content in sections
    )
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>Audit of published figures</title><style>{style}</style></head><body>"
        "<h1>What the printed figures can and cannot mean together</h1>"
        f"{_lead(audit)}<nav aria-label='Contents'><ul>{links}</ul></nav>{body}</body></html>\n"
    )


def _lead(audit: Audit) -> str:
    counts = "".join(
        f"<li style='--c:{COLOURS[v]}'><b>{n}</b>{MARKS[v]} {escape(VERDICTS[v])}</li>"
        for v in _COUNTED
        if (n := sum(f.verdict == v for f in audit.findings)) or v != "undecided"
    )
    return (
        f"<p>{len(audit.figures)} printed figures were held against each other. A finding says "
        "which of them cannot all be true, under which assumptions, and what would make them so. "
        "It speaks of figures, conventions and assumptions, and of nobody's intent. What is "
        "called impossible carries a proof in exact fractions.</p>"
        f"<ul class='counts'>{counts}</ul>"
    )


def _sections(audit: Audit) -> list[tuple[str, str, str]]:
    cards = "".join(finding_card(audit, n, f) for n, f in enumerate(audit.findings, 1))
    notes = "".join(f"<li>{escape(n)}</li>" for n in audit.notes)
    return [
        ("overview", "Findings at a glance", findings_list(audit) if audit.findings else ""),
        ("links", "Which exhibits contradict each other", _links(audit)),
        ("findings", "Findings", cards),
        ("conventions", "Hypotheses about computing", conventions_list(audit.conventions)),
        ("levels", "Levels on the proper scale", _levels(audit)),
        ("sentences", "Sentences that survive", claims_table(audit) if audit.claims else ""),
        ("tables", "The printed figures", _legend() + figure_tables(audit)),
        ("notes", "Notes, no verdicts", f"<ul>{notes}</ul>" if notes else ""),
    ]


def _links(audit: Audit) -> str:
    drawing = links_svg(audit)
    if not drawing:
        return ""
    return (
        "<p>An arc joins two exhibits whose figures cannot both hold; a loop stands for one that "
        "contradicts itself. Full lines: impossible under the assumptions. Broken lines: possible "
        f"at a price. The wider, the more contradictions. Each leads to its finding.</p>{drawing}"
    )


def _levels(audit: Audit) -> str:
    drawing = levels_section(audit)
    if not drawing:
        return ""
    return (
        "<p>Circles: as printed. Bars: what the level can be on the proper scale, items turned as "
        "(lowest + highest) − x, under the conventions named above; all together weighted by "
        f"population. The last column is the place among the groups, 1 the highest.</p>{drawing}"
    )


def _legend() -> str:
    shown = "".join(
        f"<span><i class='swatch' style='background:{_WASHES[v]}'></i>{MARKS[v]} "
        f"{escape(VERDICTS[v])}</span>"
        for v in _COUNTED
    )
    return (
        f"<p class='legend'>{shown}</p><p class='small'>The number beside a figure is that of "
        "its first finding; + says that there are more.</p>"
    )


def write_audit_page(audit: Audit, path: Path) -> None:
    """Write the page beside ``path``, then rename it.

    Raises
    ------
    AttitudesError
        When the folder cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise AttitudesError(
            str(path), f"no writable folder ({error.strerror})", "a folder that exists"
        ) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(audit_page(audit))
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
