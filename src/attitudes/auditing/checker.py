"""A stand-alone checker of an audit's proofs: no solver, nothing but the standard library.

Run it on the JSON that ``attitudes audit --json`` writes::

    python checker.py audit.json

It recomputes the interval of every printed figure that a proof uses from its printed string and
the stated rounding, recomputes the rows from those intervals, adds the rows with their
multipliers, and checks that the sum says that something not negative is negative.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

__all__ = ["check_audit", "check_certificate", "main"]


def _printed(text: str, whole: bool) -> tuple[Fraction, Fraction]:
    """Return the value and the unit of the last place of a printed number."""
    body = text.strip().rstrip("%").strip().replace("\u2212", "-")
    for separator in ("\u00a0", "\u202f", " ", "'"):
        body = body.replace(separator, "")
    tail = body.partition(",")[2]
    groups = tail.partition(".")[0].split(",")
    if tail and all(len(g) == 3 for g in groups) and (whole or len(groups) > 1):
        body = body.replace(",", "")
    body = body.replace(",", ".")
    decimals = len(body.partition(".")[2])
    return Fraction(body), Fraction(1, 10**decimals)


def _interval(text: str, rounding: str, whole: bool) -> tuple[Fraction, bool, Fraction, bool]:
    """Return low end, whether it belongs, high end, whether it belongs."""
    value, unit = _printed(text, whole)
    if whole:
        return value, True, value, True
    if value < 0:
        low, low_in, high, high_in = _interval(
            text.replace("\u2212", "-").replace("-", "", 1), rounding, whole
        )
        return -high, high_in, -low, low_in
    half, zero = unit / 2, value == 0
    if rounding == "half_up":
        return value - half, not zero, value + half, False
    if rounding == "half_even":
        even = (value / unit) % 2 == 0
        return value - half, even, value + half, even
    if rounding == "truncate":
        return (-unit if zero else value), not zero, value + unit, False
    if rounding == "unknown":
        return (-unit if zero else value - half), not zero, value + unit, False
    raise ValueError(f"rounding {rounding!r}")


def _expected(row: Mapping[str, Any], rounding: str) -> tuple[dict[str, Fraction], Fraction, bool]:
    """Return terms, bound and strictness that a row about a figure must have."""
    low, low_in, high, high_in = _interval(row["printed"], rounding, row["whole"])
    upper = row["end"] == "high"
    end, closed, sign = (high, high_in, 1) if upper else (low, low_in, -1)
    unit = Fraction(row["unit"])
    terms = {n: sign * Fraction(v) for n, v in row["values"].items()}
    if not row["base"]:
        return {n: a for n, a in terms.items() if a != 0}, sign * end * unit, not closed
    for name in row["base"]:
        terms[name] = terms.get(name, Fraction(0)) - sign * end * unit
    return {n: a for n, a in terms.items() if a != 0}, Fraction(0), not closed


def _check_linear(
    certificate: Mapping[str, Any], figures: list[Mapping[str, Any]] | None
) -> str | None:
    total: dict[str, Fraction] = {}
    bound, strict = Fraction(0), False
    for row in certificate["rows"]:
        terms = {n: Fraction(a) for n, a in row["terms"].items()}
        right = Fraction(row["bound"])
        is_strict = row["relation"] == "<"
        if "figure" in row:
            if figures is not None and figures[row["figure"]]["printed"] != row["printed"]:
                return f"figure {row['figure']} is not printed as {row['printed']!r}"
            wanted = _expected(row, certificate["rounding"])
            if wanted != (terms, right, is_strict):
                return f"the row of {row['printed']!r} is not what its digits say"
        multiplier = Fraction(row["multiplier"])
        if multiplier <= 0:
            return "a multiplier is not positive"
        for name, a in terms.items():
            total[name] = total.get(name, Fraction(0)) + multiplier * a
        bound += multiplier * right
        strict = strict or is_strict
    if any(a < 0 for a in total.values()):
        return "the sum has a negative coefficient"
    if bound > 0 or (bound == 0 and not strict):
        return "the sum is not a contradiction"
    if "gap" in certificate and Fraction(certificate["gap"]) != -bound:
        return "the stated gap is not the sum's"
    return None


def _check_no_integer(certificate: Mapping[str, Any]) -> str | None:
    low, low_in, high, high_in = _interval(certificate["printed"], certificate["rounding"], False)
    unit = Fraction(1, 100) if certificate["percent"] else Fraction(1)
    base = Fraction(certificate["base"])
    first = math.ceil(low * unit * base)
    if first == low * unit * base and not low_in:
        first += 1
    end = high * unit * base
    if first < end or (first == end and high_in):
        return f"{first} of {base} prints as {certificate['printed']}"
    return None


def _check_no_spread(certificate: Mapping[str, Any]) -> str | None:
    """No n whole answers on the scale: parity and size of the sum of squares exclude them all."""
    rounding, n = certificate["rounding"], certificate["base"]
    low, high = certificate["low"], certificate["high"]
    mean = _interval(certificate["printed"], rounding, False)
    sd = _interval(certificate["sd"], rounding, False)
    for total in range(n * low, n * high + 1):
        if not _inside(Fraction(total, n), mean):
            continue
        each, rest = divmod(total, n)
        tops, over = divmod(total - n * low, high - low)
        least = (n - rest) * each**2 + rest * (each + 1) ** 2
        most = tops * high**2 + (n - tops) * low**2 + ((low + over) ** 2 - low**2 if over else 0)
        for squares in range(least, most + 1, 2):
            for divisor in (n, n - 1):
                variance = (squares - Fraction(total * total, n)) / divisor
                if _root_inside(variance, sd):
                    return f"sum {total} and sum of squares {squares} are not excluded"
    return None


def _inside(value: Fraction, interval: tuple[Fraction, bool, Fraction, bool]) -> bool:
    low, low_in, high, high_in = interval
    return (low < value < high) or (low_in and value == low) or (high_in and value == high)


def _root_inside(value: Fraction, interval: tuple[Fraction, bool, Fraction, bool]) -> bool:
    """Whether the square root of ``value`` lies in an interval."""
    low, low_in, high, high_in = interval
    if low < 0:
        low, low_in = Fraction(0), True
    return _inside(value, (low**2, low_in, high**2, high_in))


def _check_each(
    certificate: Mapping[str, Any], figures: list[Mapping[str, Any]] | None
) -> str | None:
    """Several proofs that must all hold, one for each way the figures could have been made."""
    if not certificate["proofs"]:
        return "no way is excluded"
    for entry in certificate["proofs"]:
        wrong = check_certificate(entry["certificate"], figures)
        if wrong is not None:
            return f"{entry['says']}: {wrong}"
    return None


def check_certificate(
    certificate: Mapping[str, Any], figures: list[Mapping[str, Any]] | None = None
) -> str | None:
    """Return what is wrong with a proof, None when it holds.

    Parameters
    ----------
    certificate
        As in the audit's JSON.
    figures
        The audited figures, to hold the printed strings against; None: they are not at hand.

    Examples
    --------
    >>> check_certificate({"kind": "no_integer", "printed": "59.3%", "rounding": "unknown",
    ...                    "percent": True, "base": 45}) is None
    True
    """
    if certificate["kind"] == "each":
        return _check_each(certificate, figures)
    if certificate["kind"] == "linear":
        return _check_linear(certificate, figures)
    if certificate["kind"] == "no_spread":
        return _check_no_spread(certificate)
    if certificate["kind"] == "no_integer":
        return _check_no_integer(certificate)
    return f"unknown kind {certificate['kind']!r}"


def check_audit(payload: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the proofs of an audit's JSON; empty when all hold."""
    figures = payload.get("figures")
    wrong = []
    for number, finding in enumerate(payload["findings"]):
        for place, case in enumerate(finding["cases"]):
            where = f"finding {number}, case {place}"
            if case["certificate"] is None:
                if finding["verdict"] == "impossible":
                    wrong.append(f"{where}: impossible, and no proof")
                continue
            error = check_certificate(case["certificate"], figures)
            if error is not None:
                wrong.append(f"{where}: {error}")
    return wrong


def main(arguments: list[str]) -> int:
    """Check the proofs of a file; 0 when all hold, 1 when one does not, 2 for a bad call."""
    if len(arguments) != 1:
        sys.stderr.write("usage: checker.py AUDIT.json\n")
        return 2
    payload = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    wrong = check_audit(payload)
    proofs = sum(c["certificate"] is not None for f in payload["findings"] for c in f["cases"])
    sys.stdout.write("".join(f"{w}\n" for w in wrong))
    sys.stdout.write(f"{proofs} proofs, {len(wrong)} do not hold\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
