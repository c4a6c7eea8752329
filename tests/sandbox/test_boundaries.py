"""A sandbox stays on this computer, and says what it is wherever one looks."""

from __future__ import annotations

import asyncio
import logging

import pytest

from jupyter_kfp_connect.sandbox import Sandbox, SandboxOptions
from jupyter_kfp_connect.sandbox.options import PASSWORD

from .conftest import StartSandbox


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.10", "::"])
def test_it_listens_on_loopback_only(address: str) -> None:
    with pytest.raises(ValueError, match="loopback only"):
        SandboxOptions(address=address)


@pytest.mark.parametrize(
    "wrong",
    [
        {"connectors": ()},
        {"connectors": ("../x",)},
        {"session_seconds": 0},
        {"pending_seconds": -1},
    ],
)
def test_options_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        SandboxOptions(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["/pipeline", "/pipeline/apis/v2beta1/healthz", "/dex/auth"])
def test_a_web_page_cannot_reach_in_by_rebinding_its_name(
    path: str, start_sandbox: StartSandbox
) -> None:
    browser = start_sandbox().browser()
    assert browser.get(path, headers={"Host": "evil.example"}).status_code == 403


def test_a_name_that_was_allowed_may_ask(start_sandbox: StartSandbox) -> None:
    running = start_sandbox(single_user=True, allowed_hosts=("ml-pipeline-ui.kubeflow",))
    headers = {"Host": "ml-pipeline-ui.kubeflow"}
    response = running.browser().get("/apis/v2beta1/healthz", headers=headers)
    assert response.status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/", "/pipeline", "/oauth2/sign_in", "/oauth2/callback", "/dex/approval", "/dex/auth/x"],
)
def test_every_page_says_that_it_is_a_sandbox(path: str, start_sandbox: StartSandbox) -> None:
    response = start_sandbox().browser().get(path)
    assert response.headers["Kubeflow-Sandbox"]
    assert "SANDBOX" in response.text
    assert "script-src" not in response.headers["Content-Security-Policy"]


def test_what_is_shown_is_escaped(start_sandbox: StartSandbox) -> None:
    browser = start_sandbox().browser()
    response = browser.get("/pipeline?ns=<script>")
    assert "<script>" not in response.text


def test_a_sign_in_leaves_no_secret_in_the_log(
    start_sandbox: StartSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser = start_sandbox().browser()
    browser.sign_in()
    browser.get("/oauth2/callback?code=leaked&state=leaked:/")
    seen = "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith("tornado")
    )
    assert PASSWORD not in seen
    assert "leaked" not in seen


def test_it_stops_and_can_be_stopped_again() -> None:
    async def scenario() -> None:
        sandbox = Sandbox()
        await sandbox.start()
        assert sandbox.host.startswith("http://localhost:")
        await sandbox.stop()
        await sandbox.stop()
        with pytest.raises(RuntimeError, match="does not run"):
            _ = sandbox.host

    asyncio.run(scenario())


def test_a_port_that_is_taken_is_an_error_and_leaves_nothing_behind() -> None:
    async def scenario() -> None:
        async with Sandbox() as first:
            second = Sandbox(SandboxOptions(api_port=first.port))
            with pytest.raises(OSError, match="in use"):
                await second.start()
            with pytest.raises(RuntimeError, match="does not run"):
                _ = second.host

    asyncio.run(scenario())
