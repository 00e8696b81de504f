"""From a file of answers and its codebook to a Survey."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from attitudes.errors import AttitudesError, DataError, OptionError, raise_all
from attitudes.survey.checks import check_design, check_ids, check_provenance, missing_columns
from attitudes.survey.codebook import code_questions
from attitudes.survey.coding import Place
from attitudes.survey.design import SurveyDesign
from attitudes.survey.ledger import Ledger, Step
from attitudes.survey.lookup import KINDS, normal_text
from attitudes.survey.raw import RawTable, take_blank_rows
from attitudes.survey.read_csv import read_csv
from attitudes.survey.read_excel import read_excel
from attitudes.survey.read_spss_stata import read_spss_stata
from attitudes.survey.survey import Provenance, Survey

if TYPE_CHECKING:
    from attitudes.study.models import Study

__all__ = ["FORMATS", "MissingKind", "code_table", "read_responses", "read_table"]

MissingKind = Literal["dont_know", "refused", "not_asked"]
FORMATS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".sav", ".zsav", ".dta")
MERGED = "variance_stratum"


def read_responses(
    source: str | Path | pd.DataFrame,
    study: Study,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    decimal: Literal[".", ","] | None = None,
    sheet: str | None = None,
    missing: Mapping[Any, MissingKind] | None = None,
) -> Survey:
    """Read the answers of a study's respondents and code them by its codebook.

    Parameters
    ----------
    source
        A CSV, Excel, SPSS or Stata file (told by its ending), or a pandas frame. Answers may
        stand as codes or as labels in any language of the codebook.
    study
        The codebook.
    encoding, separator, decimal
        How a text file is written. Default: UTF-8 with or without a byte-order mark, commas
        between fields, a decimal point. Nothing else is guessed: a file that is written
        otherwise is refused with the option to pass. ``encoding`` also serves SPSS and Stata.
    sheet
        Sheet of a workbook; default: the first.
    missing
        Further values of this file that stand for a kind of missing answer, such as
        ``{-9: "refused", ".a": "dont_know"}``; the codebook's own codes need no mention.

    Returns
    -------
    Survey
        Answers as codes of the codebook (int8 where they fit, categories where codes are texts),
        each kind of missing answer as its code; a blank as the code of ``not_asked``, or blank
        where the codebook has none. Columns that the codebook does not name stay as they are.
        ``survey.ledger`` accounts for every row and counts the missing answers.

    Raises
    ------
    DataError
        All that is wrong with the file, together: columns that are not there, values that are no
        answer, text in place of numbers, ids that occur twice, blank, negative or non-numeric
        weights, units that do not nest.

    Examples
    --------
    >>> from attitudes.study.models import Study
    >>> study = Study.model_validate({
    ...     "id": "tiny", "title": "Tiny", "responses": {"agreement": {"kind": "ordinal",
    ...     "low": 1, "high": 5, "answers": {5: "Strongly agree"}, "missing": {"refused": 98}}},
    ...     "questions": [{"id": "q1", "text": "Trust", "response": "agreement"}]})
    >>> survey = read_responses(pd.DataFrame({"q1": ["1", "strongly agree", "98"]}), study)
    >>> survey.frame.q1.tolist(), dict(survey.ledger.missing["q1"])
    ([1, 5, 98], {'refused': 1})
    """
    raw = read_table(source, encoding=encoding, separator=separator, decimal=decimal, sheet=sheet)
    return code_table(raw, study, missing=missing)


def code_table(
    raw: RawTable, study: Study, *, missing: Mapping[Any, MissingKind] | None = None
) -> Survey:
    """Code a table of cells by a study's codebook; see `read_responses`.

    Raises
    ------
    DataError
        All that is wrong with the table, together.
    """
    kinds = _kinds(missing or {})
    coded = code_questions(raw, study, kinds)
    frame, failures = coded.frame, list(coded.failures)
    design = _design(study, raw)
    for what, wanted in (("design", design.columns), ("respondents' id", _id_column(study))):
        failures += missing_columns(raw.source, wanted, tuple(raw.frame.columns), what)
    failures += _check_respondents(raw, study)
    failures += check_design(raw.source, raw.frame, design, raw.rows)
    provenance, found = _provenance(raw, study)
    raise_all([*failures, *found])
    frame, design = _merged(frame, design, study)
    ledger = Ledger(
        raw.source,
        raw.n_read,
        len(frame),
        raw.dropped,
        coded.missing,
        (*raw.notes, *coded.notes),
    )
    step = Step("read_responses", {"source": raw.source}, f"{len(frame)} rows of {raw.source}")
    return Survey(frame, design, study, ledger, (step,), (), provenance)


def read_table(
    source: str | Path | pd.DataFrame,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    decimal: str | None = None,
    sheet: str | None = None,
) -> RawTable:
    """Return the cells of a file, told by its ending, or of a frame.

    Raises
    ------
    DataError
        The file is not there, of no known kind, or cannot be read.
    """
    if isinstance(source, pd.DataFrame):
        return _of_frame(source)
    path = Path(source)
    if not path.is_file():
        raise DataError(str(path), "no such file", f"a file ending in {', '.join(FORMATS)}")
    ending = path.suffix.lower()
    if sheet is not None and ending not in (".xlsx", ".xlsm"):
        raise OptionError("read_responses, sheet", f"a {ending} file", "an Excel workbook")
    if ending in (".csv", ".tsv", ".txt"):
        split = "\t" if separator is None and ending == ".tsv" else _sign(separator)
        return read_csv(path, encoding=encoding, separator=split, decimal=decimal)
    if ending in (".xlsx", ".xlsm"):
        return read_excel(path, sheet=sheet)
    if ending in (".sav", ".zsav", ".dta"):
        return read_spss_stata(path, encoding=encoding)
    raise DataError(str(path), f"the ending {ending!r}", ", ".join(FORMATS))


def _sign(separator: str | None) -> str | None:
    return "\t" if separator in ("\\t", "tab") else separator


def _of_frame(frame: pd.DataFrame) -> RawTable:
    if not len(frame):
        raise DataError("frame", "no row", "a row for each respondent")
    twice = frame.columns[frame.columns.duplicated()].tolist()
    if twice:
        raise DataError("frame", f"columns {twice} more than once", "every column name once")
    plain = frame.reset_index(drop=True)
    plain.columns = [str(name) for name in plain.columns]
    rows = np.arange(1, len(plain) + 1, dtype=np.int64)
    kept, numbers, dropped = take_blank_rows(plain, rows)
    return RawTable("frame", kept, numbers, len(plain), dropped=dropped)


def _kinds(missing: Mapping[Any, str]) -> dict[str, str]:
    for value, kind in missing.items():
        if kind not in KINDS:
            raise OptionError.unknown(f"read_responses, missing[{value!r}]", "kind", kind, KINDS)
    return {normal_text(value): kind for value, kind in missing.items()}


def _design(study: Study, raw: RawTable) -> SurveyDesign:
    spec = study.design
    return SurveyDesign(weight=spec.weight, stratum=spec.stratum, psu=spec.psu, fpc=spec.fpc)


def _id_column(study: Study) -> tuple[str, ...]:
    return () if study.data.respondent is None else (study.data.respondent,)


def _check_respondents(raw: RawTable, study: Study) -> list[AttitudesError]:
    name = study.data.respondent
    if name is None or name not in raw.frame.columns:
        return []
    return check_ids(Place(raw.source, name, raw.rows), raw.frame[name])


def _provenance(raw: RawTable, study: Study) -> tuple[Provenance, list[AttitudesError]]:
    if "provenance" in raw.frame.columns:
        at = Place(raw.source, "provenance", raw.rows)
        return check_provenance(at, raw.frame["provenance"])
    own = study.data.file
    if own is not None and Path(raw.source).resolve() == study.path(own).resolve():
        return study.data.provenance, []
    return "respondents", []


def _merged(
    frame: pd.DataFrame, design: SurveyDesign, study: Study
) -> tuple[pd.DataFrame, SurveyDesign]:
    """Put the strata that the pack merges for variance estimation into a column of their own.

    A file whose strata are merged already needs none.
    """
    spec = study.design
    if not spec.merge or not spec.stratum:
        return frame, design
    first, *rest = spec.stratum
    strata = frame[first].map(lambda stratum: spec.analysis_stratum(str(stratum)))
    if (strata == frame[first].astype(str)).all():
        return frame, design
    merged = frame.assign(**{MERGED: strata.astype("category")})
    kept = SurveyDesign(
        weight=design.weight, stratum=(MERGED, *rest), psu=design.psu, fpc=design.fpc
    )
    return merged, kept
