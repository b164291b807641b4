"""The card of a dataset: what it is, how it was made, under which licence; a README.md for the Hugging Face Hub.

    run = StagedRun("runs/corpus", "corpus")
    write_card(run.folder / "dataset", card_facts(run, recipe))

What comes from sources and stages (names, licences, reasons) is escaped: it shows as text, whatever it is.
"""

from __future__ import annotations

from pathlib import Path

from mathcoder.corpus.card_facts import CardFacts, Checked, card_facts
from mathcoder.corpus.schema import COLUMNS, COMPUTATION
from mathcoder.publishing.card_parts import (
    column_table,
    escaped,
    front_matter,
    licence_text,
    markdown_table,
    stages_table,
    write_card_files,
)

__all__ = ["CardFacts", "Checked", "card_facts", "write_card"]

_STAGES = {
    "read": "Files of the sources are read as documents.",
    "licences": "Documents whose licence is not allowed are dropped.",
    "recall": "Documents that are not mathematics are dropped.",
    "clean": "Boilerplate is removed; what is too short, garbled or in another language is dropped.",
    "duplicates": "Of copies, one stays.",
    "contamination": "What contains items of benchmarks is removed.",
    "translate": "The computations of the text are found and written as Python.",
    "verify": "The code is run, held against the stated result, and tried with other values.",
    "write": "Rows are written in their forms, and their tokens counted.",
    "mix": "Each source is held to its share.",
}


def write_card(dataset: Path, facts: CardFacts) -> Path:
    """Write README.md into the folder of a dataset, and LICENSE.md where the Hub has no name for the licence.

    Returns:
        the path of the card.
    """
    contents, fields = facts.contents, column_table(COMPUTATION, "field")
    front = front_matter(facts.name, facts.whole, contents.whole.rows, contents.languages, ["pretraining"])
    sections = {
        "How it was made": stages_table(facts.stages, _STAGES, facts.version),
        "Sources": _sources(facts),
        "Licence": licence_text(facts.whole),
        "Columns": f"{column_table(COLUMNS)}\n\nEach of the `computations`:\n\n{fields}",
        "Load it": _LOAD,
        "Benchmarks": _contamination(facts.checked),
        "Limits": _limits(facts),
        "Citation": _CITATION,
    }
    return write_card_files(dataset, front, facts.whole, (escaped(facts.about, 2_000), _summary(facts)), sections)


def _summary(facts: CardFacts) -> str:
    contents = facts.contents
    whole = contents.whole
    forms = ", ".join(f"{held.rows:,} {escaped(name)}" for name, held in sorted(contents.forms.items()))
    lines = [
        f"{whole.documents:,} documents in {whole.rows:,} rows ({forms}), {whole.tokens:,} tokens as counted "
        f"by the tokenizer {escaped(facts.tokenizer)}."
    ]
    if contents.verdicts:
        verdicts = ", ".join(f"{count:,} {escaped(name)}" for name, count in contents.verdicts.most_common())
        writers = ", ".join(f"{count:,} by {escaped(name)}" for name, count in contents.translators.most_common())
        lines.append(f"Computations with code, by verdict: {verdicts}; written: {writers}.")
    return "\n".join(lines)


def _sources(facts: CardFacts) -> str:
    contents = facts.contents
    made = (
        (
            escaped(name),
            escaped(facts.sources.get(name, "")),
            f"{held.documents:,}",
            f"{held.tokens:,}",
            ", ".join(
                f"{escaped(licence) if licence else 'not stated'} ({tokens / max(1, held.tokens):.1%})"
                for licence, tokens in contents.licences[name].most_common()
            ),
        )
        for name, held in sorted(contents.sources.items(), key=lambda item: -item[1].tokens)
    )
    return markdown_table(("source", "about", "documents", "tokens", "licence (share of tokens)"), made)


def _contamination(checked: Checked | None) -> str:
    if checked is None:
        return "No benchmark was looked for in these texts: do not use them where contamination matters."
    names = ", ".join(map(escaped, checked.benchmarks))
    done = "dropped" if checked.action == "drop" else "cut out of their documents"
    return (
        f"Test items of these benchmarks were looked for: {names}. Documents with a passage that has at least "
        f"{checked.threshold:.0%} of the {checked.n}-grams of an item: {checked.documents:,}; these "
        f"{'documents' if checked.action == 'drop' else 'passages'} were {done}. An item in other words, or in "
        "another language, is not found this way, and other benchmarks were not looked for."
    )


def _limits(facts: CardFacts) -> str:
    lines = ["The texts are as their sources have them: they may be wrong, and may name people."]
    if facts.contents.verdicts:
        lines.append(
            "A computation that is verified has code that gives the result that the text states. That the text is "
            "right, or that the code means what the text means, does not follow."
        )
    if any(name != "symbolic" for name in facts.contents.translators):
        lines.append("Code that a model wrote may be under terms of that model.")
    skipped = [name for name in ("duplicates", "recall") if all(stage.name != name for stage in facts.stages)]
    lines += [f"The stage {name} was left out." for name in skipped]
    return "\n".join(f"- {line}" for line in lines)


_LOAD = """\
```python
from datasets import load_dataset

corpus = load_dataset("OWNER/NAME", split="train", streaming=True)  # or the path of this folder
```

```python
import daft

corpus = daft.read_parquet("data/*.parquet")  # or hf://datasets/OWNER/NAME/data/*.parquet
texts = corpus.where(daft.col("form") == "interleaved").select("text")
```

```python
import pandas

rows = pandas.read_parquet("data/part-00000.parquet", columns=["id", "source", "licence", "text"])
```"""

_CITATION = """\
The way it was made follows MathCoder2:

```bibtex
@article{lu2024mathcoder2,
  title   = {MathCoder2: Better Math Reasoning from Continued Pretraining on Model-translated Mathematical Code},
  author  = {Lu, Zimu and Zhou, Aojun and Wang, Ke and Ren, Houxing and Shi, Weikang and Pan, Junting and
             Zhan, Mingjie and Li, Hongsheng},
  journal = {arXiv preprint arXiv:2410.08196},
  year    = {2024}
}
```"""
