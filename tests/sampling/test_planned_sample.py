"""The plan of the bundled study, its published table, its frame, its draw."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from attitudes.errors import DataError, DesignError, StudyError
from attitudes.sampling.placement import place_respondents
from attitudes.sampling.planned import plan_sample
from attitudes.sampling.precision import design_precision
from attitudes.sampling.published_plan import compare_plan
from attitudes.sampling.reserves import draw_reserves
from attitudes.sampling.survey_design import draw_design, study_frame
from attitudes.study.models import Study

#: Clusters by region that the report prints; Naryn prints 2,4.
PRINTED = {
    "batken": 4, "jalal_abad": 10, "issyk_kul": 4, "naryn": 3, "osh_region": 11, "talas": 2,
    "chui": 9, "bishkek": 10, "osh_city": 3,
}  # fmt: skip


def test_plan_adds_up_and_gives_the_printed_regions(study: Study) -> None:
    plan = plan_sample(study)
    assert (plan.cells["interviews"].sum(), plan.strata["clusters"].sum()) == (1000, 56)
    assert plan.interval == 70998.75
    region = plan.cells.drop_duplicates("draw_stratum").set_index("draw_stratum")["region"]
    by_region = plan.strata["clusters"].groupby(plan.strata["draw_stratum"].map(region)).sum()
    assert by_region.to_dict() == PRINTED
    assert plan.strata.groupby("stratum")["clusters"].sum().min() >= 2
    assert plan.strata["stratum"].nunique() == 11


def test_only_cells_of_less_than_half_a_cluster_are_joined(study: Study) -> None:
    cells = plan_sample(study).cells
    small = cells[cells["exact_clusters"] < 0.5]
    assert set(small["region"]) == {"naryn", "talas", "bishkek", "osh_city"}
    joined = cells[cells["cell"] != cells["draw_stratum"]]
    assert set(joined["region"]) == set(small["region"])


def test_published_table_is_plain_rounding_but_for_two_cells(study: Study) -> None:
    found = compare_plan(study)
    off = found.off
    assert off[["row", "column", "statistic", "printed"]].values.tolist() == [
        ["naryn", "total", "clusters", "2,4"],
        ["naryn", "settlement", "clusters", "2.1"],
    ]
    assert off["reason"].str.startswith("printed before rounding").all()
    plain = found.roundings.set_index(["statistic", "column"])
    misses = plain["cells"] - plain["half_up"].astype(int)
    assert misses.to_dict() == {
        ("count", "total"): 0, ("count", "city"): 0, ("count", "settlement"): 0,
        ("clusters", "total"): 1, ("clusters", "city"): 0, ("clusters", "settlement"): 1,
    }  # fmt: skip
    others = plain[["hamilton", "webster", "jefferson", "adams", "huntington-hill"]].astype(float)
    assert (others.max(axis=1) < plain["cells"]).all()
    sums = found.sums.set_index(["part", "statistic"])["parts"].to_dict()
    assert sums["column total", "clusters"] == "55.4"
    assert sums["column city", "clusters"] == "18"
    assert sums["column settlement", "clusters"] == "35.1"


def test_every_cell_that_differs_has_a_reason(study: Study) -> None:
    figures = compare_plan(study).figures
    printed = figures["printed"].str.replace(",", "").astype(float)
    whole = figures["planned"].notna() & (figures["planned"] != printed)
    named = figures["reason"] != ""
    assert named.equals(whole | (figures["status"] == "off"))
    totals = figures[(figures["row"] == "total") & figures["planned"].notna()]
    assert (totals["planned"] == totals["printed"].astype(float)).all()


def test_frame_adds_up_to_the_table(study: Study) -> None:
    frame = study_frame(study)
    assert frame.sizes.sum() == 3_944_375
    found = frame.units.groupby(["region", "design_type"])["adults"].sum()
    known = study.population("region_by_type")
    assert {key: float(value) for key, value in found.items()} == known
    generated = frame.units["source"] == "generated"
    assert frame.units.loc[generated, "name"].str.contains("generated").all()
    assert frame.units.loc[generated, "geonames_id"].isna().all()


def test_frame_that_does_not_add_up_is_refused(study: Study, tmp_path: Path) -> None:
    units = study_frame(study).units.copy()
    units.loc[0, "adults"] += 1
    units.to_csv(tmp_path / "frame.csv", index=False)
    (tmp_path / "frame").mkdir()
    source = study.path("frame/population.csv")
    (tmp_path / "frame" / "population.csv").write_bytes(source.read_bytes())
    design = study.design.model_copy(update={"frame": "frame.csv"})
    broken = study.model_copy(update={"design": design}).at(tmp_path)
    with pytest.raises(DesignError, match="batken_city: found units that add up to 72,641"):
        study_frame(broken)


def test_batken_is_the_reports_example(clusters: pd.DataFrame) -> None:
    batken = clusters[clusters["region"] == "batken"]
    by_type = batken.groupby("design_type")["interviews"].apply(sorted).to_dict()
    assert by_type == {"city": [18], "settlement": [20, 20, 21]}


def test_design_of_the_draw(study: Study, clusters: pd.DataFrame) -> None:
    assert len(clusters) == 56
    assert clusters["interviews"].sum() == 1000
    assert clusters["psu"].is_unique
    assert clusters["probability"].between(0, 1, inclusive="right").all()
    large = study_frame(study).too_large(70998.75)["psu"]
    assert set(large) == set(clusters.loc[clusters["self_representing"], "unit"])
    assert clusters.groupby("stratum").size().min() >= 2
    product = clusters["probability"] * clusters["within_probability"] * clusters["base_weight"]
    np.testing.assert_allclose(product, 1.0)
    spread = clusters.groupby("draw_stratum")["base_weight"].agg(lambda w: w.max() / w.min())
    assert spread.max() < 1.1


def test_design_is_unbiased_for_the_population(study: Study) -> None:
    """Σ weight × interviews estimates the adults of each region, over draws."""
    totals = []
    for seed in range(20):
        drawn = draw_design(study, np.random.default_rng(seed))
        mass = drawn["base_weight"] * drawn["interviews"]
        totals.append(mass.groupby(drawn["region"]).sum())
    table = pd.DataFrame(totals)
    known = plan_sample(study).cells.groupby("region")["population"].sum()
    error = table.std(ddof=1) / np.sqrt(len(table))
    z = (table.mean() - known[table.columns]) / np.maximum(error, known[table.columns] * 1e-6)
    assert np.abs(z).max() < stats.norm.ppf(1 - 0.0005 / len(z))


def test_same_seed_same_clusters(study: Study, clusters: pd.DataFrame) -> None:
    again = draw_design(study, np.random.default_rng(11))
    pd.testing.assert_frame_equal(again, clusters)


def test_respondents_are_placed(clusters: pd.DataFrame) -> None:
    cells = plan_rows(clusters)
    placed = place_respondents(clusters, cells, rng=np.random.default_rng(1))
    assert placed.index.equals(cells.index)
    assert placed["psu"].nunique() == 56
    counts = placed.groupby("cluster").size()
    assert counts.between(10, 26).all()
    design = clusters.set_index("psu")["stratum"]
    assert (placed["stratum"] == placed["psu"].map(design)).all()
    region = clusters.set_index("cluster")["region"]
    assert (placed["cluster"].map(region) == cells["region"]).all()
    mass = placed["base_weight"].sum()
    assert mass == pytest.approx(3_944_375, rel=0.05)


def test_clusters_drawn_together_can_be_filled_evenly(study: Study) -> None:
    """A joined stratum may draw few city clusters: by cell they get few people, evenly they do not."""
    plan = plan_sample(study)
    rows = plan.cells.loc[plan.cells.index.repeat(plan.cells["interviews"]), list(plan.by)]
    rows = rows.reset_index(drop=True)
    for seed in range(8):
        clusters = draw_design(study, np.random.default_rng(seed))
        by_cell = place_respondents(clusters, rows, rng=np.random.default_rng(1))
        evenly = place_respondents(clusters, rows, even=True, rng=np.random.default_rng(1))
        counts = evenly["cluster"].value_counts().reindex(clusters["cluster"], fill_value=0)
        assert counts.tolist() == pytest.approx(clusters["interviews"].tolist(), abs=1)
        assert evenly["displaced"].sum() >= by_cell["displaced"].sum()
        stratum = clusters.set_index("cluster")["draw_stratum"]
        weights = evenly["base_weight"].groupby(evenly["cluster"].map(stratum))
        assert (weights.max() / weights.min()).max() < 1.15
        region = clusters.set_index("cluster")["region"]
        assert (evenly["cluster"].map(region) == rows["region"]).all()
        mass = (evenly["base_weight"]).sum()
        assert mass == pytest.approx(3_944_375, rel=0.01)


def plan_rows(clusters: pd.DataFrame) -> pd.DataFrame:
    """1,001 respondents of the drawn cells, and some of cells without a cluster."""
    rows = clusters.loc[clusters.index.repeat(clusters["interviews"]), ["region", "design_type"]]
    extra = pd.DataFrame({"region": ["talas"], "design_type": ["suburb"]})
    return pd.concat([rows, extra], ignore_index=True)


def test_respondents_of_unknown_regions_are_refused(clusters: pd.DataFrame) -> None:
    rows = pd.DataFrame({"region": ["nowhere"], "design_type": ["city"]})
    with pytest.raises(DataError, match="nowhere city without a cluster"):
        place_respondents(clusters, rows, rng=np.random.default_rng(1))
    with pytest.raises(DataError, match="design_type"):
        place_respondents(clusters, rows[["region"]], rng=np.random.default_rng(1))


def test_reserves_are_other_units_of_the_stratum(study: Study, clusters: pd.DataFrame) -> None:
    spare = draw_reserves(study, clusters, per_stratum=3, rng=np.random.default_rng(4))
    assert not spare["psu"].isin(clusters["psu"]).any()
    assert spare["psu"].is_unique
    assert set(spare["draw_stratum"]) == set(clusters["draw_stratum"])
    assert spare.groupby("draw_stratum")["reserve"].max().max() == 3


def test_precision_by_region(study: Study) -> None:
    table = design_precision(study, icc=0.05).set_index("domain")
    assert table.loc["total", "df"] == 45
    assert table.loc[list(PRINTED), "n"].sum() == 1000
    assert (table.loc[list(PRINTED), "margin"] > table.loc["total", "margin"]).all()


def test_pack_without_a_sample_is_refused(study: Study) -> None:
    bare = study.model_copy(update={"design": study.design.model_copy(update={"sample": None})}).at(
        study.root
    )
    with pytest.raises(StudyError, match="design: sample:"):
        plan_sample(bare)
