"""`is_equivalent`: is this answer right? The rules by name, and the workers that take what is not plain.

Most pairs are decided here in microseconds (`read`, `compare`), with bounded work and without evaluating text
as code. What is left goes to Math-Verify in confined processes that are killed when they take too long.
"""

from __future__ import annotations

import atexit
import os
import re
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias, get_args

from mathcoder.grading import mathcoder_rule
from mathcoder.grading.clean import clean
from mathcoder.grading.compare import same
from mathcoder.grading.expression import Undecided
from mathcoder.grading.read import read
from mathcoder.grading.shapes import Shape, Words
from mathcoder.sandbox import Limits, Sandbox, Session

__all__ = ["RULES", "Grade", "Grader", "Pair", "Rule", "is_equivalent"]

Rule: TypeAlias = Literal["strict", "mathcoder"]
"""`strict`: the rule of `mathcoder.grading.compare`. `mathcoder`: the loose one of MathCoder's public code."""
RULES: tuple[Rule, ...] = get_args(Rule)

_LONGEST = 10_000  # characters of an answer that is looked into
_MATHEMATICS = re.compile(r"\\[A-Za-z]|[\d^_+*/=<>|]")
_NOT_FOR_MATH_VERIFY = re.compile(r"__|[`\"'@;]|\b(?:import|lambda|exec|eval|open|os|sys)\b|\\(?:input|write|def)")


@dataclass(frozen=True, slots=True)
class Grade:
    """Whether an answer is right.

    Attributes:
        correct: None where it could not be found out; that is not the same as wrong.
        rule: what decided: "same text", "number", "decimal", "expression", "percent", "unit", "set", "list",
            "interval", "equation", "matrix", "base", "ratio", "choice", "text", "kind" (things of different
            kinds), "name", "math-verify", "mathcoder"; or why nothing did: "no answer", "no reference", "too
            long", "time limit", "unreadable".
    """

    correct: bool | None
    rule: str


@dataclass(frozen=True, slots=True)
class Pair:
    """An answer and the reference to hold it against. `options`: the texts of a multiple choice, A first."""

    answer: str | None
    reference: str | None
    options: tuple[str, ...] = ()


def _plain(pair: Pair) -> Grade | None:
    """A grade without Math-Verify; None where that has to be asked."""
    if pair.reference is None or not pair.reference.strip():
        return Grade(None, "no reference")
    if pair.answer is None or not pair.answer.strip():
        return Grade(False, "no answer")
    if pair.answer.strip() == pair.reference.strip():
        return Grade(True, "same text")
    if len(pair.reference) > _LONGEST:
        return Grade(None, "too long")
    if len(pair.answer) > _LONGEST:
        return Grade(False, "too long")
    return _read_and_compare(pair)


@lru_cache(16384)
def _read_and_compare(pair: Pair) -> Grade | None:
    answer, reference = clean(pair.answer or ""), clean(pair.reference or "")
    if answer == reference and answer:
        return Grade(True, "same text")
    letters = _letters(pair.reference or "")
    if letters and (pair.options or (_is_choice(pair.reference or "") and _letters(pair.answer or ""))):
        return _grade_choice(pair, letters)
    grade = _compared(answer, reference)
    if grade is None or not grade.correct:
        for value in _said_at_the_end(pair.reference or ""):
            found = _compared(answer, clean(value))
            if found is not None and found.correct:
                return Grade(True, "sentence")
    return grade


def _said_at_the_end(reference: str) -> list[str]:
    """What a reference that is prose comes to: its last sentence, and the value of its last formula."""
    if len(re.findall(r"[A-Za-z]{2,}", re.sub(r"\$[^$]*\$|\\[A-Za-z]+", " ", reference))) < 3:
        return []
    last = re.search(r"\$([^$]+)\$[.\s]*$", reference)
    if last is None:
        return []
    return [re.split(r"(?<=[.?!])\s+", reference)[-1], last[1].rpartition("=")[2]]


def _compared(answer: str, reference: str) -> Grade | None:
    if (choice := _CHOICE_WITH_TEXT.fullmatch(reference)) and not _CHOICE_WITH_TEXT.fullmatch(answer):
        if letters := _letters(answer):
            return Grade(letters == choice[1], "choice")
        reference = choice[2]
    left, right = read(answer), read(reference)
    if isinstance(right, Words) and not _MATHEMATICS.search(right.text):
        return Grade(isinstance(left, Words) and left.words == right.words, "text")
    if isinstance(left, Words) and not _MATHEMATICS.search(left.text):
        return Grade(False, "kind")
    try:
        correct, rule = same(left, right)
        if not correct and _ambiguous(answer, reference):
            pairs = ((read(answer, False), right), (left, read(reference, False)))
            correct = any(same(*pair)[0] for pair in pairs)
    except Undecided:
        return None
    if correct or not (isinstance(left, Words) or isinstance(right, Words)):
        return Grade(correct, rule)
    return None if _sensible(left) and _sensible(right) else Grade(False, rule)


