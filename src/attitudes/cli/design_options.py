"""Options that say whose answers to estimate from, and how they were drawn."""

from __future__ import annotations

import typing
from collections.abc import Callable
from dataclasses import dataclass, fields
from inspect import Parameter, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from attitudes.cli.options import StudyOption

if TYPE_CHECKING:
    from attitudes.survey.survey import Survey

__all__ = ["Source", "with_source"]

Command = TypeVar("Command", bound=Callable[..., None])
STAGED = " of plain data; repeat by stage."


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Respondents and design as a command line names them; each field is an option."""

    study: StudyOption = None
    data: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File of respondents; default: the study pack's own."),
    ] = None
    plain: Annotated[
        bool,
        typer.Option(
            "--plain", help="Take --data as it stands, without a codebook (always for Parquet)."
        ),
    ] = False
    weight: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Column of weights of plain data.")
    ] = None
    stratum: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help=f"Column of strata{STAGED}")
    ] = None
    psu: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help=f"Column of units{STAGED}")
    ] = None
    fpc: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help=f"Population sizes or sampling fractions{STAGED}"),
    ] = None
    nest: Annotated[bool, typer.Option("--nest", help="PSU codes repeat between strata.")] = False
    probabilities: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Inclusion probabilities of plain data, with --joint."),
    ] = None
    joint: Annotated[
        str | None,
        typer.Option(help="Joint probabilities by: brewer, overton or hartley-rao."),
    ] = None
    engine: Annotated[
        str, typer.Option(help="Where plain data are aggregated: auto, memory, duckdb or spark.")
    ] = "auto"
    replicate: Annotated[
        str | None,
        typer.Option(
            metavar="METHOD",
            help="Make replicates: auto, jk1, jkn, brr, fay, bootstrap, subbootstrap, mrb.",
        ),
    ] = None
    repeats: Annotated[int, typer.Option(min=2, help="Replicates of a bootstrap.")] = 500
    seed: Annotated[int, typer.Option(min=0, help="Seed of a bootstrap.")] = 1
    replicate_weights: Annotated[
        str | None,
        typer.Option(metavar="PREFIX", help="Replicate weights of plain data: columns so named."),
    ] = None
    scale: Annotated[float, typer.Option(help="Scale of --replicate-weights.")] = 1.0
    mse: Annotated[
        bool, typer.Option("--mse", help="Replicates around the full sample, not their mean.")
    ] = False

    @property
    def variance(self) -> str | None:
        """``"replicate"`` where replicates are asked for; None: the library's default."""
        return "replicate" if self.replicate or self.replicate_weights else None

    def survey(self, data: Path | None = None) -> Survey:
        """Open the respondents, of ``data`` instead of the option's file where it is given.

        Raises
        ------
        AttitudesError
            Options that do not go together; files and designs that cannot be used.
        """
        made = self._open(self.data if data is None else data)
        if self.replicate is None:
            return made
        import numpy as np

        from attitudes.estimation.replicate import replicate

        rng = np.random.default_rng(self.seed)
        method: Any = self.replicate
        return replicate(made, method=method, n=self.repeats, rng=rng, mse=self.mse)

    def _open(self, data: Path | None) -> Survey:
        from attitudes.errors import OptionError

        design = {name: getattr(self, name) for name in DESIGN}
        named = [f"--{name.replace('_', '-')}" for name, value in design.items() if value]
        if data is not None and (
            self.plain or data.suffix.lower() == ".parquet" or (named and not self.study)
        ):
            if self.study:
                raise OptionError(
                    "--study",
                    f"{self.study} beside plain data ({data.name})",
                    "one of them",
                    "Parquet files and --plain are read without a codebook",
                )
            return self._plain(data, {k: v for k, v in design.items() if v})
        if self.plain or named:
            raise OptionError(
                ", ".join(named) or "--plain",
                "a study pack, whose design is its own",
                "plain data, named by --data",
            )
        if self.engine not in ("auto", "memory"):
            raise OptionError(
                "--engine", self.engine, "auto or memory with a codebook", "use --plain"
            )
        from attitudes.cli.respondents import load

        return load(self.study, data)[1]

    def _plain(self, data: Path, design: dict[str, Any]) -> Survey:
        from attitudes.aggregation.engines import open_frame
        from attitudes.errors import OptionError
        from attitudes.survey.design import Replicates, SurveyDesign
        from attitudes.survey.survey import Survey, column_names

        frame = open_frame(data, self.engine)  # type: ignore[arg-type]
        prefix = design.pop("replicate_weights", None)
        if prefix is not None:
            chosen = tuple(c for c in column_names(frame) if c.startswith(prefix))
            if not chosen:
                raise OptionError(
                    "--replicate-weights", repr(prefix), "the beginning of columns' names"
                )
            design["replicates"] = Replicates(columns=chosen, scale=self.scale, mse=self.mse)
        return Survey.from_frame(frame, SurveyDesign(**design))


DESIGN = (
    "weight",
    "stratum",
    "psu",
    "fpc",
    "nest",
    "probabilities",
    "joint",
    "replicate_weights",
)


def with_source(command: Command) -> Command:
    """Give a command that takes ``source: Source`` the options of `Source` in its place."""
    hints = typing.get_type_hints(Source, include_extras=True)
    options = [
        Parameter(f.name, Parameter.KEYWORD_ONLY, default=f.default, annotation=hints[f.name])
        for f in fields(Source)
    ]
    own_hints = typing.get_type_hints(command, include_extras=True)
    own = [
        p.replace(kind=Parameter.KEYWORD_ONLY, annotation=own_hints[p.name])
        for p in signature(command).parameters.values()
        if p.name != "source"
    ]

    def run(**given: Any) -> None:
        source = Source(**{f.name: given.pop(f.name) for f in fields(Source)})
        command(source=source, **given)

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__signature__ = signature(run).replace(parameters=[*own, *options])  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in [*own, *options]}
    return typing.cast("Command", run)
