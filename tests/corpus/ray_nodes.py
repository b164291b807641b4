"""Builds a corpus on a cluster of three nodes on this machine, one of which is killed while it works.

python ray_nodes.py RECIPE FOLDER STAGE: the node goes when the stage has begun; "" kills none.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
import ray
from ray.cluster_utils import Cluster

import mathcoder.runs  # noqa: F401  (turns telemetry off)
from mathcoder.corpus.build import build
from mathcoder.corpus.recipe import load_corpus_recipe

STORE = 100 << 20
AFTER = 3.0  # seconds: its processes have started and work

if __name__ == "__main__":
    recipe, folder, doomed = sys.argv[1:]
    head = {"num_cpus": 2, "object_store_memory": STORE}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    nodes = [cluster.add_node(num_cpus=2, object_store_memory=STORE) for _ in range(2)]
    ray.init(address=cluster.address, log_to_driver=False)

    def kill() -> None:
        cluster.remove_node(nodes[-1], allow_graceful=False)
        print("a node is gone", flush=True)

    def progress(stage: str, rows: int, seconds: float) -> None:
        if stage == doomed and rows == 0 and seconds < 0.1:  # it begins
            threading.Timer(AFTER, kill).start()

    build(load_corpus_recipe(Path(recipe)), Path(folder), engine="ray", workers=2, progress=progress)
    print("nodes", sum(node["Alive"] for node in ray.nodes()), flush=True)
    ray.shutdown()
    cluster.shutdown()
