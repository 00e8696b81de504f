"""Chapters beyond the declared exhibits: each is a function from the context to a chapter.

To add one, write a module with a function ``(Context) -> Chapter | None`` and name it in the tuple
of the part of the report where it belongs, in the order of reading; None leaves the chapter out of
reports that it does not apply to. Its words stand in files of their own,
``locales/<language>.<name>.yaml``, which are read together with the others.
"""

from __future__ import annotations

from collections.abc import Callable

from attitudes.reporting.chapters.audit import audit_chapter
from attitudes.reporting.chapters.conventions import conventions_chapter
from attitudes.reporting.chapters.corrected import corrected_chapter
from attitudes.reporting.chapters.methods import methods_chapter
from attitudes.reporting.chapters.nonresponse import nonresponse_chapter
from attitudes.reporting.chapters.reading import reading_chapter
from attitudes.reporting.chapters.scales import scales_chapter
from attitudes.reporting.chapters.summary import summary_chapter
from attitudes.reporting.chapters.weights import weights_chapter
from attitudes.reporting.context import Context
from attitudes.reporting.model import Chapter

__all__ = ["CHECKS", "DATA", "FRONT", "ChapterBuilder"]

ChapterBuilder = Callable[[Context], Chapter | None]

FRONT: tuple[ChapterBuilder, ...] = (summary_chapter, reading_chapter)
"""In front of the study's sections: the summary, and how to read the report."""

CHECKS: tuple[ChapterBuilder, ...] = (
    corrected_chapter,
    audit_chapter,
    scales_chapter,
)
"""Behind the study's sections: what the figures can bear."""

DATA: tuple[ChapterBuilder, ...] = (
    weights_chapter,
    nonresponse_chapter,
    conventions_chapter,
    methods_chapter,
)
"""Last: the respondents, the conventions, the methods."""
