"""A small study with every kind of exhibit, and 180 generated respondents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from attitudes.reporting.context import Context
from attitudes.study.models import Study
from attitudes.survey.design import SurveyDesign
from attitudes.survey.survey import Survey

REGIONS = {"north": "North & <coast>", "south": "South", "isle": "Isle"}
HOSTILE = 'Trust <script>alert("x")</script> & $x_1$'


def pack() -> dict[str, Any]:
    items = [
        {"id": "q1", "text": HOSTILE, "response": "agreement", "keying": "+", "scale": "trust"},
        {
            "id": "q2",
            "text": "Fear of others",
            "response": "agreement",
            "keying": "-",
            "scale": "trust",
        },
        {
            "id": "q3",
            "text": "Help others",
            "response": "agreement",
            "keying": "+",
            "scale": "care",
        },
        {
            "id": "q4",
            "text": "Ignore others",
            "response": "agreement",
            "keying": "-",
            "scale": "care",
        },
        {"id": "region", "text": "Region", "response": "region"},
        {"id": "view", "text": "View", "response": "view"},
        {"id": "why", "text": "Why", "response": "why"},
    ]
    common = {"section": "main", "convention": "both"}
    return {
        "id": "tiny",
        "title": "A tiny study",
        "languages": ["en"],
        "data": {"provenance": "generated", "note": "Generated answers of nobody."},
        "responses": {
            "agreement": {
                "kind": "ordinal",
                "low": 1,
                "high": 5,
                "answers": {
                    1: "Strongly disagree",
                    2: "Disagree",
                    3: "Neither",
                    4: "Agree",
                    5: "Strongly agree",
                },
                "boxes": {"agree": [4, 5]},
                "missing": {"dont_know": 97, "refused": 98},
            },
            "region": {"kind": "nominal", "answers": REGIONS},
            "view": {
                "kind": "nominal",
                "answers": {"bad": "Bad", "fair": "Fair", "good": "Good"},
                "scores": {"bad": 1, "fair": 3, "good": 5},
                "missing": {"dont_know": "dont_know", "refused": "refused"},
            },
            "why": {"kind": "multiple", "answers": {"money": "Money", "law": "Law"}},
        },
        "questions": items,
        "scales": [
            {"id": "trust", "label": "Trust in others", "minimum_answered": 1},
            {"id": "care", "label": "Care for others", "minimum_answered": 2},
        ],
        "breakdowns": [{"id": "region", "label": "Region"}],
        "design": {"weight": "weight", "stratum": "region", "psu": "psu", "singleton": "adjust"},
        "conventions": {
            "rules": [
                {
                    "reversal_constant": 5,
                    "totals": "mean_of_groups",
                    "rounding": "half_up",
                    "base": "asked",
                    "evidence": "as declared",
                },
                {
                    "tables": "chart_scores",
                    "items": "q2",
                    "published_keying": "+",
                    "evidence": "left",
                },
            ]
        },
        "disclosure": {"minimum_base": 30, "methods": {"Mode": "Invented < 5 & > 3."}},
        "sections": [{"id": "main", "title": "Findings", "intro": "All of it."}],
        "exhibits": [
            {
                "id": "sample",
                "kind": "composition",
                "title": "Sample",
                "questions": ["region"],
                **common,
            },
            {
                "id": "trust_by_region",
                "kind": "means",
                "title": "Trust by region",
                "scales": ["trust"],
                "breakdown": "region",
                **common,
            },
            {
                "id": "scores",
                "kind": "means",
                "title": "Scores",
                "scales": ["trust", "care"],
                "scores": True,
                "breakdown": "region",
                **common,
            },
            {
                "id": "agree",
                "kind": "frequencies",
                "title": "Agreement",
                "scales": ["trust"],
                "box": "agree",
                "breakdown": "region",
                "statistic": "percent",
                **common,
            },
            {
                "id": "view_by_region",
                "kind": "stacked",
                "title": "View by region",
                "questions": ["view"],
                "breakdown": "region",
                "statistic": "percent",
                **common,
            },
            {
                "id": "view_pie",
                "kind": "pie",
                "title": "View",
                "questions": ["view"],
                "statistic": "percent",
                **common,
            },
            {
                "id": "why_bars",
                "kind": "bars",
                "title": "Why",
                "questions": ["why"],
                "statistic": "percent",
                **common,
            },
            {
                "id": "agree_panels",
                "kind": "bars",
                "title": "Agreement in panels",
                "scales": ["trust", "care"],
                "box": "agree",
                "breakdown": "region",
                "statistic": "percent",
                **common,
            },
            {
                "id": "answers",
                "kind": "diverging",
                "title": "Answers",
                "scales": ["trust", "care"],
                "statistic": "percent",
                "section": "main",
            },
            {
                "id": "chart_scores",
                "kind": "dots",
                "title": "Scores by region",
                "scales": ["trust"],
                "scores": True,
                "breakdown": "region",
                **common,
            },
            {
                "id": "relation",
                "kind": "scatter",
                "title": "Trust and care",
                "x": "trust",
                "y": "care",
                **common,
            },
            {
                "id": "relation_by_region",
                "kind": "scatter",
                "title": "Trust and care, regions",
                "x": "trust",
                "y": "care",
                "breakdown": "region",
                **common,
            },
            {
                "id": "map",
                "kind": "map",
                "title": "Map of trust",
                "scales": ["trust"],
                "scores": True,
                "breakdown": "region",
                "section": "main",
                "geometry": {
                    "file": "shapes.geojson",
                    "key": "iso",
                    "places": {"north": "N", "south": "S"},
                    "points": {"isle": [3.6, 0.5]},
                    "source": "Shapes: drawn for tests",
                },
            },
            {
                "id": "actors",
                "kind": "text",
                "title": "Actors",
                "file": "actors.csv",
                "section": "main",
            },
        ],
    }


def shapes() -> dict[str, Any]:
    def square(iso: str, x: float, y: float, side: float) -> dict[str, Any]:
        ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
        return {
            "type": "Feature",
            "properties": {"iso": iso},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }

    return {
        "type": "FeatureCollection",
        "features": [square("N", 0, 1.2, 2.5), square("S", 0, 0, 1.1)],
    }


def respondents(n: int = 180) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    frame = pd.DataFrame({"respondent": np.arange(1, n + 1)})
    frame["region"] = np.repeat(["north", "south", "isle"], [100, n - 120, 20])
    frame["psu"] = [f"{r}-{i % 4}" for i, r in enumerate(frame["region"])]
    frame["weight"] = rng.uniform(0.5, 2.0, n)
    trait = rng.normal(size=n)
    for name, sign in (("q1", 1), ("q2", -1), ("q3", 1), ("q4", -1)):
        answer = np.digitize(sign * trait + rng.normal(size=n), [-1.2, -0.4, 0.4, 1.2]) + 1
        gone = rng.random(n)
        frame[name] = np.where(gone < 0.05, 97, np.where(gone < 0.08, 98, answer))
    frame["view"] = rng.choice(["bad", "fair", "good", "dont_know", "refused"], n)
    frame["why.money"] = rng.integers(0, 2, n)
    frame["why.law"] = rng.integers(0, 2, n)
    return frame


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tiny")
    (root / "shapes.geojson").write_text(json.dumps(shapes()), encoding="utf-8")
    (root / "actors.csv").write_text(
        'field,actor,clients\n"Work, law",Bureau <A>,"1,204"\n', encoding="utf-8"
    )
    return root


@pytest.fixture(scope="session")
def study(folder: Path) -> Study:
    return Study.model_validate(pack()).at(folder)


@pytest.fixture(scope="session")
def survey(study: Study) -> Survey:
    design = SurveyDesign(weight="weight", stratum="region", psu="psu")
    return Survey.from_frame(respondents(), design, study, provenance="generated")


@pytest.fixture(scope="session")
def ctx(study: Study, survey: Survey) -> Context:
    return Context(study, survey)
