"""What a recipe would take, and what stands in its way: a look at the beginning of each source, nothing written.

Where a source is read to its end the figures are exact. Where it is not, its files' sizes tell how much more of
the same there is; and where it is not here at all, the recipe's own `expected_tokens`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TypeVar

from mathcoder.corpus.recipe import CorpusRecipe, TranslatorPart, source_specs
from mathcoder.corpus.sources import Row, SourceSpec, read_source
from mathcoder.corpus.stages import benchmark_items, clean_rules
from mathcoder.publishing.tokens import TokenCounter
from mathcoder.translation.model import request_of
from mathcoder.translation.passages import Passage, passages

__all__ = ["Plan", "SourcePlan", "plan"]

T = TypeVar("T")

_SAMPLE, _SECONDS = 300, 5.0  # documents of a source that are looked at, and for how long
_PACKED = (".gz", ".zst", ".parquet", ".pq", ".tgz", ".zip")
_UNPACKED = {"web": 0.5, "textbook": 2.0, "code": 3.0, "text": 3.0}  # bytes of text to one of a packed file
_PLAIN = {"web": 0.15, "textbook": 0.8, "code": 0.9, "text": 0.9}  # and to one of a file that is not
_STORED = 0.35  # bytes on disk to one of text: zstd, as measured on web pages and books
_CHARACTERS = 2.9  # of a token, as measured on mathematical text
_WORDS = 0.6  # tokens of a model's reply to one of the text shown, as far as `reply_tokens` allows


@dataclass(slots=True)
class SourcePlan:
    """What is known of a source beforehand.

    Attributes:
        files: how many there are.
        size: their bytes; None where that is not told.
        documents: about how many documents it has; None: not known.
        tokens: about how many tokens they have before cleaning.
        calls: requests that a model would get.
        prompt_tokens: of these.
        exact: it was read to its end.
        note: what should be known; "" if nothing.
    """

    name: str
    kind: str
    files: int = 0
    size: int | None = None
    documents: int | None = None
    tokens: int | None = None
    calls: int = 0
    prompt_tokens: int = 0
    exact: bool = False
    note: str = ""


@dataclass(slots=True)
class Plan:
    """What a recipe would take.

    Attributes:
        sources: one for each.
        facts: figures to show, in order.
        notes: what should be known.
        problems: what has to be put right first; the recipe would fail.
    """

    sources: list[SourcePlan] = field(default_factory=list[SourcePlan])
    facts: dict[str, str] = field(default_factory=dict[str, str])
    notes: list[str] = field(default_factory=list[str])
    problems: list[str] = field(default_factory=list[str])


def plan(recipe: CorpusRecipe, *, limit: int | None = None) -> Plan:
    """Check what a recipe names, and estimate what it takes. Nothing is raised: `problems` has what is wrong."""
    found = Plan()

    def tried(step: Callable[[], T]) -> T | None:
        try:
            return step()
        except (OSError, ValueError) as error:
            found.problems.append(_said(error))
            return None

    counter = tried(lambda: TokenCounter(recipe.write.tokenizer)) or TokenCounter("bytes")
    tried(lambda: clean_rules(recipe))
    items = tried(lambda: benchmark_items(recipe.contamination))
    tried(lambda: _licences(recipe))
    if recipe.recall and (file := recipe.recall.model):
        tried(lambda: _recall_model(file))
    model = recipe.translate.model if recipe.translate else None
    if model:
        tried(lambda: _model(model))
    for spec in source_specs(recipe):
        asked = model if recipe.sources[spec.name].translated else None
        found.sources.append(_source(recipe, spec, counter, asked, limit, found))
    _sum_up(recipe, found, counter, model, len(items or ()))
    return found


def _said(error: OSError | ValueError) -> str:
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def _recall_model(file: str) -> None:
    from mathcoder.corpus.recall import RecallModel

    RecallModel.load(file)


def _model(part: TranslatorPart) -> None:
    """That the string means a model; a server is not asked yet."""
    from mathcoder.models import ModelError

    if part.name == "embedded":
        return
    if part.name.startswith("openai:") and not os.environ.get(part.key_env):
        raise ValueError(f"model {part.name}: the environment variable {part.key_env} is not set")
    try:
        part.open()
    except ModelError as error:
        raise ValueError(str(error)) from None


def _licences(recipe: CorpusRecipe) -> None:
    """That what the sources state can go together; what single documents state is seen when they are read."""
    from mathcoder.publishing.licences import Allowed, licence_of_whole

    allowed = Allowed(recipe.licences.allow, recipe.licences.unstated)
    stated = {source.licence for source in recipe.sources.values() if source.licence}
    licence_of_whole({licence: 1 for licence in stated if not allowed.why_not(licence)})


def _source(
    recipe: CorpusRecipe,
    spec: SourceSpec,
    counter: TokenCounter,
    model: TranslatorPart | None,
    limit: int | None,
    found: Plan,
) -> SourcePlan:
    expected = recipe.sources[spec.name].expected_tokens
    planned = SourcePlan(spec.name, spec.kind)
    try:
        places = _places(spec)
        rows, whole = _looked_at(spec, limit)
    except (OSError, ValueError) as error:
        if expected is None or not any("://" in path for path in spec.paths):
            found.problems.append(_said(error))
        planned.note = "not reached; the recipe's own figure" if expected else "not reached"
        planned.tokens = expected
        if model and expected:  # as many passages as fill them, each with what is said around it
            planned.calls = round(expected * _CHARACTERS / model.characters)
            around = counter.count([request_of(Passage(((0, 0),), ""))])[0]
            planned.prompt_tokens = expected + planned.calls * around
        return planned
    sizes = [Path(place).stat().st_size for place in places if "://" not in place]
    planned.files, planned.exact = len(places), whole
    planned.size = sum(sizes) if len(sizes) == len(places) else None
    kept = [row for row in rows if row.drop_reason is None]
    if unread := [row for row in rows if row.drop_reason is not None]:
        first = f"{unread[0].path}: {unread[0].drop_reason}"
        planned.note = f"{len(unread)} of {len(rows)} cannot be used, the first {first}"[:160]
    if rows and not kept:
        found.problems.append(f"source '{spec.name}': nothing of what was looked at can be used; {planned.note}")
    share = 1.0 if whole else _times(spec, places, planned.size, kept)
    tokens = sum(counter.count([row.text for row in kept]))
    if not whole and expected and not planned.size:
        share = expected / max(1, tokens)
    if limit is not None and kept:
        share = min(share, max(1.0, limit / len(kept)))
    planned.documents, planned.tokens = round(len(kept) * share), round(tokens * share)
    if model:
        calls, prompts = _requests(kept, model, counter)
        planned.calls, planned.prompt_tokens = round(calls * share), round(prompts * share)
    return planned


def _places(spec: SourceSpec) -> list[str]:
    from mathcoder.corpus.sources.frames import input_places

    return input_places([spec])


def _looked_at(spec: SourceSpec, limit: int | None) -> tuple[list[Row], bool]:
    """The first rows, and whether these are all."""
    rows: list[Row] = []
    started = time.monotonic()
    most = min(_SAMPLE, limit or _SAMPLE)
    source = read_source(spec)
    for row in islice(source, most):
        rows.append(row)
        if time.monotonic() - started > _SECONDS:
            return rows, False
    return rows, next(source, None) is None or len(rows) == limit


def _times(spec: SourceSpec, places: list[str], size: int | None, kept: list[Row]) -> float:
    """How many times as much as was looked at there is, by the files' sizes."""
    text = sum(len(row.text.encode("utf-8", "replace")) for row in kept)
    if not size or not text:
        return 1.0
    packed = places[0].lower().endswith(_PACKED)
    return max(1.0, size * (_UNPACKED if packed else _PLAIN)[spec.kind] / text)


