"""A small corpus run as `mathcoder corpus build` leaves it, made by hand: a few dozen documents, all stages, and
hostile text in every field that a source or a model may fill."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mathcoder.verification import VERDICTS

HOSTILE = (
    "<script>document.title = 'ran'</script>",
    "</script><script>document.title = 'ran'</script>",
    "</style><img src=x onerror=\"document.title='ran'\">",
    r"$\href{javascript:document.title='ran'}{x}$ and $\url{javascript:alert(1)}$",
    r"$\htmlData{onclick=x}{y} \htmlClass{solution}{z}$ $\includegraphics{https://example.org/x.png}$",
    "<svg onload=\"document.title='ran'\"><script>1</script></svg> <!-- <![CDATA[ ]]> -->",
    "a\u2028b\u2029c\u202ed \x00 \x1b[31m \ud7ff &lt;b&gt; &#x3c;i&#x3e;",
    r"$\def\a{\a\a}\a$ $\rule{9999em}{9999em}$ $\color{red}\text{</span><b>}$",
    "$" + "{" * 1500 + "$",
    "x" * 20_000,
    "'\"><a href='javascript:1'>y</a>",
)
FORMULAS = (
    r"The area is $\pi r^2$, so for $r = 3$ we have $$\int_0^3 2 \pi r \, dr = 9 \pi.$$ That costs \$5.",
    r"By \(\sum_{k=1}^{n} k = \frac{n(n+1)}{2}\) we get \[\sum_{k=1}^{10} k = 55.\] A pen is $5 and two are $10.",
    "Let $A = \\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}$. Then $\\det A = -2$.\n\nSo $A$ can be inverted.",
)
STAGES = (
    "read",
    "licences",
    "recall",
    "clean",
    "duplicates",
    "contamination",
    "translate",
    "verify",
    "write",
    "mix",
)
SOURCES = ("web", "textbooks", "code", "<b>papers</b>")
_LICENCES = ("CC-BY-4.0", "CC-BY-SA-4.0", None, "MIT")

_DOCUMENT = [(name, pa.string()) for name in "id text source url path title licence language meta".split()]
_COMPUTATION = [
    ("conditions", pa.list_(pa.string())),
    *((name, pa.string()) for name in ("expression", "result", "code", "kind")),
    ("start", pa.int64()),
    ("end", pa.int64()),
    ("translator", pa.string()),
    ("prompt_hash", pa.string()),
]
_VERIFIED = [*_COMPUTATION, *((name, pa.string()) for name in ("verdict", "output", "reason"))]
_SKIPPED = ("skipped", pa.list_(pa.struct([("reason", pa.string()), ("count", pa.int64())])))
_WRITTEN = [
    *((name, pa.string()) for name in ("id", "document", "form", "text")),
    ("tokens", pa.int64()),
    *((name, pa.string()) for name in "source url path title licence language meta".split()),
    *((name, pa.string()) for name in ("translator", "prompt_hash", "verdict")),
    ("computations", pa.list_(pa.struct(_VERIFIED))),
]
_COLUMNS: dict[str, list[Any]] = {
    "read": _DOCUMENT,
    "recall": [*_DOCUMENT, ("recall_score", pa.float64())],
    "translate": [("computations", pa.list_(pa.struct(_COMPUTATION))), _SKIPPED],
    "verify": [("computations", pa.list_(pa.struct(_VERIFIED))), _SKIPPED],
    "write": _WRITTEN,
}
_REASONS = {  # of the rows that a stage drops
    "read": "unreadable: byte 7 is not UTF-8",
    "licences": "licence: CC-BY-NC-4.0 is not among those allowed",
    "recall": "recall: score 0.12 is under 0.5",
    "clean": "too short: 9 words",
    "duplicates": "near duplicate: of web-0001",
    "contamination": "contamination: contains benchmark item gsm8k/12",
    "mix": "mix: beyond the share of its source",
}


def make_corpus_run(
    folder: Path,
    documents: int = 48,
    leave_out: Collection[str] = (),
    hostile: bool = True,
    finished: bool = True,
    texts: Sequence[str] = HOSTILE,
) -> Path:
    """Make a run.

    Args:
        folder: made; it is the run.
        documents: that are read.
        leave_out: stages that the recipe has not.
        hostile: put hostile text into every field.
        texts: the hostile texts.
        finished: make the data set; otherwise the run stopped after the stage before "write".
    """
    folder.mkdir(parents=True)
    texts = texts if hostile else ()
    names = [name for name in STAGES if name not in leave_out]
    if not finished:
        names = names[: names.index("write")]
    _write_head(folder, names)
    columns, rows = list(_DOCUMENT), [_document(number, texts) for number in range(documents)]
    for number, name in enumerate(names, 1):
        before, rows_in = rows, 0 if name == "read" else len(rows)  # the first stage makes its rows
        if name == "recall":
            rows = [row | {"recall_score": (place * 37 % 100) / 100} for place, row in enumerate(rows)]
        elif name == "translate":
            rows = [_translated(place, row, texts) for place, row in enumerate(rows)]
        elif name == "verify":
            rows = [_verified(place, row, texts) for place, row in enumerate(rows)]
        elif name == "write":
            rows = [written for row in rows for written in _written(row)]
        columns = _columns_after(name, columns)
        rows, dropped = _split(name, rows, texts)
        stage = folder / "stages" / f"{number:02}-{name}"
        _write_stage(stage, name, columns, rows, dropped, rows_in)
        if name == "duplicates":
            _write_clusters(stage, dropped)
        elif name == "contamination":
            _write_evidence(stage, before, dropped, texts)
    if finished:
        _write_dataset(folder / "dataset", rows)
    return folder


def _write_head(folder: Path, names: Sequence[str]) -> None:
    versions = {"python": "3.11.9", "mathcoder": "0.1.0", "daft": "0.7.1"}
    asked = {"kind": "corpus", "versions": versions, "seeds": {"mix": 7}, "inputs": []}
    asked["inputs"] = [{"path": "pages/one.warc.gz", "size": 1234, "sha256": "ab" * 32, "modified": 1}]
    (folder / "run.json").write_text(json.dumps(asked), encoding="utf-8")
    (folder / "recipe.yaml").write_text(
        "name: A small corpus\nabout: It is made <b>by hand</b>.\n", encoding="utf-8"
    )
    log = [{"time": 1_767_225_600.0, "event": "started"}, {"time": 1_767_225_660.0, "event": "finished"}]
    (folder / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in log), encoding="utf-8")
    (folder / "lock").write_text("1\n", encoding="utf-8")


def _document(number: int, texts: Sequence[str]) -> dict[str, Any]:
    kind = number % len(SOURCES)
    bad = texts[number % len(texts)] if texts else ""
    text = "\n\n".join([*(FORMULAS[(number + place) % 3] for place in range(1 + number % 5)), bad]).strip()
    source = SOURCES[kind] if texts else SOURCES[kind % 3]
    return {
        "id": f"{['web', 'textbooks', 'code', 'papers'][kind]}-{number:04}"
        + (bad[:60] if number % 7 == 6 else ""),
        "text": text,
        "source": source,
        "url": [f"https://example.org/{number}?a=1&b=2", None, "javascript:document.title='ran'", bad][kind],
        "path": f"pages/{number}.html" + bad[:80],
        "title": [f"On the number {number}{bad}", None][number % 2],
        "licence": (bad or "MIT") if number % 11 == 10 else _LICENCES[kind],
        "language": ["en", "en", None, "de"][kind],
        "meta": json.dumps({"note": bad} | ({"packages": ["sympy"]} if kind == 2 else {})),
    }


def _translated(place: int, row: dict[str, Any], texts: Sequence[str]) -> dict[str, Any]:
    bad = texts[place % len(texts)][:300] if texts else "x"
    computations = [
        {
            "conditions": [f"$r = {step}$", bad],
            "expression": rf"\int_0^{{{step}}} 2 \pi r \, dr",
            "result": rf"{step * step} \pi",
            "code": f"from sympy import *\nr = symbols('r')\n# {bad[:100]}\nintegrate(2*pi*r, (r, 0, {step}))",
            "kind": ["integral", "sum", "arithmetic"][step % 3],
            "start": 3 * step,
            "end": 3 * step + 20,
            "translator": "symbolic" if place % 3 else "a-model-7b" + ("<i>" if texts else ""),
            "prompt_hash": None if place % 3 else "f" * 64,
        }
        for step in range(1, 1 + place % 6)
    ]
    skipped = [{"reason": "no result is stated", "count": place % 4}, {"reason": bad[:80], "count": 1}]
    return row | {"computations": computations, "skipped": skipped}


def _verified(place: int, row: dict[str, Any], texts: Sequence[str]) -> dict[str, Any]:
    bad = texts[place % len(texts)][:500] if texts else "9*pi"
    computations = [
        computation
        | {"verdict": VERDICTS[max(0, (place + step) % 9 - 3)], "output": bad, "reason": f"is so {bad}"}
        for step, computation in enumerate(row["computations"])
    ]
    return row | {"computations": computations}


def _written(row: dict[str, Any]) -> list[dict[str, Any]]:
    shown = [one for one in row.get("computations", []) if one.get("verdict") == "verified"]
    forms = ["document", "steps", "interleaved"] if shown else ["document"]
    written: list[dict[str, Any]] = []
    for form in forms:
        steps = [] if form == "document" else shown
        blocks = [
            "\n".join(
                [*one["conditions"], f"${one['expression']} = {one['result']}$", f"```python\n{one['code']}\n```"]
            )
            for one in steps
        ]
        text = "\n\n".join([*([] if form == "steps" else [row["text"]]), *blocks])
        written.append(
            {name: row[name] for name in "source url path title licence language meta".split()}
            | {"id": f"{row['id']}.{form}", "document": row["id"], "form": form, "text": text}
            | {"tokens": len(text) // 3, "computations": steps}
            | {"translator": ", ".join(sorted({one["translator"] for one in steps})) or None}
            | {"prompt_hash": next((one["prompt_hash"] for one in steps if one["prompt_hash"]), None)}
            | {"verdict": "verified" if steps else None}
        )
    return written


def _columns_after(name: str, before: list[Any]) -> list[Any]:
    made = _COLUMNS.get(name, [])
    if name in ("read", "recall", "write"):
        return list(made)
    replaced = {column for column, _ in made}
    return [column for column in before if column[0] not in replaced] + made


def _split(name: str, rows: list[dict[str, Any]], texts: Sequence[str]) -> tuple[list[Any], list[Any]]:
    """The rows that a stage keeps, and those it drops: every ninth, for two reasons."""
    reason = _REASONS.get(name)
    if reason is None:
        return rows, []
    kept: list[dict[str, Any]] = []
    dropped: list[dict[str, Any]] = []
    offset = len(name) % 9
    for place, row in enumerate(rows):
        if place % 9 != offset:
            kept.append(row)
        elif texts and place % 2 and name == "clean":
            dropped.append(row | {"drop_reason": texts[place % len(texts)][:200]})
        else:
            dropped.append(row | {"drop_reason": reason})
    return kept, dropped


def _write_stage(
    folder: Path, name: str, columns: list[Any], rows: list[Any], dropped: list[Any], rows_in: int
) -> None:
    reasons = Counter(row["drop_reason"].partition(": ")[0] for row in dropped)
    facts: dict[str, Any] = {"stage": name, "key": name.encode().hex(), "rows_in": rows_in, "kept": len(rows)}
    facts |= {"dropped": dict(sorted(reasons.items())), "seconds": 1.5, "params": {"a": 1}, "version": 1}
    facts["versions"] = {"python": "3.11.9", "mathcoder": "0.1.0"}
    facts["data"] = [_write_shard(folder / "data", columns, rows)]
    facts["rejected"] = [_write_shard(folder / "rejected", [*columns, ("drop_reason", pa.string())], dropped)]
    (folder / "stage.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")


def _write_shard(folder: Path, columns: list[Any], rows: list[Any]) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "part-00000.parquet"
    table = pa.Table.from_pylist(sorted(rows, key=lambda row: row["id"]), schema=pa.schema(columns))
    pq.write_table(table, path, compression="zstd", row_group_size=16)
    return {"file": path.name, "rows": len(rows), "size": path.stat().st_size}


def _write_clusters(folder: Path, dropped: list[Any]) -> None:
    members = [("web-0001", "web-0001", True, "kept: the longest")]
    members += [(row["id"], "web-0001", False, "0.81 like web-0001") for row in dropped]
    columns = dict(zip(("id", "cluster", "kept", "why"), map(list, zip(*members, strict=True)), strict=True))
    pq.write_table(pa.table(columns), folder / "clusters.parquet")


def _write_evidence(folder: Path, before: list[Any], dropped: list[Any], texts: Sequence[str]) -> None:
    """Of each document that was dropped, and of one that is in the run no more, as when passages are cut out."""
    schema = [("id", pa.string()), ("item", pa.string()), ("start", pa.int64()), ("end", pa.int64())]
    schema += [("share", pa.float64()), ("passage", pa.string())]
    item = "gsm8k/12" + (texts[0] if texts else "")
    found = [
        {"id": row["id"], "item": item, "start": 4, "end": 40, "share": 0.93, "passage": row["text"][4:40]}
        for row in [*dropped, before[0]]
    ]
    found.append(
        {"id": "gone", "item": item, "start": 0, "end": 5, "share": 1.0, "passage": texts[-1] if texts else "a"}
    )
    pq.write_table(pa.Table.from_pylist(found, schema=pa.schema(schema)), folder / "evidence.parquet")
    ignored = pa.table({"item": ["svamp/3", item], "grams": [7, 20], "frequent": [7, 4]})
    pq.write_table(ignored, folder / "ignored.parquet")


def _write_dataset(folder: Path, rows: list[Any]) -> None:
    _write_shard(folder / "data", _WRITTEN, rows)
    front = "license: cc-by-sa-4.0\nlanguage:\n- en\n- de\npretty_name: A small corpus\n"
    (folder / "README.md").write_text(f"---\n{front}---\n\n# A small corpus\n", encoding="utf-8")
    columns = [{"name": name, "type": str(kind), "description": name} for name, kind in _WRITTEN]
    (folder / "schema.json").write_text(json.dumps({"columns": columns}), encoding="utf-8")
