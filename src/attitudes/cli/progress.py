"""A progress bar on the terminal, for work that lasts."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["progress_bar"]

PATIENCE = 2.0
"""Seconds of work before a bar appears."""


@contextmanager
def progress_bar(
    *, interactive: bool | None = None, clock: Callable[[], float] = time.monotonic
) -> Iterator[Callable[[str, int, int], Any]]:
    """Yield a function ``(what, done, total)`` that draws a bar on standard error.

    Nothing is drawn before two seconds have passed, nor where nobody looks.

    Parameters
    ----------
    interactive
        Whether someone looks; default: whether standard error is a terminal.
    clock
        Seconds since any moment.
    """
    if not (sys.stderr.isatty() if interactive is None else interactive):
        yield lambda what, done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True, force_terminal=True), transient=True)
    tasks: dict[str, Any] = {}
    start = clock()

    def tell(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what, total=total)
        bar.update(tasks[what], completed=done, total=total)
        if not bar.live.is_started and clock() - start > PATIENCE:
            bar.start()

    try:
        yield tell
    finally:
        bar.stop()
