"""Convert recorded solutions: MathCoder's outputs to MathCodeInstruct rows, those to Parquet, and back.

    python examples/convert_formats.py

Reads examples/data/mathcoder_l70b.jsonl, writes the other two into a temporary folder, reads them again, and
shows that the blocks of every solution came through.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from mathcoder.solving.formats import Record, parquet_schema, read_records, write_records

SOURCE = Path(__file__).parent / "data" / "mathcoder_l70b.jsonl"


def records_of(path: Path) -> list[Record]:
    """The rows of a file; one that cannot be read stops the program."""
    records: list[Record] = []
    for row in read_records(path):
        if not isinstance(row, Record):
            raise SystemExit(str(row))  # file:line: reason
        records.append(row)
    return records


def main() -> None:
    recorded = records_of(SOURCE)
    print(f"{SOURCE.name}: {len(recorded)} solutions, {SOURCE.stat().st_size:,} bytes")

    with tempfile.TemporaryDirectory() as folder:
        instruct = Path(folder, "instruct.jsonl")
        write_records(instruct, recorded, layout="instruct")
        print(f"{instruct.name}: {instruct.stat().st_size:,} bytes")
        table = Path(folder, "solutions.parquet")
        write_records(table, records_of(instruct))
        print(f"{table.name}: {table.stat().st_size:,} bytes")

        first = json.loads(instruct.read_text(encoding="utf-8").splitlines()[0])
        again = records_of(table)

    print(f"\nthe first MathCodeInstruct row, {first['id']}:")
    for message in first["messages"]:
        for part in message["content"]:
            text = " ".join(part["content"].split())
            print(f"  {message['role']:<9}  {part['type']:<9}  {text[:70]}")

    print("\nthe columns of the Parquet file:")
    for column in parquet_schema():
        print(f"  {column.name}: {column.type}")

    same = sum(
        (now.problem, now.solution.blocks, now.reference) == (then.problem, then.solution.blocks, then.reference)
        for then, now in zip(recorded, again, strict=True)
    )
    print(f"\nproblem, blocks and reference are the same in {same} of {len(recorded)} records")


if __name__ == "__main__":
    main()
