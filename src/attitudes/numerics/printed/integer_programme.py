"""Integer programmes by HiGHS, without the lines it prints of its own accord."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from scipy.optimize import OptimizeResult, milp

__all__ = ["integer_programme", "silent_output"]


@contextmanager
def silent_output() -> Iterator[None]:
    """Send what compiled code writes to standard output nowhere.

    HiGHS prints some debugging lines whatever its options say; they would spoil output that a
    machine reads. Where there is no file descriptor to redirect, nothing is done.
    """
    try:
        descriptor = sys.__stdout__.fileno() if sys.__stdout__ is not None else -1
        sys.stdout.flush()
        kept = os.dup(descriptor)
    except (OSError, ValueError, AttributeError):
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, descriptor)
        yield
    finally:
        os.dup2(kept, descriptor)
        os.close(kept)
        os.close(nowhere)


def integer_programme(cost: Any, **arguments: Any) -> OptimizeResult:
    """Call `scipy.optimize.milp` in silence.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.optimize import Bounds
    >>> float(integer_programme(np.array([1.0]), integrality=[1], bounds=Bounds(0.5, 3)).x[0])
    1.0
    """
    with silent_output():
        return milp(cost, **arguments)
