"""Small matrices on one thread: waiting for a second one costs more than it brings."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

__all__ = ["one_thread"]

P = ParamSpec("P")
R = TypeVar("R")


@lru_cache
def _controller() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def one_thread(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function with linear algebra on one thread; what was set before comes back.

    Factor models decompose matrices of a few dozen rows thousands of times. Threads of the linear
    algebra library wait for each other at every step, and on a machine that is busy with other
    work that takes many times longer than the sums themselves.

    Examples
    --------
    >>> @one_thread
    ... def total(a: int, b: int) -> int:
    ...     return a + b
    >>> total(1, b=2)
    3
    """

    @wraps(function)
    def limited(*args: P.args, **kwargs: P.kwargs) -> R:
        with _controller().limit(limits=1, user_api="blas"):
            return function(*args, **kwargs)

    return limited
