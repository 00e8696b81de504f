"""The published schema, the packs held against it, and the codebook."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from attitudes.errors import OptionError
from attitudes.study.codebook import CODEBOOK_COLUMNS, codebook_entries, codebook_rows
from attitudes.study.loading import bundled_studies, load_study
from attitudes.study.schema import study_schema

KEYS = Path(__file__).parent / "schema_keys.json"


def keys(schema: dict[str, Any]) -> dict[str, list[str]]:
    parts = {"Study": schema, **schema["$defs"]}
    return {
        name: sorted(part.get("properties", part.get("enum", {}))) for name, part in parts.items()
    }


def test_schema_keeps_its_keys() -> None:
    """Packs rely on these keys: a change here is a change of the format.

    Write ``keys(study_schema())`` to schema_keys.json and add a line to the changelog.
    """
    assert keys(study_schema()) == json.loads(KEYS.read_text(encoding="utf-8"))


def test_schema_is_the_same_in_every_process() -> None:
    code = "import json; from attitudes.study.schema import study_schema; print(json.dumps(study_schema()))"
    outputs = {
        hashlib.sha256(
            subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout
        ).hexdigest()
        for _ in range(2)
    }
    assert len(outputs) == 1


def test_nothing_is_allowed_beside_the_declared_keys() -> None:
    schema = study_schema()
    objects = [schema, *(d for d in schema["$defs"].values() if d.get("type") == "object")]
    assert all(part["additionalProperties"] is False for part in objects)


@pytest.mark.parametrize("name", sorted(bundled_studies()))
def test_every_pack_has_a_codebook(name: str) -> None:
    study = load_study(name)
    entries = codebook_entries(study)
    columns, rows = codebook_rows(study)
    assert columns == CODEBOOK_COLUMNS
    assert [row[0] for row in rows] == [v["id"] for v in entries["variables"]] == list(study.ids())
    assert sum(len(s["items"]) for s in entries["scales"]) == sum(
        q.scale is not None for q in study.questions
    )
    json.dumps(entries)


def test_codebook_in_a_language_that_is_not_there() -> None:
    with pytest.raises(OptionError, match="unknown language 'ru'"):
        codebook_entries(load_study(), lang="ru")


def test_instrument_of_the_default_study() -> None:
    study = load_study()
    sizes = {s.id: len(study.items(s.id)) for s in study.scales}
    assert sizes == {"trust": 9, "traits": 12, "similarity": 9, "change": 6, "extremist": 4}
    for scale in study.scales:
        for breakdown in study.breakdowns:
            assert any(
                e.kind == "means" and e.scales == (scale.id,) and e.breakdown == breakdown.id
                for e in study.exhibits
            )


def test_no_pack_is_known_to_the_code() -> None:
    """No line of the package names a group, an item or a study, but for the default's name."""
    named: set[str] = set()
    for name in bundled_studies():
        study = load_study(name)
        named |= {q.id for q in study.questions if q.scale is not None}
        named |= {str(c) for c in study.responses["region"].codes}
    source = Path(load_study.__globals__["__file__"]).parents[1]
    for path in source.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found = {n for n in named if f'"{n}"' in text or f"'{n}'" in text}
        assert not found, f"{path.name}: {sorted(found)}"
