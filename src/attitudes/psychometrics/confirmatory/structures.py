"""Rival structures of the same scales: one factor, several, a hierarchy, a method factor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from attitudes.psychometrics.confirmatory.model_input import split_key
from attitudes.psychometrics.confirmatory.syntax import Formula, ModelSyntax, Modifier

__all__ = ["STRUCTURES", "Structure", "StructureName", "structure_of"]

StructureName = Literal["one", "factors", "second-order", "bifactor", "method"]
STRUCTURES: tuple[StructureName, ...] = ("one", "factors", "second-order", "bifactor", "method")
_FIXED_ZERO = Modifier(fixed=(0.0,))


@dataclass(frozen=True, slots=True)
class Structure:
    """A structure as a model.

    Attributes
    ----------
    name
        Which.
    title
        In words.
    syntax
        The model; None when the scales do not allow it.
    orthogonal
        Whether its factors are uncorrelated.
    within
        Structures that contain this one (it is a special case of them).
    reason
        Why there is no model.
    """

    name: StructureName
    title: str
    syntax: ModelSyntax | None
    orthogonal: bool
    within: tuple[StructureName, ...]
    reason: str = ""


def structure_of(
    name: StructureName, scales: Mapping[str, Sequence[str]], columns: Sequence[str]
) -> Structure:
    """Return a structure of some scales.

    Parameters
    ----------
    name
        ``"one"``: one factor behind all items; ``"factors"``: a factor a scale, correlated;
        ``"second-order"``: a general factor behind those; ``"bifactor"``: a general factor beside
        uncorrelated ones of the scales; ``"method"``: correlated factors and an uncorrelated one
        that all negatively keyed items share.
    scales
        Scale → items, a minus before those keyed negatively.
    columns
        Names of the respondents' columns.
    """
    split = {s: [split_key(e, columns) for e in entries] for s, entries in scales.items()}
    items = {s: [n for n, _ in pairs] for s, pairs in split.items()}
    every = list(dict.fromkeys(n for names in items.values() for n in names))
    if name == "one":
        formulas = [Formula(_free_name("general", columns, items), "=~", n) for n in every]
        inside: tuple[StructureName, ...] = ("factors", "bifactor", "second-order")
        return _made(name, "one factor", formulas, False, inside)
    measured = [Formula(s, "=~", n) for s, names in items.items() for n in names]
    count = f"{len(items)} factors"
    if len(items) < 2:
        return _none(name, count, "the items form one scale")
    if name == "factors":
        return _made(name, f"{count}, correlated", measured, False, ("method",))
    if name == "second-order":
        if len(items) < 4:
            return _none(
                name, "second-order factor", f"it is no restriction of {len(items)} factors"
            )
        general = _free_name("general", columns, items)
        above = [Formula(general, "=~", s) for s in items]
        inside = ("factors", "bifactor")
        return _made(name, f"second-order factor of {count}", measured + above, False, inside)
    if name == "bifactor":
        return _bifactor(items, every, measured, columns)
    negative = {n for pairs in split.values() for n, minus in pairs if minus}
    return _method(items, negative, every, measured, columns)


def _bifactor(
    items: Mapping[str, list[str]],
    every: list[str],
    measured: list[Formula],
    columns: Sequence[str],
) -> Structure:
    title = f"bifactor: general and {len(items)} specific"
    if len(every) < sum(len(names) for names in items.values()):
        return _none("bifactor", title, "an item belongs to two scales")
    if min(len(names) for names in items.values()) < 3:
        return _none("bifactor", title, "a scale has fewer than 3 items")
    general = _free_name("general", columns, items)
    formulas = [Formula(general, "=~", n) for n in every] + measured
    return _made("bifactor", title, formulas, True, ())


def _method(
    items: Mapping[str, list[str]],
    negative: set[str],
    every: list[str],
    measured: list[Formula],
    columns: Sequence[str],
) -> Structure:
    title = f"{len(items)} factors and a method factor of negatively keyed items"
    if not negative:
        return _none("method", title, "no item is keyed negatively")
    if len(negative) == len(every):
        return _none("method", title, "all items are keyed negatively")
    if len(negative) < 3:
        return _none("method", title, f"{len(negative)} items are keyed negatively; it needs 3")
    method = _free_name("method", columns, items)
    shared = [Formula(method, "=~", n) for n in every if n in negative]
    apart = [Formula(method, "~~", s, _FIXED_ZERO) for s in items]
    return _made("method", title, measured + shared + apart, False, ())


def _free_name(wanted: str, columns: Sequence[str], items: Mapping[str, list[str]]) -> str:
    """A factor's name that no column and no scale has."""
    name = wanted
    while name in columns or name in items:
        name += "_"
    return name


def _made(
    name: StructureName,
    title: str,
    formulas: list[Formula],
    orthogonal: bool,
    within: tuple[StructureName, ...],
) -> Structure:
    return Structure(name, title, ModelSyntax(tuple(formulas), {}, ()), orthogonal, within)


def _none(name: StructureName, title: str, reason: str) -> Structure:
    return Structure(name, title, None, False, (), reason)
