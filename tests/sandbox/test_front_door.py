"""The walk through the front door, and what it must not let through."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from jupyter_kfp_connect.sandbox.options import (
    FOREIGN_NAMESPACE,
    SHARED_NAMESPACE,
    USER,
    USER_NAMESPACE,
)

from .conftest import StartSandbox
from .running import Clock, Forms

HEALTHZ = "/pipeline/apis/v2beta1/healthz"
EXPERIMENTS = "/pipeline/apis/v2beta1/experiments"


def test_a_sign_in_may_end_at_healthz_and_takes_seven_requests(
    start_sandbox: StartSandbox,
) -> None:
    running = start_sandbox()
    hops = running.browser().sign_in(rd=HEALTHZ)
    assert hops[-1].json()["tag_name"] == "sandbox"
    assert sum(running.sandbox.cluster.requests.values()) == 7


def test_tests_can_count_sign_ins(start_sandbox: StartSandbox) -> None:
    browser = start_sandbox().browser()
    browser.sign_in()
    counts = browser.get("/_sandbox/requests").json()
    assert counts["POST /dex/auth/local/login"] == 1


def test_a_signed_in_user_sees_their_namespaces(start_sandbox: StartSandbox) -> None:
    browser = start_sandbox().browser()
    browser.sign_in()
    info = browser.get("/api/workgroup/env-info").json()
    assert info["user"] == USER
    assert info["namespaces"] == [
        {"namespace": USER_NAMESPACE, "role": "owner", "user": USER},
        {"namespace": SHARED_NAMESPACE, "role": "contributor", "user": USER},
    ]
    assert info["isClusterAdmin"] is False
    assert browser.get("/oauth2/userinfo").json()["email"] == USER


@pytest.mark.parametrize("path", ["/api/workgroup/env-info", "/oauth2/userinfo", EXPERIMENTS])
def test_nobody_is_told_anything_without_a_session(path: str, start_sandbox: StartSandbox) -> None:
    response = start_sandbox().browser().get(path, headers={"kubeflow-userid": USER})
    assert response.status_code == 401


def test_a_user_id_from_outside_is_ignored_with_a_session_too(
    start_sandbox: StartSandbox,
) -> None:
    running = start_sandbox()
    running.sandbox.cluster.rights.grant("boss@example.com", FOREIGN_NAMESPACE)
    browser = running.browser()
    browser.sign_in()
    headers = {"kubeflow-userid": "boss@example.com"}
    response = browser.get(EXPERIMENTS, params={"namespace": FOREIGN_NAMESPACE}, headers=headers)
    assert response.status_code == 403
    assert f"User '{USER}' is not authorized" in response.json()["message"]


def test_a_session_ends_when_its_time_is_up(start_sandbox: StartSandbox, clock: Clock) -> None:
    browser = start_sandbox(session_seconds=5, clock=clock).browser()
    last = browser.sign_in(rd=HEALTHZ)
    assert "Max-Age=5;" in last[1].raw.headers.getlist("Set-Cookie")[1]
    clock.now += 4.9
    assert browser.get(HEALTHZ).status_code == 200
    clock.now += 0.2
    assert browser.get(HEALTHZ).status_code == 401


def test_signing_out_clears_the_session(start_sandbox: StartSandbox) -> None:
    browser = start_sandbox().browser()
    browser.sign_in()
    assert browser.get("/oauth2/sign_out?rd=/pipeline").headers["Location"] == "/pipeline"
    assert browser.get(HEALTHZ).status_code == 401


@pytest.mark.parametrize(
    "rd",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "/\\elsewhere.example/",
        "/\t/elsewhere.example",
        "elsewhere",
        "",
    ],
)
def test_a_sign_in_never_leads_to_another_site(rd: str, start_sandbox: StartSandbox) -> None:
    hops = start_sandbox().browser().sign_in(rd=rd)
    assert urlsplit(hops[-1].url).path == "/"
    assert hops[-2].headers["Location"] == "/"


def _callback(location: str, **changed: str) -> str:
    query = {key: values[0] for key, values in parse_qs(urlsplit(location).query).items()}
    query |= changed
    return "/oauth2/callback?" + "&".join(f"{key}={value}" for key, value in query.items())


def test_a_state_that_is_not_this_browsers_is_refused(start_sandbox: StartSandbox) -> None:
    browser = start_sandbox().browser()
    location = browser.log_in(browser.to_login_form()).headers["Location"]
    response = browser.get(_callback(location, state="forged:/pipeline"))
    assert response.status_code == 403
    assert "CSRF" in response.text
    assert browser.get(HEALTHZ).status_code == 401


def test_a_code_works_only_in_the_browser_that_set_out(start_sandbox: StartSandbox) -> None:
    running = start_sandbox()
    victim, thief = running.browser(), running.browser()
    location = victim.log_in(victim.to_login_form()).headers["Location"]
    assert thief.get(location).status_code == 403
    thief.to_login_form()
    assert thief.get(location).status_code == 500
    assert thief.get(HEALTHZ).status_code == 401


def test_a_code_works_once(start_sandbox: StartSandbox) -> None:
    browser = start_sandbox().browser()
    location = browser.log_in(browser.to_login_form()).headers["Location"]
    cookies = dict(browser.session.cookies)
    assert browser.get(location).status_code == 302
    browser.session.cookies.update(cookies)
    assert browser.get(location).status_code == 500


def test_a_stale_csrf_cookie_is_refused(start_sandbox: StartSandbox, clock: Clock) -> None:
    browser = start_sandbox(clock=clock).browser()
    location = browser.log_in(browser.to_login_form()).headers["Location"]
    clock.now += 901
    assert browser.get(location).status_code == 403


def test_several_connectors_are_listed_to_choose_from(start_sandbox: StartSandbox) -> None:
    running = start_sandbox(connectors=("local", "ldap"))
    browser = running.browser()
    page = browser.to_login_form()
    links = Forms.read(page.text).links
    assert [urlsplit(link).path for link in links] == ["/dex/auth/local", "/dex/auth/ldap"]

    form = browser.follow(browser.get(links[1]))[-1]
    assert urlsplit(form.url).path == "/dex/auth/ldap/login"
    assert Forms.read(form.text).links[0].startswith("/dex/auth?")
    assert browser.follow(browser.log_in(form))[-1].status_code == 200


def test_an_unknown_connector_is_refused_as_dex_does(start_sandbox: StartSandbox) -> None:
    browser = start_sandbox().browser()
    location = browser.get("/oauth2/start").headers["Location"]
    response = browser.get(location.replace("/dex/auth?", "/dex/auth/ldap?"))
    assert response.status_code == 400
    assert "Connector failed to initialize" in response.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/dex/auth/local", 404),
        ("/dex/auth/local/login", 400),
        ("/dex/auth/local/login?state=unknown", 400),
        ("/dex/approval?req=unknown", 401),
        ("/dex/device/code", 501),
        ("/dex/.well-known/openid-configuration", 501),
    ],
)
def test_a_sign_in_that_nobody_began_gets_nowhere(
    path: str, status: int, start_sandbox: StartSandbox
) -> None:
    assert start_sandbox().browser().get(path).status_code == status


def test_a_directory_that_is_down_is_no_wrong_password(start_sandbox: StartSandbox) -> None:
    running = start_sandbox(directory_down=True)
    browser = running.browser()
    form = browser.to_login_form()
    response = browser.log_in(form)
    assert response.status_code == 500
    assert "Login error. Please contact your administrator" in response.text

    running.sandbox.cluster.directory.is_down = False
    assert browser.follow(browser.log_in(form))[-1].status_code == 200


def test_the_approval_screen_asks_and_goes_on(start_sandbox: StartSandbox) -> None:
    browser = start_sandbox(approval=True).browser()
    screen = browser.follow(browser.log_in(browser.to_login_form()))[-1]
    assert urlsplit(screen.url).path == "/dex/approval"
    fields = {tag["name"]: tag["value"] for tag in Forms.of(screen.text)[:3] if "name" in tag}
    assert fields["approval"] == "approve"

    address = screen.url.removeprefix(browser.origin)
    assert browser.post(address, data=fields | {"approval": "rejected"}).status_code == 500
    assert browser.follow(browser.post(address, data=fields))[-1].status_code == 200


def test_the_approval_screen_cannot_be_reached_past_the_password(
    start_sandbox: StartSandbox,
) -> None:
    browser = start_sandbox(approval=True).browser()
    state = parse_qs(urlsplit(browser.to_login_form().url).query)["state"][0]
    response = browser.post(
        f"/dex/approval?req={state}&hmac=00", data={"req": state, "approval": "approve"}
    )
    assert response.status_code == 500


def test_the_root_without_pipeline_is_the_wrong_path(start_sandbox: StartSandbox) -> None:
    browser = start_sandbox().browser()
    browser.sign_in()
    response = browser.get("/apis/v2beta1/healthz")
    assert response.status_code == 404
    assert "Cannot GET /apis/v2beta1/healthz" in response.text
