"""What a container may do: next to nothing."""

from __future__ import annotations

import pytest

from newsroom.compose import ROLES, SERVERS, Compose, docker

LOOK = """
import os
status = dict(line.split(":\\t") for line in open("/proc/self/status") if ":\\t" in line)
print(os.getuid(), status["CapEff"].strip(), status["CapBnd"].strip(), status["NoNewPrivs"].strip())
for place in ("/", "/venv", "/wireroom", "/usr/local/bin", os.path.expanduser("~/..")):
    try:
        open(os.path.join(place, "mine"), "w")
    except OSError as error:
        print(error.strerror)
"""
NO_CAPABILITIES = "0" * 16


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_a_plain_user_without_capabilities_on_a_read_only_root(stack: Compose, role: str) -> None:
    first, *places = stack("exec", "--no-TTY", role, "python", "-c", LOOK).splitlines()
    assert first == f"10001 {NO_CAPABILITIES} {NO_CAPABILITIES} 1"
    assert places == ["Read-only file system"] * 5


@pytest.mark.parametrize("service", [*ROLES, *SERVERS, "migrate"])
def test_no_process_of_any_container_is_root_or_has_capabilities(stack: Compose, service: str) -> None:
    for name, state in stack.states(service).items():
        host = state["HostConfig"]
        assert host["ReadonlyRootfs"] and host["CapDrop"] == ["ALL"] and not host["CapAdd"] and not host["Privileged"]
        assert host["SecurityOpt"] == ["no-new-privileges:true"], name
        assert state["Config"]["User"] not in ("", "0", "root"), name


@pytest.mark.parametrize("server", SERVERS)
def test_the_servers_have_no_capabilities_either(stack: Compose, server: str) -> None:
    status = stack("exec", "--no-TTY", server, "sh", "-c", "id -u; grep CapEff /proc/1/status; touch /mine || true")
    uid, capabilities = status.splitlines()
    assert uid != "0" and capabilities.split() == ["CapEff:", NO_CAPABILITIES]


def test_only_the_gateway_is_published_and_only_on_loopback(stack: Compose) -> None:
    published = {
        name: bindings
        for name, state in stack.states(*ROLES, *SERVERS).items()
        if (bindings := [binding for one in state["NetworkSettings"]["Ports"].values() for binding in one or ()])
    }
    assert [name.removeprefix(stack.project) for name in published] == ["-gateway-1"]
    assert [binding["HostIp"] for bindings in published.values() for binding in bindings] == ["127.0.0.1"]


def test_only_ingest_and_the_gateway_are_on_a_network_that_leads_out(stack: Compose) -> None:
    inside = f"{stack.project}_inside"
    assert docker("network", "inspect", "--format", "{{.Internal}}", inside).strip() == "true"
    outside = {
        state["Config"]["Labels"]["com.docker.compose.service"]
        for state in stack.states(*ROLES, *SERVERS).values()
        if state["NetworkSettings"]["Networks"].keys() - {inside}
    }
    assert outside == {"gateway", "ingest"}


def test_logs_do_not_fill_the_disk(stack: Compose) -> None:
    for name, state in stack.states(*ROLES, *SERVERS, "migrate").items():
        log = state["HostConfig"]["LogConfig"]
        assert log == {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "3"}}, name
