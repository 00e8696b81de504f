"""A first study.yaml from a data file: what can be seen is filled in, the rest is marked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from attitudes.survey.lookup import normal_text
from attitudes.survey.raw import DeclaredMissing, RawTable
from attitudes.survey.reading import read_table

__all__ = ["Draft", "DraftQuestion", "DraftResponse", "draft_of", "draft_study", "slug"]

MOST_ANSWERS = 30
MOST_POINTS = 11
LIKELY_MISSING = frozenset(
    {-1, -2, -7, -8, -9, 66, 77, 88, 96, 97, 98, 99, 777, 888, 998, 999}  # beyond any short scale
)
ROLES = {
    "weight": re.compile(r"(^|_|an|pspw|cell)we?i?gh?t|^w$|^wt", re.IGNORECASE),
    "stratum": re.compile(r"strat", re.IGNORECASE),
    "psu": re.compile(r"(^|_)psu|cluster", re.IGNORECASE),
    "respondent": re.compile(
        r"^(respondent|respid|resp_id|caseid|case_id|idno|id|uuid|_uuid|_id|psraid)$", re.IGNORECASE
    ),
}
MISSING_WORDS = {
    "dont_know": {"dont know", "i dont know", "dk", "no opinion", "hard to say"},
    "refused": {"refused", "refusal", "refuse to answer", "no answer", "prefer not to say"},
    "not_asked": {"not asked", "not applicable", "inapplicable", "na"},
}
Kind = Literal["ordinal", "nominal", "multiple", "numeric"]


@dataclass(frozen=True, slots=True)
class DraftResponse:
    """A response scale as the data show it.

    Attributes
    ----------
    kind
        Kind of the scale.
    answers
        Label of each code.
    low, high
        Ends seen or labelled.
    missing
        Code of each kind of missing answer that its label gives away.
    fill
        What a person must look at.
    """

    kind: Kind
    answers: Mapping[Any, str] = field(default_factory=dict)
    low: int | None = None
    high: int | None = None
    missing: Mapping[str, Any] = field(default_factory=dict)
    fill: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftQuestion:
    """A question as the data show it: id, wording where the file has one, scale, column."""

    id: str
    text: str | None
    response: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What a data file tells of its study.

    Attributes
    ----------
    id
        Name of the pack.
    source
        The data file.
    roles
        Column of the weight, stratum, psu and respondent, as their names suggest.
    responses, questions
        The codebook.
    left_out
        Columns that are none of these, and why.
    """

    id: str
    source: str
    roles: Mapping[str, str]
    responses: Mapping[str, DraftResponse]
    questions: tuple[DraftQuestion, ...]
    left_out: Mapping[str, str]


def slug(text: str, fallback: str = "answer") -> str:
    """Return an id made of a text.

    Examples
    --------
    >>> slug("North-East region"), slug("Север", "answer_2"), slug("2 or more")
    ('north_east_region', 'answer_2', 'a_2_or_more')
    """
    word = re.sub(r"[^a-z0-9]+", "_", normal_text(text)).strip("_")
    if not word or not re.search(r"[a-z0-9]", word):
        return fallback
    return word if word[0].isalpha() else f"a_{word}"


def draft_study(source: str | Path, **options: Any) -> Draft:
    """Return the draft of a study from its data file; ``options`` are those of `read_table`."""
    return draft_of(read_table(source, **options))


