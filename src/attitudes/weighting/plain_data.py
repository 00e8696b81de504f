"""Data without a codebook, drawn as a plan of weighting says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import pandas as pd

from attitudes.errors import DataError
from attitudes.study.design_spec import DesignSpec
from attitudes.survey.design import SurveyDesign
from attitudes.survey.survey import Survey
from attitudes.weighting.plan import WeightingPlan

__all__ = ["read_plain"]

_READERS: dict[str, Callable[[Path], Any]] = {
    ".csv": pd.read_csv,
    ".xlsx": pd.read_excel,
    ".parquet": pd.read_parquet,
    ".sav": pd.read_spss,
    ".dta": pd.read_stata,
}


def read_plain(path: str | Path, plan: WeightingPlan) -> Survey:
    """Read data as they stand, drawn as the plan's ``design`` says.

    Parameters
    ----------
    path
        .csv in UTF-8, .xlsx, .parquet, .sav or .dta; labels of the last two stand for values.
    plan
        Whose ``design`` names the columns of weight, strata and PSUs.

    Raises
    ------
    DataError
        A file that is not there or cannot be read, or without the columns of the design.
    """
    file = Path(path)
    if not file.is_file():
        raise DataError(str(path), "no such file", "a file of respondents")
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        raise DataError(str(path), f"a file named {file.suffix or 'without an ending'}", ALLOWED)
    try:
        frame = reader(file)
    except (BadZipFile, ImportError, KeyError, OSError, ValueError) as error:
        found = f"a file that cannot be read ({str(error).splitlines()[0]})"
        raise DataError(str(path), found, ALLOWED) from error
    spec = plan.design or DesignSpec()
    design = SurveyDesign(weight=spec.weight, stratum=spec.stratum, psu=spec.psu, fpc=spec.fpc)
    return Survey.from_frame(frame, design)


ALLOWED = ", ".join(_READERS)
