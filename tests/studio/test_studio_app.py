"""The studio as a whole: its page and files, the list of runs, how the command starts it."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from studio_server import TOKEN, opened, studio_at, studio_client

from mathcoder import assets, studio
from mathcoder.studio.security import TOKEN_HEADER

sys.path.append(str(Path(__file__).parents[1] / "cli"))
sys.path.append(str(Path(__file__).parents[1] / "evaluation"))
from command import ENVIRONMENT, MAIN, mathcoder, the_line
from recorded_run import recorded_rows, write_run

ROOT = Path(__file__).parents[2]
STATIC = Path(studio.__file__).parent / "static"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    write_run(folder / "l70b", recorded_rows())
    return folder


def test_the_list_of_runs(runs: Path):
    with studio_client(runs, token=None) as client:
        answer = client.get("/api/runs").json()
    assert answer["folders"] == [str(runs)]
    (run,) = answer["runs"]
    assert set(run) == {"name", "kind", "title", "state", "changed", "facts"}
    assert run["name"] == "l70b"


def test_the_page_names_its_files_by_their_content():
    page = (STATIC / "index.html").read_text()
    named = dict(re.findall(r'(?:src|href)="(/(?:static|katex)/[^"?]+)\?v=(\w+)"', page))
    beside = Path(assets.__file__).parent
    where = {f"/static/{name}": STATIC / name for name in ("studio.js", "studio.css", "theme.js")}
    where |= {f"/katex/{name}": beside / "katex" / name for name in ("katex.min.css", "katex.min.js")}
    where |= {"/katex/render.js": beside / "render.js"}
    assert named == {name: sha256(path.read_bytes()).hexdigest()[:12] for name, path in where.items()}
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]* src=)", page)


def test_the_page_is_built_from_its_sources():
    """Else: `make assets`."""
    sources = [*sorted((ROOT / "assets/studio").iterdir()), ROOT / "assets/package-lock.json"]
    digest = sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    assert (STATIC / "studio.js").read_text().splitlines()[0].endswith(f" {digest}")


def test_no_source_of_the_page_makes_markup_of_text():
    sources = "\n".join(path.read_text() for path in (ROOT / "assets/studio").glob("*.js"))
    for risky in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "srcdoc",
    ):
        assert risky not in sources, risky


def test_the_licences_of_all_that_is_bundled_are_there():
    licences = (STATIC / "LICENSES").read_text()
    pinned = json.loads((ROOT / "assets/package.json").read_text())["dependencies"]
    for name, version in pinned.items():
        if name != "katex":  # it has its own file, and lies in mathcoder.assets
            assert f"\n{name} {version} (" in licences
    assert "SIL OPEN FONT LICENSE" in licences


def test_no_other_file_is_served(runs: Path):
    paths = ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "//etc/passwd")
    paths += ("/katex/../render.js", "/katex/%2e%2e/markup.py", "/katex/..%5cmarkup.py", "/static/%00")
    with studio_at(runs) as address:
        for path in paths:
            with socket.create_connection(("127.0.0.1", int(address.split(":")[2][:-1]))) as to:
                host = address.split("/")[2]
                to.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                answer = b"".join(iter(lambda: to.recv(65536), b""))
            assert answer.startswith(b"HTTP/1.1 404"), path
            assert b"import" not in answer


def test_it_listens_and_stops(runs: Path):
    with studio_at(runs) as address:
        with urllib.request.urlopen(f"{address}api/runs", timeout=20) as answer:
            assert json.load(answer)["runs"][0]["name"] == "l70b"
        assert opened(address, "/solve") == f"{address}#token={TOKEN}/solve"
    with pytest.raises(urllib.error.URLError, match="refused"):
        urllib.request.urlopen(address, timeout=5)


@pytest.fixture
def command(runs: Path) -> Iterator[subprocess.Popen[str]]:
    arguments = ["studio", str(runs / "l70b"), "--port", "0", "--no-open"]
    process = subprocess.Popen(
        [*MAIN, *arguments], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        yield process
        process.kill()


def test_the_command_prints_an_address_with_a_token_and_ends_with_an_interrupt(command: subprocess.Popen[str]):
    assert command.stdout is not None
    assert command.stdout.readline().startswith("1 run in ")
    match = re.fullmatch(
        r"Studio: (http://127\.0\.0\.1:\d+/)#token=([\w-]{32})/runs/l70b\n", command.stdout.readline()
    )
    assert match
    request = urllib.request.Request(f"{match[1]}api/nowhere", b"{}", {TOKEN_HEADER: match[2]})
    with pytest.raises(urllib.error.HTTPError, match="404"):  # not 401
        urllib.request.urlopen(request, timeout=20)
    command.send_signal(signal.SIGINT)
    assert command.wait(30) == 0
    assert command.stderr is not None
    assert command.stderr.read() == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host", "0.0.0.0"], "others can reach 0.0.0.0: give a --token"),
        (["--host", "192.0.2.7"], "give a --token"),
        (["--token", "short"], "16 or more characters"),
        (["--token", "with a space in it, long"], "16 or more characters"),
        (["no-such-folder"], "no-such-folder: no such folder; name a run"),
        (["--port", "70000"], "'--port'"),
        (["--host", "no-such-host.invalid", "--token", TOKEN], "cannot listen on no-such-host.invalid:8080"),
    ],
)
def test_wrong_usage_is_told_in_a_line(arguments: list[str], said: str, tmp_path: Path):
    done = mathcoder("studio", *arguments, cwd=tmp_path)
    assert done.returncode in (1, 2)
    assert said in the_line(done)


def test_a_port_that_is_taken(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = mathcoder("studio", "--port", port, "--no-open", cwd=tmp_path)
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port} (Address already in use); name another --port" in the_line(done)
