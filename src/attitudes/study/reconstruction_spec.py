"""What a pack declares about the respondents that are reconstructed from its figures."""

from __future__ import annotations

from pydantic import Field

from attitudes.study.responses import Code
from attitudes.study.text import Frozen, Text

__all__ = ["Association", "NotAsked", "ReconstructionSpec"]


class Association(Frozen):
    """An assumed association of two variables, which the report does not print.

    Attributes
    ----------
    variables
        The two variables.
    weights
        Group of the first → group of the second → how much likelier than by chance; 1 where
        nothing stands.
    reason
        What it rests on.
    """

    variables: tuple[str, str]
    weights: dict[Code, dict[Code, float]]
    reason: Text


class NotAsked(Frozen):
    """Respondents who were not asked some questions.

    Attributes
    ----------
    questions
        Ids of the questions.
    variable, group
        Whose group the respondents belong to.
    count
        How many.
    reason
        What supports it.
    """

    questions: tuple[str, ...] = Field(min_length=1)
    variable: str
    group: Code
    count: int = Field(ge=1)
    reason: Text


class ReconstructionSpec(Frozen):
    """How respondents are reconstructed.

    Attributes
    ----------
    sizes
        Variable → group → number of respondents; all variables add up to the same number.
    sizes_reason
        What supports these numbers.
    exact
        Exhibits every cell and total of which must come out as printed.
    associations
        Assumed associations of the variables in ``sizes``.
    not_asked
        Respondents who were not asked some questions.
    dont_know, refused
        Shares of these answers where the print says nothing.
    reliability
        Alpha to which the items of a scale are tied together.
    icc
        Share of the variance of a scale's latent variable between PSUs.
    factor_correlation
        Correlation of the scales' latent variables.
    seed
        Seed of the respondents that the pack ships.
    reason
        What is invented.
    """

    sizes: dict[str, dict[Code, int]] = Field(min_length=1)
    sizes_reason: Text
    exact: tuple[str, ...] = ()
    associations: tuple[Association, ...] = ()
    not_asked: tuple[NotAsked, ...] = ()
    dont_know: float = Field(default=0.04, ge=0, lt=0.5)
    refused: float = Field(default=0.02, ge=0, lt=0.5)
    reliability: float = Field(default=0.75, gt=0, lt=1)
    icc: float = Field(default=0.05, ge=0, lt=1)
    factor_correlation: float = Field(default=0.4, ge=0, lt=1)
    seed: int = 1
    reason: Text | None = None

    @property
    def respondents(self) -> int:
        """Number of respondents."""
        return sum(next(iter(self.sizes.values())).values())
