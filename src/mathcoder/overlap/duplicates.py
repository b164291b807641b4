"""Exact and near duplicates across a whole frame, by hashes and MinHash signatures.

Only ids, hashes and signatures are grouped and joined; text is read once, where it lies. Nothing depends on how
rows are ordered or partitioned, so Daft's native and Ray runners give the same table for any number of workers.

MinHash and banding: Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from mathcoder.overlap.clusters import Document, Edge, Keep, cluster
from mathcoder.overlap.frames import check_columns, frame_of, more_than

if TYPE_CHECKING:
    import daft
    from numpy.typing import NDArray

__all__ = ["exact_duplicates", "near_duplicates"]

# In a bucket of up to `_ALL` documents each is compared with each, in a larger one with the `_NEIGHBOURS` that
# follow it by id: work stays linear where thousands of pages made from one template share their bands.
_ALL = 32
_NEIGHBOURS = 8


def exact_duplicates(
    frame: daft.DataFrame,
    *,
    id: str = "id",
    text: str = "text",
    source: str | None = None,
    keep: Keep | None = None,
) -> daft.DataFrame:
    """Documents whose texts are equal, character for character.

    Args:
        frame: columns `id` (unique; texts or whole numbers), `text`, and `source` where one is named. Read once.
        id: the name of that column.
        text: the name of that column.
        source: the name of that column, if there is one.
        keep: which copy stays; default the smallest id (equal texts are equally long).

    Returns:
        One row for each document that has a copy, by cluster, the one that stays first: `id`, `cluster` (the
        smallest id in it), `kept`, `why`. A document that is not in the table has no copy. A missing text is a
        copy of nothing; empty texts are copies.

    Raises:
        ValueError: a column is missing, or an id occurs twice.
    """
    table = _described(frame, id, text, source, None)
    edges = _same(table, ["digest", "check"], exact=True)
    return _table(table, edges, keep or Keep("first"), frame.schema()[id].dtype)


def near_duplicates(
    frame: daft.DataFrame,
    *,
    id: str = "id",
    text: str = "text",
    source: str | None = None,
    keep: Keep | None = None,
    shingle: int = 5,
    threshold: float = 0.5,
    bands: int = 32,
    rows: int = 4,
) -> daft.DataFrame:
    """Documents that share most of their word shingles, and those whose texts are equal.

    Words are runs of letters, digits and `_`, in lower case. A pair becomes a candidate when one of `bands` bands
    of `rows` MinHash values is equal in both, and a copy when the whole signatures estimate the Jaccard similarity
    of their shingles at `threshold` or more. With the defaults (128 values) a pair at 0.5 is a candidate with
    probability 0.87, at 0.6 with 0.99, and the estimate's standard deviation is at most 0.044. Short texts that
    differ in one number, as problems made from one template do, can be above 0.5: raise the threshold for those.

    Args:
        frame: columns `id` (unique; texts or whole numbers), `text`, and `source` where one is named. Read once.
        id: the name of that column.
        text: the name of that column.
        source: the name of that column, if there is one.
        keep: which copy stays; default the longest.
        shingle: words in a shingle. A text of fewer words is one shingle; a text of none has exact copies only.
        threshold: least estimated Jaccard similarity of a copy, above 0 and up to 1.
        bands: of the signature; two documents are compared if one band is the same.
        rows: values in a band.

    Returns:
        As `exact_duplicates`; `why` of a copy names the document it is nearest to and the estimated similarity.

    Raises:
        ValueError: a column is missing, an id occurs twice, or a number is out of range.
    """
    if min(shingle, bands, rows) < 1 or not 0 < threshold <= 1:
        raise ValueError("shingle, bands and rows must be at least 1, and threshold above 0 and at most 1")
    table = _described(frame, id, text, source, (shingle, bands * rows))
    kind = frame.schema()[id].dtype
    exact = _same(table, ["digest", "check"], exact=True)
    alike = table.where(~table["signature"].is_null())
    twins = _same(alike, ["alike"], exact=False)
    edges = [*exact, *twins, *_near(alike, kind, threshold, bands, rows)]
    return _table(table, edges, keep or Keep(), kind)


def _described(
    frame: daft.DataFrame, id: str, text: str, source: str | None, minhash: tuple[int, int] | None
) -> daft.DataFrame:
    """The small columns that stand for each text; from here on the text is not touched."""
    from daft import DataType, col, lit
    from daft import functions as f

    check_columns(frame, (id, text, *([source] if source else [])))
    columns = [
        col(id).alias("id"),
        f.length(col(text)).cast(DataType.int64()).alias("size"),
        (col(source) if source else lit(None)).cast(DataType.string()).alias("source"),
        f.hash(col(text)).alias("digest"),
        f.hash(col(text), seed=1).alias("check"),
    ]
    if minhash is not None:
        words = f.strip(f.regexp_replace(f.lower(col(text)), r"[^\w]+", " "))
        worded = f.when(words != "", words).otherwise(lit(None))
        signature = f.minhash(worded, num_hashes=minhash[1], ngram_size=minhash[0], hash_function="xxhash3_64")
        columns.append(signature.alias("signature"))
    table = frame.where(~col(text).is_null()).select(*columns)
    if minhash is not None:
        table = table.with_column("alike", f.hash(col("signature")))
    return table.collect()


def _same(table: daft.DataFrame, keys: list[str], *, exact: bool) -> list[Edge]:
    """An edge from each document to the first with the same keys."""
    from daft import col

    groups = table.groupby(*keys).agg(
        col("id").min().alias("first"), col("id").count().alias("count"), col("id").list_agg().alias("other")
    )
    found = groups.where(more_than("count", 1)).select("first", "other").explode("other").to_pydict()
    # An id that occurs twice is its own copy here; `cluster` says so when it sees the second document.
    return [Edge(one, other, 1.0, exact) for one, other in zip(found["first"], found["other"], strict=True)]


def _near(table: daft.DataFrame, kind: daft.DataType, threshold: float, bands: int, rows: int) -> list[Edge]:
    from daft import DataType, Series, col, func

    @func.batch(return_dtype=DataType.list(DataType.uint64()))
    def keys(signatures: Series) -> Any:
        return _band_keys(_matrix(signatures), bands, rows)

    @func.batch(return_dtype=DataType.list(DataType.struct({"one": kind, "other": kind})))
    def pairs(buckets: Series) -> Any:
        return [_pairs(bucket) for bucket in buckets.to_pylist()]

    @func.batch(return_dtype=DataType.float64())
    def estimate(ones: Series, others: Series) -> Any:
        return (_matrix(ones) == _matrix(others)).sum(axis=1) / (bands * rows)

    # One document stands for all with its signature.
    single = table.groupby("alike").agg(col("id").min(), col("signature").any_value()).select("id", "signature")
    single = single.collect()
    banded = single.select(col("id"), keys(col("signature")).alias("key")).explode("key")
    buckets = banded.groupby("key").agg(col("id").count().alias("count"), col("id").list_agg().alias("ids"))
    pair = buckets.where(more_than("count", 1)).select(pairs(col("ids")).alias("pair")).explode("pair")
    pair = pair.select(col("pair").get("one").alias("one"), col("pair").get("other").alias("other")).distinct()
    left = single.select(col("id").alias("one"), col("signature").alias("left"))
    right = single.select(col("id").alias("other"), col("signature").alias("right"))
    joined = pair.join(left, on="one").join(right, on="other")
    found = joined.select("one", "other", estimate(col("left"), col("right")).alias("similarity"))
    rows_found = found.where(more_than("similarity", threshold, or_equal=True)).to_pydict()
    columns = (rows_found[name] for name in ("one", "other", "similarity"))
    return [Edge(one, other, similarity) for one, other, similarity in zip(*columns, strict=True)]


def _matrix(signatures: daft.Series) -> NDArray[np.uint32]:
    array: Any = cast("Any", signatures).to_arrow()
    values: NDArray[np.uint32] = np.asarray(array.flatten(), np.uint32)
    return values.reshape(len(array), len(values) // max(len(array), 1))


def _band_keys(signatures: NDArray[np.uint32], bands: int, rows: int) -> list[NDArray[np.uint64]]:
    """One hash for each band of each signature; bands differ in their hash, so that they do not meet."""
    values = signatures.reshape(-1, bands, rows).astype(np.uint64)
    keys = np.broadcast_to(np.arange(1, bands + 1, dtype=np.uint64), values.shape[:2])
    for row in range(rows):
        keys = (keys ^ values[:, :, row]) * np.uint64(0x9E3779B97F4A7C15)
        keys = keys ^ (keys >> np.uint64(29))
    return list(keys)


def _pairs(bucket: list[Any]) -> list[dict[str, Any]]:
    ids = sorted(set(bucket))
    reach = len(ids) if len(ids) <= _ALL else _NEIGHBOURS
    return [
        {"one": one, "other": other}
        for index, one in enumerate(ids)
        for other in ids[index + 1 : index + 1 + reach]
    ]


def _table(table: daft.DataFrame, edges: Iterable[Edge], keep: Keep, kind: daft.DataType) -> daft.DataFrame:
    from daft import DataType

    edges = list(edges)
    ids = sorted({edge.one for edge in edges} | {edge.other for edge in edges})
    names = frame_of({"id": (ids, kind)})
    found = table.select("id", "size", "source").join(names, on="id", how="semi").to_pydict()
    documents = map(Document, found["id"], found["size"], found["source"])
    members = cluster((edge for edge in edges if edge.one != edge.other), documents, keep)
    kinds = {"id": kind, "cluster": kind, "kept": DataType.bool(), "why": DataType.string()}
    return frame_of({name: ([getattr(member, name) for member in members], kinds[name]) for name in kinds})
