"""The study and the respondents that a command names, or the bundled ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from attitudes.errors import StudyError

if TYPE_CHECKING:
    from attitudes.study.models import Study
    from attitudes.survey.survey import Survey

__all__ = ["load"]


def load(
    study: str | None,
    data: Path | None,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    decimal: str | None = None,
    sheet: str | None = None,
) -> tuple[Study, Survey]:
    """Load a study pack and its respondents.

    Parameters
    ----------
    study
        A bundled name, a folder or a ``study.yaml``; None: the default pack.
    data
        File of respondents; None: the pack's own.
    encoding, separator, decimal, sheet
        How the file is written, where it is not as expected.

    Raises
    ------
    StudyError
        When neither the call nor the pack names respondents.
    """
    from attitudes.study.loading import DEFAULT_STUDY, load_study
    from attitudes.survey.reading import read_responses

    pack = load_study(study or DEFAULT_STUDY)
    if data is None:
        if pack.data.file is None:
            raise StudyError(
                f"study {pack.id}",
                "no respondents of its own",
                "a file of respondents",
                "name one with --data",
            )
        data = pack.path(pack.data.file)
    written: Any = {
        "encoding": encoding,
        "separator": separator,
        "decimal": decimal,
        "sheet": sheet,
    }
    return pack, read_responses(data, pack, **written)
