"""The classifier: lines, splits, training, its file, and frames; on made-up texts."""

from __future__ import annotations

import hashlib
import json
import random
import struct
import sys
from collections.abc import Callable
from pathlib import Path

import daft
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.corpus.recall import (
    Label,
    Parameters,
    RecallModel,
    Sample,
    Training,
    Unlabelled,
    judged_frame,
    site_of,
    train_two_rounds,
)
from mathcoder.corpus.recall.binary import check_binary
from mathcoder.corpus.recall.curve import curve_of, measured, threshold_at
from mathcoder.corpus.recall.fasttext_model import RELATED, UNRELATED
from mathcoder.corpus.recall.features import features
from mathcoder.corpus.recall.frames import recall_params
from mathcoder.corpus.recall.samples import prepared

MATHS = "theorem proof integer prime group $ \\frac \\sum x equation limit sequence converges = + bounded".split()
OTHERS = "shop price mayor council football match tickets holiday recipe oven butter season goal street".split()
BOTH = "the a of and to in is that it for on with as are this be or by from at".split()


def made(words: list[str], count: int, seed: int) -> list[str]:
    draw = random.Random(seed)
    return [" ".join(draw.choices(words + BOTH, k=40)) for _ in range(count)]


def samples(count: int = 120, sites: int = 30) -> tuple[list[Sample], list[Sample]]:
    positives = [Sample(text, f"m{n % sites}.org", "maths") for n, text in enumerate(made(MATHS, count, 1))]
    negatives = [Sample(text, f"o{n % sites}.com", "web") for n, text in enumerate(made(OTHERS, count, 2))]
    return positives, negatives


@pytest.fixture(scope="module")
def model() -> RecallModel:
    return RecallModel.train(*samples())


@pytest.fixture(scope="module")
def file(model: RecallModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recall") / "recall.model"
    model.save(path)
    return path


# Lines.


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Let $x$ be Prime.", "let $ $ x be prime"),
        (r"\[\frac{12}{3.5}\]", r"\[ \frac { { #2 } } #1. \]"),
        ("1,234 or 12345678 or x_1 = 3", "#5 or or #6 x _ #1 #1 ="),
        ("a a a a b", "a a a b"),
        ("A\u0000B\x1b[2J\nC\r\n", "a b [ #1 j c"),
        ("__label__related </s>", "_ _ _ label related < / s >"),
        (" ?! \n", ""),
    ],
)
def test_the_line_of_a_text(text: str, line: str) -> None:
    assert features(text) == line


@given(st.text(max_size=200))
def test_no_line_says_more_to_fasttext_than_words(text: str) -> None:
    line = features(text)
    assert line == " ".join(line.split())
    assert not any(token.startswith("__") or token == "</s>" for token in line.split(" "))


def test_a_text_is_looked_at_up_to_a_bound() -> None:
    assert features("a b c " * 10_000, 4) == "a b"


# Curves.


def test_a_curve_and_its_thresholds() -> None:
    scores, truths = [0.9, 0.8, 0.8, 0.7, 0.2, 0.1], [True, True, False, True, False, True]
    curve = curve_of(scores, truths)
    thresholds = [0.85, 0.75, 0.45, 0.05]
    expected = zip(thresholds, [1, 2 / 3, 3 / 4, 4 / 6], [0.25, 0.5, 0.75, 1], strict=True)
    assert list(curve) == [pytest.approx(point) for point in expected]
    chosen = [threshold_at(curve, recall) for recall in (0.25, 0.3, 0.75, 0.76)]
    assert chosen == pytest.approx(thresholds)
    for point in curve:
        assert measured(scores, truths, point.threshold) == point
    for recall in (0, -1, 1.01):
        with pytest.raises(ValueError, match="recall is"):
            threshold_at(curve, recall)


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.3, 0.4]), st.booleans()), min_size=1), st.floats(0.01, 1))
def test_a_threshold_reaches_its_recall(pairs: list[tuple[float, bool]], recall: float) -> None:
    scores, truths = [score for score, _ in pairs], [truth for _, truth in pairs]
    if not any(truths):
        with pytest.raises(ValueError, match="no text is related"):
            curve_of(scores, truths)
        return
    threshold = threshold_at(curve_of(scores, truths), recall)
    assert measured(scores, truths, threshold).recall >= recall - 1e-9


# Splits.


