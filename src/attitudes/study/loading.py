"""Find a study pack and load it; all that is wrong with it is told at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from attitudes.errors import StudyError, raise_all, suggest
from attitudes.study.checks import check_study
from attitudes.study.models import Study
from attitudes.study.yaml_file import YamlFile, read_yaml

__all__ = ["DEFAULT_STUDY", "bundled_studies", "load_study", "locate_study"]

DEFAULT_STUDY = "kyrgyzstan-2023"
STUDY_FILE = "study.yaml"


def _homes() -> tuple[Path, ...]:
    """Folders that may hold packs: those of the wheel, then those of the checkout."""
    package = Path(__file__).resolve().parents[1]
    checkout = package.parents[1]
    homes = [package / "_packs"]
    if (checkout / "pyproject.toml").is_file():
        homes.append(checkout / "data")
    return tuple(home for home in homes if home.is_dir())


def bundled_studies() -> dict[str, Path]:
    """Return name → folder of the bundled packs."""
    packs: dict[str, Path] = {}
    for home in _homes():
        for folder in sorted(home.iterdir()):
            if (folder / STUDY_FILE).is_file():
                packs.setdefault(folder.name, folder)
    return packs


def locate_study(name: str | Path = DEFAULT_STUDY) -> Path:
    """Return the ``study.yaml`` of a bundled name, a folder, or a file.

    Raises
    ------
    StudyError
        When there is none, with the nearest bundled name.

    Examples
    --------
    >>> locate_study("no-such-study")
    Traceback (most recent call last):
    ...
    attitudes.errors.StudyError: study: found unknown study 'no-such-study'; allowed: ...
    """
    path = Path(name)
    if path.is_file():
        return path
    if path.is_dir():
        if (path / STUDY_FILE).is_file():
            return path / STUDY_FILE
        raise StudyError(str(path), f"a folder without {STUDY_FILE}", "the folder of a study pack")
    packs = bundled_studies()
    if str(name) in packs:
        return packs[str(name)] / STUDY_FILE
    known = [*packs, "a folder", f"a {STUDY_FILE}"]
    raise StudyError.unknown("study", "study", str(name), known)


def load_study(name: str | Path = DEFAULT_STUDY) -> Study:
    """Load a study pack.

    Parameters
    ----------
    name
        Name of a bundled pack, a folder with a ``study.yaml``, or that file.

    Returns
    -------
    Study
        Checked: every name it uses is declared and every file it names is there.

    Raises
    ------
    StudyError
        All that is wrong with the pack, each with file, line and key.

    Examples
    --------
    >>> study = load_study()
    >>> study.items(study.scales[0].id)[0].keying
    '-'
    """
    file = read_yaml(locate_study(name))
    try:
        study = Study.model_validate(file.data).at(file.path.parent)
    except ValidationError as error:
        raise_all(list(_invalid(file, error)))
        raise
    raise_all(
        [StudyError(file.where(p.key), p.found, p.allowed, p.remedy) for p in check_study(study)]
    )
    return study


def _invalid(file: YamlFile, error: ValidationError) -> Iterator[StudyError]:
    """Yield one error for each thing that the models refuse."""
    seen: set[str] = set()
    for detail in error.errors(include_url=False):
        key = tuple(part for part in detail["loc"] if part not in ("[key]", "int", "str"))
        found, allowed, remedy = _sentence(detail)
        one = StudyError(file.where(key), found, allowed, remedy)
        if str(one) not in seen:
            seen.add(str(one))
            yield one


def _sentence(detail: Any) -> tuple[str, str | None, str | None]:
    kind, value = detail["type"], detail["input"]
    context = detail.get("ctx") or {}
    if kind == "missing":
        return "nothing", f"a value for {detail['loc'][-1]!r}", None
    if kind == "extra_forbidden":
        name = str(detail["loc"][-1])
        near = suggest(name, _field_names(Study))
        return f"unknown key {name!r}", "a key of the schema", near and f"did you mean {near!r}?"
    if kind == "value_error":
        return str(context["error"]), None, None
    if kind == "literal_error":
        near = suggest(
            str(value), context["expected"].replace("'", "").replace(" or", ",").split(", ")
        )
        return repr(value), context["expected"], near and f"did you mean {near!r}?"
    shown = repr(value)
    return (shown if len(shown) < 80 else shown[:77] + "…"), detail["msg"], None


def _field_names(model: type[BaseModel]) -> set[str]:
    """Return the keys that the schema knows, of all parts."""
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return {name for part in parts for name in part.get("properties", {})}
