"""Under which names the real server lets a session be opened: another's, such as one that was rebound to this machine, is refused."""

import http.client
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.browser.server import serving
from tests.watch import strangers, watch

UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg=="}
OWN, STRANGE = "dynviz.example.org", "evil.example"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server as it starts by itself; no page is opened, so it needs no model."""
    with serving({"DYNVIZ_CHECKPOINTS": str(tmp_path_factory.mktemp("none"))}) as address:
        yield address


def status(address: str, path: str, host: str, **headers: str) -> int:
    """What it answers to who calls it by that name."""
    with closing(http.client.HTTPConnection(address.removeprefix("http://"), timeout=20)) as connection:
        connection.request("GET", path, headers={"Host": host, **headers})
        return connection.getresponse().status


def session(address: str, host: str, origin: str = "") -> int:
    """What it answers to who wants a session: 101 is yes."""
    return status(address, "/_stcore/stream", host, **UPGRADE, **({"Origin": origin} if origin else {}))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST."])
def test_this_machine_is_known_by_its_own_names(here: str, host: str) -> None:
    assert session(here, host) == 101
    assert session(here, host, f"http://{host}") == 101


@pytest.mark.parametrize("host", [STRANGE, f"{STRANGE}:8501", f"localhost.{STRANGE}", f"localhost@{STRANGE}", "[::1]:1:1", "0.0.0.0", ""])
def test_a_session_under_another_name_is_refused(here: str, host: str) -> None:
    assert session(here, host) == 403
    assert session(here, host, f"http://{host}") == 403, "a page that was rebound: its origin is the same name"


def test_what_has_no_visitor_in_it_is_served_under_any_name(here: str) -> None:
    """Probes ask for health by an address; the page is an empty shell until it has a session."""
    for host in ("127.0.0.1", STRANGE):
        assert [status(here, path, host) for path in ("/", "/_stcore/health")] == [200, 200]


def test_an_operator_names_the_server(tmp_path: Path) -> None:
    with serving({"DYNVIZ_CHECKPOINTS": str(tmp_path)}, options=("--server.allowedHosts", OWN)) as address:
        assert [session(address, host) for host in (OWN, f"{OWN}:443", f"www.{OWN}", "localhost")] == [101, 101, 403, 403]
        assert session(address, OWN, f"https://{STRANGE}") == 403


def test_the_server_starts_on_all_addresses_without_asking_who_it_is(tmp_path: Path) -> None:
    log = tmp_path / "asked"
    options = ("--server.address", "0.0.0.0", "--server.headless", "true")
    with serving({"DYNVIZ_CHECKPOINTS": str(tmp_path), **watch(log)}, ("--demo",), options) as address:
        assert session(address, "127.0.0.1", f"http://{STRANGE}") == 403
    assert not strangers(log)
