"""How ``grim_grid.csv`` was made: PyPI grim 0.1.10 (MIT) and pysprite 1.2.1 (MIT).

Run with both packages installed; they are not needed by the tests. Columns ``half_up``,
``half_even`` and ``truncate`` are ``grim.mean_tester.consistency_check`` under the rounding
methods of ``decimal``; ``pysprite`` is ``pysprite.grim``.
"""

import csv
import decimal
import sys
import warnings

import pysprite
from grim import mean_tester

METHODS = {
    "half_up": decimal.ROUND_HALF_UP,
    "half_even": decimal.ROUND_HALF_EVEN,
    "truncate": decimal.ROUND_DOWN,
}
SIZES = (3, 7, 8, 12, 16, 19, 24, 25, 32, 40, 45, 50, 64, 80, 86, 99, 125)

warnings.simplefilter("ignore")  # pysprite warns where every mean can be attained
rows: list[dict[str, object]] = []
for n in SIZES:
    for hundredths in range(100, 500, 7):
        for decimals in (1, 2):
            mean = f"{hundredths / 100:.{decimals}f}"
            row: dict[str, object] = {"n": n, "mean": mean}
            for name, method in METHODS.items():
                row[name] = bool(
                    mean_tester.consistency_check(mean, str(n), rounding_method=method)
                )
            row["pysprite"] = bool(pysprite.grim(n, float(mean), prec=decimals))
            if row not in rows:
                rows.append(row)
writer = csv.DictWriter(sys.stdout, ["n", "mean", *METHODS, "pysprite"], lineterminator="\n")
writer.writeheader()
writer.writerows(rows)
