"""Respondents that print a report's figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from attitudes.numerics.design import FloatArray
from attitudes.reconstruction.answers import deal
from attitudes.reconstruction.exclusions import Exclusion
from attitudes.reconstruction.latent import Latents, draw_latents
from attitudes.reconstruction.people import invent_people, reconstruction_of
from attitudes.reconstruction.plans import Questions
from attitudes.reconstruction.questions import ColumnPlan
from attitudes.study.figures import Figure
from attitudes.study.models import Study
from attitudes.study.questions import Question
from attitudes.survey.design import SurveyDesign
from attitudes.survey.ledger import Ledger, Step
from attitudes.survey.survey import Survey

__all__ = ["Reconstruction", "reconstruct"]

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """Reconstructed respondents.

    Attributes
    ----------
    survey
        The respondents, marked as reconstructed.
    seed
        Seed that makes them again; None when a generator of unknown seed was given.
    unreached
        Figures of cells that the integer programmes could not print, by column of answers.
    attempted
        Number of figures that the programmes sought.
    unreached_bound
        Proven lower bound on the number of them that any respondents miss, question by question.
    exclusions
        Proofs that figures cannot be printed beside those that are.
    """

    survey: Survey
    seed: int | None
    unreached: Mapping[str, tuple[Figure, ...]]
    attempted: int
    unreached_bound: int
    exclusions: tuple[Exclusion, ...] = ()

    def __repr__(self) -> str:
        missed = sum(len(f) for f in self.unreached.values())
        return (
            f"Reconstruction: {self.survey.n} respondents, seed {self.seed}; "
            f"{self.attempted - missed} of {self.attempted} figures of single questions printed "
            f"(at least {self.unreached_bound} cannot be)"
        )


def reconstruct(
    study: Study,
    *,
    rng: np.random.Generator | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Reconstruction:
    """Make respondents whose tables, as published, print the report's figures.

    Parameters
    ----------
    study
        A pack with published figures and a declared reconstruction.
    rng
        Source of all chance; or
    seed
        a seed for one. Default: the pack's own seed.
    progress
        Called with questions done, questions in all, and what is worked on.

    Returns
    -------
    Reconstruction

    Raises
    ------
    StudyError
        When the pack declares no reconstruction.
    EstimationError
        When figures that must be printed cannot be.

    Notes
    -----
    Every printed mean or percentage is a ratio of linear forms in the counts of answers of a
    group, or a plain mean of such ratios. Question by question, an integer programme finds counts
    of the answers by all the groups that print the cells of the tables that must come out and as
    many other figures as can be printed together. A linear programme tells each question where
    within their printed intervals its means should lie for the totals, of several questions, to
    print as well. Counts in the crossed groups have maximum entropy, and people get the answers
    in the order of latent variables that tie the items of a scale together.
    """
    spec = reconstruction_of(study)
    if rng is None:
        seed = spec.seed if seed is None else seed
        rng = np.random.default_rng(seed)
    people = invent_people(study, rng)
    made = Questions(study, people, rng)
    scales = [s.id for s in study.scales]
    psu = np.unique(people["psu"].astype(str), return_inverse=True)[1]
    latents = draw_latents(psu, scales, spec.icc, spec.factor_correlation, rng)
    todo = [q for q in study.questions if q.id not in people.columns and q.derive is None]
    for done, question in enumerate(todo):
        if progress is not None:
            progress(done, len(todo), question.id)
        for column in study.columns_of(question.id):
            if question.scale is not None:
                made.plan(column)
            else:
                plan = made.settle(column)
                noise = _Noise.draw(latents, rng)
                people[column] = _answers(study, question, plan, latents, noise, 0.5)
    made.repair()
    plans = list(made.plans.values())
    for scale in scales:
        for name, values in _scale_answers(study, scale, plans, latents, rng).items():
            people[name] = values
    if progress is not None:
        progress(len(todo), len(todo), "done")
    unreached = {p.column: tuple(u.figure for u in p.unreached) for p in plans if p.unreached}
    return Reconstruction(
        _survey(study, people, seed),
        seed,
        unreached,
        sum(len(own) for own in made.printed.values()),
        sum(p.unreached_bound for p in plans),
        made.exclusions(),
    )


@dataclass(frozen=True, slots=True)
class _Noise:
    """What is one column's own: noise of inclination and of silence."""

    own: FloatArray
    silence: FloatArray

    @classmethod
    def draw(cls, latents: Latents, rng: np.random.Generator) -> _Noise:
        n = len(latents.silence)
        return cls(rng.standard_normal(n), latents.unwillingness(rng))


