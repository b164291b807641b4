"""What a training made, as files that others load: safetensors with tokenizer and chat template, or GGUF.

A run keeps it in `model/`: a whole model, or a LoRA adapter as peft saves it, with the tokenizer and with
`training.json` (`name`, `base`, `seed`, `dialect`), which says what the adapter goes on.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, cast

from mathcoder.files import written_aside
from mathcoder.models import ModelError
from mathcoder.training.gguf_adapter import write_adapter
from mathcoder.training.gguf_model import Quantisation, write_model
from mathcoder.training.recipe import BasePart

__all__ = ["ExportError", "Form", "Format", "export"]

Format = Literal["safetensors", "gguf"]
Form = Literal["merged", "adapter"]


class ExportError(ValueError):
    """What a run made cannot be exported as asked; the message is one line."""


def export(
    run: Path,
    *,
    format: Format,
    form: Form | None = None,
    quantise: Quantisation = "f16",
    output: Path | None = None,
) -> Path:
    """Write what a run made and return where it is: a folder of safetensors, or a GGUF file.

    It is written aside and renamed, so it is whole or not there.

    Args:
        run: folder of a run of training.
        format: `gguf` is what `mathcoder solve --model` runs in this process; `safetensors` is what servers and
            transformers load.
        form: `merged`: a model of its own, the base and what was learned in one (default). `adapter`: what was
            learned only, which needs the base beside it.
        quantise: how a GGUF file stores numbers.
        output: default: in `export/` of the run: `NAME-f16.gguf`, `NAME-lora.gguf`, `NAME/` or `NAME-lora/`.

    Raises:
        ExportError: see there.
        OSError: a file cannot be read or written.
    """
    trained = _trained(run)
    if form == "adapter" and not trained.is_adapter:
        raise ExportError(f"{run}: all weights were trained, so there is no adapter: export it merged")
    adapter = form == "adapter"
    suffix = "-lora" if adapter else f"-{quantise}" if format == "gguf" else ""
    ending = ".gguf" if format == "gguf" else ""
    target = output or run / "export" / f"{trained.name}{suffix}{ending}"
    if target.exists():
        raise ExportError(f"{target} is there already: remove it, or name another output")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if format == "gguf":
            with written_aside(target) as aside:
                _write_gguf(aside, trained, adapter, quantise)
        else:
            with _folder_aside(target) as aside:
                _write_safetensors(aside, trained, adapter)
    except ImportError as error:
        raise ExportError(f"{error}: pip install 'mathcoder[train]'") from error
    except (ValueError, ModelError) as error:
        raise ExportError(f"{run}: {error}") from error
    return target


@dataclass(frozen=True, slots=True)
class _Trained:
    """What a run made.

    Attributes:
        run: the run's folder.
        folder: that holds it.
        name: of the model, fit for a file's name.
        is_adapter: not a whole model.
        facts: `training.json`.
    """

    run: Path
    folder: Path
    name: str
    is_adapter: bool
    facts: Mapping[str, Any]

    @property
    def base(self) -> BasePart:
        """What training started from; attention that was for training only is left out."""
        base = BasePart.model_validate(self.facts.get("base", {}))
        return base.model_copy(update={"attention": "sdpa", "gradient_checkpointing": False})

    def tokenizer(self) -> Any:
        loader: Any = import_module("transformers").AutoTokenizer
        return loader.from_pretrained(str(self.folder), trust_remote_code=False)

    def model(self) -> Any:
        """The whole model, with the adapter in it."""
        from mathcoder.training.model import load_model, quiet
        from mathcoder.training.tokenizers import (
            add_block_tokens,
            block_tokens,
            end_messages_with,
            open_tokenizer,
        )

        if not self.is_adapter:
            whole = self.base.model_copy(update={"weights": str(self.folder.resolve()), "revision": None})
            return load_model(whole, seed=0).eval()
        tokenizer = open_tokenizer(self.base)
        model = load_model(self.base, seed=int(self.facts.get("seed", 0)), tokenizer=tokenizer)
        if dialect := self.facts.get("dialect"):  # as training did; rows that it did not train are not saved
            add_block_tokens(tokenizer, model, block_tokens(dialect))
            end_messages_with(tokenizer, model, dialect)
        with quiet():
            learned: Any = import_module("peft").PeftModel.from_pretrained(model, str(self.folder))
            merged: Any = learned.merge_and_unload()
        merged.config.use_cache = True  # it was turned off for training
        return merged.eval()


def _trained(run: Path) -> _Trained:
    folder = run / "model"
    try:
        found: object = json.loads((folder / "training.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ExportError(
            f"{run}: no model is there (model/training.json); is it a run, and has it ended?"
        ) from None
    except ValueError as error:
        raise ExportError(f"{folder / 'training.json'}: not JSON: {error}") from None
    if not isinstance(found, dict):
        raise ExportError(f"{folder / 'training.json'}: not an object")
    facts = cast("dict[str, Any]", found)
    name = re.sub(r"[^\w.-]+", "-", str(facts.get("name") or run.resolve().name)).strip("-.") or "model"
    return _Trained(run, folder, name, (folder / "adapter_config.json").is_file(), facts)


def _write_gguf(path: Path, trained: _Trained, adapter: bool, quantise: Quantisation) -> None:
    if adapter:
        config = _base_config(trained.base)
        write_adapter(path, trained.folder, config, name=trained.name, quantise=quantise)
        return
    model, tokenizer = trained.model(), trained.tokenizer()
    talks = bool(trained.facts.get("dialect"))
    write_model(path, model, tokenizer, name=trained.name, quantise=quantise, begins_with_token=talks)


def _base_config(base: BasePart) -> Any:
    from mathcoder.models.weights import find_weights

    loader: Any = import_module("transformers").AutoConfig
    if base.weights is None:
        raise ValueError("the adapter is for new weights that only this run has: export it merged")
    if base.weights != "embedded" and not base.weights.endswith(".gguf"):
        return loader.from_pretrained(base.weights, revision=base.revision)
    path = find_weights(None if base.weights == "embedded" else base.weights)
    return loader.from_pretrained(path.parent, gguf_file=path.name)


def _write_safetensors(folder: Path, trained: _Trained, adapter: bool) -> None:
    from mathcoder.training.card import write_model_card
    from mathcoder.training.model import save_model

    if adapter or not trained.is_adapter:
        shutil.copytree(trained.folder, folder, dirs_exist_ok=True)
    else:
        save_model(trained.model(), folder)
        trained.tokenizer().save_pretrained(folder)
        shutil.copy2(trained.folder / "training.json", folder)
    write_model_card(trained.run, folder, merged=not adapter)


@contextmanager
def _folder_aside(target: Path) -> Generator[Path]:
    """A folder beside `target` that becomes `target` if the body succeeds and is removed if it fails."""
    aside = target.with_name(f".{target.name}.partial")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        yield aside
        aside.replace(target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
