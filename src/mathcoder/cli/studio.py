"""Open the studio: solve, read solutions, explore data and trainings in the browser.

RUN is a folder of a run, or one that holds runs; default: runs/. A run that is still going is shown as it goes.
Nothing leaves this machine: the studio listens on its loopback address alone, and what runs code or a model needs
the token in the address that is printed.

    mathcoder studio
    mathcoder studio runs/gsm8k
    mathcoder studio runs other/runs --port 0 --no-open
    mathcoder studio --model my-model@http://localhost:8000/v1
    mathcoder studio --host 0.0.0.0 --token "$(openssl rand -hex 16)"
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import sys
import threading
import webbrowser
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from mathcoder.cli.common import Failure

_SHORTEST = 16  # characters of a token that is given


def command(
    runs: Annotated[
        list[Path] | None, typer.Argument(metavar="[RUN]...", help="Folders of runs, or that hold runs.")
    ] = None,
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.", metavar="N", min=0, max=65535)] = 8080,
    host: Annotated[
        str, typer.Option(help="Address to listen on. Other than this machine's own it needs --token.")
    ] = "127.0.0.1",
    token: Annotated[
        str | None,
        typer.Option(help=f"The token, {_SHORTEST} characters or more; default: a new one.", metavar="TEXT"),
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")] = False,
    model: Annotated[
        str, typer.Option(help="Who solves, until another is chosen; `mathcoder models` lists them.")
    ] = "embedded",
) -> int:
    if missing := [name for name in ("fastapi", "uvicorn") if importlib.util.find_spec(name) is None]:
        raise Failure(f"the studio needs {' and '.join(missing)}: pip install 'mathcoder[studio]'")
    from mathcoder.studio.context import StudioSettings
    from mathcoder.studio.runs import find_runs
    from mathcoder.studio.security import is_loopback
    from mathcoder.studio.serve import listen, serve

    for folder in runs or ():
        if not folder.is_dir():
            raise Failure(f"{folder}: no such folder; name a run, or a folder that holds runs", 2)
    if token is None and not is_loopback(host):
        raise Failure(f"others can reach {host}: give a --token that they are to know", 2)
    if token is not None and (len(token) < _SHORTEST or not all(33 <= ord(char) < 127 for char in token)):
        raise Failure(f"a --token has {_SHORTEST} or more characters, visible ones of ASCII", 2)
    settings = StudioSettings(tuple(runs or [Path("runs")]), token or secrets.token_urlsafe(24), host, port, model)
    try:
        listening = listen(settings)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Failure(f"cannot listen on {host}:{port} ({reason}); name another --port, or 0") from error
    found = find_runs(settings.runs)
    # One run that was named is what is wanted.
    place = f"/runs/{found[0].name}" if runs and len(found) == 1 else ""
    address = f"{listening.address}#token={quote(settings.token, safe='')}{place}"

    def tell() -> None:
        print(f"{len(found)} run{'' if len(found) == 1 else 's'} in {', '.join(map(str, settings.runs))}")
        print(f"Studio: {address}\nCtrl-C ends it.", flush=True)
        if not no_open and sys.stdout.isatty() and _has_screen():
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    with contextlib.suppress(KeyboardInterrupt):
        serve(listening, tell)
    return 0


def _has_screen() -> bool:
    """Where there is none, a browser in the terminal would be opened, over what was printed."""
    return sys.platform != "linux" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
