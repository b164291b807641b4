"""Solve one problem and look at every event: what the model writes, what its code gives, and the solution.

    python examples/solve_one.py
    python examples/solve_one.py "A pack has 12 pencils. How many pencils are in 7 packs?"

Shows the three kinds of event that `solve` yields, the blocks that the solution consists of at the end, and the
same solution as JSON. The embedded model is small and seldom right; the events of a large one look the same.
"""

from __future__ import annotations

import json
import sys

from mathcoder.models import EmbeddedModel
from mathcoder.sandbox import Sandbox
from mathcoder.solution import Solution
from mathcoder.solving import DIALECTS, WORKED, Delta, Executed, Options, solve

PROBLEM = "A book has 31 chapters. Each chapter is 61 pages long. How many pages does the book have altogether?"


def main() -> None:
    problem = sys.argv[1] if len(sys.argv) > 1 else PROBLEM
    solution = solve_one(problem)
    print("\n\nblocks:")
    for number, block in enumerate(solution.blocks):
        print(f"  {number}  {block.type:<9}  {block.content.strip()!r}")
    print(f"answer: {solution.answer}")
    print(f"ended:  {solution.ended}")
    print(f"JSON:   {json.dumps(solution.to_json())[:100]}...")


def solve_one(problem: str) -> Solution:
    """The solution of `problem`; prints the events as they come."""
    dialect = DIALECTS["markdown"](examples=WORKED)
    options = Options(rounds=4, round_tokens=150, tokens=300)
    print(f"problem: {problem}")
    with Sandbox() as sandbox:
        kind = ""
        for event in solve(problem, EmbeddedModel(), dialect=dialect, sandbox=sandbox, options=options):
            if isinstance(event, Delta):  # a few characters of a text or code block
                if event.type != kind:
                    print(f"\n\n[{event.type}]")
                kind = event.type
                print(event.text, end="", flush=True)
            elif isinstance(event, Executed):  # the code block that just ended was run
                kind = "execution"
                print(f"\n\n[execution: {event.execution.status}, {1000 * event.execution.seconds:.1f} ms]")
                print(event.block.content, end="")
            else:  # Solved, the last one
                return event.solution
    raise AssertionError("the events end with Solved")


if __name__ == "__main__":
    main()
