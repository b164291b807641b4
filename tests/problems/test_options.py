from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathcoder.problems import Problem, in_question, split_options
from mathcoder.problems.options import as_letters, lettered

# As sets really write them.
OPTIONS = [
    (["A)$61", "B)$65", "C)$67.40"], ("$61", "$65", "$67.40")),
    (["(A) $-2$", "(B) $-\\frac{3}{2}$"], ("$-2$", "$-\\frac{3}{2}$")),
    (["(A)$9 m p$", "(B)$20 m p$"], ("$9 m p$", "$20 m p$")),
    (["a ) 17 hr , b ) 14 hr , c ) 12 hr"], ("17 hr", "14 hr", "12 hr")),
    (["a ) 10 , 5 , b ) none of these"], ("10 , 5", "none of these")),
    (["a ) a ) 4 inches , b ) b ) 6 inches"], ("4 inches", "6 inches")),
    (["['a ) 64 : 13', 'b ) 13 : 64']"], ("64 : 13", "13 : 64")),
    (["A) $(-3,-6)$ B) $\\left(-\\frac{5}{3},0\\right)$ C) $(3,18)$"],
     ("$(-3,-6)$", "$\\left(-\\frac{5}{3},0\\right)$", "$(3,18)$")),
    (["A. $\\left(-\\frac{13}{3}, 0\\right)$ B. $0$"], ("$\\left(-\\frac{13}{3}, 0\\right)$", "$0$")),
    (["A) of data set A is less B) of set $B$ is less"], ("of data set A is less", "of set $B$ is less")),
    (["shortage", "surplus"], ("shortage", "surplus")),
    (["I only", "II only"], ("I only", "II only")),
    (["a. what is first", "not lettered"], ("a. what is first", "not lettered")),
    ([], ()),
    # not safe: no letters, not from A, a letter twice, a choice without text
    (["yes or no"], ()),
    (["B) 1 C) 2"], ()),
    (["A) 1 C) 2"], ()),
    (["A) 1 B) 2 B) 3"], ()),
    (["A) 1 B) "], ()),
]  # fmt: skip


@pytest.mark.parametrize(("options", "wanted"), OPTIONS)
def test_options_lose_their_letters(options: list[str], wanted: tuple[str, ...]):
    assert split_options(options) == wanted


plain = st.text("xyz0123$+=", min_size=1)


@given(st.lists(plain, min_size=2, max_size=10))
def test_what_is_shown_can_be_split_again(options: list[str]):
    shown = lettered(options)
    assert split_options(shown) == split_options([" ".join(shown)]) == split_options(["\n".join(shown)])
    assert split_options(shown) == tuple(options)


@given(st.lists(st.text(), max_size=10))
def test_a_list_keeps_its_length_or_is_empty(options: list[str]):
    assert len(split_options(options)) in (len(options), 0) or len(options) == 1


ANSWERS = [
    ("B", ("3", "4"), "B"),
    ("b", ("3", "4"), "B"),
    ("(b)", ("3", "4"), "B"),
    ("ACD", ("1", "2", "3", "4"), "ACD"),
    ("shortage", ("shortage", "surplus"), "A"),
    ("C. 1-i", ("2", "3", "1-i"), "C"),
    ("2 \\sqrt{3}", ("1", "2\\sqrt{3}"), "B"),
    ("bad", ("good", "bad", "so so", "neither"), "B"),
    ("4", ("4", "4"), "4"),  # which?
    ("C", ("3", "4"), "C"),
    ("DAC", ("1", "2", "3", "4"), "DAC"),
    ("e", (), "E"),
    ("seven", (), "seven"),
]


@pytest.mark.parametrize(("answer", "options", "wanted"), ANSWERS)
def test_an_answer_becomes_letters(answer: str, options: tuple[str, ...], wanted: str):
    assert as_letters(answer, options) == wanted


QUESTIONS = [
    # question, answer, and what becomes of them: question, options, answer
    ("Which is first? \nAnswer Choices: (A) web (B) tree", "B", "Which is first?", ("web", "tree"), "B"),
    ("求值 ( )\n\nA. $3$\nB. $4$\nC. $6$", "BC", "求值 ( )", ("$3$", "$4$", "$6$"), "BC"),
    ("离心率为（） A. 4 B. 3 C. 2", "2", "离心率为（）", ("4", "3", "2"), "C"),
    ("The angles A, B. Then A. 4 B. 3", "A", "The angles A, B. Then", ("4", "3"), "A"),
    # the answer is none of them, other letters, no letters
    ("Then A. 4 B. 3", "5", "Then A. 4 B. 3", (), "5"),
    ("Which? (F) 1 (G) 2", "F", "Which? (F) 1 (G) 2", (), "F"),
    ("How many?", "5", "How many?", (), "5"),
    ("A. 4 B. 3", "A", "A. 4 B. 3", (), "A"),
]


@pytest.mark.parametrize(("question", "answer", "asked", "options", "letter"), QUESTIONS)
def test_choices_in_a_question(question: str, answer: str, asked: str, options: tuple[str, ...], letter: str):
    assert in_question(Problem("1", question, answer)) == Problem("1", asked, letter, options=options)
