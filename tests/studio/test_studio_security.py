"""Who may ask the studio what, and what its answers carry."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from studio_server import TOKEN, studio_client

from mathcoder.studio import StudioSettings, create_app
from mathcoder.studio.security import MOST_BYTES, POLICY, TOKEN_HEADER, is_loopback


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with studio_client(tmp_path_factory.mktemp("runs"), token=None) as client:
        yield client


PATHS = (
    "/",
    "/static/studio.js",
    "/katex/katex.min.css",
    "/katex/render.js",
    "/api/runs",
    "/nowhere",
    "/api/nowhere",
)


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_the_headers(client: TestClient, path: str):
    answer = client.get(path)
    assert answer.headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_what_is_kept_by_browsers(client: TestClient):
    page = client.get("/")
    assert page.headers["cache-control"] == "no-cache"
    assert client.get("/api/runs").headers["cache-control"] == "no-store"
    files = re.findall(r'(?:src|href)="(/[^"]+)"', page.text)
    assert len(files) == 6
    for address in files:
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert client.get(address.partition("?")[0]).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "[::1]:8080"])
def test_our_hosts(client: TestClient, host: str):
    assert client.get("/api/runs", headers={"Host": host}).status_code == 200
    assert client.get("/api/runs", headers={"Host": host, "Origin": f"http://{host}"}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8080",
        "127.0.0.1",
        "127.0.0.1:8081",
        "localhost.evil.example:8080",
        "",
        "0.0.0.0:8080",
    ],
)
@pytest.mark.parametrize("path", ["/", "/api/runs", "/static/studio.js"])
def test_other_hosts(client: TestClient, host: str, path: str):
    answer = client.get(path, headers={"Host": host, TOKEN_HEADER: TOKEN})
    assert answer.status_code == 403
    assert list(answer.json()) == ["error"]


def test_two_hosts_are_none(client: TestClient):
    headers = [("Host", "127.0.0.1:8080"), ("Host", "evil.example")]
    assert client.get("/api/runs", headers=headers).status_code == 403


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://127.0.0.1:8081",
        "https://127.0.0.1:8080",
        "http://localhost:8080",
        "",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_origins(client: TestClient, origin: str, method: str):
    answer = client.request(method, "/api/runs", headers={"Origin": origin, TOKEN_HEADER: TOKEN})
    assert answer.status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_site_has_the_browser_ask(client: TestClient, site: str):
    assert client.get("/api/runs", headers={"Sec-Fetch-Site": site}).status_code == 403
    assert client.get("/", headers={"Sec-Fetch-Site": site}).status_code == 200  # a link to the page is fine


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "ODD"])
@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN[:-1], TOKEN + "0", "\xe9"])
@pytest.mark.parametrize("path", ["/", "/api/runs", "/api/nowhere"])
def test_all_but_reading_needs_the_token(client: TestClient, method: str, token: str | None, path: str):
    headers = {} if token is None else {TOKEN_HEADER: token.encode("latin-1")}
    assert client.request(method, path, headers=headers).status_code == 401


def test_with_the_token_it_depends_on_the_path(client: TestClient):
    assert client.post("/api/runs", headers={TOKEN_HEADER: TOKEN}).status_code == 405
    assert client.post("/api/nowhere", headers={TOKEN_HEADER: TOKEN}).status_code == 404


def test_no_path_that_runs_something_can_be_read(client: TestClient):
    """Each path of an area that takes a POST takes nothing else."""
    methods = {path: set(found) for path, found in client.app.openapi()["paths"].items() if "/api/" in path}
    assert len(methods) > 5
    assert {"post"} in methods.values()
    assert all(found == {"get"} or "get" not in found for found in methods.values())


@pytest.mark.parametrize("path", ["/", "/static/studio.js", "/katex/fonts/KaTeX_Main-Regular.woff2"])
def test_the_page_needs_no_token_anywhere(path: str, tmp_path: Path):
    with studio_client(tmp_path, token=None, host="192.0.2.7") as client:
        assert client.get(path, headers={"Host": "192.0.2.7:8080"}).status_code == 200


@pytest.mark.parametrize("host", ["192.0.2.7", "0.0.0.0", "::", "2001:db8::1", "studio.example"])
def test_where_others_can_reach_it_reading_needs_the_token(host: str, tmp_path: Path):
    named = f"[{host}]:8080" if ":" in host else f"{host}:8080"
    with studio_client(tmp_path, token=None, host=host) as client:
        for path in ("/api/runs", "/api/nowhere"):
            assert client.get(path, headers={"Host": named}).status_code == 401
        assert client.get("/api/runs", headers={"Host": named, TOKEN_HEADER: TOKEN}).status_code == 200


def test_a_machine_with_many_names(tmp_path: Path):
    with studio_client(tmp_path, host="0.0.0.0") as client:
        assert client.get("/api/runs", headers={"Host": "any.example:8080"}).status_code == 200
    with studio_client(tmp_path, host="192.0.2.7") as client:
        assert client.get("/api/runs", headers={"Host": "any.example:8080"}).status_code == 403


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("localhost", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.2", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("", False),
    ],
)
def test_loopback(host: str, alone: bool):
    assert is_loopback(host) is alone


@pytest.fixture
def echo(tmp_path: Path) -> Iterator[TestClient]:
    """A studio with routes that read a body, fail, and break off."""
    app = create_app(StudioSettings((tmp_path,), TOKEN))

    async def size(request: Request) -> JSONResponse:
        return JSONResponse({"size": len(await request.body())})

    async def fail(_: Request) -> JSONResponse:
        raise KeyError("secret")

    async def damaged(_: Request) -> JSONResponse:
        raise ValueError("run: is\ndamaged")

    async def broken(_: Request) -> StreamingResponse:
        async def lines() -> AsyncIterator[str]:
            yield "{}\n"
            raise KeyError("secret")

        return StreamingResponse(lines())

    for handler in (size, fail, damaged, broken):
        app.router.routes.insert(0, _route(handler))
    with TestClient(app, base_url="http://127.0.0.1:8080", headers={TOKEN_HEADER: TOKEN}) as client:
        yield client


def _route(handler: Callable[[Request], Awaitable[Response]]) -> Route:
    return Route(f"/api/{handler.__name__}", handler, methods=["GET", "POST"])


def test_a_body_has_a_limit(echo: TestClient):
    assert echo.post("/api/size", content=b"x" * MOST_BYTES).json() == {"size": MOST_BYTES}
    assert echo.post("/api/size", content=b"x" * (MOST_BYTES + 1)).status_code == 413

    def parts() -> Iterator[bytes]:
        for _ in range(MOST_BYTES // 1000 + 1):
            yield b"x" * 1000

    answer = echo.post("/api/size", content=parts())  # without a length
    assert (answer.status_code, list(answer.json())) == (413, ["error"])


def test_a_fault_of_ours_is_told_in_a_line_and_nothing_more(echo: TestClient, caplog: pytest.LogCaptureFixture):
    answer = echo.get("/api/fail")
    assert answer.status_code == 500
    assert answer.json() == {"error": "the studio failed (KeyError); its terminal says more"}
    assert answer.headers["content-security-policy"] == POLICY
    assert "secret" in caplog.text


def test_what_the_library_says_of_damage_is_one_line(echo: TestClient):
    answer = echo.get("/api/damaged")
    assert (answer.status_code, answer.json()) == (500, {"error": "run: is damaged"})


def test_an_answer_that_breaks_off_is_not_made_whole(echo: TestClient, caplog: pytest.LogCaptureFixture):
    answer = echo.get("/api/broken")
    assert answer.text == "{}\n"
    assert "secret" in caplog.text