def draft_of(raw: RawTable) -> Draft:
    """Return the draft of a study from a table of cells."""
    roles = _roles(raw.frame)
    design = set(roles.values()) | {"provenance"}
    responses: dict[str, DraftResponse] = {}
    questions: list[DraftQuestion] = []
    left_out: dict[str, str] = {}
    taken: set[str] = set()
    stems = _multiple(raw.frame, design)
    for stem, options in stems.items():
        name = _unused(slug(stem, "question"), taken)
        answers = {o: raw.texts.get(f"{stem}.{o}", o) for o in options}
        responses[f"{name}_answers"] = DraftResponse("multiple", answers)
        questions.append(DraftQuestion(name, None, f"{name}_answers", _other(stem, name)))
        design |= {f"{stem}{sign}{o}" for o in options for sign in "./"}
    for column in map(str, raw.frame.columns):
        if column in design:
            continue
        found = _response(raw, column)
        if isinstance(found, str):
            left_out[column] = found
            continue
        name = _unused(slug(column, "question"), taken)
        key = _shared(found, responses, name)
        questions.append(DraftQuestion(name, raw.texts.get(column), key, _other(column, name)))
    name = slug(Path(raw.source).stem, "study").replace("_", "-")
    return Draft(name, raw.source, roles, responses, tuple(questions), left_out)


def _other(column: str, name: str) -> str | None:
    return None if column == name else column


def _unused(name: str, taken: set[str]) -> str:
    used = name
    n = 2
    while used in taken:
        used = f"{name}_{n}"
        n += 1
    taken.add(used)
    return used


def _roles(frame: pd.DataFrame) -> dict[str, str]:
    roles: dict[str, str] = {}
    for column in map(str, frame.columns):
        for role, pattern in ROLES.items():
            if role in roles or column in roles.values() or not pattern.search(column):
                continue
            cells = frame[column]
            numbers = pd.api.types.is_numeric_dtype(cells.dtype)
            if role == "weight" and not (numbers and cells.notna().all() and (cells >= 0).all()):
                continue
            if role == "respondent" and not (cells.notna().all() and cells.is_unique):
                continue
            if role in ("stratum", "psu") and not cells.notna().all():
                continue
            roles[role] = column
    return roles


def _multiple(frame: pd.DataFrame, design: set[str]) -> dict[str, list[str]]:
    """Return stem → answers of dotted columns that hold 0 and 1 only."""
    stems: dict[str, list[str]] = {}
    for column in map(str, frame.columns):
        parts = re.split(r"[./]", column, maxsplit=1)
        if len(parts) < 2 or not all(parts) or column in design:
            continue
        values = {normal_text(v) for v in frame[column].dropna().unique().tolist()}
        if values <= {"0", "1", "true", "false"}:
            stems.setdefault(parts[0], []).append(parts[1])
    return {stem: options for stem, options in stems.items() if len(options) > 1}


