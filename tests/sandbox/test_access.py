"""Who may do what: users by the gateway's header, ServiceAccounts by their token."""

from __future__ import annotations

import pytest

from jupyter_kfp_connect.sandbox.options import (
    FOREIGN_NAMESPACE,
    SHARED_NAMESPACE,
    USER,
    USER_NAMESPACE,
)
from jupyter_kfp_connect.sandbox.tokens import TokenIssuer, TokenRefused

from .conftest import StartSandbox
from .running import Clock
from .shapes import recording

EXPERIMENTS = "/apis/v2beta1/experiments"


@pytest.mark.parametrize(
    ("namespace", "status"),
    [(USER_NAMESPACE, 200), (SHARED_NAMESPACE, 200), (FOREIGN_NAMESPACE, 403), ("none", 403)],
)
def test_a_user_reaches_their_namespaces_and_no_other(
    namespace: str, status: int, start_sandbox: StartSandbox
) -> None:
    response = (
        start_sandbox(api_only=True).as_user().get(EXPERIMENTS, params={"namespace": namespace})
    )
    assert response.status_code == status
    if status == 403:
        recorded = recording("kfp-token-rbac-denied")["response"]["body"]["message"]
        account = "system:serviceaccount:namespace-2:default-editor"
        assert response.json()["message"] == recorded.replace(account, USER).replace(
            "namespace-1", namespace
        )


def test_a_token_is_good_for_its_own_namespace(start_sandbox: StartSandbox) -> None:
    running = start_sandbox()
    for namespace in (USER_NAMESPACE, FOREIGN_NAMESPACE):
        client = running.with_token(running.sandbox.issue_token(namespace))
        assert client.get(EXPERIMENTS, params={"namespace": namespace}).status_code == 200


def test_a_role_binding_lets_another_service_account_in(start_sandbox: StartSandbox) -> None:
    running = start_sandbox(api_only=True)
    client = running.with_token(running.sandbox.issue_token("namespace-2"))
    params = {"namespace": USER_NAMESPACE}
    assert client.get(EXPERIMENTS, params=params).status_code == 403

    rights = running.sandbox.cluster.rights
    account = "system:serviceaccount:namespace-2:default-editor"
    rights.grant(account, USER_NAMESPACE)
    assert client.get(EXPERIMENTS, params=params).status_code == 200
    rights.revoke(account, USER_NAMESPACE)
    assert client.get(EXPERIMENTS, params=params).status_code == 403


def test_a_viewer_reads_and_does_not_write(start_sandbox: StartSandbox) -> None:
    running = start_sandbox(api_only=True)
    token = running.sandbox.issue_token(service_account="default-viewer")
    client = running.with_token(token)
    assert client.get(EXPERIMENTS, params={"namespace": USER_NAMESPACE}).status_code == 200
    body = {"display_name": "x", "namespace": USER_NAMESPACE}
    response = client.post(EXPERIMENTS, json=body)
    assert response.status_code == 403
    assert "Verb:create" in response.json()["message"]


def test_an_expired_token_is_named_as_such(start_sandbox: StartSandbox, clock: Clock) -> None:
    running = start_sandbox(api_only=True, clock=clock)
    client = running.with_token(running.sandbox.issue_token(seconds=60))
    params = {"namespace": USER_NAMESPACE}
    assert client.get(EXPERIMENTS, params=params).status_code == 200
    clock.now += 61
    response = client.get(EXPERIMENTS, params=params)
    assert response.status_code == 401
    assert "token has expired" in response.headers["WWW-Authenticate"]
    assert "token has expired" in response.json()["message"]


def test_a_token_of_another_sandbox_is_garbage(clock: Clock) -> None:
    token = TokenIssuer(clock).issue()
    with pytest.raises(TokenRefused, match=r"^invalid bearer token$"):
        TokenIssuer(clock).review(token)


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c.d", "\u00e4.\u00f6.\u00fc"])
def test_what_is_no_token_at_all_is_refused(token: str, clock: Clock) -> None:
    with pytest.raises(TokenRefused, match=r"^invalid bearer token$"):
        TokenIssuer(clock).review(token)


def test_a_namespace_of_any_letters_fits_the_challenge_header(
    start_sandbox: StartSandbox,
) -> None:
    client = start_sandbox(api_only=True).api()
    response = client.get("/apis/v2beta1/runs", params={"namespace": "n\u00e4me\r\nX: 1"})
    assert response.status_code == 401
    assert "X" not in response.headers


def test_the_bare_api_stands_beside_the_front_door(start_sandbox: StartSandbox) -> None:
    running = start_sandbox()
    assert running.sandbox.api_host != running.sandbox.origin
    info = running.browser().get("/_sandbox/info").json()
    assert info["host"] == running.sandbox.host
    assert info["api_host"] == running.sandbox.api_host
    body = {"display_name": "seen by both", "namespace": USER_NAMESPACE}
    assert running.as_user().post(EXPERIMENTS, json=body).status_code == 200
    browser = running.browser()
    browser.sign_in()
    assert "seen by both" in browser.get("/pipeline").text