def test_no_site_and_no_copy_is_on_both_sides() -> None:
    positives, negatives = samples()
    positives += [Sample(f"{sample.text.upper()}!", "copy.org") for sample in positives[:9]]
    negatives += [Sample("?!"), positives[20]]
    parts = prepared(positives, negatives, share=0.25, seed=3, most=1000)
    sides = [{example.site for example, _ in part} for part in (parts.trained, parts.held_out)]
    assert parts.split == "by site"
    assert not sides[0] & sides[1]
    assert not {e.key for e, _ in parts.trained} & {e.key for e, _ in parts.held_out}
    assert (parts.related.copies, parts.related.contradictory, parts.unrelated.empty) == (9, 1, 1)
    for counts in (parts.related, parts.unrelated):
        used = counts.held_out + counts.left_out + counts.trained
        assert counts.given == counts.empty + counts.copies + counts.contradictory + used
        assert counts.held_out == pytest.approx(30, abs=4)
    labels = [label for _, label in parts.trained]
    assert labels.count(True) == labels.count(False)


def test_few_sites_are_split_by_text_and_small_classes_weigh_the_same() -> None:
    positives, negatives = samples(200, sites=1)
    parts = prepared(positives[:10], negatives, share=0.2, seed=0, most=1000)
    assert parts.split == "by text"
    assert (parts.related.trained, parts.related.held_out) == (8, 2)
    assert (parts.unrelated.trained, parts.unrelated.left_out, parts.unrelated.held_out) == (64, 96, 40)
    assert sum(label for _, label in parts.trained) == 64


def test_the_order_of_texts_makes_no_difference() -> None:
    positives, negatives = samples()
    positives.append(Sample(positives[0].text, "another.org"))
    one, other = (
        prepared(ps, ns, share=0.2, seed=0, most=1000)
        for ps, ns in ((positives, negatives), (positives[::-1], negatives[::-1]))
    )
    assert (one.trained, one.held_out, one.split) == (other.trained, other.held_out, other.split)


@pytest.mark.parametrize(
    ("url", "meta", "site"),
    [
        ("https://Maths.org:80/a", {}, "maths.org"),
        (None, {"repo": "a/b"}, "a/b"),
        ("http://[bad", {"repo": 3}, ""),
        (None, None, ""),
    ],
)
def test_the_site_of_a_page(url: str | None, meta: dict[str, object] | None, site: str) -> None:
    assert site_of(url, meta) == site


# Training.


def test_what_was_learnt(model: RecallModel) -> None:
    assert model.facts.rounds[0].point.precision >= 0.95
    related, unrelated, nothing = model.score([*made(MATHS, 1, 7), *made(OTHERS, 1, 8), " ?!"])
    assert 1 >= related >= model.threshold > unrelated >= 0
    assert nothing == 0
    assert model.score([]) == []
    assert model.threshold_for(1.0) <= model.threshold == model.threshold_for(0.95)


def test_the_model_says_what_it_was_trained_on(model: RecallModel) -> None:
    (first,) = model.facts.rounds
    assert (first.labels, first.split, first.related.given, first.related.sources) == (
        *("sources", "by site", 120),
        {"maths": 120},
    )
    assert len(first.trained_sha256) == 64
    assert model.facts.versions["fasttext-numpy2-wheel"]


def test_training_again_gives_the_same_file(file: Path, tmp_path: Path) -> None:
    positives, negatives = samples()
    RecallModel.train(positives[::-1], negatives[::-1]).save(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == file.read_bytes()
    RecallModel.train(positives, negatives, Training(seed=1)).save(tmp_path / "seed")
    assert (tmp_path / "seed").read_bytes() != file.read_bytes()


def test_a_loaded_model_is_the_model(model: RecallModel, file: Path) -> None:
    loaded = RecallModel.load(file)
    texts = made(MATHS, 9, 3) + made(OTHERS, 9, 4) + made(BOTH, 9, 5)
    assert loaded.score(texts) == model.score(texts)
    assert loaded.facts == model.facts


@pytest.mark.parametrize(
    ("positives", "negatives", "message"),
    [
        ([], ["a b"], "0 different positives"),
        (["a b", "b c", "a c"], ["x y", "X, y."], "1 different negatives (of 2 given)"),
        (["ab cd", "ef gh"], ["ij kl", "mn op"], "no word is in 2 texts or more"),
    ],
)
def test_too_few_texts_are_one_line(positives: list[str], negatives: list[str], message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        RecallModel.train(positives, negatives)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Training(recall=0),
        lambda: Training(held_out=1),
        lambda: Training(seed=-1),
        lambda: Parameters(dimensions=0),
        lambda: Parameters(rate=0),
    ],
)
def test_numbers_out_of_range(wrong: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="it must be"):
        wrong()


# Two rounds.


def by_words(texts: list[str]) -> list[Label | Unlabelled]:
    """Of the texts that have words of mathematics, those with money are none; one cannot be read."""
    found: list[Label | Unlabelled] = [Label(7 if "money" in text else 2, "words") for text in texts]
    found[0] = Unlabelled("unreadable reply: Hm.")
    return found


