"""Shares of one question in one group, taken together: the bases that give them all."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from attitudes.auditing.filters import filter_base
from attitudes.auditing.model import Assumptions, Case
from attitudes.auditing.proofs import box_words
from attitudes.auditing.readings import Reading, Report
from attitudes.auditing.rules.whole_numbers import around
from attitudes.numerics.printed.exact import Rounding, printed_interval
from attitudes.numerics.printed.feasibility import shrink
from attitudes.numerics.printed.grim import workable_bases

__all__ = ["bar_bases", "filter_bases"]

_RULES: tuple[Rounding, ...] = ("half_up", "half_even", "truncate")
_UNIT = Fraction(1, 100)
Bar = list[Reading]


def _bars(report: Report) -> list[Bar]:
    """Return the shares of each question, table and place, of groups or of all."""
    found: dict[tuple[object, ...], Bar] = {}
    for r in report.readings:
        answers = report.answers.get(r.question)
        if r.kind == "share" and r.known and r.base is None and answers is not None:
            found.setdefault((r.question, r.table, *r.place), []).append(r)
    return list(found.values())


def _inside(report: Report, reading: Reading) -> frozenset[str]:
    answers = report.answers[reading.question]
    return answers.boxes.get(reading.box, frozenset({reading.box} if reading.box else ()))


def _bases(
    report: Report, bar: Sequence[Reading], largest: int, rounding: Rounding, *, whole: bool
) -> list[int]:
    """Return the bases that give all shares of a bar under one rounding rule."""
    exclusive = _exclusive(report, bar)
    found: set[int] = set()
    for rule in _RULES if rounding == "unknown" else (rounding,):
        shares = [printed_interval(r.printed, rule).times(_UNIT) for r in bar]
        found.update(
            workable_bases(
                shares, largest=largest, exclusive=exclusive, exhaustive=whole and exclusive
            )
        )
    return sorted(found)


def _exclusive(report: Report, bar: Sequence[Reading]) -> bool:
    """Whether the boxes of a bar share no answer."""
    covered = [a for r in bar for a in _inside(report, r)]
    return report.answers[bar[0].question].exclusive and len(covered) == len(set(covered))


def _whole(report: Report, bar: Sequence[Reading]) -> bool:
    """Whether a bar shows every answer, those who gave none among them."""
    answers = report.answers[bar[0].question]
    covered = {a for r in bar for a in _inside(report, r)}
    return bool(answers.missing) and covered >= {*answers.values, *answers.missing}


def bar_bases(report: Report, assumptions: Assumptions) -> list[Case]:
    """Hold bars that show every answer against the size of their group."""
    cases = []
    for bar in _bars(report):
        place = bar[0].place
        answers = report.answers[bar[0].question]
        if len(place[1]) != 1 or answers.asked_of or not _whole(report, bar):
            continue
        base = report.bases.get((place[0], place[1][0]))
        if base is None or not _exclusive(report, bar):
            continue
        workable = _bases(report, bar, 2 * base.high + 20, assumptions.rounding, whole=True)
        if any(base.low <= n <= base.high for n in workable):
            continue
        close = [n for n in workable if 5 * abs(n - base.printed) <= base.printed]
        near = sorted(close, key=lambda n: (abs(n - base.printed), n))[:3]
        price = "the shares have different bases"
        if near:
            price = f"the base is {' or '.join(map(str, sorted(near)))}"
        listed = ", ".join(f"{r.figure.printed.strip()} {box_words(r.box)}" for r in bar)
        sentence = (
            f"{report.label(bar[0].question)}, {report.place(bar[0])} ({bar[0].table}): {listed} "
            f"are all answers; no whole numbers of people that add up to {base.printed}, the "
            f"printed size, give them."
        )
        size = 0.2 if near and abs(near[0] - base.printed) > 1 else 0.15
        figures = (*(r.index for r in bar), base.source)
        cases.append(Case(figures, sentence, None, price, size))
    return cases


def filter_bases(report: Report, assumptions: Assumptions) -> list[Case]:
    """Hold percentages among those who gave an answer to another question against that answer."""
    cases = []
    for bar in _bars(report):
        place = bar[0].place
        if not report.answers[bar[0].question].asked_of or len(place[1]) > 1:
            continue
        between = filter_base(report, bar[0].question, *place, Fraction(0))
        case = _filter_case(report, bar, between, assumptions) if between is not None else None
        cases += [case] if case else []
    return cases


def _filter_case(
    report: Report, bar: Sequence[Reading], between: tuple[int, int], assumptions: Assumptions
) -> Case | None:
    low, high = between
    if low > high:
        return None  # the filtering share itself fits no whole number: told with its own group
    largest = 2 * high + 20

    def works(chosen: frozenset[int]) -> bool:
        kept = [bar[i] for i in sorted(chosen)]
        if not kept:
            return True
        bases = _bases(report, kept, high, assumptions.rounding, whole=False)
        return bool(bases) and bases[-1] >= low

    everything = frozenset(range(len(bar)))
    if works(everything):
        return None
    minimal = [bar[i] for i in sorted(shrink(everything, lambda s: not works(s)))]
    fitting = _bases(report, bar, largest, assumptions.rounding, whole=False)
    near = min(fitting, key=lambda n: (abs(n - low), n), default=None)
    listed = " and ".join(f"{r.figure.printed.strip()} {box_words(r.box)}" for r in minimal)
    filters = _filter_readings(report, bar[0])
    range_words = f"{low}" if low == high else f"{low} to {high}"
    because = f" ({filters[0].figure.printed.strip()} of the group)" if filters else ""
    sentence = (
        f"{report.label(bar[0].question)}, {report.place(bar[0])}, {bar[0].table}: {range_words} "
        f"people were asked{because}; no such base gives {listed}"
        f"{' together' if len(minimal) > 1 else f': {around(minimal[0], low)}'}."
    )
    price = f"the base is {near}" if near else _but_one(report, bar, between, assumptions)
    rest = [r for r in (*bar, *filters) if r not in minimal]
    figures = tuple(r.index for r in (*minimal, *rest))
    return Case(figures, sentence, None, price, 0.2)


def _but_one(
    report: Report, bar: Sequence[Reading], between: tuple[int, int], assumptions: Assumptions
) -> str:
    """Return which base gives all shares of a bar but one."""
    for r in sorted(bar, key=lambda r: r.printed.value):
        rest = [other for other in bar if other is not r]
        fits = [
            n
            for n in _bases(report, rest, between[1], assumptions.rounding, whole=False)
            if n >= between[0]
        ]
        if fits:
            near = around(r, fits[0])
            return f"the base is {fits[0]}, which gives all but {r.figure.printed} ({near})"
    return "the figures have different bases"


def _filter_readings(report: Report, reading: Reading) -> list[Reading]:
    """Return the printed share of those who gave the filtering answer, in the same place."""
    variable, (answer, *_) = next(iter(report.answers[reading.question].asked_of.items()))
    return [
        r
        for r in report.readings
        if r.question == variable
        and r.kind == "share"
        and r.box == answer
        and r.place == reading.place
        and r.known
    ][:1]
