"""Which figures a stored audit has proved to contradict others."""

from __future__ import annotations

from attitudes.auditing.store import load_audit
from attitudes.study.models import Study

__all__ = ["excluding_proofs"]


def excluding_proofs(study: Study) -> dict[tuple[str, str, str, str], str]:
    """Return figure → id of the first stored finding that it takes part in.

    Only findings that the inferred conventions do not explain away count. A pack without a stored
    audit excludes nothing.

    Raises
    ------
    StudyError
        When the stored audit is of other figures.
    """
    audit = load_audit(study)
    if audit is None:
        return {}
    out: dict[tuple[str, str, str, str], str] = {}
    for number, finding in enumerate(audit.findings, start=1):
        if finding.verdict != "impossible" or finding.explained_by:
            continue
        for position in finding.figures:
            f = audit.figures[position]
            key = (f["exhibit"], f["row"], f["column"], f["statistic"])
            out.setdefault(key, f"finding {number} ({finding.rule})")
    return out
