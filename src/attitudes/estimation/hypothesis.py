"""What a test gives back."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

__all__ = ["HypothesisTest"]

SMALLEST = 1e-4


@dataclass(frozen=True, slots=True, repr=False)
class HypothesisTest:
    """A test and what it was made from.

    Attributes
    ----------
    method
        Name of the test.
    statistic_name, statistic
        What was computed.
    df
        Degrees of freedom: numerator and denominator of F, one number for t and χ², none where
        the distribution has none.
    p_value
        Two-sided, or of the upper tail for F and χ².
    n
        Respondents used.
    n_missing
        Respondents without an answer to a variable of the test.
    variance
        ``"taylor"`` or ``"replicate"``.
    estimate, se, ci_low, ci_high
        What is tested, with its interval; None where the test has no single estimate.
    """

    method: str
    statistic_name: str
    statistic: float
    df: tuple[float, ...]
    p_value: float
    n: int
    n_missing: int
    variance: str
    estimate: float | None = None
    se: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the fields as plain values."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @property
    def title(self) -> str:
        """What was tested and how its variance was taken."""
        return f"{self.method}; variance: {self.variance}"

    def lines(self) -> list[tuple[str, str]]:
        """Return name and value of each number, as a table shows them."""
        out = [(self.statistic_name, f"{self.statistic:.4g}")]
        if self.df:
            out.append(("df", ", ".join(f"{d:.4g}" for d in self.df)))
        out.append(("p", "< 0.0001" if self.p_value < SMALLEST else f"{self.p_value:.4g}"))
        if self.estimate is not None:
            out += [("estimate", f"{self.estimate:.4g}"), ("se", f"{self.se:.4g}")]
            out.append(("interval", f"{self.ci_low:.4g} to {self.ci_high:.4g}"))
        return [*out, ("respondents", str(self.n)), ("without an answer", str(self.n_missing))]

    def __repr__(self) -> str:
        shown = self.lines()
        width = max(len(name) for name, _ in shown)
        return "\n".join([self.title, *(f"  {name:<{width}}  {value}" for name, value in shown)])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>"
            for name, value in self.lines()
        )
        return f"<table><caption>{escape(self.title)}</caption>{rows}</table>"
