"""The class of Kubeflow's guide, in our own code."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator

import pytest

import jupyter_kfp_connect as kfc
from jupyter_kfp_connect.sandbox import SandboxOptions

from .kernel.tracebacks import verbose
from .sandbox.running import RunningSandbox

USER, PASSWORD = "user@example.com", "12341234"
NAMESPACE = "kubeflow-user-example-com"


@pytest.fixture
def kubeflow() -> Iterator[str]:
    """The host of a Kubeflow look-alike with two connectors."""
    with RunningSandbox(SandboxOptions(connectors=("local", "ldap"))) as running:
        yield running.sandbox.host


def test_the_guide_s_class_has_the_guide_s_signature() -> None:
    parameters = inspect.signature(kfc.KFPClientManager).parameters
    assert {name: each.default for name, each in parameters.items()} == {
        "api_url": inspect.Parameter.empty,
        "dex_username": inspect.Parameter.empty,
        "dex_password": inspect.Parameter.empty,
        "dex_auth_type": "local",
        "skip_tls_verify": False,
    }


@pytest.mark.parametrize("connector", ["local", "ldap"])
def test_the_guide_s_class_makes_clients(kubeflow: str, connector: str) -> None:
    manager = kfc.KFPClientManager(kubeflow, USER, PASSWORD, connector)
    assert PASSWORD not in repr(manager) + repr(vars(manager))
    client = manager.create_kfp_client()
    assert client.list_experiments(namespace=NAMESPACE) is not None


def test_the_manager_s_password_is_in_no_verbose_traceback() -> None:
    password = "".join(["some", "-", "password"])
    try:
        kfc.KFPClientManager("no host", USER, password)
    except kfc.KfpConnectError as problem:
        shown = verbose(problem, skip=1)
    assert "__init__" in shown
    assert password not in shown


def test_the_guides_own_example_over_plain_http_is_not_warned_of_a_certificate(
    kubeflow: str,
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kfc.KFPClientManager(
            api_url=kubeflow,
            dex_username=USER,
            dex_password=PASSWORD,
            dex_auth_type="local",
            skip_tls_verify=True,
        ).create_kfp_client()
