"""Response quality: indices of careless answering, and flags that never delete anybody."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from attitudes.errors import DataError, OptionError, raise_all
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
from attitudes.psychometrics.quality_result import ResponseQuality
from attitudes.psychometrics.quality_rules import QualityRules, flags_of
from attitudes.psychometrics.threads import one_thread
from attitudes.survey.survey import Survey

__all__ = ["response_quality"]


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


@one_thread
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
        Unknown items, items that nobody answered.
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
    rules.check()
    sets = _scale_sets(survey, scales, ends)
    if items is None:
        listed = [name for scale in sets for name in scale.names]
        items = list(dict.fromkeys(listed))
    chosen = resolve_items(survey, items, ends=ends, apply_keying=False)
    if chosen.k < 3:
        raise OptionError("response_quality, items", f"{chosen.k} items", "at least 3")
    raise_all(
        [
            DataError(f"item {name}", "no answers", "some answers", "leave the item out")
            for name, column in zip(chosen.names, chosen.raw.T, strict=True)
            if not np.isfinite(column).any()
        ]
    )
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
        indices["speed"] = _speed(survey, duration)
    names = {
        name: tuple((chosen.names[i], chosen.names[j]) for i, j in pairs)
        for name, pairs in found.items()
    }
    names["contradictory"] = tuple((a, b) for a, b in opposite)
    flags = flags_of(indices, rules, chosen.k)
    halved = sum(scale.k >= 2 for scale in sets)
    if "even_odd" in flags and halved < rules.even_odd_scales:
        del flags["even_odd"]
        notes.append(
            f"even–odd consistency rests on {halved} scales: computed, but nobody is flagged "
            f"below {rules.even_odd_scales}"
        )
    return ResponseQuality(chosen.names, indices, flags, names, rules, chosen.weights, tuple(notes))


def _speed(survey: Survey, duration: str) -> FloatArray:
    """Length of each interview over the median."""
    seconds = survey.answers(duration).as_float()
    known = np.isfinite(seconds)
    if not known.any() or (seconds[known] < 0).any() or np.median(seconds[known]) <= 0:
        raise DataError(
            f"response_quality, duration {duration}",
            "lengths that are missing, or not above 0",
            "lengths of interviews",
        )
    return np.asarray(seconds / np.median(seconds[known]))


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
