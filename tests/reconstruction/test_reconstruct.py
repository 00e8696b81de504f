"""A small invented pack: its tables come out, its one false sentence is excluded with a proof."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import attitudes as at
from attitudes.auditing.checker import check_certificate
from attitudes.errors import EstimationError, StudyError
from attitudes.reconstruction.reconstruct import Reconstruction
from attitudes.study.models import Study
from attitudes.workflows.ledger import LedgerLine, figure_ledger

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made(mini: Study) -> Reconstruction:
    return at.reconstruct(mini)


@pytest.fixture(scope="module")
def ledger(made: Reconstruction) -> dict[tuple[str, ...], LedgerLine]:
    return {line.key: line for line in figure_ledger(made.survey)}


def test_every_cell_and_total_of_every_table_is_printed_again(
    ledger: dict[tuple[str, ...], LedgerLine],
) -> None:
    tables = [line for key, line in ledger.items() if key[0].startswith("calm_by")]
    assert len(tables) == 24
    assert {line.status for line in tables} == {"reproduced"}


def test_groups_have_the_declared_sizes(made: Reconstruction) -> None:
    frame = made.survey.frame
    assert frame["area"].value_counts().to_dict() == {"north": 60, "south": 80, "isle": 40}
    assert frame["shift"].value_counts().to_dict() == {"day": 110, "night": 70}
    assert set(frame["a"]) <= {1, 2, 3, 4, 5, 97, 98}


def test_the_false_sentences_are_excluded_and_their_proofs_hold(made: Reconstruction) -> None:
    found = {e.figure.printed: e for e in made.exclusions}
    assert sorted(found) == ["40.1%", "97.2%"]
    assert found["40.1%"].certificate["kind"] == "no_integer"
    assert "44 of 110" in found["40.1%"].sentence
    assert found["97.2%"].certificate["kind"] == "linear"
    assert len(found["97.2%"].figures) > 1
    for exclusion in found.values():
        assert check_certificate(exclusion.certificate) is None


def test_a_linear_proof_fails_when_a_figure_in_it_is_another(made: Reconstruction) -> None:
    proof = next(e for e in made.exclusions if e.certificate["kind"] == "linear").certificate
    rows = [dict(r) for r in proof["rows"]]
    for row in rows:
        if row.get("printed") == "97.2%":
            row["printed"] = "47.2%"
    assert check_certificate({**proof, "rows": rows}) is not None


def test_what_the_programmes_missed_is_counted_with_a_proven_bound(made: Reconstruction) -> None:
    missed = [f.printed for figures in made.unreached.values() for f in figures]
    assert sorted(missed) == ["40.1%", "97.2%"]
    assert 1 <= made.unreached_bound <= len(missed)
    assert "16 of 18 figures" in repr(made)


def test_every_row_says_that_nobody_gave_it(made: Reconstruction) -> None:
    frame = made.survey.frame
    assert set(frame["provenance"]) == {"reconstructed"}
    assert set(frame["seed"]) == {3}
    assert made.survey.provenance == "reconstructed"
    assert "reconstructed from published figures (seed 3)" in repr(made.survey.history)


def test_a_seed_makes_the_same_respondents_and_another_one_others(
    mini: Study, made: Reconstruction
) -> None:
    again = at.reconstruct(mini, seed=3).survey.frame
    assert again.to_csv(index=False) == made.survey.frame.to_csv(index=False)
    other = at.reconstruct(mini, seed=4).survey.frame
    assert not other.drop(columns="seed").equals(again.drop(columns="seed"))


def test_a_generator_makes_what_its_seed_makes(mini: Study, made: Reconstruction) -> None:
    given = at.reconstruct(mini, rng=np.random.default_rng(3))
    assert given.seed is None
    assert "seed" not in given.survey.frame
    same = made.survey.frame.drop(columns="seed")
    assert given.survey.frame.equals(same)


def test_progress_is_told_question_by_question(mini: Study) -> None:
    told: list[tuple[int, int, str]] = []
    at.reconstruct(mini, progress=lambda *step: told.append(step))
    assert told[0] == (0, 3, "a")
    assert told[-1] == (3, 3, "done")


def test_a_pack_without_a_reconstruction_is_told_where_to_declare_one() -> None:
    study = at.load_study(ROOT / "data" / "ess10-norway")
    with pytest.raises(StudyError, match=r"declare them in study\.yaml under reconstruction"):
        at.reconstruct(study)


def test_sizes_that_do_not_add_up_are_refused(make_pack: Callable[..., Study]) -> None:
    study = make_pack(("isle: 40}", "isle: 41}"))
    with pytest.raises(StudyError, match="area 181, shift 180"):
        at.reconstruct(study)


def test_cells_that_no_answers_print_are_refused_by_name(make_pack: Callable[..., Study]) -> None:
    study = make_pack(changed=("calm_by_area", "a", "north", "5.31"))
    with pytest.raises(EstimationError, match="reconstruction, a: found required figures"):
        at.reconstruct(study)


def test_totals_that_are_no_mean_of_their_cells_are_refused(
    make_pack: Callable[..., Study],
) -> None:
    study = make_pack(changed=("calm_by_area", "a", "total", "4.44"))
    with pytest.raises(EstimationError, match=r"totals not printed \(calm_by_area, a, total"):
        at.reconstruct(study)


@pytest.mark.parametrize("rounding", ["half_even", "truncate"])
def test_other_roundings_are_followed(make_pack: Callable[..., Study], rounding: str) -> None:
    study = make_pack(("rounding: half_up", f"rounding: {rounding}"), rounding=rounding)
    lines = figure_ledger(at.reconstruct(study).survey)
    cells = [x for x in lines if x.figure.exhibit == "calm_by_area"]
    assert len(cells) == 16
    assert {x.status for x in cells} == {"reproduced"}
