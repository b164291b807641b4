"""The card of a model that was trained: what it is, of what it was made, how well it did; a README.md for the Hub.

What a recipe, a file's name or a solution says is escaped: it shows as text, whatever it is. Of paths only the end
is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from mathcoder.files import written_aside
from mathcoder.publishing.card_parts import escaped, markdown_table
from mathcoder.training.card_licences import hub_base, licence_front, licence_section, trained_on
from mathcoder.training.progress_line import duration, short_count
from mathcoder.training.recipe import PretrainRecipe, SftRecipe
from mathcoder.training.run_folder import TrainingRun

__all__ = ["write_model_card"]

_DATASET = re.compile(r"hf://datasets/([\w.-]+/[\w.-]+)(?:@[^/]+)?/", re.ASCII)
_MOST_FILES = 50


def write_model_card(run: str | Path, folder: str | Path | None = None, *, merged: bool = False) -> Path:
    """Write README.md into a folder that holds what a run made.

    Args:
        run: folder of the run.
        folder: where the card goes; default: `model/` of the run.
        merged: what the folder holds is a whole model, adapters merged into their base.

    Returns:
        the path of the card.

    Raises:
        ValueError: the run's folder holds no run of training, or it is damaged; the message is one line.
        OSError: it cannot be written.
    """
    yaml: Any = import_module("yaml")
    found = TrainingRun(run)
    folder = found.folder / "model" if folder is None else Path(folder)
    sections = {
        "How it was made": _made(found),
        "What it was trained on": _data(found),
        "How well it does": _results(found),
        "Use it": _use(found),
        "Licence": licence_section(found),
        "Limits": _limits(found),
        "Citation": _CITATION[found.kind],
    }
    about = escaped(found.recipe.about, 2_000)
    parts = [f"# {escaped(found.recipe.name)}", about, _summary(found, merged)]
    parts += [f"## {heading}\n\n{text}" for heading, text in sections.items() if text]
    front = yaml.safe_dump(_front(found, merged), sort_keys=False, allow_unicode=True)
    path = folder / "README.md"
    with written_aside(path) as aside:
        aside.write_text(f"---\n{front}---\n\n" + "\n\n".join(filter(None, parts)) + "\n", encoding="utf-8")
    return path


def _front(run: TrainingRun, merged: bool) -> dict[str, Any]:
    """What the Hub reads, https://github.com/huggingface/hub-docs/blob/main/modelcard.md."""
    adapter = run.recipe.lora is not None and not merged
    front: dict[str, Any] = {"library_name": "peft" if adapter else "transformers"}
    front |= {"pipeline_tag": "text-generation"}
    if base := hub_base(run):
        front |= {"base_model": base, "base_model_relation": "adapter" if adapter else "finetune"}
    front |= licence_front(run)
    if names := sorted({match[1] for path in trained_on(run) if (match := _DATASET.match(path))}):
        front["datasets"] = names
    front["tags"] = ["mathematics", "code", "mathcoder", *(["lora"] if adapter else [])]
    return front


def _summary(run: TrainingRun, merged: bool) -> str:
    base = escaped(hub_base(run) or Path(run.recipe.base.weights or "new weights").name)
    what = "fine-tuned on solutions" if run.kind == "sft" else "trained further on texts"
    where = "merged into it" if merged else "for it"
    how = f"LoRA adapters of rank {run.recipe.lora.rank} {where}" if run.recipe.lora else "all its weights"
    text = f"{base}, {what} with mathcoder: {how}, {run.tokens:,} tokens."
    if isinstance(run.recipe, SftRecipe):
        text += (
            f" It solves problems of mathematics in blocks of text and of Python that is executed, in the dialect "
            f"`{run.recipe.data.dialect}`."
        )
    return text


def _made(run: TrainingRun) -> str:
    recipe, optim, facts = run.recipe, run.recipe.optim, run.facts
    rows: list[tuple[str, str]] = [
        ("steps", f"{run.step:,} of {run.steps:,}"),
        ("tokens", f"{run.tokens:,}"),
        ("sequences of a step", f"{optim.batch:,}, packed to {recipe.context:,} tokens, documents apart"),
        ("learning rate", f"{optim.learning_rate:g}, {optim.schedule}, at the end {optim.final:g} of it"),
        ("warm-up", _warm_up(run)),
        ("AdamW", f"betas {optim.betas[0]:g} and {optim.betas[1]:g}, epsilon {optim.epsilon:g}"),
        ("weight decay", f"{optim.weight_decay:g}"),
        ("gradients cut to", f"{optim.clip:g}"),
        ("numbers", f"held as {recipe.base.held_as}, products in {recipe.base.compute}"),
        ("seed", f"{recipe.seed}"),
    ]
    if lora := recipe.lora:
        targets = lora.targets if isinstance(lora.targets, str) else ", ".join(lora.targets)
        rows.insert(
            0, ("LoRA", f"rank {lora.rank}, alpha {lora.alpha}, dropout {lora.dropout:g}, {escaped(targets)}")
        )
    if facts:
        peak = facts["peak"]
        rows.insert(0, ("parameters", f"{facts['parameters']:,}, of which {facts['trained']:,} are trained"))
        rows.append(("devices", f"{facts['devices']} × {escaped(str(peak['device']))}, {duration(run.seconds)}"))
        known = [name for name in ("mathcoder", "torch", "transformers", "peft") if name in facts["versions"]]
        rows.append(("versions", ", ".join(f"{name} {escaped(str(facts['versions'][name]))}" for name in known)))
    return markdown_table(("what", "value"), rows)


def _warm_up(run: TrainingRun) -> str:
    optim = run.recipe.optim
    if optim.warmup_tokens is not None:
        return f"{optim.warmup_tokens:,} tokens"
    return f"{optim.warmup_steps or 0:,} steps"


