"""What pages carry: KaTeX as it was published, and the script that renders formulas in text and nothing else."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from base64 import b64encode
from hashlib import sha256
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import pytest

import mathcoder.assets
from mathcoder.assets import katex_head, render_script, script_hashes

HERE = Path(mathcoder.assets.__file__).parent
ROOT = Path(__file__).parents[1]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def test_katex_is_what_was_published():
    katex = HERE / "katex"
    sums = dict(reversed(line.split("  ")) for line in (katex / "SHA256SUMS").read_text().splitlines())
    files = {str(path.relative_to(katex)): path for path in katex.rglob("*") if path.is_file()}
    del files["SHA256SUMS"]
    assert {name: sha256(path.read_bytes()).hexdigest() for name, path in files.items()} == sums
    assert "MIT License" in files["LICENSE"].read_text()


def test_katex_has_the_version_that_is_pinned():
    pinned = json.loads((ROOT / "assets/package.json").read_text())["dependencies"]["katex"]
    lock = json.loads((ROOT / "assets/package-lock.json").read_text())["packages"]["node_modules/katex"]
    assert lock["version"] == pinned
    assert lock["integrity"].startswith("sha512-")
    assert f'version:"{pinned}"' in (HERE / "katex/katex.min.js").read_text()


def test_every_package_is_pinned():
    package = json.loads((ROOT / "assets/package.json").read_text())
    lock = json.loads((ROOT / "assets/package-lock.json").read_text())["packages"]
    for name, version in (package["dependencies"] | package["devDependencies"]).items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
        assert lock[f"node_modules/{name}"]["version"] == version
    del lock[""]
    assert all(entry["integrity"].startswith("sha512-") for entry in lock.values())
    assert not [name for name, entry in lock.items() if "resolved" in entry or "link" in entry]


def test_the_head_has_all_it_needs_in_it():
    style, script = re.fullmatch("<style>(.*)</style><script>(.*)</script>", katex_head(), re.DOTALL).groups()
    addresses = re.findall(r"url\(([^)]*)\)", style)
    assert len(addresses) == len(list((HERE / "katex/fonts").iterdir())) == style.count("@font-face")
    assert all(address.startswith("data:font/woff2;base64,") for address in addresses)
    assert "@import" not in style
    assert script == (HERE / "katex/katex.min.js").read_text()


@pytest.mark.parametrize("markup", [katex_head(), render_script()])
def test_nothing_in_a_script_or_style_ends_it(markup: str):
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            found.append(tag)

        def handle_comment(self, data: str) -> None:
            found.append("comment")

    Reader().feed(markup)
    assert found in (["style", "script"], ["script"])


def test_a_policy_names_each_script_by_its_hash():
    script = render_script().removeprefix("<script>").removesuffix("</script>")
    wanted = f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
    assert script_hashes([render_script()]) == wanted
    assert script_hashes([katex_head() + render_script()]).split()[1:] == [wanted]
    assert script_hashes(["<p>no script</p>"]) == ""


CASES = {  # a text, and the formulas in it; [..] for a displayed one
    "no formula": [],
    "a $x$ b": ["x"],
    r"\(a\) and \[b\] and $$c$$": ["a", "[b]", "[c]"],
    "$5 and $10": [],
    "cost $5 to $x$ z": ["x"],
    r"\$5 $x$ 7\$": ["x"],
    "$a$$b$": ["a", "b"],
    r"$$ y = \text{if $x$} $$": [r"[y = \text{if $x$}]"],
    "\\[\\begin{array}{c} 1 \\\\[2pt] 2 \\end{array}\\]": ["[\\begin{array}{c} 1 \\\\[2pt] 2 \\end{array}]"],
    "\\begin{align} a &= 1 \\\\ b &= 2 \\end{align}": [],
    r"\(x\) and \(y": ["x"],
    r"\\(x\\)": [],
    "$x\n\ny$": [],
    "$x\ny$": ["x\ny"],
    "$$ $$ and $ $ and $$$": [],
    r"$x \$ y$": [r"x \$ y"],
    "$<b>$ and $a<b$": ["<b>", "a<b"],
    "$" + "x" * 4001 + "$": [],
    "$" + "{" * 3000 + "$": ["$" + "{" * 3000 + "$"],
    r"$\def\a{\a\a}\a$": [r"\def\a{\a\a}\a"],
    r"$\frac{$ and $\nosuchcommand{x}$": [r"\frac{", r"\nosuchcommand{x}"],
    r"$\href{javascript:document.title='ran'}{x}$": [r"\href{javascript:document.title='ran'}{x}"],
    r"$\htmlData{a=b}{x}\htmlStyle{color:red}{y}\htmlId{z}{z}$": [
        r"\htmlData{a=b}{x}\htmlStyle{color:red}{y}\htmlId{z}{z}"
    ],
    r"$\includegraphics{data:image/png;base64,AA==}$": [r"\includegraphics{data:image/png;base64,AA==}"],
    "<script>document.title='ran'</script> $x$": ["x"],
    "a\u2028$x$\u2029": ["x"],
}


class Rendered(HTMLParser):
    """For each element of class "tex-text": its formulas, rendered or shown as faulty, and all its text."""

    def __init__(self, page: str):
        super().__init__()
        self.formulas: list[list[str]] = []
        self.texts: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.title = ""
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("meta", "path", "line", "br"):
            return
        kind = dict(attrs).get("class") or ""
        self._open.append(f"{tag}.{kind}")
        self.elements.append((tag, dict(attrs)))
        if "tex-text" in kind:
            self.formulas.append([])
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("path", "line"):
            assert self._open.pop().startswith(tag + ".")

    def handle_data(self, data: str) -> None:
        inside = " ".join(self._open)
        if self._open and self._open[-1].startswith("title"):
            self.title += data
        if "tex-text" in inside:
            self.texts[-1] += data
            if "annotation." in inside or "katex-error" in inside or "tex-failed" in inside:
                self.formulas[-1].append(f"[{data.strip()}]" if "tex-display" in inside else data)


def dumped(page: Path, tmp_path: Path) -> str:
    """The page as Chromium has it when its scripts are done."""
    command = [
        CHROMIUM,
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path / 'profile'}",
    ]
    command += ["--virtual-time-budget=10000", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    return done.stdout.decode()


@pytest.mark.heavy
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
def test_formulas_are_found_and_rendered_and_nothing_else_happens(tmp_path: Path):
    texts = "".join(f'<p class="tex-text">{escape(text)}</p>' for text in CASES)
    head = f"<meta charset=utf-8><title>quiet</title>{katex_head()}{render_script()}"
    (tmp_path / "page.html").write_text(f"<!doctype html><html><head>{head}</head><body>{texts}</body></html>")
    page = Rendered(dumped(tmp_path / "page.html", tmp_path))
    assert dict(zip(CASES, page.formulas, strict=True)) == CASES
    assert page.title == "quiet"
    assert {tag for tag, _ in page.elements}.isdisjoint({"a", "img", "iframe", "object"})
    names = {name for _, attributes in page.elements for name in attributes}
    assert not {name for name in names if name.startswith("on") or name in ("href", "src", "id", "data-a")}
    for text, shown in zip(CASES, page.texts, strict=True):
        if not CASES[text]:
            assert shown == text.replace("\x00", "\ufffd")
