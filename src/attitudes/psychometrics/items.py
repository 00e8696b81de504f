"""From a scale's name, or a list of items, to keyed answers as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from attitudes.errors import AttitudesError, DataError, OptionError, raise_all
from attitudes.numerics.design import FloatArray, IntArray
from attitudes.numerics.scales.scale_scores import reverse_items
from attitudes.survey.survey import Survey

__all__ = ["ItemSet", "Items", "Scales", "named_scales", "resolve_items"]

Items = str | Sequence[str]
Scales = Items | Mapping[str, Sequence[str]] | None


@dataclass(frozen=True, slots=True)
class ItemSet:
    """The items of one scale.

    Attributes
    ----------
    label
        Name of the scale, or ``"items"``.
    names
        Names of the items, length k.
    signs
        +1 or −1 an item: its keying.
    raw
        Answers as given, n × k, NaN where there is none.
    low, high
        Ends of each item's response scale, length k; NaN where they are not declared.
    weights
        Sampling weights, length n.
    minimum_answered
        The scale's own minimum of answered items, or None.
    constant
        c of x → c − x for items turned round, length k; None: lowest + highest of each item.
    """

    label: str
    names: tuple[str, ...]
    signs: IntArray
    raw: FloatArray
    low: FloatArray
    high: FloatArray
    weights: FloatArray
    minimum_answered: int | None = None
    constant: FloatArray | None = None

    @property
    def k(self) -> int:
        """Number of items."""
        return len(self.names)

    @property
    def keyed_names(self) -> tuple[str, ...]:
        """Names with a minus before those that are turned round."""
        pairs = zip(self.names, self.signs, strict=True)
        return tuple(f"-{name}" if sign < 0 else name for name, sign in pairs)

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest answer, when all items share one response scale.

        Raises
        ------
        OptionError
            When the ends are not declared or differ between the items.
        """
        found = {(float(a), float(b)) for a, b in zip(self.low, self.high, strict=True)}
        if len(found) != 1 or not np.isfinite(next(iter(found))).all():
            raise OptionError(
                f"scale {self.label}, response scale",
                "ends that are not declared, or differ between the items",
                "one pair of ends",
                "give ends=(lowest, highest)",
            )
        return next(iter(found))

    def signed(self) -> FloatArray:
        """Return answers × sign: the direction of the scale where its ends do not matter."""
        return self.raw if (self.signs > 0).all() else self.raw * self.signs

    def keyed(self) -> FloatArray:
        """Return answers turned in one direction, n × k.

        Raises
        ------
        OptionError
            When an item is to be turned round and the ends of its response scale are unknown.
        """
        if not (self.signs < 0).any():
            return self.raw
        total = self.low + self.high if self.constant is None else self.constant
        lacking = [
            name
            for name, sign, c in zip(self.names, self.signs, total, strict=True)
            if sign < 0 and not np.isfinite(c)
        ]
        if lacking:
            raise OptionError(
                f"scale {self.label}, reverse keying of {', '.join(lacking)}",
                "a response scale whose ends are not declared",
                "a codebook, or ends=(lowest, highest)",
            )
        return reverse_items(self.raw, self.signs, total)


def scale_ids(survey: Survey) -> tuple[str, ...]:
    """Return the ids of the study's scales; none without a study."""
    return () if survey.study is None else tuple(scale.id for scale in survey.study.scales)


def named_scales(survey: Survey, scales: Scales) -> dict[str, Items]:
    """Return the scales asked for by name: all of the study's for None.

    Raises
    ------
    OptionError
        No scales given and no study; or an unknown scale.
    """
    if isinstance(scales, Mapping):
        return dict(scales)
    known = scale_ids(survey)
    if scales is None:
        if not known:
            raise OptionError(
                "score, scales",
                "no scales, and a survey without a codebook that declares any",
                'a mapping such as {"trust": ["q1", "-q2"]}',
            )
        return {name: name for name in known}
    wanted = [scales] if isinstance(scales, str) else list(scales)
    raise_all(
        [AttitudesError.unknown("scales", "scale", w, known) for w in wanted if w not in known]
    )
    return {name: name for name in wanted}


