"""Sources as a frame: the rows of the plain reader, however many processes, in bounded memory."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from pdf_files import pdf
from source_frames import frame_rows, measured, source_rows

from mathcoder.corpus.sources import SourceSpec
from mathcoder.corpus.sources.flow import Window
from mathcoder.corpus.sources.frames import COLUMNS, input_places, read_frame


def lines(path: Path, number: int, size: int = 0) -> Path:
    with path.open("w") as file:
        file.writelines(json.dumps({"text": f"{n} " + "x" * size}) + "\n" for n in range(number))
    return path


def sources(folder: Path) -> tuple[SourceSpec, ...]:
    """One of each kind, with copies and with rows that are dropped."""
    lines(folder / "a.jsonl", 3_000, 1_000)
    (folder / "b.jsonl").write_text('{"text": "same"}\n\n{"text": "same"}\n[]\n{"x": 1}\n')
    (folder / "c.html").write_text("<html lang=en><title>C</title><p>\\(x^2\\)")
    (folder / "d.py").write_text("import sympy\nprint(sympy.pi)\n")
    (folder / "e.pdf").write_bytes(pdf("A proof of it"))
    (folder / "f.md").write_text("# F\n\n$y$")
    (folder / "g.tex").write_text(r"\documentclass{book}\begin{document}Let $x=1$.\end{document}")
    (folder / "h.json").write_text('[{"text": "one"}, {"text": "two"}]')
    return (
        SourceSpec("texts", "text", (str(folder / "*.json*"),), licence="MIT"),
        SourceSpec("pages", "web", (str(folder),)),
        SourceSpec("programs", "code", (str(folder),)),
        SourceSpec("books", "textbook", (str(folder),)),
    )


def test_the_rows_are_those_of_the_plain_reader(tmp_path: Path) -> None:
    specs = sources(tmp_path)
    plain = source_rows(*specs)
    assert len(plain) > 9_000
    assert len({row["id"] for row in plain}) == len(plain)
    assert tuple(plain[0]) == COLUMNS
    for workers in (1, 3):
        assert frame_rows(*specs, workers=workers) == plain


def test_a_limit_takes_the_first_rows_of_each_source(tmp_path: Path) -> None:
    specs = sources(tmp_path)
    first = [row for spec in specs for row in source_rows(spec)[:5]]
    assert frame_rows(*specs, limit=5) == first


def test_what_is_wrong_is_said_before_anything_is_read(tmp_path: Path) -> None:
    spec = SourceSpec("s", "text", (str(lines(tmp_path / "a.jsonl", 1)),))
    with pytest.raises(ValueError, match="two sources have the name 's'"):
        read_frame([spec, spec])
    with pytest.raises(ValueError, match="must be 1 at least"):
        read_frame([spec], limit=0)
    with pytest.raises(FileNotFoundError, match="source 't': there is nothing at"):
        read_frame([spec, SourceSpec("t", "web", (str(tmp_path / "none"),))])


def test_input_places_are_all_files(tmp_path: Path) -> None:
    specs = sources(tmp_path)
    assert input_places(specs) == sorted(str(path) for path in tmp_path.iterdir())


def test_an_empty_source_is_an_empty_frame(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n\n")
    assert frame_rows(SourceSpec("s", "text", (str(tmp_path / "a.jsonl"),))) == []


@pytest.mark.heavy
@pytest.mark.parametrize("nap", [0.0, 0.05])
def test_memory_does_not_grow_with_the_corpus(nap: float, tmp_path: Path) -> None:
    """Of a file of 600 MB, also when the one who takes the rows is slower than those who make them."""
    spec = SourceSpec("s", "text", (str(lines(tmp_path / "a.jsonl", 6_000, 100_000)),))
    found = measured(spec, nap=nap)
    assert len(found["rows"]) == 6_000
    assert found["parent"] < 500
    assert found["child"] < 400


def test_a_frame_that_is_left_half_read_leaves_nothing_behind(tmp_path: Path) -> None:
    spec = SourceSpec("s", "text", (str(lines(tmp_path / "a.jsonl", 1_500, 100_000)),))
    frame: Any = read_frame([spec], workers=1)
    batches = frame.to_arrow_iter(results_buffer_size=1)
    assert next(batches).num_rows
    assert workers()
    batches.close()
    assert not Window._open
    assert [row["problem"] for row in frame_rows(spec, limit=1)] == [None]


def workers() -> list[int]:
    """The processes that this one started to make rows."""
    found = list[int]()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            command = (folder / "cmdline").read_text()
        except OSError:
            continue
        if parent == os.getpid() and "daft.execution.udf_worker" in command:
            found.append(int(folder.name))
    return found


def test_a_process_that_crashes_ends_the_reading_with_an_error(tmp_path: Path) -> None:
    spec = SourceSpec("s", "text", (str(lines(tmp_path / "a.jsonl", 2_000, 100_000)),))
    frame: Any = read_frame([spec], workers=1)
    batches = frame.to_arrow_iter(results_buffer_size=1)
    next(batches)
    for worker in workers():
        os.kill(worker, signal.SIGSEGV)
    # Whether the engine sees the end of the process or of the connection to it first is a matter of chance.
    with pytest.raises((RuntimeError, ConnectionError), match=r"UDF process|Connection reset|Broken pipe"):
        list(batches)
