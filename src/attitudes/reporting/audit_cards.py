"""Findings, hypotheses and sentences of an audit as blocks of HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from attitudes.auditing.model import RULES, Audit, Case, ConventionFinding, Finding, Verdict
from attitudes.reporting.audit_tables import MARKS

__all__ = ["VERDICTS", "claims_table", "conventions_list", "finding_card", "findings_list"]

VERDICTS: dict[Verdict, str] = {
    "impossible": "impossible",
    "consistent_if": "possible at a price",
    "undecided": "undecided",
    "consistent": "consistent",
}
_STATUS = {
    "named": "in the smallest set that explains the report",
    "tied": "explains as much as a named one",
    "possible": "explains something, but less",
}
_FEW = 24


def chip(verdict: Verdict) -> str:
    """Return a verdict as a coloured word."""
    return f"<span class='chip {verdict}'>{MARKS[verdict]} {escape(VERDICTS[verdict])}</span>"


def findings_list(audit: Audit) -> str:
    """Return the contents: a line a finding."""
    lines = "".join(
        f"<li><a href='#finding-{n}'><span class='mark {f.verdict}'>{MARKS[f.verdict]}</span> "
        f"{escape(_short(f.cases[0].sentence))}</a>"
        f"{f' <small>+ {len(f.cases) - 1}</small>' if len(f.cases) > 1 else ''}</li>"
        for n, f in enumerate(audit.findings, 1)
    )
    return f"<ol class='contents'>{lines}</ol>"


def _short(sentence: str, longest: int = 110) -> str:
    if len(sentence) <= longest:
        return sentence
    return sentence[:longest].rpartition(" ")[0].rstrip(",;:(") + " …"


def finding_card(audit: Audit, number: int, f: Finding) -> str:
    """Return one finding: arithmetic, price, figures, assumptions, proof."""
    first, *rest = f.cases
    more = "".join(f"<li>{_case(audit, c)}</li>" for c in rest)
    others = (
        f"<details><summary>{len(rest)} more of the same kind</summary><ul>{more}</ul></details>"
        if rest
        else ""
    )
    named = {c.id: c.sentence for c in audit.conventions}
    explained = "".join(
        f"<li><a href='#convention-{escape(i)}'>{escape(named.get(i, i))}</a></li>"
        for i in f.explained_by
    )
    because = f"<p>Explained by</p><ul>{explained}</ul>" if explained else ""
    assumed = "".join(f"<li>{escape(a)}</li>" for a in f.assumptions)
    return (
        f"<article class='finding {f.verdict}' id='finding-{number}'>"
        f"<h3><span class='number'>{number}</span> {escape(RULES[f.rule])} {chip(f.verdict)}</h3>"
        f"{_case(audit, first)}{because}{others}"
        f"<details><summary>Assumed</summary><ul>{assumed}</ul></details>"
        f"{_proof(first.certificate)}</article>"
    )


def _case(audit: Audit, case: Case) -> str:
    price = f"<p class='price'>Possible if {escape(case.price)}.</p>" if case.price else ""
    return f"<p>{escape(case.sentence)}</p>{price}{_figures(audit, case.figures)}"


def _figures(audit: Audit, figures: Sequence[int]) -> str:
    """Return the figures as links to their cells."""
    links = "".join(
        f"<a href='#f{i}' title='{escape(_where(audit, i), quote=True)}'>"
        f"{escape(audit.figures[i]['printed'])}</a>"
        for i in figures[:_FEW]
    )
    left = f"<span>and {len(figures) - _FEW} more</span>" if len(figures) > _FEW else ""
    return f"<p class='figures' aria-label='Figures'>{links}{left}</p>"


def _where(audit: Audit, index: int) -> str:
    f = audit.figures[index]
    names = [audit.labels.get(f[k], f[k].replace("_", " ")) for k in ("row", "column")]
    return ", ".join([f["exhibit"].replace("_", " "), *names, f["statistic"].replace("_", " ")])


def _proof(certificate: Mapping[str, Any] | None) -> str:
    """Return a proof in words: each condition with its multiplier."""
    if certificate is None:
        return ""
    return "<details><summary>Proof</summary>" + "".join(_steps(certificate)) + "</details>"


def _steps(certificate: Mapping[str, Any]) -> list[str]:
    kind = certificate["kind"]
    if kind == "each":
        return [
            f"<p>If {escape(p['says'])}:</p>{''.join(_steps(p['certificate']))}"
            for p in certificate["proofs"]
        ]
    if kind == "no_integer":
        unit = "percentage" if certificate["percent"] else "mean"
        return [
            f"<p>No whole number over {certificate['base']} prints as the {unit} "
            f"{escape(certificate['printed'])}.</p>"
        ]
    if kind == "no_spread":
        return [
            f"<p>No {certificate['base']} whole answers from {certificate['low']} to "
            f"{certificate['high']} have mean {escape(certificate['printed'])} and standard "
            f"deviation {escape(certificate['sd'])}.</p>"
        ]
    rows = "".join(
        f"<tr><td class='n'>{escape(r['multiplier'])}</td><td>{escape(r['says'])}</td>"
        f"<td>{escape(r.get('end', ''))}</td></tr>"
        for r in certificate["rows"]
    )
    return [
        "<p>Multiplied and added, these conditions say that something that is not negative is "
        f"negative (by {escape(certificate['gap'])}).</p><table class='proof'><thead><tr>"
        "<th scope='col'>Times</th><th scope='col'>Condition</th><th scope='col'>End</th></tr>"
        f"</thead><tbody>{rows}</tbody></table>"
    ]


def conventions_list(conventions: Sequence[ConventionFinding]) -> str:
    """Return the hypotheses with what each explains and what speaks against it."""
    return "".join(
        f"<article class='convention {c.status}' id='convention-{escape(c.id)}'>"
        f"<h3>{escape(c.sentence)}</h3><p><strong>{escape(c.status.capitalize())}</strong>: "
        f"{_STATUS[c.status]}. It makes {c.explains} "
        f"{'contradiction' if c.explains == 1 else 'contradictions'} disappear and costs "
        f"{c.cost} {'departure' if c.cost == 1 else 'departures'} from the declared way.</p>"
        + (f"<p>Against it: {escape('; '.join(c.against))}.</p>" if c.against else "")
        + "</article>"
        for c in conventions
    )


def claims_table(audit: Audit) -> str:
    """Return which sentences of the report survive."""
    words = {"survives": "survives", "fails": "does not survive", "open": "open"}
    order = {"fails": 0, "open": 1, "survives": 2}
    rows = "".join(
        f"<tr class='{c.status}'><td>{escape(c.claim.replace('_', ' '))}</td>"
        f"<td>{words[c.status]}</td><td>{escape(c.reason)}</td></tr>"
        for c in sorted(audit.claims, key=lambda c: order[c.status])
    )
    return (
        "<div class='wide'><table><thead><tr><th scope='col'>Sentence</th>"
        "<th scope='col'>On the proper scale</th><th scope='col'>Because</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )
