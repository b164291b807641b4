"""Draws the curves of runs of training side by side, for the documentation.

python docs/images/make_training_svg.py docs/images/training.svg runs/sft-smollm2 runs/pretrain-smollm2
"""

import sys

import matplotlib.pyplot as plt

from mathcoder.training.run_folder import TrainingRun

target, *folders = sys.argv[1:]
plt.rcParams.update(
    {"svg.fonttype": "none", "svg.hashsalt": "mathcoder", "font.size": 9}
)
figure, panels = plt.subplots(
    1, len(folders), figsize=(4.6 * len(folders), 3.2), squeeze=False
)
for folder, panel in zip(folders, panels[0], strict=True):
    run = TrainingRun(folder)
    panel.plot(
        *zip(*run.curves["loss"], strict=True),
        color="#b0b0b0",
        linewidth=1,
        label="trained on",
    )
    for name, points in run.held_out.items():
        panel.plot(
            *zip(*points, strict=True),
            marker="o",
            markersize=3,
            label=f"held out: {name}",
        )
    panel.set(
        title=f"{run.recipe.name}: {run.tokens:,} tokens",
        xlabel="step",
        ylabel="loss (nats a token)",
    )
    panel.grid(alpha=0.3)
    panel.legend(frameon=False)
figure.tight_layout()
figure.savefig(target, metadata={"Date": None})
