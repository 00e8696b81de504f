"""Fixtures of the sampling tests."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from attitudes.sampling.survey_design import draw_design
from attitudes.study.loading import load_study
from attitudes.study.models import Study


@pytest.fixture(scope="session")
def study() -> Study:
    return load_study("kyrgyzstan-2023")


@pytest.fixture(scope="session")
def clusters(study: Study) -> pd.DataFrame:
    return draw_design(study, np.random.default_rng(11))
