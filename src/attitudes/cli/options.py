"""Options that mean the same in every command: one spelling, one help text, one metavar."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "CsvOption",
    "DataOption",
    "DecimalOption",
    "EncodingOption",
    "JsonOption",
    "LevelOption",
    "OutFileOption",
    "OutFolderOption",
    "SeparatorOption",
    "SheetOption",
    "StudyOption",
]

StudyOption = Annotated[
    str | None,
    typer.Option(
        "--study", metavar="PACK", help="Study pack: a bundled name, a folder, or a study.yaml."
    ),
]
DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="FILE", help="Respondents (.csv, .xlsx, .sav, .dta); default: the pack's."
    ),
]
JsonOption = Annotated[
    str | None,
    typer.Option(
        "--json",
        metavar="FILE",
        help="Write the result as JSON; - writes it, and nothing else, to standard output.",
    ),
]
CsvOption = Annotated[
    Path | None, typer.Option("--csv", metavar="FILE", help="Write the result as CSV.")
]
OutFileOption = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="File to write.")]
OutFolderOption = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Folder to write into; made if absent.")
]
LevelOption = Annotated[
    float, typer.Option("--level", metavar="NUMBER", help="Level of the intervals.")
]
EncodingOption = Annotated[
    str | None,
    typer.Option("--encoding", metavar="NAME", help="Encoding of a text file; default UTF-8."),
]
SeparatorOption = Annotated[
    str | None,
    typer.Option("--separator", metavar="SIGN", help="What separates fields; default a comma."),
]
DecimalOption = Annotated[
    str | None, typer.Option("--decimal", metavar="SIGN", help="Decimal sign; default a point.")
]
SheetOption = Annotated[
    str | None,
    typer.Option("--sheet", metavar="NAME", help="Sheet of a workbook; default the first."),
]
