"""deploy/space/: what a Space of the Hub is started from, and docs/RELEASING.md, which says how it gets there."""

import json
import re
import shlex
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from tests.browser.server import ROOT, serving
from tests.deploy.test_files import DOCKERFILE as SERVER
from tests.deploy.test_names import STRANGE, session, status
from tests.watch import strangers, watch

SPACE = ROOT / "deploy" / "space"
README, DOCKERFILE = ((SPACE / name).read_text(encoding="utf-8") for name in ("README.md", "Dockerfile"))
RELEASING = (ROOT / "docs" / "RELEASING.md").read_text(encoding="utf-8")
STEPS = re.findall(r"^ {4}(.+)$", RELEASING, re.MULTILINE)
HEAD = yaml.safe_load(README.split("---\n")[1])
COMMAND: list[str] = json.loads(DOCKERFILE.rpartition("CMD ")[2])
COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}


def copied(dockerfile: str) -> list[str]:
    return [word for line in re.findall(r"^COPY (.+) \S+$", dockerfile, re.MULTILINE) for word in line.split()]


def test_the_hub_can_read_the_head() -> None:
    assert (HEAD["sdk"], HEAD["license"], HEAD["title"]) == ("docker", "apache-2.0", "DynViz")
    assert len(HEAD["short_description"]) <= 60
    assert {HEAD["colorFrom"], HEAD["colorTo"]} <= COLOURS
    assert re.search(rf"^EXPOSE {HEAD['app_port']}$", DOCKERFILE, re.MULTILINE)
    assert COMMAND[COMMAND.index("--server.port") + 1] == str(HEAD["app_port"])


def test_the_image_is_that_of_the_server_but_for_where_it_runs() -> None:
    assert sorted(copied(DOCKERFILE)) == sorted(copied(SERVER))
    assert re.findall(r"^FROM .+$", DOCKERFILE, re.MULTILINE) == re.findall(r"^FROM .+$", SERVER, re.MULTILINE)
    assert re.search(r"^USER 1000:1000$", DOCKERFILE, re.MULTILINE), "whom a Space runs as"
    assert "HF_HUB_OFFLINE=1" in DOCKERFILE
    assert COMMAND[-2:] == ["--", "--demo"]


def test_what_is_sent_is_what_the_image_copies() -> None:
    archived = next(step for step in STEPS if step.startswith("git archive HEAD")).partition("|")[0].split()[3:]
    assert sorted(archived) == sorted(copied(DOCKERFILE))
    assert all((ROOT / name).exists() for name in archived)
    assert {"deploy/space/README.md", "deploy/space/Dockerfile"} <= set(next(s for s in STEPS if s.startswith("cp ")).split())
    assert {f.name for f in SPACE.iterdir()} == {"README.md", "Dockerfile"}


def test_the_command_serves_a_space_by_its_name_and_nobody_else(tmp_path: Path) -> None:
    log = tmp_path / "asked"
    end, port = COMMAND.index("--"), COMMAND.index("--server.port")
    options = (*COMMAND[3:port], *COMMAND[port + 2 : end])  # on a port that is free here
    with serving({"DYNVIZ_CHECKPOINTS": str(tmp_path), **watch(log)}, tuple(COMMAND[end + 1 :]), options, COMMAND[2]) as address:
        own = "owner-dynviz.hf.space"
        assert session(address, own, f"https://{own}") == 101
        assert session(address, own, f"https://{STRANGE}") == 403
        assert session(address, STRANGE) == 403
        assert status(address, "/", own) == 200
    assert not strangers(log)


@pytest.mark.parametrize("step", STEPS)
def test_every_command_of_a_release_exists(step: str) -> None:
    words = [word for word in shlex.split(step.partition("|")[0]) if not re.match(r"[A-Z_]+=", word)]
    if words[:2] == ["python", "-m"]:
        assert find_spec(words[2]) is not None
    elif words[0].startswith("/tmp/dynviz-new/bin/"):
        assert Path(words[0]).name in ("pip", "dynviz")
    elif words[0].startswith("."):
        assert (ROOT / words[0]).is_file()
    else:
        assert shutil.which(words[0], path=f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"), words[0]
