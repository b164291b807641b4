"""Publish a corpus as a dataset of the Hugging Face Hub: its data, its schema, its card.

REPO is OWNER/NAME; it is made if it is not there. Nothing is sent when the card is missing, when the rows are not
those that the run made, or when their licences exclude each other or are not what the card says. A push that was
stopped goes on where it was: give the command again. Another Hub is set by HF_ENDPOINT.

    mathcoder corpus push runs/corpus OWNER/NAME --dry-run
    HF_TOKEN=... mathcoder corpus push runs/corpus OWNER/NAME --private
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mathcoder.cli.common import Failure

if TYPE_CHECKING:
    from mathcoder.publishing.look import StagedRun

_REPO = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)


def command(
    run: Annotated[Path, typer.Argument(help="The run's folder.")],
    repo: Annotated[str, typer.Argument(help="Where to: OWNER/NAME.")],
    private: Annotated[bool, typer.Option("--private", help="If it is made, only its owner sees it.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and list; send nothing.")] = False,
    token_env: Annotated[
        str, typer.Option(help="Environment variable with the Hub's token.", metavar="NAME")
    ] = "HF_TOKEN",
) -> int:
    from mathcoder.publishing.look import StagedRun

    if not _REPO.fullmatch(repo):
        raise Failure(f"{repo!r} names no dataset; write OWNER/NAME", 2)
    try:
        found = StagedRun(run, "corpus")
        files = _files(found)
        licence = _licence(found)
        sizes = [path.stat().st_size for path in files]
    except (OSError, ValueError) as failure:
        raise Failure(str(failure)) from failure
    folder = found.folder / "dataset"
    names = [path.relative_to(folder).as_posix() for path in files]
    if dry_run:
        for name, size in zip(names, sizes, strict=True):
            print(f"{size:>15,}  {name}")
        print(f"{sum(sizes):>15,}  bytes in {len(names):,} files, for {_where(repo)}; licence {licence}")
        return 0
    token = os.environ.get(token_env)
    if not token:
        raise Failure(f"{token_env} is not set; put a token with write access to {repo} into it", 2)
    print(_sent(folder, names, repo, private, token, token_env))
    return 0


def _where(repo: str) -> str:
    endpoint = os.environ.get("HF_ENDPOINT", "").rstrip("/") or "https://huggingface.co"
    return f"{endpoint}/datasets/{repo}"


def _files(run: StagedRun) -> list[Path]:
    """What is published.

    Raises:
        ValueError: a part is missing.
    """
    folder = run.folder / "dataset"
    needed = [folder / "README.md", folder / "schema.json"]
    if missing := next((path for path in needed if not path.is_file()), None):
        raise ValueError(f"{missing}: is missing; build the corpus to its end, which writes it")
    if not run.dataset:
        raise ValueError(f"{folder / 'data'}: holds no data; build the corpus to its end")
    beside = folder / "LICENSE.md"
    return [*needed, *([beside] if beside.is_file() else []), *run.dataset]


def _licence(run: StagedRun) -> str:
    """The licence of the rows, which the card has to name as well.

    Raises:
        ValueError: it does not, the licences exclude each other, or the rows are not those of the run.
    """
    from mathcoder.corpus.contents import contents_of
    from mathcoder.publishing.licences import licence_of_whole

    contents = contents_of(run.dataset)
    last = run.stage("mix")
    if last is None or last.kept != contents.whole.rows:
        made = f"{last.kept:,}" if last else "none yet"
        there = f"{run.folder / 'dataset'}: has {contents.whole.rows:,} rows"
        raise ValueError(f"{there}, but the run made {made}; build the corpus again")
    licence = licence_of_whole(contents.tokens_by_licence).licence
    if (stated := run.card.get("license")) != licence:
        card = run.folder / "dataset" / "README.md"
        raise ValueError(
            f"{card}: says that the licence is {stated!r}, but the rows leave {licence!r}; build the corpus again"
        )
    return licence


def _sent(folder: Path, names: Sequence[str], repo: str, private: bool, token: str, token_env: str) -> str:
    """The address of the commit."""
    if find_spec("huggingface_hub") is None:
        raise Failure("huggingface-hub is not installed; pip install huggingface-hub", 2)
    hub: Any = import_module("huggingface_hub")
    errors: Any = import_module("huggingface_hub.errors")
    if not sys.stderr.isatty():
        import_module("huggingface_hub.utils").disable_progress_bars()
    api = hub.HfApi(endpoint=os.environ.get("HF_ENDPOINT") or None, token=token)
    try:
        api.create_repo(repo, repo_type="dataset", private=private or None, exist_ok=True)
        if private and not api.repo_info(repo, repo_type="dataset").private:
            raise Failure(
                f"{_where(repo)}: is there already, and public; make it private there, or name another", 2
            )
        commit = api.upload_folder(
            repo_id=repo,
            repo_type="dataset",
            folder_path=folder,
            allow_patterns=list(names),
            # Shards of an earlier, larger corpus would be read with these.
            delete_patterns=["data/*.parquet", "LICENSE.md"],
            commit_message="A corpus of mathcoder",
        )
    except (*_kinds(errors.HfHubHTTPError), OSError, ValueError, RuntimeError) as error:
        raise Failure(_reason(error, repo, token, token_env)) from None
    return str(commit.commit_url)


def _kinds(error: type[Exception]) -> list[type[Exception]]:
    """That of the library, and those of the HTTP client that it is built on: a host that cannot be reached."""
    return [kind for kind in error.__mro__ if kind.__module__.startswith(("huggingface_hub", "httpx", "requests"))]


def _reason(error: Exception, repo: str, token: str, token_env: str) -> str:
    response: Any = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    if status in (401, 403):
        return (
            f"{_where(repo)}: the Hub refuses the token in {token_env} ({status}); give one that may write there"
        )
    why = f"{error} ({error.__cause__})" if error.__cause__ else str(error)
    said = " ".join(why.replace(token, "***").split())[:300] or type(error).__name__
    return f"{_where(repo)}: {said}; give the command again to go on"