def _answers(
    study: Study,
    question: Question,
    plan: ColumnPlan,
    latents: Latents,
    noise: _Noise,
    loading: float,
) -> pd.Series[Any]:
    """Return the codes of a column, for people in their order; not asked where they were not."""
    response = study.response_of(plan.column)
    factor = latents.factors[question.scale or ""]
    inclination = loading * factor + np.sqrt(1.0 - loading**2) * noise.own
    answers = list(range(plan.codes.n_answers))
    if response.scores:
        answers.sort(key=lambda k: response.scores.get(plan.codes.codes[k], 0.0))
    if question.keying == "-":
        answers.reverse()
    codes = deal(
        plan.place,
        plan.table,
        np.array(answers, dtype=np.int64),
        np.arange(plan.codes.n_answers, len(plan.codes.codes)),
        inclination[plan.asked],
        noise.silence[plan.asked],
    )
    values = np.empty(len(plan.asked), dtype=object)
    values[:] = response.missing.get("not_asked")
    values[plan.asked] = np.array(plan.codes.codes, dtype=object)[codes]
    numeric = all(isinstance(v, int) for v in set(values))
    return pd.Series(values.astype(np.int8) if numeric else values)


def _scale_answers(
    study: Study,
    scale: str,
    plans: list[ColumnPlan],
    latents: Latents,
    rng: np.random.Generator,
) -> dict[str, pd.Series[Any]]:
    """Return the answers to a scale's items, tied together to the declared reliability."""
    target = reconstruction_of(study).reliability
    items = {q.id: q for q in study.items(scale)}
    own = [p for p in plans if p.column in items]
    noises = [_Noise.draw(latents, rng) for _ in own]
    low, high = 0.0, 0.98
    dealt: dict[str, pd.Series[Any]] = {}
    for _ in range(7):
        loading = (low + high) / 2
        dealt = {
            p.column: _answers(study, items[p.column], p, latents, noise, loading)
            for p, noise in zip(own, noises, strict=True)
        }
        if len(own) < 2:
            break
        if _alpha(study, dealt) < target:
            low = loading
        else:
            high = loading
    return dealt


def _alpha(study: Study, dealt: Mapping[str, pd.Series[Any]]) -> float:
    columns = {}
    for name, values in dealt.items():
        number = values.astype(np.float64)
        missing = list(study.missing_codes(name).values())
        kept = number.where(~values.isin(missing))
        columns[name] = -kept if study.question(name).keying == "-" else kept
    covariance = pd.DataFrame(columns).cov().to_numpy()
    k = len(columns)
    return float(k / (k - 1) * (1.0 - np.trace(covariance) / covariance.sum()))


def _survey(study: Study, people: pd.DataFrame, seed: int | None) -> Survey:
    design = SurveyDesign(weight="weight", stratum="stratum", psu="psu")
    first = [
        "respondent",
        *(v for v in people.columns if study.has(str(v)) and v in _groups(study)),
    ]
    last = [n for n in ("stratum", "psu", "probability", "weight") if n in people.columns]
    middle = [c for q in study.questions for c in study.columns_of(q.id) if c not in first]
    frame = people[[*first, *(c for c in middle if c in people.columns), *last]].copy()
    frame["provenance"] = "reconstructed"
    if seed is not None:
        frame["seed"] = seed
    step = Step(
        "reconstruct",
        {"seed": seed},
        f"{len(frame)} respondents reconstructed from published figures (seed {seed})",
    )
    ledger = Ledger("reconstruction", len(frame), len(frame))
    return Survey(frame, design, study, ledger, (step,), provenance="reconstructed")


def _groups(study: Study) -> set[str]:
    spec = reconstruction_of(study)
    design = study.design.allocation
    extra = study.table(design).columns if design is not None else ()
    return {*spec.sizes, *extra}
