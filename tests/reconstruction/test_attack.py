"""What printed figures give away: small groups first, sharp bounds, no pack needed."""

from __future__ import annotations

from pathlib import Path

import pytest

import attitudes as at
from attitudes.errors import EstimationError, FigureError, OptionError
from attitudes.reconstruction.attack import Attack, PinnedAnswer
from attitudes.study.models import Study
from attitudes.workflows.reconstruct import attack_csv, attack_figures

HEAD = "exhibit,row,column,statistic,printed,base\n"


def attack(folder: Path, *rows: str, **options: object) -> Attack:
    path = folder / "figures.csv"
    path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return attack_figures(path, **{"scale": (1, 5), "response": 1.0, **options})  # type: ignore[arg-type]


def answer(found: Attack, group: str, code: str, question: str = "food") -> PinnedAnswer:
    return next(
        a for a in found.answers if (a.question, a.group, a.answer) == (question, group, code)
    )


def test_a_mean_at_the_end_of_its_scale_gives_a_small_group_away(tmp_path: Path) -> None:
    found = attack(tmp_path, "t,food,kitchen,mean,1.0,6", "t,food,office,mean,3.4,48")
    first = found.answers[0]
    assert (first.group, first.n, first.small) == ("kitchen", 6, True)
    one = answer(found, "kitchen", "1")
    assert one.low == pytest.approx(95.0, abs=0.1)
    assert (one.people_low, one.people_high) == (6, 6)
    assert (
        answer(found, "kitchen", "5").people_low,
        answer(found, "kitchen", "5").people_high,
    ) == (0, 0)


def test_bounds_of_a_share_given_a_mean_are_sharp(tmp_path: Path) -> None:
    found = attack(tmp_path, "t,food,office,mean,3.00,200", "t,food,hall,mean,2.00,100")
    five = answer(found, "office", "5")
    # As many 1 as 5 at most: a mean of 3.005 leaves (3.005 - 1) / 4 of 5.
    assert five.low == pytest.approx(0.0, abs=1e-6)
    assert five.high == pytest.approx(100 * 2.005 / 4, abs=1e-4)


def test_what_is_not_printed_of_one_group_follows_from_the_total(tmp_path: Path) -> None:
    rows = (
        "t,stay,a,percent:yes,50.0%,100",
        "t,stay,b,percent:yes,50.0%,100",
        "u,stay,total,percent:yes,45.5%,220",
        "t,food,c,mean,3.0,20",
    )
    found = attack(tmp_path, *rows, scale=None, exclusive=True)
    yes = answer(found, "total", "yes", "stay")
    assert 45.4 < yes.low <= yes.high < 45.6
    small = next(a for a in found.answers if a.group == "a")
    assert small.low == pytest.approx(49.95, abs=0.01)


def test_fewer_answers_leave_more_open(tmp_path: Path) -> None:
    rows = ("t,food,kitchen,mean,1.2,40", "t,food,office,mean,3.4,48")
    sure = answer(attack(tmp_path, *rows, response=1.0), "kitchen", "1")
    less = answer(attack(tmp_path, *rows, response=0.5), "kitchen", "1")
    assert less.low < sure.low
    assert less.width > sure.width


def test_figures_that_contradict_are_left_out_and_told(tmp_path: Path) -> None:
    rows = ("t,food,kitchen,mean,4.9,40", "t,food,office,mean,4.8,48", "u,food,total,mean,1.2,88")
    found = attack(tmp_path, *rows)
    assert found.left_out
    assert {a.group for a in found.answers} == {"kitchen", "office", "total"}


def test_figures_of_a_pack_are_read_under_its_conventions(mini: Study) -> None:
    found = attack_figures(mini, minimum_base=50)
    assert {a.question for a in found.answers} == {"a", "b", "c"}
    assert {a.breakdown for a in found.answers} == {"total", "area", "shift"}
    assert all(0 <= a.low <= a.high <= 100 for a in found.answers)
    # The printed sentence "97.2% agree" contradicts the tables and helps no attacker.
    assert "97.2%" in {f.printed for f in found.left_out}
    never = next(
        a for a in found.answers if (a.question, a.group, a.answer) == ("a", "total", "Never")
    )
    assert never.high < 70


def test_the_true_answers_lie_within_the_bounds(mini: Study) -> None:
    frame = at.reconstruct(mini).survey.frame
    found = attack_figures(mini, response=0.5)
    words = {"Never": 1, "Seldom": 2, "Sometimes": 3, "Often": 4, "Always": 5}
    for a in found.answers:
        own = frame if a.breakdown == "total" else frame[frame[a.breakdown] == a.group]
        share = 100 * float((own[a.question] == words[a.answer]).mean())
        assert a.low - 1e-6 <= share <= a.high + 1e-6, a


def test_rows_are_sorted_small_groups_first_then_narrowest(mini: Study) -> None:
    answers = attack_figures(mini, minimum_base=50).answers
    keys = [(not a.small, round(a.width, 6)) for a in answers]
    assert keys == sorted(keys)


def test_the_csv_has_a_row_an_answer(tmp_path: Path) -> None:
    found = attack(tmp_path, "t,food,kitchen,mean,1.0,6", "t,food,office,mean,3.4,48")
    lines = attack_csv(found).splitlines()
    assert lines[0].startswith("question,label,breakdown,group,n,small,answer,percent_low")
    assert len(lines) == 1 + len(found.answers)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"response": 0.0}, "--response"), ({"minimum_base": 0}, "--minimum-base")],
)
def test_options_out_of_range_are_refused(
    tmp_path: Path, options: dict[str, float], message: str
) -> None:
    with pytest.raises(OptionError, match=message):
        attack(tmp_path, "t,food,kitchen,mean,1.0,6", **options)


def test_figures_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EstimationError, match="no mean or percentage"):
        attack(tmp_path, "t,food,kitchen,count,12,6")
    with pytest.raises(FigureError, match="line 2"):
        attack(tmp_path, "t,food,kitchen,mean,many,6")
