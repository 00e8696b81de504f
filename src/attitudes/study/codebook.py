"""The codebook as a list: each variable, its wording, answers, keying and scale."""

from __future__ import annotations

from typing import Any

from attitudes.errors import OptionError
from attitudes.study.models import Study
from attitudes.study.questions import Question
from attitudes.study.text import text_in

__all__ = ["CODEBOOK_COLUMNS", "codebook_entries", "codebook_rows"]

CODEBOOK_COLUMNS = ("variable", "wording", "kind", "answers", "missing", "keying", "scale")


def codebook_entries(study: Study, *, lang: str = "en") -> dict[str, Any]:
    """Return the codebook as plain values, ready for JSON.

    Raises
    ------
    OptionError
        When the study has no texts in the language.

    Examples
    --------
    >>> from attitudes.study.loading import load_study
    >>> codebook_entries(load_study())["scales"][0]["id"]
    'trust'
    """
    _check_language(study, lang)
    return {
        "study": study.id,
        "title": text_in(study.title, lang),
        "language": lang,
        "reviewed": lang not in study.unreviewed,
        "scales": [
            {
                "id": scale.id,
                "label": text_in(scale.label, lang),
                "minimum_answered": scale.minimum_answered,
                "items": [q.id for q in study.items(scale.id)],
            }
            for scale in study.scales
        ],
        "variables": [_entry(study, question, lang) for question in study.questions],
    }


def _check_language(study: Study, lang: str) -> None:
    if lang not in study.languages:
        raise OptionError.unknown("codebook, lang", "language", lang, study.languages)


def _entry(study: Study, question: Question, lang: str) -> dict[str, Any]:
    response = study.response_of(question.id)
    labels = {str(code): text_in(text, lang) for code, text in response.answers.items()}
    return {
        "id": question.id,
        "text": text_in(question.text, lang),
        "kind": response.kind,
        "low": response.low,
        "high": response.high,
        "answers": labels,
        "missing": dict(response.missing),
        "keying": question.keying,
        "scale": question.scale,
        "asked_of": {name: list(codes) for name, codes in question.asked_of.items()},
        "derived_from": question.derive.source if question.derive is not None else None,
        "columns": list(study.columns_of(question.id)),
    }


def codebook_rows(
    study: Study, *, lang: str = "en"
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the codebook as a table of texts: its columns and its rows.

    Raises
    ------
    OptionError
        When the study has no texts in the language.
    """
    rows: list[tuple[str, ...]] = []
    for entry in codebook_entries(study, lang=lang)["variables"]:
        ends = f"{entry['low']} to {entry['high']}: " if entry["low"] is not None else ""
        answers = "; ".join(f"{code} {label}" for code, label in entry["answers"].items())
        missing = "; ".join(f"{code} {kind}" for kind, code in entry["missing"].items())
        rows.append(
            (
                entry["id"],
                entry["text"],
                entry["kind"],
                ends + answers,
                missing,
                entry["keying"] or "",
                entry["scale"] or "",
            )
        )
    return CODEBOOK_COLUMNS, rows
