"""Checks between the parts of a pack: every name is known, once, and fits what it is used for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from attitudes.errors import suggest
from attitudes.study.exhibits import Exhibit
from attitudes.study.models import Study

__all__ = ["Problem", "check_study"]

Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with a pack.

    Attributes
    ----------
    key
        Where: keys and positions from the top of the file.
    found, allowed, remedy
        As in an error.
    """

    key: Key
    found: str
    allowed: str
    remedy: str | None = None


def check_study(study: Study) -> tuple[Problem, ...]:
    """Return all that does not fit in a study, in the order of its parts."""
    return (
        *_repeated(study),
        *_questions(study),
        *_scales(study),
        *_breakdowns(study),
        *_weighting(study),
        *_conventions(study),
        *_exhibits(study),
        *_languages(study),
        *_files(study),
    )


def _unknown(key: Key, kind: str, name: object, known: Iterable[object]) -> Problem:
    names = [str(k) for k in known]
    near = suggest(str(name), names)
    shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    remedy = f"did you mean {near!r}?" if near else None
    return Problem(key, f"unknown {kind} {str(name)!r}", shown or "none is declared", remedy)


def _repeated(study: Study) -> Iterator[Problem]:
    for part in ("questions", "scales", "breakdowns", "sections", "exhibits"):
        seen: set[str] = set()
        for at, entry in enumerate(getattr(study, part)):
            if entry.id in seen:
                yield Problem((part, at, "id"), f"{entry.id!r} a second time", "each id once")
            seen.add(entry.id)


def _questions(study: Study) -> Iterator[Problem]:
    scales = [s.id for s in study.scales]
    ids = list(study.ids())
    for at, question in enumerate(study.questions):
        key: Key = ("questions", at)
        if question.response not in study.responses:
            name = question.response
            yield _unknown((*key, "response"), "response scale", name, study.responses)
        elif question.keying == "-" and study.responses[question.response].low is None:
            yield Problem((*key, "keying"), "'-'", "'+', as the response scale has no ends")
        if question.scale is not None and question.scale not in scales:
            yield _unknown((*key, "scale"), "scale", question.scale, scales)
        if question.scale is not None and question.keying is None:
            yield Problem((*key, "keying"), "nothing", "'+' or '-' for an item of a scale")
        for name, answers in question.asked_of.items():
            yield from _answers(study, (*key, "asked_of", name), name, answers)
        if question.derive is not None:
            if question.derive.source not in ids:
                yield _unknown((*key, "derive", "from"), "variable", question.derive.source, ids)
            yield from _answers(
                study, (*key, "derive", "groups"), question.id, question.derive.groups
            )


def _answers(study: Study, key: Key, name: str, answers: Iterable[int | str]) -> Iterator[Problem]:
    if not study.has(name):
        yield _unknown(key, "question", name, study.ids())
        return
    response = study.responses.get(study.question(name).response)
    if response is None:
        return
    for answer in answers:
        if answer not in response.codes:
            yield _unknown(key, f"answer to {name}", answer, response.codes)


def _scales(study: Study) -> Iterator[Problem]:
    for at, scale in enumerate(study.scales):
        items = [q for q in study.questions if q.scale == scale.id]
        if not items:
            yield Problem(("scales", at, "id"), f"{scale.id!r} without items", "at least one item")
        elif scale.minimum_answered > len(items):
            found = str(scale.minimum_answered)
            yield Problem(
                ("scales", at, "minimum_answered"), found, f"at most {len(items)}, its items"
            )
        elif len({q.response for q in items}) > 1:
            found = ", ".join(sorted({q.response for q in items}))
            yield Problem(
                ("scales", at, "id"), f"items on the scales {found}", "one response scale"
            )


def _breakdowns(study: Study) -> Iterator[Problem]:
    for at, breakdown in enumerate(study.breakdowns):
        key: Key = ("breakdowns", at)
        if not study.has(breakdown.id):
            yield _unknown((*key, "id"), "variable", breakdown.id, study.ids())
            continue
        yield from _answers(study, (*key, "order"), breakdown.id, breakdown.order)
        response = study.responses.get(study.question(breakdown.id).response)
        if response is not None and response.kind in ("numeric", "multiple"):
            yield Problem((*key, "id"), f"a {response.kind} variable", "a nominal or ordinal one")


