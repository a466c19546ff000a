"""What a file .env beside docker-compose.yml sets."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from newsroom.compose import ROLES, Compose
from newsroom.line import ROOT

ENV = """\
POSTGRES_PASSWORD='a b/c@d:e'
WIREROOM_GATEWAY_PORT=9000
WIREROOM_HOST_DELAY=3
WIREROOM_METRICS_PORT=9001
"""
PUBLISHED = 9002


def test_settings_reach_every_role_but_cannot_move_what_the_images_rely_on(tmp_path: Path) -> None:
    shutil.copy(ROOT / "docker-compose.yml", tmp_path)
    (tmp_path / ".env").write_text(ENV)
    compose = Compose("wireroom-settings", PUBLISHED, tag="test", tree=tmp_path, files=("docker-compose.yml",))
    services = json.loads(compose("config", "--format", "json"))["services"]
    for role in ROLES:
        given = services[role]["environment"]
        assert (given["WIREROOM_HOST_DELAY"], given["PGPASSWORD"]) == ("3", "a b/c@d:e")
        assert (given["WIREROOM_GATEWAY_PORT"], given["WIREROOM_METRICS_PORT"]) == ("8300", "9100")
    (port,) = services["gateway"]["ports"]
    assert (port["host_ip"], port["published"], port["target"]) == ("127.0.0.1", str(PUBLISHED), 8300)
    assert services["postgres"]["environment"]["POSTGRES_PASSWORD"] == "a b/c@d:e"
