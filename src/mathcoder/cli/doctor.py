"""Tell what this machine offers, and how to get what is missing.

Sandbox layers, the embedded model, GPUs and optional parts. Exits with 1 where the sandbox lacks something.

    mathcoder doctor
    mathcoder doctor --json
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import platform
import sys
import warnings
from dataclasses import asdict, dataclass
from typing import Annotated

import typer

_EXTRAS = {
    "local": (("xllamacpp", "gguf"), "the embedded model"),
    "plot": (("matplotlib",), "figures drawn by a solution's code"),
    "train": (("torch", "transformers", "trl", "peft", "accelerate"), "fine-tuning and pretraining"),
    "cluster": (("daft", "ray"), "corpora on many machines"),
    "studio": (("fastapi", "uvicorn"), "the web app"),
}


@dataclass(frozen=True)
class Finding:
    """One line of the report: `remedy` is what to do where `ok` is False."""

    part: str
    name: str
    ok: bool
    detail: str
    remedy: str = ""


def command(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> int:
    findings = [*_system(), *_sandbox(), *_model(), *_gpu(), *_extras()]
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        _print(findings)
    return 0 if all(finding.ok for finding in findings if finding.part == "sandbox") else 1


def _system() -> list[Finding]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    detail = f"Python {platform.python_version()}, {platform.system()} {platform.release()}, {cores} cores"
    version = importlib.metadata.version("mathcoder")
    return [Finding("system", "mathcoder", ok=True, detail=f"{version}; {detail}")]


def _sandbox() -> list[Finding]:
    from mathcoder.sandbox import LAYERS, Sandbox, SandboxError

    about = {
        "rlimits": "limits on memory, files and descriptors",
        "seccomp": "only the system calls of numeric Python; no processes, no sockets",
        "landlock": "reads only the interpreter's libraries, writes only its scratch folder",
        "namespaces": "its own processes, network and file tree; a bounded scratch folder",
        "uid": "as root: a child runs as another, unprivileged user",
    }
    remedies = {
        "seccomp": "use Linux on x86-64 or aarch64 with seccomp filters enabled",
        "landlock": "use Linux 5.13 or newer with landlock among the boot parameter lsm=",
        "namespaces": "allow unprivileged user namespaces (sysctl user.max_user_namespaces; in a container "
        "a seccomp profile that allows unshare and mount)",
        "uid": "give the container SETUID and SETGID, or install Python where every user can read it",
    }
    warnings.simplefilter("ignore", RuntimeWarning)  # all that it would say is in the report
    try:
        with Sandbox() as sandbox:
            works = sandbox.run("6 * 7").output.strip() == "42"
            missing = sandbox.missing
    except SandboxError as error:
        return [Finding("sandbox", "run", ok=False, detail=str(error), remedy="please report this line")]
    findings = [Finding("sandbox", "run", works, "computed 6 * 7" if works else "6 * 7 was not computed")]
    for layer in LAYERS:
        why = missing[layer]
        needed = not (layer == "uid" and why)
        if needed or os.geteuid() == 0:
            findings.append(Finding("sandbox", layer, not why, why or about[layer], remedies.get(layer, "")))
    return findings


def _model() -> list[Finding]:
    from mathcoder.models import ModelError
    from mathcoder.models.weights import find_weights

    findings: list[Finding] = []
    have = importlib.util.find_spec("xllamacpp") is not None
    detail = f"xllamacpp {importlib.metadata.version('xllamacpp')}" if have else "xllamacpp is not installed"
    findings.append(Finding("model", "runtime", have, detail, "pip install 'mathcoder[local]'"))
    try:
        path = find_weights()
        size = path.stat().st_size / 1e6
        findings.append(Finding("model", "weights", ok=True, detail=f"{path.name} ({size:.0f} MB)"))
    except ModelError as error:
        findings.append(Finding("model", "weights", ok=False, detail=str(error)))
    return findings


def _gpu() -> list[Finding]:
    import shutil
    import subprocess

    if tool := shutil.which("nvidia-smi"):
        query = [tool, "--query-gpu=name,memory.total", "--format=csv,noheader"]
        done = subprocess.run(query, capture_output=True, text=True, timeout=20, check=False)
        if done.returncode == 0 and done.stdout.strip():
            return [Finding("gpu", "NVIDIA", True, line.strip()) for line in done.stdout.strip().splitlines()]
    if sys.platform == "darwin" and platform.machine() == "arm64":
        return [Finding("gpu", "Apple", ok=True, detail="Metal")]
    return [Finding("gpu", "GPU", ok=False, detail="none found; everything but training at scale works without")]


def _extras() -> list[Finding]:
    findings: list[Finding] = []
    for extra, (packages, what) in _EXTRAS.items():
        absent = [package for package in packages if importlib.util.find_spec(package) is None]
        detail = what if not absent else f"{what}; not installed: {', '.join(absent)}"
        findings.append(Finding("extra", extra, not absent, detail, f"pip install 'mathcoder[{extra}]'"))
    return findings


def _print(findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold")
    table.add_column()
    table.add_column()
    table.add_column(overflow="fold")
    part = ""
    for finding in findings:
        needed = finding.part in ("sandbox", "model")
        absent = Text("no", style="red") if needed else Text("-", style="dim")
        mark = Text("ok", style="green") if finding.ok else absent
        detail = Text(finding.detail)
        if finding.remedy and not finding.ok:
            detail.append(f"\n{finding.remedy}", style="yellow" if needed else "dim")
        table.add_row(finding.part if finding.part != part else "", finding.name, mark, detail)
        part = finding.part
    Console().print(table)
