"""The sandbox's front door answers as oauth2-proxy and Dex do: a test for each recording."""

from __future__ import annotations

from html import unescape
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import requests

from .conftest import StartSandbox
from .running import Browser, Forms
from .shapes import cookie_words, names, recording

CLAIMED = {
    "dex-login-ok",
    "dex-login-page",
    "dex-login-wrong-password",
    "gateway-api-bad-cookie",
    "gateway-api-signed-out",
    "gateway-oauth2-start",
    "gateway-page-signed-out",
}

# What is different each time: the recordings have a word or an ellipsis in its place.
CHANGING = ("code", "code_challenge", "state")


@pytest.fixture
def browser(start_sandbox: StartSandbox) -> Browser:
    return start_sandbox().browser()


def test_every_recording_of_the_front_door_is_claimed() -> None:
    assert {name for name in names() if not name.startswith("kfp-")} == CLAIMED


def address(location: str) -> tuple[str, list[tuple[str, str]]]:
    """Return an address's path, and its query without what changes."""
    parts = urlsplit(unescape(location))
    query = parse_qsl(parts.query, keep_blank_values=True)
    return parts.path, [(key, "" if key in CHANGING else value) for key, value in query]


def same_tags(page: str, recorded: list[dict[str, str]]) -> None:
    """Check a page's forms against the recorded ones."""
    tags: list[dict[str, Any]] = [dict(tag) for tag in Forms.of(page)]
    expected: list[dict[str, Any]] = [dict(tag) for tag in recorded]
    for tag in (*tags, *expected):
        if "action" in tag:
            tag["action"] = address(tag["action"])
    assert tags == expected


def same_answer(response: requests.Response, name: str) -> None:
    """Check status, headers and body against a recording."""
    recorded = recording(name)["response"]
    assert response.status_code == recorded["status"]
    assert response.headers["Content-Type"] == recorded["headers"]["content-type"]
    body = recorded["body"]
    if "html" in body:
        if body["html"]["title"]:
            assert Forms.read(response.text).title == body["html"]["title"]
            same_tags(response.text, body["html"]["form"])
    else:
        assert response.json() == body
    cookie = recorded["headers"].get("set-cookie")
    if cookie is None:
        assert "Set-Cookie" not in response.headers
    else:
        assert cookie_words(response.headers["Set-Cookie"]) == cookie_words(cookie)


def test_an_api_path_without_a_session(browser: Browser) -> None:
    same_answer(browser.get("/pipeline/apis/v2beta1/healthz"), "gateway-api-signed-out")


def test_an_api_path_with_a_cookie_that_is_no_session(browser: Browser) -> None:
    headers = {"Cookie": "oauth2_proxy_kubeflow=forged"}
    response = browser.get("/pipeline/apis/v2beta1/healthz", headers=headers)
    same_answer(response, "gateway-api-bad-cookie")


def test_a_page_without_a_session(browser: Browser) -> None:
    same_answer(browser.get("/pipeline"), "gateway-page-signed-out")


def test_the_start_of_the_sign_in(browser: Browser) -> None:
    response = browser.get("/oauth2/start?rd=%2Fpipeline")
    same_answer(response, "gateway-oauth2-start")
    recorded = recording("gateway-oauth2-start")["response"]["headers"]["location"]
    assert address(response.headers["Location"]) == address(recorded)


def test_the_login_form_is_reached_by_the_recorded_hops(browser: Browser) -> None:
    hops = browser.follow(browser.get("/oauth2/start?rd=%2Fpipeline"))
    seen = [address(hop.headers["Location"]) for hop in hops if hop.is_redirect]
    assert seen == [address(hop) for hop in recording("dex-login-page")["hops"]]
    same_answer(hops[-1], "dex-login-page")
    assert parse_qs(urlsplit(hops[-1].url).query)["state"]


def test_a_wrong_password_shows_the_form_again_with_the_user_name(browser: Browser) -> None:
    response = browser.log_in(browser.to_login_form(), "not it")
    same_answer(response, "dex-login-wrong-password")
    assert "not it" not in response.text


def test_the_right_password_leads_back_by_the_recorded_hops(browser: Browser) -> None:
    recorded = recording("dex-login-ok")
    hops = browser.sign_in()
    for hop, expected in zip(hops, recorded["hops"], strict=False):
        assert hop.status_code == expected["status"]
        assert address(hop.headers["Location"]) == address(expected["location"])
        cookies = hop.raw.headers.getlist("Set-Cookie")
        assert [cookie_words(each) for each in cookies] == [
            cookie_words(each) for each in expected["set_cookie"]
        ]
    assert len(hops) == len(recorded["hops"]) + 1
    assert hops[-1].status_code == recorded["final"]["status"]
    assert urlsplit(hops[-1].url).path == recorded["final"]["path"]
