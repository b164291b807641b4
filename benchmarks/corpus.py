"""Copies and contamination on 25 MB with known answers, beside datatrove: CPU-seconds and what is found.

    python benchmarks/corpus.py              # ours, and datatrove where it can be imported (minutes)
    python benchmarks/corpus.py --ours       # ours alone (seconds)

Needs MATHCODER_DATA: `bench/` holds 4,034 documents with planted copies and a made-up benchmark, 200 items of
which were planted. The corpus was taken from real repositories, so it also has copies and items that nobody
planted; they are counted apart and judged by means that neither tool uses. A CPU-second is user plus system time
of the process, its threads and its children, from texts in memory to ids.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import importlib.util
import json
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, TypeVar

from mathcoder.overlap import contamination, near_duplicates
from table import heading, show

T = TypeVar("T")

_MISSING = """datatrove is not installed here, so its column is left out. To see it:
    pip install "datatrove[processing]==0.10.1" spacy
"""
# Of two documents that are copies of each other at least this share of the shorter one's words is in the other, in
# the same order.
_COPY = 0.8
# Words of each document that are compared: the comparison is quadratic.
_COMPARED = 3000


@dataclass(frozen=True)
class Bench:
    """What `bench/` holds. `copies`: {copy: (original, near or exact)}; `planted`: {item: document}."""

    texts: dict[str, str]
    copies: dict[str, tuple[str, str]]
    items: dict[str, dict[str, str]]
    planted: dict[str, str]

    @property
    def megabytes(self) -> float:
        return sum(len(text.encode()) for text in self.texts.values()) / 1e6


def load(folder: Path) -> Bench:
    def rows(name: str) -> list[dict[str, Any]]:
        with gzip.open(folder / name, "rt", encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def whole(name: str) -> dict[str, Any]:
        with gzip.open(folder / name, "rt", encoding="utf-8") as file:
            return json.load(file)

    return Bench(
        {row["id"]: row["text"] for row in rows("corpus.jsonl.gz")},
        {copy: (original, kind) for copy, (original, kind) in whole("truth.json.gz").items()},
        {row["id"]: row for row in rows("bench.jsonl.gz")},
        whole("planted.json.gz"),
    )


def timed(work: Callable[[], T]) -> tuple[T, float]:
    before = sum(os.times()[:4])
    result = work()
    return result, sum(os.times()[:4]) - before


# Ours.


def our_clusters(bench: Bench) -> tuple[dict[str, str], float]:
    """{document: cluster} of the documents that have copies."""
    import daft

    frame = daft.from_pydict({"id": list(bench.texts), "text": list(bench.texts.values())}).collect()
    found, seconds = timed(lambda: near_duplicates(frame).to_pydict())
    return dict(zip(found["id"], found["cluster"], strict=True)), seconds


def our_contaminated(bench: Bench) -> tuple[set[str], set[tuple[str, str]], float]:
    """The contaminated documents, and the pairs of item and document."""
    import daft

    frame = daft.from_pydict({"id": list(bench.texts), "text": list(bench.texts.values())}).collect()
    texts = [f"{item['query']} {item['label']}" for item in bench.items.values()]
    items = daft.from_pydict({"id": list(bench.items), "text": texts})
    found, seconds = timed(lambda: contamination(frame, items).evidence.to_pydict())
    return set(found["id"]), set(zip(found["item"], found["id"], strict=True)), seconds


# datatrove, at its defaults.


def their_clusters(bench: Bench) -> tuple[dict[str, str], float]:
    from datatrove.data import Document
    from datatrove.pipeline.dedup import minhash

    documents = [Document(text=text, id=name) for name, text in bench.texts.items()]

    def work() -> None:
        with tempfile.TemporaryDirectory() as folder:
            config = minhash.MinhashConfig()
            minhash.MinhashDedupSignature(f"{folder}/signatures", config=config).run(iter(documents))
            buckets = minhash.MinhashDedupBuckets(f"{folder}/signatures", f"{folder}/buckets", config=config)
            for bucket in range(config.num_buckets):
                buckets.run(None, bucket, config.num_buckets)
            cluster = minhash.MinhashDedupCluster(
                f"{folder}/buckets", f"{folder}/remove", config=config, save_cluster_id=True
            )
            cluster.run(None, 0, 1)
            kept = minhash.MinhashDedupFilter(f"{folder}/remove", load_cluster_ids=True).run(iter(documents), 0, 1)
            for _ in kept:
                pass

    _, seconds = timed(work)
    clusters = {document.id: document.metadata.get("minhash_cluster_id", -1) for document in documents}
    return {name: str(cluster) for name, cluster in clusters.items() if cluster not in (-1, None)}, seconds


def their_contaminated(bench: Bench) -> tuple[set[str], float]:
    import numpy as np
    from datatrove.data import Document
    from datatrove.pipeline.decont import n_grams

    documents = [Document(text=text, id=name) for name, text in bench.texts.items()]

    def work() -> set[str]:
        with tempfile.TemporaryDirectory() as folder:
            # Made the usual way it asks for lighteval, which it needs only to load published benchmarks.
            indexer = object.__new__(n_grams.NGramsDecontIndexer)
            indexer.__init__(folder)
            hashes = {h for i in bench.items.values() for h in indexer.compute_hashes(i["label"], i["query"])}
            kind = indexer.config.hash_config.np_descr
            np.array(sorted(hashes), dtype=kind).tofile(Path(folder) / "made_up.index.hashes")
            kept = {document.id for document in n_grams.NGramsDecontFilter(folder).run(iter(documents), 0, 1)}
        return set(bench.texts) - kept

    return timed(work)


# What is right.


def copied_share(one: str, other: str) -> float:
    """Of the shorter text's words, those that are in the other in the same order."""
    first, second = one.split()[:_COMPARED], other.split()[:_COMPARED]
    blocks = SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / max(min(len(first), len(second)), 1)


