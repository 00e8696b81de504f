"""Chapters beyond the declared exhibits: each is a function from the context to a chapter.

To add one, write a module with a function ``(Context) -> Chapter | None`` and name it in
``BEFORE`` or ``AFTER``; None leaves the chapter out of reports that it does not apply to.
"""

from __future__ import annotations

from collections.abc import Callable

from attitudes.reporting.chapters.conventions import conventions_chapter
from attitudes.reporting.chapters.methods import methods_chapter
from attitudes.reporting.chapters.nonresponse import nonresponse_chapter
from attitudes.reporting.chapters.reading import reading_chapter
from attitudes.reporting.context import Context
from attitudes.reporting.model import Chapter

__all__ = ["AFTER", "BEFORE", "ChapterBuilder"]

ChapterBuilder = Callable[[Context], Chapter | None]

BEFORE: tuple[ChapterBuilder, ...] = (reading_chapter,)
"""Chapters in front of the study's sections."""

AFTER: tuple[ChapterBuilder, ...] = (nonresponse_chapter, conventions_chapter, methods_chapter)
"""Chapters behind them."""
