"""How much seeds differ: little where the print speaks, much where it is silent."""

from __future__ import annotations

import pytest

import attitudes as at
from attitudes.errors import OptionError
from attitudes.reconstruction.spread import spread
from attitudes.study.models import Study
from attitudes.workflows.reconstruct import compare_seeds, reconstruct_study


def test_seeds_agree_on_what_is_printed_and_differ_on_the_rest(mini: Study) -> None:
    first = reconstruct_study(mini)
    found = compare_seeds(mini, 3, first=first)
    lines = {line.kind: line for line in found.lines}
    assert found.seeds == (3, 4, 5)
    printed = lines["mean of an item by area (printed breakdown)"]
    crossed = lines["mean of an item by area and shift (not printed)"]
    assert (printed.statistics, crossed.statistics) == (9, 18)
    assert printed.largest < 0.02
    assert crossed.largest > 10 * printed.largest
    assert lines["correlation of two items"].largest > 0.01
    assert 0 < found.moved < 1
    assert found.to_dict()["lines"][0]["statistics"] == 9


def test_a_reconstruction_does_not_differ_from_itself(mini: Study) -> None:
    survey = at.reconstruct(mini).survey
    found = spread([survey, survey], mini, [3, 3])
    assert found.moved == 0
    assert {line.largest for line in found.lines} == {0.0}


def test_one_seed_is_nothing_to_compare(mini: Study) -> None:
    first = reconstruct_study(mini)
    with pytest.raises(OptionError, match="at least two reconstructions"):
        spread([first.reconstruction.survey], mini, [3])
    with pytest.raises(OptionError, match="2 or more"):
        compare_seeds(mini, 1, first=first)
