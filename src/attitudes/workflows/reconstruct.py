"""The verb `reconstruct`: respondents, their ledger, and the files that hold both."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from attitudes.errors import AttitudesError, OptionError, StudyError
from attitudes.reconstruction.attack import Attack, attack_questions, require_figures
from attitudes.reconstruction.attack_input import questions_of_csv, questions_of_study
from attitudes.reconstruction.reconstruct import Progress, Reconstruction, reconstruct
from attitudes.reconstruction.spread import Spread, spread
from attitudes.study.models import Study
from attitudes.study.text import text_in
from attitudes.workflows.ledger import LedgerLine, figure_ledger, ledger_csv
from attitudes.workflows.proofs import excluding_proofs, proofs_json, proofs_path
from attitudes.workflows.validate import expected_csv

__all__ = [
    "ReconstructionResult",
    "attack_csv",
    "attack_figures",
    "check_out",
    "compare_seeds",
    "ledger_text",
    "marked_path",
    "metadata_json",
    "metadata_path",
    "pack_files",
    "reconstruct_study",
    "respondents_csv",
]

MARK = "reconstructed"


@dataclass(frozen=True, slots=True)
class ReconstructionResult:
    """Reconstructed respondents and what became of each figure.

    Attributes
    ----------
    reconstruction
        The respondents and how far the integer programmes got.
    ledger
        One line a published figure, from the ordinary table code.
    study
        The pack.
    """

    reconstruction: Reconstruction
    ledger: tuple[LedgerLine, ...]
    study: Study

    @property
    def cells(self) -> tuple[int, int]:
        """Return how many cells of published tables and charts are printed, and how many seek."""
        exhibits = {e.figures_id for e in self.study.exhibits}
        inside = [
            line
            for line in self.ledger
            if line.figure.exhibit in exhibits and line.status != "not_computable"
        ]
        return sum(line.status == "reproduced" for line in inside), len(inside)

    def to_dict(self) -> dict[str, Any]:
        """Return the result for JSON."""
        made = self.reconstruction
        statuses = [line.status for line in self.ledger]
        reached, cells = self.cells
        return {
            "provenance": MARK,
            "seed": made.seed,
            "respondents": made.survey.n,
            "statuses": {s: statuses.count(s) for s in sorted(set(statuses))},
            "cells": cells,
            "cells_reproduced": reached,
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
    ledger = figure_ledger(made.survey, excluding_proofs(study, made.exclusions))
    return ReconstructionResult(made, ledger, study)


def compare_seeds(
    study: Study,
    count: int,
    *,
    first: ReconstructionResult,
    progress: Progress | None = None,
) -> Spread:
    """Reconstruct with further seeds and tell how much the respondents differ.

    Parameters
    ----------
    study
        The pack.
    count
        How many seeds in all: that of ``first`` and the numbers after it.
    first
        The reconstruction at hand.
    progress
        Called with questions done, questions in all, and what is worked on.

    Raises
    ------
    OptionError
        When there is nothing to compare.
    """
    seed = first.reconstruction.seed
    if count < 2 or seed is None:
        raise OptionError("--seeds", str(count), "2 or more")
    surveys, seeds = [first.reconstruction.survey], [seed]
    for number in range(1, count):
        seeds.append(seed + number)
        surveys.append(reconstruct(study, seed=seed + number, progress=progress).survey)
    return spread(surveys, study, seeds)


def respondents_csv(result: ReconstructionResult) -> str:
    """Return the respondents as CSV; each row says that it is reconstructed."""
    text: str = result.reconstruction.survey.frame.to_csv(index=False, lineterminator="\n")
    return text


def metadata_json(result: ReconstructionResult, name: str) -> str:
    """Return what goes beside a file of reconstructed respondents: what they are, and from what.

    Parameters
    ----------
    result
        The reconstruction.
    name
        Name of the file.
    """
    study, made = result.study, result.reconstruction
    payload = {
        "file": name,
        "provenance": MARK,
        "statement": (
            "Nobody gave these answers. They were reconstructed from published figures; structure "
            "that the figures do not print is invented. They are not data of the survey."
        ),
        "study": study.id,
        "seed": made.seed,
        "respondents": made.survey.n,
        "invented": _invented(study),
        "sha256": hashlib.sha256(respondents_csv(result).encode()).hexdigest(),
    }
    return json.dumps(payload, ensure_ascii=False, indent=1) + "\n"


def _invented(study: Study) -> str | None:
    spec = study.reconstruction
    return None if spec is None or spec.reason is None else text_in(spec.reason)


def metadata_path(out: Path) -> Path:
    """Return the file that goes beside respondents, with the mark in its name."""
    return out.with_name(f"{out.stem}.{MARK}.json")


def marked_path(study: Study, out: Path, seed: int | None) -> Path:
    """Return where respondents go: the file named, or one with the mark in the folder named."""
    if out.is_dir():
        return out / f"{study.id}.{MARK}.seed{seed}.csv"
    return out


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


def pack_files(result: ReconstructionResult) -> dict[Path, str]:
    """Return the files of a pack that hold its reconstruction, and their texts.

    Raises
    ------
    StudyError
        When the pack names no file for respondents or expectations, or the seed is not its own.
    """
    study, spec = result.study, result.study.reconstruction
    if study.data.file is None or study.published.expected is None:
        raise StudyError(
            f"study {study.id}",
            "no file for respondents or for expectations",
            "data: file and published: expected in study.yaml",
        )
    if spec is None or result.reconstruction.seed != spec.seed:
        raise StudyError(
            f"study {study.id}, reconstruction, seed",
            f"respondents of seed {result.reconstruction.seed}",
            "the seed that study.yaml declares",
        )
    own = study.path(study.data.file)
    return {
        own: respondents_csv(result),
        metadata_path(own): metadata_json(result, own.name),
        proofs_path(study): proofs_json(study, result.reconstruction.exclusions),
        study.path(study.published.expected): expected_csv(result.ledger),
    }


def ledger_text(result: ReconstructionResult) -> str:
    """Return the ledger of figures as CSV."""
    return ledger_csv(result.ledger)


def attack_figures(
    source: Study | Path,
    *,
    scale: tuple[int, int] | None = None,
    exclusive: bool = False,
    minimum_base: int = 30,
    response: float = 0.8,
    progress: Progress | None = None,
) -> Attack:
    """Bound how many of each group gave each answer, from printed figures alone.

    Parameters
    ----------
    source
        A pack, whose codebook and conventions are used; or a CSV of figures.
    scale, exclusive
        How to read a CSV: ends of the response scale, and whether shares of a row exclude each
        other.
    minimum_base
        Groups with fewer respondents are named first.
    response
        Smallest share of each group that is taken to have answered.
    progress
        Called with questions done, questions in all, and what is worked on.

    Raises
    ------
    OptionError, EstimationError
        Options out of range; no figure that can be read.
    """
    if not 0 < response <= 1:
        raise OptionError("--response", str(response), "a share above 0, at most 1")
    if minimum_base < 1:
        raise OptionError("--minimum-base", str(minimum_base), "a number of at least 1")
    if isinstance(source, Study):
        questions, where = questions_of_study(source), f"study {source.id}"
    else:
        questions = questions_of_csv(source, scale=scale, exclusive=exclusive)
        where = str(source)
    require_figures(questions, where)
    return attack_questions(
        questions, minimum_base=minimum_base, response=response, progress=progress
    )


def attack_csv(result: Attack) -> str:
    """Return the bounds as CSV, small groups first."""
    rows: Sequence[dict[str, Any]] = [a.to_dict() for a in result.answers]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
