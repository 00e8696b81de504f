"""An audit as JSON, and results stored in a pack under the hash of its figures."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from attitudes.auditing.audit import figures_hash
from attitudes.auditing.model import (
    Assumptions,
    Audit,
    Case,
    ConventionFinding,
    Corrected,
    CorrectedClaim,
    Finding,
)
from attitudes.errors import StudyError
from attitudes.study.models import Study

__all__ = ["audit_from_json", "audit_to_json", "load_audit", "save_audit", "stored_path"]

_FILE = "audit.json"


def audit_to_json(audit: Audit) -> dict[str, Any]:
    """Return an audit as JSON can hold it: figures are repeated where findings use them."""

    def named(positions: tuple[int, ...]) -> list[dict[str, str]]:
        keys = ("exhibit", "row", "column", "statistic", "printed")
        return [{k: audit.figures[i][k] for k in keys} for i in positions]

    given = audit.assumptions
    return {
        "figures_hash": audit.figures_hash,
        "assumptions": {
            "rounding": given.rounding,
            "response": str(given.response),
            "base_slack": str(given.base_slack),
            "weight_ratio": str(given.weight_ratio),
        },
        "findings": [
            {
                "rule": f.rule,
                "kind": f.kind,
                "verdict": f.verdict,
                "figures": named(f.figures),
                "assumptions": list(f.assumptions),
                "certificate": f.cases[0].certificate,
                "price": f.price,
                "sentence": f.sentence,
                "explained_by": list(f.explained_by),
                "cases": [
                    {
                        "figures": list(c.figures),
                        "sentence": c.sentence,
                        "certificate": c.certificate,
                        "price": c.price,
                        "size": c.size,
                        "removals": [list(r) for r in c.removals],
                    }
                    for c in f.cases
                ],
            }
            for f in audit.findings
        ],
        "conventions": [
            {
                "id": c.id,
                "kind": c.kind,
                "tables": list(c.tables),
                "items": list(c.items),
                "columns": list(c.columns),
                "value": c.value,
                "status": c.status,
                "explains": c.explains,
                "figures": list(c.figures),
                "cost": c.cost,
                "against": list(c.against),
                "sentence": c.sentence,
            }
            for c in audit.conventions
        ],
        "corrected": [
            {
                "scale": c.scale,
                "breakdown": c.breakdown,
                "group": c.group,
                "printed": c.printed,
                "low": str(c.low),
                "high": str(c.high),
                "interval": c.text,
                "rank_low": c.rank_low,
                "rank_high": c.rank_high,
                "how": c.how,
            }
            for c in audit.corrected
        ],
        "claims": [
            {"claim": c.claim, "status": c.status, "reason": c.reason} for c in audit.claims
        ],
        "notes": list(audit.notes),
        "labels": dict(audit.labels),
        "figures": [dict(f) for f in audit.figures],
    }


def audit_from_json(payload: Mapping[str, Any]) -> Audit:
    """Return the audit that :func:`audit_to_json` wrote."""
    given = payload["assumptions"]
    return Audit(
        figures=tuple(payload["figures"]),
        findings=tuple(_finding(f) for f in payload["findings"]),
        conventions=tuple(_convention(c) for c in payload["conventions"]),
        corrected=tuple(_corrected(c) for c in payload["corrected"]),
        claims=tuple(CorrectedClaim(**c) for c in payload["claims"]),
        notes=tuple(payload["notes"]),
        assumptions=Assumptions(
            given["rounding"],
            Fraction(given["response"]),
            Fraction(given["base_slack"]),
            Fraction(given["weight_ratio"]),
        ),
        figures_hash=payload["figures_hash"],
        labels=payload["labels"],
    )


def _finding(f: Mapping[str, Any]) -> Finding:
    cases = tuple(
        Case(
            **{
                **c,
                "figures": tuple(c["figures"]),
                "removals": tuple(tuple(r) for r in c["removals"]),
            }
        )
        for c in f["cases"]
    )
    return Finding(
        f["rule"], f["kind"], f["verdict"], tuple(f["assumptions"]), cases, tuple(f["explained_by"])
    )


def _convention(c: Mapping[str, Any]) -> ConventionFinding:
    lists = ("tables", "items", "columns", "figures", "against")
    return ConventionFinding(**{**c, **{k: tuple(c[k]) for k in lists}})


def _corrected(c: Mapping[str, Any]) -> Corrected:
    kept = {k: v for k, v in c.items() if k != "interval"}
    return Corrected(**{**kept, "low": Fraction(c["low"]), "high": Fraction(c["high"])})


def stored_path(study: Study) -> Path:
    """Return where the stored audit of a pack stands."""
    return study.path(_FILE)


def save_audit(study: Study, audit: Audit) -> Path:
    """Write an audit into its pack, beside and then renamed; return the path."""
    path = stored_path(study)
    text = json.dumps(audit_to_json(audit), ensure_ascii=False, separators=(",", ":")) + "\n"
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def load_audit(study: Study) -> Audit | None:
    """Return the stored audit of a pack, None when there is none.

    Raises
    ------
    StudyError
        When the figures, claims or codebook have changed since it was stored, or the file is no
        stored audit.
    """
    path = stored_path(study)
    if not path.exists():
        return None
    try:
        payload = json.loads(path.read_text(encoding="utf-8"))
        key = payload["figures_hash"]
        stored = audit_from_json(payload) if key == figures_hash(study) else None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StudyError(
            str(path),
            "no audit that can be read",
            "the JSON that attitudes audit --store writes",
            f"run: attitudes audit --study {study.root} --store",
        ) from error
    if stored is None:
        raise StudyError(
            str(path),
            "an audit of other figures",
            "the audit of the pack's present figures",
            f"run: attitudes audit --study {study.root} --store",
        )
    return stored
