"""The Survey: respondents, the study they answered, and how they were drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from attitudes.errors import DataError
from attitudes.numerics.design import DesignArrays, FloatArray
from attitudes.survey.design import SurveyDesign
from attitudes.survey.ledger import Ledger, Step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from attitudes.study.models import Study

__all__ = ["Answers", "Calibration", "Provenance", "Survey", "column_names"]

Provenance = Literal["respondents", "reconstructed", "generated"]


def column_names(frame: Any) -> tuple[str, ...]:
    """Return the column names of a frame of any library.

    Raises
    ------
    DataError
        When it is not a frame.
    """
    if isinstance(frame, pd.DataFrame):
        return tuple(str(c) for c in frame.columns)
    import narwhals as nw

    try:
        return tuple(nw.from_native(frame).collect_schema().names())
    except TypeError as error:
        raise DataError(
            "frame",
            f"an object of type {type(frame).__name__}",
            "a frame of pandas, polars, pyarrow, DuckDB or Spark",
        ) from error


@dataclass(frozen=True, slots=True)
class Answers:
    """One variable's answers.

    Attributes
    ----------
    values
        Numbers of length n, in the frame's own dtype where it is numeric (int8 stays int8).
        What stands where ``present`` is False is not an answer and must not be used.
    present
        Boolean of length n; None when every respondent answered.
    """

    values: NDArray[Any]
    present: NDArray[np.bool_] | None

    def as_float(self) -> FloatArray:
        """Return float64 answers with NaN where missing."""
        out = np.asarray(self.values, dtype=np.float64)
        if self.present is None:
            return out
        return np.where(self.present, out, np.nan)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What calibration left for the variance: residuals of auxiliaries replace the values.

    Attributes
    ----------
    auxiliaries
        Matrix X, n × p, of the calibration variables (their means within units where the
        calibration is at the units' level).
    regression_weights
        Weights after the calibration, length n: base weight × g.
    kind
        ``"poststratified"``, ``"raked"`` or ``"greg"``.
    margins
        For raking: the code arrays of each margin, so that residuals are swept in turn; for
        post-stratification the code array of the poststrata; empty otherwise.
    base_weights
        The weights before calibration, length n, by which the auxiliaries are regressed (divided
        by the variance function where the calibration has one).
    aggregate_stage
        Stage on which g-weights are constant (PSU-level calibration); None at person level.
    """

    auxiliaries: FloatArray
    regression_weights: FloatArray
    kind: str
    base_weights: FloatArray
    margins: tuple[NDArray[np.int64], ...] = ()
    aggregate_stage: int | None = None


def _refuse_infinite(name: str, values: NDArray[Any]) -> None:
    infinite = np.flatnonzero(np.isinf(values))
    if len(infinite):
        rows = ", ".join(str(r + 1) for r in infinite[:5])
        raise DataError(
            f"survey, column {name}",
            f"{len(infinite)} infinite values (rows {rows})",
            "finite numbers; nothing, or NaN, where there is no answer",
        )


