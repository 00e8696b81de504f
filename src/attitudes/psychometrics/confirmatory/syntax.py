"""The model syntax of lavaan, read into formulas."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from attitudes.errors import AttitudesError, OptionError, raise_all

__all__ = ["Equality", "Formula", "ModelSyntax", "Modifier", "parse_model"]

_OPERATORS = ("=~", "~*~", "~~", ":=", "==", "~", "|", "<", ">")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$")
_NAME = re.compile(r"[A-Za-z.][\w.]*$")
_CALL = re.compile(r"(c|start|equal|label)\((.*)\)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Modifier:
    """What stands before a term, one value a group (a single value counts for all).

    Attributes
    ----------
    fixed
        Numbers; None stands for ``NA``: free.
    start
        Starting values.
    label
        Names of parameters; the same name twice makes them equal.
    """

    fixed: tuple[float | None, ...] = ()
    start: tuple[float, ...] = ()
    label: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Formula:
    """One parameter as written: ``lhs op rhs``."""

    lhs: str
    op: str
    rhs: str
    modifier: Modifier = field(default_factory=Modifier)


@dataclass(frozen=True, slots=True)
class Equality:
    """``lhs == rhs`` between labels."""

    lhs: str
    rhs: str


@dataclass(frozen=True, slots=True)
class ModelSyntax:
    """A model as written.

    Attributes
    ----------
    formulas
        In the order of the text.
    defined
        Name → expression of labels (``:=``).
    equalities
        Labels that are made equal (``==``).
    """

    formulas: tuple[Formula, ...]
    defined: dict[str, str]
    equalities: tuple[Equality, ...]


def parse_model(text: str) -> ModelSyntax:
    """Read a model.

    Parameters
    ----------
    text
        Lines of ``factor =~ item + item``, ``x ~~ y``, ``y ~ x``, ``x ~ 1``, ``item | t1 + t2``,
        ``item ~*~ item``, ``new := a * b``, ``a == b``. A term may have modifiers: ``0.5*``,
        ``NA*``, ``label*``, ``start(0.8)*``, ``c(a, b)*`` with one value a group. ``#`` and ``!``
        begin comments; a line that ends in an operator, plus, comma or an open parenthesis goes
        on; ``;`` ends a formula.

    Raises
    ------
    OptionError
        All lines that cannot be read, each with its number.

    Examples
    --------
    >>> model = parse_model("f =~ a + NA*b + start(0.7)*c  # three items")
    >>> [(f.rhs, f.modifier.fixed, f.modifier.start) for f in model.formulas]
    [('a', (), ()), ('b', (None,), ()), ('c', (), (0.7,))]
    """
    formulas: list[Formula] = []
    defined: dict[str, str] = {}
    equalities: list[Equality] = []
    failures: list[AttitudesError] = []
    for number, line in _statements(text):
        where = f"model, line {number}"
        try:
            lhs, op, rhs = _split(line, where)
            if op == ":=":
                defined[_name(lhs, where)] = rhs
            elif op == "==":
                equalities.append(Equality(_name(lhs, where), _name(rhs, where)))
            else:
                formulas += _terms(lhs, op, rhs, where)
        except AttitudesError as error:
            failures.append(error)
    if not formulas and not failures:
        failures.append(OptionError("model", "no formula", "lines such as f =~ a + b + c"))
    raise_all(failures)
    return ModelSyntax(_merged(formulas), defined, tuple(equalities))


def _statements(text: str) -> list[tuple[int, str]]:
    """Formulas with the number of the line they begin on."""
    out: list[tuple[int, str]] = []
    open_line = ""
    begun = 1
    for number, raw in enumerate(text.splitlines(), 1):
        line = re.split(r"[#!]", raw, maxsplit=1)[0].strip()
        for part in line.split(";"):
            piece = part.strip()
            if not piece:
                continue
            continues = piece[0] in "+*" or (open_line and _unfinished(open_line))
            if open_line and not continues:
                out.append((begun, open_line))
                open_line = ""
            if not open_line:
                begun = number
            open_line = f"{open_line} {piece}".strip()
    if open_line:
        out.append((begun, open_line))
    return out


def _unfinished(line: str) -> bool:
    return line.endswith(("+", "*", "~", "=", "|", ",", "(")) or line.count("(") > line.count(")")


def _split(line: str, where: str) -> tuple[str, str, str]:
    places = [(line.find(op), -len(op), op) for op in _OPERATORS if op in line]
    if not places:
        raise OptionError(where, f"{line!r} without an operator", "=~ ~~ ~ | ~*~ := ==")
    at, _, op = min(places)
    if op in "<>":
        raise OptionError(
            where, f"the inequality {line!r}", "equalities", "bounds on parameters are not offered"
        )
    lhs, rhs = line[:at].strip(), line[at + len(op) :].strip()
    if not lhs or not rhs:
        raise OptionError(where, f"{line!r} with one side empty", "both sides")
    return lhs, op, rhs


def _name(text: str, where: str) -> str:
    if not _NAME.match(text):
        raise OptionError(where, f"{text!r}", "a name of letters, digits, points and underscores")
    return text


def _top_level(text: str, mark: str) -> list[str]:
    """Split at a mark outside parentheses (and not within numbers such as 1e+5)."""
    parts, depth, last = [], 0, 0
    for i, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == mark and depth == 0:
            parts.append(text[last:i].strip())
            last = i + 1
    return [*parts, text[last:].strip()]


def _terms(lhs: str, op: str, rhs: str, where: str) -> list[Formula]:
    out = []
    for left in _top_level(lhs, "+"):
        for term in _top_level(rhs, "+"):
            *modifiers, right = _top_level(term, "*")
            if right in ("1", "0") and op == "~":
                fixed = Modifier(fixed=(0.0,)) if right == "0" else _modifier(modifiers, where)
                out.append(Formula(_name(left, where), "~1", "", fixed))
            else:
                modifier = _modifier(modifiers, where)
                out.append(Formula(_name(left, where), op, _name(right, where), modifier))
    return out


def _modifier(texts: list[str], where: str) -> Modifier:
    found = Modifier()
    for text in texts:
        found = _join(found, _one_modifier(text, where))
    return found


def _join(a: Modifier, b: Modifier) -> Modifier:
    return Modifier(a.fixed or b.fixed, a.start or b.start, a.label or b.label)


def _one_modifier(text: str, where: str) -> Modifier:
    call = _CALL.match(text)
    inner = [text]
    kind = "c"
    if call:
        kind, inside = call.group(1), call.group(2).strip()
        vector = _CALL.match(inside)
        inner = _top_level(vector.group(2) if vector and vector.group(1) == "c" else inside, ",")
    inner = [i.strip().strip("\"'") for i in inner]
    numbers = all(_NUMBER.match(i) or i == "NA" for i in inner)
    if kind == "start" and numbers and "NA" not in inner:
        return Modifier(start=tuple(float(i) for i in inner))
    if kind == "c" and numbers:
        return Modifier(fixed=tuple(None if i == "NA" else float(i) for i in inner))
    if kind in ("c", "label") and all(_NAME.match(i) for i in inner):
        return Modifier(label=tuple(inner))
    raise OptionError(
        where, f"the modifier {text!r}", "a number, NA, a label, start(number), c(one, a group)"
    )


def _merged(formulas: list[Formula]) -> tuple[Formula, ...]:
    """Join formulas of the same parameter: ``f =~ a*x + start(0.5)*x``."""
    kept: dict[tuple[str, str, str], Formula] = {}
    for formula in formulas:
        key = (formula.lhs, formula.op, formula.rhs)
        mirrored = (formula.rhs, formula.op, formula.lhs)
        if formula.op == "~~" and mirrored in kept:
            key = mirrored
        before = kept.get(key)
        modifier = formula.modifier if before is None else _join(before.modifier, formula.modifier)
        kept[key] = Formula(*key, modifier)
    return tuple(kept.values())
