"""What a published figure is made of: quotients of counts of answers, and plain means of them.

Every mean and percentage that a survey report prints is a ratio of two linear forms in the counts
of answers of one group of respondents; its totals are such ratios too, or plain means of ratios.
Said so, a figure can be computed from respondents, solved for, or held against other figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from attitudes.study.conventions import Convention
from attitudes.study.exhibits import Exhibit
from attitudes.study.figures import Figure
from attitudes.study.models import Study
from attitudes.study.responses import Code, Response

__all__ = ["Domain", "Form", "MeanForm", "NotComputable", "RatioForm", "form_of", "ratios"]

Domain = tuple[tuple[str, tuple[Code, ...]], ...]


@dataclass(frozen=True, slots=True)
class RatioForm:
    """(Σ numerator · counts) / (Σ denominator · counts) over the answers of a domain.

    Attributes
    ----------
    column
        Column of the answers.
    domain
        Variables and the groups of each that the respondents belong to; empty: everyone.
    numerator, denominator
        Coefficient of the count of each code, missing codes included; codes left out have 0.
    """

    column: str
    domain: Domain
    numerator: Mapping[Code, Fraction]
    denominator: Mapping[Code, int]

    def value(self, counts: Mapping[Code, int]) -> Fraction | None:
        """Return the figure for given counts of the codes; None on an empty base.

        Examples
        --------
        >>> form = RatioForm("q", (), {4: Fraction(100), 5: Fraction(100)},
        ...                  {c: 1 for c in range(1, 6)})
        >>> form.value({1: 1, 4: 1, 5: 1})
        Fraction(200, 3)
        """
        base = self.base(counts)
        if base == 0:
            return None
        top = sum((f * counts.get(c, 0) for c, f in self.numerator.items()), Fraction(0))
        return top / base

    def base(self, counts: Mapping[Code, int]) -> int:
        """Return the number of respondents that the figure rests on."""
        return sum(f * counts.get(c, 0) for c, f in self.denominator.items())


@dataclass(frozen=True, slots=True)
class MeanForm:
    """The plain mean of unrounded figures: each part counts the same."""

    parts: tuple[RatioForm | MeanForm, ...]


Form = RatioForm | MeanForm


@dataclass(frozen=True, slots=True)
class NotComputable:
    """A figure that the respondents' answers do not determine, and why."""

    reason: str


def ratios(form: Form) -> Iterator[RatioForm]:
    """Yield the ratios that a form is made of."""
    if isinstance(form, RatioForm):
        yield form
    else:
        for part in form.parts:
            yield from ratios(part)


def form_of(study: Study, figure: Figure) -> Form | NotComputable:
    """Return what a published figure is made of under the pack's conventions.

    Parameters
    ----------
    study
        The pack: its exhibits say what a table's rows and columns are, its conventions how the
        cells were computed.
    figure
        A published figure.
    """
    kind, _, box = figure.statistic.partition(":")
    if kind not in ("mean", "percent"):
        return NotComputable(f"a {figure.statistic} is not made of the respondents' answers")
    exhibit = next((e for e in study.exhibits if e.figures_id == figure.exhibit), None)
    if exhibit is not None and exhibit.kind == "composition":
        return NotComputable("a count of respondents, not of their answers")
    if exhibit is None and kind == "mean":
        figure, exhibit = _at_home(study, figure)
    try:
        domains = _domains(study, figure, exhibit)
    except LookupError:
        return NotComputable(f"{figure.column!r} is no group of the study's breakdowns")
    if kind == "mean":
        return _mean(study, figure, domains)
    return _percent(study, figure, exhibit, box, domains)


def _at_home(study: Study, figure: Figure) -> tuple[Figure, Exhibit | None]:
    """Return a mean in running text as the cell of the published table that it quotes.

    The table shows the item, or all items of the scale, broken down by a variable that has the
    group; a total belongs to a table that prints totals. Its conventions are the mean's.
    """
    scales = {s.id for s in study.scales}
    if figure.row in scales:
        wanted, row = {q.id for q in study.items(figure.row)}, "total"
    else:
        wanted, row = {figure.row}, figure.row
    for exhibit in study.exhibits:
        if exhibit.kind != "means" or not exhibit.published or exhibit.breakdown is None:
            continue
        shown = {q.id for q in study.exhibit_questions(exhibit)}
        groups = {str(g) for g in study.response_of(exhibit.breakdown).codes}
        fits = wanted == shown if row == "total" else wanted <= shown
        rule = study.convention_for(exhibit.figures_id, row, "total").totals
        if fits and (
            figure.column in groups or (figure.column == "total" and rule == "mean_of_groups")
        ):
            return replace(figure, exhibit=exhibit.figures_id, row=row), exhibit
    return figure, None


def _domains(study: Study, figure: Figure, exhibit: Exhibit | None) -> tuple[Domain, ...]:
    """Return the domain of a column; of a total that is a mean of groups, the groups' domains."""
    if figure.column != "total":
        return (_domain(study, figure.column, exhibit),)
    convention = study.convention_for(figure.exhibit, figure.row, "total")
    if convention.totals == "mean_of_groups" and exhibit is not None and exhibit.breakdown:
        groups = exhibit.order or study.groups(exhibit.breakdown)
        return tuple(((exhibit.breakdown, (g,)),) for g in groups)
    return ((),)


