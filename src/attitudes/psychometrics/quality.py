"""Response quality: indices of careless answering, and flags that never delete anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from attitudes.errors import DataError, OptionError
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.moments import pairwise_moments
from attitudes.numerics.scales.response_patterns import (
    individual_variability,
    long_string,
    mahalanobis_distance,
    pair_consistency,
)
from attitudes.psychometrics.items import Items, ItemSet, Scales, named_scales, resolve_items
from attitudes.psychometrics.person_fit import PersonFit, person_fit, scale_halves
from attitudes.survey.survey import Survey

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["QualityRules", "ResponseQuality", "response_quality"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityRules:
    """When a respondent is flagged. None switches a rule off.

    Attributes
    ----------
    straight_line
        Flag respondents with one and the same answer to every item they answered, when these are
        at least so many.
    long_string_share
        Flag runs of the same answer over more than this share of the items.
    mahalanobis_p
        Flag squared distances with a smaller χ² tail.
    even_odd
        Flag lower even–odd consistency.
    synonyms
        Flag a lower within-person correlation over psychometric synonyms.
    antonyms
        Flag a higher within-person correlation over psychometric antonyms.
    guttman_errors
        Flag a larger share of Guttman errors.
    person_fit
        Flag lower l_z.
    contradictions
        Flag a larger share of contradictory pairs answered on the same side (acquiescence).
    speed
        Flag durations below this share of the median.
    missing_share
        Flag a larger share of items left out.
    synonym_correlation
        |r| from which two items count as synonyms or antonyms.
    """

    straight_line: int | None = 6
    long_string_share: float | None = 0.5
    mahalanobis_p: float | None = 0.001
    even_odd: float | None = 0.0
    synonyms: float | None = 0.0
    antonyms: float | None = 0.0
    guttman_errors: float | None = 0.5
    person_fit: float | None = -3.0
    contradictions: float | None = 0.75
    speed: float | None = 1 / 3
    missing_share: float | None = 0.5
    synonym_correlation: float = 0.6


@dataclass(frozen=True, slots=True)
class ResponseQuality:
    """Indices and flags of every respondent.

    Attributes
    ----------
    items
        The items looked at.
    indices
        Name → number a respondent, length n; NaN where there is none.
    flags
        Name → whether the respondent is flagged, length n.
    pairs
        Synonym and antonym pairs found: ``{"synonyms": (("a", "b"), …), …}``.
    rules
        The rules.
    weights
        Sampling weights.
    notes
        Indices that could not be computed, and why.
    """

    items: tuple[str, ...]
    indices: Mapping[str, FloatArray]
    flags: Mapping[str, NDArray[np.bool_]]
    pairs: Mapping[str, tuple[tuple[str, str], ...]]
    rules: QualityRules
    weights: FloatArray
    notes: tuple[str, ...] = field(default=())

    @property
    def flagged(self) -> NDArray[np.bool_]:
        """Respondents with any flag."""
        return np.asarray(np.any([*self.flags.values()], axis=0))

    @property
    def n_flags(self) -> IntArray:
        """Number of flags of each respondent."""
        return np.asarray(np.sum([*self.flags.values()], axis=0), dtype=np.int64)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a respondent: indices, and flags as ``flag_<name>``."""
        import pandas as pd

        flags = {f"flag_{name}": values for name, values in self.flags.items()}
        return pd.DataFrame({**self.indices, **flags, "n_flags": self.n_flags})

    def summary(self) -> pd.DataFrame:
        """Return one row a rule: rule, n, share, weighted share; the last row is any flag."""
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for name, values in [*self.flags.items(), ("any", self.flagged)]:
            rows.append(
                {
                    "rule": name,
                    "n": int(values.sum()),
                    "share": float(values.mean()),
                    "weighted_share": float(np.average(values, weights=self.weights)),
                }
            )
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        lines = [f"Response quality of {len(self.items)} items, {len(self.weights)} respondents"]
        lines.append(self.summary().round(4).to_string(index=False))
        return "\n".join([*lines, *self.notes])


def _find_pairs(items: ItemSet, least: float) -> dict[str, IntArray]:
    moments = pairwise_moments(items.raw, items.weights)
    first, second = np.triu_indices(items.k, 1)
    r = moments.correlation[first, second]
    chosen = {"synonyms": r >= least, "antonyms": r <= -least}
    return {
        name: np.column_stack([first[mask], second[mask]]).astype(np.int64)
        for name, mask in chosen.items()
    }


