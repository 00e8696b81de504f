"""A CSV of figures that belongs to no pack: what it says of questions, answers and groups."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from attitudes.auditing.readings import TOTAL, Answers, Kind
from attitudes.errors import AttitudesError, FigureError, raise_all
from attitudes.numerics.printed.exact import Interval, printed_interval, read_printed
from attitudes.study.figures import FIGURE_COLUMNS, Figure

__all__ = ["Extra", "bare_answers", "bare_groups", "kind_of", "read_bare", "unread_statistics"]

Extra = tuple[int | None, str | None]
_OTHER = "any other answer"
_NONE = ("dont_know", "refused", "no_answer")
_KNOWN = "mean, percent, percent:ANSWER, share, count, population"
_BY = re.compile(r"(?:^|_)by_(.+)$")


def kind_of(statistic: str) -> Kind:
    """Return what sort of number a statistic is.

    Examples
    --------
    >>> kind_of("percent:agree"), kind_of("count"), kind_of("scale_low")
    ('share', 'count', 'other')
    """
    stem = statistic.partition(":")[0]
    if stem == "mean":
        return "mean"
    if stem in ("percent", "share"):
        return "share"
    if statistic in ("count", "n", "base", "interviews"):
        return "count"
    return "population" if statistic == "population" else "other"


def read_bare(path: Path) -> tuple[tuple[Figure, ...], tuple[Extra, ...]]:
    """Read a CSV of figures that belongs to no pack.

    Parameters
    ----------
    path
        Columns ``exhibit,row,column,statistic,printed`` and, if any, ``section``, ``base`` (or
        ``n``: respondents behind the figure) and ``sd`` (standard deviation as printed).

    Raises
    ------
    FigureError
        Missing or unknown columns, figures that are no numbers, bases that are no whole numbers:
        all together.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FigureError(str(path), "bytes that are not UTF-8", "text in UTF-8") from error
    lines = text.splitlines()
    reader = csv.DictReader(lines)
    columns = [c.strip() for c in reader.fieldnames or ()]
    reader.fieldnames = columns
    _check_columns(path, columns)
    figures: list[Figure] = []
    extras: list[Extra] = []
    failures: list[AttitudesError] = []
    for record in reader:
        where = f"{path}, line {reader.line_num}"
        if None in record:
            failures.append(FigureError(where, "more fields than columns", str(len(columns))))
            continue
        cells = {str(k): (v or "").strip() for k, v in record.items()}
        try:
            extra = _extra(where, cells)
            figure = _figure(where, cells)
        except FigureError as error:
            failures.append(error)
            continue
        figures.append(figure)
        extras.append(extra)
    raise_all(failures)
    if not figures:
        raise FigureError(str(path), "no figures", "a row a figure")
    return tuple(figures), tuple(extras)


def _check_columns(path: Path, columns: Sequence[str]) -> None:
    needed = [c for c in FIGURE_COLUMNS if c != "section"]
    allowed = (*FIGURE_COLUMNS, "base", "n", "sd")
    where = f"{path}, line 1"
    if len(columns) == 1 and any(sign in columns[0] for sign in ";\t|"):
        raise FigureError(where, f"fields parted by another sign: {columns[0]!r}", "commas")
    if lacking := [c for c in needed if c not in columns]:
        found = f"no column {', '.join(lacking)}" if columns else "an empty file"
        raise FigureError(where, found, ", ".join(needed))
    if strays := [c for c in columns if c not in allowed]:
        raise FigureError.unknown(where, "column", strays[0], allowed)
    if repeated := [c for c in columns if columns.count(c) > 1]:
        raise FigureError(where, f"column {repeated[0]!r} twice", "each column once")


def _figure(where: str, cells: Mapping[str, str]) -> Figure:
    """Return the figure of a row."""
    for name in ("exhibit", "row", "column", "statistic"):
        if not cells[name]:
            raise FigureError(f"{where}, column {name}", "an empty cell", "a name")
    kind = kind_of(cells["statistic"])
    try:
        read_printed(cells["printed"], whole=kind not in ("mean", "share"))
        return Figure(*(cells.get(c, "") for c in FIGURE_COLUMNS))
    except (FigureError, ValueError) as error:
        found = repr(cells["printed"])
        allowed = "a number as printed, such as 2.10, 2,4 or 54.4%"
        raise FigureError(f"{where}, column printed", found, allowed) from error


