"""Sentences about printed shares: against means of the same question, and against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from attitudes.auditing.proofs import box_words, text_of
from attitudes.auditing.readings import Reading
from attitudes.auditing.rules.joint_bounds import MeanBounds, inside_of, mean_bounds, share_bounds
from attitudes.auditing.rules.joint_setting import Place, Setting
from attitudes.numerics.printed.exact import Interval

__all__ = ["mean_and_shares", "shares_apart"]

_FEW = 3


def _by_place(readings: Sequence[Reading]) -> dict[Place, list[Reading]]:
    found: dict[Place, list[Reading]] = {}
    for r in readings:
        found.setdefault(r.place, []).append(r)
    return found


def _quoted(setting: Setting, readings: Sequence[Reading]) -> str:
    """Return shares with their answers, then place and exhibit."""
    words = []
    for place, here in _by_place(readings).items():
        listed = ", ".join(f"{r.figure.printed.strip()} {box_words(r.box)}" for r in here)
        tables = ", ".join(dict.fromkeys(r.table for r in here))
        words.append(f"{listed} ({setting.place_words(place)}, {tables})")
    return "; ".join(words)


def _arithmetic(setting: Setting, values: Mapping[Place, str]) -> str:
    """Return (base × value + …) / base; empty when a base lacks; the value of one place alone."""
    if len(values) == 1:
        return ""
    bases = [setting.base(p) for p in values]
    known = [b for b in bases if b is not None]
    if len(known) < len(values):
        return ""
    parts = [f"{b[1]} × {v}" for b, v in zip(known, values.values(), strict=True)]
    return f"({' + '.join(parts)}) / {sum(b[1] for b in known)} "


def mean_and_shares(
    setting: Setting, means: Sequence[Reading], shares: Sequence[Reading], response: Fraction
) -> str:
    """Return which bound of the mean the shares set, and what is printed instead."""
    by_share = _by_place(shares)
    reading = means[0]
    coding = setting.codings[reading.table].at(reading.figure.column)
    bounds = {
        place: b
        for place, here in by_share.items()
        if (b := mean_bounds(setting, here, coding, response)) is not None
    }
    for place, bound in bounds.items():
        told = _one_place(setting, means, place, by_share[place], bound)
        if told:
            return told
    told = _all_places(setting, means, shares, bounds)
    listed = f"{setting.listed(means)} ({', '.join(dict.fromkeys(r.table for r in means))})"
    return told or f"no respondents give {_quoted(setting, shares)} and the means {listed}."


def _printed(
    setting: Setting, means: Sequence[Reading], whole: Place
) -> tuple[Interval, str] | None:
    """Return the printed mean of a place: directly, or pooled from its parts."""
    direct = [r for r in means if r.place == whole]
    if direct:
        r = direct[0]
        return r.interval, f"{r.table} prints {r.figure.printed.strip()}"
    parts = {r.place: r for r in means if r.groups}
    if not setting.covers(list(parts), whole):
        return None
    pooled = setting.pooled({p: r.interval for p, r in parts.items()})
    if pooled is None:
        return None
    text = {p: r.figure.printed.strip() for p, r in parts.items()}
    words = _arithmetic(setting, text)
    tables = ", ".join(dict.fromkeys(r.table for r in parts.values()))
    return pooled, f"{tables} pooled: {words}".rstrip()


def _turned(setting: Setting, means: Sequence[Reading]) -> str:
    words = setting.codings[means[0].table].at(means[0].figure.column).words
    return f", {words}," if words else ""


def _verb(setting: Setting, place: Place, bound: MeanBounds) -> str:
    if bound.answered == 1:
        return ""
    part = text_of(bound.answered * 100, 0)
    return f" (even if only {part} % of {setting.place_words(place)} answered)"


def _one_place(
    setting: Setting,
    means: Sequence[Reading],
    place: Place,
    shares: Sequence[Reading],
    bound: MeanBounds,
) -> str:
    found = _printed(setting, means, place)
    if found is None or found[0].meets(bound.interval):
        return ""
    printed, words = found
    quoted, how = _quoted(setting, shares), _turned(setting, means)
    slack = _verb(setting, place, bound)
    over, end, pooled = _sides(bound.interval, printed)
    arithmetic = bound.greatest if over else bound.least
    word, back = ("at most", "at least") if over else ("at least", "at most")
    tail = f"{words}, {back} {pooled}" if "pooled" in words else words
    return f"with {quoted} the mean{how} is {word} {arithmetic} = {end}{slack}; {tail}."


def _sides(allowed: Interval, printed: Interval) -> tuple[bool, str, str]:
    """Return whether the print lies above what is allowed, and the two ends as bounds."""
    assert allowed.low is not None
    assert allowed.high is not None
    assert printed.low is not None
    assert printed.high is not None
    over = printed.low >= allowed.high
    ends = (allowed.high, printed.low) if over else (allowed.low, printed.high)
    words = [_bound(ends[0], up=over), _bound(ends[1], up=not over)]
    return over, words[0], words[1]


def _bound(value: Fraction, *, up: bool) -> str:
    scaled = value * 100
    return f"{(scaled.__ceil__() if up else scaled.__floor__()) / 100:.2f}"


def _all_places(
    setting: Setting,
    means: Sequence[Reading],
    shares: Sequence[Reading],
    bounds: Mapping[Place, MeanBounds],
) -> str:
    """Shares of the groups of one breakdown against the mean of all."""
    whole: Place = ("", ())
    if not setting.covers(list(bounds), whole):
        return ""
    allowed = setting.pooled({p: b.interval for p, b in bounds.items()})
    found = _printed(setting, means, whole)
    if allowed is None or found is None or found[0].meets(allowed):
        return ""
    over, end, pooled = _sides(allowed, found[0])
    ends = {
        p: _bound((b.interval.high if over else b.interval.low) or Fraction(0), up=over)
        for p, b in bounds.items()
    }
    each = ", ".join(f"{setting.place_words(p)} {v}" for p, v in ends.items())
    word, back = ("at most", "at least") if over else ("at least", "at most")
    tail = f"{found[1]}, {back} {pooled}" if "pooled" in found[1] else found[1]
    tables = ", ".join(dict.fromkeys(r.table for r in shares))
    return (
        f"the shares of {tables} leave means{_turned(setting, means)} of {word} {each}; pooled "
        f"{_arithmetic(setting, ends)}is {word} {end}; {tail}."
    )


def shares_apart(setting: Setting, shares: Sequence[Reading]) -> str:
    """Return why shares of one question exclude each other."""
    by_place = _by_place(shares)
    targets = [[r] for r in sorted(shares, key=lambda r: len(r.groups))]
    targets += [here for here in by_place.values() if len(here) > 1]
    for target in targets:
        others = _by_place([r for r in shares if r not in target])
        told = _same_place(setting, target, others.get(target[0].place, []))
        told = told or _pooled_shares(setting, target, others)
        if told:
            return told
    return f"no respondents give {_quoted(setting, shares)} together."


def _inside(setting: Setting, target: Sequence[Reading]) -> frozenset[str]:
    answers = setting.report.answers[setting.question]
    return frozenset(a for r in target for a in inside_of(answers, r.box))


def _together(target: Sequence[Reading]) -> Interval:
    total = Interval(Fraction(0), Fraction(0))
    for r in target:
        total = total.plus(r.interval)
    return total


def _same_place(setting: Setting, target: Sequence[Reading], others: Sequence[Reading]) -> str:
    if not others:
        return ""
    bound = share_bounds(setting, others, _inside(setting, target))
    if bound.meets(_together(target)):
        return ""
    quoted = _quoted(setting, [*target, *others])
    total = sum((r.printed.value for r in (*target, *others)), Fraction(0))
    return f"{quoted} cannot stand together; they add up to {text_of(total)} %."


def _pooled_shares(
    setting: Setting, target: Sequence[Reading], others: Mapping[Place, Sequence[Reading]]
) -> str:
    """Shares of parts against shares of the whole."""
    breakdowns = {b for b, _ in others if b}
    inside, whole = _inside(setting, target), target[0].place
    if len(breakdowns) != 1 or sum(len(_inside(setting, [r])) for r in target) != len(inside):
        return ""
    breakdown = next(iter(breakdowns))
    known = {g for b, gs in others if b == breakdown for g in gs}
    rest = [g for g in setting.report.groups[breakdown] if g not in known]
    given = {p: rs for p, rs in others.items() if p[0] == breakdown}
    given |= {(breakdown, (g,)): [] for g in rest}
    if not setting.covers(list(given), whole):
        return ""
    bounds = {p: share_bounds(setting, rs, inside) for p, rs in given.items()}
    pooled = setting.pooled(bounds)
    if pooled is None or pooled.meets(_together(target)):
        return ""
    over, end, _ = _sides(pooled, _together(target))
    ends = {
        p: f"{float((b.high if over else b.low) or 0):.1f}".removesuffix(".0")
        for p, b in bounds.items()
    }
    few = len(given) <= _FEW
    why = "; ".join(
        f"{setting.place_words(p)} {ends[p]} %{_since(inside, setting, rs) if few else ''}"
        for p, rs in given.items()
    )
    left = "" if few else ", as the other shares leave,"
    word = "at most" if over else "at least"
    boxes = " and ".join(r.box.replace("_", " ") for r in target)
    printed = " + ".join(r.figure.printed.strip() for r in target)
    return (
        f"{boxes} {'is' if len(target) == 1 else 'are'}{left} {word} {why}; pooled "
        f"{_arithmetic(setting, ends)}is {word} {end} %; {target[0].table} prints {printed} for "
        f"{setting.place_words(whole)}."
    )


def _since(inside: frozenset[str], setting: Setting, readings: Sequence[Reading]) -> str:
    own = [r for r in readings if _inside(setting, [r]) == inside]
    if own or not readings:
        return ""
    listed = ", ".join(f"{r.figure.printed.strip()} {box_words(r.box)}" for r in readings)
    return f" (beside {listed})"
