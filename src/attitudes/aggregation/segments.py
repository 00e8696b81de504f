"""Segments: respondents grouped by domain and sampling unit, once for all variables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from attitudes.aggregation.domains import Domains
from attitudes.numerics.design import DesignArrays, FloatArray, IntArray
from attitudes.numerics.segments import compact_pairs
from attitudes.numerics.taylor import take

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

    @property
    def n(self) -> int:
        """Number of respondents."""
        return len(self.weights)

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
    if domains.codes is None:
        row_domain = np.zeros(n, dtype=np.int64)
        inside = None
    else:
        row_domain = np.where(domains.codes < 0, count, domains.codes)
        inside = None if row_domain.max(initial=0) < count else np.flatnonzero(row_domain < count)
    if inside is None:
        of_row, at = compact_pairs(row_domain, units)
        domain, unit = row_domain[at], units[at]
    else:
        number, at = compact_pairs(row_domain[inside], units[inside])
        of_row = np.full(n, len(at), dtype=np.int64)
        of_row[inside] = number
        domain, unit = row_domain[inside][at], units[inside][at]
    positive = design.weights > 0
    members = np.bincount(
        row_domain if positive.all() else row_domain[positive], minlength=count + 1
    )[:count]
    return Segments(
        domains, of_row, row_domain, len(at), domain, unit, unit_design, design.weights, members
    )