def _data(run: TrainingRun) -> str:
    sources: Mapping[str, Any] = run.packed.get("sources", {})
    parts: list[str] = []
    if sources:
        lines = [
            (escaped(name), f"{one['tokens']:,}", f"{one.get('epochs', 1):.3g}") for name, one in sources.items()
        ]
        parts.append(markdown_table(("source", "tokens", "epochs"), lines))
    if "padding_share" in run.packed:
        parts.append(f"{run.packed['padding_share']:.2%} of the packed sequences are empty.")
    if isinstance(run.recipe, SftRecipe):
        part = run.recipe.data
        learnt = "also on what code prints" if part.loss_on_execution else "not on what code prints"
        parts.append(f"The loss is taken on what the assistant writes, {learnt}; the question is read only.")
    if inputs := run.inputs:
        files = [
            (
                escaped(Path(str(one["path"])).name),
                f"{one.get('size') or 0:,}",
                f"`{escaped(str(one.get('sha256')))}`",
            )
            for one in inputs[:_MOST_FILES]
        ]
        parts.append(markdown_table(("file", "bytes", "SHA-256"), files))
    if len(inputs) > _MOST_FILES:
        parts.append(f"{len(inputs) - _MOST_FILES:,} more files are left out.")
    return "\n\n".join(parts)


def _results(run: TrainingRun) -> str:
    rows: list[tuple[str, str, str]] = []
    if points := run.curves.get("loss"):
        rows.append(("loss on what it was trained on", f"{points[0][1]:.3f}", f"{points[-1][1]:.3f}"))
    for source, points in run.held_out.items():
        rows.append(
            (f"loss on what is held out, {escaped(source)}", f"{points[0][1]:.3f}", f"{points[-1][1]:.3f}")
        )
    right, of = run.curves.get("solved/right"), run.curves.get("solved/of")
    if right and of:
        first, last = (f"{right[place][1]:.0f} of {of[place][1]:.0f}" for place in (0, -1))
        rows.append((f"solved of the first {_problems(run)}", first, last))
    if not rows:
        return ""
    note = "What is first was measured before training, or soon after it began."
    if right:
        note += " So few problems say how it writes, not how good it is."
    return f"{markdown_table(('what', 'first', 'last'), rows)}\n\n{note}"


def _problems(run: TrainingRun) -> str:
    part = run.recipe.solve
    if part is None:
        return "problems"
    return f"problems of {escaped(part.benchmark or Path(part.file or '').name)}, {escaped(part.split)} split"


def _use(run: TrainingRun) -> str:
    if isinstance(run.recipe, PretrainRecipe):
        return _GOES_ON
    dialect = run.recipe.data.dialect
    served = f'mathcoder solve --model NAME@http://localhost:8000/v1 --dialect {dialect} "Solve x**2 = 16."'
    text = f"Served by any server with the OpenAI interface, its code is executed by:\n\n```\n{served}\n```"
    if dialect == "tools":
        return text
    local = f'mathcoder solve --model model.gguf --dialect {dialect} "Solve x**2 = 16."'
    system = run.recipe.data.system
    note = (
        ""
        if system is None
        else f"\n\nIt was trained with a system prompt of its own: {escaped(system, 500) or '(none)'}"
    )
    return f"As a GGUF file it is run without a server:\n\n```\n{local}\n```\n\n{text}{note}"


_GOES_ON = """\
It goes on with texts; nobody taught it to follow instructions. `mathcoder train sft` makes a solver of it.

```python
from transformers import pipeline

write = pipeline("text-generation", "FOLDER")
print(write("The derivative of")[0]["generated_text"])
```"""


def _limits(run: TrainingRun) -> str:
    size = run.facts.get("parameters", 0)
    lines = [
        "It makes mistakes, and states wrong answers as surely as right ones; code that ran is no proof.",
        "Its code is a stranger's: run it in a sandbox, as `mathcoder` does.",
        "It was not looked at for bias or harm, and not made for anything but mathematics.",
    ]
    if size and size < 1_000_000_000:
        lines.append(f"It is small ({short_count(size)} parameters): it knows little and reasons in few steps.")
    if run.recipe.solve and run.recipe.solve.split != "train":
        lines.append(
            f"Problems of the split {escaped(run.recipe.solve.split)} were solved while it was trained: whoever "
            "chose a checkpoint by them has used them up."
        )
    return "\n".join(f"- {line}" for line in lines)


def _bibtex(key: str, title: str, authors: str, number: str, year: int) -> str:
    return (
        f"The way it was made follows this paper:\n\n```bibtex\n@article{{{key},\n  title   = {{{title}}},\n"
        f"  author  = {{{authors}}},\n  journal = {{arXiv preprint arXiv:{number}}},\n"
        f"  year    = {{{year}}}\n}}\n```"
    )


_CITATION = {
    "sft": _bibtex(
        "wang2023mathcoder",
        "MathCoder: Seamless Code Integration in {LLMs} for Enhanced Mathematical Reasoning",
        "Wang, Ke and Ren, Houxing and Zhou, Aojun and Lu, Zimu and Luo, Sichun and Shi, Weikang and\n"
        "             Zhang, Renrui and Song, Linqi and Zhan, Mingjie and Li, Hongsheng",
        "2310.03731",
        2023,
    ),
    "pretrain": _bibtex(
        "lu2024mathcoder2",
        "MathCoder2: Better Math Reasoning from Continued Pretraining on Model-translated Mathematical Code",
        "Lu, Zimu and Zhou, Aojun and Wang, Ke and Ren, Houxing and Shi, Weikang and Pan, Junting and\n"
        "             Zhan, Mingjie and Li, Hongsheng",
        "2410.08196",
        2024,
    ),
}
