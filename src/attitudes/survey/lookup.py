"""From what stands in a cell to a code of the codebook."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from attitudes.survey.raw import DeclaredMissing

if TYPE_CHECKING:
    from attitudes.study.responses import Code, Response

__all__ = ["KINDS", "Lookup", "Resolved", "normal_text", "shown_value"]

KINDS = ("dont_know", "refused", "not_asked")
_WHOLE = re.compile(r"^(-?\d+)\.0+$")
TRUTH = {"true": 1, "false": 0}
_QUOTES = str.maketrans({"’": None, "‘": None, "'": None, "`": None, "_": " ", "\u00a0": " "})


def normal_text(value: Any) -> str:
    """Return a text without what does not matter: case, spaces, apostrophes.

    Examples
    --------
    >>> normal_text("  Don’t   KNOW"), normal_text("dont_know"), normal_text(5.0)
    ('dont know', 'dont know', '5')
    >>> normal_text("5.0"), normal_text("5.5")
    ('5', '5.5')
    """
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        value = int(value)
    text = unicodedata.normalize("NFKC", str(value)).translate(_QUOTES)
    return _WHOLE.sub(r"\1", " ".join(text.casefold().split()))


def shown_value(value: Any) -> str:
    """Return a cell as a message shows it.

    Examples
    --------
    >>> shown_value(5.0), shown_value("five")
    ('5', "'five'")
    """
    return f"{value:g}" if isinstance(value, float) else repr(value)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A cell's code, or why it has none.

    Attributes
    ----------
    code
        Code of the codebook; None when the cell stands for none.
    problem
        The cell as a message shows it; None when nothing is wrong.
    reason
        What is wrong beyond its not being an answer.
    """

    code: Code | None
    problem: str | None = None
    reason: str = ""


def _labels(response: Response) -> dict[str, Code]:
    """Return code by normalised label; a label that two codes share stands for neither."""
    found: dict[str, set[Code]] = {}
    for code, label in response.answers.items():
        for text in label.values():
            found.setdefault(normal_text(text), set()).add(code)
    return {text: min(codes, key=str) for text, codes in found.items() if len(codes) == 1}


@dataclass(frozen=True, slots=True)
class Lookup:
    """The codes of one response scale and every text that stands for one of them.

    Attributes
    ----------
    codes
        Codes of answers, in order.
    missing
        Kind of each missing code.
    texts
        Code by normalised text: codes as text, labels in every language, names of the kinds.
    labelled
        Code by normalised label alone.
    file_labels
        The file's own label of each value.
    declared
        Values that the file declares missing.
    aliases
        Further values of this file and the kind of missing each stands for, normalised.
    """

    codes: tuple[Code, ...]
    missing: Mapping[Code, str]
    texts: Mapping[str, Code]
    labelled: Mapping[str, Code]
    file_labels: Mapping[Any, str] = field(default_factory=dict)
    declared: tuple[DeclaredMissing, ...] = ()
    aliases: Mapping[str, Code] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        response: Response,
        *,
        file_labels: Mapping[Any, str] | None = None,
        declared: tuple[DeclaredMissing, ...] = (),
        kinds: Mapping[str, str] | None = None,
        truth: bool = False,
    ) -> Lookup:
        """Make the lookup of a response scale.

        Parameters
        ----------
        response
            The scale.
        file_labels, declared
            What the file says of the column.
        kinds
            Normalised value → kind of missing, as the caller says of this file.
        truth
            Whether the answers are 0 and 1 (one option of a multiple-response question).
        """
        codes: tuple[Code, ...] = (0, 1) if truth else response.codes
        labelled = {} if truth else _labels(response)
        named = {normal_text(kind): code for kind, code in response.missing.items()}
        texts: dict[str, Code] = {**named, **(TRUTH if truth else {}), **labelled}
        texts.update({normal_text(code): code for code in (*codes, *response.missing.values())})
        aliases = {
            text: response.missing[kind]
            for text, kind in (kinds or {}).items()
            if kind in response.missing
        }
        return cls(
            codes,
            {code: kind for kind, code in response.missing.items()},
            texts,
            labelled,
            file_labels or {},
            declared,
            aliases,
        )

    def resolve(self, value: Any) -> Resolved:
        """Return the code that a cell stands for.

        Notes
        -----
        In this order: what the caller said of this file; a code of the codebook; a label of the
        codebook in any language; the file's own label of the value, looked up as text. A value
        whose label in the file belongs to another code of the codebook is a contradiction.
        """
        text = normal_text(value)
        if text in self.aliases:
            return Resolved(self.aliases[text])
        exact = isinstance(value, str) and (value in self.codes or value in self.missing)
        code = value if exact else self.texts.get(text)
        label = self.file_labels.get(value)
        by_label = None if label is None else self.labelled.get(normal_text(label))
        if code is None and label is not None:
            by_label = self.texts.get(normal_text(label), by_label)
            code = by_label
        if code is None:
            return Resolved(None, shown_value(value), self._why(value))
        if by_label is not None and by_label != code and code in self.codes:
            reason = f", which the file labels {label!r}, the codebook's {by_label}"
            return Resolved(None, shown_value(value), reason)
        return Resolved(code)

    def _why(self, value: Any) -> str:
        if any(d.covers(value) for d in self.declared):
            return ", which the file declares missing and the codebook gives no kind"
        return ""

    def allowed(self) -> str:
        """Return what a cell may hold, for a message."""
        codes = self.codes
        numbers = [c for c in codes if isinstance(c, int)]
        if len(numbers) == len(codes) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
            listed = f"{numbers[0]} to {numbers[-1]}"
        else:
            listed = ", ".join(str(c) for c in codes[:12]) + (", …" if len(codes) > 12 else "")
        missing = ", ".join(f"{code} ({kind})" for code, kind in self.missing.items())
        return f"{listed}; {missing}" if missing else listed
