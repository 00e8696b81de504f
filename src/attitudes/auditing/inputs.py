"""From a study pack, or a bare CSV of figures, to readings."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from attitudes.auditing.bases import find_bases, find_populations, find_size
from attitudes.auditing.readings import TOTAL, Answers, Kind, Reading, Report
from attitudes.errors import AttitudesError, FigureError, raise_all
from attitudes.numerics.printed.exact import Interval, Rounding, printed_interval, read_printed
from attitudes.study.claims import Claim
from attitudes.study.figures import FIGURE_COLUMNS, Figure
from attitudes.study.models import Study

__all__ = ["Extra", "read_bare", "report_of_figures", "report_of_study"]

Extra = tuple[int | None, str | None]


def kind_of(statistic: str) -> Kind:
    """Return what sort of number a statistic is.

    Examples
    --------
    >>> kind_of("percent:agree"), kind_of("count"), kind_of("scale_low")
    ('share', 'count', 'other')
    """
    stem = statistic.partition(":")[0]
    if stem == "mean":
        return "mean"
    if stem in ("percent", "share"):
        return "share"
    if statistic in ("count", "n", "base", "interviews"):
        return "count"
    return "population" if statistic == "population" else "other"


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
    for variable, members in groups.items():
        labels |= {g: study.answer_label(variable, g) for g in members}
    claims = study.claims()
    return report_of_figures(
        study.figures(),
        answers=answers_of_study(study),
        groups=groups,
        subjects=_subjects(study),
        labels=labels,
        claims=claims,
        rounding=rounding,
    )


def read_bare(path: Path) -> tuple[tuple[Figure, ...], tuple[Extra, ...]]:
    """Read a CSV of figures that belongs to no pack.

    Parameters
    ----------
    path
        Columns ``exhibit,row,column,statistic,printed`` and, if any, ``section``, ``base`` (or
        ``n``: respondents behind the figure) and ``sd`` (standard deviation as printed).

    Raises
    ------
    FigureError
        Missing or unknown columns, figures that are no numbers: all together.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FigureError(str(path), "bytes that are not UTF-8", "text in UTF-8") from error
    reader = csv.DictReader(text.splitlines())
    columns = [c.strip() for c in reader.fieldnames or ()]
    needed = [c for c in FIGURE_COLUMNS if c != "section"]
    allowed = (*FIGURE_COLUMNS, "base", "n", "sd")
    if strays := [c for c in columns if c not in allowed]:
        raise FigureError.unknown(f"{path}, line 1", "column", strays[0], allowed)
    if lacking := [c for c in needed if c not in columns]:
        raise FigureError(f"{path}, line 1", f"no column {', '.join(lacking)}", ", ".join(needed))
    figures: list[Figure] = []
    extras: list[Extra] = []
    failures: list[AttitudesError] = []
    for record in reader:
        cells = {str(k).strip(): (v or "").strip() for k, v in record.items()}
        where = f"{path}, line {reader.line_num}"
        try:
            figures.append(Figure(*(cells.get(c, "") for c in FIGURE_COLUMNS)))
            base = cells.get("base") or cells.get("n") or ""
            extras.append((int(base) if base else None, cells.get("sd") or None))
        except ValueError as error:
            failures.append(FigureError(where, str(error), "numbers as printed; a whole base"))
    raise_all(failures)
    if not figures:
        raise FigureError(str(path), "no figures", "a row a figure")
    return tuple(figures), tuple(extras)


def _bare_groups(figures: Sequence[Figure]) -> dict[str, tuple[str, ...]]:
    """Take columns of one exhibit as the groups of one breakdown, joined where they overlap."""
    sets: list[tuple[str, list[str]]] = []
    for exhibit in dict.fromkeys(f.exhibit for f in figures):
        here = [f for f in figures if f.exhibit == exhibit and kind_of(f.statistic) != "other"]
        names = list(dict.fromkeys(f.column for f in here if f.column != TOTAL))
        if len(names) < 2 or exhibit.startswith("text"):
            continue
        title = exhibit.partition("_by_")[2] or exhibit
        touching = [s for s in sets if set(s[1]) & set(names)]
        merged = list(dict.fromkeys([*(n for s in touching for n in s[1]), *names]))
        sets = [s for s in sets if s not in touching]
        sets.append((touching[0][0] if touching else title, merged))
    return {title: tuple(names) for title, names in sets}


def bare_answers(
    figures: Sequence[Figure], scale: tuple[int, int] | None, exclusive: bool
) -> dict[str, Answers]:
    """Return the answers of every row that prints a mean or a share, on one response scale."""
    found: dict[str, Answers] = {}
    for row in dict.fromkeys(f.row for f in figures if kind_of(f.statistic) in ("mean", "share")):
        named = [f.statistic.partition(":")[2] for f in figures if f.row == row]
        values: dict[str, Fraction | None] = {}
        boxes: dict[str, frozenset[str]] = {}
        if scale is not None:
            low, high = scale
            values = {str(c): Fraction(c) for c in range(low, high + 1)}
            boxes = {c: frozenset({c}) for c in values}
            if (high - low) % 2 == 0 and high - low >= 2:
                middle = (low + high) // 2
                boxes["agree"] = frozenset(str(c) for c in range(middle + 1, high + 1))
                boxes["disagree"] = frozenset(str(c) for c in range(low, middle))
        boxes |= {n: frozenset({n}) for n in named if n and n not in boxes}
        found[row] = Answers(values=values, boxes=boxes, exclusive=exclusive)
    return found


class _Reader:
    """Resolves figures one by one."""

    def __init__(
        self,
        answers: Mapping[str, Answers],
        groups: Mapping[str, tuple[str, ...]],
        subjects: Mapping[str, str],
        rounding: Rounding,
    ) -> None:
        self.answers = answers
        self.subjects = subjects
        self.rounding = rounding
        self.home = {g: b for b, members in groups.items() for g in members}

    def place(self, column: str) -> tuple[str, tuple[str, ...], bool]:
        """Return breakdown, groups and whether the column could be read."""
        if column == TOTAL:
            return "", (), True
        parts = tuple(column.split("+"))
        homes = {self.home.get(p) for p in parts}
        if len(homes) == 1 and (home := homes.pop()) is not None:
            return home, parts, True
        return "", (), False

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
        if kind == "count" and figure.row in self.home:
            place: tuple[str, tuple[str, ...], bool] = (self.home[figure.row], (figure.row,), True)
        else:
            place = self.place(figure.column)
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
    answers, groups, subjects, labels, claims
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
    homes = dict(groups) if groups is not None else _bare_groups(figures)
    about = _total_subjects(figures, known, subjects or {})
    reader = _Reader(known, homes, about, rounding)
    beside = list(extras) or [(None, None)] * len(figures)
    readings, unread = [], []
    for index, (figure, extra) in enumerate(zip(figures, beside, strict=True)):
        try:
            readings.append(reader.read(index, figure, extra))
        except FigureError as error:
            unread.append(f"{figure.exhibit}, {figure.row}, {figure.column}: {error}")
    bases = find_bases(readings, homes)
    return Report(
        figures=tuple(figures),
        readings=tuple(readings),
        answers=known,
        groups=homes,
        bases=bases,
        populations=find_populations(readings, homes),
        size=find_size(readings, homes, bases),
        labels=dict(labels or {}),
        claims=claims,
        unread=tuple(unread),
    )
