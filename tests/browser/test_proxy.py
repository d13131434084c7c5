"""Two replicas behind nginx with deploy/nginx.conf: what it lets through, what it adds, and that the app works under it in a browser."""

import re
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from dynviz.ui.shell.operator import DEMO
from tests.browser.data import form, run
from tests.browser.server import CHROMIUM, serving
from tests.browser.test_exports import opened, saved
from tests.browser.view import view
from tests.deploy.proxy import NAME, NGINX, ask, asking, proxy

pytestmark = pytest.mark.skipif(NGINX is None, reason="no nginx is found: apt-get install nginx-light")
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13", "Sec_WebSocket_Key": "MDEyMzQ1Njc4OWFiY2RlZg=="}


@pytest.fixture(scope="module")
def replicas(checkpoints: Path) -> Iterator[tuple[str, str]]:
    """Two servers as docs/deploying.md says."""
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        found = {"DYNVIZ_CHECKPOINTS": str(checkpoints), "DYNVIZ_MODELS": "", "STREAMLIT_SERVER_ALLOWED_HOSTS": NAME}
        both = [pool.submit(stack.enter_context, serving(found)) for _ in range(2)]
        yield both[0].result(), both[1].result()


@pytest.fixture(scope="module")
def port(replicas: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with proxy(tmp_path_factory.mktemp("nginx"), replicas) as found:
        yield found


def sessions(replica: str) -> int:
    """How many sessions a replica has opened so far."""
    with urllib.request.urlopen(f"{replica}/_stcore/metrics", timeout=20) as answer:
        found = re.search(r'session_events_total\{type="connect"\} (\d+)', answer.read().decode())
    assert found
    return int(found[1])


def test_headers_are_there_on_pages_and_on_refusals(port: int) -> None:
    for path, status in (("/", 200), ("/tradeoff?model=x", 200), ("/_stcore/metrics", 403)):
        code, headers = ask(port, path)
        assert code == status
        assert "'unsafe-eval'" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
        assert {"permissions-policy", "strict-transport-security"} <= headers.keys()
        assert headers["server"] == "nginx"


def test_only_health_and_the_app_itself_are_let_through(port: int) -> None:
    assert ask(port, "/_stcore/health")[0] == 200
    for closed in ("metrics", "metrics?families=x", "agent/interact", "agent/openapi.json", "script-health-check"):
        assert ask(port, f"/_stcore/{closed}")[0] == 403
    assert ask(port, "/", "POST")[0] == 403


def test_what_is_typed_and_the_key_of_a_class_are_not_written_down(replicas: tuple[str, str], tmp_path: Path) -> None:
    with proxy(tmp_path, replicas) as found:
        assert ask(found, "/learn?class=green-otter-7198&teacher=KEY&seat=0123abcd&text=typed", Referer="https://x/?text=typed")[0] == 200
    written = (tmp_path / "access").read_text()
    assert " /learn 200 " in written
    assert not [secret for secret in ("otter", "KEY", "0123abcd", "typed") if secret in written]


def test_an_address_holds_two_texts_of_any_script(port: int) -> None:
    for longest in ("\U0001f3ac", "\u96fb", "e"):
        text = quote(longest * DEMO.characters)
        assert ask(port, f"/compare?model=sst2-joint&text={text}&text2={text}")[0] == 200
    assert ask(port, f"/?text={'x' * 65_536}")[0] == 414


def test_sessions_are_for_pages_of_the_own_host(port: int) -> None:
    own = f"https://{NAME}:{port}"
    assert [ask(port, "/_stcore/stream", **UPGRADE, Origin=origin)[0] for origin in (own, "https://evil.example")] == [101, 403]
    assert ask(port, "/_stcore/stream", **UPGRADE)[0] == 101
    with pytest.raises(OSError, match=r"(?i)unrecognized"):
        ask(port, "/", name="evil.example")


def test_what_is_sent_is_bounded(port: int, replicas: tuple[str, str], tmp_path: Path) -> None:
    upload = "/_stcore/upload_file/session/file"
    assert ask(port, upload, "PUT", 100)[0] == 403, "a demo takes no file"
    assert ask(port, "/", "GET", 100_000)[0] == 413
    with proxy(tmp_path, replicas, demo=False) as other:
        assert ask(other, upload, "PUT", 22 * 2**20)[0] == 413
        assert ask(other, upload, "PUT", 100)[0] in (400, 403), "the app's own answer: no such session"


def test_a_visitor_stays_with_a_replica_and_others_go_to_the_other(port: int, replicas: tuple[str, str]) -> None:
    cookie = ask(port, "/")[1]["set-cookie"]
    assert {"HttpOnly", "Secure"} <= set(cookie.split("; "))
    assert "set-cookie" not in ask(port, "/", Cookie=cookie.partition(";")[0])[1]
    for i in range(8):
        before = [sessions(replica) for replica in replicas]
        for _ in range(3):
            assert ask(port, "/_stcore/stream", **UPGRADE, Cookie=f"dynviz_replica={i:032x}")[0] == 101
        more = [sessions(replica) - n for replica, n in zip(replicas, before, strict=True)]
        assert sorted(more) == [0, 3]
    assert all(sessions(replica) for replica in replicas)


def test_the_app_works_under_its_policy(browser: Browser, port: int) -> None:
    args = ["--no-sandbox", f"--host-resolver-rules=MAP {NAME} 127.0.0.1", "--ignore-certificate-errors"]
    apart = browser.browser_type.launch(executable_path=CHROMIUM, args=args)
    with view(apart, f"https://{NAME}:{port}") as seen:
        seen.open(model="pos-tokee", text="The cast is wonderful.")
        files = opened(seen, "staircase")
        saved(seen.page, files, "PNG")
        form(seen)
        run(seen)
        assert not [error for error in seen.errors if "404" not in error]
    apart.close()


def test_one_address_does_not_take_all_sessions(port: int) -> None:
    """The last test here: for some seconds this address gets no other."""
    with ExitStack() as stack:
        given = [stack.enter_context(asking(port, "/_stcore/stream", **UPGRADE)).status for _ in range(65)]
    assert set(given) == {101, 429}
    assert 30 < given.count(101) <= 60, "a class fits in"
