"""List the models that can be used here, where they come from, and what to give to --model.

Found are the embedded model, GGUF files in the cache folder, models and LoRA adapters that trainings in runs/ have
exported, and what servers serve: that of OPENAI_BASE_URL, and those on the usual ports of this machine (vLLM,
SGLang, llama.cpp, TGI, Ollama). With --url one server is asked.

    mathcoder models
    mathcoder models --url http://localhost:8000/v1
    mathcoder models --json
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from mathcoder.cli.common import Failure, KeyEnv

if TYPE_CHECKING:
    from mathcoder.models import Available

_NOTHING = (
    "no model was found: pip install 'mathcoder[local]' and see `mathcoder doctor`, start a server, or set "
    "OPENAI_BASE_URL to one"
)


def command(
    url: Annotated[str | None, typer.Option(help="Ask only this server, a base URL.", metavar="URL")] = None,
    key_env: KeyEnv = "OPENAI_API_KEY",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    import asyncio
    from dataclasses import asdict

    from mathcoder.models import ModelError, available_models
    from mathcoder.models.find import served_at

    try:
        found = asyncio.run(served_at(url, key_env=key_env) if url else available_models(key_env=key_env))
    except ModelError as error:
        raise Failure(str(error)) from error
    if as_json:
        print(json.dumps([asdict(model) for model in found], indent=2))
    elif found:
        _print(found)
    else:
        raise Failure(f"{url}: it serves no model" if url else _NOTHING)
    return 0


def _print(found: list[Available]) -> None:
    """One model a line, never broken: what is in the first column is to be copied."""
    from rich.console import Console
    from rich.text import Text

    from mathcoder.cli.trace import printable

    console = Console(highlight=False, soft_wrap=True)
    width = max(len(model.spec) for model in found)
    kinds = {
        "file": "a GGUF file in the cache",
        "trained": "exported by a training",
        "adapter": "a LoRA adapter, exported by a training",
        "server": "a server",
    }
    for model in found:
        about = kinds.get(model.kind, model.where)
        line = Text(f"{printable(model.spec):<{width}}  ", style="bold")
        console.print(line.append(printable(about), style="dim not bold"))
    console.print("Give the first column to --model.")
