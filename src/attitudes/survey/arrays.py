"""From the columns that a design names to arrays, checked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from attitudes.errors import AttitudesError, DesignError, raise_all
from attitudes.numerics.design import DesignArrays, FloatArray, IntArray
from attitudes.survey.design import SurveyDesign, stages
from attitudes.survey.replicate_arrays import replicate_arrays

__all__ = ["build_design_arrays"]

LARGEST = 1e100


def build_design_arrays(frame: pd.DataFrame, design: SurveyDesign) -> DesignArrays:
    """Return the design of ``frame`` as arrays.

    Raises
    ------
    DesignError
        All that is wrong with the design, together.
    """
    n = len(frame)
    strata_names, psu_names = stages(design.stratum), stages(design.psu)
    n_stages = max(1, len(psu_names))
    failures: list[AttitudesError] = []
    if len(strata_names) > n_stages:
        failures.append(
            DesignError(
                "design, stratum",
                f"{len(strata_names)} columns",
                f"at most {n_stages}, one a stage",
                "strata that are crossed stand in one column",
            )
        )
    strata: list[IntArray] = []
    psus: list[IntArray] = []
    parent: IntArray = np.zeros(n, dtype=np.int64)
    for stage in range(n_stages):
        stratum = parent
        if stage < len(strata_names):
            own = _codes(frame, strata_names[stage], failures)
            stratum = own if stage == 0 else _combine(parent, own)
        if stage < len(psu_names):
            own = _codes(frame, psu_names[stage], failures)
            unit = _combine(stratum, own) if design.nest or stage > 0 else own
            if stage == 0 and strata_names and not design.nest and not failures:
                _check_nested(stratum, unit, psu_names[0], strata_names[0], failures)
        else:
            unit = np.arange(n, dtype=np.int64)
        strata.append(stratum)
        psus.append(unit)
        parent = unit
    raise_all(failures)
    fractions = _fractions(frame, design, strata, psus, failures)
    probabilities = _probabilities(frame, design, failures)
    raise_all(failures)
    weights = _weights(frame, design, fractions, probabilities, failures)
    raise_all(failures)
    return DesignArrays(
        weights,
        tuple(strata),
        tuple(psus),
        tuple(fractions),
        probabilities,
        design.joint_matrix,
        design.joint if isinstance(design.joint, str) else None,
        design.pps_variance,
        design.joint_sum_p2,
        replicate_arrays(frame, design.replicates, weights),
    )


def _codes(frame: pd.DataFrame, name: str, failures: list[AttitudesError]) -> IntArray:
    codes, _ = pd.factorize(frame[name], use_na_sentinel=True)
    missing = int((codes < 0).sum())
    if missing:
        failures.append(
            DesignError(
                f"design, column {name}", f"{missing} rows without a value", "a value in every row"
            )
        )
    return np.asarray(codes, dtype=np.int64)


def _combine(outer: IntArray, inner: IntArray) -> IntArray:
    if not len(outer):
        return outer
    joint = outer * (int(inner.max()) + 1) + inner
    codes, _ = pd.factorize(joint)
    return np.asarray(codes, dtype=np.int64)


def _check_nested(
    stratum: IntArray, unit: IntArray, psu: str, name: str, failures: list[AttitudesError]
) -> None:
    if not len(unit):
        return
    first = np.full(int(unit.max()) + 1, -1, dtype=np.int64)
    first[unit] = stratum
    misplaced = first[unit] != stratum
    if misplaced.any():
        crossing = np.unique(unit[misplaced])
        failures.append(
            DesignError(
                f"design, column {psu}",
                f"{len(crossing)} PSUs that occur in more than one {name}",
                "PSUs nested in strata",
                "codes that repeat between strata are read within them by nest=True",
            )
        )


def _numbers(
    frame: pd.DataFrame, name: str, what: str, failures: list[AttitudesError]
) -> FloatArray:
    values = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    bad = ~np.isfinite(values)
    if bad.any():
        rows = ", ".join(str(r + 1) for r in np.flatnonzero(bad)[:5])
        failures.append(
            DesignError(
                f"{what}, column {name}",
                f"{int(bad.sum())} missing or not finite (rows {rows})",
                "a finite number in every row",
            )
        )
    return values


def _fractions(
    frame: pd.DataFrame,
    design: SurveyDesign,
    strata: list[IntArray],
    psus: list[IntArray],
    failures: list[AttitudesError],
) -> list[FloatArray | None]:
    out: list[FloatArray | None] = [None] * len(psus)
    names = stages(design.fpc)
    if len(names) > len(psus):
        failures.append(
            DesignError("design, fpc", f"{len(names)} columns", f"at most {len(psus)}, one a stage")
        )
        return out
    for stage, name in enumerate(names):
        values = _numbers(frame, name, "fpc", failures)
        if not np.isfinite(values).all() or not len(values):
            continue
        if (values < 0).any():
            failures.append(DesignError(f"fpc, column {name}", "a negative number", "0 or more"))
            continue
        stratum = strata[stage]
        if stage > 0 or design.probabilities is None:
            _check_constant(values, stratum, name, stage, failures)
        if values.max() <= 1:
            out[stage] = values
            continue
        sampled = _units_per_stratum(stratum, psus[stage])[stratum]
        short = values < sampled
        if short.any():
            row = int(np.flatnonzero(short)[0])
            failures.append(
                DesignError(
                    f"fpc, column {name}",
                    f"a population of {values[row]:g} with {sampled[row]:g} units sampled",
                    "a population at least as large as its sample",
                )
            )
            continue
        out[stage] = sampled / values
    return out


def _check_constant(
    values: FloatArray, stratum: IntArray, name: str, stage: int, failures: list[AttitudesError]
) -> None:
    first = np.empty(int(stratum.max()) + 1)
    first[stratum] = values
    varies = np.abs(values - first[stratum]) > 1e-9 * first[stratum]
    if varies.any():
        row = int(np.flatnonzero(varies)[0])
        failures.append(
            DesignError(
                f"fpc, column {name}",
                f"{values[row]:g} and {first[stratum[row]]:g} in one stratum of stage {stage + 1}",
                "one population size, or fraction, a stratum (from stage 2 on, a unit)",
                "unequal probabilities go into SurveyDesign(probabilities=…)",
            )
        )


def _units_per_stratum(stratum: IntArray, unit: IntArray) -> FloatArray:
    first = np.full(int(unit.max()) + 1, -1, dtype=np.int64)
    first[unit] = stratum
    return np.bincount(first[first >= 0], minlength=int(stratum.max()) + 1).astype(np.float64)


def _probabilities(
    frame: pd.DataFrame, design: SurveyDesign, failures: list[AttitudesError]
) -> FloatArray | None:
    if design.probabilities is None:
        return None
    values = _numbers(frame, design.probabilities, "probabilities", failures)
    if ((values <= 0) | (values > 1)).any():
        failures.append(
            DesignError(
                f"probabilities, column {design.probabilities}",
                "values outside (0, 1]",
                "inclusion probabilities",
            )
        )
    return values


def _weights(
    frame: pd.DataFrame,
    design: SurveyDesign,
    fractions: list[FloatArray | None],
    probabilities: FloatArray | None,
    failures: list[AttitudesError],
) -> FloatArray:
    n = len(frame)
    if design.weight is None:
        inclusion = np.ones(n) if probabilities is None else probabilities.copy()
        for fraction in fractions if probabilities is None else fractions[1:]:
            if fraction is not None:
                inclusion = inclusion * fraction
        return np.asarray(1.0 / inclusion, dtype=np.float64)
    weights = _numbers(frame, design.weight, "weights", failures)
    if (weights < 0).any():
        rows = ", ".join(str(r + 1) for r in np.flatnonzero(weights < 0)[:5])
        failures.append(
            DesignError(
                f"weights, column {design.weight}",
                f"{int((weights < 0).sum())} negative (rows {rows})",
                "0 or more",
            )
        )
    elif n and LARGEST < weights.max() < np.inf:
        failures.append(
            DesignError(
                f"weights, column {design.weight}",
                f"weights as large as {weights.max():g}",
                f"up to {LARGEST:g}",
            )
        )
    elif n and np.isfinite(weights).all() and not (weights > 0).any():
        failures.append(
            DesignError(f"weights, column {design.weight}", "all zero", "a positive weight")
        )
    return weights
