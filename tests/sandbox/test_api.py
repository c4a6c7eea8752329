"""What the recordings do not show of KFP's API: lists, runs, actions, and what is missing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jupyter_kfp_connect.sandbox.options import USER_NAMESPACE

from .conftest import StartSandbox
from .running import Browser, Clock, RunningSandbox
from .test_kfp_recordings import SPEC

API = "/apis/v2beta1"
NAMESPACE = {"namespace": USER_NAMESPACE}


@pytest.fixture
def running(start_sandbox: StartSandbox, clock: Clock) -> RunningSandbox:
    return start_sandbox(api_only=True, clock=clock, pending_seconds=2, running_seconds=6)


@pytest.fixture
def client(running: RunningSandbox) -> Browser:
    return running.as_user()


def make_experiment(client: Browser, name: str) -> str:
    body = {"display_name": name, **NAMESPACE}
    return str(client.post(f"{API}/experiments", json=body).json()["experiment_id"])


def make_run(client: Browser, experiment_id: str, **more: Any) -> dict[str, Any]:
    body = {"display_name": "r", "experiment_id": experiment_id, "pipeline_spec": SPEC, **more}
    response = client.post(f"{API}/runs", json=body)
    assert response.status_code == 200, response.text
    return dict(response.json())


def test_a_run_passes_through_its_states_by_the_clock(client: Browser, clock: Clock) -> None:
    run_id = make_run(client, make_experiment(client, "e"))["run_id"]
    seen = []
    for seconds in (0, 2, 5.9, 0.1):
        clock.now += seconds
        seen.append(client.get(f"{API}/runs/{run_id}").json())
    assert [run["state"] for run in seen] == ["PENDING", "RUNNING", "RUNNING", "SUCCEEDED"]
    states = [entry["state"] for entry in seen[-1]["state_history"]]
    assert states == ["PENDING", "RUNNING", "SUCCEEDED"]
    assert seen[2]["finished_at"] == "1970-01-01T00:00:00Z"
    assert seen[3]["finished_at"] > seen[3]["created_at"]


def test_a_run_can_be_terminated_until_it_has_finished(client: Browser, clock: Clock) -> None:
    run_id = make_run(client, make_experiment(client, "e"))["run_id"]
    clock.now += 3
    assert client.post(f"{API}/runs/{run_id}:terminate").json() == {}
    assert client.get(f"{API}/runs/{run_id}").json()["state"] == "CANCELING"
    clock.now += 60
    run = client.get(f"{API}/runs/{run_id}").json()
    states = [entry["state"] for entry in run["state_history"]]
    assert states == ["PENDING", "RUNNING", "CANCELING", "CANCELED"]
    assert client.post(f"{API}/runs/{run_id}:terminate").status_code == 400


def test_what_a_run_was_given_comes_back(client: Browser) -> None:
    config = {"parameters": {"name": "you"}, "pipeline_root": "s3://x"}
    run = make_run(client, make_experiment(client, "e"), runtime_config=config)
    assert run["runtime_config"] == config
    assert run["pipeline_spec"] == SPEC


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"display_name": ""}, 400),
        ({"experiment_id": "nowhere"}, 404),
        ({"experiment_id": ""}, 400),
        ({"pipeline_spec": {"no": "spec"}}, 400),
        ({"pipeline_spec": None}, 400),
        ({"pipeline_spec": None, "pipeline_version_reference": {"pipeline_id": "x"}}, 404),
        ({"display_name": 5}, 400),
    ],
)
def test_a_run_that_cannot_be_is_refused(
    body: dict[str, Any], status: int, client: Browser
) -> None:
    good = {
        "display_name": "r",
        "experiment_id": make_experiment(client, "e"),
        "pipeline_spec": SPEC,
    }
    response = client.post(f"{API}/runs", json=good | body)
    assert response.status_code == status
    assert set(response.json()) == {"code", "message", "details"}


def test_archiving_an_experiment_takes_its_runs_along(client: Browser) -> None:
    experiment_id = make_experiment(client, "e")
    run_id = make_run(client, experiment_id)["run_id"]
    client.post(f"{API}/experiments/{experiment_id}:archive")
    assert client.get(f"{API}/runs/{run_id}").json()["storage_state"] == "ARCHIVED"
    assert client.post(f"{API}/runs/{run_id}:unarchive").status_code == 400
    client.post(f"{API}/experiments/{experiment_id}:unarchive")
    assert client.post(f"{API}/runs/{run_id}:unarchive").status_code == 200
    assert client.get(f"{API}/runs/{run_id}").json()["storage_state"] == "AVAILABLE"


def test_deleting_an_experiment_takes_its_runs_along(client: Browser) -> None:
    experiment_id = make_experiment(client, "e")
    run_id = make_run(client, experiment_id)["run_id"]
    assert client.call("DELETE", f"{API}/experiments/{experiment_id}").json() == {}
    assert client.get(f"{API}/experiments/{experiment_id}").status_code == 404
    assert client.get(f"{API}/runs/{run_id}").status_code == 404


@pytest.mark.parametrize(("sort_by", "first"), [("", "a0"), ("created_at desc", "a4")])
def test_pages_neither_skip_nor_repeat(sort_by: str, first: str, client: Browser) -> None:
    for number in range(5):
        make_experiment(client, f"a{number}")
    seen: list[str] = []
    token = ""
    while True:
        params = {**NAMESPACE, "page_size": 2, "page_token": token, "sort_by": sort_by}
        page = client.get(f"{API}/experiments", params=params).json()
        assert page["total_size"] == 5
        seen += [each["display_name"] for each in page["experiments"]]
        token = page.get("next_page_token", "")
        if not token:
            break
    assert seen[0] == first
    assert sorted(seen) == ["a0", "a1", "a2", "a3", "a4"]


@pytest.mark.parametrize(
    ("predicate", "found"),
    [
        ({"operation": 1, "key": "display_name", "stringValue": "beta"}, ["beta"]),
        ({"operation": "EQUALS", "key": "name", "string_value": "beta"}, ["beta"]),
        ({"operation": "NOT_EQUALS", "key": "name", "string_value": "beta"}, ["alpha"]),
        ({"operation": 9, "key": "display_name", "stringValue": "ALP"}, ["alpha"]),
        (
            {"operation": 8, "key": "name", "stringValues": {"values": ["alpha", "x"]}},
            ["alpha"],
        ),
        ({"operation": 1, "key": "storage_state", "stringValue": "ARCHIVED"}, []),
    ],
)
def test_lists_are_filtered(predicate: dict[str, Any], found: list[str], client: Browser) -> None:
    for name in ("alpha", "beta"):
        make_experiment(client, name)
    params = {**NAMESPACE, "filter": json.dumps({"predicates": [predicate]})}
    page = client.get(f"{API}/experiments", params=params).json()
    assert [each["display_name"] for each in page.get("experiments", [])] == found
    assert page.get("total_size", 0) == len(found)


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"page_size": "many"}, 400),
        ({"page_size": "-1"}, 400),
        ({"page_token": "?"}, 400),
        ({"sort_by": "created_at sideways"}, 400),
        ({"filter": "{"}, 400),
        ({"filter": '{"predicates":[{"operation":1}]}'}, 400),
        ({"filter": '{"predicates":[{"operation":77,"key":"name","stringValue":""}]}'}, 501),
    ],
)
def test_a_list_that_cannot_be_is_refused(
    params: dict[str, str], status: int, client: Browser
) -> None:
    make_experiment(client, "e")
    response = client.get(f"{API}/experiments", params=NAMESPACE | params)
    assert response.status_code == status
    assert set(response.json()) == {"code", "message", "details"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{API}/recurringruns"),
        ("POST", f"{API}/runs/x:retry"),
        ("POST", f"{API}/pipelines/create"),
        ("PATCH", f"{API}/pipelines/x"),
        ("GET", f"{API}/artifacts"),
        ("GET", "/apis/v1beta1/experiments"),
    ],
)
def test_what_the_sandbox_lacks_says_so(method: str, path: str, client: Browser) -> None:
    response = client.call(method, path)
    assert response.status_code == 501
    assert response.json()["code"] == 12
    assert "sandbox" in response.json()["message"]


def test_a_standalone_install_has_a_page_and_both_places_of_the_api(
    start_sandbox: StartSandbox,
) -> None:
    browser = start_sandbox(single_user=True).browser()
    assert "SANDBOX" in browser.get("/").text
    for prefix in ("/apis", "/pipeline/apis"):
        assert browser.get(f"{prefix}/v2beta1/healthz").json()["multi_user"] is False


def test_links_of_the_ui_lead_to_the_thing_they_name(start_sandbox: StartSandbox) -> None:
    running = start_sandbox()
    client = running.as_user()
    experiment_id = make_experiment(client, "<b>bold</b>")
    run_id = make_run(client, experiment_id)["run_id"]
    browser = running.browser()
    browser.sign_in()
    for path in ("/pipeline/", f"/_/pipeline/?ns={USER_NAMESPACE}"):
        page = browser.get(path).text
        assert f'id="/experiments/details/{experiment_id}"' in page
        assert f'id="/runs/details/{run_id}"' in page
        assert "PENDING" in page
        assert "<b>bold</b>" not in page
    assert experiment_id not in browser.get("/_/pipeline/?ns=team-shared").text
    assert "no rights" in browser.get("/_/pipeline/?ns=someone-elses").text
