"""Questions, scales of items, and the variables that answers are broken down by."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from pydantic import Field, model_validator

from attitudes.study.responses import Code
from attitudes.study.text import Frozen, Text

__all__ = ["Breakdown", "Derivation", "Keying", "Question", "Scale"]

Keying = Literal["+", "-"]


class Derivation(Frozen):
    """How a variable is made of another: intervals of a number become groups.

    Attributes
    ----------
    source
        The variable that is grouped (``from`` in YAML).
    groups
        Group id → ``[least, greatest]``, both included.

    Examples
    --------
    >>> d = Derivation.model_validate({"from": "age", "groups": {"young": [18, 28]}})
    >>> d.group_of(20), d.group_of(40)
    ('young', None)
    """

    source: str = Field(alias="from")
    groups: dict[Code, tuple[float, float]]

    @model_validator(mode="after")
    def _apart(self) -> Derivation:
        ordered = sorted(self.groups.items(), key=lambda pair: pair[1])
        for name, (low, high) in ordered:
            if low > high:
                raise ValueError(f"group {name!r} runs from {low:g} to {high:g}")
        for (name, (_, high)), (other, (low, _)) in pairwise(ordered):
            if low <= high:
                raise ValueError(f"groups {name!r} and {other!r} overlap at {low:g}")
        return self

    def group_of(self, value: float) -> int | str | None:
        """Return the group that a value falls in, None when in none."""
        for name, (low, high) in self.groups.items():
            if low <= value <= high:
                return name
        return None


class Question(Frozen):
    """A question, an item of a scale, or a variable that describes the respondent.

    Attributes
    ----------
    id
        Name of its column. A multiple-response question has a 0/1 column ``id.answer`` an answer.
    text
        Wording.
    response
        Id of its response scale.
    keying
        ``"+"``: a high answer is a high score; ``"-"``: the item is turned, (low + high) − x;
        None: not an item of a scale.
    scale
        Id of the scale it belongs to.
    asked_of
        Variable → answers: only respondents with these were asked.
    derive
        How it is made of another variable when it is not a column of the data.
    column
        Name of the column in the data files when it is not ``id``.
    note
        What a reader of the codebook should know.
    """

    id: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")
    text: Text
    response: str
    keying: Keying | None = None
    scale: str | None = None
    asked_of: dict[str, tuple[Code, ...]] = Field(default_factory=dict)
    derive: Derivation | None = None
    column: str | None = None
    note: Text | None = None

    @property
    def reversed(self) -> bool:
        """Whether right scoring turns the item."""
        return self.keying == "-"


class Scale(Frozen):
    """Items that are scored together.

    Attributes
    ----------
    id, label
        Its name, and its name for people.
    minimum_answered
        Fewest items a respondent must have answered to get a score.
    measures
        What a high score means.
    """

    id: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")
    label: Text
    minimum_answered: int = Field(ge=1)
    measures: Text | None = None


class Breakdown(Frozen):
    """A variable that tables are broken down by.

    Attributes
    ----------
    id
        Id of the variable.
    label
        Heading of its groups.
    order
        Groups in the order of tables; default: the order of the response scale.
    """

    id: str
    label: Text
    order: tuple[Code, ...] = ()
