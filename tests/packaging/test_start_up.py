"""Start-up: importing and asking for help are quick because little is imported."""

import json
import subprocess
import sys

HEAVY = {
    "pandas",
    "numpy",
    "scipy",
    "matplotlib",
    "statsmodels",
    "pydantic",
    "sklearn",
    "seaborn",
    "pingouin",
    "jinja2",
}


def modules_after(code: str) -> set[str]:
    script = f"import json, sys\n{code}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_the_package_imports_nothing_heavy():
    loaded = modules_after("import attitudes")
    assert not HEAVY & loaded
    assert sum(name.startswith("attitudes") for name in loaded) <= 2


def test_help_imports_nothing_heavy():
    code = (
        "import contextlib, io, sys\n"
        "sys.argv = ['attitudes', '--help']\n"
        "from attitudes.cli.app import app\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    app()"
    )
    loaded = modules_after(code)
    assert not HEAVY & loaded
    assert len(loaded) < 500


def test_every_public_name_resolves():
    import attitudes

    for name in attitudes.__all__:
        assert getattr(attitudes, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    import attitudes

    assert not hasattr(attitudes, "no_such_name")