def _weighting(study: Study) -> Iterator[Problem]:
    for at, step in enumerate(study.weighting):
        for name in step.totals:
            if name not in study.totals:
                yield _unknown(("weighting", at, "totals"), "totals table", name, study.totals)


def _conventions(study: Study) -> Iterator[Problem]:
    rows = [*study.ids(), *(s.id for s in study.scales), "total"]
    for at, rule in enumerate(study.conventions.rules):
        for pattern in rule.items:
            if not any(fnmatchcase(name, pattern) for name in rows):
                yield _unknown(("conventions", "rules", at, "items"), "item", pattern, rows)
        if not rule.settings():
            yield Problem(("conventions", "rules", at), "a rule that sets nothing", "a setting")


def _exhibits(study: Study) -> Iterator[Problem]:
    sections = [s.id for s in study.sections]
    breakdowns = [b.id for b in study.breakdowns]
    scales = [s.id for s in study.scales]
    for at, exhibit in enumerate(study.exhibits):
        key: Key = ("exhibits", at)
        if exhibit.section not in sections:
            yield _unknown((*key, "section"), "section", exhibit.section, sections)
        for name in exhibit.questions:
            if not study.has(name):
                yield _unknown((*key, "questions"), "question", name, study.ids())
        for part, names in (("scales", exhibit.scales), ("x", [exhibit.x]), ("y", [exhibit.y])):
            for scale in names or ():
                if scale is not None and scale not in scales:
                    yield _unknown((*key, part), "scale", scale, scales)
        if exhibit.breakdown is not None and exhibit.breakdown not in breakdowns:
            yield _unknown((*key, "breakdown"), "breakdown", exhibit.breakdown, breakdowns)
        elif exhibit.breakdown is not None:
            yield from _answers(study, (*key, "order"), exhibit.breakdown, exhibit.order)
        yield from _shown(study, key, exhibit)


def _shown(study: Study, key: Key, exhibit: Exhibit) -> Iterator[Problem]:
    asked = {q.id for q in study.questions if q.scale in exhibit.scales} | set(exhibit.questions)
    for question in (q for q in study.questions if q.id in asked):
        response = study.responses.get(question.response)
        if response is None:
            continue
        if exhibit.box is not None and exhibit.box not in response.boxes:
            yield _unknown((*key, "box"), f"box of {question.id}", exhibit.box, response.boxes)
        yield from _answers(study, (*key, "answers"), question.id, exhibit.answers)
        bare = response.kind in ("nominal", "multiple") and not response.scores
        if exhibit.is_table and exhibit.kind == "means" and bare:
            yield Problem(
                (*key, "questions"),
                f"{question.id!r}, answers without numbers",
                "questions on an ordinal or numeric scale, or one with scores",
            )


def _languages(study: Study) -> Iterator[Problem]:
    for at, code in enumerate(study.unreviewed):
        if code not in study.languages:
            yield _unknown(("unreviewed", at), "language", code, study.languages)


def _files(study: Study) -> Iterator[Problem]:
    named: list[tuple[Key, str | None]] = [
        (("published", part), getattr(study.published, part))
        for part in ("figures", "claims", "indicators")
    ]
    named += [(("totals", name, "file"), table.file) for name, table in study.totals.items()]
    named += [(("design", part), getattr(study.design, part)) for part in ("allocation", "frame")]
    for at, exhibit in enumerate(study.exhibits):
        named.append((("exhibits", at, "file"), exhibit.file))
        if exhibit.geometry is not None:
            named.append((("exhibits", at, "geometry", "file"), exhibit.geometry.file))
    for key, file in named:
        if file is not None and not study.path(file).is_file():
            yield Problem(key, f"no file {file!r}", "a file of the pack")
