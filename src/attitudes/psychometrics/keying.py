"""Whether items are keyed as their answers say: item-rest correlations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from attitudes.errors import DataError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.moments import pairwise_moments
from attitudes.psychometrics.items import Items, ItemSet, Scales, named_scales, resolve_items
from attitudes.survey.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ItemKeying", "KeyingCheck", "check_keying", "item_rest", "keyed", "keying_warnings"]


@dataclass(frozen=True, slots=True)
class ItemKeying:
    """How one item goes with the rest of its scale.

    Attributes
    ----------
    scale, item
        Where it belongs.
    sign
        Its keying, +1 or −1.
    item_rest
        Weighted correlation of the keyed item with the sum of the scale's other keyed items.
    """

    scale: str
    item: str
    sign: int
    item_rest: float

    @property
    def suspicious(self) -> bool:
        """Whether the correlation is negative: the item goes against its scale."""
        return bool(self.item_rest < 0)


@dataclass(frozen=True, slots=True)
class KeyingCheck:
    """Item-rest correlations of every item of some scales.

    Attributes
    ----------
    items
        One entry an item, in the order of the scales.
    """

    items: tuple[ItemKeying, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """One sentence for each item that goes against its scale."""
        return tuple(
            f"{i.item}: item-rest correlation {i.item_rest:.2f} in scale {i.scale}; "
            f"keyed {'negatively' if i.sign < 0 else 'positively'}, is that right?"
            for i in self.items
            if i.suspicious
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row an item: scale, item, sign, item_rest, suspicious."""
        import pandas as pd

        rows = [(i.scale, i.item, i.sign, i.item_rest, i.suspicious) for i in self.items]
        return pd.DataFrame(rows, columns=["scale", "item", "sign", "item_rest", "suspicious"])


def item_rest(covariance: FloatArray) -> FloatArray:
    """Return each item's correlation with the sum of the others; NaN for a constant item.

    Examples
    --------
    >>> item_rest(np.array([[1.0, 0.5], [0.5, 1.0]]))
    array([0.5, 0.5])
    """
    variance = np.diag(covariance)
    with_rest = covariance.sum(axis=0) - variance
    rest = covariance.sum() - 2.0 * covariance.sum(axis=0) + variance
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(with_rest / np.sqrt(variance * rest), dtype=np.float64)


def keying_warnings(items: ItemSet, covariance: FloatArray) -> tuple[str, ...]:
    """Return one sentence for each keyed item whose item-rest correlation is negative."""
    entries = zip(items.names, items.signs, item_rest(covariance), strict=True)
    found = tuple(ItemKeying(items.label, n, int(s), float(r)) for n, s, r in entries)
    return KeyingCheck(found).warnings


def check_keying(
    survey: Survey,
    scales: Scales = None,
    *,
    ends: tuple[float, float] | None = None,
) -> KeyingCheck:
    """Hold the keying of scales against the answers.

    Parameters
    ----------
    survey
        Respondents.
    scales
        Ids of scales, or a mapping from names to items; default: all scales of the study.
    ends
        Lowest and highest answer, where no codebook declares them.

    Returns
    -------
    KeyingCheck
        A wrongly keyed item shows itself by a negative correlation with the rest.

    Raises
    ------
    DataError
        A scale that nobody answered.

    Examples
    --------
    >>> import pandas as pd
    >>> survey = Survey.from_frame(
    ...     pd.DataFrame({"a": [1, 2, 4, 5], "b": [2, 1, 5, 4], "c": [5, 5, 2, 1]})
    ... )
    >>> check_keying(survey, {"s": ["a", "b", "c"]}).to_frame().suspicious.tolist()
    [True, True, True]
    >>> check_keying(survey, {"s": ["a", "b", "-c"]}, ends=(1, 5)).warnings
    ()
    """
    found: list[ItemKeying] = []
    for label, members in named_scales(survey, scales).items():
        items = resolve_items(survey, members, ends=ends, label=label, at_least=2)
        if not np.isfinite(items.raw).any() or not (items.weights > 0).any():
            raise DataError(f"scale {label}", "no answers", "answers to its items")
        rest = item_rest(pairwise_moments(items.keyed(), items.weights).covariance)
        found += [
            ItemKeying(label, name, int(sign), float(r))
            for name, sign, r in zip(items.names, items.signs, rest, strict=True)
        ]
    return KeyingCheck(tuple(found))


def keyed(
    survey: Survey,
    items: Items,
    *,
    ends: tuple[float, float] | None = None,
    suffix: str = "_keyed",
) -> Survey:
    """Return the survey with keyed copies of items, so that high means high on the scale.

    Parameters
    ----------
    survey
        Respondents.
    items
        Id of a scale; or names of items, with a minus before those to be turned round.
    ends
        Lowest and highest answer, where no codebook declares them.
    suffix
        What is added to an item's name to name its copy.

    Returns
    -------
    Survey
        With one column more an item: (lowest + highest) − x for items keyed negatively, x for
        the others; NaN where there is no answer.

    Examples
    --------
    >>> import pandas as pd
    >>> survey = Survey.from_frame(pd.DataFrame({"a": [1, 2], "b": [5, 2]}))
    >>> keyed(survey, ["a", "-b"], ends=(1, 5)).frame["b_keyed"].tolist()
    [1.0, 4.0]
    """
    from attitudes.survey.ledger import Step

    resolved = resolve_items(survey, items, ends=ends)
    values = resolved.keyed()
    columns = {f"{name}{suffix}": values[:, j] for j, name in enumerate(resolved.names)}
    turned = int((resolved.signs < 0).sum())
    step = Step(
        "keyed",
        {"items": list(resolved.keyed_names), "suffix": suffix},
        f"{resolved.k} items keyed, {turned} of them turned round",
    )
    return survey.with_columns(columns, step)
