"""Opening a file of respondents in memory, in DuckDB or in Spark."""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd

from attitudes.errors import DataError, MissingExtraError, OptionError

__all__ = ["ENGINES", "Engine", "choose_engine", "open_frame"]

Engine = Literal["auto", "memory", "duckdb", "spark"]
ENGINES: tuple[str, ...] = get_args(Engine)
IN_MEMORY_BYTES = 500_000_000
ENDINGS = (".parquet", ".csv")


def choose_engine(path: Path, engine: Engine) -> Engine:
    """Return the engine for a file: ``"auto"`` takes DuckDB for Parquet files over 500 MB.

    Raises
    ------
    OptionError
        An engine that is not known.
    DataError
        No such file, or not Parquet or CSV.
    """
    if engine not in ENGINES:
        raise OptionError.unknown("engine", "engine", engine, ENGINES)
    if not path.exists():
        raise DataError(str(path), "no such file", "a Parquet or CSV file")
    if path.suffix.lower() not in ENDINGS:
        raise DataError(str(path), f"the ending {path.suffix!r}", ", ".join(ENDINGS))
    if engine != "auto":
        return engine
    large = path.is_file() and path.stat().st_size > IN_MEMORY_BYTES
    return "duckdb" if large and importlib.util.find_spec("duckdb") else "memory"


def open_frame(path: Path | str, engine: Engine = "auto") -> Any:
    """Open a Parquet or CSV file as a frame of the chosen engine.

    Parameters
    ----------
    path
        The file.
    engine
        ``"memory"`` gives a pandas frame, ``"duckdb"`` a relation that stays on disk,
        ``"spark"`` a Spark DataFrame of a local session.

    Raises
    ------
    MissingExtraError
        The engine's library is not installed.
    DataError
        The file is not there or cannot be read.
    """
    path = Path(path)
    chosen = choose_engine(path, engine)
    parquet = path.suffix.lower() == ".parquet"
    if chosen == "duckdb":
        duckdb = _require("duckdb", "duckdb")
        return duckdb.read_parquet(str(path)) if parquet else duckdb.read_csv(str(path))
    if chosen == "spark":
        spark = _require("pyspark.sql", "spark").SparkSession.builder.getOrCreate()
        if parquet:
            return spark.read.parquet(str(path))
        return spark.read.csv(str(path), header=True, inferSchema=True)
    if parquet:
        _require("pyarrow", "duckdb")
        return pd.read_parquet(path, dtype_backend="numpy_nullable")
    try:
        return pd.read_csv(path)
    except (ValueError, UnicodeDecodeError) as error:
        raise DataError(str(path), str(error), "a CSV file in UTF-8") from error


def _require(module: str, extra: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            module.partition(".")[0],
            "not installed",
            None,
            f"install it with pip install 'attitudes[{extra}]'",
        ) from error
