"""Response, cooperation, refusal and contact rates as AAPOR defines them."""

from __future__ import annotations

from dataclasses import dataclass, fields

from attitudes.errors import DataError

__all__ = ["OutcomeCounts", "OutcomeRates", "outcome_rates"]


@dataclass(frozen=True, slots=True)
class OutcomeCounts:
    """Numbers (or sums of weights) of sampled cases by their final outcome.

    Attributes
    ----------
    complete, partial
        I and P: interviews.
    refusal, noncontact, other
        R, NC and O: eligible, no interview.
    unknown_household, unknown_other
        UH and UO: unknown whether a household, or whether an eligible one.
    ineligible
        Not eligible.
    """

    complete: float = 0.0
    partial: float = 0.0
    refusal: float = 0.0
    noncontact: float = 0.0
    other: float = 0.0
    unknown_household: float = 0.0
    unknown_other: float = 0.0
    ineligible: float = 0.0


@dataclass(frozen=True, slots=True)
class OutcomeRates:
    """The rates; NaN where a denominator is empty.

    Attributes
    ----------
    rr1, rr2, rr3, rr4, rr5, rr6
        Response rates; even ones count partial interviews.
    coop1, coop2, coop3, coop4
        Cooperation rates.
    ref1, ref2, ref3
        Refusal rates.
    con1, con2, con3
        Contact rates.
    e
        Share of cases of unknown eligibility taken as eligible.
    """

    rr1: float
    rr2: float
    rr3: float
    rr4: float
    rr5: float
    rr6: float
    coop1: float
    coop2: float
    coop3: float
    coop4: float
    ref1: float
    ref2: float
    ref3: float
    con1: float
    con2: float
    con3: float
    e: float


def outcome_rates(counts: OutcomeCounts, *, e: float | None = None) -> OutcomeRates:
    """Return all rates of one set of cases.

    Parameters
    ----------
    counts
        Cases by outcome.
    e
        Share of unknown cases that is eligible; None: that among cases of known eligibility.

    Raises
    ------
    DataError
        Negative numbers, or e outside [0, 1].

    Notes
    -----
    With K = (I + P) + (R + NC + O) and U = UH + UO: RR1 = I/(K + U), RR3 = I/(K + eU),
    RR5 = I/K; RR2, RR4, RR6 have I + P above. COOP1 = I/(I + P + R + O), COOP3 = I/(I + P + R);
    REF1–3 = R and CON1–3 = I + P + R + O over the three denominators.

    References
    ----------
    AAPOR (2023), Standard Definitions: Final Dispositions of Case Codes and Outcome Rates for
    Surveys, 10th edition.

    Examples
    --------
    >>> rates = outcome_rates(OutcomeCounts(complete=60, refusal=20, noncontact=10, other=10,
    ...                                     unknown_other=20, ineligible=25))
    >>> round(rates.rr1, 3), round(rates.rr3, 3), round(rates.rr5, 3), rates.e
    (0.5, 0.517, 0.6, 0.8)
    """
    values = [float(getattr(counts, f.name)) for f in fields(counts)]
    if any(v < 0 for v in values):
        raise DataError("outcomes", "negative numbers of cases", "0 or more")
    i, p, r, nc, o, uh, uo, ne = values
    unknown, known = uh + uo, i + p + r + nc + o
    share = _ratio(known, known + ne) if e is None else e
    if e is not None and not 0 <= e <= 1:
        raise DataError("outcomes, e", f"{e:g}", "a share from 0 to 1")
    expected = share * unknown if unknown else 0.0
    full, middle = known + unknown, known + expected
    reached = i + p + r + o
    return OutcomeRates(
        rr1=_ratio(i, full),
        rr2=_ratio(i + p, full),
        rr3=_ratio(i, middle),
        rr4=_ratio(i + p, middle),
        rr5=_ratio(i, known),
        rr6=_ratio(i + p, known),
        coop1=_ratio(i, reached),
        coop2=_ratio(i + p, reached),
        coop3=_ratio(i, i + p + r),
        coop4=_ratio(i + p, i + p + r),
        ref1=_ratio(r, full),
        ref2=_ratio(r, middle),
        ref3=_ratio(r, known),
        con1=_ratio(reached, full),
        con2=_ratio(reached, middle),
        con3=_ratio(reached, known),
        e=share,
    )


def _ratio(above: float, below: float) -> float:
    return above / below if below > 0 else float("nan")
