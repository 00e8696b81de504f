"""Opening a file of respondents in memory, in DuckDB or in Spark."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd

from attitudes.errors import DataError, MissingExtraError, OptionError

__all__ = ["ENGINES", "Engine", "choose_engine", "open_frame"]

Engine = Literal["auto", "memory", "duckdb", "spark"]
ENGINES: tuple[str, ...] = get_args(Engine)
FORMATS = {
    ".parquet": "a Parquet file",
    ".csv": "a CSV file in UTF-8 with a header",
    ".xlsx": "a workbook",
}
IN_MEMORY_BYTES = 500_000_000
ENDINGS = (".parquet", ".csv", ".xlsx")


def choose_engine(path: Path, engine: Engine) -> Engine:
    """Return the engine for a file: ``"auto"`` takes DuckDB for Parquet files over 500 MB.

    Raises
    ------
    OptionError
        An engine that is not known.
    DataError
        No such file, or not Parquet, CSV or a workbook.
    """
    if engine not in ENGINES:
        raise OptionError.unknown("engine", "engine", engine, ENGINES)
    if not path.exists():
        raise DataError(str(path), "no such file", "a Parquet or CSV file")
    if path.suffix.lower() not in ENDINGS:
        raise DataError(str(path), f"the ending {path.suffix!r}", ", ".join(ENDINGS))
    if path.suffix.lower() == ".xlsx":
        if engine not in ("auto", "memory"):
            raise OptionError("engine", f"{engine} for a workbook", "memory", "save it as Parquet")
        return "memory"
    if engine != "auto":
        return engine
    large = path.is_file() and path.stat().st_size > IN_MEMORY_BYTES
    return "duckdb" if large and importlib.util.find_spec("duckdb") else "memory"


def open_frame(path: Path | str, engine: Engine = "auto") -> Any:
    """Open a Parquet or CSV file, or a workbook's first sheet, as a frame of the chosen engine.

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
        connection = _require("duckdb", "duckdb").connect()
        # Its progress bar would stand in the middle of JSON on standard output.
        connection.execute("SET enable_progress_bar = false")
        return _readable(connection.read_parquet if parquet else connection.read_csv, path)
    if chosen == "spark":
        spark = _require("pyspark.sql", "spark").SparkSession.builder.getOrCreate()
        if parquet:
            return _readable(spark.read.parquet, path)
        return _readable(lambda name: spark.read.csv(name, header=True, inferSchema=True), path)
    if parquet:
        _require("pyarrow", "duckdb")
        return _readable(lambda name: pd.read_parquet(name, dtype_backend="numpy_nullable"), path)
    return _readable(pd.read_excel if path.suffix.lower() == ".xlsx" else pd.read_csv, path)


def _readable(read: Callable[[str], Any], path: Path) -> Any:
    """Return what a library reads; its own exceptions become one line."""
    try:
        return read(str(path))
    except Exception as error:  # every library has its own
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        allowed = FORMATS[path.suffix.lower()]
        raise DataError(str(path), reason[:200], allowed) from error


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
