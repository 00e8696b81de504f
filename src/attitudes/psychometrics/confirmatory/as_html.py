"""How results show themselves: small tables for notebooks, whose answers they are."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["as_html", "said_of"]


def as_html(title: str, frame: pd.DataFrame, notes: Sequence[str] = ()) -> str:
    """Return a title, a table with three digits, and notes.

    Examples
    --------
    >>> import pandas as pd
    >>> as_html("a < b", pd.DataFrame({"x": [0.12345]})).count("0.123")
    1
    """
    shown = frame.to_html(index=False, border=0, float_format="{:.3f}".format, na_rep="")
    return f"<p>{escape(title)}</p>{shown}" + "".join(f"<p>{escape(n)}</p>" for n in notes)


def said_of(provenance: str) -> str:
    """Return words on whose answers were analysed; nothing for those of respondents.

    Examples
    --------
    >>> said_of("respondents"), said_of("reconstructed")
    ('', '; data: reconstructed')
    """
    return "" if provenance == "respondents" else f"; data: {provenance}"