def _extra(where: str, cells: Mapping[str, str]) -> Extra:
    """Return the base and the standard deviation printed beside a figure."""
    name = "base" if cells.get("base") else "n"
    text, spread = cells.get(name) or "", cells.get("sd") or None
    base = None
    if text:
        whole = text.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+", text) else text
        if not whole.isdigit() or int(whole) < 1:
            raise FigureError(f"{where}, column {name}", repr(text), "a whole number from 1 on")
        base = int(whole)
    if spread is not None:
        try:
            read_printed(spread)
        except FigureError as error:
            raise FigureError(f"{where}, column sd", error.found, error.allowed) from error
    return base, spread


def unread_statistics(figures: Sequence[Figure]) -> list[str]:
    """Return notes on statistics that no rule reads."""
    strays = dict.fromkeys(f.statistic for f in figures if kind_of(f.statistic) == "other")
    ends = ("scale_low", "scale_high", "clusters")
    return [
        f"statistic {name!r} is held only against other prints of it; rules know {_KNOWN}"
        for name in strays
        if name not in ends
    ]


def bare_groups(figures: Sequence[Figure]) -> dict[str, tuple[str, ...]]:
    """Take columns of one exhibit as the groups of one breakdown, joined where they overlap."""
    sets: list[tuple[str, list[str]]] = []
    for exhibit in dict.fromkeys(f.exhibit for f in figures):
        here = [f for f in figures if f.exhibit == exhibit and kind_of(f.statistic) != "other"]
        names = list(dict.fromkeys(f.column for f in here if f.column != TOTAL))
        if len(names) < 2 or exhibit.startswith("text"):
            continue
        by = _BY.search(exhibit)
        title = by.group(1) if by else exhibit
        touching = [s for s in sets if set(s[1]) & set(names)]
        merged = list(dict.fromkeys([*(n for s in touching for n in s[1]), *names]))
        sets = [s for s in sets if s not in touching]
        sets.append((touching[0][0] if touching else title, merged))
    found: dict[str, tuple[str, ...]] = {}
    for title, names in sets:
        found[title if title not in found else f"{title} ({', '.join(names)})"] = tuple(names)
    return found


def bare_answers(
    figures: Sequence[Figure], scale: tuple[int, int] | None, exclusive: bool
) -> dict[str, Answers]:
    """Return the answers of every row that prints a mean or a share, on one response scale.

    Notes
    -----
    Named shares of a row exclude each other when ``exclusive`` says so, or when they add up to 100
    within rounding in most of at least three columns.
    """
    found: dict[str, Answers] = {}
    for row in dict.fromkeys(f.row for f in figures if kind_of(f.statistic) in ("mean", "share")):
        here = [f for f in figures if f.row == row]
        named = list(dict.fromkeys(n for f in here if (n := f.statistic.partition(":")[2])))
        missing = tuple(n for n in named if n in _NONE)
        given = [n for n in named if n not in _NONE]
        full = _fills(here)
        coded = _coded(scale)
        scaled = coded and (
            any(kind_of(f.statistic) == "mean" for f in here) or set(given) <= {*coded}
        )
        if scaled and scale is not None:
            codes = [str(c) for c in range(scale[0], scale[1] + 1)]
            values: dict[str, Fraction | None] = {c: Fraction(c) for c in codes}
            boxes = coded
        else:
            values = dict.fromkeys(given if full else [*given, _OTHER]) if given else {}
            boxes = {n: frozenset({n}) for n in given}
        found[row] = Answers(values, boxes, missing, exclusive or full)
    return found


def _coded(scale: tuple[int, int] | None) -> dict[str, frozenset[str]]:
    """Return the boxes of a response scale: its codes, and both halves of an odd scale."""
    if scale is None:
        return {}
    low, high = scale
    boxes = {str(c): frozenset({str(c)}) for c in range(low, high + 1)}
    if (high - low) % 2 == 0 and high - low >= 2:
        middle = (low + high) // 2
        boxes["agree"] = frozenset(str(c) for c in range(middle + 1, high + 1))
        boxes["disagree"] = frozenset(str(c) for c in range(low, middle))
    return boxes


def _fills(figures: Sequence[Figure]) -> bool:
    """Whether the named shares of a row add up to 100 in most of at least three columns."""
    bars: dict[tuple[str, str], list[Interval]] = {}
    for f in figures:
        if kind_of(f.statistic) == "share" and ":" in f.statistic:
            interval = printed_interval(read_printed(f.printed))
            bars.setdefault((f.exhibit, f.column), []).append(interval)
    whole = [b for b in bars.values() if len(b) > 1]
    hits = 0
    for bar in whole:
        total = bar[0]
        for interval in bar[1:]:
            total = total.plus(interval)
        hits += total.contains(Fraction(100))
    return len(whole) >= 3 and 3 * hits >= 2 * len(whole)
