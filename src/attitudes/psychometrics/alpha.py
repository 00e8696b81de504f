"""Coefficient alpha with its item statistics and nothing else: for many rows or many calls."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from attitudes.errors import OptionError
from attitudes.numerics.moments import pairwise_moments
from attitudes.numerics.scales.alpha import AlphaCoefficients, alpha_coefficients
from attitudes.psychometrics.correlation_result import Missing
from attitudes.psychometrics.item_table import item_table
from attitudes.psychometrics.items import Items, resolve_items
from attitudes.psychometrics.keying import keying_warnings
from attitudes.psychometrics.matrix_checks import check_variation
from attitudes.psychometrics.reliability_result import ItemReliability
from attitudes.psychometrics.threads import one_thread
from attitudes.survey.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Alpha", "alpha"]


@dataclass(frozen=True, slots=True)
class Alpha:
    """Coefficient alpha of a scale.

    Attributes
    ----------
    scale, items
        Name, and items with a minus before those turned round.
    n
        Respondents who answered any item.
    coefficients
        Raw and standardised alpha, λ₆, inter-item correlations.
    item_table
        One entry an item, with the coefficients of the scale without it.
    warnings
        Items that go against the scale.
    """

    scale: str
    items: tuple[str, ...]
    n: int
    coefficients: AlphaCoefficients
    item_table: tuple[ItemReliability, ...]
    warnings: tuple[str, ...]

    @property
    def alpha(self) -> float:
        """Raw alpha."""
        return self.coefficients.raw

    def items_frame(self) -> pd.DataFrame:
        """Return one row an item."""
        import pandas as pd

        return pd.DataFrame([asdict(item) for item in self.item_table])


@one_thread
def alpha(
    survey: Survey,
    items: Items,
    *,
    ends: tuple[float, float] | None = None,
    weights: bool = True,
    missing: Missing = "pairwise",
) -> Alpha:
    """Return alpha and all item-drops of a scale; :func:`attitudes.reliability` does the rest.

    Parameters
    ----------
    survey
        Respondents.
    items
        Id of a scale; or names of items, with a minus before those keyed negatively.
    ends
        Lowest and highest answer, where no codebook declares them.
    weights
        Whether the sampling weights count.
    missing
        ``"pairwise"`` or ``"listwise"``.

    Returns
    -------
    Alpha

    Raises
    ------
    DataError
        Items that nobody answered, or everybody in the same way.
    OptionError
        Fewer than two items; an unknown option; ends that are needed and not known.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [2, 1, 3, 5, 4], "c": [1, 3, 2, 4, 5]})
    >>> round(alpha(Survey.from_frame(frame), ["a", "b", "c"]).alpha, 3)
    0.908
    """
    if missing not in ("pairwise", "listwise"):
        raise OptionError.unknown("alpha, missing", "option", missing, ["pairwise", "listwise"])
    chosen = resolve_items(survey, items, ends=ends, at_least=2)
    values = chosen.keyed()
    w = chosen.weights if weights else np.ones(survey.n)
    keep = w > 0
    if missing == "listwise":
        keep &= np.isfinite(values).all(axis=1)
    if not keep.all():
        values, w = values[keep], w[keep]
    check_variation(values, chosen.names, w)
    moments = pairwise_moments(values, w)
    return Alpha(
        chosen.label,
        chosen.keyed_names,
        int(np.isfinite(values).any(axis=1).sum()),
        alpha_coefficients(moments.covariance),
        item_table(chosen, values, moments, w),
        keying_warnings(chosen, moments.covariance),
    )
