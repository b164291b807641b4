"""Build instruction data: problems with solutions of text, code and execution, every one run and graded.

mathcoder instruct build recipes/instruct-gsm8k.yaml --limit 200
mathcoder instruct build recipes/mathcodeinstruct-80k.yaml --dry-run
"""

from mathcoder.cli.common import add_command, group
from mathcoder.cli.instruct import build

__all__ = ["app"]

app = group("instruct", __doc__)
add_command(app, build)
