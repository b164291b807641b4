"""A stand-in for an object store: lists, sizes and ranges of objects, as S3 answers, on a loopback address."""

from __future__ import annotations

import threading
import urllib.parse
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from xml.sax.saxutils import escape

__all__ = ["store"]

_OBJECT = "<Contents><Key>{}</Key><Size>{}</Size><LastModified>2024-01-01T00:00:00.000Z</LastModified></Contents>"

_FOLDER = "<CommonPrefixes><Prefix>{}</Prefix></CommonPrefixes>"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    objects: ClassVar[Mapping[str, bytes]] = {}
    ranges: ClassVar[bool] = True

    def log_message(self, *_: object) -> None: ...

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        address = urllib.parse.urlsplit(self.path)
        key = urllib.parse.unquote(address.path.lstrip("/").partition("/")[2])
        if not key:
            self._answer(200, self._listing(dict(urllib.parse.parse_qsl(address.query))))
        elif key not in self.objects:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        else:
            self._object(self.objects[key])

    def _object(self, data: bytes) -> None:
        wanted = self.headers.get("Range")
        if not wanted or not self.ranges:
            self._answer(200, data)
            return
        first, last = wanted.removeprefix("bytes=").split("-")
        start = int(first) if first else len(data) - int(last)
        end = min(int(last) if first and last else len(data) - 1, len(data) - 1)
        self._answer(206, data[start : end + 1], f"bytes {start}-{end}/{len(data)}")

    def _listing(self, query: dict[str, str]) -> bytes:
        prefix, parted = query.get("prefix", ""), query.get("delimiter")
        below = {key: key[len(prefix) :] for key in sorted(self.objects) if key.startswith(prefix)}
        folders = {prefix + rest.split(parted)[0] + parted for rest in below.values() if parted and parted in rest}
        files = [key for key, rest in below.items() if not parted or parted not in rest]
        body = "".join(_OBJECT.format(escape(key), len(self.objects[key])) for key in files)
        body += "".join(
            f"<CommonPrefixes><Prefix>{escape(each)}</Prefix></CommonPrefixes>" for each in sorted(folders)
        )
        head = f"<IsTruncated>false</IsTruncated><KeyCount>{len(files)}</KeyCount>"
        return f"<ListBucketResult><Name>b</Name>{head}{body}</ListBucketResult>".encode()

    def _answer(self, status: int, body: bytes, content_range: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT")
        if self.ranges:
            self.send_header("Accept-Ranges", "bytes")
        if content_range:
            self.send_header("Content-Range", content_range)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def store(objects: Mapping[str, bytes], *, ranges: bool = True) -> Generator[str]:
    """Serve objects by their keys, below any bucket; the address."""
    handler = type("Handler", (_Handler,), {"objects": objects, "ranges": ranges})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
