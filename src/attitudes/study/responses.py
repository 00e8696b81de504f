"""Response scales: which answers there are, and which codes are no answer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from attitudes.study.text import Frozen, Text

__all__ = ["Code", "MissingKind", "Response", "ResponseKind"]

ResponseKind = Literal["ordinal", "nominal", "multiple", "numeric"]
MissingKind = Literal["dont_know", "refused", "not_asked"]


def _no_truth_value(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError(
            f"{value} is a truth value; quote the code, since YAML reads yes, no, on and off so"
        )
    return value


Code = Annotated[int | str, BeforeValidator(_no_truth_value)]


class Response(Frozen):
    """A response scale.

    Attributes
    ----------
    kind
        ``"ordinal"`` (codes from ``low`` to ``high``), ``"nominal"`` (one of ``answers``),
        ``"multiple"`` (any of ``answers``, each a 0/1 column) or ``"numeric"`` (a number).
    answers
        Label of each code, in the order in which they are shown. An ordinal scale may label
        only some of its codes.
    missing
        Code of each kind of missing answer.
    low, high
        Ends of an ordinal scale; least and greatest allowed value of a numeric one.
    boxes
        Named groups of answers, such as ``agree: [4, 5]``.
    scores
        Number that stands for each answer when a mean is made of a nominal scale.
    scores_note
        What supports those numbers.
    """

    kind: ResponseKind
    answers: dict[Code, Text] = Field(default_factory=dict)
    missing: dict[MissingKind, Code] = Field(default_factory=dict)
    low: int | None = None
    high: int | None = None
    boxes: dict[str, tuple[Code, ...]] = Field(default_factory=dict)
    scores: dict[Code, float] = Field(default_factory=dict)
    scores_note: Text | None = None

    @model_validator(mode="after")
    def _complete(self) -> Response:
        if self.kind == "ordinal":
            if self.low is None or self.high is None:
                raise ValueError("an ordinal scale needs both ends, low and high")
            if self.low >= self.high:
                raise ValueError(f"low {self.low} is not below high {self.high}")
        elif self.kind != "numeric" and not self.answers:
            raise ValueError(f"a {self.kind} scale needs its answers")
        self._check_codes()
        return self

    def _check_codes(self) -> None:
        codes = set(self.codes)
        if codes and (strays := [c for c in self.answers if c not in codes]):
            raise ValueError(f"answers {strays} are outside {self.low} to {self.high}")
        for name, members in self.boxes.items():
            if strays := [c for c in members if c not in codes]:
                raise ValueError(f"box {name!r} holds {strays}, which are not among the answers")
        if strays := [c for c in self.scores if c not in codes]:
            raise ValueError(f"scores are given to {strays}, which are not among the answers")
        if strays := [c for c in self.missing.values() if self.allows(c)]:
            raise ValueError(f"missing codes {strays} are answers as well")
        if len(set(self.missing.values())) < len(self.missing):
            raise ValueError("two kinds of missing answer share a code")

    @property
    def codes(self) -> tuple[int | str, ...]:
        """All codes of answers, in order; empty for a numeric scale."""
        if self.kind == "ordinal" and self.low is not None and self.high is not None:
            return tuple(range(self.low, self.high + 1))
        return () if self.kind == "numeric" else tuple(self.answers)

    def allows(self, code: int | float | str) -> bool:
        """Return whether ``code`` is an answer (a missing code is none)."""
        if self.kind != "numeric":
            return code in self.codes
        if isinstance(code, str) or code in self.missing.values():
            return False
        return not (
            (self.low is not None and code < self.low)
            or (self.high is not None and code > self.high)
        )

    @property
    def reversal(self) -> int:
        """Lowest + highest answer: reverse keying is this − x.

        Raises
        ------
        ValueError
            When the scale has no declared ends.
        """
        if self.low is None or self.high is None:
            raise ValueError("a scale without ends cannot be reversed")
        return self.low + self.high