def _requests(kept: list[Row], model: TranslatorPart, counter: TokenCounter) -> tuple[int, int]:
    """How many requests the documents come to, and the tokens of their prompts."""
    asked = [request_of(passage) for row in kept for passage in passages(row.text, model.characters)]
    return len(asked), sum(counter.count(asked))


def _sum_up(
    recipe: CorpusRecipe, found: Plan, counter: TokenCounter, model: TranslatorPart | None, items: int
) -> None:
    tokens = sum(source.tokens or 0 for source in found.sources)
    exact = all(source.exact for source in found.sources)
    about = "" if exact else "about "
    unit = "bytes" if counter.name == "bytes" else f"tokens ({recipe.write.tokenizer})"
    found.facts["before cleaning"] = f"{about}{tokens:,} {unit}"
    if recipe.mix.tokens:
        found.facts["mix"] = f"at most {recipe.mix.tokens:,} of them"
    stages = 4 + sum(part is not None for part in (recipe.recall, recipe.duplicates, recipe.contamination))
    stages += 2 if recipe.translate else 0
    each = 1.0 if counter.name == "bytes" else 3.0
    disk = tokens * each * _STORED * stages
    found.facts["disk"] = f"about {_bytes(disk)} (each of {stages} stages keeps its rows)"
    if recipe.contamination:
        found.facts["benchmark items"] = f"{items:,}"
    calls = sum(source.calls for source in found.sources)
    if model is None:
        found.facts["model calls"] = "none"
        return
    prompts = sum(source.prompt_tokens for source in found.sources)
    replies = min(round(_WORDS * prompts), calls * model.reply_tokens)
    found.facts["model calls"] = f"about {calls:,} to {model.name}"
    found.facts["model tokens"] = f"about {prompts:,} of prompts, {replies:,} of replies"
    if model.price:
        cost = (prompts * model.price[0] + replies * model.price[1]) / 1e6
        found.facts["cost"] = f"about {cost:,.2f}"
        if model.max_cost and cost > model.max_cost:
            found.notes.append(f"max_cost {model.max_cost:,.2f} will be used up after {model.max_cost / cost:.0%}")
    if model.max_tokens and prompts + replies > model.max_tokens:
        share = model.max_tokens / (prompts + replies)
        found.notes.append(f"max_tokens {model.max_tokens:,} will be used up after {share:.0%} of the requests")


def _bytes(size: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:,.0f} {unit}"
        size /= 1000
    return f"{size:,.1f} TB"
