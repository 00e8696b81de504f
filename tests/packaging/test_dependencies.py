"""Dependencies: all that src imports is declared once, and what is pinned lies in the declared ranges."""

import ast
import re
import sys
import tomllib
from collections import Counter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CORE = PROJECT["project"]["dependencies"]
EXTRAS = [d for group in PROJECT["project"]["optional-dependencies"].values() for d in group]
DEV = PROJECT["dependency-groups"]["dev"]
# PySpark is installed by the Spark target alone, so its distribution cannot be looked up here.
DISTRIBUTIONS = {**packages_distributions(), "pyspark": ["pyspark"]}


def names(requirements: list[str]) -> list[str]:
    return [canonicalize_name(Requirement(r).name) for r in requirements]


def pinned(file: str) -> dict[str, str]:
    lines = (ROOT / file).read_text().split()
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[^=]+", line) for line in lines), lines
    pins = [line.split("==") for line in lines]
    counts = Counter(canonicalize_name(name) for name, _ in pins)
    assert [name for name, n in counts.items() if n > 1] == []
    return {canonicalize_name(name): version for name, version in pins}


def imported(folder: Path) -> set[str]:
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"attitudes", "__future__"}


def test_what_src_imports_is_declared():
    declared = set(names(CORE + EXTRAS))
    for module in imported(ROOT / "src"):
        homes = {canonicalize_name(name) for name in DISTRIBUTIONS[module]}
        assert homes & declared, f"{module} is imported and not declared"


@pytest.mark.parametrize("requirements", [CORE, EXTRAS, DEV], ids=["core", "extras", "dev"])
def test_nothing_is_declared_twice(requirements):
    assert [name for name, n in Counter(names(requirements)).items() if n > 1] == []


def test_the_two_lock_files_share_nothing():
    assert set(pinned("requirements.lock")) & set(pinned("requirements-dev.lock")) == set()


def test_pins_lie_in_the_declared_ranges():
    core, every = pinned("requirements.lock"), {}
    every = {**core, **pinned("requirements-dev.lock")}
    for text, pins in [(r, core) for r in CORE] + [(r, every) for r in DEV]:
        requirement = Requirement(text)
        version = Version(pins[canonicalize_name(requirement.name)])
        assert requirement.specifier.contains(version), f"{text}: pinned {version}"
