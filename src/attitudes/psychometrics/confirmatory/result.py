"""The result of a confirmatory factor analysis."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from attitudes.errors import OptionError
from attitudes.numerics.design import FloatArray
from attitudes.numerics.sem.fit import SemFit
from attitudes.numerics.sem.residual_fit import residuals
from attitudes.numerics.sem.structure import implied_moments
from attitudes.psychometrics.confirmatory.as_html import as_html, said_of
from attitudes.psychometrics.confirmatory.estimates import Estimate
from attitudes.psychometrics.confirmatory.matrices import Placed
from attitudes.psychometrics.confirmatory.model_table import ModelTable
from attitudes.psychometrics.confirmatory.modification import Modification, modifications
from attitudes.psychometrics.confirmatory.syntax import ModelSyntax
from attitudes.psychometrics.threads import one_thread

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["HEADLINE", "ConfirmatoryAnalysis"]

HEADLINE = ("chisq", "df", "pvalue", "cfi", "tli", "rmsea", "srmr")
ResidualKind = Literal["cor", "cov", "standardised"]


@dataclass(frozen=True, slots=True)
class ConfirmatoryAnalysis:
    """A confirmatory factor model, estimated.

    Attributes
    ----------
    items, factors
        Observed and latent variables.
    turned
        Items whose answers were turned round first, as they are keyed negatively.
    groups
        Names of the groups; one empty name without groups.
    n
        Respondents of each group.
    dropped
        Respondents left out: an answer missing (unless ``missing`` keeps them), weight zero, no
        group.
    estimator, missing, covariance
        How it was estimated; ``covariance``: of independent respondents, or of the design.
    estimates
        All parameters, raw and standardised.
    fit_measures
        By lavaan's names: ``chisq``, ``df``, ``pvalue``, ``cfi``, ``tli``, ``rmsea`` with
        ``rmsea.ci.lower`` and ``rmsea.ci.upper``, ``srmr``, …; where the test is scaled also
        ``.scaled`` (the scaled statistic in the formula) and ``.robust`` ones (an estimate of the
        population's index).
    warnings
        What a reader must know, one sentence each.
    provenance
        Whose answers these are.
    syntax, table, placed, fit
        The model as read, its parameters, matrices and numerical solution.
    """

    items: tuple[str, ...]
    factors: tuple[str, ...]
    turned: tuple[str, ...]
    groups: tuple[str, ...]
    n: tuple[int, ...]
    dropped: int
    estimator: str
    missing: str
    covariance: str
    estimates: tuple[Estimate, ...]
    fit_measures: dict[str, float]
    warnings: tuple[str, ...]
    provenance: str
    syntax: ModelSyntax
    table: ModelTable
    placed: Placed
    fit: SemFit

    @property
    def n_obs(self) -> int:
        """Respondents of all groups."""
        return sum(self.n)

    @property
    def scaled(self) -> bool:
        """Whether the test statistic is corrected for what is not normal."""
        return self.fit.scaled is not None

    @property
    def loadings(self) -> FloatArray:
        """Completely standardised loadings, items × factors, of the first group."""
        return self.loadings_of(self.groups[0])

    @property
    def phi(self) -> FloatArray:
        """Correlations of the factors, m × m, of the first group."""
        return self.phi_of(self.groups[0])

    @property
    def converged(self) -> bool:
        """Always True: a model that does not converge raises."""
        return True

    def _group(self, group: str) -> int:
        if group not in self.groups:
            raise OptionError.unknown("cfa, group", "group", group, self.groups)
        return self.groups.index(group)

    def loadings_of(self, group: str) -> FloatArray:
        """Return completely standardised loadings of a group, items × factors."""
        self._group(group)
        out = np.zeros((len(self.items), len(self.factors)))
        for e in self.estimates:
            if e.op == "=~" and e.group == group and e.rhs in self.items:
                out[self.items.index(e.rhs), self.factors.index(e.lhs)] = e.std
        return out

    def phi_of(self, group: str) -> FloatArray:
        """Return the correlations of the factors that the model implies in a group, m × m."""
        total = implied_moments(self.placed.models[self._group(group)], self.fit.theta).total
        latent = total[len(self.items) :, len(self.items) :]
        sd = np.sqrt(np.maximum(np.diag(latent), 0.0))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(latent / np.outer(sd, sd))

    def to_frame(self) -> pd.DataFrame:
        """Return one row a parameter: lhs, op, rhs, group, label, free, estimate, se, z, p, low,
        high, std, std_se, std_lv."""
        import pandas as pd

        return pd.DataFrame([asdict(e) for e in self.estimates])

    def loadings_frame(self) -> pd.DataFrame:
        """Return one row a loading: group, factor, item, estimate, se, std, std_se, std_low,
        std_high."""
        import pandas as pd

        rows = [
            {
                "group": e.group,
                "factor": e.lhs,
                "item": e.rhs,
                "estimate": e.estimate,
                "se": e.se,
                "std": e.std,
                "std_se": e.std_se,
                "std_low": e.std - 1.959963984540054 * e.std_se,
                "std_high": e.std + 1.959963984540054 * e.std_se,
            }
            for e in self.estimates
            if e.op == "=~"
        ]
        frame = pd.DataFrame(rows)
        return frame if len(self.groups) > 1 else frame.drop(columns="group")

    def fit_frame(self) -> pd.DataFrame:
        """Return the headline measures: one row each, with columns naive, scaled, robust."""
        import pandas as pd

        names = [*HEADLINE, "rmsea.ci.lower", "rmsea.ci.upper", "rmsea.pvalue"]
        get = self.fit_measures.get
        rows = {
            name: [get(name), get(f"{name}.scaled"), get(f"{name}.robust")]
            for name in names
            if name in self.fit_measures
        }
        frame = pd.DataFrame(rows, index=["naive", "scaled", "robust"]).T.astype(float)
        return frame.rename_axis("measure").dropna(axis=1, how="all")

    def residuals(self, kind: ResidualKind = "cor", *, group: str | None = None) -> FloatArray:
        """Return sample minus implied moments, items × items.

        Parameters
        ----------
        kind
            ``"cor"``: of correlations; ``"cov"``: of covariances; ``"standardised"``: covariances
            divided by the sample's standard deviations.
        group
            Default: the first.
        """
        allowed = ("cor", "cov", "standardised")
        if kind not in allowed:
            raise OptionError.unknown("cfa, residuals", "kind", kind, allowed)
        found = residuals(self.fit.problem, self.fit.theta, self.fit.saturated)
        values: FloatArray = getattr(found[self._group(group or self.groups[0])], kind)
        return values

    @one_thread
    def modification_indices(self, *, least: float = 0.0) -> tuple[Modification, ...]:
        """Return what would be gained by freeing parameters that the model fixes, largest first.

        Parameters
        ----------
        least
            Smallest index shown.
        """
        return modifications(self.table, self.placed, self.fit, self.groups, least)

    def modification_frame(self, *, least: float = 3.84) -> pd.DataFrame:
        """Return modification indices of at least ``least``, one row each."""
        import pandas as pd

        names = ["lhs", "op", "rhs", "group", "mi", "epc", "sepc_lv", "sepc_all"]
        rows = [asdict(m) for m in self.modification_indices(least=least)]
        frame = pd.DataFrame(rows, columns=names)
        return frame if len(self.groups) > 1 else frame.drop(columns="group")

    def _repr_html_(self) -> str:
        title = repr(self).split("\n", 1)[0]
        fit = as_html(title, self.fit_frame().reset_index())
        return fit + as_html("Loadings", self.loadings_frame(), self.warnings)

    def __repr__(self) -> str:
        m, count = self.fit_measures, len(self.factors)
        groups = "" if self.groups == ("",) else f" in {len(self.groups)} groups"
        kind = ".scaled" if self.scaled else ""
        lines = [
            f"{count} factor{'s' if count > 1 else ''} of {len(self.items)} items, "
            f"n = {self.n_obs}{groups}, {self.estimator}{said_of(self.provenance)}",
            f"chi-square{' (scaled)' if kind else ''} {m[f'chisq{kind}']:.1f} on {m['df']:.0f} df, "
            f"CFI {m['cfi']:.3f}, TLI {m['tli']:.3f}, RMSEA {m['rmsea']:.3f} "
            f"[{m['rmsea.ci.lower']:.3f}, {m['rmsea.ci.upper']:.3f}], SRMR {m['srmr']:.3f}",
        ]
        for kind in ("scaled", "robust"):
            if f"cfi.{kind}" in m:
                lines.append(
                    f"{kind}: CFI {m[f'cfi.{kind}']:.3f}, TLI {m[f'tli.{kind}']:.3f}, "
                    f"RMSEA {m.get(f'rmsea.{kind}', np.nan):.3f}"
                )
        return "\n".join([*lines, self.loadings_frame().round(3).to_string(), *self.warnings])
