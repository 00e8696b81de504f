"""How charts look: colours that colour-blind readers can tell apart, sizes, settings."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

__all__ = [
    "BAR",
    "CONVENTION_COLOURS",
    "FAINT",
    "GRID",
    "INK",
    "MIDDLE",
    "SETTINGS",
    "SIZE",
    "SMALL",
    "TITLE",
    "contrast",
    "missing_style",
    "nominal_colours",
    "ordinal_colours",
    "pale",
    "sequential",
    "styled",
]

INK = "#1c2430"
FAINT = "#5b6573"
GRID = "#d9dee5"
BAR = "#0b6ea8"
MIDDLE = "#dcdcd6"
SIZE = 9.0
SMALL = 7.5
TITLE = 11.5
CONVENTION_COLOURS = {"as_published": "#b35806", "recomputed": "#0b6ea8"}
_MISSING = (("#ffffff", "////"), ("#8d96a3", ""), ("#c3c9d1", "...."), ("#eef0f3", "xxxx"))

SETTINGS: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": SIZE,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.7,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": SIZE - 1,
    "ytick.labelsize": SIZE - 1,
    "hatch.linewidth": 0.5,
    "hatch.color": "#6b7480",
    "path.simplify": False,
    "text.parse_math": False,
    "text.hinting": "no_hinting",
    "svg.fonttype": "path",
    "svg.hashsalt": "attitudes",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


@lru_cache
def ordinal_colours(count: int) -> tuple[str, ...]:
    """Colours of ``count`` ordered answers, lowest first; an odd count has a neutral middle."""
    import seaborn

    half = count // 2
    steps = seaborn.color_palette("PuOr", 2 * half + 3).as_hex()
    low, high = list(steps[:half]), list(steps[len(steps) - half :])
    return tuple(low + ([MIDDLE] if count % 2 else []) + high)


@lru_cache
def nominal_colours(count: int) -> tuple[str, ...]:
    """Colours of ``count`` unordered answers.

    The palette has ten colours; more answers than that start it over.
    """
    import seaborn

    palette = seaborn.color_palette("colorblind").as_hex()
    order = (0, 1, 2, 4, 8, 9, 5, 3, 6, 7)
    return tuple(palette[order[i % len(order)]] for i in range(count))


def missing_style(position: int) -> tuple[str, str]:
    """Colour and hatching of the kind of missing answer at ``position``."""
    return _MISSING[position % len(_MISSING)]


@lru_cache
def sequential() -> Any:
    """Colour map from low to high for maps."""
    import seaborn

    return seaborn.color_palette("crest_r", as_cmap=True).reversed()


def styled() -> AbstractContextManager[None]:
    """Apply the settings while something is drawn, and put back what was there."""
    from matplotlib import rc_context

    settings: Any = SETTINGS
    return rc_context(settings)


def pale(colour: str) -> str:
    """Return a light tint of a colour, for bars that carry an interval.

    Examples
    --------
    >>> pale("#000000")
    '#999999'
    """
    from matplotlib.colors import to_hex, to_rgb

    red, green, blue = (c + 0.6 * (1 - c) for c in to_rgb(colour))
    return to_hex((red, green, blue))


def contrast(colour: str | tuple[float, float, float]) -> str:
    """Black or white, whichever reads better on ``colour``.

    Examples
    --------
    >>> contrast("#ffffff"), contrast("#0b3c5d")
    ('#1c2430', '#ffffff')
    """
    from matplotlib.colors import to_rgb

    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return INK if luminance > 0.27 else "#ffffff"
