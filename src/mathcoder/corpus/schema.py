"""The columns of a dataset that `mathcoder corpus build` writes: their names, types, and what is in them."""

from __future__ import annotations

from typing import Any

from mathcoder.publishing.columns import Column, arrow_schema, described_columns

__all__ = ["COLUMNS", "COMPUTATION", "dataset_schema", "schema_json"]

COMPUTATION = (
    Column("conditions", "list<string>", "What the text states that the computation starts from, in LaTeX."),
    Column("expression", "string", "What is computed, in LaTeX."),
    Column("result", "string", "What the text says it comes to, in LaTeX."),
    Column("code", "string", "Python that computes it and prints it."),
    Column("kind", "string", "What sort of computation it is."),
    Column("start", "int64", "Where its step starts in the text of the document, in characters."),
    Column("end", "int64", "Where its step ends."),
    Column("translator", "string", "What wrote the code: symbolic, or the name of a model."),
    Column("prompt_hash", "string", "SHA-256 of the prompt of the model; null if none was asked."),
    Column("verdict", "string", "How the code stands to the result that the text states."),
    Column("output", "string", "What the code printed."),
    Column("reason", "string", "What decided the verdict, a line."),
)
"""The fields of a computation."""

COLUMNS = (
    Column(
        "id", "string", "The id of the row: that of its document, a dot, and its form. Rows are ordered by it."
    ),
    Column("document", "string", "The id of the document, which its other forms share."),
    Column(
        "form",
        "string",
        "document: the text as it is; steps: the conditions, expression, result and code of its computations; "
        "interleaved: the text with each program and its output at its step.",
    ),
    Column("text", "string", "The text to train on."),
    Column("tokens", "int64", "How many tokens the text has."),
    Column("source", "string", "The source that the document came from."),
    Column("url", "string", "Where the document was published; null if that is not known."),
    Column("path", "string", "The file of the source that the document was read from."),
    Column("title", "string", "The title of the document; null if it has none."),
    Column("licence", "string", "The licence of the document, as its source states it; null if it states none."),
    Column("language", "string", "The language of the document; null if it is not known."),
    Column("meta", "string", "What else the source says about the document, as a JSON object."),
    Column("translator", "string", "What wrote the code in the row; several with commas; null if it has none."),
    Column("prompt_hash", "string", "SHA-256 of the prompts that models wrote the code for; null if none."),
    Column("verdict", "string", "The verdicts of the computations in the row; several with commas; null if none."),
    Column(
        "computations",
        "list<struct>",
        "The computations whose code is in the row; none in the form document.",
        COMPUTATION,
    ),
)
"""The columns of the dataset, in order."""


def dataset_schema() -> Any:
    """The pyarrow schema of the rows."""
    return arrow_schema(COLUMNS)


def schema_json() -> str:
    """The columns as JSON; see `described_columns`."""
    return described_columns(COLUMNS)
