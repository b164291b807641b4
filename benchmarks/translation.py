"""The symbolic translator on real texts: steps found and proven a MB, how fast, and what stops the rest.

    python benchmarks/translation.py                      # every book, the web pages, train solutions
    python benchmarks/translation.py openstax --causes    # one of them, with what stopped the rest
    python benchmarks/translation.py --audit docs/proven-steps.md

Needs MATHCODER_DATA. A MB is a million characters of the extracted text, formulas as LaTeX; the clock runs
while the text is translated and verified, not while it is extracted. Counted is what a reader would call a
step: distinct within its text whatever names it by, and no single operation on whole numbers up to 100, no
reordering and no other notation of the same.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import os
import random
import statistics
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mathcoder.computation import Computation
from mathcoder.extraction import html_to_text, read_book
from mathcoder.translation import SymbolicTranslator
from mathcoder.translation.context import written_out
from mathcoder.translation.lexer import Unreadable, tokens
from mathcoder.translation.parser import FormulaParser
from mathcoder.translation.reader import Reader
from mathcoder.translation.scan import scan
from mathcoder.translation.statements import statements
from mathcoder.translation.tree import Call, Number, Tree, canonical
from mathcoder.verification import Verification, Verifier
from table import heading, show

_SMALL = 100
_FUNCTIONS = set("fghFGH")
_OPEN = ("basic-analysis-lebl", "discrete-book-levin", "planetmath-11-tex", "openlogic", "gsm8k", "math")
"""Texts of which steps may be printed in the documentation."""


# The texts.


def book(path: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(path) as archive:
            archive.extractall(folder, filter="data")
        for document in read_book(folder):
            yield document.text


def pages(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield html_to_text(json.loads(line)["html"]).text


def solutions(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            if row["split"] == "train":
                yield f"**Problem.** {row['question']}\n\n**Solution.** {row.get('solution') or ''}"


def texts(data: Path) -> dict[str, Callable[[], list[str]]]:
    found: dict[str, Callable[[], list[str]]] = {}
    for path in sorted((data / "textbooks").glob("*.tar.gz")):
        found[path.name.removesuffix(".tar.gz")] = lambda path=path: list(book(path))
    found["web pages"] = lambda: list(pages(data / "html/math_pages.jsonl.gz"))
    for name in ("gsm8k", "math"):
        found[name] = lambda name=name: list(solutions(data / f"eval/{name}.jsonl.gz"))
    return found


# Which steps count.


def put_in(computation: Computation) -> tuple[Tree, ...]:
    """The sides of a computation's expression with its conditions put in; nothing where they cannot be read."""
    reader = Reader("\n\n".join(f"${text}$" for text in computation.conditions))
    reader.read()
    context = reader.context
    known = [found[0] for table in (context.values, context.functions) for found in table.values()]
    trees: list[Tree] = []
    for statement in statements(computation.expression, _FUNCTIONS | set(context.functions)):
        for side in statement.sides:
            if side.tree is None:
                return ()
            trees.append(written_out(side.tree, known))
    return tuple(trees)


def is_small(tree: Tree) -> bool:
    """One operation on whole numbers up to 100."""
    match tree:
        case Number(text):
            return "." not in text and abs(tree.value) <= _SMALL
        case Call("-", (inner,)):
            return is_small(inner)
        case Call(_, args):
            return len(args) <= 2 and all(isinstance(arg, Number) and is_small(arg) for arg in args)
        case _:
            return False


def step(computation: Computation) -> object:
    """What two computations share that are the same step; None for one that is too small to be counted."""
    try:
        trees = put_in(computation)
        if len(trees) == 1 and is_small(trees[0]):
            return None
        claim = [side.tree or side.latex for s in statements(computation.result, _FUNCTIONS) for side in s.sides]
    except Unreadable:
        return computation.expression, computation.result
    shown = tuple(map(canonical, trees)) or (computation.expression, *computation.conditions)
    return shown, tuple(part if isinstance(part, str) else canonical(part) for part in claim)


# Measuring.


@dataclass
class Measured:
    name: str
    characters: int
    seconds: list[float] = field(default_factory=list)
    results: list[tuple[Computation, Verification]] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def verified(self) -> list[Computation]:
        return [computation for computation, verification in self.results if verification.verdict == "verified"]

    def counted(self) -> int:
        return len({step(computation) for computation in self.verified} - {None})


def measure(name: str, documents: list[str], repeats: int) -> Measured:
    translator = SymbolicTranslator()
    measured = Measured(name, sum(map(len, documents)))
    for _ in range(repeats):
        measured.results, measured.skipped = [], Counter()
        kept: list[Computation] = []

        def found(kept: list[Computation] = kept) -> Iterator[Computation]:
            for translation in translator.translate_many(documents):
                measured.skipped.update(skipped.reason for skipped in translation.skipped)
                for computation in translation.computations:
                    kept.append(computation)
                    yield computation

        with Verifier() as verifier:
            start = time.perf_counter()
            verdicts = list(verifier.verify_many(found()))
            measured.seconds.append(time.perf_counter() - start)
        measured.results = list(zip(kept, verdicts, strict=True))
    return measured


