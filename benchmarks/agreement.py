"""How often are answers right that agree? Precision and yield of agreement, where the truth is known.

    python benchmarks/agreement.py

Distillation keeps a problem whose answer nobody knows where several solutions agree (`mathcoder.instruct.distil`).
Here recorded solutions of benchmark questions are the samples: MathCoder-L-7b and L-70b on five sets, and on GSM8K
ToRA-70B and four models that wrote text. These are samples of different models: samples of one model share its
mistakes, so that their agreement says less. `MATHCODER_DATA` names the folder of real inputs.

NOT FOR TRAINING: the questions are test items. Nothing is written to a file.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from mathcoder.grading import Grader, Pair
from mathcoder.instruct.distil import AGREEMENT_RULES, AgreementRule, agreement
from mathcoder.solving.formats import Record, read_records
from mathcoder.solving.text import error_shown
from table import heading, show

TEXT = "qa/gsm8k_model_solutions.jsonl.gz"
CODE = ("traces/lce_traces.jsonl.gz", "qa/tora_gsm8k_traces.jsonl.gz")
MATHCODER = ("MathCoder-L-7b", "MathCoder-L-70b")
LARGE = (*MATHCODER, "ToRA-70B")
WRITERS = ("6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification")


@dataclass
class Question:
    """A question, its truth, and by model the answer that was recorded; `ran`: those whose every block ran."""

    truth: str
    answers: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    ran: set[str] = field(default_factory=set[str])


Questions = dict[str, dict[str, Question]]


def recorded(folder: Path) -> Questions:
    """The questions of each set, by their text."""
    found: Questions = defaultdict(dict)
    for name in CODE:
        for record in read_records(folder / name):
            if not isinstance(record, Record):
                raise SystemExit(f"{record}: a recorded solution cannot be read")
            model, benchmark = record.meta["model"], record.meta["benchmark"]
            question = found[benchmark].setdefault(record.problem, Question(record.reference or ""))
            question.answers[model] = record.solution.answer
            blocks = record.solution.blocks
            shown = [error_shown(block.content) for block in blocks if block.type == "execution"]
            if any(block.type == "code" for block in blocks) and all(error is None for error in shown):
                question.ran.add(model)
    with gzip.open(folder / TEXT, "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            question = found["GSM8K"].get(row["question"]) or Question(said(row["reference"]) or "")
            found["GSM8K"][row["question"]] = question
            question.answers[row["model"]] = said(row["solution"])
    return found


def said(solution: str) -> str | None:
    """The answer that a worked text ends with: `A: 460`."""
    answer = re.search(r"^A:\s*(.+?)\s*$", solution, re.MULTILINE)
    return answer[1] if answer else None


@dataclass(frozen=True)
class Measure:
    """Agreement of some models on the questions that all of them answered.

    Attributes:
        code: whether a solution whose every block of code ran has to be among those that agree, as distillation
            wants it; what is only text has none.
    """

    name: str
    models: tuple[str, ...]
    rule: AgreementRule = "all"
    code: bool = True

    def row(self, of: str, questions: Iterable[Question], grader: Grader) -> list[str]:
        whole = [question for question in questions if set(self.models) <= set(question.answers)]
        agreed = list(self._agreed(whole, grader))
        one = [Pair(question.answers[model], question.truth) for question in whole for model in self.models]
        right, counts = right_of(agreed, grader), (len(whole), len(agreed))
        voters = f"{self._needed()} of {len(self.models)}, {self.name}"
        shares = (share(counts[1], counts[0]), f"{right:,}", share(right, counts[1]))
        return [of, voters, f"{counts[0]:,}", share(right_of(one, grader), len(one)), f"{counts[1]:,}", *shares]

    def _needed(self) -> int:
        return len(self.models) if self.rule == "all" else len(self.models) // 2 + 1

    def _agreed(self, questions: Iterable[Question], grader: Grader) -> Iterator[Pair]:
        for question in questions:
            found = agreement([question.answers[model] for model in self.models], grader, self.rule)
            ran = any(self.models[place] in question.ran for place in found.places)
            if found.agreed and (ran or not self.code):
                yield Pair(found.answer, question.truth)


def right_of(pairs: Sequence[Pair], grader: Grader) -> int:
    return sum(bool(grade.correct) for grade in grader.grade_many(pairs))


def share(count: int, total: int) -> str:
    return f"{count / total:.1%}" if total else ""


def rows(found: Questions, grader: Grader) -> list[list[str]]:
    two = Measure("L-7b and L-70b", MATHCODER)
    sets = {
        name: list(some.values())
        for name, some in found.items()
        if any(set(MATHCODER) <= set(question.answers) for question in some.values())
    }
    table = [two.row(name, some, grader) for name, some in sets.items()]
    table.append(two.row("all of these", [each for some in sets.values() for each in some], grader))
    more = [Measure("those and ToRA-70B", LARGE, rule) for rule in AGREEMENT_RULES]
    for models in combinations(WRITERS, 3):
        (left,) = set(WRITERS) - set(models)
        more += [Measure(f"text without {left}", models, rule, code=False) for rule in AGREEMENT_RULES]
    more += [Measure("all", (*LARGE, *WRITERS), rule) for rule in AGREEMENT_RULES]
    return table + [measure.row("GSM8K", found["GSM8K"].values(), grader) for measure in more]


def main() -> int:
    data = os.environ.get("MATHCODER_DATA")
    if not data:
        print(
            f"set MATHCODER_DATA to the folder of real inputs; {', '.join((*CODE, TEXT))} are read",
            file=sys.stderr,
        )
        return 2
    with Grader() as grader:
        table = rows(recorded(Path(data)), grader)
    print("NOT FOR TRAINING: recorded solutions of test questions, to measure with and for nothing else\n")
    print(heading("agreement of recorded answers; each answer by the strict rule of mathcoder.grading"))
    columns = ["set", "agreement", "questions", "one answer right", "agree", "yield", "right", "precision"]
    show(columns, table)
    return 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
