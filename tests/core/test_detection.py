"""Looking around finds what is there, gives nothing away, and never hangs."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jupyter_kfp_connect.core import detection
from jupyter_kfp_connect.core.detection import NAMES, candidates, detect
from jupyter_kfp_connect.core.environment import Environment
from jupyter_kfp_connect.core.errors import KfpConnectError, error
from jupyter_kfp_connect.core.http import Answer, NetworkSettings, Request
from jupyter_kfp_connect.core.ladder import Remedy
from jupyter_kfp_connect.core.network_errors import network_error
from jupyter_kfp_connect.core.network_rules import PORT_FORWARDS

from .answers import CSRF, HEALTHZ, HOST, as_json, healthz, page, recorded, signed_out, to
from .fakes import Reply, Transport, environment, jwt, pod
from .loopback import HANGS, IN_TIME

STANDALONE = "http://localhost:3000/apis/v2beta1/healthz"
UI = "http://ml-pipeline-ui.kubeflow.svc.cluster.local"
API = "http://ml-pipeline.kubeflow.svc.cluster.local:8888"
NOTHING = Request("GET", "http://nothing")
REFUSED = error("connection-refused", "nothing listens")


def look(
    here: Environment, replies: dict[str, Reply]
) -> tuple[dict[str, str], list[str], Transport]:
    """Look around; return what was found, the codes of the attempts, and what was asked."""
    transport = Transport(replies)
    detected = detect(here, lambda settings: transport, IN_TIME)
    found = {each.name: each.host for each in detected.found}
    return found, [attempt.code for attempt in detected.attempts], transport


def test_outside_a_cluster_the_two_ports_of_the_guide_are_asked(tmp_path: Path) -> None:
    here = environment(tmp_path)
    assert [(each.name, each.host) for each in candidates(here)] == [
        ("local-8080", "http://localhost:8080/pipeline"),
        ("local-3000", "http://localhost:3000"),
    ]


def test_in_a_pod_the_hosts_of_guide_and_sdk_are_asked_by_their_whole_names(
    tmp_path: Path,
) -> None:
    hosts = [each.host for each in candidates(pod(tmp_path, "team-a"))]
    assert hosts == [
        UI,
        "http://ml-pipeline-ui.team-a.svc.cluster.local",
        API,
        "http://ml-pipeline.team-a.svc.cluster.local:8888",
    ]
    assert len(candidates(pod(tmp_path / "same", "kubeflow"))) == 2


def test_the_host_that_the_environment_names_is_the_only_one(tmp_path: Path) -> None:
    here = pod(tmp_path, KF_PIPELINES_ENDPOINT="https://kf.example.com/pipeline/")
    (only,) = candidates(here)
    assert (only.name, only.host) == ("environment", "https://kf.example.com/pipeline")


def test_a_host_in_the_environment_that_is_none_is_told_and_nothing_breaks(
    tmp_path: Path,
) -> None:
    found, codes, _ = look(environment(tmp_path, KF_PIPELINES_ENDPOINT="ftp://x"), {})
    assert found == {}
    assert codes == ["token-missing", "bad-host"]


def test_every_address_that_did_not_answer_comes_with_what_to_do(tmp_path: Path) -> None:
    refused = network_error(ConnectionRefusedError(111, "refused"), HOST)
    replies: dict[str, Reply] = {HEALTHZ: refused, STANDALONE: healthz(STANDALONE)}
    seen = detect(environment(tmp_path), lambda settings: Transport(replies), IN_TIME)
    by_host = {attempt.host: attempt.remedy for attempt in seen.attempts}
    assert by_host[HOST] == Remedy(refused.remedy, PORT_FORWARDS[8080])
    assert by_host["http://localhost:3000"] is None


def test_in_a_pod_a_service_that_is_not_there_comes_with_no_port_forward(tmp_path: Path) -> None:
    unknown = network_error(socket.gaierror(-2, "unknown"), UI)
    assert unknown.remedy_copy
    replies: dict[str, Reply] = {f"{UI}/apis/v2beta1/healthz": unknown}
    seen = detect(pod(tmp_path, "kubeflow"), lambda settings: Transport(replies), IN_TIME)
    by_host = {attempt.host: attempt.remedy for attempt in seen.attempts}
    assert by_host[UI] == Remedy(unknown.remedy)


def test_what_is_found_goes_by_a_name_that_can_be_asked_for(tmp_path: Path) -> None:
    here = [environment(tmp_path), pod(tmp_path), environment(tmp_path, KF_PIPELINES_ENDPOINT="h")]
    assert {each.name for known in here for each in candidates(known)} == NAMES


def test_both_port_forwards_are_found(tmp_path: Path) -> None:
    replies: dict[str, Reply] = {
        HEALTHZ: signed_out(),
        HOST: recorded("gateway-page-signed-out"),
        STANDALONE: healthz(STANDALONE, users=False),
    }
    found, codes, _ = look(environment(tmp_path), replies)
    assert found == {"local-8080": HOST, "local-3000": "http://localhost:3000"}
    assert codes == ["token-missing", "ok", "ok"]


def test_what_is_found_has_the_same_id_each_time(tmp_path: Path) -> None:
    transport = Transport({HEALTHZ: healthz()})
    ids = set()
    for _ in range(2):
        detected = detect(environment(tmp_path), lambda settings: transport, IN_TIME)
        ids.add(detected.found[0].id)
    assert len(ids) == 1


def test_of_the_clusters_hosts_the_first_that_answers_is_the_one(tmp_path: Path) -> None:
    replies: dict[str, Reply] = {
        f"{UI}/apis/v2beta1/healthz": REFUSED,
        f"{API}/apis/v2beta1/healthz": healthz(),
    }
    found, codes, _ = look(pod(tmp_path, "kubeflow"), replies)
    assert found == {"in-cluster": API}
    assert codes == ["token-missing", "connection-refused", "ok"]


@pytest.mark.parametrize(
    ("reply", "code", "reason"),
    [
        (healthz(), "ok", "KFP answers"),
        (signed_out(), "ok", "a sign-in page"),
        (to(HEALTHZ, "/dex/auth"), "ok", "a sign-in page"),
        (Answer(403, HEALTHZ, [], b"RBAC: access denied"), "ok", "service mesh"),
        (page(HEALTHZ, "JupyterLab", 404), "not-kfp", "404"),
        (page(HEALTHZ, "An application of one page"), "not-kfp", "200"),
        (as_json(HEALTHZ, {"a": 1}), "not-kfp", "200"),
        (Answer(503, HEALTHZ), "server-error", "503"),
        (REFUSED, "connection-refused", "nothing listens"),
    ],
)
def test_every_host_that_was_asked_is_told_with_what_it_said(
    tmp_path: Path, reply: Reply, code: str, reason: str
) -> None:
    transport = Transport({HEALTHZ: reply})
    attempts = detect(environment(tmp_path), lambda settings: transport, IN_TIME).attempts
    told = next(attempt for attempt in attempts if attempt.host == HOST)
    assert told.code == code
    assert reason in told.reason


def test_what_can_only_be_kubeflow_comes_before_what_asks_for_a_login(tmp_path: Path) -> None:
    strangers = (
        Answer(401, HEALTHZ),
        page(HEALTHZ, "Jenkins", 403),
        to(HEALTHZ, "/login"),
        to(HEALTHZ, "/oauth2/authorization/google"),
    )
    for stranger in strangers:
        replies: dict[str, Reply] = {HEALTHZ: stranger, STANDALONE: healthz(users=False)}
        found, _, _ = look(environment(tmp_path), replies)
        assert list(found) == ["local-3000", "local-8080"]
    for door in (to(HEALTHZ, "/dex/auth?state=s"), to(HEALTHZ, "/auth", CSRF)):
        found, _, _ = look(environment(tmp_path), replies | {HEALTHZ: door})
        assert list(found) == ["local-8080", "local-3000"]


def test_a_page_that_cannot_be_had_hides_no_front_door(tmp_path: Path) -> None:
    found, _, _ = look(environment(tmp_path), {HEALTHZ: signed_out(), HOST: REFUSED})
    assert found == {"local-8080": HOST}


def test_a_probe_that_breaks_ends_nothing_but_itself(tmp_path: Path) -> None:
    def breaks(request: Request) -> Answer:
        raise RuntimeError("a mistake of ours")

    found, codes, transport = look(
        environment(tmp_path), {HEALTHZ: breaks, STANDALONE: healthz(users=False)}
    )
    assert found == {"local-3000": "http://localhost:3000"}
    assert codes == ["token-missing", "bad-answer", "ok"]
    assert transport.closed


@contextmanager
def hanging() -> Iterator[Callable[[Request], Answer]]:
    """Give a reply that does not come before the block ends."""
    over = threading.Event()

    def hang(request: Request) -> Answer:
        over.wait(HANGS)
        raise KfpConnectError("timed-out", "too late")

    try:
        yield hang
    finally:
        over.set()


def test_one_that_hangs_never_ends_the_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The time is over once the other has answered, however long that takes.
    clock = iter([0.0, 0.0])
    monkeypatch.setattr(detection, "monotonic", lambda: next(clock, IN_TIME))
    with hanging() as reply:
        transport = Transport({HEALTHZ: reply, STANDALONE: healthz(users=False)})
        detected = detect(environment(tmp_path), lambda settings: transport, IN_TIME)
    assert [each.name for each in detected.found] == ["local-3000"]
    told = {attempt.host: (attempt.code, attempt.ms) for attempt in detected.attempts}
    assert told[HOST] == ("timed-out", IN_TIME * 1000)


def test_what_is_not_there_at_the_deadline_is_left_behind(tmp_path: Path) -> None:
    with hanging() as reply:
        transport = Transport({HEALTHZ: reply, STANDALONE: reply})
        detected = detect(environment(tmp_path), lambda settings: transport, time_limit=0)
        # Both probes are still under way: what hangs ends with the block only.
        assert not transport.closed
    assert not detected.found
    assert [attempt.code for attempt in detected.attempts[1:]] == ["timed-out", "timed-out"]


def test_a_name_server_that_is_gone_never_ends_the_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hanging() as hang:
        monkeypatch.setattr(socket, "getaddrinfo", lambda *question, **more: hang(NOTHING))
        detected = detect(pod(tmp_path), time_limit=0.1)
    assert not detected.found
    assert {attempt.code for attempt in detected.attempts if attempt.host} == {"timed-out"}


def test_no_probe_carries_a_credential(tmp_path: Path) -> None:
    here = pod(
        tmp_path, "kubeflow", jwt(), KF_PIPELINES_TOKEN="hunter2", KF_PIPELINES_COOKIES="a=hunter2"
    )
    replies: dict[str, Reply] = {
        f"{UI}/apis/v2beta1/healthz": signed_out(),
        f"{API}/apis/v2beta1/healthz": healthz(),
    }
    _, codes, transport = look(here, replies)
    assert codes[0] == "ok"
    assert len(transport.requests) == 3
    for request in transport.requests:
        assert set(request.headers) == {"Accept"}
        assert request.method == "GET"


def test_every_probe_is_held_to_the_time_limit(tmp_path: Path) -> None:
    limits: list[float] = []

    def new(settings: NetworkSettings) -> Transport:
        limits.append(settings.timeout)
        return Transport({})

    detect(environment(tmp_path), new, IN_TIME)
    assert limits == [IN_TIME, IN_TIME]


@pytest.mark.parametrize(
    ("variables", "token", "code"),
    [
        ({}, None, "token-missing"),
        ({}, "x", "ok"),
        ({"KF_PIPELINES_SA_TOKEN_PATH": "/nowhere/token"}, None, "token-file-missing"),
    ],
)
def test_the_mounted_token_is_told_of_first(
    tmp_path: Path, variables: dict[str, str], token: str | None, code: str
) -> None:
    attempts = detect(pod(tmp_path, token=token, **variables), lambda s: Transport({})).attempts
    assert (attempts[0].way, attempts[0].code) == ("service-account-token", code)
