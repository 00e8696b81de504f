"""Which figures are proved to contradict others: proofs of the pack, and of its audit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attitudes.auditing.store import load_audit
from attitudes.errors import StudyError
from attitudes.reconstruction.exclusions import Exclusion
from attitudes.study.figures import Figure
from attitudes.study.models import Study

__all__ = ["Proofs", "excluding_proofs", "proof_ids", "proofs_json", "proofs_path"]

Proofs = dict[tuple[str, ...], str]
"""Figure (exhibit, row, column, statistic, section) → id of the proof that excludes it."""

_FILE = "proofs.json"
_RESTS_ON = {"sizes", "not_asked"}


def proofs_path(study: Study) -> Path:
    """Return where the proofs of a pack stand."""
    return study.path(_FILE)


def proof_ids(exclusions: Sequence[Exclusion]) -> list[str]:
    """Return an id a proof: P1, P2 … in their order."""
    return [f"P{number}" for number in range(1, len(exclusions) + 1)]


def excluding_proofs(study: Study, exclusions: Sequence[Exclusion] | None = None) -> Proofs:
    """Return figure → id of a proof that it cannot be printed beside others.

    Parameters
    ----------
    study
        The pack.
    exclusions
        Proofs just found; None: those kept in the pack.

    Notes
    -----
    Proofs of the reconstruction come first; where there is none, the first finding of the stored
    audit that is impossible and that no convention explains. Proofs about other figures or
    conventions than the pack's present ones, or in the form of another version, prove nothing
    about these, and are left out.
    """
    out: Proofs = {}
    if exclusions is None:
        out |= _stored(study)
    else:
        for name, e in zip(proof_ids(exclusions), exclusions, strict=True):
            out.setdefault(_key(e.figure), name)
    for key, name in _of_audit(study).items():
        out.setdefault(key, name)
    return out


def proofs_json(study: Study, exclusions: Sequence[Exclusion]) -> str:
    """Return proofs as the pack keeps them.

    Notes
    -----
    ``figures`` repeats each figure; a certificate's row points into the list of its proof's own
    figures, in which the stand-alone checker of audits looks the printed string up.
    """
    payload = {
        "hash": _hash(study),
        "proofs": [
            {
                "id": name,
                "excludes": _named(e.figure),
                "figures": [_named(f) for f in e.figures],
                "assumptions": list(e.assumptions),
                "sentence": e.sentence,
                "certificate": e.certificate,
            }
            for name, e in zip(proof_ids(exclusions), exclusions, strict=True)
        ],
    }
    return json.dumps(payload, ensure_ascii=False, indent=1) + "\n"


def _stored(study: Study) -> Proofs:
    path = proofs_path(study)
    if not path.is_file():
        return {}
    try:
        payload = json.loads(path.read_text(encoding="utf-8"))
        if payload["hash"] != _hash(study):
            return {}
        return {tuple(p["excludes"][k] for k in _KEYS): p["id"] for p in payload["proofs"]}
    except (ValueError, KeyError, TypeError) as error:
        raise StudyError(
            str(path),
            f"no proofs ({error})",
            "what attitudes reconstruct writes",
            f"run: attitudes reconstruct --study {study.root} --store",
        ) from error


def _of_audit(study: Study) -> Proofs:
    try:
        audit = load_audit(study)
    except (StudyError, KeyError, TypeError, ValueError):
        return {}
    out: Proofs = {}
    for number, finding in enumerate([] if audit is None else audit.findings, start=1):
        if audit is None or finding.verdict != "impossible" or finding.explained_by:
            continue
        for position in finding.figures:
            f = audit.figures[position]
            out.setdefault(tuple(f[k] for k in _KEYS), f"audit finding {number} ({finding.rule})")
    return out


_KEYS = ("exhibit", "row", "column", "statistic", "section")


def _key(figure: Figure) -> tuple[str, ...]:
    return (*figure.key, figure.section)


def _named(figure: Figure) -> dict[str, Any]:
    return {k: getattr(figure, k) for k in (*_KEYS[:4], "printed", "section")}


def _hash(study: Study) -> str:
    """Return the hash of all that proofs rest on: figures, codes, conventions, group sizes."""
    spec = study.reconstruction
    content = {
        "figures": [(*f.key, f.printed, f.section) for f in study.figures()],
        "responses": {
            name: [[str(c) for c in r.codes], {k: str(c) for k, c in r.missing.items()}]
            for name, r in study.responses.items()
        },
        "questions": [[q.id, q.response, q.keying, str(q.asked_of)] for q in study.questions],
        "conventions": study.conventions.model_dump(mode="json", exclude={"note"}),
        "sizes": None if spec is None else spec.model_dump(mode="json", include=_RESTS_ON),
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