def test_the_second_round_learns_from_the_labels(tmp_path: Path) -> None:
    positives, negatives = samples()
    crawl = (
        made(MATHS, 80, 11) + [f"{text} money money loan" for text in made(MATHS, 80, 12)] + made(OTHERS, 50, 13)
    )
    model = train_two_rounds(positives, negatives, crawl, by_words, labels="words")
    first, second = model.facts.rounds
    pool = second.pool
    assert (first.labels, first.pool, second.labels) == ("sources", None, "words")
    assert pool is not None
    assert (pool.given, pool.unlabelled) == (210, {"unreadable reply": 1})
    assert 150 <= pool.passed < 170
    assert sum(pool.types.values()) + 1 == pool.asked == pool.passed
    assert second.point.precision >= 0.9
    assert model.facts.cascade is not None
    assert model.facts.cascade.recall >= 0.8
    fresh = made(MATHS, 20, 21)
    kept = sum(score >= model.threshold for score in model.score(fresh))
    gone = sum(score >= model.threshold for score in model.score([f"{text} money money loan" for text in fresh]))
    assert kept >= 15
    assert gone <= 3
    assert model.score(made(OTHERS, 1, 22)) == [0.0]

    model.save(tmp_path / "one")
    train_two_rounds(positives, negatives, crawl, by_words_again, labels="words").save(tmp_path / "other")
    assert RecallModel.load(tmp_path / "one").score(fresh) == model.score(fresh)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def by_words_again(texts: list[str]) -> list[Label | Unlabelled]:
    return by_words(texts)


def test_only_so_many_are_labelled() -> None:
    asked: list[str] = []

    def label(texts: list[str]) -> list[Label | Unlabelled]:
        asked.extend(texts)
        return [Label(2 if n % 2 else 7, "") for n in range(len(texts))]

    crawl = made(MATHS, 60, 11)
    model = train_two_rounds(*samples(), crawl + crawl[::-1], label, labels="odd", annotate=20)
    assert len(asked) == len(set(asked)) == 20
    assert set(asked) <= set(crawl)
    assert model.facts.rounds[1].pool.asked == 20  # pyright: ignore[reportOptionalMemberAccess]


def test_a_second_round_without_both_classes_is_one_line() -> None:
    def label(texts: list[str]) -> list[Label | Unlabelled]:
        return [Unlabelled("the model failed: nobody is there"), *(Label(2, "") for _ in texts[1:])]

    with pytest.raises(
        ValueError, match=r"round 2: .*2[0-9] are mathematical and 0 are not.*nobody is there.*give more"
    ):
        train_two_rounds(*samples(), made(MATHS, 30, 11), label, labels="m")


# Files that are no models.


