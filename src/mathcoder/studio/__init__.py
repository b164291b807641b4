"""The studio: solve, read traces, explore data and trainings in the browser, on this machine.

`create_app` gives the web app, `serve` runs it; `mathcoder studio` is the command. It shows what runs hold and
runs code in the sandbox, and changes no run. `runs` finds them, `security` guards every request, `context` is what
the areas share: `solve`, `traces`, `corpora` and `trainings`, each with `routes(studio)` for its part of `/api`.
The page is made from `assets/studio/` by `make assets` and lies in `static/`.

Importing this package needs the extra `studio`.
"""

from mathcoder.studio.app import create_app
from mathcoder.studio.context import Studio, StudioSettings
from mathcoder.studio.runs import RunInfo
from mathcoder.studio.serve import Listening, listen, serve, server

__all__ = ["Listening", "RunInfo", "Studio", "StudioSettings", "create_app", "listen", "serve", "server"]
