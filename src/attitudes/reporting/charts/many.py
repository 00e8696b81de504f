"""Draw many charts, on more than one processor where there are some."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from attitudes.errors import AttitudesError
from attitudes.reporting.charts.specs import Chart
from attitudes.reporting.charts.worker import draw_one

__all__ = ["DrawingRoom", "Drawn"]

Progress = Callable[[str, int, int], Any]


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


class DrawingRoom:
    """Processes that draw: this one, and helpers that get ready while it does other things.

    Parameters
    ----------
    processes
        How many processes draw, this one among them; default: one a processor, two at most.

    Notes
    -----
    A helper is a Python of its own that is sent one chart after another, so that no helper waits
    while charts are left; a drawing does not depend on who made it.
    """

    def __init__(self, processes: int | None = None) -> None:
        count = min(2, os.cpu_count() or 1) if processes is None else processes
        command = [sys.executable, "-m", "attitudes.reporting.charts.worker"]
        self._helpers = [
            subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            for _ in range(count - 1)
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for helper in self._helpers:
            helper.kill()
            helper.wait()
            for stream in (helper.stdin, helper.stdout):
                with suppress(OSError):  # what a dead helper never read
                    if stream is not None:
                        stream.close()

    def draw(
        self,
        charts: Sequence[Chart],
        *,
        svg: bool = True,
        png: bool = True,
        progress: Progress = lambda what, done, total: None,
    ) -> dict[str, Drawn]:
        """Draw charts.

        Parameters
        ----------
        charts
            What to draw.
        svg, png
            Which formats.
        progress
            Called with ``"charts"``, how many are done, and how many there are.

        Returns
        -------
        dict
            Chart id → drawing, in the order of ``charts``.

        Raises
        ------
        AttitudesError
            When a helper dies.
        """
        job = _Job(charts, svg, png, progress)
        threads = [
            threading.Thread(target=job.send_to, args=(helper,), daemon=True)
            for helper in self._helpers
        ]
        for thread in threads:
            thread.start()
        job.work()
        for thread in threads:
            thread.join()
        return job.result()


class _Job:
    """The charts that are left, and the drawings made."""

    def __init__(self, charts: Sequence[Chart], svg: bool, png: bool, progress: Progress) -> None:
        self._charts = charts
        self._left = deque(charts)
        self._svg, self._png = svg, png
        self._progress = progress
        self._found: dict[str, Drawn] = {}
        self._lock = threading.Lock()

    def _next(self) -> Chart | None:
        with self._lock:
            return self._left.popleft() if self._left else None

    def _keep(self, chart: Chart, svg: str | None, png: bytes | None) -> None:
        with self._lock:
            self._found[chart.id] = Drawn(svg, png)
            self._progress("charts", len(self._found), len(self._charts))

    def work(self) -> None:
        """Draw here until none is left."""
        while (chart := self._next()) is not None:
            self._keep(chart, *draw_one(chart, svg=self._svg, png=self._png))

    def send_to(self, helper: subprocess.Popen[bytes]) -> None:
        """Have a helper draw until none is left, or until it dies."""
        assert helper.stdin is not None
        assert helper.stdout is not None
        while (chart := self._next()) is not None:
            try:
                pickle.dump((chart, self._svg, self._png), helper.stdin)
                helper.stdin.flush()
                svg, png = pickle.load(helper.stdout)
            except (EOFError, OSError, pickle.UnpicklingError):
                return
            self._keep(chart, svg, png)

    def result(self) -> dict[str, Drawn]:
        lost = [chart.id for chart in self._charts if chart.id not in self._found]
        if lost:
            raise AttitudesError(
                "report, charts",
                f"a drawing process that died at {', '.join(lost)}",
                "processes that draw to the end",
                "draw in one process: processes=1",
            )
        return {chart.id: self._found[chart.id] for chart in self._charts}
