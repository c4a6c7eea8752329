"""Looking around in vain: the cause where there is one, else the lines that help."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from jupyter_kfp_connect.core.detection import candidates, detect
from jupyter_kfp_connect.core.environment import Environment
from jupyter_kfp_connect.core.errors import KfpConnectError, error
from jupyter_kfp_connect.core.in_vain import nothing_found
from jupyter_kfp_connect.core.network_errors import network_error
from jupyter_kfp_connect.core.network_rules import PORT_FORWARDS

from .answers import HEALTHZ, HOST, page
from .climbing import Ascent
from .fakes import Reply, Transport, connection, environment, pod
from .loopback import IN_TIME, closed_port

STANDALONE = "http://localhost:3000/apis/v2beta1/healthz"
UI = "http://ml-pipeline-ui.kubeflow.svc.cluster.local"
REFUSED = error("connection-refused", "nothing listens")


def vain(here: Environment, replies: dict[str, Reply]) -> KfpConnectError:
    """Look around, and return what is told where nothing was found."""
    return nothing_found(detect(here, lambda settings: Transport(replies), IN_TIME))


def test_the_variable_that_names_no_address_is_named(tmp_path: Path) -> None:
    problem = vain(environment(tmp_path, KF_PIPELINES_ENDPOINT="https://me:hunter2@x"), {})
    assert problem.code == "bad-host"
    assert problem.message == "KF_PIPELINES_ENDPOINT: it has a user name or password in it"
    assert "hunter2" not in str(problem) + problem.remedy


def test_a_port_forward_that_does_not_run_is_offered_and_no_other(tmp_path: Path) -> None:
    other = page(STANDALONE, "JupyterLab", 404)
    problem = vain(environment(tmp_path), {HEALTHZ: REFUSED, STANDALONE: other})
    assert (problem.code, problem.remedy_copy) == ("unknown-connection", PORT_FORWARDS[8080])
    assert problem.remedy.startswith("Start a port-forward in a terminal, or name the address")
    assert "KF_PIPELINES" not in problem.remedy
    both = vain(environment(tmp_path), {HEALTHZ: REFUSED, STANDALONE: REFUSED})
    assert both.remedy_copy == f"{PORT_FORWARDS[8080]} || {PORT_FORWARDS[3000]}"
    assert "http://localhost:3000: nothing listens" in both.message


#: A kubectl that notes what it is asked for, and knows no gateway.
KUBECTL = """#!/bin/sh
echo "$*" >> "$(dirname "$0")/asked"
case "$*" in *ingressgateway*) exit {gateway};; esac
"""


@pytest.mark.parametrize(
    ("gateway", "ports"), [(0, ["8080:80"]), (1, ["8080:80", "3000:80"])], ids=["there", "missing"]
)
def test_the_line_for_both_port_forwards_pasted_starts_the_one_that_there_is(
    tmp_path: Path, gateway: int, ports: list[str]
) -> None:
    line = vain(environment(tmp_path), {HEALTHZ: REFUSED, STANDALONE: REFUSED}).remedy_copy
    assert line is not None
    kubectl = tmp_path / "bin" / "kubectl"
    kubectl.parent.mkdir()
    kubectl.write_text(KUBECTL.format(gateway=gateway))
    kubectl.chmod(0o755)
    path = f"{kubectl.parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(["sh", "-c", line], env={"PATH": path}, check=True, timeout=IN_TIME)
    asked = kubectl.with_name("asked").read_text().splitlines()
    assert [words.split()[-1] for words in asked] == ports


def test_what_the_environment_names_is_meant_though_it_does_not_answer(tmp_path: Path) -> None:
    here = environment(tmp_path, KF_PIPELINES_ENDPOINT="http://localhost:3000")
    seen = detect(here, lambda settings: Transport({STANDALONE: REFUSED}), IN_TIME)
    assert seen.found == []
    [meant] = seen.offered
    assert (meant.name, meant.host) == ("environment", "http://localhost:3000")
    with pytest.raises(KfpConnectError) as caught:
        Ascent(meant, environment=here, transport=Transport({STANDALONE: REFUSED})).climb.run()
    where = "If the address is wrong, correct KF_PIPELINES_ENDPOINT where Jupyter is started."
    assert caught.value.code == "connection-refused"
    assert caught.value.remedy.endswith(where)
    typed = Ascent(connection(host=meant.host), environment=here, transport=Transport({}))
    assert where not in typed.failed("not-kfp").remedy


def test_a_guess_that_is_named_tells_its_own_cause(tmp_path: Path) -> None:
    refused = network_error(ConnectionRefusedError(111, "refused"), HOST)
    seen = detect(environment(tmp_path), lambda settings: Transport({HEALTHZ: refused}), IN_TIME)
    assert seen.offered == []
    problem = nothing_found(seen, "local-8080")
    assert problem.code == "connection-refused"
    assert (problem.remedy, problem.remedy_copy) == (refused.remedy, PORT_FORWARDS[8080])
    assert "there is no connection “local-8080”" in problem.message


def test_in_a_pod_no_port_forward_is_offered_and_the_cause_is_told(tmp_path: Path) -> None:
    problem = vain(pod(tmp_path, "kubeflow"), {f"{UI}/apis/v2beta1/healthz": REFUSED})
    assert (problem.code, problem.remedy_copy) == ("connection-refused", None)
    assert f"{UI}: nothing listens" in problem.message


def test_in_a_pod_with_a_proxy_the_line_for_no_proxy_is_told(tmp_path: Path) -> None:
    here = pod(tmp_path, HTTP_PROXY=f"http://localhost:{closed_port()}")
    problem = nothing_found(detect(here, time_limit=IN_TIME))
    assert problem.code == "proxy-failed"
    assert "neither NO_PROXY nor no_proxy" in problem.remedy
    assert ".svc.cluster.local" in (problem.remedy_copy or "")
    assert "name the address" in problem.remedy


def test_in_a_pod_of_a_cluster_without_kubeflow_the_address_is_to_be_named(tmp_path: Path) -> None:
    unknown = error("name-not-found", "no host is called so here")
    replies: dict[str, Reply] = {
        f"{host}/apis/v2beta1/healthz": unknown
        for host in (each.host for each in candidates(pod(tmp_path / "pod")))
    }
    problem = vain(pod(tmp_path), replies)
    assert problem.code == "unknown-connection"
    assert problem.remedy.startswith("Name the address")