def _split(survey: Survey, entry: str) -> tuple[str, int | None]:
    if entry in survey.frame.columns or not entry.startswith("-"):
        return entry, None
    return entry[1:], -1


def _scale_members(survey: Survey, scale: str) -> list[tuple[str, int]]:
    assert survey.study is not None
    questions = survey.study.items(scale)
    return [(q.id, -1 if q.keying == "-" else 1) for q in questions]


def _declared(survey: Survey, name: str) -> tuple[float, float]:
    study = survey.study
    if study is None or not study.has(name):
        return (np.nan, np.nan)
    response = study.response_of(name)
    if response.low is None or response.high is None:
        return (np.nan, np.nan)
    return (float(response.low), float(response.high))


def resolve_items(
    survey: Survey,
    items: Items,
    *,
    ends: tuple[float, float] | None = None,
    label: str | None = None,
    at_least: int = 1,
    apply_keying: bool = True,
) -> ItemSet:
    """Return the answers to a scale of the study, or to named items.

    Parameters
    ----------
    survey
        Respondents.
    items
        Id of a scale of the study; or names of columns, with a minus before those that are
        keyed negatively (``["-A1", "A2"]``).
    ends
        Lowest and highest answer, where no codebook declares them.
    label
        Name for messages; default: the scale's id.
    at_least
        The least number of items the caller can use.
    apply_keying
        Whether the codebook's keying of a scale counts; a minus before a name always does.

    Raises
    ------
    DataError
        Unknown items, items that are not numbers, answers outside the response scale.
    OptionError
        Too few items, or an item twice.
    """
    study = survey.study
    minimum: int | None = None
    if isinstance(items, str) and study is not None and items in scale_ids(survey):
        members = _scale_members(survey, items)
        if not apply_keying:
            members = [(name, 1) for name, _ in members]
        minimum = study.scale(items).minimum_answered
        label = label or items
    else:
        listed = [items] if isinstance(items, str) else list(items)
        split = [_split(survey, entry) for entry in listed]
        members = [(name, 1 if sign is None else sign) for name, sign in split]
    label = label or "items"
    names = [name for name, _ in members]
    _check_names(survey, names, label, at_least)
    declared = [ends if ends is not None else _declared(survey, name) for name in names]
    low, high = np.array(declared, dtype=np.float64).reshape(-1, 2).T
    raw = np.empty((survey.n, len(names)), order="F")
    for j, name in enumerate(names):
        raw[:, j] = survey.answers(name).as_float()
    item_set = ItemSet(
        label,
        tuple(names),
        np.array([sign for _, sign in members], dtype=np.int64),
        raw,
        low,
        high,
        survey.weights,
        minimum,
    )
    _check_range(item_set)
    return item_set


def _check_names(survey: Survey, names: Sequence[str], label: str, at_least: int) -> None:
    failures: list[AttitudesError] = []
    columns = survey.columns
    known = [*columns, *scale_ids(survey)]
    failures += [
        DataError.unknown(f"scale {label}", "item", name, known)
        for name in names
        if name not in columns
    ]
    twice = sorted({name for name in names if list(names).count(name) > 1})
    if twice:
        failures.append(
            OptionError(f"scale {label}", f"{', '.join(twice)} twice", "each item once")
        )
    if len(names) < at_least:
        failures.append(
            OptionError(f"scale {label}", f"{len(names)} items", f"at least {at_least}")
        )
    raise_all(failures)


def _check_range(items: ItemSet) -> None:
    failures: list[AttitudesError] = []
    for j, name in enumerate(items.names):
        low, high, values = items.low[j], items.high[j], items.raw[:, j]
        if not np.isfinite(low):
            continue
        bad = (values < low) | (values > high)
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            failures.append(
                DataError(
                    f"item {name}, row {row + 1}",
                    f"{values[row]:g} ({int(bad.sum())} such answers)",
                    f"{low:g} to {high:g}",
                )
            )
    raise_all(failures)
