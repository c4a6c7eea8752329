"""What `KubeflowClient` relies on in kfp's private names; kfp is pinned to ``>=2.17,<3``."""

from __future__ import annotations

import inspect

import kfp
import kfp_server_api
from kfp_server_api.rest import RESTClientObject

OVERRIDDEN = (
    "_load_config",
    "_load_context_setting_or_default",
    "_refresh_api_client_token",
    "_get_url_prefix",
    "get_user_namespace",
    "set_user_namespace",
)


def test_the_names_that_are_overridden_are_still_called() -> None:
    source = inspect.getsource(kfp.Client)
    for name in OVERRIDDEN:
        assert f"self.{name}(" in source, name


def test_the_host_is_the_first_thing_that_the_configuration_is_made_of() -> None:
    assert list(inspect.signature(kfp.Client._load_config).parameters)[:2] == ["self", "host"]


def test_every_call_goes_through_the_rest_client_s_request() -> None:
    for verb in ("GET", "HEAD", "OPTIONS", "DELETE", "POST", "PUT", "PATCH"):
        assert "self.request(" in inspect.getsource(getattr(RESTClientObject, verb)), verb
    source = inspect.getsource(RESTClientObject.request)
    assert source.count("self.pool_manager.request(") == source.count("pool_manager")


def test_all_services_share_one_api_client() -> None:
    source = inspect.getsource(kfp.Client.__init__)
    assert source.count("kfp_server_api.ApiClient(") == 1
    assert "rest.RESTClientObject(configuration)" in inspect.getsource(
        kfp_server_api.ApiClient.__init__
    )
