"""How the scales of a survey go with one another, before and after their unreliability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from attitudes.errors import OptionError
from attitudes.numerics.moments import pairwise_moments
from attitudes.numerics.scales.scale_relations import RelatedScales, relate_scales
from attitudes.psychometrics.items import Scales, named_scales, resolve_items
from attitudes.psychometrics.matrix_checks import check_pairs, check_variation
from attitudes.psychometrics.threads import one_thread
from attitudes.survey.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ScaleRelations", "scale_relations"]


@dataclass(frozen=True, slots=True)
class ScaleRelations:
    """Correlations of scales with one another and with items.

    Attributes
    ----------
    scales, items
        Names.
    relations
        The numbers: rows and columns in the order of the names.
    """

    scales: tuple[str, ...]
    items: tuple[str, ...]
    relations: RelatedScales

    def to_frame(self) -> pd.DataFrame:
        """Return scales × scales: raw below, corrected above, alpha on the diagonal."""
        import pandas as pd

        r = self.relations
        shown = np.tril(r.correlation, -1) + np.triu(r.disattenuated)
        return pd.DataFrame(shown, index=list(self.scales), columns=list(self.scales))

    def items_frame(self) -> pd.DataFrame:
        """Return one row an item: its overlap-corrected correlation with every scale."""
        import pandas as pd

        values = self.relations.item_scale_corrected
        return pd.DataFrame(values, index=list(self.items), columns=list(self.scales))


@one_thread
def scale_relations(
    survey: Survey, scales: Scales = None, *, weights: bool = True
) -> ScaleRelations:
    """Correlate scales, corrected for their unreliability, and items with every scale.

    Parameters
    ----------
    survey
        Respondents.
    scales
        Ids of scales, or a mapping from names to items; default: all scales of the study.
    weights
        Whether the sampling weights count.

    Returns
    -------
    ScaleRelations
        A corrected correlation near 1 says that two scales measure the same; an item that goes
        with another scale more than with its own is in the wrong place.

    Raises
    ------
    DataError
        Items that nobody answered, or everybody in the same way.
    OptionError
        Fewer than two scales.

    Examples
    --------
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> f = rng.normal(size=(400, 2)) @ np.array([[1, 0.5], [0, 0.87]])
    >>> x = np.repeat(f, 3, axis=1) + rng.normal(size=(400, 6))
    >>> survey = Survey.from_frame(pd.DataFrame(x, columns=list("abcdef")))
    >>> found = scale_relations(survey, {"one": ["a", "b", "c"], "two": ["d", "e", "f"]})
    >>> bool(found.relations.disattenuated[0, 1] > found.relations.correlation[0, 1])
    True
    """
    sets = {
        name: resolve_items(survey, members, label=name)
        for name, members in named_scales(survey, scales).items()
    }
    if len(sets) < 2:
        raise OptionError("scale_relations, scales", f"{len(sets)} scales", "at least 2")
    names = tuple(dict.fromkeys(n for s in sets.values() for n in s.names))
    chosen = resolve_items(survey, names, label="all scales")
    w = survey.weights if weights else np.ones(survey.n)
    check_variation(chosen.raw, chosen.names, w)
    moments = pairwise_moments(chosen.raw[w > 0], w[w > 0])
    check_pairs(moments.n, chosen.names)
    place = {name: j for j, name in enumerate(names)}
    keys = np.zeros((len(names), len(sets)))
    for s, items in enumerate(sets.values()):
        for name, sign in zip(items.names, items.signs, strict=True):
            keys[place[name], s] = sign
    return ScaleRelations(tuple(sets), names, relate_scales(moments.covariance, keys))
