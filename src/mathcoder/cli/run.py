"""Run Python files in the sandbox, one after the other, in one session.

mathcoder run script.py
echo "2**100" | mathcoder run -
mathcoder run --timeout 2 --memory 256 script.py
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from mathcoder.cli.common import Failure, RequiredLevel, open_sandbox, read_text

_MAX_CHARS = 2_000_000


def command(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Python files; - is standard input.")],
    timeout: Annotated[
        float, typer.Option(help="Seconds that each file may run.", metavar="SECONDS", min=0.01)
    ] = 10.0,
    memory: Annotated[
        int, typer.Option(help="MiB of memory above the interpreter's own.", metavar="MIB", min=1)
    ] = 1024,
    images: Annotated[Path | None, typer.Option(help="Folder to put figures in, as PNG.")] = None,
    require: Annotated[
        RequiredLevel, typer.Option(help="Refuse to run with less containment.")
    ] = RequiredLevel.rlimits,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each file.")] = False,
) -> int:
    from mathcoder.cli.trace import printable
    from mathcoder.sandbox import Limits

    codes = [(name, read_text(name, _MAX_CHARS)) for name in files]
    limits = Limits(timeout=timeout, memory=memory * 1024 * 1024)
    failed = 0
    with open_sandbox(limits, require) as sandbox, sandbox.session() as session:
        for name, code in codes:
            execution = session.run(code)
            failed += not execution.ok
            saved = _save(images, name, execution.images) if images else []
            if as_json:
                row = {
                    "file": name,
                    "status": execution.status,
                    "output": execution.output,
                    "error": execution.error,
                    "seconds": round(execution.seconds, 6),
                    "peak_memory": execution.peak_memory,
                    "images": saved,
                }
                print(json.dumps(row, ensure_ascii=False))
                continue
            # On a terminal, what the program writes must not drive it.
            clean = printable if sys.stdout.isatty() else str
            sys.stdout.write(clean(execution.output))
            for path in saved:
                print(f"figure: {path}")
            if execution.error:
                sys.stdout.flush()
                print(clean(execution.error), file=sys.stderr)
    return 1 if failed else 0


def _save(folder: Path, name: str, images: tuple[bytes, ...]) -> list[str]:
    from mathcoder.files import written_aside

    stem = "stdin" if name == "-" else Path(name).stem
    paths: list[str] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, image in enumerate(images, 1):
            path = folder / f"{stem}-{number}.png"
            with written_aside(path) as aside:
                aside.write_bytes(image)
            paths.append(str(path))
    except OSError as error:
        raise Failure(f"{folder}: {error.strerror or error}; name a folder that can be written") from error
    return paths