def _ambiguous(answer: str, reference: str) -> bool:
    """Whether a comma may part thousands or items."""
    return any(re.search(r"\d,\d{3}(?!\d)", text) for text in (answer, reference))


def _sensible(shape: object) -> bool:
    """Whether Math-Verify may make something of it: a formula, not prose."""
    if not isinstance(shape, Words):
        return True
    prose = re.sub(r"\\[A-Za-z]+(?:\{[A-Za-z ]*\})?", " ", shape.text)
    return (
        len(shape.text) <= 500 and not re.search(r"[A-Za-z]{3,}", prose) and bool(_MATHEMATICS.search(shape.text))
    )


# Multiple choice.

_CHOICE_WITH_TEXT = re.compile(r"\(?([A-J])[.)]\s+(\S.*)", re.DOTALL)
_LETTER = re.compile(r"[\[(]?\s*(?:\\text\s*\{)?\s*[\[(]?\s*([A-J])\s*[\])]?\s*\}?\s*(?:[\]).:]|$)", re.IGNORECASE)
_LETTERS = re.compile(r"[A-J](?:\s*(?:,|and|&)?\s*[A-J])*", re.IGNORECASE)


def _is_choice(reference: str) -> bool:
    """Whether a reference without options is a choice, not a variable: B, (b), ACD."""
    return re.search(r"[A-J]", reference) is not None or re.fullmatch(r"\s*\([a-j]\)\s*", reference) is not None


def _letters(text: str) -> str:
    """The letters of a choice, in order: "B", "(b)", "A, C and D"; "" if the text is no choice."""
    text = re.sub(r"\\(?:text|mathrm|textbf|mathbf|rm)(?![A-Za-z])|[{}$()\[\].:*]", " ", text).strip()
    text = re.sub(r"^(?:the\s+)?(?:option|choice|answer)s?\s+", "", text, flags=re.IGNORECASE)
    if not _LETTERS.fullmatch(text):
        return ""
    found = re.sub(r"and|[^A-Ja-j]", "", text, flags=re.IGNORECASE)
    if found != found.upper() and len(found) > 1:
        return ""
    return "".join(sorted(set(found.upper())))


def _grade_choice(pair: Pair, letters: str) -> Grade | None:
    answer = pair.answer or ""
    if (given := _letters(answer)) and (not pair.options or _within(given, pair.options)):
        return Grade(given == letters, "choice")
    if not pair.options or len(letters) != 1 or not _within(letters, pair.options):
        return _compared(clean(answer), clean(pair.reference or ""))
    text = clean(answer)
    if (match := _LETTER.match(text)) and match.end() != len(text):
        # "B. 26" or "(B) 26": the letter counts if its text stands behind it
        rest, place = text[match.end() :].strip(), ord(match[1].upper()) - ord("A")
        if place < len(pair.options) and _is_option(rest, pair.options[place]):
            return Grade(match[1].upper() == letters, "choice")
    right = _is_option(text, pair.options[ord(letters) - ord("A")])
    return Grade(right, "choice")


def _within(letters: str, options: Sequence[str]) -> bool:
    return all(ord(letter) - ord("A") < len(options) for letter in letters)


def _is_option(text: str, option: str) -> bool:
    grade = _compared(text, clean(option))
    return bool(grade and grade.correct) or clean(option) == text


# Math-Verify, in processes that can be killed.


