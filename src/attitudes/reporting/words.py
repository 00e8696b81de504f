"""The report's own words in a language; what is not translated stands in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

from attitudes.errors import OptionError

__all__ = ["LANGUAGES", "Words", "load_words"]

SOURCE = "en"


def _files() -> dict[str, list[Any]]:
    """Return language → files of its words: ``<language>.yaml``, ``<language>.<chapter>.yaml``."""
    folder = resources.files("attitudes.reporting").joinpath("locales")
    found: dict[str, list[Any]] = {SOURCE: []}
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        lang, *_, end = file.name.split(".")
        if end == "yaml":
            found.setdefault(lang, []).append(file)
    return found


LANGUAGES = tuple(_files())
"""Codes of the languages that have words, English first."""


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences of one language.

    Attributes
    ----------
    lang
        Its code.
    own
        Key → sentence.
    source
        The same in English.
    reviewed
        Whether a speaker of the language has reviewed them.

    Examples
    --------
    >>> load_words("en")("base.n", n="39")
    'n = 39'
    """

    lang: str
    own: Mapping[str, str]
    source: Mapping[str, str]
    reviewed: bool

    def __call__(self, key: str, **values: Any) -> str:
        """Return a sentence with its values filled in.

        Raises
        ------
        KeyError
            When English does not have it.
        """
        sentence = self.own.get(key) or self.source[key]
        return sentence.format(**values) if values else sentence


@lru_cache
def _read(lang: str) -> Mapping[str, str]:
    read: dict[str, str] = {}
    for file in _files()[lang]:
        read |= yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return read


@lru_cache
def load_words(lang: str) -> Words:
    """Load the words of a language.

    Raises
    ------
    OptionError
        When there are none.
    """
    if lang not in LANGUAGES:
        raise OptionError.unknown("report, lang", "language", lang, LANGUAGES)
    own = _read(lang)
    return Words(lang, own, _read(SOURCE), own.get("reviewed", "no") == "yes")
