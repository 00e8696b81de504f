"""The audit of a report: every rule, the conventions that explain what they find, the order."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path

from attitudes.auditing.bare import read_bare
from attitudes.auditing.blocks import block_findings
from attitudes.auditing.codings import declared_codings
from attitudes.auditing.corrected import correct
from attitudes.auditing.explaining import (
    explained_cases,
    named_ids,
    none_ties,
    rescued,
    turning_ids,
)
from attitudes.auditing.inference import infer
from attitudes.auditing.inputs import report_of_figures, report_of_study
from attitudes.auditing.model import Assumptions, Audit, Finding
from attitudes.auditing.readings import Report
from attitudes.auditing.rules.joint import check_joint
from attitudes.auditing.rules.joint_sets import figure_level
from attitudes.auditing.rules.orders import check_orders
from attitudes.auditing.rules.patterns import check_patterns, digit_notes
from attitudes.auditing.rules.ranges import check_ranges
from attitudes.auditing.rules.repeats import check_repeats
from attitudes.auditing.rules.sums import check_sums
from attitudes.auditing.rules.whole import check_whole_answers
from attitudes.errors import OptionError, StudyError
from attitudes.numerics.printed.exact import ROUNDINGS, Rounding
from attitudes.study.figures import Figure
from attitudes.study.models import Study

__all__ = ["audit", "audit_figures", "audit_report", "contradicting_figures", "figures_hash"]

Progress = Callable[[str, int, int], None]


def _silent(_step: str, _done: int, _of: int) -> None:
    return None


def audit(
    study: Study,
    *,
    rounding: Rounding = "unknown",
    response: float = 0.8,
    base_slack: float = 0.1,
    weight_ratio: float = 1.0,
    seconds: float = 5.0,
    progress: Progress = _silent,
) -> Audit:
    """Say which published figures of a study cannot all be true, and under which assumptions.

    Parameters
    ----------
    study
        A study pack with published figures.
    rounding
        How the figures were rounded.
    response
        Smallest share of each group that answered an item.
    base_slack
        How far the base of a group may be from the printed one, as a share of it.
    weight_ratio
        Largest ratio of two respondents' weights.
    seconds
        Budget for the enumeration of contradicting sets, a question.
    progress
        Called with the step, how many are done and how many there are.

    Returns
    -------
    Audit
        Findings ordered by weight, conventions, corrected levels.

    Raises
    ------
    OptionError
        Options outside what they may be.
    StudyError
        When the pack has no published figures.

    Notes
    -----
    What is called impossible carries a certificate in exact fractions, verified before it is
    reported; :mod:`attitudes.auditing.checker` verifies it again without any solver.

    Examples
    --------
    >>> import attitudes as at
    >>> result = at.audit(at.load_study("kyrgyzstan-2023"))      # doctest: +SKIP
    >>> result.findings[0].sentence                              # doctest: +SKIP
    """
    given = _assumptions(rounding, response, base_slack, weight_ratio)
    report = report_of_study(study, rounding=rounding)
    if not report.figures:
        raise StudyError(
            f"study {study.id}",
            "no published figures",
            "a file of printed figures",
            "name it in study.yaml under published: figures",
        )
    return audit_report(
        report, given, study=study, seconds=seconds, progress=progress, name=figures_hash(study)
    )


def audit_figures(
    path: Path | str,
    *,
    scale: tuple[int, int] | None = None,
    exclusive: bool = False,
    rounding: Rounding = "unknown",
    response: float = 0.8,
    base_slack: float = 0.1,
    weight_ratio: float = 1.0,
    seconds: float = 5.0,
    progress: Progress = _silent,
) -> Audit:
    """Audit a CSV of figures that belongs to no pack.

    Parameters
    ----------
    path
        Columns ``exhibit,row,column,statistic,printed`` and, if any, ``section``, ``base`` (or
        ``n``) and ``sd``. Columns of one exhibit are the groups of one breakdown.
    scale
        Ends of the response scale of all means.
    exclusive
        Whether the named shares of one row exclude each other.

    The other parameters are those of :func:`audit`.
    """
    figures, extras = read_bare(Path(path))
    given = _assumptions(rounding, response, base_slack, weight_ratio)
    report = report_of_figures(
        figures, rounding=rounding, scale=scale, exclusive=exclusive, extras=extras
    )
    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    return audit_report(report, given, seconds=seconds, progress=progress, name=digest)


def contradicting_figures(
    study: Study,
    question: str,
    *,
    rounding: Rounding = "unknown",
    response: float = 0.8,
    base_slack: float = 0.1,
    weight_ratio: float = 1.0,
    seconds: float = 10.0,
) -> tuple[tuple[Figure, ...], ...]:
    """Return minimal sets of single figures of a question that cannot all be true.

    Parameters
    ----------
    study
        A study pack with published figures.
    question
        An item, a scale or a question of the codebook.
    seconds
        Budget; sets that are not narrowed by then are left out.

    The other parameters are those of :func:`audit`.

    Returns
    -------
    tuple of tuple of Figure
        One set for each minimal contradicting set of tables: no figure of it can be spared.

    Raises
    ------
    OptionError
        A question that the figures do not know.
    """
    given = _assumptions(rounding, response, base_slack, weight_ratio)
    report = report_of_study(study, rounding=rounding)
    if question not in report.answers:
        raise OptionError.unknown("question", "name", question, report.answers)
    inferred = infer(report, given)
    codings = declared_codings(report, question, inferred.turning.shift)
    sets = figure_level(
        report, question, codings, given, plain=inferred.totals.plain, seconds=seconds
    )
    return tuple(tuple(report.figures[i] for i in chosen) for chosen in sets)


def _assumptions(
    rounding: Rounding, response: float, base_slack: float, weight_ratio: float
) -> Assumptions:
    if rounding not in ROUNDINGS:
        raise OptionError.unknown("rounding", "rule", rounding, ROUNDINGS)
    if not 0 < response <= 1:
        raise OptionError("response", str(response), "a share above 0, at most 1")
    if not 0 <= base_slack < 1:
        raise OptionError("base_slack", str(base_slack), "a share from 0 to below 1")
    if weight_ratio < 1:
        raise OptionError("weight_ratio", str(weight_ratio), "a ratio of at least 1")
    exact = [Fraction(str(v)) for v in (response, base_slack, weight_ratio)]
    return Assumptions(rounding, *exact)


def figures_hash(study: Study) -> str:
    """Return the hash of all that findings about a study depend on, which wordings are not."""
    content = {
        "figures": [(*f.key, f.printed, f.section) for f in study.figures()],
        "claims": [repr(c) for c in study.claims()],
        "responses": {
            k: r.model_dump(mode="json", exclude={"answers", "scores_note"})
            | {"answers": [str(code) for code in r.answers]}
            for k, r in study.responses.items()
        },
        "questions": [
            q.model_dump(mode="json", include={"id", "response", "keying", "scale", "asked_of"})
            for q in study.questions
        ],
        "breakdowns": [
            b.model_dump(mode="json", include={"id", "order"}) for b in study.breakdowns
        ],
        "conventions": study.conventions.model_dump(
            mode="json", exclude={"note": True, "rules": {"__all__": {"evidence"}}}
        ),
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def audit_report(
    report: Report,
    assumptions: Assumptions,
    *,
    study: Study | None = None,
    seconds: float = 5.0,
    progress: Progress = _silent,
    name: str = "",
) -> Audit:
    """Audit readings: all rules, in order, and what explains their findings."""
    start = time.perf_counter()
    steps = _Steps(progress, len(report.answers) + 7)
    steps("conventions")
    inferred = infer(report, assumptions)
    findings: list[Finding] = []
    for label, check in (
        ("sums", check_sums),
        ("ranges", check_ranges),
        ("whole answers", check_whole_answers),
        ("printed twice", partial(check_repeats, plain=inferred.totals.plain)),
        ("sentences", check_orders),
        ("patterns", check_patterns),
    ):
        steps(label)
        findings += check(report, assumptions)
    findings += [*inferred.totals.findings, *block_findings(report, inferred.blocks)]
    findings = [part for f in findings for part in explained_cases(f, inferred, report)]
    findings += check_joint(
        report,
        assumptions,
        shift=inferred.turning.shift,
        final=lambda q, t: inferred.coding(report, q, t),
        none_tables=inferred.explained.none,
        plain=inferred.totals.plain,
        none_ids=named_ids(inferred, "nonsubstantive"),
        ties=none_ties(inferred, report),
        turning_ids=turning_ids(inferred),
        seconds=seconds,
        progress=steps,
    )
    findings = [rescued(f, inferred) for f in findings]
    findings.sort(key=lambda f: -f.weight)
    corrected, claims = correct(report, inferred.coding, study, findings)
    return Audit(
        figures=tuple(
            {
                "exhibit": f.exhibit,
                "row": f.row,
                "column": f.column,
                "statistic": f.statistic,
                "printed": f.printed,
                "section": f.section,
            }
            for f in report.figures
        ),
        findings=tuple(findings),
        conventions=inferred.conventions,
        corrected=corrected,
        claims=claims,
        notes=(*digit_notes(report), *report.unread),
        assumptions=assumptions,
        figures_hash=name,
        labels=_labels(report),
        seconds=time.perf_counter() - start,
    )


def _labels(report: Report) -> dict[str, str]:
    """Return the words of every name that a figure, a question or a group has."""
    names = {n for f in report.figures for n in (f.row, f.column)}
    names |= {g for groups in report.groups.values() for g in groups} | set(report.answers)
    return {n: report.label(n) for n in sorted(names) if n}


class _Steps:
    """Counts steps for a progress display."""

    def __init__(self, progress: Progress, of: int) -> None:
        self.progress, self.done, self.of = progress, 0, of

    def __call__(self, step: str) -> None:
        self.progress(step, self.done, self.of)
        self.done = min(self.done + 1, self.of)
