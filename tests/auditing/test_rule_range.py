"""Values outside what they can be."""

from __future__ import annotations

import pytest

from attitudes.auditing.checker import check_certificate
from attitudes.auditing.model import Assumptions
from attitudes.auditing.rules.ranges import check_ranges


@pytest.mark.parametrize(
    ("printed", "rounding", "outside"),
    [
        ("1.00", "half_up", False),
        ("0.99", "half_up", True),
        ("0.99", "truncate", True),
        ("5.00", "unknown", False),
        ("5.01", "half_up", True),
        ("5.0", "half_up", False),
        ("0.99", "unknown", True),
    ],
)
def test_means_of_a_scale_from_1_to_5(lab, printed, rounding, outside):
    report = lab.small_report([("t", "q1", "north", "mean", printed)], rounding=rounding)
    found = check_ranges(report, Assumptions(rounding))
    assert bool(found) is outside
    if outside:
        assert found[0].verdict == "impossible"
        assert check_certificate(found[0].cases[0].certificate) is None


def test_a_mean_below_the_scale_that_rounds_to_its_end_is_possible(lab):
    # 1 prints as 1.0 under every rule; 0.9 does not, whatever stands behind it.
    assert not check_ranges(lab.small_report([("t", "q1", "old", "mean", "1.0")]), Assumptions())
    assert check_ranges(lab.small_report([("t", "q1", "old", "mean", "0.9")]), Assumptions())


@pytest.mark.parametrize(("printed", "outside"), [("100%", False), ("100.1%", True), ("0%", False)])
def test_percentages(lab, printed, outside):
    report = lab.small_report([("t", "q1", "north", "percent:agree", printed)])
    assert bool(check_ranges(report, Assumptions())) is outside


def test_a_count_with_decimals_has_a_price(lab):
    found = check_ranges(
        lab.small_report([("t", "north", "total", "clusters", "2.4")]), Assumptions()
    )
    assert [f.verdict for f in found] == ["consistent_if"]
    assert "quotient" in found[0].price
