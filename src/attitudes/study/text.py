"""Texts in several languages: code → wording, English always there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

__all__ = ["Frozen", "Text", "text_in"]

SOURCE_LANGUAGE = "en"


class Frozen(BaseModel):
    """A part of a study pack: immutable, no keys but the declared ones."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _as_text(value: Any) -> dict[str, str]:
    """Read a plain string as English; check that every wording is one and English is there."""
    if isinstance(value, str):
        value = {SOURCE_LANGUAGE: value}
    if not isinstance(value, Mapping):
        raise ValueError("a text, or a mapping of language codes to texts, is needed")
    texts: dict[str, str] = {}
    for code, wording in value.items():
        if not isinstance(code, str) or not isinstance(wording, str):
            raise ValueError(f"language {code!r}: the wording must be a text (quote it)")
        if wording.strip():
            texts[code] = " ".join(wording.split())
    if SOURCE_LANGUAGE not in texts:
        raise ValueError(f"the wording in {SOURCE_LANGUAGE!r} is missing")
    return texts


Text = Annotated[
    dict[str, str],
    BeforeValidator(_as_text),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1},
                {
                    "type": "object",
                    "required": [SOURCE_LANGUAGE],
                    "additionalProperties": {"type": "string"},
                },
            ],
            "description": "A text, or language codes and texts with English among them.",
        }
    ),
]


def text_in(text: Mapping[str, str], lang: str = SOURCE_LANGUAGE) -> str:
    """Return the wording in a language, in English where it was not translated.

    Examples
    --------
    >>> text_in({"en": "Trust", "ru": "Доверие"}, "ru"), text_in({"en": "Trust"}, "ky")
    ('Доверие', 'Trust')
    """
    return text.get(lang, text[SOURCE_LANGUAGE])