def _response(raw: RawTable, column: str) -> DraftResponse | str:
    """Return the scale of a column, or why it has none."""
    cells = raw.frame[column].dropna()
    values = cells.unique().tolist()
    if not values:
        return "no answer in it"
    labels = raw.value_labels.get(column, {})
    declared = raw.declared.get(column, ())
    if all(any(d.covers(value) for d in declared) for value in values):
        return "no answer in it, only values that the file declares missing"
    if all(isinstance(v, bool | int | float | np.number) for v in values):
        return _of_numbers([float(v) for v in values], labels, declared)
    if labels and any(isinstance(v, int | float) for v in values):
        numbers = [float(v) for v in values if isinstance(v, int | float)]
        return _of_numbers(numbers, labels, declared)
    values = [v for v in values if not any(d.covers(v) for d in declared)]
    texts = sorted({" ".join(str(v).split()) for v in values})
    if len(texts) > MOST_ANSWERS or len(texts) > max(2, len(cells) // 2):
        return f"{len(texts)} different texts"
    return _of_texts(texts, declared)


def _of_texts(texts: Sequence[str], declared: tuple[DeclaredMissing, ...]) -> DraftResponse:
    missing: dict[str, Any] = {}
    answers: dict[Any, str] = {}
    taken: set[str] = set()
    for place, text in enumerate(texts, start=1):
        kind = _kind(text)
        if kind is not None and kind not in missing:
            missing[kind] = text
        else:
            answers[_unused(slug(text, f"answer_{place}"), taken)] = text
    fill = ["put the answers in the order in which they are shown"]
    if declared:
        codes = ", ".join(sorted({str(d.low) for d in declared}))
        fill.append(f"codes {codes}: which kind of missing answer (dont_know, refused, not_asked)")
    if not answers:
        return DraftResponse("nominal", {slug(t): t for t in texts}, fill=tuple(fill))
    return DraftResponse("nominal", answers, missing=missing, fill=tuple(fill))


def _kind(label: str) -> str | None:
    text = normal_text(label)
    return next((kind for kind, words in MISSING_WORDS.items() if text in words), None)


def _of_numbers(
    values: Sequence[float], labels: Mapping[Any, str], declared: tuple[DeclaredMissing, ...]
) -> DraftResponse:
    fill: list[str] = []
    missing: dict[str, Any] = {}
    open_codes: list[float] = []
    for value in sorted({*values, *(float(v) for v in labels if not isinstance(v, str))}):
        kind = _kind(labels[value]) if value in labels else None
        if kind is not None and kind not in missing:
            missing[kind] = int(value)
        elif any(d.covers(value) for d in declared):
            open_codes.append(value)
    rest = [v for v in values if v not in open_codes and v not in missing.values()]
    whole = all(v == int(v) for v in rest)
    if not labels and whole:
        likely = [v for v in rest if v in LIKELY_MISSING]
        scale = [v for v in rest if v not in LIKELY_MISSING]
        if likely and scale and max(scale) - min(scale) < MOST_POINTS:
            rest, open_codes = scale, [*open_codes, *likely]
    if open_codes:
        shown = ", ".join(f"{v:g}" for v in open_codes)
        fill.append(f"codes {shown}: which kind of missing answer (dont_know, refused, not_asked)")
    named = {
        int(code): label
        for code, label in labels.items()
        if not isinstance(code, str)
        and code == int(code)
        and int(code) not in missing.values()
        and code not in open_codes
    }
    return _scaled(sorted(rest), named, missing, fill, whole)


def _scaled(
    rest: Sequence[float],
    named: Mapping[int, str],
    missing: Mapping[str, Any],
    fill: list[str],
    whole: bool,
) -> DraftResponse:
    codes = sorted({*named, *(int(v) for v in rest)}) if whole else []
    if named and whole and all(v in named for v in rest):
        if len(codes) > 2 and codes[-1] - codes[0] == len(codes) - 1:
            fill.append("ordinal as guessed, or nominal?")
            return DraftResponse("ordinal", named, codes[0], codes[-1], missing, tuple(fill))
        return DraftResponse("nominal", named, missing=missing, fill=tuple(fill))
    if whole and codes and len(codes) > 2 and codes[-1] - codes[0] < MOST_POINTS:
        fill.append("the ends are those seen in the data; take them from the questionnaire")
        return DraftResponse("ordinal", named, codes[0], codes[-1], missing, tuple(fill))
    if whole and 0 < len(codes) <= 2 and codes[-1] - codes[0] < MOST_POINTS:
        fill.append("label the answers")
        answers = {code: named.get(code, f"FILL IN: answer {code}") for code in codes}
        return DraftResponse("nominal", answers, missing=missing, fill=tuple(fill))
    return DraftResponse("numeric", missing=missing, fill=tuple(fill))


def _shared(found: DraftResponse, responses: dict[str, DraftResponse], name: str) -> str:
    """Return the key of the scale, an equal one already there where there is one."""
    for key, other in responses.items():
        if other == found:
            return key
    if found.kind == "numeric" and not found.missing and not found.fill:
        key = "number"
    elif found.kind == "ordinal" and not found.answers:
        key = f"scale_{found.low}_{found.high}".replace("-", "minus_")
    else:
        key = f"{name}_answers"
    taken = set(responses)
    key = _unused(key, taken)
    responses[key] = found
    return key