class Grader:
    """Grades answers, many at once where there are many. A context manager; calls may come from any thread.

    Args:
        rule: by which an answer is right.
        workers: processes for what is not plain; default: the cores of this process. They are started when
            the first such pair comes. Grades do not depend on their number.
        seconds: processor time for one pair that is not plain; grades do not depend on other work on the machine.
        memory: bytes that a worker may use.
    """

    def __init__(
        self, rule: Rule = "strict", *, workers: int | None = None, seconds: float = 1.0, memory: int = 512 << 20
    ):
        if rule not in RULES:
            raise ValueError(f"rule must be one of {', '.join(RULES)}, not {rule!r}")
        self.rule: Rule = rule
        self._workers = workers
        self._limits = Limits(timeout=seconds, memory=memory, output=1_000, images=0, clock="processor")
        self._lock = threading.Lock()
        self._sandbox: Sandbox | None = None
        self._free: deque[Session] = deque()

    def grade(self, answer: str | None, reference: str | None, options: Sequence[str] = ()) -> Grade:
        """Whether one answer is right; see `is_equivalent`."""
        return self._grade(Pair(answer, reference, tuple(options)))

    def grade_many(self, pairs: Iterable[Pair]) -> Iterator[Grade]:
        """Grades in the order of `pairs`, as they are ready; what is not plain is spread over all cores."""
        pending: deque[Future[Grade] | Grade] = deque()
        with ThreadPoolExecutor(self._count()) as pool:
            try:
                for pair in pairs:
                    grade = self._plain(pair)
                    pending.append(pool.submit(self._ask, pair) if grade is None else grade)
                    while pending and (len(pending) > 1024 or _ready(pending[0])):
                        yield _result(pending.popleft())
                while pending:
                    yield _result(pending.popleft())
            finally:
                for left in pending:
                    if isinstance(left, Future):
                        left.cancel()

    def close(self) -> None:
        """End the workers. Calling it twice is fine."""
        with self._lock:
            while self._free:
                self._free.pop().close()
            if self._sandbox is not None:
                self._sandbox.close()
                self._sandbox = None

    def __enter__(self) -> Grader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _count(self) -> int:
        return self._workers or len(os.sched_getaffinity(0))

    def _plain(self, pair: Pair) -> Grade | None:
        if self.rule == "mathcoder":
            if not pair.reference:
                return Grade(None, "no reference")
            return Grade(mathcoder_rule.is_correct(pair.answer or "", pair.reference), "mathcoder")
        return _plain(pair)

    def _grade(self, pair: Pair) -> Grade:
        grade = self._plain(pair)
        return self._ask(pair) if grade is None else grade

    def _ask(self, pair: Pair) -> Grade:
        """Math-Verify's word on a pair."""
        texts = [clean(text or "") for text in (pair.answer, pair.reference)]
        if any(_NOT_FOR_MATH_VERIFY.search(text) for text in texts):
            return _unread(*map(read, texts))
        session = self._take()
        execution = session.run(f"check({texts[0]!r}, {texts[1]!r})")
        if execution.status in ("ok", "error"):
            self._free.append(session)
        else:
            session.close()
        match execution.status, execution.output.strip():
            case "ok", "True":
                # It drops what it cannot read of a list, and then finds the rest equal.
                return Grade(_commas(texts[0]) == _commas(texts[1]), "math-verify")
            case "ok", "False":
                return Grade(False, "math-verify")
            case "ok", _:
                return _unread(*map(read, texts))
            case (("error" | "denied"), _):
                return Grade(None, "unreadable")
            case _:
                return Grade(None, "time limit")

    def _take(self) -> Session:
        with self._lock:
            if self._free:
                return self._free.pop()
            if self._sandbox is None:
                self._sandbox = Sandbox(self._limits, preload=["mathcoder.grading.worker"])
            session = self._sandbox.session()
        session.run("from mathcoder.grading.worker import check")
        return session


_PROSE = re.compile(r"(?<!\\)\b[A-Za-z]{4,}|[^\W\d_a-zA-Z]{2,}|\\(?:forall|exists|text|mbox)\b")
_DIGITS = re.compile(r"\d+")


def _unread(answer: Shape, reference: Shape) -> Grade:
    """A pair of which Math-Verify cannot read one either. Sentences are compared by their words."""
    if not isinstance(reference, Words):
        return Grade(False, "kind")
    if _PROSE.search(reference.text):
        return Grade(isinstance(answer, Words) and answer.words == reference.words, "text")
    if isinstance(answer, Words) and answer.text != reference.text:
        left, right = (_DIGITS.sub("0", words.text) for words in (answer, reference))
        if left == right:  # the same but for its numbers
            return Grade(False, "text")
    return Grade(None, "unreadable")


def _commas(text: str) -> int:
    """How many commas and semicolons part items, not the digits of a number."""
    return len(re.findall(r"[,;](?!\d{3}(?!\d))", text))


def _ready(pending: Future[Grade] | Grade) -> bool:
    return isinstance(pending, Grade) or pending.done()


def _result(pending: Future[Grade] | Grade) -> Grade:
    return pending if isinstance(pending, Grade) else pending.result()


_shared: dict[Rule, Grader] = {}
_shared_lock = threading.Lock()


def is_equivalent(
    answer: str | None, reference: str | None, *, options: Sequence[str] = (), rule: Rule = "strict"
) -> Grade:
    """Whether an answer means the same as a reference.

    Args:
        answer: as it was extracted, LaTeX or plain text; None is wrong.
        reference: the right answer. For a multiple choice its letter, with `options`.
        options: the texts of a multiple choice, A first, without their letters.
        rule: "strict" (see `mathcoder.grading.compare`) or "mathcoder", the loose rule of its public code.

    Examples:
        >>> is_equivalent("0.5", r"\\frac{1}{2}")
        Grade(correct=True, rule='expression')
        >>> is_equivalent("0.333", r"\\frac{1}{3}").correct
        False
    """
    with _shared_lock:
        if rule not in _shared:
            _shared[rule] = Grader(rule)
            atexit.register(_shared[rule].close)
        grader = _shared[rule]
    return grader.grade(answer, reference, options)
