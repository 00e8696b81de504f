"""Answers from delimited text."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from attitudes.errors import AttitudesError, DataError, OptionError, raise_all
from attitudes.survey.ledger import LedgerEntry
from attitudes.survey.raw import (
    BLANK,
    RawTable,
    check_header,
    counted,
    listed_rows,
    take_blank_rows,
)

__all__ = ["read_csv"]

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
LINES_AT_A_TIME = 65_536


@dataclass(frozen=True, slots=True)
class _Lines:
    """Where the lines of a text stand: first byte, end, separators outside quotes."""

    starts: np.ndarray[Any, np.dtype[np.int64]]
    ends: np.ndarray[Any, np.dtype[np.int64]]
    separators: np.ndarray[Any, np.dtype[np.int64]]


def read_csv(
    path: Path,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    decimal: str | None = None,
) -> RawTable:
    """Return the cells of a delimited text file.

    Parameters
    ----------
    path
        The file.
    encoding
        Default: UTF-8, with or without a byte-order mark. Another one is never guessed.
    separator
        Default: a comma. Another one is never guessed.
    decimal
        Default: a point.

    Raises
    ------
    DataError
        The file is empty, not in the encoding, split by another separator, or has lines with
        more or fewer fields than the header.
    """
    source = str(path)
    _check_options(separator, decimal)
    data = _text(source, path.read_bytes(), encoding, separator)
    used = separator or ","
    header, failures = check_header(source, _fields(source, _first_line(data), used))
    lines = _lines(source, data, used)
    blank, ragged = _shapes(source, data, lines, len(header), used)
    raise_all([*failures, *ragged])
    frame = _parsed(data, header, used, decimal or ".")
    if decimal is None:
        _check_decimal(source, frame)
    numbers = np.delete(np.arange(1, len(lines.starts), dtype=np.int64), blank - 1)
    dropped = (LedgerEntry("dropped", "blank line", tuple(map(int, blank))),) if len(blank) else ()
    n_read = len(lines.starts) - 1
    if not len(frame):
        raise DataError(source, "a header and no row", "a row for each respondent")
    frame, numbers, empty = take_blank_rows(frame, numbers)
    return RawTable(
        source, frame, numbers, n_read, dropped=(*dropped, *empty), notes=_notes(header)
    )


def _notes(header: list[str]) -> tuple[str, ...]:
    unnamed = [name for name in header if name.startswith("unnamed_")]
    return (f"columns without a name: {', '.join(unnamed)}",) if unnamed else ()


def _check_options(separator: str | None, decimal: str | None) -> None:
    if separator is not None and (len(separator) != 1 or not separator.isascii()):
        raise OptionError("read_responses, separator", repr(separator), "one character, such as ;")
    if decimal is not None and decimal not in (".", ","):
        raise OptionError("read_responses, decimal", repr(decimal), "'.' or ','")


def _text(source: str, data: bytes, encoding: str | None, separator: str | None) -> bytes:
    """Return the text as UTF-8; both an undeclared encoding and separator are told at once."""
    failures: list[AttitudesError] = []
    text = data
    try:
        text = _decoded(source, data, encoding)
    except DataError as error:
        failures.append(error)
    if separator is None and b"\x00" not in text[:65536]:
        failures += _other_separator(source, _first_line(text))
    raise_all(failures)
    return text


def _decoded(source: str, data: bytes, encoding: str | None) -> bytes:
    """Return the text as UTF-8 bytes without a byte-order mark."""
    if not data.strip():
        raise DataError(source, "an empty file", "a header line and a row for each respondent")
    if encoding is None and data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError(
            source, "text in UTF-16", "UTF-8", 'pass encoding="utf-16" (--encoding utf-16)'
        )
    if data[:4] == b"PK\x03\x04" or (encoding is None and b"\x00" in data[:65536]):
        raise DataError(
            source, "bytes that are not text", "delimited text", "give the file its right ending"
        )
    try:
        text = data.decode(encoding or "utf-8-sig")
    except LookupError:
        raise OptionError(
            "read_responses, encoding", repr(encoding), "an encoding such as 'cp1251'"
        ) from None
    except UnicodeDecodeError as error:
        raise _not_decoded(source, data, encoding or "UTF-8", error.start) from None
    return data[3:] if data[:3] == b"\xef\xbb\xbf" else text.encode() if encoding else data


def _not_decoded(source: str, data: bytes, encoding: str, at: int) -> DataError:
    line = data.count(b"\n", 0, at) + 1
    high = np.frombuffer(data, dtype=np.uint8)
    high = high[high >= 0x80]
    cyrillic = bool(len(high)) and float(np.mean(high >= 0xC0)) > 0.8
    guess = "cp1251" if cyrillic else "cp1252"
    name = "Windows Cyrillic" if cyrillic else "Windows Western European"
    return DataError(
        f"{source}, line {line}",
        f"byte 0x{data[at]:02x}, which is not {encoding}",
        f"text in {encoding}",
        f'if the file is in {name}, pass encoding="{guess}" (--encoding {guess})',
    )


def _first_line(data: bytes) -> str:
    inside = False
    for place, byte in enumerate(data):
        if byte == 34:
            inside = not inside
        elif byte == 10 and not inside:
            return data[:place].decode("utf-8", "replace").rstrip("\r")
    return data.decode("utf-8", "replace").rstrip("\r\n")


def _fields(source: str, header: str, separator: str) -> list[str]:
    """Return the fields of the header; a line break belongs into a field that is quoted whole."""
    if not header.strip():
        raise DataError(f"{source}, line 1", "a blank line", "the names of the columns")
    try:
        return next(csv.reader(io.StringIO(header, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        raise DataError(
            f"{source}, header",
            "a quotation mark within a name, or one that is not closed",
            'names without quotation marks, or quoted whole with "" for each of their own',
        ) from None


def _other_separator(source: str, header: str) -> list[AttitudesError]:
    bare = "".join(part for i, part in enumerate(header.split('"')) if i % 2 == 0)
    counts = {sign: bare.count(sign) for sign in SEPARATORS}
    best = max(counts, key=lambda sign: counts[sign])
    if counts[best] <= counts[","]:
        return []
    shown = "\\t" if best == "\t" else best
    return [
        DataError(
            f"{source}, header",
            f"fields separated by {SEPARATORS[best]} ({best!r})",
            "comma",
            f'pass separator="{shown}" (--separator "{shown}")',
        )
    ]


def _lines(source: str, data: bytes, separator: str) -> _Lines:
    bytes_ = np.frombuffer(data, dtype=np.uint8)
    newline = bytes_ == 10
    between = bytes_ == ord(separator)
    quote = bytes_ == 34
    if quote.any():
        inside = np.logical_xor.accumulate(quote)
        if inside[-1]:
            opened = int(np.flatnonzero(quote)[-1])
            line = data.count(b"\n", 0, opened) + 1
            raise DataError(
                f"{source}, line {line}",
                "a quote that is opened and never closed",
                'quotes in pairs, a quote inside a field doubled ("")',
            )
        newline &= ~inside
        between &= ~inside
    ends = np.flatnonzero(newline)
    if not len(ends) or ends[-1] != len(data) - 1:
        ends = np.append(ends, len(data))
    starts = np.concatenate([[0], ends[:-1] + 1]).astype(np.int64)
    return _Lines(starts, ends.astype(np.int64), _counted(between, starts, ends))


def _counted(between: Any, starts: Any, ends: Any) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the number of separators in each line, some lines at a time to spare memory."""
    counts = [np.empty(0, dtype=np.int64)]
    for first in range(0, len(starts), LINES_AT_A_TIME):
        here = slice(first, first + LINES_AT_A_TIME)
        origin = starts[first]
        places = np.flatnonzero(between[origin : ends[here][-1]])
        upto = np.searchsorted(places, ends[here] - origin)
        counts.append(np.diff(upto, prepend=0))
    return np.concatenate(counts)


