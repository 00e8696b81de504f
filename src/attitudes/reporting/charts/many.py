"""Draw many charts, on more than one processor where there are some."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from attitudes.errors import AttitudesError
from attitudes.reporting.charts.specs import Chart
from attitudes.reporting.charts.worker import draw_one

__all__ = ["Drawn", "draw_many"]

_WORTH = 12
"""Fewer charts than this are drawn sooner than a second process has started."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One chart, drawn.

    Attributes
    ----------
    svg, png
        None where the format was not asked for.
    """

    svg: str | None
    png: bytes | None


def draw_many(
    charts: Sequence[Chart],
    *,
    svg: bool = True,
    png: bool = True,
    processes: int | None = None,
    progress: Callable[[str, int, int], Any] = lambda what, done, total: None,
) -> dict[str, Drawn]:
    """Draw charts.

    Parameters
    ----------
    charts
        What to draw.
    svg, png
        Which formats.
    processes
        How many processes draw; default: one a processor, two at most.
    progress
        Called with ``"charts"``, how many are done, and how many there are.

    Returns
    -------
    dict
        Chart id → drawing, in the order of ``charts``.

    Raises
    ------
    AttitudesError
        When a process that draws dies.
    """
    if processes is None:
        processes = min(2, os.cpu_count() or 1)
    count = processes if len(charts) >= _WORTH else 1
    found: dict[str, Drawn] = {}
    lock = threading.Lock()

    def keep(name: str, drawn: Drawn) -> None:
        with lock:
            found[name] = drawn
            progress("charts", len(found), len(charts))

    helpers = [_Helper(charts[i::count], svg, png, keep) for i in range(1, count)]
    for helper in helpers:
        helper.start()
    for chart in charts[::count]:
        name, drawn_svg, drawn_png = draw_one(chart, svg=svg, png=png)
        keep(name, Drawn(drawn_svg, drawn_png))
    for helper in helpers:
        helper.finish()
    return {chart.id: found[chart.id] for chart in charts}


class _Helper:
    """A process that draws its share, and the thread that takes its drawings."""

    def __init__(
        self, charts: Sequence[Chart], svg: bool, png: bool, keep: Callable[[str, Drawn], None]
    ) -> None:
        self._task = (list(charts), svg, png)
        self._keep = keep
        self._received = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "attitudes.reporting.charts.worker"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._thread.start()

    def _run(self) -> None:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            with process.stdin as pipe:
                pickle.dump(self._task, pipe)
            while True:
                name, svg, png = pickle.load(process.stdout)
                self._received += 1
                self._keep(name, Drawn(svg, png))
        except (EOFError, BrokenPipeError):
            process.stdout.close()

    def finish(self) -> None:
        self._thread.join()
        assert self._process is not None
        status = self._process.wait()
        if status != 0 or self._received < len(self._task[0]):
            raise AttitudesError(
                "report, charts",
                f"a drawing process that ended with status {status} after {self._received} of "
                f"{len(self._task[0])} charts",
                "status 0",
                "draw in one process: processes=1",
            )
