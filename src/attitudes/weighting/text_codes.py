"""Text coded by the categories that totals name, without hashing every value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from attitudes.numerics.design import IntArray

__all__ = ["known_text"]


def known_text(series: pd.Series[Any], names: Sequence[str]) -> IntArray | None:
    """Return the place of each text among names, from 1; None where that is not quickly told.

    Parameters
    ----------
    series
        A column of any kind; only text that pandas keeps in Arrow's memory is coded here.
    names
        Categories, each once.

    Returns
    -------
    IntArray or None
        Length n; None for other columns, and when a value is missing or none of the names.

    Examples
    --------
    >>> known_text(pd.Series([1, 2]), ["1", "2"]) is None
    True
    """
    dtype = series.dtype
    if not isinstance(dtype, pd.StringDtype) or dtype.storage != "pyarrow":
        return None
    import pyarrow as pa
    import pyarrow.compute as pc

    values: Any = pa.chunked_array([pa.array(series.array)])
    found = pc.index_in(values, value_set=pa.array(list(names), type=values.type))
    if found.null_count:
        return None
    places: IntArray = np.add(np.asarray(found), 1, dtype=np.int64)
    return places
