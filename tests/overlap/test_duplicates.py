"""Copies in a frame: which are found, which stays, and that nothing hangs on the order of rows."""

from __future__ import annotations

import random
from typing import Any

import daft
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mathcoder.overlap import Document, Edge, Keep, cluster, exact_duplicates, near_duplicates

WORDS = (
    "let the sum of two numbers be ten and their product be twenty one so find each number by solving a quadratic "
    "equation whose roots are these numbers then check that both satisfy what was asked and say which is larger"
).split()


def text(seed: int, size: int = 200) -> str:
    chosen = random.Random(seed)
    return " ".join(chosen.choice(WORDS) + (str(chosen.randrange(100)) if chosen.random() < 0.3 else "")
                    for _ in range(size))  # fmt: skip


def edited(original: str, every: int) -> str:
    return " ".join("other" if place % every == every - 1 else word for place, word in enumerate(original.split()))


def frame(rows: list[dict[str, Any]], parts: int = 1) -> daft.DataFrame:
    """A frame of so many partitions."""
    cuts = [rows[part::parts] for part in range(parts)]
    made = [daft.from_pylist(cut) for cut in cuts if cut]
    whole = made[0]
    for other in made[1:]:
        whole = whole.concat(other)
    return whole


def clusters(table: daft.DataFrame) -> dict[Any, tuple[Any, bool]]:
    rows = table.to_pydict()
    return dict(zip(rows["id"], zip(rows["cluster"], rows["kept"], strict=True), strict=True))


def test_exact_and_near() -> None:
    one = text(1)
    table = near_duplicates(
        frame([
            {"id": "a", "text": one},
            {"id": "b", "text": edited(one, 40) + " and more"},
            {"id": "c", "text": one},
            {"id": "d", "text": text(2)},
            {"id": "e", "text": one.upper().replace(" ", "  ")},
        ])
    )  # fmt: skip
    rows = table.to_pydict()
    assert rows["id"] == ["e", "a", "b", "c"]
    assert rows["cluster"] == ["a"] * 4
    assert rows["kept"] == [True, False, False, False]
    assert rows["why"][0] == "kept: longest of 4 copies"
    assert rows["why"][1] == "near copy of e (1.00)"
    assert rows["why"][2].startswith("near copy of a (0.")
    assert rows["why"][2].endswith("linked to e")
    assert rows["why"][3] == "exact copy of a, linked to e"


@pytest.mark.parametrize(
    ("one", "other", "copies"),
    [
        (text(3), edited(text(3), 50), True),
        (text(3), edited(text(3), 3), False),
        (text(3), text(4), False),
        (text(3, 100), text(3, 100) + " " + text(5, 20), True),
        ("one two three", "One, two: three!", True),
        ("one two three", "one two four", False),
        ("+", "-", False),
        ("", " ", False),
        ("", "", True),
        (None, None, False),
        (None, "", False),
    ],
)
def test_pairs(one: str | None, other: str | None, copies: bool) -> None:
    pair = daft.from_pydict(
        {"id": [1, 2], "text": daft.Series.from_pylist([one, other], dtype=daft.DataType.string())}
    )
    assert bool(clusters(near_duplicates(pair))) is copies
    assert bool(clusters(exact_duplicates(pair))) is (one is not None and one == other)


KEEP = [
    (Keep(), "c"),
    (Keep("first"), "a"),
    (Keep("first", sources=("web", "books")), "b"),
    (Keep("longest", sources=("web", "books")), "d"),
    (Keep("longest", sources=("books",)), "a"),
    (Keep("first", sources=("nowhere",)), "a"),
]


@pytest.mark.parametrize(("keep", "stays"), KEEP)
def test_which_one_stays(keep: Keep, stays: str) -> None:
    one = text(6)
    rows = [
        {"id": "a", "text": one, "source": "books"},
        {"id": "b", "text": one + " end", "source": "web"},
        {"id": "c", "text": one + " an end far away", "source": None},
        {"id": "d", "text": one + " an end", "source": "web"},
    ]
    table = near_duplicates(frame(rows), source="source", keep=keep)
    assert [name for name, (_, kept) in clusters(table).items() if kept] == [stays]


def test_thousands_of_identical_documents() -> None:
    rows = [{"id": place, "text": text(7)} for place in range(5000)] + [{"id": 5000, "text": text(8)}]
    table = clusters(near_duplicates(frame(rows, 7)))
    assert len(table) == 5000
    assert [name for name, (_, kept) in table.items() if kept] == [0]


def test_thousands_of_pages_from_one_template() -> None:
    rows = [{"id": place, "text": f"{text(9)} {place} {place * 7} page"} for place in range(3000)]
    table = clusters(near_duplicates(frame(rows, 3)))
    assert len(table) == 3000
    assert {first for first, _ in table.values()} == {0}


def test_one_huge_document() -> None:
    huge = text(10, 1_000_000)
    rows = [{"id": 0, "text": huge}, {"id": 1, "text": huge + " end"}, {"id": 2, "text": text(10, 200)}]
    assert set(clusters(near_duplicates(frame(rows)))) == {0, 1}


@settings(max_examples=15)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from([0, 7, 15, 40])), min_size=1, max_size=30), st.randoms()
)
def test_order_and_partitions_do_not_matter(made: list[tuple[int, int]], shuffle: Any) -> None:
    rows = [
        {"id": f"d{place:02}", "text": edited(text(seed), every) if every else text(seed)}
        for place, (seed, every) in enumerate(made)
    ]
    expected = near_duplicates(frame(rows)).to_pydict()
    shuffle.shuffle(rows)
    assert near_duplicates(frame(rows, shuffle.randint(2, 6))).to_pydict() == expected


EDGES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=20)


@given(EDGES, st.randoms())
def test_clusters_are_the_connected_components(pairs: list[tuple[int, int]], shuffle: Any) -> None:
    edges = [Edge(one, other, 0.9) for one, other in pairs if one != other]
    documents = [Document(name, size=name % 3) for name in range(13)]
    members = cluster(edges, documents, Keep())
    reach = {edge.one: {edge.one} for edge in edges} | {edge.other: {edge.other} for edge in edges}
    for _ in reach:
        for edge in edges:
            both = reach[edge.one] | reach[edge.other]
            reach[edge.one] = reach[edge.other] = both
    assert {member.id: member.cluster for member in members} == {name: min(group) for name, group in reach.items()}
    assert sum(member.kept for member in members) == len({min(group) for group in reach.values()})
    flipped = [edge._replace(one=edge.other, other=edge.one) for edge in edges]
    shuffle.shuffle(flipped)
    shuffle.shuffle(documents)
    assert cluster(flipped, documents, Keep()) == members


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": 0}, "threshold above 0"),
        ({"bands": 0}, "must be at least 1"),
        ({"text": "content"}, "the frame has no column 'content'; it has id, text"),
        ({"source": "site"}, "the frame has no column 'site'"),
    ],
)
def test_what_cannot_be(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        near_duplicates(frame([{"id": 1, "text": "a"}]), **options)


def test_an_id_that_occurs_twice() -> None:
    with pytest.raises(ValueError, match="two documents have the id 'a'; ids must be unique"):
        exact_duplicates(frame([{"id": "a", "text": "x"}, {"id": "a", "text": "x"}]))


def test_keep_rules_that_are_not() -> None:
    with pytest.raises(ValueError, match="'shortest' is not known"):
        Keep("shortest")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="a source is named twice"):
        Keep(sources=("web", "web"))
