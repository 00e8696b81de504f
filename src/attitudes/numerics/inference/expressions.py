"""Arithmetic expressions of named estimates, with their gradients."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from attitudes.errors import OptionError
from attitudes.numerics.design import FloatArray

__all__ = ["Evaluated", "evaluate"]

_STEP = 1e-200
_FUNCTIONS: dict[str, Callable[[complex], complex]] = {
    "log": np.log,
    "exp": np.exp,
    "sqrt": np.sqrt,
}
_OPERATIONS: dict[type[ast.operator], Callable[[complex, complex], complex]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}
_ALLOWED = "names of estimates, numbers, + - * / **, log, exp, sqrt"


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Value of an expression and its gradient in the order of the names."""

    value: float
    gradient: FloatArray


def evaluate(expression: str, values: Mapping[str, float]) -> Evaluated:
    """Evaluate an expression and differentiate it by complex steps.

    Parameters
    ----------
    expression
        Such as ``"api00 / api99"`` or ``"log(`group one`) - 1"``; names that are not plain words
        stand in back quotes.
    values
        Estimates by name.

    Raises
    ------
    OptionError
        Anything but arithmetic, or an unknown name.

    Notes
    -----
    Im f(x + ih)/h with h = 1e-200 is the derivative to full precision, without subtraction.

    Examples
    --------
    >>> e = evaluate("a / b", {"a": 6.0, "b": 3.0})
    >>> e.value, e.gradient.round(6).tolist()
    (2.0, [0.333333, -0.666667])
    """
    names = list(values)
    text, places = _unquote(expression, names)
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise OptionError("expression", repr(expression), _ALLOWED) from error
    base = np.array([values[n] for n in names], dtype=np.float64)
    gradient = np.empty(len(names))
    value = complex(_value(tree, dict(zip(names, base.astype(complex), strict=True)), places))
    for j in range(len(names)):
        moved = base.astype(complex)
        moved[j] += 1j * _STEP
        shifted = _value(tree, dict(zip(names, moved, strict=True)), places)
        gradient[j] = complex(shifted).imag / _STEP
    return Evaluated(float(value.real), gradient)


def _unquote(expression: str, names: list[str]) -> tuple[str, dict[str, str]]:
    places: dict[str, str] = {}
    parts = expression.split("`")
    if len(parts) % 2 == 0:
        raise OptionError("expression", repr(expression), "back quotes in pairs")
    for index in range(1, len(parts), 2):
        key = f"_quoted_{index}"
        places[key] = parts[index]
        parts[index] = key
    return "".join(parts).strip(), places


def _value(node: ast.expr, values: Mapping[str, complex], places: Mapping[str, str]) -> complex:
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        left, right = _value(node.left, values, places), _value(node.right, values, places)
        return _OPERATIONS[type(node.op)](left, right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        inner = _value(node.operand, values, places)
        return -inner if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return complex(node.value)
    if isinstance(node, ast.Name | ast.Attribute):
        written = ast.unparse(node)
        name = places.get(written, written)
        if name not in values:
            raise OptionError.unknown("expression", "estimate", name, values)
        return values[name]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        if node.func.id not in _FUNCTIONS:
            raise OptionError.unknown("expression", "function", node.func.id, _FUNCTIONS)
        return _FUNCTIONS[node.func.id](_value(node.args[0], values, places))
    raise OptionError("expression", repr(ast.unparse(node)), _ALLOWED)
