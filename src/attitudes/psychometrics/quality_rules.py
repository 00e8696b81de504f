"""When a respondent is flagged, and the flags that follow from indices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from attitudes.errors import AttitudesError, OptionError, raise_all
from attitudes.numerics.design import FloatArray

__all__ = ["QualityRules", "flags_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityRules:
    """When a respondent is flagged. None switches a rule off.

    Attributes
    ----------
    straight_line
        Flag respondents with one and the same answer to every item they answered, when these are
        at least so many.
    long_string_share, long_string_least
        Flag runs of the same answer over more than this share of the items, and of at least so
        many.
    mahalanobis_p
        Flag squared distances with a smaller χ² tail.
    even_odd, even_odd_scales
        Flag lower even–odd consistency, where it rests on at least so many scales: a correlation
        over fewer points says little of one respondent.
    synonyms
        Flag a lower within-person correlation over psychometric synonyms.
    antonyms
        Flag a higher within-person correlation over psychometric antonyms.
    guttman_errors
        Flag a larger share of Guttman errors.
    person_fit
        Flag lower l_z.
    contradictions
        Flag a larger share of contradictory pairs answered on the same side (acquiescence).
    speed
        Flag durations below this share of the median.
    missing_share
        Flag a larger share of items left out.
    synonym_correlation
        |r| from which two items count as synonyms or antonyms.
    """

    straight_line: int | None = 6
    long_string_share: float | None = 0.5
    long_string_least: int = 6
    mahalanobis_p: float | None = 0.001
    even_odd: float | None = 0.0
    even_odd_scales: int = 6
    synonyms: float | None = 0.0
    antonyms: float | None = 0.0
    guttman_errors: float | None = 0.5
    person_fit: float | None = -3.0
    contradictions: float | None = 0.75
    speed: float | None = 1 / 3
    missing_share: float | None = 0.5
    synonym_correlation: float = 0.6

    def check(self) -> None:
        """Refuse limits that cannot be.

        Raises
        ------
        OptionError
            All of them together.
        """
        failures: list[AttitudesError] = []
        for name in ("long_string_share", "guttman_errors", "contradictions", "missing_share"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 1:
                failures.append(OptionError(f"QualityRules, {name}", f"{value}", "0 to 1, or None"))
        for name in ("even_odd", "synonyms", "antonyms", "synonym_correlation"):
            value = getattr(self, name)
            if value is not None and not -1 <= value <= 1:
                failures.append(
                    OptionError(f"QualityRules, {name}", f"{value}", "-1 to 1, or None")
                )
        if self.mahalanobis_p is not None and not 0 < self.mahalanobis_p < 1:
            failures.append(
                OptionError("QualityRules, mahalanobis_p", f"{self.mahalanobis_p}", "0 to 1")
            )
        raise_all(failures)


def flags_of(
    indices: Mapping[str, FloatArray], rules: QualityRules, n_items: int
) -> dict[str, NDArray[np.bool_]]:
    """Return name → whether each respondent is flagged, for the indices that there are."""
    out: dict[str, NDArray[np.bool_]] = {}
    answered = indices["answered"]
    if rules.straight_line is not None:
        straight = (indices["irv"] == 0) & (answered >= rules.straight_line)
        out["straight_line"] = np.asarray(straight)
    if rules.long_string_share is not None:
        run = indices["long_string"]
        long = (run > rules.long_string_share * n_items) & (run >= rules.long_string_least)
        out["long_string"] = np.asarray(long)
    above = {
        "antonyms": rules.antonyms,
        "guttman_errors": rules.guttman_errors,
        "contradictions": rules.contradictions,
        "missing_share": rules.missing_share,
    }
    below = {
        "mahalanobis_p": rules.mahalanobis_p,
        "even_odd": rules.even_odd,
        "synonyms": rules.synonyms,
        "person_fit": rules.person_fit,
        "speed": rules.speed,
    }
    with np.errstate(invalid="ignore"):
        for name, limit_ in above.items():
            if limit_ is not None and name in indices:
                out[name] = np.asarray(indices[name] > limit_)
        for name, limit_ in below.items():
            if limit_ is not None and name in indices:
                label = "mahalanobis" if name == "mahalanobis_p" else name
                out[label] = np.asarray(indices[name] < limit_)
    return out
