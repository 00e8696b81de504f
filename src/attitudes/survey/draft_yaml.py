"""The draft of a study written as YAML, with marks where a person must fill in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from attitudes.errors import DataError
from attitudes.survey.draft import Draft, DraftQuestion, DraftResponse
from attitudes.survey.draft_exhibits import DraftExhibit, Outline, outline_of

__all__ = ["MARK", "draft_yaml", "write_draft"]

MARK = "FILL IN"


def draft_yaml(draft: Draft) -> str:
    """Return the text of a ``study.yaml``.

    Every place that needs a person holds the words ``FILL IN``.
    """
    lines = [
        f"# Draft made from {Path(draft.source).name}. Search for {MARK}.",
        f"id: {draft.id}",
        f"title: {_scalar(f'{MARK}: title of the study')}",
        "languages: [en]",
        "",
        *_data(draft),
        *_design(draft),
        "responses:",
    ]
    for name, response in draft.responses.items():
        lines += _response(name, response)
    lines += ["", "questions:"]
    for question in draft.questions:
        lines += _question(question)
    lines += _left_out(draft)
    lines += _outline(outline_of(draft))
    return "\n".join(lines) + "\n"


def write_draft(draft: Draft, folder: Path) -> Path:
    """Write ``study.yaml`` into a folder, made if absent; never over another.

    Raises
    ------
    DataError
        When the folder has a ``study.yaml`` already.
    """
    path = folder / "study.yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(draft_yaml(draft))
    except FileExistsError:
        raise DataError(
            str(path), "a file that is there already", "a new file", "choose another --out"
        ) from None
    return path


def _scalar(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _data(draft: Draft) -> list[str]:
    respondent = draft.roles.get("respondent")
    if respondent is None:
        return [f"# {MARK}: data: {{respondent: <column of the respondents' ids>}}", ""]
    return ["data:", f"  respondent: {_scalar(respondent)}", ""]


def _design(draft: Draft) -> list[str]:
    roles = {
        role: draft.roles[role] for role in ("weight", "stratum", "psu") if role in draft.roles
    }
    absent = [role for role in ("weight", "stratum", "psu") if role not in roles]
    lines = []
    if absent:
        lines.append(f"# {MARK}: design: no column looks like {', '.join(absent)}")
    if roles:
        lines.append(f"design:  # {MARK}: guessed from the columns' names")
        lines += [f"  {role}: {_scalar(column)}" for role, column in roles.items()]
    return [*lines, ""]


def _response(name: str, response: DraftResponse) -> list[str]:
    lines = [f"  {name}:"]
    lines += [f"    # {MARK}: {remark}" for remark in response.fill]
    lines.append(f"    kind: {response.kind}")
    if response.low is not None:
        lines += [f"    low: {response.low}", f"    high: {response.high}"]
    if response.answers:
        lines.append("    answers:")
        lines += [f"      {_key(c)}: {_scalar(label)}" for c, label in response.answers.items()]
    if response.missing:
        lines.append("    missing:")
        lines += [f"      {kind}: {_scalar(code)}" for kind, code in response.missing.items()]
    return lines


def _key(code: Any) -> str:
    return str(code) if isinstance(code, int) else _scalar(code)


def _question(question: DraftQuestion) -> list[str]:
    wording = question.text or f"{MARK}: wording of {question.column or question.id}"
    lines = [f"  - id: {question.id}", f"    text: {_scalar(wording)}"]
    if question.column is not None:
        lines.append(f"    column: {_scalar(question.column)}")
    return [*lines, f"    response: {question.response}"]


def _left_out(draft: Draft) -> list[str]:
    if not draft.left_out:
        return []
    lines = ["", f"# {MARK}: columns left out of the codebook; add those that were asked:"]
    return lines + [f"#   {name}: {why}" for name, why in draft.left_out.items()]


def _outline(outline: Outline) -> list[str]:
    """Write the breakdowns, the one section and the exhibits."""
    lines = ["", f"# {MARK}: groups to compare; guessed from names and few answers"]
    if outline.breakdowns:
        lines.append("breakdowns:")
        lines += [
            f"  - {{id: {name}, label: {_scalar(label)}}}"
            for name, label in outline.breakdowns.items()
        ]
    if not outline.exhibits:
        return lines
    lines += ["", "sections:", '  - {id: results, title: "Results"}']
    lines += ["", f"# {MARK}: what the report shows; scales with keyed items can be added above"]
    lines.append("exhibits:")
    for exhibit in outline.exhibits:
        lines += _exhibit(exhibit)
    if outline.left_out:
        lines.append(f"# {MARK}: questions that no exhibit shows yet:")
        lines += [f"#   {name}" for name in outline.left_out]
    return lines


def _exhibit(exhibit: DraftExhibit) -> list[str]:
    lines = [
        f"  - id: {exhibit.id}",
        f"    title: {_scalar(exhibit.title)}",
        f"    kind: {exhibit.kind}",
        "    section: results",
        f"    questions: [{', '.join(exhibit.questions)}]",
    ]
    if exhibit.breakdown is not None:
        lines.append(f"    breakdown: {exhibit.breakdown}")
    if exhibit.statistic != "mean":
        lines.append(f"    statistic: {exhibit.statistic}")
    if not exhibit.total_row:
        lines.append("    total_row: false")
    return lines
