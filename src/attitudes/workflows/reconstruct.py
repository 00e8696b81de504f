"""The verb `reconstruct`: respondents, their ledger, and the files that hold both."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from attitudes.errors import AttitudesError
from attitudes.reconstruction.reconstruct import Progress, Reconstruction, reconstruct
from attitudes.study.models import Study
from attitudes.workflows.ledger import LedgerLine, figure_ledger, ledger_csv
from attitudes.workflows.proofs import excluding_proofs

__all__ = ["ReconstructionResult", "reconstruct_study", "respondents_csv"]


@dataclass(frozen=True, slots=True)
class ReconstructionResult:
    """Reconstructed respondents and what became of each figure.

    Attributes
    ----------
    reconstruction
        The respondents and how far the integer programmes got.
    ledger
        One line a published figure, from the ordinary table code.
    """

    reconstruction: Reconstruction
    ledger: tuple[LedgerLine, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the result for JSON."""
        made = self.reconstruction
        statuses = [line.status for line in self.ledger]
        return {
            "provenance": "reconstructed",
            "seed": made.seed,
            "respondents": made.survey.n,
            "statuses": {s: statuses.count(s) for s in sorted(set(statuses))},
            "attempted": made.attempted,
            "unreached": sum(len(f) for f in made.unreached.values()),
            "unreached_bound": made.unreached_bound,
            "figures": [line.to_dict() for line in self.ledger],
        }


def reconstruct_study(
    study: Study,
    *,
    seed: int | None = None,
    rng: np.random.Generator | None = None,
    progress: Progress | None = None,
) -> ReconstructionResult:
    """Reconstruct respondents and put them through the ordinary table code.

    Parameters
    ----------
    study
        The pack.
    seed, rng
        Source of chance; default: the pack's seed.
    progress
        Called with questions done, questions in all, and what is worked on.
    """
    made = reconstruct(study, rng=rng, seed=seed, progress=progress)
    return ReconstructionResult(made, figure_ledger(made.survey, excluding_proofs(study)))


def respondents_csv(result: ReconstructionResult) -> str:
    """Return the respondents as CSV; each row says that it is reconstructed."""
    text: str = result.reconstruction.survey.frame.to_csv(index=False, lineterminator="\n")
    return text


def check_out(study: Study, out: Path) -> None:
    """Refuse to write over the pack's own respondents.

    Raises
    ------
    AttitudesError
        When ``out`` is a file of the pack.
    """
    own = study.data.file
    if own is not None and out.resolve() == study.path(own).resolve():
        raise AttitudesError(
            f"--out {out}", "the pack's own respondents", "another file", "or pass --replace"
        )


def ledger_text(result: ReconstructionResult) -> str:
    """Return the ledger of figures as CSV."""
    return ledger_csv(result.ledger)