def _domain(study: Study, column: str, exhibit: Exhibit | None) -> Domain:
    names = column.split("+")
    if exhibit is not None and exhibit.breakdown:
        candidates = [exhibit.breakdown]
    else:
        candidates = [b.id for b in study.breakdowns]
    for variable in candidates:
        groups = {str(g): g for g in study.response_of(variable).codes}
        if all(name in groups for name in names):
            return ((variable, tuple(groups[name] for name in names)),)
    raise LookupError(column)


def _mean(study: Study, figure: Figure, domains: tuple[Domain, ...]) -> Form | NotComputable:
    exhibit = next((e for e in study.exhibits if e.figures_id == figure.exhibit), None)
    scales = {s.id for s in study.scales}
    if figure.row == "total" and exhibit is not None:
        items = [q.id for q in study.exhibit_questions(exhibit)]
    elif figure.row in scales:
        items = [q.id for q in study.items(figure.row)]
    elif study.has(figure.row):
        items = [figure.row]
    else:
        return NotComputable(f"{figure.row!r} is no question or scale of the study")
    parts: list[Form] = []
    for domain in domains:
        column = str(domain[0][1][0]) if len(domains) > 1 else figure.column
        forms = [_item_mean(study, figure.exhibit, item, column, domain) for item in items]
        bad = next((f for f in forms if isinstance(f, NotComputable)), None)
        if bad is not None:
            return bad
        good = tuple(f for f in forms if isinstance(f, RatioForm))
        parts.append(good[0] if len(items) == 1 else MeanForm(good))
    return parts[0] if len(parts) == 1 else MeanForm(tuple(parts))


def _item_mean(
    study: Study, table: str, item: str, column: str, domain: Domain
) -> RatioForm | NotComputable:
    response = study.response_of(item)
    convention = study.convention_for(table, item, column)
    scores = _scores(response)
    if not scores:
        return NotComputable(f"no numbers stand for the answers to {item!r}")
    if convention.nonsubstantive is not None:
        code = Fraction(convention.nonsubstantive).limit_denominator(10**6)
        for kind in convention.nonsubstantive_kinds:
            if (missing := response.missing.get(kind)) is not None:
                scores[missing] = code
    turned = _turned(scores, convention, response)
    return RatioForm(item, domain, turned, dict.fromkeys(turned, 1))


def _scores(response: Response) -> dict[Code, Fraction]:
    if response.scores:
        return {c: Fraction(v).limit_denominator(10**6) for c, v in response.scores.items()}
    return {c: Fraction(c) for c in response.codes if isinstance(c, int)}


def _turned(
    scores: dict[Code, Fraction], convention: Convention, response: Response
) -> dict[Code, Fraction]:
    if not convention.turned:
        return scores
    constant = convention.reversal_constant
    c = Fraction(response.reversal if constant is None else constant)
    return {code: c - value for code, value in scores.items()}


def _percent(
    study: Study,
    figure: Figure,
    exhibit: Exhibit | None,
    box: str,
    domains: tuple[Domain, ...],
) -> Form | NotComputable:
    found = _shown(study, figure, exhibit, box)
    if isinstance(found, NotComputable):
        return found
    column, codes = found
    response = study.response_of(column)
    convention = study.convention_for(figure.exhibit, figure.row, figure.column)
    base: set[Code] = {0, 1} if response.kind == "multiple" else set(response.codes)
    if convention.base != "answered":
        left_out = ("not_asked",) if convention.base == "asked" else ()
        base |= {c for kind, c in response.missing.items() if kind not in left_out}
    numerator = dict.fromkeys(codes, Fraction(100))
    denominator = dict.fromkeys(sorted(base, key=str), 1)
    forms = tuple(RatioForm(column, domain, numerator, denominator) for domain in domains)
    return forms[0] if len(forms) == 1 else MeanForm(forms)


def _shown(
    study: Study, figure: Figure, exhibit: Exhibit | None, box: str
) -> tuple[str, tuple[Code, ...]] | NotComputable:
    """Return the column and the codes whose share a figure is."""
    if study.has(figure.row) or study.has(figure.row.partition(".")[0]):
        column = figure.row
    elif exhibit is not None and len(study.exhibit_questions(exhibit)) == 1:
        column, box = study.exhibit_questions(exhibit)[0].id, figure.row
    else:
        return NotComputable(f"{figure.row!r} is no question of the study")
    response = study.response_of(column)
    if response.kind == "multiple":
        answer = column.partition(".")[2] or box
        if answer not in {str(c) for c in response.answers}:
            return NotComputable(f"{answer!r} is no answer to {column!r}")
        return f"{column.partition('.')[0]}.{answer}", (1,)
    box = box or (exhibit.box if exhibit is not None and exhibit.box else "")
    if box in response.boxes:
        return column, response.boxes[box]
    if box in response.missing:
        return column, (response.missing[box],)
    named = {str(c): c for c in response.codes}
    if box in named:
        return column, (named[box],)
    return NotComputable(f"{box!r} is no answer, box or missing kind of {column!r}")
