"""Build a pretraining corpus of mathematics with verified code, look at it, and publish it.

mathcoder corpus build recipes/quickstart.yaml
mathcoder corpus stats runs/quickstart
mathcoder corpus show runs/quickstart --random
"""

from mathcoder.cli.common import add_command, group
from mathcoder.cli.corpus import build, push, recall, show, stats

__all__ = ["app"]

app = group("corpus", __doc__)
for _module in (build, stats, show, push):
    add_command(app, _module)
app.add_typer(recall.app)
