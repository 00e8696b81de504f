"""The chapter on scales: whose correlations, which tables, what could not be had."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import attitudes as at
from attitudes.reporting.chapters.scales import scales_chapter
from attitudes.reporting.context import Context
from attitudes.reporting.model import Chapter, Group, Paragraph, ReportTable
from attitudes.reporting.words import LANGUAGES


@pytest.fixture(scope="module")
def study() -> at.Study:
    return at.load_study("kyrgyzstan-2023")


@pytest.fixture(scope="module")
def frame(study: at.Study) -> pd.DataFrame:
    """Generated answers keyed as the codebook says, but for one statement."""
    rng = np.random.default_rng(8)
    out, wording = {}, 0.5 * rng.normal(size=400)
    for scale in study.scales:
        factor = rng.normal(size=400)
        for question in study.items(scale.id):
            sign = -1 if question.keying == "-" else 1
            sign *= -1 if question.id == "change_1" else 1
            y = 0.8 * sign * factor + 0.6 * rng.normal(size=400)
            y += wording if question.keying == "-" else 0
            out[question.id] = (np.digitize(y, [-1.1, -0.4, 0.4, 1.1]) + 1).astype(np.int8)
    return pd.DataFrame(out)


def chapter(study: at.Study, frame: pd.DataFrame, provenance: str, lang: str = "en") -> Chapter:
    survey = at.Survey.from_frame(frame, study=study, provenance=provenance)  # type: ignore[arg-type]
    found = scales_chapter(Context(study, survey, lang))
    assert found is not None
    return found


def tables(found: Chapter) -> dict[str, ReportTable]:
    groups = [b for b in found.blocks if isinstance(b, Group)]
    return {t.id: t for g in groups for t in g.tables}


@pytest.mark.parametrize(
    ("provenance", "kind", "said"),
    [
        ("reconstructed", "warning", "nothing about the public"),
        ("generated", "warning", "nothing about the public"),
        ("respondents", "note", "an analysis"),
    ],
)
def test_it_says_first_whose_correlations_these_are(study, frame, provenance, kind, said):
    first = chapter(study, frame, provenance).blocks[0]
    assert isinstance(first, Paragraph)
    assert first.kind == kind
    assert said in first.text


def test_numbers_are_those_of_the_public_functions(study, frame):
    found = chapter(study, frame, "generated")
    survey = at.Survey.from_frame(frame, study=study, provenance="generated")
    by_id = tables(found)
    expected = at.reliability(survey, "trust", singleton=study.design.singleton)
    cell = by_id["scales_reliability"].cell("trust", "alpha")
    assert cell.value == pytest.approx(expected.alpha)
    assert (cell.low, cell.high) == pytest.approx((expected.ci_low, expected.ci_high))
    relations = at.scale_relations(survey).relations
    off = by_id["scales_relations"].cell("traits", "trust")
    assert off.value == pytest.approx(relations.correlation[0, 1])
    assert by_id["scales_count"].cell("parallel_components", "suggests").text == "5"
    flags = at.response_quality(survey).summary().set_index("rule")
    assert by_id["scales_quality"].cell("any", "flagged").value == flags.loc["any", "n"]
    rows = [head.id for head in by_id["scales_sensitivity"].rows]
    assert rows == [scale.id for scale in study.scales]


def test_the_wrong_key_is_said(study, frame):
    notes = [n for b in chapter(study, frame, "generated").blocks for n in getattr(b, "notes", ())]
    against = [n for n in notes if "goes against its scale" in n]
    assert len(against) == 1
    assert study.label("change_1", "en") in against[0]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_speaks_the_language_of_the_report(study, frame, lang):
    found = chapter(study, frame, "reconstructed", lang)
    assert (found.title == "Do the scales hold?") == (lang == "en")
    charts = [c.id for b in found.blocks if isinstance(b, Group) for c in b.charts]
    assert charts == ["scales_reliability", "scales_scree", "scales_loadings"]


def test_what_cannot_be_had_is_said_and_the_rest_stays(study, frame):
    stuck = frame.assign(change_2=3)
    found = chapter(study, stuck, "generated")
    said = [b.text for b in found.blocks if isinstance(b, Paragraph)]
    assert any("change_2" in text and "constant" in text for text in said)
    assert [h.id for h in tables(found)["scales_reliability"].rows] == [
        s.id for s in study.scales if s.id != "change"
    ]


def test_no_scales_no_chapter(study, frame):
    alone = replace(study, scales=()) if hasattr(study, "__dataclass_fields__") else study
    survey = at.Survey.from_frame(frame[["trust_1"]], study=study, provenance="generated")
    assert scales_chapter(Context(alone, survey)) is None
