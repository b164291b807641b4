"""Recipes: what is wrong with one is said in full, with the line and the key."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, field_validator

from mathcoder.runs.recipe import RecipeError, RecipePart, load_recipe, resolved
from mathcoder.runs.yaml_tree import read_yaml, write_yaml


class Web(RecipePart):
    kind: Literal["web"]
    path: Path
    threshold: float = Field(0.5, ge=0, le=1)


class Book(RecipePart):
    kind: Literal["book"]
    pages: int = 3


class Mix(RecipePart):
    weights: dict[str, float] = Field(default_factory=dict)
    top: int | None = None


class Corpus(RecipePart):
    name: str
    seed: int = 0
    sources: tuple[Annotated[Web | Book, Field(discriminator="kind")], ...]
    mix: Mix = Mix()
    strict: bool = False
    key_env: str = "MODEL_KEY"

    @field_validator("name")
    @classmethod
    def _short(cls, name: str) -> str:
        if len(name) > 20:
            raise ValueError("a name has at most 20 characters")
        return name


GOOD = """\
# The smallest corpus.
name: no
seed: 7
sources:
- &page {kind: web, path: pages.warc.gz, threshold: 1e-1}
- {<<: *page, path: "${HOME}/more.warc.gz"}
- kind: book
mix:
  weights: {web: 0.75, book: .25}
"""


def load(tmp_path: Path, text: str | bytes) -> Corpus:
    path = tmp_path / "recipe.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_recipe(path, Corpus)


def test_a_recipe_is_read_and_written_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", "/root")
    recipe = load(tmp_path, GOOD)
    assert recipe.name == "no"  # YAML 1.1 would say False
    assert [source.kind for source in recipe.sources] == ["web", "web", "book"]
    assert recipe.sources[1] == Web(kind="web", path=Path("${HOME}/more.warc.gz"), threshold=0.1)
    assert resolved(recipe) == RESOLVED
    assert load(tmp_path, RESOLVED) == recipe


RESOLVED = """\
name: no
seed: 7
sources:
- kind: web
  path: pages.warc.gz
  threshold: 0.1
- kind: web
  path: ${HOME}/more.warc.gz
  threshold: 0.1
- kind: book
  pages: 3
mix:
  weights:
    web: 0.75
    book: 0.25
  top: null