@dataclass(frozen=True, slots=True)
class Survey:
    """Respondents + Study + SurveyDesign. Immutable: each step returns a new one.

    Attributes
    ----------
    frame
        The respondents, one a row. A pandas frame; or a frame of another library that only the
        aggregating estimators take (polars, pyarrow, DuckDB relation, Spark DataFrame).
    design
        How they were drawn.
    study
        What was asked; None for a frame without a codebook, where NaN is missing.
    ledger
        Account of every row.
    history
        What was done, in order.
    calibrations
        Records of calibrations since the design weights, in order.
    provenance
        ``"respondents"``, ``"reconstructed"`` or ``"generated"``; travels to every output.
    """

    frame: Any
    design: SurveyDesign = field(default_factory=SurveyDesign)
    study: Study | None = None
    ledger: Ledger = field(default_factory=lambda: Ledger("frame", 0, 0))
    history: tuple[Step, ...] = ()
    calibrations: tuple[Calibration, ...] = ()
    provenance: Provenance = "respondents"

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        design: SurveyDesign | None = None,
        study: Study | None = None,
        *,
        provenance: Provenance = "respondents",
    ) -> Survey:
        """Make a Survey of a frame; no study is needed.

        Parameters
        ----------
        frame
            pandas frame (or polars, pyarrow, DuckDB, Spark), one respondent a row.
        design
            Columns of weights, strata and PSUs; default: every row a PSU with weight 1.
        study
            Codebook; when absent NaN is missing.
        provenance
            Whose answers these are.

        Raises
        ------
        DataError
            When a column that the design names is not in the frame, or two have one name.

        Examples
        --------
        >>> import pandas as pd
        >>> survey = Survey.from_frame(pd.DataFrame({"q1": [1, 5], "w": [2.0, 1.0]}),
        ...                            SurveyDesign(weight="w"))
        >>> survey.n
        2
        """
        design = design or SurveyDesign()
        columns = column_names(frame)
        if len(set(columns)) < len(columns):
            twice = next(name for name in columns if columns.count(name) > 1)
            raise DataError("frame", f"two columns named {twice!r}", "one column a name")
        for name in design.columns:
            if name not in columns:
                raise DataError.unknown("frame, design", "column", name, columns)
        n = len(frame) if isinstance(frame, pd.DataFrame) else -1
        ledger = Ledger("frame", n, n)
        return cls(frame, design, study, ledger, provenance=provenance)

    @property
    def n(self) -> int:
        """Number of respondents."""
        if hasattr(self.frame, "__len__"):
            return len(self.frame)
        import narwhals as nw

        counted = nw.from_native(self.frame).lazy().select(nw.len()).collect()
        return int(counted.to_pandas().iloc[0, 0])

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the frame's columns."""
        return column_names(self.frame)

    def column(self, name: str) -> pd.Series[Any]:
        """Return a column of the frame as it stands.

        Raises
        ------
        DataError
            When there is no such column.
        """
        columns = self.frame.columns if isinstance(self.frame, pd.DataFrame) else self.columns
        if name not in columns:
            raise DataError.unknown("survey", "column", name, self.columns)
        frame = self.frame if isinstance(self.frame, pd.DataFrame) else self.to_pandas([name])
        series: pd.Series[Any] = frame[name]
        return series

    def missing_codes(self, name: str) -> Mapping[str, int | str]:
        """Return the codes of the kinds of missing answer to ``name``; empty without a study."""
        return {} if self.study is None else self.study.missing_codes(name)

    def answers(self, name: str) -> Answers:
        """Return the substantive numeric answers to ``name`` and which respondents gave one.

        Raises
        ------
        DataError
            When the column is not there, does not hold numbers, or holds infinite ones.
        """
        series = self.column(name)
        present: Any = None
        if not pd.api.types.is_numeric_dtype(series.dtype):
            raise DataError(
                f"survey, column {name}",
                f"values of type {series.dtype}",
                "numbers",
                "use proportion() for categories",
            )
        if pd.api.types.is_extension_array_dtype(series.dtype):
            missing = series.isna().to_numpy()
            kind = getattr(series.dtype, "numpy_dtype", np.float64)
            values = series.to_numpy(dtype=kind, na_value=0)
            present = ~missing if missing.any() else None
        else:
            values = series.to_numpy()
        if values.dtype.kind == "f":
            ok = np.isfinite(values)
            if not ok.all():
                _refuse_infinite(name, values)
                present = ok if present is None else present & ok
        codes = [c for c in self.missing_codes(name).values() if not isinstance(c, str)]
        if codes:
            coded = np.isin(values, np.asarray(codes, dtype=values.dtype))
            if coded.any():
                present = ~coded if present is None else present & ~coded
        return Answers(values, present)

    @property
    def weights(self) -> FloatArray:
        """Sampling weights, length n."""
        return self.design_arrays().weights

    def design_arrays(self) -> DesignArrays:
        """Return the design as arrays.

        Raises
        ------
        DesignError
            Weights missing, negative or all zero; PSUs not nested in strata; population sizes
            smaller than the sample.
        """
        from attitudes.survey.arrays import build_design_arrays

        columns = None if isinstance(self.frame, pd.DataFrame) else list(self.design.columns)
        return build_design_arrays(self.to_pandas(columns or None), self.design)

    def with_columns(self, columns: Mapping[str, Any], step: Step | None = None) -> Survey:
        """Return a Survey with columns added or replaced."""
        frame = self.frame.assign(**dict(columns))
        return self._next(step, frame=frame)

    def with_weights(
        self,
        weights: FloatArray,
        step: Step,
        *,
        column: str = "weight_",
        calibration: Calibration | None = None,
    ) -> Survey:
        """Return a Survey whose sampling weight is ``weights`` (stored in ``column``)."""
        frame = self.frame.assign(**{column: np.asarray(weights, dtype=np.float64)})
        design = replace(self.design, weight=column)
        kept = self.calibrations if calibration is None else (*self.calibrations, calibration)
        return self._next(step, frame=frame, design=design, calibrations=kept)

    def with_design(self, design: SurveyDesign, step: Step | None = None) -> Survey:
        """Return a Survey drawn as ``design`` says."""
        return self._next(step, design=design)

    def _next(self, step: Step | None, **changes: Any) -> Survey:
        history = self.history if step is None else (*self.history, step)
        return replace(self, history=history, **changes)

    def __repr__(self) -> str:
        study = self.study.id if self.study is not None else "no codebook"
        lines = [f"Survey: {self.n} respondents ({self.provenance}), {study}"]
        lines += [f"  {step}" for step in self.history]
        return "\n".join(lines)

    def to_pandas(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the respondents as a pandas frame."""
        if isinstance(self.frame, pd.DataFrame):
            return self.frame if columns is None else self.frame[list(columns)]
        import narwhals as nw

        lazy = nw.from_native(self.frame).lazy()
        chosen = lazy if columns is None else lazy.select(list(columns))
        schema = chosen.collect_schema()
        held = chosen.collect()
        # pandas would make float64 of whole numbers with gaps: eight bytes for one.
        gaps = [n for n, kind in schema.items() if kind.is_integer() and held[n].null_count()]
        others = [name for name in schema.names() if name not in gaps]
        made: dict[str, Any] = dict(held.select(others).to_pandas().items()) if others else {}
        for name in gaps:
            values = held[name].fill_null(0).to_numpy()
            missing = np.array(held[name].is_null().to_numpy(), dtype=bool)
            made[name] = pd.arrays.IntegerArray(np.array(values), missing)
        return pd.DataFrame({name: made[name] for name in schema.names()}, copy=False)