def _contradictions(
    survey: Survey, items: ItemSet, pairs: Sequence[tuple[str, str]], middle: FloatArray
) -> FloatArray:
    """Share of contradictory pairs in which both statements were agreed to."""
    place = {name: j for j, name in enumerate(items.names)}
    agreed = np.full((survey.n, len(pairs)), np.nan)
    for p, (a, b) in enumerate(pairs):
        for name in (a, b):
            if name not in place:
                raise DataError.unknown("response_quality, contradictory", "item", name, place)
        x, y = items.raw[:, place[a]], items.raw[:, place[b]]
        both = np.isfinite(x) & np.isfinite(y)
        value = ((x > middle[place[a]]) & (y > middle[place[b]])).astype(np.float64)
        agreed[:, p] = np.where(both, value, np.nan)
    count = np.isfinite(agreed).sum(axis=1)
    total = np.nansum(agreed, axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def response_quality(
    survey: Survey,
    items: Items | None = None,
    *,
    scales: Scales = None,
    ends: tuple[float, float] | None = None,
    contradictory: Sequence[tuple[str, str]] = (),
    duration: str | None = None,
    rules: QualityRules | None = None,
) -> ResponseQuality:
    """Compute indices of careless answering; flag, never delete.

    Parameters
    ----------
    survey
        Respondents.
    items
        Items in the order they were asked; default: all items of the scales.
    scales
        Scales for even–odd consistency and person fit: ids, or a mapping from names to items;
        default: those of the study.
    ends
        Lowest and highest answer, where no codebook declares them.
    contradictory
        Pairs of items that cannot both be agreed to; agreeing to both is acquiescence. Where none
        are given, pairs within a scale that are keyed in opposite ways.
    duration
        Column with the length of the interview, for speeders.
    rules
        When to flag; default: `QualityRules()`.

    Returns
    -------
    ResponseQuality
        Indices, flags and their counts. Use
        :func:`attitudes.psychometrics.sensitivity.sensitivity` for estimates with and without the
        flagged.

    Raises
    ------
    DataError
        Unknown items.
    OptionError
        Fewer than three items.

    References
    ----------
    Curran, P. G. (2016). Methods for the detection of carelessly invalid responses in survey
    data. *Journal of Experimental Social Psychology* 66, 4–19. Meade, A. W. and Craig, S. B.
    (2012). Identifying careless responses in survey data. *Psychological Methods* 17, 437–455.

    Examples
    --------
    >>> import pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> x = rng.integers(1, 6, size=(50, 8)).astype(float)
    >>> x[0] = 3
    >>> survey = Survey.from_frame(pd.DataFrame(x, columns=list("abcdefgh")))
    >>> found = response_quality(survey, list("abcdefgh"))
    >>> found.flags["straight_line"].nonzero()[0].tolist()
    [0]
    """
    rules = rules or QualityRules()
    sets = _scale_sets(survey, scales, ends)
    if items is None:
        listed = [name for scale in sets for name in scale.names]
        items = list(dict.fromkeys(listed))
    chosen = resolve_items(survey, items, ends=ends, apply_keying=False)
    if chosen.k < 3:
        raise OptionError("response_quality, items", f"{chosen.k} items", "at least 3")
    notes: list[str] = []
    indices = _pattern_indices(chosen, notes)
    found = _find_pairs(chosen, rules.synonym_correlation)
    for name, pairs in found.items():
        if len(pairs) >= 3:
            indices[name] = pair_consistency(chosen.raw, pairs)
        else:
            notes.append(
                f"{name}: {len(pairs)} pairs with |r| of {rules.synonym_correlation:g} or more, "
                "3 are needed"
            )
    indices |= _scale_indices(sets, notes)
    opposite = list(contradictory) or _opposite_pairs(sets)
    if opposite:
        own = resolve_items(
            survey, list(dict.fromkeys(n for pair in opposite for n in pair)), ends=ends
        )
        middle = _middle(own)
        indices["contradictions"] = _contradictions(survey, own, opposite, middle)
    if duration is not None:
        seconds = survey.answers(duration).as_float()
        indices["speed"] = seconds / np.nanmedian(seconds)
    names = {
        name: tuple((chosen.names[i], chosen.names[j]) for i, j in pairs)
        for name, pairs in found.items()
    }
    names["contradictory"] = tuple((a, b) for a, b in opposite)
    flags = _flags(indices, rules, chosen)
    return ResponseQuality(chosen.names, indices, flags, names, rules, chosen.weights, tuple(notes))


def _scale_sets(survey: Survey, scales: Scales, ends: tuple[float, float] | None) -> list[ItemSet]:
    if scales is None and (survey.study is None or not survey.study.scales):
        return []
    wanted = named_scales(survey, scales)
    return [resolve_items(survey, members, ends=ends, label=k) for k, members in wanted.items()]


def _middle(items: ItemSet) -> FloatArray:
    """Middle of each response scale; the observed range where its ends are not declared."""
    declared = (items.low + items.high) / 2.0
    observed = (np.nanmin(items.raw, axis=0) + np.nanmax(items.raw, axis=0)) / 2.0
    return np.where(np.isfinite(declared), declared, observed)


def _opposite_pairs(sets: Sequence[ItemSet]) -> list[tuple[str, str]]:
    """Each positively keyed item with the negatively keyed one at the same place of its scale."""
    pairs: list[tuple[str, str]] = []
    for scale in sets:
        plus = [n for n, s in zip(scale.names, scale.signs, strict=True) if s > 0]
        minus = [n for n, s in zip(scale.names, scale.signs, strict=True) if s < 0]
        pairs += list(zip(plus, minus, strict=False))
    return pairs


def _pattern_indices(items: ItemSet, notes: list[str]) -> dict[str, FloatArray]:
    values = items.raw
    present = np.isfinite(values)
    out: dict[str, FloatArray] = {
        "long_string": long_string(values).astype(np.float64),
        "irv": individual_variability(values),
        "answered": present.sum(axis=1).astype(np.float64),
        "missing_share": 1.0 - present.mean(axis=1),
    }
    try:
        distance, tail = mahalanobis_distance(values, items.weights)
        out |= {"mahalanobis": distance, "mahalanobis_p": tail}
    except (np.linalg.LinAlgError, DataError) as error:
        notes.append(f"Mahalanobis distance: {error}")
    return out


def _scale_indices(sets: Sequence[ItemSet], notes: list[str]) -> dict[str, FloatArray]:
    out: dict[str, FloatArray] = {}
    if not sets:
        notes.append("no scales: no even–odd consistency, no person fit")
        return out
    consistency = scale_halves(sets)
    if consistency is None:
        notes.append("even–odd consistency: 3 scales of 2 items or more are needed")
    else:
        out["even_odd"] = consistency
    fits: list[PersonFit] = [f for f in (person_fit(s, notes) for s in sets) if f is not None]
    if fits:
        errors = np.column_stack([f.guttman_errors for f in fits])
        lz = np.column_stack([f.lz for f in fits])
        out["guttman_errors"] = _row_mean(errors)
        count = np.isfinite(lz).sum(axis=1)
        total = np.nansum(lz, axis=1)
        out["person_fit"] = np.where(count > 0, total / np.sqrt(np.maximum(count, 1)), np.nan)
    return out


def _row_mean(values: FloatArray) -> FloatArray:
    count = np.isfinite(values).sum(axis=1)
    return np.where(count > 0, np.nansum(values, axis=1) / np.maximum(count, 1), np.nan)


def _flags(
    indices: Mapping[str, FloatArray], rules: QualityRules, items: ItemSet
) -> dict[str, NDArray[np.bool_]]:
    out: dict[str, NDArray[np.bool_]] = {}
    answered = indices["answered"]
    if rules.straight_line is not None:
        straight = (indices["irv"] == 0) & (answered >= rules.straight_line)
        out["straight_line"] = np.asarray(straight)
    if rules.long_string_share is not None:
        limit = rules.long_string_share * items.k
        out["long_string"] = np.asarray(indices["long_string"] > limit)
    above = {
        "antonyms": rules.antonyms,
        "guttman_errors": rules.guttman_errors,
        "contradictions": rules.contradictions,
        "missing_share": rules.missing_share,
    }
    below = {
        "mahalanobis_p": rules.mahalanobis_p,
        "even_odd": rules.even_odd,
        "synonyms": rules.synonyms,
        "person_fit": rules.person_fit,
        "speed": rules.speed,
    }
    with np.errstate(invalid="ignore"):
        for name, limit_ in above.items():
            if limit_ is not None and name in indices:
                out[name] = np.asarray(indices[name] > limit_)
        for name, limit_ in below.items():
            if limit_ is not None and name in indices:
                label = "mahalanobis" if name == "mahalanobis_p" else name
                out[label] = np.asarray(indices[name] < limit_)
    return out
