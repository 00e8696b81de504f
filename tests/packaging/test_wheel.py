"""The built wheel, in an environment of its own and an empty folder, does the main job."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run(
        [str(c) for c in command], cwd=cwd, capture_output=True, text=True, env=environment
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        folder,
        ROOT,
        cwd=folder,
    )
    assert built.returncode == 0, built.stderr
    [wheel] = folder.glob("attitudes-*.whl")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    done = run(
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--requirement",
        ROOT / "requirements.lock",
        wheel,
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    return folder / "venv" / "bin"


@pytest.mark.wheel
def test_wheel_regenerates_the_report_in_an_empty_folder(installed, tmp_path):
    done = run(installed / "attitudes", "report", "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "report.html").stat().st_size > 100_000
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.wheel
def test_wheel_validates_its_own_pack(installed, tmp_path):
    done = run(installed / "attitudes", "validate", "--json", "-", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.wheel
def test_pack_is_found_inside_the_installed_package(installed, tmp_path):
    code = "import attitudes as at; print(at.load_study('kyrgyzstan-2023').root)"
    done = run(installed / "python", "-c", code, cwd=tmp_path)
    assert "_packs" in done.stdout, done.stdout + done.stderr