strict: false
key_env: MODEL_KEY
"""

REST = "name: x\nsources: []\n"


def nine(n: int) -> str:
    return "[" + ", ".join([f"*a{n - 1}"] * 9) + "]"


BAD: list[tuple[str | bytes, list[str]]] = [
    (REST + "sed: 1\n", [":3: 'sed' is not known; did you mean 'seed'?"]),
    (
        "name: x\nsources:\n- kind: web\n  path: a\n  treshold: 1\n- kind: book\n  pgs: 2\n  zzzzzzzz: 2\n",
        [
            ":5: 'treshold' is not known in 'sources[0]'; did you mean 'threshold'?",
            ":7: 'pgs' is not known in 'sources[1]'; did you mean 'pages'?",
            ":8: 'zzzzzzzz' is not known in 'sources[1]'; known here: kind, pages",
        ],
    ),
    (
        REST + "mix:\n  wieghts: {}\n  top: many\n",
        [
            ":4: 'wieghts' is not known in 'mix'; did you mean 'weights'?",
            ":5: 'mix.top' should be a whole number, not \"many\"",
        ],
    ),
    ("seed: 1\n", [":1: 'name' is missing; add it", ":1: 'sources' is missing; add it"]),
    ("name: x\nsources:\n\n- kind: web\n", [":4: 'path' is missing in 'sources[0]'; add it"]),
    (
        "name: x\nsources:\n- kind: tape\n",
        [
            ":3: 'sources[0]' is not right: input tag 'tape' found using 'kind' does not match any of the "
            "expected tags: 'web', 'book'"
        ],
    ),
    (
        "name: 3\nseed: '3'\nsources: {}\nstrict: yes\nmix: 3\n",
        [
            ":1: 'name' should be text, not 3",
            ":2: 'seed' should be a whole number, not \"3\"",
            ":3: 'sources' should be a list, not a mapping",
            ":4: 'strict' should be true or false, not \"yes\"",
            ":5: 'mix' should be a mapping, not 3",
        ],
    ),
    (REST + "seed: true\n", [":3: 'seed' should be a whole number, not true"]),
    (REST + "seed: 010\n", [":3: 'seed' should be a whole number, not \"010\""]),
    (REST + "mix: {weights: {a: 12:30:45}}\n", [":3: 'mix.weights.a' should be a number, not \"12:30:45\""]),
    (
        "name: x\nsources: [{kind: web, path: a, threshold: 3}]\n",
        [":2: 'sources[0].threshold' should be less than or equal to 1, not 3"],
    ),
    (
        "name: abcdefghijklmnopqrstuvwxyz\nsources: []\n",
        [":1: 'name' is not right: a name has at most 20 characters"],
    ),
    (
        REST + "seed: 1\nmix:\n  top: 1\n  top: x\nseed: 2\n",
        [
            ":6: 'top' is given twice, first in line 5; keep one",
            ":6: 'mix.top' should be a whole number, not \"x\"",
            ":7: 'seed' is given twice, first in line 3; keep one",
        ],
    ),
    ("name: x\n\tseed: 3\n", [":2: a tab; indent with spaces"]),
    ("name: a: b\n", [":1: a ':' where no key can be; indent keys alike, and quote text that has ': ' in it"]),
    (
        "name: 'a\nseed: 3\n",
        [":3: not YAML: found unexpected end of stream (while scanning a quoted scalar, line 1)"],
    ),
    ("name: *x\n", [":1: not YAML: found undefined alias 'x'"]),
    ("name: x\n---\nname: y\n", [":2: a second document begins here; a recipe is one"]),
    ("- a\n", [":1: a recipe is made of 'key: value' lines, and this is a list"]),
    ("word", [":1: a recipe is made of 'key: value' lines, and this is a single value"]),
    ("", [": empty; write 'key: value' lines"]),
    ("# nothing\n", [": empty; write 'key: value' lines"]),
    (b"name: x\nseed: \xff\n", [":2: byte 0xff is not UTF-8; save the file as UTF-8"]),
    ("name: \a\n", [":1: the character U+0007 cannot stand in a recipe; remove it"]),
    (
        "1: a\nname: !!python/object/apply:os.system [ls]\nseed: !!binary aGk=\n",
        [
            ":1: the key '1' is not text; put it in quotes",
            ":2: the tag !!python/object/apply:os.system is not taken; write a plain value",
            ":3: the tag !!binary is not taken; write a plain value",
        ],
    ),
    ("? [a]\n: 2\n", [":1: the key a list is not text; put it in quotes"]),
    ("name: &a [*a]\n", [":1: an alias that holds itself; write the value out"]),
    (
        f"l0: &a0 [{'x, ' * 9}]\n" + "".join(f"l{n}: &a{n} {nine(n)}\n" for n in range(1, 30)),
        [":5: more than 20,000 values once its aliases are written out"],
    ),
    (
        "l0: &a0 {k0: 1, k1: 1, k2: 1}\n" + "".join(f"l{n}: &a{n} {{<<: {nine(n)}}}\n" for n in range(1, 30)),
        [":5: more than 20,000 values once its aliases are written out"],
    ),
    ("name: " + "[" * 60 + "]" * 60, [":1: nested more than 40 deep"]),
    ("name: " + "[" * 20_000, [": nested more than 40 deep"]),
    ("#" * 300_000, [": larger than 256 KiB; keep data out of the recipe and name its file"]),
]


@pytest.mark.parametrize(("text", "lines"), BAD, ids=range(len(BAD)))
def test_what_is_wrong_is_said(tmp_path: Path, text: str | bytes, lines: list[str]):
    with pytest.raises(RecipeError) as caught:
        load(tmp_path, text)
    assert [line.removeprefix(str(tmp_path / "recipe.yaml")) for line in caught.value.lines] == lines
    assert str(caught.value) == "\n".join(caught.value.lines)


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(RecipeError, match=r"no\.yaml: No such file or directory; name a recipe that can be read"):
        load_recipe(tmp_path / "no.yaml", Corpus)


PLAIN = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    PLAIN
    | st.sampled_from(
        ["1e-3", "no", "on", "0x1f", "010", "1_0", "1_000", "12:30", "2024-01-01", "~", "<<", ".5", "="]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(), VALUES, min_size=1, max_size=4))
def test_what_is_written_reads_back(value: dict[str, object]):
    again = read_yaml(write_yaml(value).encode())
    assert repr(again.value) == repr(value)
    assert not again.faults


@pytest.mark.parametrize(
    ("text", "value"),
    [("1_000", 1000), ("19_200_000_000", 19_200_000_000), ("-1_000", -1000), ("1_00", "1_00"), ("_100", "_100")],
)
def test_thousands_may_be_parted(text: str, value: object):
    assert read_yaml(f"a: {text}".encode()).value == {"a": value}


@given(st.binary(max_size=200) | st.text(alphabet="ab:- \n\t{}[]&*!<>'\"#|?%@1.,", max_size=200).map(str.encode))
def test_any_bytes_give_a_recipe_or_lines(data: bytes):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recipe.yaml"
        path.write_bytes(data)
        lines = said(path)
    assert lines is None or lines
    assert all(line.startswith(str(path)) and "\n" not in line for line in lines or ())


def said(path: Path) -> tuple[str, ...] | None:
    """What is said of a recipe; None where it is one."""
    try:
        load_recipe(path, Corpus)
    except RecipeError as error:
        return error.lines
    return None
