"""The pages on sampling and weighting: every example gives what it prints."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("page", ["sampling.md", "weighting.md"])
def test_examples_of_the_page(page: str) -> None:
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    found = doctest.testfile(str(DOCS / page), module_relative=False, optionflags=options)
    assert found.attempted > 4
    assert found.failed == 0
