"""deploy/ says the same as the app's own settings, and runs nothing as root."""

import re
import tomllib

import yaml

from tests.browser.server import ROOT
from tests.deploy.proxy import CONF, NAME

CONFIG = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text(encoding="utf-8"))


def test_the_upload_bound_of_the_proxy_is_that_of_the_app_and_the_form_around_a_file() -> None:
    assert max(map(int, re.findall(r"client_max_body_size (\d+)m;", CONF.read_text()))) == CONFIG["server"]["maxUploadSize"] + 1


def test_every_container_is_bounded_read_only_and_nobody() -> None:
    for name, service in COMPOSE["services"].items():
        assert service["read_only"], name
        assert {"mem_limit", "pids_limit", "tmpfs"} <= service.keys(), name
        assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"]), name
    assert COMPOSE["services"]["nginx"]["user"].split(":")[0] != "0"
    assert re.search(r"^USER (\d+):\1$", DOCKERFILE, re.MULTILINE)


def test_replicas_reach_no_other_host_and_answer_to_the_name_of_the_proxy() -> None:
    replicas = [service for name, service in COMPOSE["services"].items() if name.startswith("app")]
    assert {*re.findall(r"server (app\d):8501", CONF.read_text()), "nginx"} == COMPOSE["services"].keys()
    for one in replicas:
        assert one["networks"] == ["inside"]
        assert "ports" not in one
        assert one["environment"]["STREAMLIT_SERVER_ALLOWED_HOSTS"] == NAME
    assert COMPOSE["networks"]["inside"]["internal"]


def test_the_log_of_the_proxy_holds_no_query() -> None:
    """What a visitor typed stands in it, and the key of a class."""
    said = CONF.read_text(encoding="utf-8")
    (form,) = re.findall(r"log_format (\w+ '[^']*');", said)
    assert re.findall(r"access_log \S+ (\w+);", said) == [form.split()[0]]
    assert not {"request", "request_uri", "args", "query_string", "is_args", "http_referer"} & set(re.findall(r"\$(\w+)", form))


def test_the_image_is_pinned_offline_and_holds_what_it_copies() -> None:
    assert re.search(r"^FROM python:\d+\.\d+\.\d+-", DOCKERFILE, re.MULTILINE)
    assert re.fullmatch(r"nginx:\d+\.\d+\.\d+-\w+", COMPOSE["services"]["nginx"]["image"])
    assert "HF_HUB_OFFLINE=1" in DOCKERFILE
    sent = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    copied = [word for line in re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE) for word in line.split()]
    assert sorted(copied) == sorted(sent)
    assert all((ROOT / name).exists() for name in copied)
