"""From a study pack, or a bare CSV of figures, to readings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from attitudes.auditing.bare import Extra, bare_answers, bare_groups, kind_of, unread_statistics
from attitudes.auditing.bases import find_bases, find_populations, find_size
from attitudes.auditing.readings import TOTAL, Answers, Reading, Report
from attitudes.errors import FigureError
from attitudes.numerics.printed.exact import Interval, Rounding, printed_interval, read_printed
from attitudes.study.claims import Claim
from attitudes.study.figures import Figure
from attitudes.study.models import Study

__all__ = ["report_of_figures", "report_of_study"]


def answers_of_study(study: Study) -> dict[str, Answers]:
    """Return the answers of each question and scale of a codebook."""
    found: dict[str, Answers] = {}
    for question in study.questions:
        response = study.response_of(question.id)
        codes = [str(c) for c in response.codes]
        numbers: dict[str, Fraction | None] = dict.fromkeys(codes)
        if response.kind == "ordinal":
            numbers = {c: Fraction(int(c)) for c in codes}
        for code, score in response.scores.items():
            numbers[str(code)] = Fraction(str(score))
        boxes = {c: frozenset({c}) for c in codes}
        boxes |= {n: frozenset(str(m) for m in ms) for n, ms in response.boxes.items()}
        found[question.id] = Answers(
            values=numbers,
            boxes=boxes,
            missing=tuple(k for k in response.missing if k != "not_asked"),
            exclusive=response.kind != "multiple",
            keying=question.keying,
            scale=question.scale,
            asked_of={v: tuple(str(c) for c in cs) for v, cs in question.asked_of.items()},
        )
    for scale in study.scales:
        items = tuple(q.id for q in study.items(scale.id))
        if items:
            ends = [found[i] for i in items]
            lows = [a.low for a in ends if a.low is not None]
            highs = [a.high for a in ends if a.high is not None]
            if lows and highs:
                found[scale.id] = Answers(
                    values={"lowest": min(lows), "highest": max(highs)},
                    boxes={},
                    scale=scale.id,
                    is_scale=True,
                    items=items,
                )
    return found


def _subjects(study: Study) -> dict[str, str]:
    """Return exhibit → the one question or scale that its rows are answers or items of."""
    subjects: dict[str, str] = {}
    for exhibit in study.exhibits:
        if len(exhibit.questions) == 1 and not exhibit.scales:
            subjects[exhibit.figures_id] = exhibit.questions[0]
        elif len(exhibit.scales) == 1 and not exhibit.questions:
            subjects[exhibit.figures_id] = exhibit.scales[0]
    return subjects


def report_of_study(study: Study, *, rounding: Rounding = "unknown") -> Report:
    """Read the figures and claims of a study pack."""
    variables = [b.id for b in study.breakdowns]
    groups = {v: tuple(str(g) for g in study.groups(v)) for v in variables}
    labels = {name: study.label(name) for name in [*study.ids(), *(s.id for s in study.scales)]}
    codes = [(v, g) for v in variables for g in study.groups(v)]
    once = Counter(str(g) for _, g in codes)
    labels |= {str(g): study.answer_label(v, g) for v, g in codes if once[str(g)] == 1}
    claims = study.claims()
    return report_of_figures(
        study.figures(),
        answers=answers_of_study(study),
        groups=groups,
        subjects=_subjects(study),
        breakdowns={e.figures_id: e.breakdown for e in study.exhibits if e.breakdown},
        labels=labels,
        claims=claims,
        rounding=rounding,
    )


class _Reader:
    """Resolves figures one by one."""

    def __init__(
        self,
        answers: Mapping[str, Answers],
        groups: Mapping[str, tuple[str, ...]],
        subjects: Mapping[str, str],
        breakdowns: Mapping[str, str],
        rounding: Rounding,
    ) -> None:
        self.answers = answers
        self.groups = groups
        self.subjects = subjects
        self.breakdowns = breakdowns
        self.rounding = rounding

    def home(self, exhibit: str, names: Sequence[str]) -> str | None:
        """Return the breakdown that has these groups; of several, the exhibit's own."""
        found = [b for b, members in self.groups.items() if set(names) <= set(members)]
        own = self.breakdowns.get(exhibit)
        if len(found) > 1:
            found = [b for b in found if b == own]
        return found[0] if len(found) == 1 else None

    def place(self, exhibit: str, column: str) -> tuple[str, tuple[str, ...], bool]:
        """Return breakdown, groups and whether the column could be read."""
        if column == TOTAL:
            return "", (), True
        parts = tuple(column.split("+"))
        home = self.home(exhibit, parts)
        return ("", (), False) if home is None else (home, parts, True)

    def subject(self, figure: Figure) -> tuple[str, str]:
        """Return the question and the box that a row speaks of."""
        _, _, box = figure.statistic.partition(":")
        if figure.row in self.answers:
            return figure.row, box
        subject = self.subjects.get(figure.exhibit, "")
        if figure.row == TOTAL:
            return subject, box
        if subject and figure.row in {*self.answers[subject].boxes, *self.answers[subject].missing}:
            return subject, figure.row
        return "", box

    def read(self, index: int, figure: Figure, extra: Extra) -> Reading:
        """Return the reading of one figure."""
        kind = kind_of(figure.statistic)
        printed = read_printed(figure.printed, whole=kind not in ("mean", "share"))
        exact = kind in ("count", "population", "other")
        interval = (
            Interval(printed.value, printed.value)
            if exact
            else printed_interval(printed, self.rounding)
        )
        question, box = self.subject(figure) if kind in ("mean", "share") else ("", "")
        place = self.place(figure.exhibit, figure.column)
        if kind in ("count", "population"):
            home = self.home(figure.exhibit, (figure.row,))
            place = place if home is None else (home, (figure.row,), True)
        return Reading(index, figure, kind, question, box, *place, printed, interval, *extra)


