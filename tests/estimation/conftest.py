"""Reference values of R survey and the data sets that they were computed on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import attitudes as at

ORACLE = Path(__file__).parents[1] / "oracle"
DESIGNS: dict[str, tuple[str, dict[str, Any]]] = {
    "apisrs_fpc": ("apisrs", {"fpc": "fpc"}),
    "apistrat_wr": ("apistrat", {"stratum": "stype", "weight": "pw"}),
    "apiclus1_fpc": ("apiclus1", {"psu": "dnum", "weight": "pw", "fpc": "fpc"}),
    "apiclus2_2stage": ("apiclus2", {"psu": ["dnum", "snum"], "fpc": ["fpc1", "fpc2"]}),
}


@pytest.fixture(scope="session")
def survey_reference() -> Mapping[str, Any]:
    """Reference cases by name: {"result": …, "design": …, "call": …}."""
    cases: Mapping[str, Any] = json.loads((ORACLE / "survey_reference.json").read_text())["cases"]
    return cases


@pytest.fixture(scope="session")
def model_reference() -> Mapping[str, Any]:
    """Reference values of tests/oracle/estimation_models.R."""
    values: Mapping[str, Any] = json.loads((ORACLE / "estimation_models.json").read_text())
    return values


@pytest.fixture(scope="session")
def oracle_frame() -> Callable[[str], pd.DataFrame]:
    """Read a data set of the oracle by name; matrices without header by ``name, None``."""

    def read(name: str, header: int | None = 0) -> pd.DataFrame:
        return pd.read_csv(ORACLE / "data" / f"{name}.csv", header=header)

    return read


@pytest.fixture(scope="session")
def api_survey(oracle_frame: Callable[[str], pd.DataFrame]) -> Callable[[str], at.Survey]:
    """Make the survey of a reference design by the design's name."""

    def make(design: str) -> at.Survey:
        name, columns = DESIGNS[design]
        frame = oracle_frame(name)
        cuts = [0, 25, 50, 75, 100]
        frame["mealcat"] = pd.cut(frame["meals"], cuts, include_lowest=True)
        return at.Survey.from_frame(frame, at.SurveyDesign(**columns))

    return make
