"""How well the recall classifier finds mathematical pages of sites that it has not seen, and how fast.

    python benchmarks/recall.py                       # a minute
    python benchmarks/recall.py --texts texts.jsonl   # keeps the pages' texts, and reads them from there again

Needs MATHCODER_DATA: `html/` holds 630 pages with formulas and 594 without. They are split into five parts, no
site in two of them; each part is judged by models that were trained on the others, at the thresholds that those
models chose on pages that they held out. The curves are over the scores of all parts together. For two rounds,
half of the other parts is trained on, and half is the crawl whose pages the rules label; round 1 on that half
stands beside it.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mathcoder.corpus.recall import (
    Point,
    RecallModel,
    Sample,
    label_by_rules,
    measured,
    rule_label,
    site_of,
    train_two_rounds,
)
from mathcoder.corpus.recall.curve import curve_of, threshold_at
from mathcoder.extraction import html_to_text
from table import heading, show

_PARTS = 5
_RECALLS = (0.8, 0.9, 0.95, 0.98, 0.99)

Page = tuple[Sample, bool]


def load(folder: Path) -> list[Page]:
    pages: list[Page] = []
    for name in ("math_pages", "nonmath_pages"):
        with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
            for row in map(json.loads, file):
                site = site_of(row["url"], row)
                pages.append((Sample(html_to_text(row["html"]).text, site, name), row["label"] == "math"))
    return pages


def kept(file: Path, make: Callable[[], list[Page]]) -> list[Page]:
    """The pages in the file, made and written where it is not there."""
    if not file.exists():
        lines = [json.dumps([*sample, related]) for sample, related in make()]
        file.write_text("\n".join(lines), encoding="utf-8")
    rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return [(Sample(*row[:3]), row[3]) for row in rows]


def parted(pages: Sequence[Page]) -> list[list[Page]]:
    """Five parts, about equal in each class: the largest sites first, each where its class is smallest."""
    sites = {
        label: Counter(sample.site for sample, related in pages if related == label) for label in (True, False)
    }
    sizes = sites[True] + sites[False]
    loads = [{True: 0, False: 0} for _ in range(_PARTS)]
    place: dict[str, int] = {}
    for site in sorted(sizes, key=lambda site: (-sizes[site], site)):
        label = sites[True][site] >= sites[False][site]
        place[site] = min(range(_PARTS), key=lambda part: loads[part][label])
        for each in (True, False):
            loads[place[site]][each] += sites[each][site]
    return [[page for page in pages if place[page[0].site] == part] for part in range(_PARTS)]


@dataclass
class Result:
    """What was judged of all parts: scores, what is right, and what passed at the models' own thresholds."""

    scores: list[float] = field(default_factory=list)
    truths: list[bool] = field(default_factory=list)
    passed: list[bool] = field(default_factory=list)
    trained: int = 0
    training: float = 0.0
    scoring: float = 0.0

    def judge(self, make: Callable[[], RecallModel], pages: Sequence[Page], trained: int) -> None:
        start = time.perf_counter()
        model = make()
        middle = time.perf_counter()
        scores = model.score([sample.text for sample, _ in pages])
        self.training += middle - start
        self.scoring += time.perf_counter() - middle
        self.trained += trained
        self.scores += scores
        self.truths += [related for _, related in pages]
        self.passed += [score >= model.threshold for score in scores]

    def own(self) -> Point:
        return measured([float(passed) for passed in self.passed], self.truths, 0.5)


def classes(pages: Sequence[Page]) -> tuple[list[Sample], list[Sample]]:
    related, unrelated = ([sample for sample, label in pages if label == wanted] for wanted in (True, False))
    return related, unrelated


def judged(parts: list[list[Page]]) -> dict[str, Result]:
    results = {name: Result() for name in ("round 1", "round 1, half of the pages", "both rounds, half and half")}
    whole, half, both = results.values()
    for part in parts:
        others = [page for other in parts if other is not part for page in other]
        one, crawl = classes(others[::2]), [sample for sample, _ in others[1::2]]

        def two(one: tuple[list[Sample], list[Sample]] = one, crawl: list[Sample] = crawl) -> RecallModel:
            return train_two_rounds(*one, crawl, label_by_rules, labels="rules")

        whole.judge(lambda others=others: RecallModel.train(*classes(others)), part, len(others))
        half.judge(lambda one=one: RecallModel.train(*one), part, len(others[::2]))
        both.judge(two, part, len(others))
    return results


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--texts", type=Path, help="a file that keeps the pages' texts")
    options = parser.parse_args()
    data = os.environ.get("MATHCODER_DATA")
    if not data:
        print("set MATHCODER_DATA to the folder of real inputs; html/ in it is read", file=sys.stderr)
        return 2
    folder = Path(data) / "html"
    pages = kept(options.texts, lambda: load(folder)) if options.texts else load(folder)
    parts = parted(pages)
    related = sum(label for _, label in pages)
    sites = len({sample.site for sample, _ in pages})
    print(
        heading(f"{related} pages with formulas and {len(pages) - related} without, {sites} sites; one run each")
    )

    results = judged(parts)
    start = time.perf_counter()
    rules = [rule_label(sample.text).mathematical for sample, _ in pages]
    seconds = time.perf_counter() - start
    by_rules = measured([float(label) for label in rules], [label for _, label in pages], 0.5)
    rows = [
        [
            name,
            *(f"{value:.3f}" for value in (point.precision, point.recall, point.f1)),
            f"{result.trained / result.training:,.0f}",
            f"{len(result.scores) / result.scoring:,.0f}",
        ]
        for name, result in results.items()
        for point in [result.own()]
    ]
    rules_row = [f"{value:.3f}" for value in (by_rules.precision, by_rules.recall, by_rules.f1)]
    rows.append(["rules alone", *rules_row, "", f"{len(pages) / seconds:,.0f}"])
    show(["unseen sites", "precision", "recall", "F1", "pages/s trained", "pages/s scored"], rows)

    curves = {name: curve_of(result.scores, result.truths) for name, result in results.items()}
    table: list[list[str]] = []
    for recall in _RECALLS:
        cells = [f"{recall:.2f}"]
        for name, curve in curves.items():
            threshold = threshold_at(curve, recall)
            cells.append(f"{measured(results[name].scores, results[name].truths, threshold).precision:.3f}")
        table.append(cells)
    show(["precision at recall", *curves], table)
    return 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