def duplicate_rows(bench: Bench, clusters: dict[str, str], seconds: float) -> list[str]:
    found = {"near": 0, "exact": 0}
    for copy, (original, kind) in bench.copies.items():
        found[kind] += clusters.get(copy, copy) == clusters.get(original, original)
    groups: dict[str, list[str]] = defaultdict(list)
    for name in sorted(clusters):
        groups[clusters[name]].append(name)
    # All but the longest of a cluster go, as a keep rule would have it.
    planted = natural = wrong = 0
    for group in groups.values():
        stays, *gone = sorted(group, key=lambda name: (-len(bench.texts[name]), name))
        for name in gone:
            if bench.copies.get(name, (name,))[0] == bench.copies.get(stays, (stays,))[0]:
                planted += 1
            elif copied_share(bench.texts[name], bench.texts[stays]) >= _COPY:
                natural += 1
            else:
                wrong += 1
    removed = planted + natural + wrong
    totals = {kind: sum(k == kind for _, k in bench.copies.values()) for kind in found}
    return [
        f"{seconds:.1f}",
        f"{bench.megabytes / seconds:.2f}",
        f"{found['near']} of {totals['near']}",
        f"{found['exact']} of {totals['exact']}",
        str(removed),
        str(planted),
        str(natural),
        str(wrong),
        f"{(planted + natural) / max(removed, 1):.3f}",
        f"{planted / max(removed, 1):.3f}",
    ]


_DUPLICATES = [
    "CPU-seconds",
    "MB a CPU-second",
    "near copies found",
    "exact copies found",
    "documents removed",
    "of them planted copies",
    f"of them copies nobody planted ({_COPY:.0%} of the words in order)",
    "of them neither",
    "precision",
    "precision, were only planted copies right",
]


def squeezed(text: str) -> str:
    """Letters and digits alone: what is left when spacing, comment signs and markup are taken away."""
    return "".join(filter(str.isalnum, text.lower()))


def with_an_item(bench: Bench, documents: set[str], field: str) -> set[str]:
    """The documents that have a whole item of the benchmark, character for character but for signs and spacing."""
    items = {squeezed(item["query"] if field == "query" else f"{item['query']}{item['label']}")
             for item in bench.items.values()}  # fmt: skip
    found: set[str] = set()
    for name in documents:
        text = squeezed(bench.texts[name])
        if any(item in text for item in items):
            found.add(name)
    return found


def contamination_rows(bench: Bench, flagged: set[str], found: int | None, seconds: float) -> list[str]:
    planted = set(bench.planted.values())
    others = flagged - planted
    whole = with_an_item(bench, others, "query")
    return [
        f"{seconds:.1f}",
        f"{bench.megabytes / seconds:.2f}",
        "not told" if found is None else f"{found} of {len(bench.planted)}",
        f"{len(flagged & planted)} of {len(planted)}",
        str(len(flagged)),
        str(len(others)),
        str(len(whole)),
        str(len(others - whole)),
    ]


_CONTAMINATION = [
    "CPU-seconds",
    "MB a CPU-second",
    "planted items found, with the document",
    "documents with planted items found",
    "documents flagged",
    "without a planted item",
    "of them with another item's whole question",
    "of them without any: flagged in error",
]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--ours", action="store_true", help="leave datatrove out")
    options = parser.parse_args()
    data = os.environ.get("MATHCODER_DATA")
    if not data:
        print("set MATHCODER_DATA to the folder of real inputs; bench/ in it is read", file=sys.stderr)
        return 2
    bench = load(Path(data) / "bench")
    theirs = not options.ours and importlib.util.find_spec("datatrove") is not None
    print(heading(f"{len(bench.texts):,} documents, {bench.megabytes:.1f} MB; one run each, start-up not counted"))
    if not theirs and not options.ours:
        print(_MISSING)

    columns = ["duplicates", "mathcoder"]
    cells = [duplicate_rows(bench, *our_clusters(bench))]
    if theirs:
        columns.append("datatrove MinHash, defaults")
        cells.append(duplicate_rows(bench, *their_clusters(bench)))
    show(columns, list(zip(_DUPLICATES, *cells, strict=True)))

    flagged, pairs, seconds = our_contaminated(bench)
    found = len(pairs & set(bench.planted.items()))
    columns = ["contamination", "mathcoder"]
    cells = [contamination_rows(bench, flagged, found, seconds)]
    if theirs:
        columns.append("datatrove n-grams, defaults")
        removed, seconds = their_contaminated(bench)
        cells.append(contamination_rows(bench, removed, None, seconds))
    show(columns, list(zip(_CONTAMINATION, *cells, strict=True)))
    return 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