def _total_subjects(
    figures: Iterable[Figure], answers: Mapping[str, Answers], subjects: Mapping[str, str]
) -> dict[str, str]:
    """Add to ``subjects`` the scale of exhibits whose rows are items of one scale."""
    found = dict(subjects)
    rows: dict[str, Counter[str]] = {}
    for figure in figures:
        scale = answers[figure.row].scale if figure.row in answers else None
        if scale:
            rows.setdefault(figure.exhibit, Counter())[scale] += 1
    for exhibit, counts in rows.items():
        if len(counts) == 1 and exhibit not in found:
            found[exhibit] = next(iter(counts))
    return found


def report_of_figures(
    figures: Sequence[Figure],
    *,
    answers: Mapping[str, Answers] | None = None,
    groups: Mapping[str, tuple[str, ...]] | None = None,
    subjects: Mapping[str, str] | None = None,
    breakdowns: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    claims: tuple[Claim, ...] = (),
    rounding: Rounding = "unknown",
    scale: tuple[int, int] | None = None,
    exclusive: bool = False,
    extras: Sequence[Extra] = (),
) -> Report:
    """Read figures, with what is known of their questions and groups.

    Parameters
    ----------
    figures
        As published.
    answers, groups, subjects, breakdowns, labels, claims
        From a codebook; without one, columns are groups and rows are questions.
    rounding
        How figures were rounded.
    scale
        Ends of the response scale of every mean, when there is no codebook.
    exclusive
        Whether the named shares of one row are answers of which a respondent gives one.
    extras
        Base and standard deviation printed beside each figure.
    """
    known = dict(answers) if answers is not None else bare_answers(figures, scale, exclusive)
    homes = dict(groups) if groups is not None else bare_groups(figures)
    about = _total_subjects(figures, known, subjects or {})
    reader = _Reader(known, homes, about, breakdowns or {}, rounding)
    beside = list(extras) or [(None, None)] * len(figures)
    readings, unread = [], []
    for index, (figure, extra) in enumerate(zip(figures, beside, strict=True)):
        try:
            readings.append(reader.read(index, figure, extra))
        except FigureError as error:
            unread.append(f"{figure.exhibit}, {figure.row}, {figure.column}: {error}")
    if answers is None:
        unread += unread_statistics(figures)
    bases = find_bases(readings, homes)
    return Report(
        figures=tuple(figures),
        readings=tuple(readings),
        answers=known,
        groups=homes,
        bases=bases,
        populations=find_populations(readings),
        size=find_size(readings, homes, bases),
        labels=dict(labels or {}),
        claims=claims,
        unread=tuple(unread),
    )
