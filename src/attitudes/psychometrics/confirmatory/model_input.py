"""Models as a caller may give them: lavaan's syntax, scales of the study, or a mapping."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from attitudes.errors import AttitudesError, OptionError, raise_all
from attitudes.psychometrics.confirmatory.model_defaults import variables
from attitudes.psychometrics.confirmatory.syntax import Formula, ModelSyntax, parse_model
from attitudes.psychometrics.items import scale_ids
from attitudes.survey.survey import Survey

__all__ = ["Model", "ReadModel", "measured_scales", "read_model"]

Model = str | Mapping[str, Sequence[str]] | Sequence[str] | ModelSyntax | None
_OPERATOR = re.compile(r"[=~|]")


@dataclass(frozen=True, slots=True)
class ReadModel:
    """A model and the items it measures by.

    Attributes
    ----------
    syntax
        Formulas.
    items
        Observed variables in the order of the model.
    turned
        Items whose answers are turned round first, because the scale keys them negatively.
    """

    syntax: ModelSyntax
    items: tuple[str, ...]
    turned: frozenset[str] = frozenset()


def measured_scales(survey: Survey, model: Model) -> dict[str, list[str]] | None:
    """Return scale → items, a minus before those keyed negatively; None for a model's text.

    Raises
    ------
    OptionError
        Unknown scales; no scales at all.
    """
    if isinstance(model, ModelSyntax):
        return None
    if isinstance(model, Mapping):
        raise_all(
            [
                OptionError(f"cfa, scale {k}", f"{v!r}", "a list of names of items")
                for k, v in model.items()
                if isinstance(v, str) or not v
            ]
        )
        return {str(k): [str(entry) for entry in v] for k, v in model.items()}
    if isinstance(model, str) and (_OPERATOR.search(model) or not model.strip()):
        return None
    known = scale_ids(survey)
    wanted = known if model is None else ((model,) if isinstance(model, str) else tuple(model))
    if not wanted:
        raise OptionError(
            "cfa, model",
            "no model, and a survey without a codebook that declares scales",
            'lines such as "trust =~ q1 + q2 + q3", or {"trust": ["q1", "q2", "q3"]}',
        )
    raise_all(
        [OptionError.unknown("cfa, model", "scale", w, known) for w in wanted if w not in known]
    )
    assert survey.study is not None
    return {
        scale: [f"-{q.id}" if q.keying == "-" else q.id for q in survey.study.items(scale)]
        for scale in wanted
    }


def split_key(entry: str, columns: Sequence[str]) -> tuple[str, bool]:
    """Return an item's name and whether a minus before it turns it round."""
    if entry.startswith("-") and entry not in columns:
        return entry[1:], True
    return entry, False


def read_model(survey: Survey, model: Model) -> ReadModel:
    """Return a model as formulas.

    Parameters
    ----------
    survey
        Respondents; their columns are the items that a model may name.
    model
        Text in lavaan's syntax; a mapping scale → items, with a minus before items keyed
        negatively; ids of scales of the study; None: all of them.

    Raises
    ------
    OptionError
        A text that cannot be read; unknown items; items keyed in two directions.
    """
    scales = measured_scales(survey, model)
    columns = survey.columns
    turned: set[str] = set()
    if scales is None:
        syntax = model if isinstance(model, ModelSyntax) else parse_model(str(model))
    else:
        syntax, turned = _of_scales(scales, columns)
    items, latent = variables(syntax)
    failures: list[AttitudesError] = [
        OptionError.unknown("cfa, model", "item", name, columns)
        for name in items
        if name not in columns
    ]
    failures += [
        OptionError(
            f"cfa, factor {name}", "the name of a column of the respondents", "another name"
        )
        for name in latent
        if name in (columns if scales is None else items)
    ]
    if not latent:
        failures.append(OptionError("cfa, model", "no factor", "lines such as f =~ a + b + c"))
    raise_all(failures)
    return ReadModel(syntax, items, frozenset(turned))


def _of_scales(
    scales: Mapping[str, Sequence[str]], columns: Sequence[str]
) -> tuple[ModelSyntax, set[str]]:
    formulas: list[Formula] = []
    signs: dict[str, bool] = {}
    failures: list[AttitudesError] = []
    for scale, entries in scales.items():
        for entry in entries:
            name, minus = split_key(entry, columns)
            if name == scale:
                failures.append(
                    OptionError(f"cfa, scale {scale}", "an item of its own name", "another name")
                )
            if signs.setdefault(name, minus) != minus:
                failures.append(
                    OptionError(f"cfa, item {name}", "both keyings in one model", "one keying")
                )
            formulas.append(Formula(str(scale), "=~", name))
    raise_all(failures)
    return ModelSyntax(tuple(formulas), {}, ()), {name for name, minus in signs.items() if minus}
