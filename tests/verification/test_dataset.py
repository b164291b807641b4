"""Rows of a dataset, their canonical form, and the certificate over them."""

from __future__ import annotations

import datetime
import gzip
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.rows import BadRow
from mathcoder.verification.certificate import Certificate, Notary
from mathcoder.verification.dataset import DataRow, canonical, read_dataset

ROWS: list[dict[str, Any]] = [{"b": 1, "a": "ζ\u2028"}, {"a": None, "c": [1.5, {"y": 2, "x": True}]}, {}]


def written(folder: Path, name: str) -> Path:
    path = folder / name
    lines = "".join(json.dumps(row) + "\n" for row in ROWS).encode()
    if ".parquet" in name:
        arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
        parquet.write_table(
            arrow.Table.from_pylist([{"a": row.get("a"), "n": i} for i, row in enumerate(ROWS)]), path
        )
    else:
        data = lines if "jsonl" in name else json.dumps(ROWS, indent=2).encode()
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


@pytest.mark.parametrize("name", ["d.jsonl", "d.jsonl.gz", "d.json", "d.json.gz"])
def test_the_same_rows_from_every_format(name: str, tmp_path: Path):
    assert list(read_dataset(written(tmp_path, name))) == [DataRow(n, row) for n, row in enumerate(ROWS, 1)]


def test_parquet(tmp_path: Path):
    rows = list(read_dataset(written(tmp_path, "d.parquet")))
    assert rows == [DataRow(i + 1, {"a": row.get("a"), "n": i}) for i, row in enumerate(ROWS)]
    (tmp_path / "broken.parquet").write_bytes(b"no parquet")
    (bad,) = read_dataset(tmp_path / "broken.parquet")
    assert isinstance(bad, BadRow)
    assert "not readable as Parquet" in bad.reason


def test_what_is_no_row_is_told_in_its_place(tmp_path: Path):
    path = tmp_path / "d.jsonl"
    path.write_bytes(b'{"a": 1}\n[1]\n{\n\n{"a": 2}\n\xff\n')
    rows = list(read_dataset(path))
    assert [row.line for row in rows] == [1, 2, 3, 5, 6]
    assert [isinstance(row, BadRow) for row in rows] == [False, True, True, False, True]
    assert isinstance(rows[1], BadRow)
    assert rows[1].reason == "a row must be an object, not list"


@pytest.mark.parametrize("name", ["d.txt", "d.parquet.gz", "d", "d.csv.gz"])
def test_a_format_that_is_not_known_is_told_at_once(name: str):
    with pytest.raises(ValueError, match=r"unknown format; name it \.jsonl"):
        read_dataset(name)


def test_canonical_form_does_not_depend_on_how_a_row_was_written():
    assert canonical({"b": 1, "a": "ζ"}) == canonical({"a": "ζ", "b": 1}) == '{"a":"ζ","b":1}'.encode()
    assert canonical({"a": 1}) != canonical({"a": 1.0}) != canonical({"a": "1.0"})
    assert canonical({"when": datetime.date(2024, 2, 29)}) == b'{"when":"2024-02-29"}'
    row = DataRow(1, {"b": 1, "a": "ζ"})
    assert row.sha256 == hashlib.sha256(row.canonical).hexdigest()


WORDS = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=3),
    max_leaves=6,
)


@given(JSON)
def test_canonical_form_is_json_that_reads_back(value: object):
    assert json.loads(canonical(value)) == value


# Certificates.


def certified(verdicts: list[str], first: int | None = None, start: int = 0) -> Certificate:
    notary = Notary("d.jsonl", {"timeout": 5.0}, first)
    for number, verdict in enumerate(verdicts, start):
        if verdict == "rejected":
            notary.reject()
        else:
            notary.add(canonical({"n": number}), verdict)
    return notary.certificate()


def test_a_certificate_says_what_there_was():
    found = certified(["same", "now errs", "rejected", "same"], first=4)
    assert (found.dataset, found.first, found.rows, found.rejected) == ("d.jsonl", 4, 3, 1)
    assert found.verdicts == {"now errs": 1, "same": 2}
    assert found.rows_sha256 == hashlib.sha256(b'{"n":0}\n{"n":1}\n{"n":3}\n').hexdigest()
    pairs = "".join(
        f"{hashlib.sha256(row.encode()).hexdigest() if row else '-'} {verdict}\n"
        for row, verdict in (('{"n":0}', "same"), ('{"n":1}', "now errs"), ("", "rejected"), ('{"n":3}', "same"))
    )
    assert found.verdicts_sha256 == hashlib.sha256(pairs.encode()).hexdigest()
    assert found.blocks == (found.verdicts_sha256[:16],)
    assert {"python", "mathcoder", "numpy", "sympy", "scipy"} <= found.versions.keys()


def test_round_trip_and_equal_bytes(tmp_path: Path):
    found = certified(["same"] * 2_500)
    assert len(found.blocks) == 3
    found.write(tmp_path / "a.json")
    certified(["same"] * 2_500).write(tmp_path / "b.json")
    assert Certificate.read(tmp_path / "a.json") == found
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert len(certified(["same"] * 2_000).blocks) == 2
    assert certified([]).blocks == ()


@pytest.mark.parametrize(
    ("now", "lines"),
    [
        (["same"] * 2_500, []),
        (
            [*["same"] * 1_700, "now errs", *["same"] * 799],
            [
                "now errs: 0 rows then, 1 now",
                "same: 2,500 rows then, 2,499 now",
                "first difference among the rows 1,001 to 2,000",
            ],
        ),
        (
            ["same"] * 2_499,
            [
                "rows: 2,500 then, 2,499 now",
                "the rows themselves are not those that were certified",
                "same: 2,500 rows then, 2,499 now",
                "first difference among the rows 2,001 to 2,500",
            ],
        ),
        (
            [*["same"] * 2_499, "rejected"],
            [
                "rows: 2,500 then, 2,499 now",
                "rows that cannot be read: 0 then, 1 now",
                "the rows themselves are not those that were certified",
                "same: 2,500 rows then, 2,499 now",
                "first difference among the rows 2,001 to 2,500",
            ],
        ),
    ],
)
def test_differences(now: list[str], lines: list[str]):
    assert certified(["same"] * 2_500).differences(certified(now)) == lines


def test_other_rows_with_the_same_verdicts_and_other_versions():
    then, now = certified(["same"] * 3), certified(["same"] * 3, start=1)
    assert then.differences(now) == [
        "the rows themselves are not those that were certified",
        "first difference among the rows 1 to 3",
    ]
    later = replace(then, versions=then.versions | {"sympy": "9.9"}, limits={"timeout": 6.0})
    assert then.differences(later) == []
    assert then.other_versions(later) == [
        f"sympy: {then.versions['sympy']} then, 9.9 now",
        "timeout: 5.0 then, 6.0 now",
    ]


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"certificate": 2}, "not a certificate of a dataset"),
        ({"rows": "3"}, "'rows' is missing or of the wrong type"),
        ({"verdicts": {"same": "3"}}, "'verdicts' is missing or of the wrong type"),
        ({"limits": None}, "'limits' is missing or of the wrong type"),
    ],
)
def test_what_is_no_certificate(change: dict[str, Any], part: str, tmp_path: Path):
    path = tmp_path / "c.json"
    path.write_text(json.dumps(certified(["same"]).to_json() | change))
    with pytest.raises(ValueError, match=part) as caught:
        Certificate.read(path)
    assert str(path) in str(caught.value)
    path.write_text("{")
    with pytest.raises(ValueError, match="not JSON at column 2"):
        Certificate.read(path)
