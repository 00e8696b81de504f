"""Who in a household is interviewed: Kish's grid and the birthday rules."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from attitudes.errors import OptionError

__all__ = ["KISH_TABLES", "RespondentRule", "kish_tables", "respondent_rule"]

RespondentRule = Literal["kish", "last_birthday", "next_birthday"]
RULES: tuple[RespondentRule, ...] = ("kish", "last_birthday", "next_birthday")

#: Table → its share in twelfths, and the adult to interview in households of 1 … 6 or more.
KISH_TABLES: dict[str, tuple[int, tuple[int, ...]]] = {
    "A": (2, (1, 1, 1, 1, 1, 1)),
    "B1": (1, (1, 1, 1, 1, 2, 2)),
    "B2": (1, (1, 1, 1, 2, 2, 2)),
    "C": (2, (1, 1, 2, 2, 3, 3)),
    "D": (2, (1, 2, 2, 3, 4, 4)),
    "E1": (1, (1, 2, 3, 3, 3, 5)),
    "E2": (1, (1, 2, 3, 4, 5, 5)),
    "F": (2, (1, 2, 3, 4, 5, 6)),
}

_RULES = {
    "kish": "List the adults, men from the oldest, then women from the oldest; interview the one "
    "that the address's table names for their number.",
    "last_birthday": "Interview the adult whose birthday was last.",
    "next_birthday": "Interview the adult whose birthday comes next.",
}


def respondent_rule(rule: RespondentRule) -> str:
    """Return the instruction for interviewers.

    Raises
    ------
    OptionError
        When the rule is not known.

    Examples
    --------
    >>> respondent_rule("last_birthday")
    'Interview the adult whose birthday was last.'
    """
    if rule not in _RULES:
        raise OptionError.unknown("field plan, respondent", "rule", rule, RULES)
    return _RULES[rule]


def kish_tables(n: int, rng: np.random.Generator) -> list[str]:
    """Give n addresses their Kish tables, in every twelve the right shares, in random order.

    Examples
    --------
    >>> from collections import Counter
    >>> Counter(kish_tables(12, np.random.default_rng(1)))["A"]
    2
    """
    dozen = [name for name, (twelfths, _) in KISH_TABLES.items() for _ in range(twelfths)]
    rounds = -(-n // 12)
    return [str(name) for _ in range(rounds) for name in rng.permutation(dozen)][:n]


def kish_grid() -> pd.DataFrame:
    """Return the grid as printed on sheets: a row a table, a column a number of adults.

    References
    ----------
    Kish (1949), Journal of the American Statistical Association 44.

    Examples
    --------
    >>> kish_grid().loc["C"].tolist()
    [1, 1, 2, 2, 3, 3]
    """
    columns = [*(str(k) for k in range(1, 6)), "6+"]
    rows = {name: picked for name, (_, picked) in KISH_TABLES.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)
