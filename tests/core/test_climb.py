"""Each rung tells what it knows, whatever stands at the host."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jupyter_kfp_connect.core.errors import error
from jupyter_kfp_connect.core.http import Answer, Request

from .answers import HEALTHZ, HOST, ORIGIN, as_json, healthz, page, recorded, signed_out, to
from .climbing import Ascent
from .fakes import Transport, connection, environment, given, jwt, pod
from .loopback import answer, authority, closed_port, serve

LIST = f"{HOST}/apis/v2beta1/experiments"
ENV_INFO = f"{ORIGIN}/api/workgroup/env-info"
USERINFO = f"{ORIGIN}/oauth2/userinfo"
TOKEN = jwt()
MESH = Answer(403, HEALTHZ, [("content-type", "text/plain")], b"RBAC: access denied")


def ascend(replies: dict[str, Any], who: Any = None, **fields: Any) -> tuple[Ascent, Transport]:
    """Climb to a host that answers so."""
    transport = Transport(replies)
    return Ascent(connection(**fields), who, transport=transport), transport


class TestReachable:
    def test_an_unknown_name_is_told(self) -> None:
        ascent = Ascent(connection(host="http://kubeflow.invalid/pipeline", timeout=60))
        ascent.failed("name-not-found")
        assert ascent.states == ["failed", "unknown", "unknown"]

    def test_a_refused_connection_is_told(self) -> None:
        ascent = Ascent(connection(host=f"http://localhost:{closed_port()}"))
        assert ascent.failed("connection-refused").retryable

    def test_a_private_ca_is_told_and_works_once_named(self, tmp_path: Path) -> None:
        context, file = authority(tmp_path)
        body = b'{"multi_user": false}'
        reply = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n"
        with serve(answer(reply + body), context) as server:
            Ascent(connection(host=server.origin)).failed("tls-untrusted")
            session = Ascent(connection(host=server.origin, ssl_ca_cert=file)).connected()
        assert session.lease().ssl_ca_cert == file

    @pytest.mark.parametrize(
        ("reply", "code", "words"),
        [
            (page(HEALTHZ, "<h1>It works!</h1>", 404), "not-kfp", "not KFP (404, text/html)"),
            (as_json(HEALTHZ, {"hello": 1}), "not-kfp", "not KFP (200, application/json)"),
            (page(HEALTHZ, "Bad Gateway", 502), "server-error", "an error (502"),
            (to(HEALTHZ, HEALTHZ.replace("http:", "https:")), "wrong-path", "https://localhost"),
        ],
    )
    @pytest.mark.parametrize("who", [None, given(token=TOKEN)])
    def test_what_is_not_kfp_is_told(self, reply: Answer, code: str, words: str, who: Any) -> None:
        ascent, _ = ascend({HEALTHZ: reply}, who)
        assert words in ascent.failed(code).message
        assert ascent.states == ["failed", "unknown", "unknown"]

    @pytest.mark.parametrize("who", [None, given(token=TOKEN)])
    def test_a_path_that_is_missing_is_named_and_not_taken_silently(self, who: Any) -> None:
        replies = {HEALTHZ: healthz()}
        ascent, transport = ascend(replies, who, host=ORIGIN)
        problem = ascent.failed("wrong-path")
        assert problem.remedy == f"Use {HOST}."
        assert problem.remedy_copy == HOST
        assert ascent.climb.connection.host == ORIGIN
        assert LIST not in str(transport.asked)

    @pytest.mark.parametrize("who", [given(token=TOKEN), given(cookies="s=1")])
    def test_the_dashboard_s_page_is_not_taken_for_a_sign_in(self, who: Any) -> None:
        bare = f"{ORIGIN}/apis/v2beta1/healthz"
        dashboard = page(bare, "<title>Kubeflow Central Dashboard</title>")
        ascent, _ = ascend({bare: dashboard, HEALTHZ: healthz()}, who, host=ORIGIN)
        assert ascent.failed("wrong-path").remedy_copy == HOST

    def test_a_page_that_is_the_same_at_every_path_is_not_kfp(self) -> None:
        bare = f"{ORIGIN}/apis/v2beta1/healthz"
        ascent, _ = ascend({bare: page(bare, "app"), HEALTHZ: page(HEALTHZ, "app")}, host=ORIGIN)
        ascent.failed("not-kfp")

    @pytest.mark.parametrize(
        ("typed", "there"),
        [("/pipeline", ""), *((f"/a{end}", "/a/pipeline") for end in ("", "/b", "/pipeline/b"))],
    )
    def test_a_path_that_is_too_much_or_stops_short_is_named(self, typed: str, there: str) -> None:
        health = f"{ORIGIN}{there}/apis/v2beta1/healthz"
        ascent, _ = ascend({health: healthz(health, users=False)}, host=ORIGIN + typed)
        assert ascent.failed("wrong-path").remedy_copy == ORIGIN + there


class TestSignedIn:
    def test_the_mesh_that_wants_a_token_says_so_where_none_is_mounted(
        self, tmp_path: Path
    ) -> None:
        for number, reply in enumerate((MESH, Answer(401, HEALTHZ, [], b"Jwt is missing"))):
            transport = Transport({HEALTHZ: reply})
            here = pod(tmp_path / str(number))
            ascent = Ascent(connection(), environment=here, transport=transport)
            ascent.failed("token-missing")
            assert ascent.states[0] == "ok"
            assert len(transport.requests) == 1

    def test_the_mesh_that_refuses_all_the_same_is_an_administrators_task(self) -> None:
        ascent, _ = ascend({HEALTHZ: MESH}, given(token=TOKEN))
        assert ascent.failed("forbidden-by-mesh").actor == "administrator"
        assert ascent.states == ["ok", "unknown", "failed"]

    @pytest.mark.parametrize(
        ("status", "text", "code"),
        [
            (401, "Jwt issuer is not configured", "token-issuer"),
            (401, "Jwt is expired", "token-expired"),
            (403, "Audiences in Jwt are not allowed", "token-audience"),
            (401, "Jwt verification fails", "token-refused"),
        ],
    )
    def test_the_mesh_s_words_are_understood(self, status: int, text: str, code: str) -> None:
        said = {HEALTHZ: Answer(status, HEALTHZ, [], text.encode())}
        ascent, _ = ascend(said, given(token=TOKEN))
        problem = ascent.failed(code)
        assert TOKEN not in str(problem)
        assert ascent.states == ["ok", "failed", "unknown"]

    @pytest.mark.parametrize(
        ("who", "fields", "code"),
        [
            (given(cookies="s=hunter2"), {}, "cookie-refused"),
            (given(token="hunter2"), {}, "token-refused"),
            (None, {"auth": "none"}, "sign-in-needed"),
        ],
    )
    @pytest.mark.parametrize(
        "reply", [signed_out(), to(HEALTHZ, "/dex/auth"), recorded("dex-login-page", HEALTHZ)]
    )
    def test_a_sign_in_page_is_never_data(
        self, who: Any, fields: dict[str, Any], code: str, reply: Answer
    ) -> None:
        ascent, transport = ascend({HEALTHZ: reply}, who, **fields)
        assert "hunter2" not in str(ascent.failed(code))
        assert ascent.states == ["ok", "failed", "unknown"]
        assert len(transport.requests) == 1

    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("kfp-token-wrong-audience", "token-audience"),
            ("kfp-token-revoked", "token-revoked"),
            ("kfp-token-garbage", "token-refused"),
        ],
    )
    def test_what_kfp_says_of_a_token_is_understood(self, name: str, code: str) -> None:
        replies = {HEALTHZ: healthz(), LIST: recorded(name, LIST)}
        ascent, _ = ascend(replies, given(token=TOKEN))
        ascent.failed(code)
        assert ascent.states == ["ok", "failed", "unknown"]

    def test_a_broken_token_is_told_though_the_host_answers(self, tmp_path: Path) -> None:
        file = tmp_path / "token"
        file.write_text("")
        ascent, transport = ascend({HEALTHZ: healthz()}, token_file=str(file))
        ascent.failed("token-empty")
        assert ascent.states == ["ok", "failed", "unknown"]
        assert transport.sent("Authorization") == []

    def test_a_host_that_is_not_there_goes_before_a_broken_token(self) -> None:
        for reply, code in (
            (page(HEALTHZ, "It works!", 404), "not-kfp"),
            (error("timed-out", "no answer"), "timed-out"),
        ):
            ascent, _ = ascend({HEALTHZ: reply}, token_file="/nowhere/token")
            ascent.failed(code)

    @pytest.mark.parametrize(
        ("replies", "who"),
        [
            ({ENV_INFO: as_json(ENV_INFO, {"user": "me@example.com"})}, "me@example.com"),
            ({USERINFO: as_json(USERINFO, {"email": "mail@example.com"})}, "mail@example.com"),
            ({USERINFO: as_json(USERINFO, {"user": "me"})}, "me"),
            ({ENV_INFO: page(ENV_INFO, "x"), USERINFO: error("timed-out", "x")}, None),
        ],
    )
    def test_who_we_are_comes_from_whoever_knows(
        self, replies: dict[str, Any], who: str | None
    ) -> None:
        known = {HEALTHZ: healthz(), LIST: recorded("kfp-list-experiments-empty", LIST), **replies}
        ascent, transport = ascend(known, given(cookies="s=1"), namespace="team-a")
        assert ascent.connected().lease().signed_in_as == who
        assert ascent.details()[1].partition(",")[0] == (who or "accepted")
        assert all(request.url.startswith(ORIGIN) for request in transport.requests)


class TestAuthorized:
    def climb(self, reply: Answer, **fields: Any) -> Ascent:
        return ascend({HEALTHZ: healthz(), LIST: reply}, given(token=TOKEN), **fields)[0]

    def test_the_namespace_of_the_token_is_the_one_to_work_in(self) -> None:
        replies = {HEALTHZ: healthz(), LIST: recorded("kfp-list-experiments-empty", LIST)}
        ascent, transport = ascend(replies, given(token=TOKEN))
        assert ascent.connected().lease().namespace == "team-a"
        lists = [request for request in transport.asked if "experiments" in request]
        assert lists == [f"GET {LIST}?page_size=1&namespace=team-a"]

    def test_a_refusal_passes_rung_two_and_fails_rung_three(self) -> None:
        ascent = self.climb(recorded("kfp-token-rbac-denied", LIST))
        ascent.connected()
        assert ascent.states == ["ok", "ok", "failed"]
        assert ascent.ladder["authorized"].code == "forbidden"

    def test_no_namespace_is_told_with_those_there_are(self) -> None:
        spaces = [{"namespace": name, "role": "contributor"} for name in ("team-a", "team-b")]
        replies = {
            HEALTHZ: healthz(),
            LIST: recorded("kfp-list-no-namespace", LIST),
            ENV_INFO: as_json(ENV_INFO, {"user": "me", "namespaces": spaces}),
        }
        ascent, _ = ascend(replies, given(cookies="s=1"))
        ascent.connected()
        rung = ascent.ladder["authorized"]
        assert (rung.state, rung.code) == ("failed", "namespace-needed")
        assert "team-a, team-b" in (rung.detail or "")

    def test_a_server_that_breaks_at_the_list_is_no_matter_of_rights(self) -> None:
        problem = self.climb(as_json(LIST, {"message": "db"}, 500)).failed("server-error")
        assert problem.retryable

    def test_a_sign_in_page_for_a_list_means_that_the_session_is_over(self) -> None:
        replies = {
            HEALTHZ: healthz(),
            LIST: page(LIST, "<form>"),
            ENV_INFO: as_json(ENV_INFO, {"user": "me", "namespaces": []}),
        }
        ascent, _ = ascend(replies, given(cookies="s=1"), namespace="team-a")
        assert ascent.problem is not None
        assert ascent.problem.rung == "signed-in"

    def test_nobody_in_a_place_with_users_is_told_to_use_the_gateway(self) -> None:
        replies = {HEALTHZ: healthz(), LIST: recorded("kfp-list-no-credentials", LIST)}
        ascent, _ = ascend(replies)
        assert "istio-ingressgateway" in (ascent.failed("gateway-bypassed").remedy_copy or "")

    def test_a_gateway_that_knows_us_by_itself_needs_only_a_namespace(self) -> None:
        replies = {HEALTHZ: healthz(), LIST: recorded("kfp-list-experiments-empty", LIST)}
        ascent, _ = ascend(replies)
        ascent.connected()
        assert ascent.ladder["authorized"].code == "namespace-needed"
        ascent, _ = ascend(replies, namespace="team-a")
        assert ascent.states == ["ok", "not-needed", "ok"]
        denied = {**replies, LIST: recorded("kfp-token-rbac-denied", LIST)}
        ascent, _ = ascend(denied, namespace="team-a")
        assert ascent.states == ["ok", "not-needed", "failed"]


def test_in_a_pod_the_whole_name_is_asked_and_the_token_goes_nowhere_else(tmp_path: Path) -> None:
    whole = "http://ml-pipeline.dev.svc.cluster.local:8888"
    asked = f"{whole}/apis/v2beta1/healthz"
    transport = Transport({asked: healthz(asked, users=False)})
    ascent = Ascent(
        connection(host="http://ml-pipeline.dev:8888"),
        environment=pod(tmp_path, "dev", TOKEN),
        transport=transport,
    )
    lease = ascent.connected().lease()
    assert lease.host == whole
    assert {request.url.startswith(whole) for request in transport.requests} == {True}
    assert ascent.climb.ladder["signed-in"].detail == "team-a/default-editor"


@pytest.mark.parametrize("host", [HOST, "http://ml-pipeline.dev:8888"])
def test_a_host_that_is_not_the_clusters_gets_no_credential_of_the_machine(
    tmp_path: Path, host: str
) -> None:
    here = pod(tmp_path, "team-a", TOKEN, KF_PIPELINES_TOKEN="hunter2", KF_PIPELINES_COOKIES="a=b")
    transport = Transport({})
    Ascent(connection(host=host), environment=here, transport=transport).failed("not-kfp")
    assert transport.sent("Authorization") == []
    assert transport.sent("Cookie") == []


def test_the_transport_is_closed_whatever_happens(tmp_path: Path) -> None:
    for reply in (healthz(users=False), page(HEALTHZ, "x", 404)):
        transport = Transport({HEALTHZ: reply})
        Ascent(connection(), environment=environment(tmp_path), transport=transport)
        assert transport.closed


def test_a_request_is_made_for_each_answer_and_none_twice() -> None:
    replies: dict[str, Any] = {
        HEALTHZ: healthz(),
        LIST: recorded("kfp-list-experiments-empty", LIST),
        ENV_INFO: as_json(ENV_INFO, {"user": "me", "namespaces": []}),
    }
    _, transport = ascend(replies, given(cookies="s=1"), namespace="team-a")
    assert len(transport.requests) == len(set(transport.asked)) == 3
    assert all(isinstance(request, Request) for request in transport.requests)