def refused(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        RecallModel.load(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message


def test_a_damaged_file_is_one_line(file: Path, tmp_path: Path) -> None:
    data, path = file.read_bytes(), tmp_path / "x"
    for wrong in (b"", b"\0" * 999, b"mathcoder-recall-model 1 abc 3\n{}", data[1:], b"\n" + data):
        assert "not a recall model" in refused(path, wrong)
    for wrong in (data[:-1], data + b"\0", data[:500], data[:-40] + b"\1" + data[-39:]):
        assert "damaged or cut off" in refused(path, wrong)
    assert "format 2" in refused(path, data.replace(b"model 1 ", b"model 2 ", 1))
    with pytest.raises(OSError, match="absent"):
        RecallModel.load(tmp_path / "absent")


def rebuilt(file: Path, head: Callable[[bytes], bytes], model: Callable[[bytes], bytes]) -> bytes:
    """The file with changed parts and a right checksum, as somebody would make it who means harm."""
    first, _, body = file.read_bytes().partition(b"\n")
    size = int(first.split()[-1])
    start, rest = head(body[:size]), model(body[size:])
    body = start + rest
    return f"mathcoder-recall-model 1 {hashlib.sha256(body).hexdigest()} {len(start)}\n".encode() + body


def put(place: int, kind: str, value: float) -> Callable[[bytes], bytes]:
    return lambda data: data[:place] + struct.pack(kind, value) + data[place + struct.calcsize(kind) :]


_DICTIONARY = 14 * 4 + 8


@pytest.mark.parametrize(
    "change",
    [
        put(0, "<i", 7),
        put(4, "<i", 99),
        put(8, "<i", 1 << 30),
        put(8, "<i", -1),
        put(8 + 5 * 4, "<i", 3),
        put(8 + 6 * 4, "<i", 1),
        put(8 + 8 * 4, "<i", 1 << 30),
        put(_DICTIONARY, "<i", 1 << 30),
        put(_DICTIONARY + 4, "<i", -5),
        put(_DICTIONARY + 8, "<i", 1),
        put(_DICTIONARY + 20, "<q", 1 << 40),
        lambda data: data[: _DICTIONARY + 28] + b"\xff" * (len(data) - _DICTIONARY - 28),
        lambda data: data.replace(b"__label__related", b"__label__rebated"),
        lambda data: data[:-4] + struct.pack("<f", float("nan")),
        lambda data: data[:-4] + struct.pack("<f", 1e30),
        lambda data: bytes(len(data)),
        lambda data: random.Random(0).randbytes(len(data)),
    ],
)
def test_a_crafted_model_does_not_reach_fasttext(
    change: Callable[[bytes], bytes], file: Path, tmp_path: Path
) -> None:
    assert "not a fastText model" in refused(tmp_path / "x", rebuilt(file, lambda head: head, change))


def test_no_other_length_is_a_model(file: Path) -> None:
    body = file.read_bytes().partition(b"\n")[2]
    blob = body[body.index(struct.pack("<ii", 793712314, 12)) :]
    check_binary(blob, (RELATED, UNRELATED))
    for wrong in (blob + b"\0", *(blob[:length] for length in range(0, len(blob), 7))):
        with pytest.raises(ValueError, match="not a fastText model"):
            check_binary(wrong, (RELATED, UNRELATED))


def test_the_same_bytes_rebuilt_are_a_model(file: Path, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(rebuilt(file, lambda head: head, lambda data: data))
    assert RecallModel.load(tmp_path / "x").threshold == RecallModel.load(file).threshold


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("features", 99, "trained on features 99"),
        ("features", "many", "something wrong of itself: features"),
        ("rounds", [], "something wrong of itself: rounds"),
        ("unknown", 1, "something wrong of itself: unknown"),
        ("parameters", {"dimensions": -1}, "something wrong of itself: parameters"),
    ],
)
def test_a_head_that_is_wrong_is_one_line(
    key: str, value: object, message: str, file: Path, tmp_path: Path
) -> None:
    def head(data: bytes) -> bytes:
        return json.dumps(json.loads(data) | {key: value}).encode()

    assert message in refused(tmp_path / "x", rebuilt(file, head, lambda data: data))


def test_a_length_that_is_wrong_is_one_line(file: Path, tmp_path: Path) -> None:
    assert "not as long as it says" in refused(
        tmp_path / "x", rebuilt(file, lambda head: head, lambda data: data + b"more")
    )
    assert "something wrong" in refused(tmp_path / "x", rebuilt(file, lambda _: b"[" * 99_999, lambda data: data))


# Frames.


def test_frames_are_judged_in_processes(model: RecallModel, file: Path) -> None:
    texts = [*made(MATHS, 300, 31), *made(OTHERS, 300, 32), "", None]
    sources = ["crawl" if number % 5 else "books" for number in range(len(texts))]
    scores = model.score([text or "" for text in texts])
    rows = {"id": list(range(len(texts))), "text": texts, "source": sources}
    frame = daft.from_pydict(rows | {"drop_reason": [None] * len(texts)})
    for threshold in (None, 0.9):
        judged = judged_frame(frame, str(file), threshold, sources=["crawl"], workers=2)
        assert judged.schema()["recall_score"].dtype == daft.DataType.float64()
        found = judged.to_pydict()
        least = model.threshold if threshold is None else threshold
        for source, score, told, reason in zip(
            sources, scores, found["recall_score"], found["drop_reason"], strict=True
        ):
            assert told == (score if source == "crawl" else None)
            assert (reason is None) == (source == "books" or score >= least)
            assert reason is None or reason.startswith("not mathematics: score ")


def test_rules_judge_where_there_is_no_model() -> None:
    texts = [
        "Let $p$ be a prime. Then $p^2 \\equiv 1 \\pmod{24}$ for $p > 3$.",
        "We sell shoes and bags in all sizes.",
    ]
    frame = daft.from_pydict({"id": [1, 2], "text": texts, "source": ["a", "a"], "drop_reason": [None, None]})
    found = judged_frame(frame, None, None, sources=["a"], workers=1).to_pydict()
    assert found["recall_score"] == [None, None]
    assert [reason and reason.partition(":")[0] for reason in found["drop_reason"]] == [None, "not mathematics"]


def test_a_wrong_model_is_told_before_any_work(tmp_path: Path, file: Path) -> None:
    (tmp_path / "x").write_bytes(b"no model")
    with pytest.raises(ValueError, match="not a recall model"):
        recall_params(str(tmp_path / "x"), None)
    assert recall_params(str(file), 0.5)["threshold"] == 0.5
    assert recall_params(None, None) == {"rules": 1}


def test_without_fasttext_the_line_says_what_to_install(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fasttext", None)
    for use in (lambda: RecallModel.load(file), lambda: RecallModel.train(*samples())):
        with pytest.raises(ValueError, match=r"^the recall classifier needs fastText.*'mathcoder\[recall\]'$"):
            use()
