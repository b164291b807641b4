"""The card of a dataset: what it is, how it was made, under which licence; a README.md for the Hugging Face Hub.

    run = CorpusRun("runs/corpus")
    write_card(run.folder / "dataset", card_facts(run, recipe))

What comes from sources and stages (names, licences, reasons) is escaped: it shows as text, whatever it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from mathcoder.corpus.card_facts import CardFacts, Checked, card_facts
from mathcoder.corpus.licences import Whole
from mathcoder.corpus.schema import COLUMNS, COMPUTATION
from mathcoder.files import written_aside

__all__ = ["CardFacts", "Checked", "card_facts", "write_card"]

_SIZES = "n<1K 1K<n<10K 10K<n<100K 100K<n<1M 1M<n<10M 10M<n<100M 100M<n<1B 1B<n<10B 10B<n<100B 100B<n<1T".split()
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_MOST = 200  # characters of a name that a source gives
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
    yaml: Any = import_module("yaml")
    front = yaml.safe_dump(_front_matter(facts), sort_keys=False, allow_unicode=True)
    licence = _licence(facts.whole)
    beside = dataset / "LICENSE.md"
    if facts.whole.licence == "other":
        _write(beside, f"# Licence\n\n{licence}\n")
    else:
        beside.unlink(missing_ok=True)
    parts = (
        f"# {_escaped(facts.name)}",
        _escaped(facts.about, 2_000),
        _summary(facts),
        f"## How it was made\n\n{_stages(facts)}",
        f"## Sources\n\n{_sources(facts)}",
        f"## Licence\n\n{licence}",
        f"## Columns\n\n{_columns()}",
        f"## Load it\n\n{_LOAD}",
        f"## Benchmarks\n\n{_contamination(facts.checked)}",
        f"## Limits\n\n{_limits(facts)}",
        f"## Citation\n\n{_CITATION}",
    )
    path = dataset / "README.md"
    _write(path, f"---\n{front}---\n\n" + "\n\n".join(part for part in parts if part) + "\n")
    return path


def _write(path: Path, text: str) -> None:
    with written_aside(path) as aside:
        aside.write_text(text, encoding="utf-8")


def _front_matter(facts: CardFacts) -> dict[str, Any]:
    """https://github.com/huggingface/hub-docs/blob/main/datasetcard.md"""
    count = facts.contents.whole.rows
    power = max(0, len(str(count)) - 3) if count else 0
    languages = sorted(name for name in facts.contents.languages if _LANGUAGE.fullmatch(name))
    front: dict[str, Any] = {"pretty_name": facts.name, "license": facts.whole.licence}
    if facts.whole.licence == "other":
        front["license_name"] = re.sub(r"[^a-z0-9.]+", "-", facts.whole.name.lower()).strip("-")
        front["license_link"] = "LICENSE.md"
    if languages:
        front["language"] = languages
    front["task_categories"] = ["text-generation"]
    front["size_categories"] = [_SIZES[power] if power < len(_SIZES) else "n>1T"]
    front["tags"] = ["mathematics", "code", "pretraining", "mathcoder"]
    files = [{"split": "train", "path": "data/*.parquet"}]
    front["configs"] = [{"config_name": "default", "data_files": files}]
    return front


def _summary(facts: CardFacts) -> str:
    contents = facts.contents
    whole = contents.whole
    forms = ", ".join(f"{held.rows:,} {_escaped(name)}" for name, held in sorted(contents.forms.items()))
    lines = [
        f"{whole.documents:,} documents in {whole.rows:,} rows ({forms}), {whole.tokens:,} tokens as counted "
        f"by the tokenizer {_escaped(facts.tokenizer)}."
    ]
    if contents.verdicts:
        verdicts = ", ".join(f"{count:,} {_escaped(name)}" for name, count in contents.verdicts.most_common())
        writers = ", ".join(f"{count:,} by {_escaped(name)}" for name, count in contents.translators.most_common())
        lines.append(f"Computations with code, by verdict: {verdicts}; written: {writers}.")
    return "\n".join(lines)


def _stages(facts: CardFacts) -> str:
    version = f" {_escaped(facts.version)}" if facts.version else ""
    made = (
        (
            _escaped(stage.name),
            _STAGES.get(stage.name, ""),
            f"{stage.rows_in:,}",
            f"{stage.kept:,}",
            ", ".join(
                f"{_escaped(reason)} {count:,}"
                for reason, count in sorted(stage.dropped.items(), key=lambda item: -item[1])
            ),
        )
        for stage in facts.stages
    )
    return f"With mathcoder{version}. Every row that was dropped is counted here.\n\n" + _table(
        ("stage", "what it does", "rows in", "rows kept", "dropped, by reason"), made
    )


def _sources(facts: CardFacts) -> str:
    contents = facts.contents
    made = (
        (
            _escaped(name),
            _escaped(facts.sources.get(name, "")),
            f"{held.documents:,}",
            f"{held.tokens:,}",
            ", ".join(
                f"{_escaped(licence) if licence else 'not stated'} ({tokens / max(1, held.tokens):.1%})"
                for licence, tokens in contents.licences[name].most_common()
            ),
        )
        for name, held in sorted(contents.sources.items(), key=lambda item: -item[1].tokens)
    )
    return _table(("source", "about", "documents", "tokens", "licence (share of tokens)"), made)


def _licence(whole: Whole) -> str:
    lines = [
        f"{_escaped(whole.name)}. It follows from what the sources state; nobody has checked what they state."
    ]
    lines += [f"- {condition}" for condition in whole.conditions]
    lines += [
        f"- Not recognised: {_escaped(text)}, {tokens:,} tokens." for text, tokens in whole.unrecognised[:50]
    ]
    if len(whole.unrecognised) > 50:
        rest = whole.unrecognised[50:]
        lines.append(f"- Not recognised: {len(rest):,} others, {sum(tokens for _, tokens in rest):,} tokens.")
    return "\n".join((lines[0], *(["", *lines[1:]] if lines[1:] else []))) + (
        "\n\nThe licence of each row is in its column `licence`. This is no legal advice."
    )


def _columns() -> str:
    columns, fields = (
        _table(
            (what, "type", "what is in it"),
            (
                (f"`{one.name}`", f"`{one.type}`".replace("computations", "list<struct>"), one.description)
                for one in all_of
            ),
        )
        for what, all_of in (("column", COLUMNS), ("field", COMPUTATION))
    )
    return f"{columns}\n\nEach of the `computations`:\n\n{fields}"


def _contamination(checked: Checked | None) -> str:
    if checked is None:
        return "No benchmark was looked for in these texts: do not use them where contamination matters."
    names = ", ".join(map(_escaped, checked.benchmarks))
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


def _table(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown."""
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _escaped(text: str, most: int = _MOST) -> str:
    """A text as Markdown that shows it, on one line, and is nothing else."""
    shown = "".join(char if char.isprintable() else "\ufffd" for char in " ".join(text.split()))
    shown = shown if len(shown) <= most else shown[: most - 1] + "…"
    shown = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = re.sub(r"([\\`*_\[\]#|~$]|:(?=//)|(?<=www)\.)", r"\\\1", shown, flags=re.IGNORECASE)
    # What would begin a list or underline a heading.
    return re.sub(r"^(?:[-+=]|\d+\.(?= |$))", lambda start: start[0][:-1] + "\\" + start[0][-1], shown)


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
