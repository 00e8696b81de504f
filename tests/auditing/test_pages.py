"""The audit as a page, and its chapters in the report."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser

import pytest

import attitudes as at
from attitudes.auditing.audit import audit_report
from attitudes.auditing.model import Assumptions
from attitudes.auditing.store import load_audit, save_audit
from attitudes.errors import AttitudesError, StudyError
from attitudes.reporting.audit_links import links_of
from attitudes.reporting.audit_page import audit_page, write_audit_page
from attitudes.reporting.audit_tables import standing_of
from attitudes.reporting.chapters.audit import audit_chapter
from attitudes.reporting.chapters.corrected import corrected_chapter
from attitudes.reporting.context import Context
from attitudes.reporting.model import Group


class _Page(HTMLParser):
    """Collects ids, inner links and unclosed elements."""

    VOID = frozenset({"meta", "br", "link", "circle", "line", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids += [given["id"]] if "id" in given else []
        if given.get("href", "").startswith("#"):
            self.links.add(given["href"][1:])
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


@pytest.fixture
def small_audit(lab):
    rows = [("n", g, "total", "count", "50") for g in ("old", "new")]
    rows += [
        ("n", g, "total", "count", n) for g, n in (("north", "30"), ("south", "30"), ("east", "40"))
    ]
    rows += [("by_origin", "q1", g, "mean", "2.00") for g in ("old", "new")]
    rows += [("by_place", "q1", g, "mean", "3.00") for g in ("north", "south", "east")]
    rows += [("by_origin", "q3", g, "mean", "3.00") for g in ("old", "new")]
    rows += [("by_place", "q3", g, "mean", "3.00") for g in ("north", "south", "east")]
    rows += [("by_place", "q<2>", "north", "mean", "3.00")]
    return audit_report(lab.small_report(rows), Assumptions())


def test_the_page_is_whole(small_audit):
    html = audit_page(small_audit)
    page = _Page()
    page.feed(html)
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert page.links <= set(page.ids)
    assert "q&lt;2&gt;" in html
    assert "<script" not in html
    assert not re.search(r"(src|href)=.(https?:)?//", html)


def test_figures_are_coloured_by_their_gravest_verdict(small_audit):
    standing = standing_of(small_audit)
    html = audit_page(small_audit)
    found = next(f for f in small_audit.findings if f.verdict == "impossible")
    for index in found.figures:
        assert standing[index].verdict == "impossible"
        assert f"<td class='n impossible' id='f{index}'>" in html
    free = [i for i in range(len(small_audit.figures)) if i not in standing]
    assert f"<td class='n' id='f{free[0]}'>" in html


def test_contradictions_are_drawn_as_links(small_audit):
    link = links_of(small_audit)[0]
    assert {link.first, link.second} == {"by_origin", "by_place"}
    assert link.verdict == "impossible"
    assert audit_page(small_audit).count("<path d=") == len(links_of(small_audit))


def test_the_page_is_written_whole_or_not_at_all(small_audit, tmp_path):
    write_audit_page(small_audit, tmp_path / "a.html")
    assert [p.name for p in tmp_path.iterdir()] == ["a.html"]
    with pytest.raises(AttitudesError):
        write_audit_page(small_audit, tmp_path / "no" / "a.html")


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    """Return a copy of the bundled pack whose files may be changed."""
    study = at.load_study("kyrgyzstan-2023")
    folder = tmp_path_factory.mktemp("packs") / "copy"
    shutil.copytree(study.root, folder)
    return folder


@pytest.fixture(scope="module")
def context(pack):
    study = at.load_study(str(pack))
    save_audit(study, at.audit(study, seconds=2.0))
    return Context(study, at.read_responses(study.path(study.data.file), study))


def test_chapters_read_the_stored_audit(context):
    audit = load_audit(context.study)
    told, corrected = audit_chapter(context), corrected_chapter(context)
    assert (told.id, corrected.id) == ("audit", "corrected")
    tables = {b.id: b.tables[0] for b in told.blocks if isinstance(b, Group)}
    assert len(tables["audit_findings"].rows) == len(audit.findings)
    national = next(b for b in corrected.blocks if isinstance(b, Group)).tables[0]
    levels = [c for c in audit.corrected if c.group == "total"]
    assert [row[-1].text for row in national.cells] == [
        f"{float(c.low):.2f}–{float(c.high):.2f}" for c in levels
    ]
    for word in ("fraud", "fabricat", "manipulat", "fake", "lie "):
        assert word not in str(told).lower()


@pytest.mark.parametrize("lang", ["ru", "ky"])
def test_chapters_in_other_languages(context, lang):
    other = Context(context.study, context.survey, lang)
    assert audit_chapter(other).title != audit_chapter(context).title
    assert corrected_chapter(other).blocks


def test_corrected_levels_agree_between_tables(context):
    """The level of all from the regions, non-answers taken out, holds that of other tables."""
    audit = load_audit(context.study)
    for scale in {c.scale for c in audit.corrected}:
        whole = [c for c in audit.corrected if c.scale == scale and c.group == "total"]
        first, *others = whole
        for other in others:
            assert first.low <= other.high
            assert other.low <= first.high


def test_a_stale_audit_is_an_error_that_names_the_command(pack, context):
    figures = pack / "published" / "figures.csv"
    text = figures.read_text(encoding="utf-8")
    try:
        figures.write_text(text.replace(",3.86,", ",3.87,", 1), encoding="utf-8")
        study = at.load_study(str(pack))
        with pytest.raises(StudyError, match=r"attitudes audit --study .* --store"):
            audit_chapter(Context(study, context.survey))
    finally:
        figures.write_text(text, encoding="utf-8")


def test_without_a_stored_audit_there_is_no_chapter(pack, context):
    stored = pack / "audit.json"
    text = stored.read_text(encoding="utf-8")
    try:
        stored.unlink()
        fresh = Context(context.study, context.survey)
        assert audit_chapter(fresh) is None
        assert corrected_chapter(fresh) is None
    finally:
        stored.write_text(text, encoding="utf-8")


def test_the_bundled_audit_is_that_of_the_bundled_figures():
    assert load_audit(at.load_study("kyrgyzstan-2023")) is not None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"figures_hash": 1}'])
def test_a_file_that_is_no_audit_is_an_error_that_names_the_command(pack, context, text):
    stored = pack / "audit.json"
    kept = stored.read_text(encoding="utf-8")
    try:
        stored.write_text(text, encoding="utf-8")
        with pytest.raises(StudyError, match=r"attitudes audit --study \S+ --store"):
            load_audit(context.study)
    finally:
        stored.write_text(kept, encoding="utf-8")


def test_a_truncated_audit_is_an_error_too(pack, context):
    stored = pack / "audit.json"
    kept = stored.read_text(encoding="utf-8")
    payload = json.loads(kept)
    del payload["claims"]
    try:
        stored.write_text(json.dumps(payload), encoding="utf-8")
        with pytest.raises(StudyError, match="no audit that can be read"):
            load_audit(context.study)
    finally:
        stored.write_text(kept, encoding="utf-8")
