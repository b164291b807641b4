"""Books from folders, archives and PDF: each document once, under the name it has in its archive."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest
from pdf_files import pdf

from mathcoder.corpus.sources import Limits, Row, SourceSpec, read_source

MAIN = r"\documentclass{book}\begin{document}\input{one}\end{document}"
ONE = r"\chapter{One} Let $x^2=4$."


def books(*places: Path, limits: Limits | None = None) -> list[Row]:
    spec = SourceSpec("books", "textbook", tuple(map(str, places)), licence="CC0", limits=limits or Limits())
    return list(read_source(spec))


def reasons(rows: list[Row]) -> list[str]:
    return [row.drop_reason for row in rows if row.drop_reason is not None]


def tar(path: Path, *members: tuple[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def packed(path: Path, *members: tuple[str, bytes]) -> Path:
    if path.suffix != ".zip":
        return tar(path, *members)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


BOOK = [
    ("b/main.tex", MAIN.encode()),
    ("b/one.tex", ONE.encode()),
    ("b/README.md", b"# How to build"),
    ("b/notes.md", b"# Notes\n\n$y$"),
    ("b/p.png", b"x"),
]


@pytest.mark.parametrize("name", ["a.tar.gz", "a.tar", "a.zip"])
def test_a_book_in_an_archive(name: str, tmp_path: Path) -> None:
    path = packed(tmp_path / name, *BOOK)
    kept = [row for row in books(path) if row.drop_reason is None]
    assert [row.path for row in kept] == [f"{path}!b/notes.md", f"{path}!b/main.tex"]
    assert "$x^2=4$" in kept[1].text
    assert (kept[0].title, kept[0].licence) == ("Notes", "CC0")
    assert sorted(reasons(books(path))) == [
        "1 files in the folder are not of a book (.png: 1)",
        "a file about the book, not of it",
    ]


# Names that lead out of the folder that an archive is unpacked into.
OUTSIDE = ["../evil.tex", "/tmp/mathcoder-evil.tex", "b/../../evil.tex", "..\\evil.tex", "C:\\evil.tex"]


@pytest.mark.parametrize("name", ["a.tar.gz", "a.zip"])
@pytest.mark.parametrize("member", OUTSIDE)
def test_no_path_outside(member: str, name: str, tmp_path: Path) -> None:
    rows = books(packed(tmp_path / name, (member, ONE.encode()), ("good.md", b"good")))
    assert reasons(rows) == ["a path outside the archive"]
    assert [row.text for row in rows if row.text] == ["good"]
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert not Path("/tmp/mathcoder-evil.tex").exists()


def test_links_are_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        for kind, target in ((tarfile.SYMTYPE, "/etc"), (tarfile.LNKTYPE, "/etc/passwd"), (tarfile.FIFOTYPE, "")):
            info = tarfile.TarInfo("x")
            info.type, info.linkname = kind, target
            archive.addfile(info)
        info = tarfile.TarInfo("x/passwd.md")
        info.size = 4
        archive.addfile(info, io.BytesIO(b"good"))
    rows = books(path)
    assert reasons(rows) == ["a link or a device, not a file"] * 3
    assert len({row.id for row in rows}) == 4
    assert rows[-1].text == "good"


@pytest.mark.parametrize("name", ["a.tar.gz", "a.zip"])
def test_bombs(name: str, tmp_path: Path) -> None:
    path = packed(tmp_path / name, *((f"{n}.md", b"0" * 1_000_000) for n in range(30)))
    assert "more than 10,000,000 bytes" in reasons(books(path, limits=Limits(unpacked_bytes=10_000_000)))[0]
    assert "more than 20 files" in reasons(books(path, limits=Limits(unpacked_files=20)))[0]
    found = books(path, limits=Limits(file_bytes=1_000))
    assert reasons(found) == ["larger than 1,000 bytes"] * 30


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_tar_header_that_is_a_bomb(kind: bytes, tmp_path: Path) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = kind, 1 << 32
    (tmp_path / "a.tar.gz").write_bytes(gzip.compress(info.tobuf(tarfile.GNU_FORMAT) + b"0" * 100_000))
    assert reasons(books(tmp_path / "a.tar.gz")) == ["a tar header of more than 1,000,000 bytes"]


@pytest.mark.parametrize("name", ["a.tar.gz", "a.zip"])
def test_damaged_archives(name: str, tmp_path: Path) -> None:
    path = packed(tmp_path / name, ("a.md", b"good"), ("b.md", bytes(range(256)) * 1_000))
    path.write_bytes(path.read_bytes()[:-200])
    good = tmp_path / "good.md"
    good.write_text("the next")
    rows = books(path, good)
    assert rows[-1].text == "the next"
    assert reasons(rows)


def test_a_pdf_and_what_is_wrong_with_others(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf("A proof of it", pages=2))
    (tmp_path / "b.pdf").write_bytes(pdf("A proof of it", pages=2))
    (tmp_path / "c.pdf").write_bytes(pdf("x", locked=True))
    (tmp_path / "d.pdf").write_bytes(b"%PDF-1.4 nothing")
    (tmp_path / "e.pdf").write_bytes(pdf(""))
    (tmp_path / "f.pdf").write_bytes(pdf("y", pages=30))
    a, b, *others = books(tmp_path, limits=Limits(pages=20))
    assert (a.text, json.loads(a.meta)) == ("A proof of it\n\nA proof of it", {"pages": 2})
    assert (b.text, b.id.partition("-")[0]) == (a.text, a.id.partition("-")[0])
    locked, damaged, empty, long = reasons(others)
    assert locked == "locked by a password"
    assert damaged.startswith("a damaged PDF: ")
    assert "the suffix .mmd" in empty
    assert long == "more than 20 pages"


def test_a_recognisers_output_is_taken_instead_of_the_pdf(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf("A proof of x2"))
    (tmp_path / "a.mmd").write_text("# A\n\nA proof of $x^2$")
    for place in (tmp_path, tmp_path / "*", tmp_path / "*.pdf"):
        [row] = books(place)
        assert (row.text, row.title, row.path) == ("# A\n\nA proof of $x^2$", "A", f"{tmp_path}/a.mmd")
        assert json.loads(row.meta) == {"recognised_from": "a.pdf"}
    [row] = books(tmp_path / "*.mmd")
    assert row.text.endswith("$x^2$")


def test_single_files(tmp_path: Path) -> None:
    chapter, other = tmp_path / "one.tex", tmp_path / "x.docx"
    chapter.write_text(ONE)
    other.write_bytes(b"PK")
    row, none = books(chapter, other)
    assert "$x^2=4$" in row.text
    assert (none.drop_reason or "").startswith(".docx: no book")


def test_an_archive_in_an_archive(tmp_path: Path) -> None:
    inner = tar(tmp_path / "in.tar.gz", ("a.md", b"x"))
    assert reasons(books(tar(tmp_path / "out.tar.gz", ("in.tar.gz", inner.read_bytes())))) == [
        "an archive inside an archive; unpack it first"
    ]