def _shapes(
    source: str, data: bytes, lines: _Lines, n_columns: int, separator: str
) -> tuple[np.ndarray[Any, np.dtype[np.int64]], list[AttitudesError]]:
    """Return the numbers of blank lines and the failures of lines with another field count."""
    fields = lines.separators + 1
    suspects = np.flatnonzero(fields == 1) if n_columns > 1 else np.arange(len(fields))
    blank = np.array(
        [i for i in suspects if i and not data[lines.starts[i] : lines.ends[i]].strip()],
        dtype=np.int64,
    )
    wrong = fields != n_columns
    wrong[blank] = False
    failures: list[AttitudesError] = []
    for count in np.unique(fields[wrong]):
        at = np.flatnonzero(wrong & (fields == count))
        failures.append(
            DataError(
                f"{source}, {listed_rows(at)}",
                f"{counted(len(at), 'row')} with {counted(int(count), 'field')}",
                f"{n_columns} fields, as in the header",
                f"a field that holds {separator!r} must stand in quotes",
            )
        )
    return blank, failures


def _parsed(data: bytes, header: list[str], separator: str, decimal: str) -> pd.DataFrame:
    return pd.read_csv(
        io.BytesIO(data),
        sep=separator,
        decimal=decimal,
        names=header,
        header=0,
        index_col=False,
        keep_default_na=False,
        na_values=list(BLANK),
        low_memory=False,
    )


def _check_decimal(source: str, frame: pd.DataFrame) -> None:
    """Refuse columns whose every text is a number with a decimal comma."""
    found = []
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column.dtype):
            continue
        texts = pd.Series(column.dropna().unique()).astype(str)
        if len(texts) and texts.str.fullmatch(r"\s*-?\d+(,\d+)?\s*").all():
            found.append(str(name))
    if found:
        example = frame[found[0]].dropna().iloc[0]
        raise DataError(
            f"{source}, column {', '.join(found)}",
            f"numbers with a decimal comma, such as {example!r}",
            "a decimal point",
            'pass decimal="," (--decimal ","); or decimal="." where these are no numbers',
        )
