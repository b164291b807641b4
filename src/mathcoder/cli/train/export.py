"""Write what a training run made as a model that others load: safetensors, or GGUF for the embedded runtime.

An adapter (LoRA) is merged into its base, or written by itself with --form adapter. `mathcoder models` lists GGUF
files in runs/*/export; give what it lists to --model.

    mathcoder train export runs/sft-smollm2
    mathcoder train export runs/sft-smollm2 --format gguf --quantise q8_0
    mathcoder train export runs/sft-smollm2 --format gguf --form adapter
"""

from __future__ import annotations

import enum
import json
from pathlib import Path
from typing import Annotated

import typer

from mathcoder.cli.common import Failure, system_failure


class Format(enum.StrEnum):
    """Of the files."""

    safetensors = "safetensors"
    gguf = "gguf"


class Form(enum.StrEnum):
    """Of an adapter."""

    merged = "merged"
    adapter = "adapter"


class Quantise(enum.StrEnum):
    """How numbers are held in a GGUF file."""

    f32 = "f32"
    f16 = "f16"
    bf16 = "bf16"
    q8_0 = "q8_0"
    q4_0 = "q4_0"


def command(
    run: Annotated[Path, typer.Argument(help="Folder of the run.")],
    format: Annotated[Format, typer.Option(help="Of the files.")] = Format.gguf,
    form: Annotated[Form | None, typer.Option(help="What an adapter becomes; default: merged.")] = None,
    quantise: Annotated[Quantise, typer.Option(help="Of a GGUF file.")] = Quantise.f16,
    output: Annotated[
        Path | None, typer.Option(help="Where to; default: export/ in the run.", metavar="PATH")
    ] = None,
) -> int:
    from rich.console import Console
    from rich.text import Text

    from mathcoder.cli.training import needs_training
    from mathcoder.training.export import export

    needs_training()
    console = Console(highlight=False)
    try:
        with console.status("writing the model"):
            written = export(
                run,
                format=format.value,
                form=form.value if form else None,
                quantise=quantise.value,
                output=output,
            )
    except OSError as error:
        raise system_failure(error) from error
    except ValueError as error:
        raise Failure(str(error)) from error
    console.print(Text(f"model    {written}"), soft_wrap=True)
    about = json.loads((run / "model" / "training.json").read_text(encoding="utf-8"))
    if written.suffix == ".gguf" and form is not Form.adapter and "dialect" in about:
        asked = f"--model {written} --dialect {about['dialect']}"
        console.print(Text(f"try it   mathcoder solve {asked} 'What is 17 * 23?'"), soft_wrap=True)
    return 0
