"""No line of the source knows the bundled studies: their items, places and answers are data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from attitudes.study.loading import DEFAULT_STUDY, bundled_studies, load_study
from attitudes.study.models import Study

SOURCE = Path(__file__).parents[2] / "src"
WORDS_OF_ANY_SURVEY = {
    "women",
    "men",
    "urban",
    "rural",
    "other",
    "total",
    "left",
    "right",
    "centre",
    "western",
}


def own_words(study: Study) -> set[str]:
    """Items, and names of the groups that a study compares, with their ids."""
    words = {q.id for q in study.questions if q.scale is not None}
    words |= {q.text["en"] for q in study.questions if q.scale is not None}
    for breakdown in study.breakdowns:
        response = study.response_of(breakdown.id)
        for code in response.codes:
            label = study.answer_label(breakdown.id, code)
            words |= {str(code), label, label.split()[0]}
    return {w for w in words if len(w) > 3 and w.casefold() not in WORDS_OF_ANY_SURVEY}


@pytest.mark.parametrize("name", sorted(bundled_studies()))
def test_the_source_names_nothing_of_a_study(name: str) -> None:
    words = sorted(w for w in own_words(load_study(name)) if not w.isdigit())
    pattern = re.compile(
        r"(?<![A-Za-z_])(" + "|".join(map(re.escape, words)) + r")(?![A-Za-z_])", re.I
    )
    found = []
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix not in (".py", ".j2", ".css", ".yaml"):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for match in pattern.finditer(line.replace(DEFAULT_STUDY, "")):
                found.append(f"{path.relative_to(SOURCE)}:{number}: {match[0]}")
    assert found == []
