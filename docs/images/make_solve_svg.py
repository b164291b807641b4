"""Draw docs/images/solve.svg: a recorded solution of MathCoder-L-70b, executed again and shown by `Trace`.

    python docs/images/make_solve_svg.py

The outputs in the picture are those of this run; the program stops if they are not the recorded ones. The file
loads nothing: rich's web fonts are taken out, and the reader's own monospace font is used.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from mathcoder.cli.trace import Trace
from mathcoder.sandbox import Sandbox
from mathcoder.solution import Block, Solution
from mathcoder.solving.formats import Record, read_records

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(__file__).with_name("solve.svg")
SHOWN = "MathCoder-L-70b/SVAMP/c218"
TITLE = "mathcoder: a solution of MathCoder-L-70b, executed again"
COLUMNS = 84
FONTS = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"


def main() -> None:
    rows = read_records(ROOT / "examples" / "data" / "mathcoder_l70b.jsonl")
    record = next(
        row for row in rows if isinstance(row, Record) and row.id == SHOWN
    )
    solution = executed_again(record.solution)
    if solution.blocks != record.solution.blocks:
        raise SystemExit(f"{SHOWN} came out otherwise than it was recorded")

    terminal = {
        "force_terminal": True,
        "color_system": "truecolor",
        "width": COLUMNS,
    }
    console = Console(record=True, file=io.StringIO(), highlight=False, **terminal)
    trace = Trace(console)
    trace.problem(record.problem)
    trace.solution(solution)
    console.print()
    console.print(
        Text("Answer: ", style="bold"),
        Text(str(solution.answer), style="bold green"),
        sep="",
    )

    svg = without_web_fonts(console.export_svg(title=TITLE, unique_id="solve"))
    TARGET.write_text(svg, encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {len(svg):,} characters")


def executed_again(solution: Solution) -> Solution:
    """The solution with what its code gives now in the place of what was recorded."""
    blocks: list[Block] = []
    with Sandbox() as sandbox, sandbox.session() as session:
        for block in solution.blocks:
            if block.type != "execution":
                blocks.append(block)
            if block.type == "code":
                blocks.append(Block("execution", session.run(block.content).shown))
    return replace(solution, blocks=tuple(blocks))


def without_web_fonts(svg: str) -> str:
    """The picture without the fonts that rich's would fetch."""
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    return re.sub(
        r"font-family: (?:Fira Code, monospace|arial);",
        f"font-family: {FONTS};",
        svg,
    )


if __name__ == "__main__":
    main()