def print_tables(all_measured: list[Measured], causes: bool) -> None:
    print(heading(f"steps of the symbolic translator, {len(os.sched_getaffinity(0))} cores"))
    rows: list[list[str]] = []
    for measured in all_measured:
        megabytes = measured.characters / 1e6
        counted = measured.counted()
        rows.append(
            [
                measured.name,
                f"{megabytes:.2f}",
                f"{len(measured.results):,}",
                f"{len(measured.verified):,}",
                f"{counted:,}",
                f"{counted / megabytes:,.0f}",
                f"{measured.characters / 1e3 / statistics.median(measured.seconds):,.0f}",
            ]
        )
    show(["text", "MB", "computations", "verified", "counted", "counted a MB", "kB/s"], rows)
    kinds = Counter(computation.kind for measured in all_measured for computation in measured.verified)
    names = [kind for kind, _ in kinds.most_common()]
    rows = []
    for measured in all_measured:
        found = Counter(computation.kind for computation in measured.verified)
        rows.append([measured.name, *(f"{found[kind]:,}" if found[kind] else "" for kind in names)])
    print()
    show(["verified, by kind", *names], rows)
    if causes:
        for measured in all_measured:
            print_causes(measured)


def print_causes(measured: Measured) -> None:
    print()
    verdicts = Counter(verification.verdict for _, verification in measured.results)
    rows = [[verdict, f"{count:,}"] for verdict, count in verdicts.most_common()]
    show([f"{measured.name}: verdict", "computations"], rows)
    print()
    rows = [[reason, f"{count:,}"] for reason, count in measured.skipped.most_common(20)]
    show([f"{measured.name}: no computation, because", "formulas"], rows)


# Beside another parser.


def print_parsers(documents: list[str], sample: int = 2_000) -> None:
    """The sides of equations that can be read, and how many a second: ours and latex2sympy2_extended."""
    from latex2sympy2_extended import latex2sympy

    sides: list[str] = []
    for text in documents:
        for piece in scan(text):
            if piece.kind != "formula":
                continue
            with contextlib.suppress(Unreadable):
                for statement in statements(piece.text, _FUNCTIONS):
                    if "=" in statement.relations:
                        sides += [side.latex for side in statement.sides if side.latex]
    sides = random.Random(0).sample(sides, min(sample, len(sides)))

    def ours(side: str) -> bool:
        try:
            FormulaParser(tokens(side), _FUNCTIONS).formula()
        except Unreadable:
            return False
        return True

    def theirs(side: str) -> bool:
        try:
            latex2sympy(side)
        except Exception:  # noqa: BLE001 - it raises what it likes
            return False
        return True

    rows: list[list[str]] = []
    for name, parse in (("ours, to a tree", ours), ("latex2sympy2_extended, to SymPy", theirs)):
        start = time.perf_counter()
        read = sum(map(parse, sides))
        seconds = time.perf_counter() - start
        rows.append([name, f"{read / len(sides):.1%}", f"{len(sides) / seconds:,.0f}"])
    print()
    show([f"{len(sides):,} sides of equations", "read", "sides/s"], rows)


# The audit.


def write_audit(path: Path, all_measured: list[Measured]) -> None:
    """100 verified steps, drawn at random from the texts that may be quoted."""
    steps = [(m.name, computation) for m in all_measured if m.name in _OPEN for computation in m.verified]
    texts_of = {name: [c for other, c in steps if other == name] for name in _OPEN}
    choose = random.Random(2024)
    drawn: list[tuple[str, Computation]] = []
    while len(drawn) < min(100, len(steps)):
        name = choose.choice([name for name in _OPEN if texts_of[name]])
        drawn.append((name, texts_of[name].pop(choose.randrange(len(texts_of[name])))))
    lines = [
        "# A hundred proven steps",
        "",
        "Verified steps of the symbolic translator, for reading: each was drawn at random, with equal chances for",
        "each text, by `python benchmarks/translation.py --audit docs/proven-steps.md`, and nothing was chosen by",
        "hand. The texts are Basic Analysis (Lebl, CC-BY-SA-4.0), Discrete Mathematics (Levin, CC-BY-SA-4.0),",
        "PlanetMath (CC-BY-SA-3.0), the Open Logic Text (CC-BY-4.0), and the training solutions of GSM8K and MATH",
        "(MIT).",
        "",
    ]
    for number, (name, computation) in enumerate(drawn, 1):
        lines += [f"**{number}.** {name}, {computation.kind}", "", "```text"]
        lines += [f"known:  {condition}" for condition in computation.conditions]
        lines += [f"        {computation.expression}", f"claim:  {computation.result}", "```", "", "```python"]
        lines += [*computation.code.rstrip().splitlines(), "```", ""]
    path.write_text("\n".join(lines), encoding="utf-8")
    print(f"{len(drawn)} steps in {path}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="texts, by the beginning of their names; default: all")
    parser.add_argument("--repeats", type=int, default=1, help="rounds; the median rate is printed")
    parser.add_argument("--causes", action="store_true", help="also what stopped the rest")
    parser.add_argument("--parsers", action="store_true", help="also our parser beside latex2sympy2_extended")
    parser.add_argument("--audit", type=Path, help="write 100 random verified steps here")
    args = parser.parse_args()
    if "MATHCODER_DATA" not in os.environ:
        sys.exit("set MATHCODER_DATA to the folder of real inputs")
    chosen = {
        name: read
        for name, read in texts(Path(os.environ["MATHCODER_DATA"])).items()
        if not args.names or name.startswith(tuple(args.names))
    }
    all_measured: list[Measured] = []
    for name, read in chosen.items():
        print(f"{name} ...", file=sys.stderr, flush=True)
        all_measured.append(measure(name, read(), args.repeats))
    print_tables(all_measured, args.causes)
    if args.parsers:
        print_parsers([text for read in chosen.values() for text in read()])
    if args.audit:
        write_audit(args.audit, all_measured)


if __name__ == "__main__":
    main()
