"""The notebooks run from top to bottom, hold no outputs, and are the same as their scripts."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
NAMES = ("regenerate_the_report", "score_and_break_down")

pytestmark = pytest.mark.filterwarnings(
    # Jupyter's client libraries warn of their own plans (event loops, platform folders).
    "ignore::DeprecationWarning:jupyter_client.*",
    "ignore::DeprecationWarning:jupyter_core.*",
    "ignore::DeprecationWarning:zmq.*",
)


def cells(book: Any) -> list[tuple[str, str]]:
    return [(cell.cell_type, cell.source) for cell in book.cells]


def test_these_are_the_notebooks() -> None:
    assert sorted(p.stem for p in FOLDER.glob("*.ipynb")) == sorted(NAMES)
    assert sorted(p.stem for p in FOLDER.glob("*.py")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_its_script_without_outputs(name: str) -> None:
    book = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    script = jupytext.read(FOLDER / f"{name}.py")
    assert cells(book) == cells(script)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert code
    assert all(not cell.outputs and cell.execution_count is None for cell in code)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_holds_no_logic(name: str) -> None:
    tree = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    logic = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try, ast.With)
    assert [type(node).__name__ for node in ast.walk(tree) if isinstance(node, logic)] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_from_top_to_bottom(name: str, tmp_path: Path) -> None:
    book = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    client = NotebookClient(
        book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    outputs = [o for cell in book.cells if cell.cell_type == "code" for o in cell.outputs]
    assert any(o.output_type == "execute_result" for o in outputs)
    assert not [o for o in outputs if o.output_type == "error"]
    assert list(tmp_path.iterdir()) == []
