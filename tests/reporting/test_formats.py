"""HTML, CSV and workbook: escaped, self-contained, numbers that are numbers, always the same."""

from __future__ import annotations

import csv
import io
import re
import string
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import openpyxl
import pytest
import yaml

from attitudes.reporting.assemble import assemble
from attitudes.reporting.charts.many import DrawingRoom
from attitudes.reporting.context import Context
from attitudes.reporting.csv_table import COLUMNS, to_csv
from attitudes.reporting.html import to_html
from attitudes.reporting.model import Cell, Head, Report, ReportTable
from attitudes.reporting.words import LANGUAGES, load_words
from attitudes.reporting.workbook import sheet_names, to_workbook

PROVENANCE = "Generated answers of nobody."
VOID = {"meta", "br", "col", "link", "img", "input", "hr"}


@pytest.fixture(scope="module")
def report(ctx: Context) -> Report:
    return assemble(ctx)


@pytest.fixture(scope="module")
def svgs(report: Report) -> dict[str, str]:
    with DrawingRoom(1) as room:
        drawn = room.draw(list(report.charts()), png=False)
    return {name: str(one.svg) for name, one in drawn.items()}


@pytest.fixture(scope="module")
def page(report: Report, svgs: dict[str, str]) -> str:
    return to_html(report, svgs)


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.heads: list[dict[str, str | None]] = []
        self.svgs: list[dict[str, str | None]] = []
        self.outside: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        for name in ("href", "xlink:href", "src"):
            if found.get(name):
                self.links.append(str(found[name]))
        if tag == "th":
            self.heads.append(found)
        if tag == "svg" and found.get("role") == "img":
            self.svgs.append(found)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


def test_every_tag_is_closed_and_every_id_stands_once(read: Reader) -> None:
    assert read.open == []
    assert [name for name, times in Counter(read.ids).items() if times > 1] == []


def test_the_page_fetches_nothing_and_its_links_arrive(read: Reader, page: str) -> None:
    assert read.links
    assert [link for link in read.links if not link.startswith("#")] == []
    assert {link[1:] for link in read.links} <= set(read.ids)
    assert not {"script", "link", "iframe", "img"} & set(read.tags)
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)


def test_labels_are_escaped(page: str) -> None:
    assert "<script" not in page
    assert "Trust &lt;script&gt;" in page
    assert "North &amp; &lt;coast&gt;" in page
    assert "Invented &lt; 5 &amp; &gt; 3." in page


def test_heads_have_scopes_and_charts_have_names(read: Reader, report: Report) -> None:
    assert all(head.get("scope") in ("row", "col") for head in read.heads)
    assert len(read.svgs) >= len(list(report.charts()))
    for svg in read.svgs:
        names = str(svg["aria-labelledby"]).split()
        assert len(names) == 2
        assert set(names) <= set(read.ids)


def test_provenance_stands_on_page_tables_and_charts(page: str, report: Report) -> None:
    tables = [
        t for t in report.tables() if t.convention != "declared" or t.id.startswith("relation")
    ]
    assert page.count(PROVENANCE) >= 2 + len(tables) + len(list(report.charts()))


def test_both_conventions_are_labelled(page: str) -> None:
    assert page.count('class="table as_published') == page.count(
        ">As published</span><strong>Table"
    )
    assert page.count('class="table recomputed') == page.count(">Recomputed</span><strong>Table")
    assert 'class="table as_published' in page


def test_small_bases_are_marked_on_the_page(page: str) -> None:
    assert re.search(r'<td class="small_base"[^>]*>[^<]+<span class="mark">\*</span>', page)
    assert "fewer than 30 respondents" in page


def test_the_page_and_the_files_are_the_same_text_again(
    ctx: Context, page: str, svgs: dict[str, str], report: Report
) -> None:
    fresh = Context(ctx.study, ctx.survey)
    again = assemble(fresh)
    assert to_html(again, svgs) == page
    assert [to_csv(t) for t in again.tables()] == [to_csv(t) for t in report.tables()]
    assert to_workbook(again) == to_workbook(report)


def test_csv_has_a_row_a_cell_with_provenance(report: Report) -> None:
    for table in report.tables():
        rows = list(csv.DictReader(io.StringIO(to_csv(table))))
        assert len(rows) == len(table.rows) * len(table.columns)
        assert tuple(rows[0]) == COLUMNS
        assert {row["provenance"] for row in rows} == {table.provenance}
        for row in rows:
            cell = table.cell(row["row"], row["column"])
            if cell.value is not None:
                assert float(row["value"]) == pytest.approx(cell.value, rel=1e-11)
            assert row["shown"] == cell.text


