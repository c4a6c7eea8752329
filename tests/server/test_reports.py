"""What a window finds out about a kernel that cannot tell by itself."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from jupyter_kfp_connect import __version__
from jupyter_kfp_connect.server.app import KfpConnect

from .asking import BrokerClient, Rest
from .contract import conforms

PYTHON = "/opt/conda envs/it's/bin/python"


@pytest.fixture(autouse=True)
def a_kernel(extension: KfpConnect, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a kernel “k” run."""
    assert extension._manager is not None
    monkeypatch.setattr(extension._manager.kernels, "_running", lambda: ["k"])


def report(**said: Any) -> dict[str, Any]:
    """Return a report as a window sends it."""
    return {"variable": "kfp_client", "connection": "work", "code": "package-missing"} | said


async def reported(rest: Rest, **said: Any) -> dict[str, Any]:
    """Send a report, and return the rung that every window shows then."""
    body = conforms(report(**said), "KernelReport")
    assert (await rest.ask("POST", "kernels/k", body)).status == 204
    (held,) = (await rest.ask("GET", "kernels")).data
    return dict(held["rung"])


@pytest.mark.parametrize(
    ("code", "package"),
    [
        ("package-missing", "jupyter-kfp-connect"),
        ("package-too-old", f"jupyter-kfp-connect=={__version__}"),
    ],
)
async def test_the_line_that_mends_it_is_for_that_kernels_interpreter(
    rest: Rest, code: str, package: str, events: list[dict[str, Any]]
) -> None:
    await rest.put("work", host="https://kubeflow.example.com")
    events.clear()
    shown = await reported(rest, code=code, python=PYTHON, version="3.12.1")
    assert (shown["state"], shown["code"]) == ("failed", code)
    assert "3.12.1" in shown["detail"]
    assert shlex.split(shown["remedy"]["copy"]) == [PYTHON, "-m", "pip", "install", package]
    assert [(event["kind"], event["kernel_id"]) for event in events] == [("kernels", "k")]


@pytest.mark.parametrize("code", ["package-missing", "package-too-old"])
async def test_without_an_interpreter_no_line_is_made_up(rest: Rest, code: str) -> None:
    for python in (None, "", "a\nb"):
        shown = await reported(rest, code=code, python=python)
        assert shown["remedy"]["copy"] is None
        assert shown["remedy"]["text"]


@pytest.mark.parametrize("code", ["kernel-unsupported", "kernel-remote"])
async def test_other_kernels_are_told_from_those_that_lack_the_package(
    rest: Rest, code: str
) -> None:
    assert (await reported(rest, connection=None, code=code))["code"] == code


async def test_once_the_package_is_there_the_kernel_speaks_for_itself(
    rest: Rest, broker: BrokerClient
) -> None:
    await reported(rest, python=PYTHON)
    told = {"kernel_id": "k", "connection": None, "variable": "kfp_client", "state": "armed"}
    await broker.ask("holds", told)
    (held,) = (await rest.ask("GET", "kernels")).data
    assert (held["rung"]["state"], held["rung"]["detail"]) == ("ok", "armed")


async def test_a_connection_that_is_gone_is_no_error(rest: Rest) -> None:
    await reported(rest, connection="nowhere")
    (held,) = (await rest.ask("GET", "kernels")).data
    assert held["connection"] is None


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"code": "disconnected"}, "code"),
        ({"code": None}, "code"),
        ({"code": 1}, "code"),
        ({"variable": None}, "variable"),
        ({"variable": ["x"]}, "variable"),
        ({"connection": 1}, "connection"),
        ({"python": ["rm", "-rf"]}, "python"),
        ({"version": "1; rm -rf /"}, "version"),
        ({"version": 3.12}, "version"),
    ],
)
async def test_a_report_that_makes_no_sense_is_refused(
    rest: Rest, said: dict[str, Any], field: str
) -> None:
    told = await rest.ask("POST", "kernels/k", report(**said))
    assert (told.status, told.error["code"]) == (400, "bad-request")
    assert field in told.error["message"]
    assert (await rest.ask("GET", "kernels")).data == []
