"""The card of instruction data: what it is, how it was made, under which licence, how to train on it; a README.md.

What comes from sources, models and stages (names, licences, reasons) is escaped: it shows as text, whatever it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

from mathcoder.instruct.asked import NEW
from mathcoder.instruct.layouts import COLUMNS
from mathcoder.instruct.recipe import InstructRecipe
from mathcoder.instruct.report_contamination import looked_for
from mathcoder.instruct.report_counts import Counts, count_rows, dataset_files
from mathcoder.instruct.splits import Split
from mathcoder.publishing.card_parts import (
    column_table,
    escaped,
    front_matter,
    licence_text,
    markdown_table,
    stages_table,
    write_card_files,
)
from mathcoder.publishing.licences import licence_of_whole
from mathcoder.publishing.look import FinishedStage, StagedRun

__all__ = ["write_card"]

_STAGES = {
    "interpolate": "A model writes new problems between an easy and a hard one; others are dropped.",
    "solve": "Solutions are made: by programs from worked ones, also with other numbers, or by models.",
    "check": "The code is run again: it has to print what the solution says, and to compute the reference answer.",
    "decontaminate": "Questions that contain items of benchmarks are dropped.",
    "duplicates": "Of problems with other numbers that ask the same, one stays.",
    "write": "Rows are written in both layouts, and their problems split into train and validation.",
}
_METHODS = {
    "seed": "solutions of a model, kept where the answer is right and all code ran",
    "derive": "worked solutions that a program turned into code, without a model",
    "vary": "the same with other numbers in question and solution, without a model",
    "distil": "solutions of new problems by a model, kept where its answers agree",
}
_TAGS = ["instruction-tuning", "tool-use"]


def write_card(dataset: Path, run: StagedRun, recipe: InstructRecipe) -> Path:
    """Write README.md into the folder of a data set, and LICENSE.md where the Hub has no name for the licence.

    Args:
        dataset: the folder, with its rows in `data`.
        run: whose stages are finished.
        recipe: of the run.

    Returns:
        the path of the card.

    Raises:
        LicenceConflict: no licence can be given to the whole.
        ValueError: the stages are not finished, or a file cannot be read.
    """
    checked = run.stage("decontaminate")
    if run.stage("write") is None or checked is None:
        raise ValueError(f"{run.folder}: the stage write is not finished; build the data to its end")
    counts = count_rows(dataset_files(dataset))
    whole = licence_of_whole({**counts.tokens_by_licence})
    front = front_matter(recipe.name, whole, counts.rows.total(), (), _TAGS, get_args(Split))
    version = str(run.asked.get("versions", {}).get("mathcoder", ""))
    sections = {
        "How it was made": stages_table(run.stages, _STAGES, version),
        "Sources": _sources(counts, recipe),
        "Licence": licence_text(whole),
        "Columns": column_table(COLUMNS),
        "Load it": _LOAD,
        "Train on it": _TRAIN,
        "Benchmarks": _contamination(recipe, checked),
        "Limits": _limits(counts, recipe),
        "Citation": _CITATION,
    }
    return write_card_files(
        dataset, front, whole, (escaped(recipe.about, 2_000), _summary(counts, recipe)), sections
    )


def _summary(counts: Counts, recipe: InstructRecipe) -> str:
    splits = ", ".join(f"{counts.splits[split]:,} {split}" for split in get_args(Split))
    lines = [
        f"Problems of mathematics with solutions in blocks of text, of Python, and of what it printed: "
        f"{counts.rows.total():,} rows ({splits}), {len(counts.rows_of_problem):,} problems, "
        f"{counts.tokens.total():,} tokens of solutions as counted by the tokenizer "
        f"{escaped(recipe.check.tokenizer)}. About {recipe.write.validation:.1%} of the problems are held out for "
        "validation; a problem and those made from it are in one split."
    ]
    if counts.models:
        writers = ", ".join(f"{number:,} by {escaped(name)}" for name, number in counts.models.most_common())
        lines.append(f"Rows that a model wrote: {writers}.")
    return "\n".join(lines)


def _sources(counts: Counts, recipe: InstructRecipe) -> str:
    problems = Counter((source, method) for source, method, _ in counts.problems)
    licences: dict[tuple[str, str], Counter[str]] = {}
    for (source, method, licence), tokens in counts.licences.items():
        licences.setdefault((source, method), Counter())[licence] += tokens
    made = (
        (
            escaped(source),
            _origin(source, recipe),
            escaped(method),
            f"{problems[source, method]:,}",
            f"{number:,}",
            f"{counts.tokens[source, method]:,}",
            _shares(licences[source, method]),
        )
        for (source, method), number in sorted(counts.rows.items(), key=lambda item: (-item[1], item[0]))
    )
    head = ("source", "from", "method", "problems", "rows", "tokens", "licence (share of tokens)")
    used = {method for _, method in counts.rows}
    says = "\n".join(f"- {name}: {what}" for name, what in _METHODS.items() if name in used)
    return f"{markdown_table(head, made)}\n\n{says}".strip()


def _shares(licences: Counter[str]) -> str:
    return ", ".join(
        f"{escaped(licence) or 'not stated'} ({tokens / max(1, licences.total()):.1%})"
        for licence, tokens in licences.most_common()
    )


def _origin(source: str, recipe: InstructRecipe) -> str:
    """Where the problems of a source are from; of a file, its name and no folder."""
    part, new = recipe.problems.get(source), recipe.interpolate
    if part is not None:
        return f"{escaped(part.benchmark)}, train split" if part.benchmark else escaped(Path(part.file or "").name)
    if source == NEW and new is not None:
        return f"new problems between {escaped(new.easy)} and {escaped(new.hard)}"
    return ""


def _contamination(recipe: InstructRecipe, stage: FinishedStage) -> str:
    part, sought = recipe.decontaminate, looked_for(stage)
    dropped = sum(stage.dropped.values())
    if sought is None:
        names, what = part.benchmarks, "Test items of these benchmarks"
    else:
        names = [f"{name} ({items:,})" for name, items in sought.most_common()]
        what = f"{sought.total():,} test items, those that could be had of these benchmarks,"
    said = (
        f"{what} were looked for in the questions: {_listed(names)}. A question contains an item where it has at "
        f"least {part.threshold:.0%} of its {part.n}-grams, or all of an item that is shorter. "
        f"Rows that were dropped for it: {dropped:,}."
    )
    return said + (
        "\n\nAn item in other words, with other numbers or in another language is not found this way, solutions "
        "were not searched, and other benchmarks were not looked for."
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(escaped, names)) or "not named"


def _limits(counts: Counts, recipe: InstructRecipe) -> str:
    methods = {method for _, method in counts.rows}
    lines = [
        "A solution that is here prints the answer that its problem states. That the answer is right, or that the "
        "text says what the code does, does not follow."
    ]
    if methods & {"derive", "vary"}:
        lines.append("Text that a program wrote is plain and repeats itself, and so do the names in its code.")
    if "vary" in methods:
        lines.append("Problems with other numbers may tell of amounts, or people, that do not go together.")
    if "distil" in methods:
        rule = "all its solutions" if recipe.distil and recipe.distil.agree == "all" else "most of its solutions"
        lines.append(f"New problems have no answer but the one in which {rule} agree: it may be wrong.")
    if counts.models:
        lines.append("Text and code that a model wrote may be under terms of that model.")
    return "\n".join(f"- {line}" for line in lines)


_LOAD = """\
```python
from datasets import load_dataset

data = load_dataset("OWNER/NAME")  # or the path of this folder
train, validation = data["train"], data["validation"]
```

