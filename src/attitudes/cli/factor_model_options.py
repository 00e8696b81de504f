"""Options and arguments that the commands on confirmatory models share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from attitudes.survey.survey import Survey

__all__ = [
    "Covariance",
    "Estimator",
    "Missing",
    "ModelOption",
    "Scales",
    "chosen_model",
    "chosen_scales",
    "estimate_options",
    "fit_rows",
]

Scales = Annotated[
    list[str] | None,
    typer.Argument(metavar="[SCALE]...", help="Scales; default: all of the study."),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="FILE",
        help="File with a model in lavaan's syntax; or the model itself, ';' between lines.",
    ),
]
Estimator = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="WLSMV, WLSM, DWLS, ULSMV or ULS (ordinal); ML, MLR, MLM or FIML."
    ),
]
Missing = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="listwise, pairwise (ordinal) or fiml; default: whichever keeps all answers.",
    ),
]
Covariance = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="independent, or design (PSUs within strata); default: design where there is one.",
    ),
]


def estimate_options(estimator: str, missing: str | None, covariance: str | None) -> dict[str, Any]:
    """Return the arguments on estimation; answers are kept unless told otherwise."""
    ordinal = estimator.upper() in ("WLSMV", "WLSM", "DWLS", "ULSMV", "ULS")
    kept = "listwise" if estimator.upper() == "MLM" else "fiml"
    default = "pairwise" if ordinal else kept
    return {
        "estimator": estimator,
        "missing": missing or default,
        "covariance": covariance,
    }


def chosen_scales(
    survey: Survey, scales: list[str] | None, items: list[str] | None
) -> dict[str, list[str]]:
    """Return scale → items, a minus before those keyed negatively.

    Raises
    ------
    AttitudesError
        Unknown scales; nothing to analyse.
    """
    from attitudes.cli.scale_options import named_items
    from attitudes.psychometrics.confirmatory.model_input import measured_scales

    out: dict[str, list[str]] = {}
    for name, members in named_items(survey, scales, items).items():
        if isinstance(members, str):
            out |= measured_scales(survey, [name]) or {}
        else:
            out[name] = list(members)
    return out


def chosen_model(
    survey: Survey, model: str | None, scales: list[str] | None, items: list[str] | None
) -> Any:
    """Return a model's text, or scale → items.

    Raises
    ------
    AttitudesError
        A model beside scales; a file that cannot be read.
    """
    from attitudes.errors import DataError, OptionError

    if model is None:
        return chosen_scales(survey, scales, items)
    if scales or items:
        raise OptionError("--model", "a model beside scales or --items", "one of them")
    if any(sign in model for sign in "=~"):
        return model
    try:
        return Path(model).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            model,
            "no file that can be read",
            "a text file with lines such as f =~ a + b + c",
            "or give the model itself",
        ) from error


def fit_rows(fit: Any) -> dict[str, Any]:
    """Return a confirmatory analysis for JSON."""
    from attitudes.cli.scale_options import frame_rows

    return {
        "estimator": fit.estimator,
        "missing": fit.missing,
        "covariance": fit.covariance,
        "n": fit.n_obs,
        "groups": dict(zip(fit.groups, fit.n, strict=True)) if fit.groups != ("",) else {},
        "dropped": fit.dropped,
        "factors": list(fit.factors),
        "items": list(fit.items),
        "turned": list(fit.turned),
        "fit": fit.fit_measures,
        "estimates": frame_rows(fit.to_frame()),
        "phi": {g or "all": fit.phi_of(g) for g in fit.groups},
        "warnings": list(fit.warnings),
    }
