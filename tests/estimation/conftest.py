"""Reference cases of R's survey package and the designs they were computed on."""

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

DESIGNS = {
    "apisrs_fpc": ("apisrs", {"fpc": "fpc"}),
    "apistrat_wr": ("apistrat", {"stratum": "stype", "weight": "pw"}),
    "apiclus1_fpc": ("apiclus1", {"psu": "dnum", "weight": "pw", "fpc": "fpc"}),
    "apiclus2_2stage": ("apiclus2", {"psu": ["dnum", "snum"], "fpc": ["fpc1", "fpc2"]}),
    "scd": ("scd", {"stratum": "ESA", "psu": "ambulance", "nest": True}),
    "election_wr": ("election_pps", {"weight": "wt"}),
}


def load_data(name: str) -> pd.DataFrame:
    """Return a data set; weights that R holds in single precision are restored to it."""
    frame = pd.read_csv(ORACLE / "data" / f"{name}.csv")
    if name.startswith("api") and "pw" in frame:
        frame["pw"] = frame["pw"].to_numpy(np.float32).astype(np.float64)
    return frame


def load_cases() -> dict[str, Any]:
    """Return all reference cases."""
    text = (ORACLE / "survey_reference.json").read_text(encoding="utf-8")
    cases: dict[str, Any] = json.loads(text)["cases"]
    return cases


@pytest.fixture(scope="session")
def cases() -> dict[str, Any]:
    return load_cases()


@pytest.fixture(scope="session")
def oracle_survey() -> Callable[[str], at.Survey]:
    made: dict[str, at.Survey] = {}

    def get(name: str) -> at.Survey:
        if name not in made:
            data, design = DESIGNS[name]
            made[name] = at.Survey.from_frame(load_data(data), at.SurveyDesign(**design))
        return made[name]

    return get


@pytest.fixture(scope="session")
def oracle_data() -> Callable[[str], pd.DataFrame]:
    return load_data


@pytest.fixture(scope="session")
def survey_reference(cases: dict[str, Any]) -> dict[str, Any]:
    """Reference cases by name: {"result": …, "design": …, "call": …}."""
    return cases


@pytest.fixture(scope="session")
def model_reference() -> dict[str, Any]:
    """Reference values of tests/oracle/estimation_models.R."""
    values: dict[str, Any] = json.loads((ORACLE / "estimation_models.json").read_text())
    return values


@pytest.fixture(scope="session")
def oracle_frame() -> Callable[..., pd.DataFrame]:
    """Read a data set of the oracle by name; a matrix without header by ``name, None``."""

    def read(name: str, header: int | None = 0) -> pd.DataFrame:
        return pd.read_csv(ORACLE / "data" / f"{name}.csv", header=header)

    return read


@pytest.fixture(scope="session")
def api_survey(oracle_frame: Callable[..., pd.DataFrame]) -> Callable[[str], at.Survey]:
    """Make the survey of a reference design, with ``mealcat`` cut from ``meals``."""

    def make(design: str) -> at.Survey:
        name, columns = DESIGNS[design]
        frame = oracle_frame(name)
        cuts = [0, 25, 50, 75, 100]
        frame["mealcat"] = pd.cut(frame["meals"], cuts, include_lowest=True)
        return at.Survey.from_frame(frame, at.SurveyDesign(**columns))

    return make
