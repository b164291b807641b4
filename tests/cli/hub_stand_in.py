"""A stand-in for the Hugging Face Hub on a loopback port: the calls that publishing a dataset makes.

It keeps datasets in memory: their files, and whether they are private. Data comes by the LFS protocol; the Hub's
Xet protocol is not spoken, so HF_HUB_DISABLE_XET=1 has to be set.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "hf_" + "a1B2" * 8


@dataclass
class Hub:
    """What is kept.

    Attributes:
        address: of the server.
        files: of each dataset, by path.
        private: the datasets that only their owner sees.
        blobs: what was sent by LFS, by SHA-256.
        fail: so many of the next LFS uploads are refused.
        sent: paths that were committed, in order.
        requests: what was asked, as "METHOD PATH".
    """

    address: str = ""
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    private: set[str] = field(default_factory=set)
    blobs: dict[str, bytes] = field(default_factory=dict)
    fail: int = 0
    sent: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@contextmanager
def hub() -> Iterator[Hub]:
    kept = Hub()

    class Handler(_Handler):
        pass

    Handler.hub = kept
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    kept.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self._body())

    def do_PUT(self) -> None:
        self._answer(self._body())

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            parts: list[bytes] = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _answer(self, body: bytes) -> None:
        path = self.path.partition("?")[0]
        self.hub.requests.append(f"{self.command} {path}")
        if path.startswith("/lfs/"):
            status, said = self._stored(path.removeprefix("/lfs/"), body)
        elif self.headers.get("Authorization") != f"Bearer {TOKEN}":
            status, said = 401, {"error": "Invalid credentials in Authorization header"}
        else:
            status, said = self._api(path, body)
        data = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stored(self, oid: str, body: bytes) -> tuple[int, Any]:
        if self.hub.fail > 0:
            self.hub.fail -= 1
            return 400, {"error": "the store is away"}
        assert hashlib.sha256(body).hexdigest() == oid
        self.hub.blobs[oid] = body
        return 200, {}

    def _api(self, path: str, body: bytes) -> tuple[int, Any]:
        if path == "/api/repos/create":
            return self._made(json.loads(body))
        if path == "/api/validate-yaml":
            return 200, {"errors": [], "warnings": []}
        if found := re.fullmatch(r"/datasets/(\w+/\w+)\.git/info/lfs/objects/batch", path):
            return 200, {
                "transfer": "basic",
                "objects": [self._object(one) for one in json.loads(body)["objects"]],
            }
        found = re.fullmatch(r"/api/datasets/(\w+/\w+)(?:/(preupload|commit|tree|revision)/main)?", path)
        if not found or found[1] not in self.hub.files:
            return 404, {"error": f"nothing at {path}"}
        repo, files = found[1], self.hub.files[found[1]]
        if found[2] == "preupload":
            return 200, {"files": [self._mode(one["path"], files) for one in json.loads(body)["files"]]}
        if found[2] == "commit":
            return self._committed(repo, body)
        if found[2] == "tree":
            return 200, [
                {"type": "file", "path": name, "size": len(data), "oid": "0" * 40} for name, data in files.items()
            ]
        siblings = [{"rfilename": name} for name in files]
        facts = {"id": repo, "sha": "c" * 40, "private": repo in self.hub.private, "siblings": siblings}
        return 200, facts | {"tags": [], "downloads": 0, "likes": 0}

    def _made(self, asked: dict[str, Any]) -> tuple[int, Any]:
        assert asked["type"] == "dataset"
        repo = f"{asked['organization']}/{asked['name']}"
        answer = {"url": f"{self.hub.address}/datasets/{repo}"}
        if repo in self.hub.files:
            return 409, answer | {"error": "You already created this dataset repo"}
        self.hub.files[repo] = {".gitattributes": b"*.parquet filter=lfs"}
        if asked.get("visibility") == "private" or asked.get("private"):
            self.hub.private.add(repo)
        return 200, answer

    def _object(self, one: dict[str, Any]) -> dict[str, Any]:
        if one["oid"] in self.hub.blobs:
            return one
        return one | {"actions": {"upload": {"href": f"{self.hub.address}/lfs/{one['oid']}"}}}

    def _mode(self, name: str, files: dict[str, bytes]) -> dict[str, Any]:
        known = {"oid": _oid(name, files[name])} if name in files else {}
        return {"path": name, "uploadMode": _mode_of(name), "shouldIgnore": False} | known

    def _committed(self, repo: str, body: bytes) -> tuple[int, Any]:
        files = self.hub.files[repo]
        for line in map(json.loads, body.splitlines()):
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                files[value["path"]] = self.hub.blobs[value["oid"]]
            elif line["key"] == "deletedFile":
                del files[value["path"]]
            if line["key"] in ("file", "lfsFile"):
                self.hub.sent.append(value["path"])
        commit = {"commitUrl": f"{self.hub.address}/datasets/{repo}/commit/{'c' * 40}", "commitOid": "c" * 40}
        return 200, {"success": True, **commit, "hookOutput": ""}


def _mode_of(name: str) -> str:
    return "lfs" if name.endswith(".parquet") else "regular"


def _oid(name: str, data: bytes) -> str:
    """As Git names it, or for LFS the SHA-256."""
    if _mode_of(name) == "lfs":
        return hashlib.sha256(data).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
