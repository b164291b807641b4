"""Train a model: fine-tuning on solutions, continued pretraining on a corpus, and what comes out as files.

mathcoder train sft recipes/sft-smollm2.yaml
mathcoder train pretrain recipes/papers/mathcoder2-llama-3-8b.yaml --dry-run
mathcoder train export runs/sft-smollm2 --format gguf
"""

from mathcoder.cli.common import add_command, group
from mathcoder.cli.train import export, pretrain, sft

__all__ = ["app"]

app = group("train", __doc__)
for _module in (sft, pretrain, export):
    add_command(app, _module)
