"""The main verb: from respondents to the regenerated report."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from attitudes.errors import AttitudesError, OptionError, raise_all
from attitudes.reporting.assemble import assemble
from attitudes.reporting.charts.many import DrawingRoom, Drawn
from attitudes.reporting.context import Context
from attitudes.reporting.csv_table import to_csv
from attitudes.reporting.html import to_html
from attitudes.reporting.model import Report
from attitudes.reporting.words import LANGUAGES
from attitudes.reporting.workbook import to_workbook
from attitudes.study.models import Study
from attitudes.survey.survey import Survey

__all__ = ["FORMATS", "Format", "ReportResult", "report"]

Format = Literal["html", "csv", "xlsx", "svg", "png"]
FORMATS: tuple[Format, ...] = get_args(Format)


@dataclass(frozen=True, slots=True)
class ReportResult:
    """What was written.

    Attributes
    ----------
    folder
        Where.
    paths
        Every file, in the order of formats.
    tables, charts
        How many.
    report
        The report itself, before any format.
    """

    folder: Path
    paths: tuple[Path, ...]
    tables: int
    charts: int
    report: Report

    def __repr__(self) -> str:
        return (
            f"ReportResult: {self.tables} tables and {self.charts} charts in "
            f"{len(self.paths)} files, {self.folder}"
        )


def report(
    study: Study,
    survey: Survey,
    out: str | Path,
    formats: Sequence[Format] = FORMATS,
    lang: str = "en",
    *,
    level: float = 0.95,
    processes: int | None = None,
    progress: Callable[[str, int, int], Any] = lambda what, done, total: None,
) -> ReportResult:
    """Regenerate a study's report from its respondents.

    Parameters
    ----------
    study
        The pack: exhibits, conventions, sections.
    survey
        The respondents.
    out
        Folder to write into; made when absent. Files of an earlier run are replaced.
    formats
        Any of ``html`` (one page), ``csv`` (a file a table), ``xlsx`` (one workbook), ``svg`` and
        ``png`` (a file a chart).
    lang
        ``en``, ``ru`` or ``ky``; what a pack does not translate stands in English.
    level
        Level of the intervals.
    processes
        How many processes draw charts; default: one a processor, two at most.
    progress
        Called with what is being done, how much is done, and how much there is.

    Returns
    -------
    ReportResult
        The paths written.

    Raises
    ------
    OptionError
        Unknown formats or language.
    AttitudesError
        An exhibit that the data cannot fill, or a folder that cannot be written. Nothing is
        written then.

    Notes
    -----
    Everything is made beside the folder first and moved in at the end, file by file.
    """
    _check(formats, lang, level)
    ctx = Context(study, survey if survey.study is not None else _with(survey, study), lang, level)
    wanted = set(formats)
    if wanted & {"html", "svg", "png"}:
        with DrawingRoom(processes) as room:
            made = assemble(ctx, progress=progress)
            svg, png = bool(wanted & {"html", "svg"}), "png" in wanted
            drawn = room.draw(list(made.charts()), svg=svg, png=png, progress=progress)
    else:
        made, drawn = assemble(ctx, progress=progress), {}
    files = _files(made, drawn, wanted, study.id)
    folder = Path(out)
    paths = _write(folder, files)
    return ReportResult(folder, paths, len(list(made.tables())), len(list(made.charts())), made)


def _with(survey: Survey, study: Study) -> Survey:
    from dataclasses import replace

    return replace(survey, study=study)


def _check(formats: Sequence[str], lang: str, level: float) -> None:
    failures: list[AttitudesError] = [
        OptionError.unknown("report, formats", "format", name, FORMATS)
        for name in formats
        if name not in FORMATS
    ]
    if not formats:
        failures.append(OptionError("report, formats", "none", ", ".join(FORMATS)))
    if lang not in LANGUAGES:
        failures.append(OptionError.unknown("report, lang", "language", lang, LANGUAGES))
    if not 0 < level < 1:
        failures.append(OptionError("report, level", f"{level:g}", "a number between 0 and 1"))
    raise_all(failures)


def _files(
    made: Report, drawn: dict[str, Drawn], wanted: set[Format], name: str
) -> dict[str, bytes]:
    """Return path inside the folder → content."""
    files: dict[str, bytes] = {}
    if "html" in wanted:
        svgs = {key: one.svg for key, one in drawn.items() if one.svg is not None}
        files["report.html"] = to_html(made, svgs).encode()
    if "csv" in wanted:
        for table in made.tables():
            files[f"tables/{table.name}.csv"] = to_csv(table).encode()
    if "xlsx" in wanted:
        files[f"{name}.xlsx"] = to_workbook(made)
    for key, one in drawn.items():
        if "svg" in wanted and one.svg is not None:
            files[f"charts/{key}.svg"] = one.svg.encode()
        if "png" in wanted and one.png is not None:
            files[f"charts/{key}.png"] = one.png
    return files


def _write(folder: Path, files: dict[str, bytes]) -> tuple[Path, ...]:
    """Write all files beside the folder, then move them in."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".report-", dir=folder))
    except OSError as error:
        raise _unwritable(folder, "folder", error) from error
    try:
        for part in {path.parent for path in map(Path, files)}:
            (folder / part).mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            path = beside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for name in files:
            os.replace(beside / name, folder / name)  # noqa: PTH105
    except OSError as error:
        raise _unwritable(Path(error.filename or folder), "file", error) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return tuple(folder / name for name in files)


def _unwritable(path: Path, what: str, error: OSError) -> AttitudesError:
    return AttitudesError(
        str(path),
        f"a {what} that cannot be written ({error.strerror})",
        "a folder that is writable and has room",
    )
