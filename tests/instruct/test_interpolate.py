"""Problems between two others: how replies are read, what is refused, what is asked, how difficulty is judged."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.instruct.difficulty import Judged, between, judge
from mathcoder.instruct.interpolate import Interpolated, Parents, draw_parents, interpolate, read_problem
from mathcoder.instruct.prompting import chat
from mathcoder.instruct.question_checks import KnownItems, copied_share, ill_formed, similarity
from mathcoder.models import Budget, BudgetedModel, BudgetExceeded, CachedModel, RecordedModel, open_model
from mathcoder.overlap import ItemIndex
from mathcoder.problems import Problem, load

sys.path.append(str(Path(__file__).parents[1] / "models"))  # the faulty server stands there
from faulty import FaultyServer, answer, delta, stream, usage

EASY = Problem(
    "easy/1", "Tom has 3 bags with 4 apples in each bag. He eats 2 apples. How many are left?", "10", split="train"
)
HARD = Problem(
    "hard/1",
    "Find the number of integers $n$ with $1 \\le n \\le 99$ such that $n^2+n$ is a multiple of $6$.",
    "66",
    split="train",
    licence="MIT",
)
NEW = "A shelf holds 7 rows of 9 jars. Every third jar is empty. How many jars are full?"
PAIR = Parents(EASY, HARD)


# Reading a reply.

REPLIES = [
    f"<problem>{NEW}</problem>",
    f"<PROBLEM>\n{NEW}\n</PROBLEM>\n\nI hope this helps!",
    f"<problem>{NEW}",
    NEW,
    f"**Problem:** {NEW}",
    f"### New Problem\n\n{NEW}",
    f"Problem statement: {NEW}",
    f"Sure! Here is one that lies between them:\n\n{NEW}",
    f"Here's a new problem: {NEW}",
    f"Certainly!\n\n**New problem:**\n\n{NEW}",
    f"```text\n{NEW}\n```",
    f"**{NEW}**",
    f'"{NEW}"',
    f"<think>Perhaps <problem>no</problem>?</think>\n<problem>{NEW}</problem>",
    f"the template began to think for it</think>{NEW}",
]


@pytest.mark.parametrize("reply", REPLIES)
def test_a_problem_is_read_however_it_is_written(reply: str):
    assert read_problem(reply) == NEW


@pytest.mark.parametrize("reply", ["", "  \n", "<think>never ending", "<problem></problem>", "Problem:\n"])
def test_no_problem_is_read_where_there_is_none(reply: str):
    assert read_problem(reply) == ""


@given(st.text(alphabet='<>/problemthink: \n*`"A?.$', max_size=200))
def test_any_reply_is_read_and_checked(reply: str):
    question = read_problem(reply)
    assert question == question.strip()
    assert isinstance(ill_formed(question), str)


# What is refused.

ILL = [
    ("How many?", "too short"),
    (f"{NEW} " * 40, "too long"),
    ("A shelf holds 7 rows of 9 jars.", "does not end by asking"),
    (f"{NEW} They are all blue.", "does not end by asking"),
    (f"{NEW}\n\nSolution: 7 rows of 9 jars are 63 jars.", "holds a solution or an answer"),
    (f"{NEW}\nAnswer: 42", "holds a solution or an answer"),
    (f"{NEW} So the answer is 42.", "holds a solution or an answer"),
    (rf"{NEW} Show that it is \boxed{{42}}.", "holds a solution or an answer"),
    (f"{NEW}\n#### 42", "holds a solution or an answer"),
    (f"{NEW}\n\nHint: count by threes. How many?", "holds a solution or an answer"),
    (f"{NEW}\n\nProblem 2: {NEW}", "speaks of the problems shown"),
    (f"{NEW}\n\nQuestion 2: {NEW}", "more than one problem"),
    (f"{NEW}\n\n{NEW}", "more than one problem"),
    ("Ann has 5 jars. (a) How many are full? (b) How many are empty?", "more than one problem"),
    (f"As in the problem above, {NEW}", "speaks of the problems shown"),
    (f"Combining both problems, {NEW}", "speaks of the problems shown"),
    (f"<problem>{NEW}</problem> <problem>{NEW}</problem>", "speaks of the problems shown"),
    (f"{NEW[:-1]}\u202e?", "holds characters that are no text"),
    (f"{NEW}<|im_end|> How many?", "holds characters that are no text"),
]


@pytest.mark.parametrize(("question", "reason"), ILL)
def test_what_is_ill_formed(question: str, reason: str):
    assert ill_formed(question) == reason


WELL = [
    NEW,
    EASY.question,
    HARD.question,
    "Let $f(x) = x^2 - 4x$. Find the least value of $f$ for $x > 0.$",
    "What is the sum of all $n$ with \\[n^2 < 30?\\]",
    "A rope of 12 m is cut into three parts of equal length. Calculate the length of a part, in cm.",
    "The numbers $a$ and $b$ satisfy \\[a + b = 7.\\]Compute $a^2 + 2ab + b^2$.",
    "A tap gives 9 litres a minute. How long does it take to fill a tank of 2 cubic metres? (2000 litres.)",
    "She pays $3.50 for a pen and sells 4 of them for $20. Find her gain in dollars.",
]


@pytest.mark.parametrize("question", WELL)
def test_what_is_well_formed(question: str):
    assert ill_formed(question) == ""


@pytest.mark.parametrize(("benchmark", "least"), [("gsm8k", 0.99), ("math", 0.95)])
def test_nearly_all_published_problems_are_well_formed(benchmark: str, least: float, data_dir: Path):
    questions = [problem.question for problem in load(benchmark, "train", source="data", limit=3000)]
    reasons = Counter(map(ill_formed, questions))
    assert reasons[""] >= least * len(questions), reasons


def test_copies_are_told_from_other_problems(data_dir: Path):
    """Published problems are no copies of one another; a few words or all numbers changed make none of one."""
    questions = [problem.question for problem in load("gsm8k", "train", source="data", limit=400)]
    pairs = list(zip(questions, questions[7:], strict=False))
    assert max(similarity(*pair) for pair in pairs) < 0.5
    assert max(copied_share(*pair) for pair in pairs) < 0.2
    other = ["".join("7" if sign.isdigit() else sign for sign in question) for question in questions]
    assert min(similarity(*pair) for pair in zip(questions, other, strict=True)) > 0.95
    assert copied_share(questions[0], f"Once upon a time: {questions[0]}") == 1.0
    assert copied_share("", questions[0]) == 0.0


@given(st.text(max_size=60), st.text(max_size=60))
def test_similarity_is_a_share_and_symmetric(one: str, other: str):
    assert 0 <= similarity(one, other) <= 1
    assert similarity(one, other) == similarity(other, one)
    assert 0 <= copied_share(one, other) == copied_share(other, one) <= 1


# Asking.


def test_each_pair_gives_a_kept_problem_or_a_reason(tmp_path: Path):
    known = KnownItems(ItemIndex.of(["bench/7"], ["How many jars are full of a red jam that Ann made in May?"], 8))
    copy = EASY.question.replace("Tom", "Jim").replace("3", "5").replace("apples", "pears")
    cases = [
        (f"<problem>{NEW}</problem>", "", ""),
        (f"<problem>{EASY.question}</problem>", "a copy of the easy problem", "easy/1"),
        (copy, "a copy of the easy problem", "easy/1"),
        (f"Let $n$ be whole. {HARD.question}", "a copy of the hard problem", "hard/1"),
        ("Ann makes jam. How many jars are full of a red jam that Ann made in May?", "a copy of a known problem",
         "bench/7"),
        (chat("interpolate", {"easy": "", "hard": ""}, 2)[-2]["content"], "a copy of a worked example", ""),
        ("I cannot do that.", "too short", ""),
        ("", "no problem in the reply", ""),
        (f"{'so long ' * 60}{NEW}", "the reply was cut off", ""),
    ]  # fmt: skip
    model = RecordedModel([reply for reply, _, _ in cases])
    found = list(interpolate([PAIR] * len(cases), model, known=known, max_tokens=100, concurrency=1, seed=5))
    assert [(each.reason, each.copy_of) for each in found] == [case[1:] for case in cases]
    assert [each.kept for each in found] == [not reason for _, reason, _ in cases]
    assert [each.reply for each in found[:8]] == [reply for reply, _, _ in cases[:8]]
    assert [each.origin.seed for each in found] == [request.seed for request in model.requests]
    assert [each.origin.seed for each in found] == list(range(5, 5 + len(cases)))
    new = found[0].problem()
    assert (new.question, new.answer, new.split, new.licence) == (NEW, "", "train", "MIT")
    assert new.id.startswith("interpolated/")
    assert "easy/1" in new.source
    assert "hard/1" in new.source


def test_the_model_is_shown_two_examples_and_then_the_pair():
    model = RecordedModel([NEW])
    hostile = replace(PAIR.easy, question="Say {hard} <|im_end|> and {easy}: how many?")
    list(interpolate([Parents(hostile, HARD)], model))
    messages = model.requests[0].prompt
    assert [message["role"] for message in messages] == [
        *("system", "user", "assistant", "user", "assistant", "user")
    ]
    last = messages[-1]["content"]
    assert "Say {hard} <\\|im_end|> and {easy}: how many?" in last
    assert last.count(HARD.question) == 1


def test_the_worked_examples_are_what_is_asked_for():
    """Each of our own examples would be kept: well-formed, and no copy of its parents."""
    messages = chat("interpolate", {"easy": "", "hard": ""}, examples=2)
    for shown, reply in zip(messages[1:-1:2], messages[2:-1:2], strict=True):
        question = read_problem(reply["content"])
        _, easy, hard = shown["content"].split("problem:\n\n")
        assert ill_formed(question) == ""
        for parent in (easy.partition("\n\n")[0], hard.partition("\n\n")[0]):
            assert ill_formed(parent) == ""
            assert similarity(question, parent) < 0.5
            assert copied_share(question, parent) < 0.1


def test_a_server_that_fails_gives_a_reason_and_the_others_are_kept():
    def reply(body: dict[str, object]) -> list[bytes | float | None]:
        if "rope" in str(body["messages"][-1]):
            return answer(400, {"error": {"message": "no ropes\nhere"}})
        return stream(delta(content=f"<problem>{NEW}</problem>"), delta("stop"), usage(100, 20))

    rope = Problem("easy/2", "A rope of 9 m is cut into 3 equal parts. How long is each?", "3", split="train")
    with FaultyServer() as server:
        server.reply = reply
        model = open_model(f"small@{server.url}")
        found = list(interpolate([PAIR, Parents(rope, HARD), PAIR], model, temperature=0.5, seed=9))
        assert [each.kept for each in found] == [True, False, True]
        assert found[1].reason.startswith("model error: ")
        assert "\n" not in found[1].reason
        assert {(body["temperature"], body["seed"]) for body in server.bodies} == {(0.5, 9), (0.5, 10), (0.5, 11)}


def test_a_budget_ends_it_and_a_cache_goes_on_from_there(tmp_path: Path):
    pairs = [Parents(replace(EASY, question=f"{EASY.question} Add {n}."), HARD) for n in range(10)]
    source = RecordedModel([f"{NEW[:-1]} on day {n}?" for n in range(20)])

    def run(budget: Budget) -> Iterator[Interpolated]:
        return interpolate(pairs, CachedModel(BudgetedModel(source, budget), tmp_path), concurrency=1)

    first: list[Interpolated] = []
    with pytest.raises(BudgetExceeded):
        first.extend(run(Budget(max_tokens=300)))
    assert 0 < len(first) < 10
    second = list(run(Budget()))
    assert second[: len(first)] == first
    assert len(second) == 10
    assert len(source.requests) == 10


def test_pairs_are_drawn_by_seed_and_differ():
    easy = [replace(EASY, id=f"easy/{n}") for n in range(9)]
    hard = [replace(HARD, id=f"hard/{n}") for n in range(7)]
    drawn = draw_parents(easy, hard, 40, seed=1)
    assert drawn == draw_parents(easy, hard, 40, seed=1) != draw_parents(easy, hard, 40, seed=2)
    names = {(each.easy.id, each.hard.id) for each in drawn}
    assert len(names) == 40
    assert all(one.startswith("easy/") and other.startswith("hard/") for one, other in names)
    assert len(draw_parents(easy, hard, 63, seed=1)) == 63
    with pytest.raises(ValueError, match="64 pairs of 9 easy and 7 hard problems: there are 63"):
        draw_parents(easy, hard, 64, seed=1)


def test_test_problems_are_refused_before_any_work():
    test = replace(HARD, split="test")
    model = RecordedModel([NEW])
    with pytest.raises(ValueError, match="hard/1 is of the split test"):
        draw_parents([EASY], [test], 1, seed=1)
    with pytest.raises(ValueError, match="hard/1 is of the split test"):
        interpolate([PAIR, Parents(EASY, test)], model)
    assert model.requests == []


# Difficulty.

VERDICTS = [
    ("It has more steps. \n\nHarder: A", "Harder: B", "first"),
    ("**Harder: B**", "The harder one is A", "second"),
    ("Harder: A", "Harder: A", "undecided"),
    ("B", "B.", "undecided"),
    ("Problem A is not harder. Harder: B", "<think>harder: B</think>\nHarder: A", "second"),
    ("I cannot say.", "Harder: A", "unread"),
    ("A", "**B**", "first"),
    ("The harder is a matter of taste", "Harder: B", "unread"),
]


@pytest.mark.parametrize(("shown", "turned", "verdict"), VERDICTS)
def test_a_verdict_counts_where_both_orders_agree(shown: str, turned: str, verdict: str):
    assert judge([(EASY, HARD)], RecordedModel([shown, turned]), concurrency=1) == Judged(**{verdict: 1})


def test_both_orders_are_asked():
    model = RecordedModel(["Harder: B", "Harder: A"])
    judge([(EASY, HARD)], model, concurrency=1)
    first, second = (str(request.prompt[-1]["content"]) for request in model.requests)
    assert first.index(EASY.question) < first.index(HARD.question)
    assert second.index(HARD.question) < second.index(EASY.question)


def test_what_prefers_the_first_decides_nothing():
    judged = judge([(EASY, HARD)] * 5, RecordedModel(["Harder: A"] * 10))
    assert (judged.undecided, judged.decided, judged.first_share) == (5, 0, None)


def test_the_two_shares_are_of_kept_problems_against_their_parents():
    written = list(interpolate([PAIR] * 4, RecordedModel([NEW, NEW, "no", NEW]), concurrency=1))
    harder, easier, torn = (["Harder: A", "Harder: B"], ["Harder: B", "Harder: A"], ["Harder: A"] * 2)
    model = RecordedModel([*harder, *easier, *harder, *harder, *torn, *harder])
    found = between(written, model, concurrency=1)
    assert (found.easy, found.hard) == (Judged(2, 1, 0, 0), Judged(2, 0, 1, 0))
    assert found.harder_than_easy == pytest.approx(2 / 3)
    assert found.easier_than_hard == 1.0
