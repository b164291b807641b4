"""Train the classifier that finds the mathematical pages of a crawl, and score pages with it.

`train` learns from mathematical pages against others, on part of them, and measures precision and recall on the
rest. With --unlabelled there is a second round, as in MathCoder2: what the first lets through of those pages is
labelled, by rules or by a model, and a second classifier learns from the labels. FILES are tables (JSON Lines,
Parquet) with a column of text or HTML, WARC or HTML files, folders, or globs in quotes; give an option again for
more of them. `score` writes a JSON object a page.

    mathcoder corpus recall train --positives maths.jsonl --negatives others.jsonl --output recall.model
    mathcoder corpus recall train --positives maths/ --negatives web/ --unlabelled crawl/ --output recall.model
    mathcoder corpus recall score recall.model "crawl/*.warc.gz" --output scores.jsonl
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from mathcoder.cli.common import Counter as Line
from mathcoder.cli.common import Extra, Failure, KeyEnv, extra_fields, group, unreadable

if TYPE_CHECKING:
    from rich.console import Console

    from mathcoder.corpus.recall import ModelLabeller, RecallModel, Sample
    from mathcoder.corpus.sources import Row

__all__ = ["app"]

_BATCH = 256  # pages scored at a time
_REASONS = 5  # of pages that could not be read
_RECALLS = (0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)  # rows of the curve that is shown

app = group("recall", __doc__)


@app.command("train", help="Train a classifier and say what it is worth on pages that it has not seen.")
def train(
    positives: Annotated[list[str], typer.Option(help="Mathematical pages.", metavar="FILES")],
    negatives: Annotated[list[str], typer.Option(help="Other pages.", metavar="FILES")],
    output: Annotated[Path, typer.Option(help="Where the model goes, one file.", metavar="FILE")],
    unlabelled: Annotated[
        list[str] | None, typer.Option(help="Pages of the crawl; they make a second round.", metavar="FILES")
    ] = None,
    labels: Annotated[
        str, typer.Option(help="Who labels them: rules, or a model, see `mathcoder models`.", metavar="WHO")
    ] = "rules",
    annotate: Annotated[int, typer.Option(help="Most pages that are labelled.", metavar="N", min=4)] = 2000,
    recall: Annotated[
        float, typer.Option(help="That the threshold is to reach.", metavar="SHARE", min=0.01, max=1.0)
    ] = 0.95,
    held_out: Annotated[
        float, typer.Option(help="Of the pages, not trained on.", metavar="SHARE", min=0.01, max=0.99)
    ] = 0.2,
    seed: Annotated[int, typer.Option(help="Of the training and of what is held out.", min=0, max=2**31 - 1)] = 0,
    tokens: Annotated[int, typer.Option(help="Most tokens of a model's reply.", metavar="N", min=1)] = 256,
    concurrency: Annotated[
        int | None, typer.Option(help="Requests at a time; default: 2 for the embedded model, else 16.", min=1)
    ] = None,
    max_tokens: Annotated[
        int | None, typer.Option(help="Stop asking when so many tokens are used.", metavar="N", min=1)
    ] = None,
    cache: Annotated[Path | None, typer.Option(help="A folder that keeps the model's replies.")] = None,
    key_env: KeyEnv = "OPENAI_API_KEY",
    extra: Extra = "{}",
    as_json: Annotated[bool, typer.Option("--json", help="Print what the model says of itself, as JSON.")] = False,
) -> int:
    from rich.console import Console

    from mathcoder.corpus.recall import RecallModel, Training, label_by_rules, train_two_rounds

    console = Console(stderr=as_json, highlight=False)
    training = Training(recall=recall, held_out=held_out, seed=seed)
    if not output.parent.is_dir():
        raise Failure(f"{output}: there is no folder {output.parent}; give --output a file that can be written", 2)
    if labels != "rules" and not unlabelled:
        raise Failure("--labels needs the pages that are labelled; give --unlabelled", 2)
    many = concurrency or (2 if labels == "embedded" else 16)
    who = None if labels == "rules" else _asked(labels, cache, tokens, max_tokens, many, key_env, extra)
    with Line(console, "reading pages") as line:
        pages = _Pages(line)
        related, unrelated = pages.samples("positives", positives), pages.samples("negatives", negatives)
        rest = pages.samples("unlabelled", unlabelled or [])
        try:
            if unlabelled:
                model = train_two_rounds(
                    *(related, unrelated, rest, who or label_by_rules),
                    labels=labels,
                    training=training,
                    annotate=annotate,
                )
            else:
                model = RecallModel.train(related, unrelated, training)
        except ValueError as error:
            pages.tell(console)
            raise Failure(str(error)) from error
    try:
        model.save(output)
    except OSError as error:
        raise Failure(f"{output}: {error.strerror or error}; give --output a file that can be written") from error
    if as_json:
        print(model.facts.model_dump_json())
    else:
        _print(console, model, output)
    pages.tell(console)
    if who is not None and who.stopped:
        raise Failure(who.stopped)
    return 0


@app.command("score", help="Score pages: a JSON object with id, url, path, score and label for each.")
def score(
    model: Annotated[Path, typer.Argument(help="A model that `train` made.")],
    files: Annotated[list[str], typer.Argument(help="Pages, as for `train`.")],
    output: Annotated[
        Path | None, typer.Option(help="A .jsonl file; default: standard output.", metavar="FILE")
    ] = None,
    recall: Annotated[
        float | None,
        typer.Option(help="Take the threshold of this recall; default: as trained.", min=0.01, max=1.0),
    ] = None,
    threshold: Annotated[float | None, typer.Option(help="Take this threshold.", min=0.0, max=1.0)] = None,
) -> int:
    from rich.console import Console

    from mathcoder.corpus.recall import RecallModel
    from mathcoder.files import written_aside

    if recall is not None and threshold is not None:
        raise Failure("--recall and --threshold exclude each other; give one", 2)
    console = Console(stderr=True, highlight=False)
    try:
        loaded = RecallModel.load(model)
    except (OSError, ValueError) as error:
        raise unreadable(model, error) from error
    least = loaded.threshold if threshold is None else threshold
    least = least if recall is None else loaded.threshold_for(recall)
    start = time.perf_counter()
    counts: Counter[str] = Counter()
    with Line(console, "scoring pages") as line:
        pages = _Pages(line)
        rows = pages.rows("pages", files)
        try:
            with ExitStack() as stack:
                target: IO[str] | None = None
                if output is not None:
                    aside = stack.enter_context(written_aside(output))
                    target = stack.enter_context(aside.open("w", encoding="utf-8"))
                for row in _scored(loaded, rows, least):
                    counts[row["label"] or "not read"] += 1
                    # JSON escapes all that could drive a terminal but this one.
                    print(json.dumps(row).replace("\x7f", "\\u007f"), file=target)
        except OSError as error:
            if output is None or isinstance(error, BrokenPipeError):
                raise
            reason = error.strerror or error
            raise Failure(f"{output}: {reason}; give --output a file that can be written") from error
    seconds = time.perf_counter() - start
    console.print(
        f"{counts.total():,} pages: {counts['related']:,} related, {counts['unrelated']:,} unrelated, "
        f"{counts['not read']:,} not read; threshold {least:.4g}; {counts.total() / seconds:,.0f} a second"
    )
    pages.tell(console)
    return 0


def _scored(model: RecallModel, rows: Iterator[Row], threshold: float) -> Iterator[dict[str, Any]]:
    from itertools import islice

    while batch := list(islice(rows, _BATCH)):
        read = [row for row in batch if row.drop_reason is None]
        scores = dict(zip(map(id, read), model.score([row.text for row in read]), strict=True))
        for row in batch:
            found = scores.get(id(row))
            label = None if found is None else "related" if found >= threshold else "unrelated"
            told: dict[str, Any] = {"id": row.id, "url": row.url, "path": row.path, "score": found, "label": label}
            yield told if found is not None else told | {"reason": row.drop_reason}


class _Pages:
    """Reads pages, shows how many, and remembers what could not be read."""

    def __init__(self, line: Line):
        self._line = line
        self._read = 0
        self._dropped: Counter[str] = Counter()
        self._first = ""

    def samples(self, name: str, files: Sequence[str]) -> Iterator[Sample]:
        """The texts of pages, each with its site."""
        from mathcoder.corpus.recall import Sample, site_of

        return (
            Sample(row.text, site_of(row.url, json.loads(row.meta)), name)
            for row in self.rows(name, files)
            if row.drop_reason is None
        )

    def rows(self, name: str, files: Sequence[str]) -> Iterator[Row]:
        """The pages and what could not be read. Raises Failure at once where a file is not there."""
        from mathcoder.corpus.sources import SourceSpec, read_source

        if not files:
            return iter(())
        try:
            source = read_source(SourceSpec(name, "web", tuple(files)))
        except (OSError, ValueError) as error:
            raise Failure(str(error), 2) from error
        return self._counted(name, source)

    def _counted(self, name: str, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            self._read += 1
            if self._read % 50 == 0:
                self._line.say(f"{name}: {self._read:,} pages")
            if row.drop_reason is not None:
                self._dropped[row.drop_reason.partition(": ")[0]] += 1
                self._first = self._first or f"{row.path}: {row.drop_reason}"
            yield row

    def tell(self, console: Console) -> None:
        """How many pages could not be read, and why."""
        from mathcoder.cli.trace import printable

        if not self._dropped:
            return
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in self._dropped.most_common(_REASONS))
        text = f"{self._dropped.total():,} of {self._read:,} pages could not be read: {reasons}"
        console.print(printable(f"{text} (first: {self._first})"), style="yellow", markup=False)


def _asked(
    spec: str, cache: Path | None, tokens: int, max_tokens: int | None, concurrency: int, key_env: str, extra: str
) -> ModelLabeller:
    from mathcoder.corpus.recall import ModelLabeller
    from mathcoder.models import ModelError, open_model

    fields = extra_fields(extra)
    try:
        model = open_model(
            spec, cache=cache, max_tokens=max_tokens, key_env=key_env, extra=fields, in_flight=concurrency
        )
    except ModelError as error:
        raise Failure(str(error)) from error
    return ModelLabeller(model, max_tokens=tokens, concurrency=concurrency)


def _print(console: Console, model: RecallModel, output: Path) -> None:
    from rich.table import Table

    from mathcoder.corpus.recall.summary import notes, pair

    facts = model.facts
    table = Table(box=None, pad_edge=False)
    for name in ("round", "labels", "trained on", "held out", "threshold", "precision", "recall"):
        table.add_column(name, justify="left" if name in ("round", "labels") else "right")
    for number, each in enumerate(facts.rounds, start=1):
        sizes = [f"{a:,} + {b:,}" for a, b in (pair(each, "trained"), pair(each, "held_out"))]
        point = each.point
        table.add_row(
            *(str(number), each.labels, *sizes),
            *(f"{point.threshold:.4g}", f"{point.precision:.3f}", f"{point.recall:.3f}"),
        )
    console.print(table)
    for line in notes(facts):
        console.print(line, markup=False)
    curve = Table(box=None, pad_edge=False)
    for name in ("recall", "threshold", "precision"):
        curve.add_column(name, justify="right")
    for wanted in _RECALLS:
        point = next(point for point in model.curve if point.recall >= wanted - 1e-9)
        curve.add_row(f"{point.recall:.3f}", f"{point.threshold:.4g}", f"{point.precision:.3f}")
    console.print()
    console.print(curve)
    console.print(f"written to {output}", markup=False)
