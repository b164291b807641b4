"""Which items stand in which documents, where, and what is done about it."""

from __future__ import annotations

from typing import Any

import daft
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.overlap import ItemIndex, contamination, decontaminated

QUESTION = (
    "Natalia sold clips to 48 of her friends in April, and then she sold half as many clips in May. "
    "How many clips did Natalia sell altogether in April and May?"
)
FORMULA = (
    r"Compute $\left(\frac{1}{2} + \frac{3}{4}\right)^2 - \sqrt{16}$ and give the answer as a common fraction."
)


def found(documents: list[str | None], items: dict[str, str], **options: Any) -> list[tuple[Any, ...]]:
    """(document, item, passage, share) of the evidence; documents are numbered."""
    frame = daft.from_pydict({"id": list(range(len(documents))), "text": documents})
    bench = daft.from_pydict({"id": list(items), "text": list(items.values())})
    rows = contamination(frame, bench, **options).evidence.to_pydict()
    return list(zip(*(rows[name] for name in ("id", "item", "passage", "share")), strict=True))


CASES = [
    ("as it is", QUESTION, QUESTION, True),
    ("in the middle of a text", "Before. " * 50 + QUESTION + " After." * 50, QUESTION, True),
    ("other spacing and case", QUESTION.upper().replace(" ", "\n  "), QUESTION, True),
    ("another number", QUESTION.replace("48", "52"), QUESTION, False),
    ("half of it", QUESTION[: len(QUESTION) // 2], QUESTION, False),
    ("a formula", r"$$\left( \dfrac12+\tfrac{3}{4} \right)^{2}$$", r"(\frac{1}{2}+\frac34)^2", True),
    ("a question in other LaTeX", FORMULA.replace(r"\frac{1}{2}", "1/2").replace(r"\left", ""), FORMULA, True),
    ("a formula with another number", FORMULA.replace("16", "25"), FORMULA, False),
    ("a short item whole", "He asked: What is 7 + 5? Nobody knew.", "What is $7+5$?", True),
    ("a short item with another number", "He asked: What is 7 + 6? Nobody knew.", "What is $7+5$?", False),
    ("one word", "the cosecant of x", "cosecant", True),
    ("one word inside another", "the arccosecant of x", "cosecant", False),
    ("an empty item", "anything", "", False),
    ("an item of signs alone", "$$ ** $$", "**", False),
    ("an empty text", "", QUESTION, False),
    ("ideographs", "问题：小明有三个苹果和五个梨，一共多少个？", "小明有三个苹果和五个梨，一共多少个", True),
    ("a table of numbers", " ".join(map(str, range(500))), " ".join(map(str, range(1000, 1030))), False),
]  # fmt: skip


@pytest.mark.parametrize(("document", "item", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_is_found(document: str, item: str, expected: bool) -> None:
    assert bool(found([document], {"item": item})) is expected


def test_evidence_names_the_passage() -> None:
    text = f"Some words first.\n\n{QUESTION}\n\nThe answer is 72."
    ((document, item, passage, share),) = found(["nothing", text], {"q1": QUESTION, "q2": FORMULA})
    assert (document, item, share) == (1, "q1", 1.0)
    assert passage == QUESTION.rstrip("?")


def test_each_place_is_a_passage_of_its_own() -> None:
    text = QUESTION + " Something else that is long enough. " * 20 + QUESTION
    assert [row[2] for row in found([text], {"q": QUESTION})] == [QUESTION.rstrip("?")] * 2


def test_an_edited_item_is_found_at_a_lower_threshold() -> None:
    edited = QUESTION.replace("friends", "neighbours")
    assert not found([edited], {"q": QUESTION})
    ((_, _, _, share),) = found([edited], {"q": QUESTION}, n=8, threshold=0.5)
    assert 0.5 < share < 1


def test_an_item_scattered_over_a_document_is_not_in_it() -> None:
    words = QUESTION.split()
    third = len(words) // 3
    parts = [
        " ".join(words[: third + 8]),
        " ".join(words[third - 4 : 2 * third]),
        " ".join(words[2 * third - 8 :]),
    ]
    text = (" and a lot of other things that come between the parts" * 20).join(parts)
    assert not found([text], {"q": QUESTION}, n=5, threshold=0.7)


def test_frequent_grams_do_not_count() -> None:
    licence = "you may not use this file except in compliance with the licence that comes with it or elsewhere"
    documents: list[str | None] = [f"{licence} {place}" for place in range(150)]
    documents.append(f"{licence} and {QUESTION}")
    items = {"boilerplate": licence, "mixed": f"{licence} and {QUESTION}"}
    rows = found(documents, items)
    assert [(row[0], row[1]) for row in rows] == [(150, "mixed")]
    assert len({row[0] for row in found(documents, items, frequent=1)}) == 151


def test_a_prompt_that_items_share_does_not_count() -> None:
    prompt = (
        "Answer the following question and give the reasons for your answer step by step in full sentences please"
    )
    items = {f"q{place}": f"{prompt} {place} {place * 3} {place * 5}" for place in range(150)}
    assert not found([f"{prompt} yes"], items, threshold=0.4)
    assert [row[1] for row in found([f"{prompt} 7 21 35"], items, threshold=0.4)] == ["q7"]


def test_rows_and_partitions_do_not_matter() -> None:
    texts = ["nothing", QUESTION, f"a {FORMULA} b", f"{QUESTION} {FORMULA}", "", QUESTION.upper()] * 3
    rows = [{"id": f"d{place:02}", "text": text} for place, text in enumerate(texts)]
    items = {"q": QUESTION, "f": FORMULA, "w": "nothing"}
    tables = []
    for step in (1, 5, 7):
        ordered = [rows[place * step % len(rows)] for place in range(len(rows))]
        frame = daft.from_pylist(ordered[:step]).concat(daft.from_pylist(ordered[step:]))
        names = sorted(items, reverse=step > 1)
        bench = daft.from_pydict({"id": names, "text": [items[name] for name in names]})
        result = contamination(frame, bench, frequent=0, frequent_least=10)
        tables.append((result.evidence.to_pydict(), result.ignored.to_pydict()))
    assert tables[0] == tables[1] == tables[2]
    assert len(tables[0][0]["id"]) > 0


def test_ignored_items_are_named() -> None:
    frame = daft.from_pydict({"id": list(range(150)), "text": ["the word cosecant again"] * 150})
    items = daft.from_pydict({"id": ["one", "two"], "text": ["cosecant", QUESTION]})
    result = contamination(frame, items)
    assert result.evidence.count_rows() == 0
    assert result.ignored.to_pydict() == {"item": ["one"], "grams": [1], "frequent": [1]}


@pytest.mark.parametrize("documents", [[], [None], ["", None, "x"]])
def test_nothing_to_find(documents: list[str | None]) -> None:
    frame = daft.from_pydict({"id": list(range(len(documents))), "text": documents})
    frame = frame.with_column("text", daft.col("text").cast(daft.DataType.string()))
    items = daft.from_pydict({"id": ["q"], "text": [QUESTION]})
    evidence = contamination(frame, items).evidence
    assert evidence.column_names == ["id", "item", "start", "end", "share", "passage"]
    assert evidence.count_rows() == 0


def test_no_items() -> None:
    frame = daft.from_pydict({"id": [1], "text": [QUESTION]})
    items = daft.from_pydict({"id": ["q"], "text": [""]}).where(daft.lit(False))
    assert contamination(frame, items).evidence.count_rows() == 0


def test_dropped_or_cut() -> None:
    texts = ["clean", f"Before.\n\n{QUESTION}\n\nAfter.", QUESTION]
    frame = daft.from_pydict({"id": ["a", "b", "c"], "text": texts})
    evidence = contamination(frame, daft.from_pydict({"id": ["q"], "text": [QUESTION]})).evidence
    dropped = decontaminated(frame, evidence).to_pydict()
    assert dropped["drop_reason"] == [None, "contamination: contains q", "contamination: contains q"]
    assert dropped["text"] == texts
    cut = decontaminated(frame, evidence, action="cut").to_pydict()
    assert cut["text"] == ["clean", "Before.\n\n?\n\nAfter.", "?"]
    assert cut["drop_reason"] == [None, None, "contamination: contains q"]


def test_cut_leaves_nothing_to_find() -> None:
    text = f"{QUESTION} {FORMULA} {QUESTION} Some more. {FORMULA}"
    frame = daft.from_pydict({"id": [1], "text": [text]})
    items = daft.from_pydict({"id": ["q", "f"], "text": [QUESTION, FORMULA]})
    cut = decontaminated(frame, contamination(frame, items).evidence, action="cut")
    assert "Some more" in cut.to_pydict()["text"][0]
    assert contamination(cut, items).evidence.count_rows() == 0


def test_one_huge_document() -> None:
    text = "some filler with numbers 1 2 3 " * 150_000 + QUESTION + " more filler " * 150_000
    ((_, _, passage, share),) = found([text], {"q": QUESTION})
    assert (passage, share) == (QUESTION.rstrip("?"), 1.0)


def test_a_huge_document_that_repeats_one_word() -> None:
    rows = found(["cosecant " * 200_000], {"q": "cosecant", "long": QUESTION})
    assert [(row[1], len(row[2])) for row in rows] == [("q", 9 * 200_000 - 1)]


WORDS = st.lists(st.sampled_from("a b c 1 2 x =".split()), max_size=25).map(" ".join)


@given(st.lists(WORDS, min_size=1, max_size=8), st.lists(WORDS, min_size=1, max_size=5), st.randoms())
def test_order_of_texts_and_items_does_not_matter(texts: list[str], items: list[str], random: Any) -> None:
    def passages(texts: dict[int, str], items: dict[str, str]) -> dict[int, Any]:
        index = ItemIndex.of(list(items), list(items.values()), 5)
        counted = index.passages(list(texts.values()), index.presence[: len(index.grams)] & False, 0.6)
        return dict(zip(texts, counted, strict=True))

    numbered, named = dict(enumerate(texts)), {f"i{place}": item for place, item in enumerate(items)}
    other, shuffled = list(numbered.items()), list(named.items())
    random.shuffle(other)
    random.shuffle(shuffled)
    assert passages(numbered, named) == passages(dict(other), dict(shuffled))


@given(st.lists(WORDS, min_size=1, max_size=8), st.lists(WORDS, min_size=1, max_size=5))
def test_passages_are_those_of_a_plain_search(texts: list[str], items: list[str]) -> None:
    """At threshold 1, with n longer than any item: an item is found where its words stand in a row."""
    index = ItemIndex.of([f"i{place}" for place in range(len(items))], items, 100)
    every = index.passages(texts, index.presence[: len(index.grams)] & False, 1.0)
    for text, passages in zip(texts, every, strict=True):
        expected = {f"i{place}" for place, item in enumerate(items) if item and f" {item} " in f" {text} "}
        assert {passage.item for passage in passages} == expected
        for passage in passages:
            assert items[int(passage.item[1:])] in text[passage.start : passage.end]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 0}, "n must be at least 1, not 0"),
        ({"threshold": 0}, "threshold must be above 0"),
        ({"threshold": 1.5}, "threshold must be above 0"),
        ({"frequent": -1}, "not negative"),
        ({"id": "name"}, "the frame has no column 'name'; it has id, text"),
    ],
)
def test_what_cannot_be(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        found(["x"], {"q": "x"}, **options)


def test_items_with_one_id() -> None:
    with pytest.raises(ValueError, match="two items have the id 'q'"):
        ItemIndex.of(["q", "p", "q"], ["a", "b", "c"], 5)
