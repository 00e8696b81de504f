"""Reference cases and the designs they were computed on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import attitudes as at

ORACLE = Path(__file__).parents[1] / "oracle"

DESIGNS: dict[str, dict[str, Any]] = {
    "svydesign(id=~dnum,weights=~pw,fpc=~fpc)": {"psu": "dnum", "weight": "pw", "fpc": "fpc"},
    "svydesign(id=~dnum,weights=~pw)": {"psu": "dnum", "weight": "pw"},
    "svydesign(id=~1,strata=~stype,weights=~pw,fpc=~fpc)": {
        "stratum": "stype",
        "weight": "pw",
        "fpc": "fpc",
    },
    "svydesign(id=~1,fpc=~fpc)": {"fpc": "fpc"},
}


def load_survey(data: str, design: str) -> at.Survey:
    """Return a survey of an R data set; weights that R holds in single precision restored to it."""
    frame = pd.read_csv(ORACLE / "data" / f"{data}.csv")
    if "pw" in frame:
        frame["pw"] = frame["pw"].to_numpy(np.float32).astype(np.float64)
    return at.Survey.from_frame(frame, at.SurveyDesign(**DESIGNS[design]))


@pytest.fixture(scope="session")
def cases() -> dict[str, Any]:
    text = (ORACLE / "survey_reference.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)["cases"]
    return loaded


@pytest.fixture(scope="session")
def school_survey() -> at.Survey:
    """15 school districts, 183 schools (apiclus1), without finite population correction."""
    return load_survey("apiclus1", "svydesign(id=~dnum,weights=~pw)")


@pytest.fixture(scope="session")
def load() -> Callable[[str, str], at.Survey]:
    return load_survey
