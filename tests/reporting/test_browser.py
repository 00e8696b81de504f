"""The bundled report in headless Chromium: nothing sticks out, the switch works, it prints.

Run by ``make test-browser``; needs ``chromium`` (or ``google-chrome``) on the path.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import attitudes as at
from attitudes.study.loading import DEFAULT_STUDY

pytestmark = pytest.mark.browser
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MEASURE = """<script>
addEventListener("load", () => {
  const seen = (s) => [...document.querySelectorAll(s)].filter((e) => e.offsetParent).length;
  const all = "main figure.table.";
  const before = [seen(all + "as_published"), seen(all + "recomputed")];
  document.getElementById("show-recomputed").click();
  const after = [seen(all + "as_published"), seen(all + "recomputed")];
  const root = document.documentElement;
  document.title = ["measured", root.scrollWidth, root.clientWidth, ...before, ...after].join(" ");
});
</script></body>"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = at.load_study(DEFAULT_STUDY)
    survey = at.read_responses(study.path(str(study.data.file)), study)
    folder = tmp_path_factory.mktemp("browser")
    at.report(study, survey, folder, ["html"])
    return folder / "report.html"


def chromium(folder: Path, *options: str) -> str:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    assert program is not None, "no chromium on the path"
    command = [program, *QUIET, f"--user-data-dir={folder / 'profile'}", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=True)
    return done.stdout


@pytest.mark.parametrize("width", [500, 800, 1200, 1600])
def test_nothing_sticks_out_and_the_switch_hides_one_convention(
    page: Path, tmp_path: Path, width: int
) -> None:
    measured = tmp_path / "measured.html"
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    measured.write_text(text.replace("</body>", MEASURE), encoding="utf-8")
    dom = chromium(tmp_path, f"--window-size={width},1000", "--dump-dom", measured.as_uri())
    found = re.search(r"<title>measured ([\d ]+)</title>", dom)
    assert found is not None
    wide, room, published, recomputed, hidden, left = map(int, found[1].split())
    assert wide <= room
    assert published > 5
    assert recomputed > 5
    assert (hidden, left) == (0, recomputed)


def test_it_prints(page: Path, tmp_path: Path) -> None:
    paper = tmp_path / "report.pdf"
    chromium(tmp_path, f"--print-to-pdf={paper}", "--no-pdf-header-footer", page.as_uri())
    pages = len(re.findall(rb"/Type\s*/Page\b", paper.read_bytes()))
    assert 30 < pages < 200
