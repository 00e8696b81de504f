"""The JSON schema of a study pack, for editors and for other programs."""

from __future__ import annotations

from typing import Any

from attitudes.study.models import Study

__all__ = ["study_schema"]


def study_schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of ``study.yaml``.

    Examples
    --------
    >>> sorted(study_schema()["required"])
    ['id', 'questions', 'responses', 'title']
    """
    schema = Study.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
