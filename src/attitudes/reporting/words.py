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

LANGUAGES = ("en", "ru", "ky")
SOURCE = "en"


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


def _read(lang: str) -> Mapping[str, str]:
    file = resources.files("attitudes.reporting").joinpath(f"locales/{lang}.yaml")
    read: Mapping[str, str] = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
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
