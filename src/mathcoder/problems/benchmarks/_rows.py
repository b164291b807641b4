"""How the hub writes the rows of two collections that several sets are taken from."""

from __future__ import annotations

import re

from mathcoder.problems.benchmark import Fields, Row
from mathcoder.problems.options import LETTERS


def agieval(row: Row) -> Fields:
    """`{query, choices, gold: [0]}`; the query is the question, the choices once more, and a cue."""
    query = re.sub(r"^(?:Q: |问题：)", "", row["query"])
    question = re.split(r"\s*(?:Answer Choices:|选项：)", query)[0]
    answer = "".join(LETTERS[i] for i in row["gold"])
    return {"question": question, "answer": answer, "options": list(row["choices"])}


def mmlu(row: Row) -> Fields:
    """`{question, subject, choices, answer: 0}`."""
    fields = {"question": row["question"], "options": list(row["choices"]), "subject": row["subject"]}
    return fields | {"answer": LETTERS[row["answer"]]}
