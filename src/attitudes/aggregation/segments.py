"""Segments: respondents grouped by domain and sampling unit, once for all variables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import csc_array

from attitudes.aggregation.domains import Domains
from attitudes.numerics.design import DesignArrays, FloatArray, IntArray
from attitudes.numerics.variance.taylor import take

SORTED_ROWS = 50_000

__all__ = ["Segments", "deepest_stage", "make_segments"]


@dataclass(frozen=True, slots=True)
class Segments:
    """Groups of respondents that share a domain and a sampling unit.

    Attributes
    ----------
    domains
        The domains.
    of_row
        Segment of each respondent, length n; ``size`` for those in no domain.
    row_domain
        Domain of each respondent, length n; ``domains.count`` for those in none.
    size
        Number of segments, S.
    domain, unit
        Domain and unit of each segment, length S; sorted by domain, then by unit.
    design
        The design with one entry a unit.
    weights
        Sampling weights of the respondents, length n.
    members
        Respondents of positive weight in each domain.
    all_positive
        Whether every respondent's weight is positive.
    order
        Respondents sorted by segment, those in no domain last; None: they stand so.
    sorted_segment, sorted_weights
        ``of_row`` and ``weights`` in that order.
    domain_starts
        First segment of each domain, and the number of segments, length D + 1.
    row_starts
        First row of each domain in ``order``, and the rows in any domain, length D + 1; empty
        without an order.
    products
        Room for `scaled` and `scaled_domain`.
    """

    domains: Domains
    of_row: IntArray
    row_domain: IntArray
    size: int
    domain: IntArray
    unit: IntArray
    design: DesignArrays
    weights: FloatArray
    members: IntArray
    all_positive: bool
    order: IntArray | None
    sorted_segment: IntArray
    sorted_weights: FloatArray
    domain_starts: IntArray
    row_starts: IntArray
    products: dict[str, tuple[int, IntArray]] = field(default_factory=dict, repr=False)

    @property
    def n(self) -> int:
        """Number of respondents."""
        return len(self.weights)

    def scaled(self, width: int) -> IntArray:
        """Return ``sorted_segment`` × width; the product with one width is kept."""
        if self.products.get("width") is None or self.products["width"][0] != width:
            self.products["width"] = (width, self.sorted_segment * width)
        return self.products["width"][1]

    def scaled_domain(self, width: int) -> IntArray:
        """Return the domain of each row in ``order``, × width; the last product is kept."""
        kept = self.products.get("domain")
        if kept is None or kept[0] != width:
            of_segment = np.append(self.domain, self.n_domains) * width
            kept = self.products["domain"] = (width, of_segment[self.sorted_segment])
        return kept[1]

    @property
    def sorted_rows(self) -> bool:
        """Whether ``order`` puts the respondents of a domain together."""
        return self.order is not None

    @property
    def n_domains(self) -> int:
        """Number of domains."""
        return self.domains.count


def deepest_stage(design: DesignArrays) -> int:
    """Return the last stage (0 is the first) that adds to the variance."""
    stage = 0
    while stage + 1 < len(design.psus) and design.fractions[stage] is not None:
        stage += 1
    return stage


def make_segments(
    design: DesignArrays,
    domains: Domains,
    *,
    by_respondent: bool = False,
    units: IntArray | None = None,
) -> Segments:
    """Group respondents by domain and by the unit of the deepest stage that matters.

    Parameters
    ----------
    design
        Design of the n respondents.
    domains
        Domains of the n respondents.
    by_respondent
        Keep each respondent apart (calibrated designs, whose residuals are the respondents').
    units
        Other units to group by, such as those that replicates were made of.
    """
    n = design.n
    if units is None and not by_respondent:
        units = design.psus[deepest_stage(design)]
    if units is None or int(units.max(initial=-1)) + 1 == n:
        units, unit_design = np.arange(n, dtype=np.int64), design
    else:
        first = np.zeros(int(units.max()) + 1, dtype=np.int64)
        first[units] = np.arange(n)
        unit_design = take(design, first)
    count = domains.count
    row_domain = _row_domains(domains, n)
    of_row, order, present = _number(row_domain, units, count, unit_design.n)
    sorted_segment = of_row if order is None else of_row[order]
    positive = design.weights > 0
    everyone = bool(positive.all())
    starts = np.searchsorted(present, np.arange(count + 1) * unit_design.n)
    domain = np.repeat(np.arange(count), np.diff(starts))
    row_starts = np.searchsorted(sorted_segment, starts) if order is not None else starts[:0]
    members = np.bincount(row_domain if everyone else row_domain[positive], minlength=count + 1)
    return Segments(
        domains,
        of_row,
        row_domain,
        len(present),
        domain,
        present - domain * unit_design.n,
        unit_design,
        design.weights,
        members[:count],
        everyone,
        order,
        sorted_segment,
        design.weights if order is None else design.weights[order],
        starts,
        row_starts,
    )


def _row_domains(domains: Domains, n: int) -> IntArray:
    if domains.codes is None:
        return np.zeros(n, dtype=np.int64)
    if domains.codes.min(initial=0) >= 0:
        return domains.codes
    return np.where(domains.codes < 0, domains.count, domains.codes)


def _number(
    row_domain: IntArray, units: IntArray, n_domains: int, n_units: int
) -> tuple[IntArray, IntArray | None, IntArray]:
    """Number the pairs of domain and unit that occur, in order, those in no domain last.

    Returns
    -------
    of_row
        Number of each row.
    order
        Rows sorted by number; None where they are sorted, or few.
    present
        domain · n_units + unit of each number.
    """
    key = row_domain * n_units + units
    span = (n_domains + 1) * n_units
    n = len(key)
    if span > 4 * n + 65_536:
        found, of_row = np.unique(key, return_inverse=True)
        inside = found[found < n_domains * n_units]
        of_row = np.minimum(of_row, len(inside)).astype(np.int64)
        return of_row, _order(of_row, len(inside)), inside
    counts = np.bincount(key, minlength=span)
    occurs = counts > 0
    occurs[n_domains * n_units :] = False
    inside = np.flatnonzero(occurs)
    table = np.cumsum(occurs) - 1
    table[n_domains * n_units :] = len(inside)
    of_row = table[key]
    return of_row, _order(of_row, len(inside)), inside


def _order(of_row: IntArray, size: int) -> IntArray | None:
    """Return rows sorted by segment, by counting; None where they are sorted or few."""
    n = len(of_row)
    if n < SORTED_ROWS or not (of_row[1:] < of_row[:-1]).any():
        return None
    kind = np.int32 if n < 2**31 - 1 else np.int64
    pointers: Any = np.arange(n + 1, dtype=kind)
    codes: Any = of_row.astype(kind)
    indicator = csc_array((pointers[:n], codes, pointers), shape=(size + 1, n))
    return np.asarray(indicator.tocsr().data, dtype=np.int64)