def test_names_of_tables_and_charts_are_unique(report: Report) -> None:
    names = [table.name for table in report.tables()]
    charts = [chart.id for chart in report.charts()]
    assert len(set(names)) == len(names)
    assert len(set(charts)) == len(charts)


def test_workbook_holds_numbers_as_numbers(report: Report) -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_workbook(report)))
    tables = list(report.tables())
    assert book.sheetnames == ["Contents", *sheet_names(tables)]
    assert PROVENANCE in [cell.value for cell in book["Contents"]["A"]]
    for table, name in zip(tables, sheet_names(tables), strict=True):
        sheet: Any = book[name]
        assert sheet.cell(3, 1).value == table.provenance
        for i, cells in enumerate(table.cells):
            for j, cell in enumerate(cells):
                found = sheet.cell(6 + i, 2 + j).value
                if cell.value is None:
                    assert found == (cell.text or None)
                else:
                    assert isinstance(found, int | float)
                    assert found == pytest.approx(cell.value)


def test_a_small_base_has_a_star_in_the_workbook_and_stays_a_number(report: Report) -> None:
    tables = list(report.tables())
    names = dict(zip((t.name for t in tables), sheet_names(tables), strict=True))
    book = openpyxl.load_workbook(io.BytesIO(to_workbook(report)))
    table = next(t for t in tables if t.name == "trust_by_region.recomputed")
    sheet: Any = book[names[table.name]]
    shown = {
        (i, j): sheet.cell(6 + i, 2 + j).number_format
        for i, cells in enumerate(table.cells)
        for j, _ in enumerate(cells)
    }
    small = {
        (i, j)
        for i, cells in enumerate(table.cells)
        for j, cell in enumerate(cells)
        if "small_base" in cell.marks
    }
    assert small
    assert {place for place, pattern in shown.items() if pattern.endswith('"*"')} == small


def test_workbook_writes_no_formula_of_a_label() -> None:
    head = (Head("c", "=1+1"),)
    cells = ((Cell("=cmd()"),),)
    table = ReportTable(
        "t", "=2+2", "declared", "s", head, (Head("r", "=3+3"),), cells, "text", 0, (), "p", "l"
    )
    from attitudes.reporting.model import Chapter, Group

    made = Report(
        "=T", "s", "en", "p", "generated", (Chapter("c", "C", (Group("g", "G", (table,)),)),)
    )
    book = openpyxl.load_workbook(io.BytesIO(to_workbook(made)))
    sheet: Any = book["t"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_sheet_names_are_short_and_apart() -> None:
    def table(name: str, convention: str) -> ReportTable:
        return ReportTable(name, "t", convention, "s", (), (), (), "mean", 2, (), "p", "l")  # type: ignore[arg-type]

    long = "an_exhibit_with_a_name_that_is_too_long_for_a_sheet"
    names = sheet_names(
        [
            table(long, "as_published"),
            table(long + "_too", "as_published"),
            table(long, "recomputed"),
            table("a/b", "declared"),
        ]
    )
    assert len({name.lower() for name in names}) == 4
    assert all(len(name) <= 31 for name in names)
    assert not any(set(name) & set("[]:*?/\\") for name in names)


def test_a_table_with_cells_that_do_not_fit_its_heads_is_refused() -> None:
    with pytest.raises(ValueError, match="1 × 2 heads"):
        ReportTable(
            "t",
            "t",
            "declared",
            "s",
            (Head("a", "a"), Head("b", "b")),
            (Head("r", "r"),),
            ((Cell("1"),),),
            "mean",
            2,
            (),
            "p",
            "l",
        )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_every_sentence_with_the_same_blanks(lang: str) -> None:
    def blanks(sentence: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}

    source, own = load_words("en").own, load_words(lang).own
    assert set(own) == set(source)
    assert [key for key in source if blanks(source[key]) != blanks(own[key])] == []


def test_a_translation_says_that_it_was_not_reviewed(ctx: Context, svgs: dict[str, str]) -> None:
    russian = assemble(Context(ctx.study, ctx.survey, "ru"))
    assert russian.lines == (load_words("ru")("report.translation"),)
    assert "Сгенерированные ответы" in russian.provenance
    page = to_html(russian, svgs)
    assert '<html lang="ru">' in page
    assert "Как опубликовано" in page
    assert assemble(ctx).lines == ()


def test_sentences_are_found_by_their_key() -> None:
    with pytest.raises(KeyError):
        load_words("en")("no.such.key")
    assert yaml.safe_load("reviewed: 'yes'") == {"reviewed": "yes"}