```python
import pandas

train = pandas.read_parquet("data/train-00000.parquet", columns=["id", "question", "messages", "licence"])
```"""

_TRAIN = r"""The loss is taken on what the model is to write: the text and the code of the solution. The question,
and the execution blocks, which hold what the code printed, are read, not learnt, as in MathCoder. In its format:

```python
import re


def pieces(row):
    "A row as text, in pieces; with each, whether it is learnt."
    for message in row["messages"]:
        writes = message["role"] == "assistant"
        yield f"<|{message['role']}|>", False
        for block in message["content"]:
            learnt = writes and block["type"] != "execution"
            # What is spelled like one of these tokens is text.
            content = re.sub(r"<(\\*)\|(\w{2,32})\|>", r"<\\\1|\2|>", block["content"], flags=re.ASCII)
            yield f"<|{block['type']}|>{content}<|endofblock|>", learnt
        yield "<|endofmessage|>", writes


def example(row, tokenizer):
    "Token ids and labels; labels of -100 take no part in the loss."
    ids, labels = [], []
    for text, learnt in pieces(row):
        new = tokenizer.encode(text, add_special_tokens=False)
        ids += new
        labels += new if learnt else [-100] * len(new)
    return {"input_ids": ids, "labels": labels}
```

Add the tokens in `<|...|>` to the tokenizer. The system message is empty: a model trained like this is asked with
`mathcoder.solving.DIALECTS["mathcoder"](system="")`.

For a model with a chat template that knows tools, take the column `chat`: learn the messages of the role
`assistant`, their calls with them, and not those of `tool`."""

_CITATION = """\
The way it was made follows MathCoder:

```bibtex
@article{wang2023mathcoder,
  title   = {MathCoder: Seamless Code Integration in {LLMs} for Enhanced Mathematical Reasoning},
  author  = {Wang, Ke and Ren, Houxing and Zhou, Aojun and Lu, Zimu and Luo, Sichun and Shi, Weikang and
             Zhang, Renrui and Song, Linqi and Zhan, Mingjie and Li, Hongsheng},
  journal = {arXiv preprint arXiv:2310.03731},
  year    = {2023}
}
```"""
