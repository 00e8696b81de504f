"""Published numbers: how they are read, and that the transcription holds together."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attitudes.errors import FigureError
from attitudes.study.claims import read_claims
from attitudes.study.figures import Figure, parse_printed, read_figures
from attitudes.study.loading import load_study
from attitudes.study.tables import read_table

STUDY = load_study()
FIGURES = STUDY.figures()
# A mean of k numbers printed to 0.01 lies within 0.005 of the mean of their prints, and is itself
# printed within 0.005.
MEAN_TOLERANCE = Decimal("0.01")
# Shares printed to 1 % sum to 100 within half a percent each; 5 answers: 2.5.
SHARE_TOLERANCE = {0: Decimal("2.5"), 1: Decimal("0.25")}


def cells(exhibit: str) -> dict[str, dict[str, Decimal]]:
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for figure in FIGURES:
        if figure.exhibit == exhibit:
            found[figure.row][figure.column] = figure.value
    return found


@pytest.mark.parametrize(
    ("printed", "value", "decimals"),
    [
        ("2.10", "2.10", 2),
        ("1.9", "1.9", 1),
        ("2,4", "2.4", 1),
        ("15,9%", "15.9", 1),
        ("40%", "40", 0),
        ("3,944,375", "3944375", 0),
        ("1,000", "1000", 0),
        ("0,125", "0.125", 3),
        ("57.35%", "57.35", 2),
        ("-1.5", "-1.5", 1),
    ],
)
def test_printed_strings(printed: str, value: str, decimals: int) -> None:
    figure = Figure("t", "r", "c", "mean", printed, "s")
    assert figure.value == Decimal(value)
    assert figure.decimals == decimals
    assert figure.printed == printed


@pytest.mark.parametrize("printed", ["", "n/a", "1.2.3", "5-10", "about 15", "1,00,0", "٣"])
def test_what_is_no_number(printed: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        parse_printed(printed)


@given(st.decimals(0, 99, places=2))
def test_every_two_decimal_number_is_read_as_printed(value: Decimal) -> None:
    assert parse_printed(f"{value:.2f}") == value
    assert parse_printed(f"{value:.2f}%".replace(".", ",")) == value


def test_all_failures_of_a_file_together(tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    path.write_text(
        "exhibit,row,column,statistic,printed,section\n"
        "t,q1,a,mean,2.1,s\nt,q1,a,mean,2.2,s\nt,q2,a,mean,x,s\nt,,a,mean,1,s\n",
        encoding="utf-8",
    )
    with pytest.raises(FigureError) as caught:
        read_figures(path)
    text = str(caught.value)
    assert len(caught.value.failures) == 3
    assert "line 3: found the figure of line 2 again" in text
    assert "line 4, column printed: found 'x'" in text
    assert "line 5, column row: found nothing" in text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "an empty file"),
        ("exhibit;row\n", "the columns exhibit;row"),
        ("exhibit,row,column,statistic,printed,section\na,b\n", "line 2: found 2 cells"),
    ],
)
def test_files_that_are_no_figures(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "figures.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FigureError, match=message):
        read_figures(path)


def test_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    path.write_bytes(b"exhibit,row\n" + "Ошская,1\n".encode("cp1251"))
    with pytest.raises(FigureError, match=r"line 2: .*not UTF-8"):
        read_table(path)


def test_unknown_relation_in_claims(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    head = "id,section,exhibit,question,statistic,breakdown,group,relation,other,printed\n"
    path.write_text(
        head + "a,s,t,q,mean,g,x,higest,,\na,s,t,q,mean,g,x,lowest,,\n", encoding="utf-8"
    )
    with pytest.raises(FigureError) as caught:
        read_claims(path)
    assert "did you mean 'highest'" in str(caught.value)
    assert "'a' again" in str(caught.value)


@pytest.mark.parametrize(
    ("breakdown", "count"), [("region", 450), ("ethnicity", 152), ("settlement", 45)]
)
def test_number_of_cells(breakdown: str, count: int) -> None:
    exhibits = {e.figures_id for e in STUDY.exhibits if e.kind == "means" and e.published}
    found = [f for f in FIGURES if f.exhibit in exhibits and f.exhibit.endswith(f"_by_{breakdown}")]
    assert len(found) == count


@pytest.mark.parametrize(
    "exhibit", [e for e in STUDY.exhibits if e.kind == "means" and e.published], ids=lambda e: e.id
)
def test_tables_of_means_hold_together(exhibit: object) -> None:
    table = cells(exhibit.id)  # type: ignore[attr-defined]
    items = [q.id for q in STUDY.exhibit_questions(exhibit)]  # type: ignore[arg-type]
    assert set(table) == {*items, "total"}
    groups = [str(g) for g in STUDY.groups(exhibit.breakdown)]  # type: ignore[attr-defined]
    for row in table.values():
        assert set(row) - {"total"} == set(groups)
        if "total" in row:
            mean = sum(row[g] for g in groups) / len(groups)
            assert abs(mean - row["total"]) <= MEAN_TOLERANCE
    for column in table["total"]:
        mean = sum(table[i][column] for i in items) / len(items)
        assert abs(mean - table["total"][column]) <= MEAN_TOLERANCE


def test_shares_of_each_place_add_up_to_100() -> None:
    charts = (("returnees_by_region", 0, 10), ("reasons_by_region", 1, 9), ("acquaintances", 0, 1))
    for exhibit, decimals, places in charts:
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for row in cells(exhibit).values():
            for column, value in row.items():
                sums[column] += value
        assert len(sums) == places
        for column, total in sums.items():
            assert abs(total - 100) <= SHARE_TOLERANCE[decimals], (exhibit, column)


def test_design_table_as_printed() -> None:
    population = {
        (f.row, f.column): f.value
        for f in FIGURES
        if f.exhibit == "table_2" and f.statistic == "population"
    }
    regions = [str(c) for c in STUDY.responses["region"].codes]
    for column in ("total", "city", "settlement"):
        assert sum(population[r, column] for r in regions) == population["total", column]
    totals = STUDY.population("region_by_type")
    for region in regions:
        assert totals[region, "city"] == population[region, "city"]
        assert totals[region, "settlement"] == population[region, "settlement"]


def test_design_table_follows_from_its_populations() -> None:
    """Shares, interviews and clusters of the design are quotients: a checksum of all its cells."""
    table = {(f.statistic, f.row, f.column): f for f in FIGURES if f.exhibit == "table_2"}
    value = {key: f.value for key, f in table.items()}
    rows = {row for statistic, row, _ in table if statistic == "share"}
    everyone = value["population", "total", "total"]
    cluster = value["count", "b_opt", "total"]
    assert len(rows) == 10
    for row in rows:
        adults = value["population", row, "total"]
        for column in ("total", "city", "settlement"):
            here = value["population", row, column]
            whole = everyone if column == "total" else adults
            interviews = 1000 * here / everyone
            for statistic, exact in (
                ("share", 100 * here / whole),
                ("count", interviews),
                ("clusters", interviews / cluster),
            ):
                figure = table[statistic, row, column]
                half = Decimal("0.5").scaleb(-figure.decimals)
                assert abs(figure.value - exact) <= half, figure
    sizes = value["population", "self_representing", "total"]
    assert abs(sizes - everyone * cluster / 1000) <= Decimal("0.5")


def test_two_transcriptions_agree_string_by_string() -> None:
    """The second was made by another route (published/README.md); no place and no string differs."""
    second = read_figures(Path(__file__).parent / "second_transcription.csv")
    assert len(second) == len(FIGURES)
    assert {(*f.key, f.printed, f.section) for f in second} == {
        (*f.key, f.printed, f.section) for f in FIGURES
    }


def test_tables_as_they_stand_print_the_same_strings() -> None:
    folder = STUDY.path("published")
    table_2 = read_table(folder / "table_2.csv").rows
    printed = [f.printed for f in FIGURES if f.exhibit == "table_2"]
    assert sorted(c for row in table_2 for c in row[1:] if c) == sorted(printed)
    table_1 = read_table(folder / "table_1.csv").rows
    assert [row[1] for row in table_1] == [f.printed for f in FIGURES if f.exhibit == "table_1"]


def test_means_of_the_text_are_those_of_the_tables_but_for_one() -> None:
    """The text gives Issyk-Kul the number that its table prints for Jalal-Abad."""
    scales = {s.id for s in STUDY.scales}
    tables = {(f.exhibit, f.row, f.column): f for f in FIGURES if "_by_" in f.exhibit}
    compared, apart = 0, []
    for figure in FIGURES:
        if not figure.exhibit.startswith("text_") or figure.statistic != "mean":
            continue
        scale, row = figure.row.split("_")[0], figure.row
        row = "total" if row in scales else row
        for breakdown in ("region", "ethnicity", "settlement"):
            other = tables.get((f"{scale}_by_{breakdown}", row, figure.column))
            if other is not None:
                compared += 1
                if other.value != figure.value:
                    apart.append((figure.row, figure.column, figure.printed, other.printed))
    assert compared > 25
    assert apart == [("trust", "issyk_kul", "2.78", "2.70")]


def test_allocation_gives_every_stratum_two_units() -> None:
    assert STUDY.design.allocation is not None
    records = STUDY.table(STUDY.design.allocation).records()
    clusters: dict[str, int] = defaultdict(int)
    for record in records:
        assert STUDY.design.analysis_stratum(record["design_stratum"]) == record["stratum"]
        clusters[record["stratum"]] += int(record["clusters"])
    assert sum(clusters.values()) == 56
    assert len(clusters) == 11
    assert min(clusters.values()) >= 2


def test_rows_of_figures_are_known_where_the_codebook_has_them() -> None:
    known = {*STUDY.ids(), *(s.id for s in STUDY.scales), "total"}
    for figure in FIGURES:
        if figure.statistic == "mean" or figure.statistic.startswith("percent:"):
            assert figure.row in known or figure.exhibit == "text_desk_review", figure
    rows: dict[str, set[str]] = defaultdict(set)
    for figure in FIGURES:
        rows[figure.exhibit].add(figure.row)
    for claim in STUDY.claims():
        assert claim.question in known | rows[claim.exhibit], claim
        assert not claim.printed or claim.printed in {f.printed for f in FIGURES}, claim


def test_item_means_cannot_leave_what_their_convention_reaches() -> None:
    """Under the declared conventions every printed item mean can be a mean of answers 1 to 5."""
    for figure in FIGURES:
        if figure.statistic != "mean" or "_by_" not in figure.exhibit or figure.row == "total":
            continue
        convention = STUDY.convention_for(figure.exhibit, figure.row, figure.column)
        response = STUDY.response_of(figure.row)
        low, high = response.low, response.high
        assert low is not None
        assert high is not None
        if convention.turned:
            constant = convention.reversal_constant
            assert constant is not None
            low, high = constant - high, constant - low
        assert low <= figure.value <= high, figure


def test_indicators_name_their_sources() -> None:
    indicators = STUDY.indicators()
    assert len({i.source for i in indicators}) == 4
    assert all(i.value and i.unit and i.place and i.period for i in indicators)
