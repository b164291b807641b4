"""What is published: the wheel holds the package and nothing else, and works in an empty environment."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(900)]


def run(*command: str | Path, cwd: Path, stdin: str = "") -> str:
    """The output of a command that must succeed, without what this test's own environment adds."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, input=stdin, capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=ROOT)
    (wheel,) = folder.glob("*.whl")
    return wheel


def test_contents(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
        entry_points = next(name for name in names if name.endswith("entry_points.txt"))
        assert "mathcoder = mathcoder.cli:main" in archive.read(entry_points).decode()
    package = {name for name in names if name.startswith("mathcoder/")}
    (info,) = {name.split("/")[0] for name in names - package}
    assert info.startswith("mathcoder-")
    assert info.endswith(".dist-info")
    licences = {name.removeprefix(f"{info}/licenses/") for name in names if "/licenses/" in name}
    assert licences == {"LICENSE", "src/mathcoder/assets/katex/LICENSE", "src/mathcoder/studio/static/LICENSES"}
    source = ROOT / "src"
    committed = {str(path.relative_to(source)) for path in (source / "mathcoder").rglob("*.py")}
    assert {name for name in package if name.endswith(".py")} == committed
    data = {f"mathcoder/problems/data/{name}" for name in ("README.md", "gsm8k.jsonl.gz", "svamp.jsonl.gz")}
    patterns = ("**/prompts/*.md", "assets/render.js", "assets/katex/**/*", "studio/static/*")
    beside = [path for pattern in patterns for path in (source / "mathcoder").glob(pattern) if path.is_file()]
    beside_names = {str(path.relative_to(source)) for path in beside}
    assert len(beside_names) > 30
    assert {name for name in package if not name.endswith(".py")} == data | beside_names
    assert not [name for name in package if "test" in name]
    assert wheel.stat().st_size < 6_000_000


def test_installed_in_an_empty_environment(wheel: Path, tmp_path: Path):
    venv.create(tmp_path / "venv", with_pip=True)
    bin_ = tmp_path / "venv/bin"
    pip = (bin_ / "python", "-m", "pip", "--disable-pip-version-check", "-q")
    run(*pip, "install", "-c", ROOT / "constraints.txt", wheel, cwd=tmp_path)
    run(*pip, "check", cwd=tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert "solve" in run(bin_ / "mathcoder", "--help", cwd=elsewhere)
    code = "from sympy import *\nintegrate(sin(symbols('x')) ** 2)"
    assert run(bin_ / "mathcoder", "run", "-", cwd=elsewhere, stdin=code) == "x/2 - sin(x)*cos(x)/2\n"
    assert "gsm8k" in run(bin_ / "mathcoder", "benchmarks", cwd=elsewhere)
    load = "from mathcoder.problems import load; print(len(load('gsm8k')), len(load('svamp')))"
    assert run(bin_ / "python", "-c", load, cwd=elsewhere) == "1319 1000\n"
    where = run(bin_ / "python", "-c", "import mathcoder.sandbox as s; print(s.__file__)", cwd=elsewhere)
    assert where.startswith(str(tmp_path))
    assert not list(elsewhere.iterdir())
