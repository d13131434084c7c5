"""The style sheet stands in the page that the server sends, and in nothing else."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from dynviz.ui.shell.styled import Styled

HTML = {"Accept": "text/html"}


async def page(request: Request) -> Response:
    return HTMLResponse("<html><body><p>x</p></body></html>", headers={"ETag": "old"})


async def numbers(request: Request) -> Response:
    return JSONResponse({"a": "</body>"})


@pytest.fixture
def client() -> TestClient:
    routes = [Route(path, page) for path in ("/", "/present", "/compare")]
    return TestClient(Styled(Starlette(routes=[*routes, Route("/numbers", numbers)])))


def test_a_page_ends_with_the_style(client: TestClient) -> None:
    answer = client.get("/compare", headers=HTML)
    assert answer.text.count('<style id="dynviz-style">') == 1
    assert answer.text.endswith("</style></body></html>")
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "etag" not in answer.headers, "another style makes another page"


def test_a_page_without_a_sidebar_keeps_no_place_for_one(client: TestClient) -> None:
    assert "<style data-bare" in client.get("/present", headers=HTML).text


def test_other_answers_pass_untouched(client: TestClient) -> None:
    assert client.get("/numbers").json() == {"a": "</body>"}
