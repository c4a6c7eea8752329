"""Which connection a name stands for must never be a surprise."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_kfp_connect.core.catalogue import Catalogue, Entry
from jupyter_kfp_connect.core.connection import Connection
from jupyter_kfp_connect.core.connections_file import read
from jupyter_kfp_connect.core.errors import RequestError

from .fakes import connection


class Places:
    """The files of a machine, and the catalogue made of them."""

    def __init__(self, root: Path) -> None:
        self.user = root / "user" / "kfp_connect.json"
        self.system = root / "system.json"
        self.environment = root / "environment.json"
        self.configured: dict[str, Any] = {}

    def write(self, path: Path, connections: Mapping[str, Any], **more: Any) -> None:
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"connections": connections, **more}))

    def catalogue(self) -> Catalogue:
        return Catalogue(self.configured, [self.environment, self.system], self.user)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


def at(port: int, **fields: Any) -> dict[str, Any]:
    return {"host": f"http://localhost:{port}", **fields}


def found(name: str, port: int = 3000) -> Entry:
    return Entry(connection(name=name, host=f"http://localhost:{port}"), "detected", "found")


def test_the_administrators_word_goes_before_the_users_and_that_before_what_was_found(
    places: Places,
) -> None:
    names = ["a", "b", "c", "d", "e"]
    places.configured = {"a": at(1)}
    places.write(places.environment, {name: at(2) for name in names[:2]})
    places.write(places.system, {name: at(3) for name in names[:3]})
    places.write(places.user, {name: at(4) for name in names[:4]})
    catalogue = places.catalogue()
    for name in names:
        catalogue.put_found(found(name, 5))
    ports = {entry.connection.name: int(entry.connection.host[-1]) for entry in catalogue}
    assert ports == {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}
    assert [catalogue.find(name).locked for name in names] == [True, True, True, False, False]
    assert [catalogue.find(name).source for name in "cde"] == ["admin", "user", "detected"]


def test_an_entry_without_an_id_has_the_same_one_after_a_restart(places: Places) -> None:
    places.write(places.system, {"prod": at(1), "null": at(2, id=None)})
    first, second = places.catalogue(), places.catalogue()
    for name in ("prod", "null"):
        assert first.find(name).connection.id == second.find(name).connection.id
    places.configured = {"prod": at(1)}
    assert places.catalogue().find("prod").connection.id != first.find("prod").connection.id


@pytest.mark.parametrize(
    "bad",
    [5, None, {"host": "localhost"}, {}, {"host": "http://h", "colour": "red"}, at(1, timeout=-1)],
)
def test_one_bad_entry_is_told_and_the_rest_serves(places: Places, bad: Any) -> None:
    places.write(places.user, {"bad": bad, "good": at(1), "Bad Name": at(2)})
    catalogue = places.catalogue()
    assert [entry.connection.name for entry in catalogue] == ["good"]
    told = [problem.message for problem in catalogue.problems]
    assert len(told) == 2
    assert all(str(places.user) in text for text in told)
    assert "“bad”" in told[0]
    catalogue.save(connection(name="new"))
    assert set(read(places.user).connections) == {"bad", "good", "Bad Name", "new"}


def test_a_broken_file_is_told_and_the_others_serve(places: Places) -> None:
    places.write(places.user, {"mine": at(1)})
    places.system.write_text("{")
    catalogue = places.catalogue()
    assert [entry.connection.name for entry in catalogue] == ["mine"]
    assert [problem.code for problem in catalogue.problems] == ["file-unreadable"]
    places.system.write_text("{}")
    catalogue.reload()
    assert catalogue.problems == []


def test_a_name_or_an_id_finds_a_connection_and_another_word_tells_the_names(
    places: Places,
) -> None:
    places.write(places.user, {"a": at(1), "b": at(2)})
    catalogue = places.catalogue()
    entry = catalogue.find("b")
    assert catalogue.find(entry.connection.id) == entry
    assert catalogue.get("c") is None
    with pytest.raises(RequestError, match="no connection “c”") as caught:
        catalogue.find("c")
    assert caught.value.code == "unknown-connection"
    assert "a, b" in caught.value.remedy


def test_without_any_connection_the_error_says_so(places: Places) -> None:
    with pytest.raises(RequestError) as caught:
        places.catalogue().find("x")
    assert "none yet" in caught.value.remedy


@pytest.mark.parametrize(
    ("kept", "chosen", "looked", "default"),
    [
        (["a", "b"], "b", ["local-3000"], "b"),
        (["a"], None, ["local-3000"], "a"),
        (["a"], "gone", [], "a"),
        ([], None, ["local-8080", "local-3000"], "local-8080"),
        ([], "local-3000", ["local-8080", "local-3000"], "local-3000"),
        (["a", "b"], None, [], None),
        ([], None, [], None),
    ],
)
def test_the_default_is_the_one_set_else_the_only_one_else_what_is_found(
    places: Places, kept: list[str], chosen: str | None, looked: list[str], default: str | None
) -> None:
    places.write(places.user, {name: at(1) for name in kept}, default=chosen)
    catalogue = places.catalogue()
    for name in looked:
        catalogue.put_found(found(name))
    assert catalogue.default == default
    assert catalogue.chosen_default == chosen


@pytest.mark.parametrize(("good", "chosen"), [(["other"], "bad"), ([], "bad"), ([], None)])
def test_a_default_that_cannot_be_used_is_told_and_no_other_is_used_instead(
    places: Places, good: list[str], chosen: str | None
) -> None:
    entries = {"bad": at(1, namespace="Team_A"), **{name: at(2) for name in good}}
    places.write(places.user, entries, default=chosen)
    catalogue = places.catalogue()
    catalogue.put_found(found("local-8080"))
    assert catalogue.default == "bad"
    with pytest.raises(RequestError, match="“bad”: namespace: what stands there") as caught:
        catalogue.find("bad")
    assert caught.value.code == "file-unreadable"


def test_the_default_is_kept_follows_a_new_name_and_goes_with_its_connection(
    places: Places,
) -> None:
    places.write(places.user, {"a": at(1), "b": at(2)})
    catalogue = places.catalogue()
    catalogue.set_default("a")
    entry = catalogue.find("a")
    catalogue.save(entry.connection.changed({"name": "c"}), renames="a")
    assert places.catalogue().default == "c"
    assert places.catalogue().find("c").connection.id == entry.connection.id
    assert catalogue.get("a") is None
    catalogue.remove("c")
    assert places.catalogue().chosen_default is None


def test_what_was_saved_comes_back_whole_and_says_no_more_than_it_has_to(places: Places) -> None:
    made = connection(verify_ssl=False, login_hosts=["https://sso.example.com"], timeout=3)
    assert places.catalogue().save(made).connection == made
    assert places.catalogue().find("kfp").connection == made
    stored = read(places.user).connections["kfp"]
    assert stored["verify_ssl"] is False
    assert not {"name", "namespace", "proxy", "scopes"} & set(stored)


class TestBesideAnAdministratorsConnection:
    @pytest.fixture
    def entry(self, places: Places) -> Entry:
        places.configured = {"prod": at(1, username="shared")}
        return places.catalogue().find("prod")

    def test_a_user_keeps_what_the_administrator_left_empty(
        self, places: Places, entry: Entry
    ) -> None:
        assert entry.beside == {"namespace"}
        places.catalogue().save_beside(entry, {"namespace": "team-a"})
        again = places.catalogue().find("prod")
        assert again.connection.namespace == "team-a"
        assert again.beside == {"namespace"}
        assert again.locked
        places.catalogue().save_beside(entry, {"namespace": None})
        assert places.catalogue().find("prod").connection.namespace is None

    def test_what_the_administrator_says_is_not_overridden(
        self, places: Places, entry: Entry
    ) -> None:
        mine = {entry.connection.id: {"username": "me", "host": "http://evil.example"}}
        places.write(places.user, {}, beside=mine)
        assert places.catalogue().find("prod").connection == entry.connection

    @pytest.mark.parametrize("mine", [5, {"namespace": "No Namespace"}])
    def test_a_bad_line_in_the_file_costs_nothing_but_itself(
        self, places: Places, entry: Entry, mine: Any
    ) -> None:
        places.write(places.user, {"other": at(2)}, beside={entry.connection.id: mine})
        catalogue = places.catalogue()
        assert catalogue.find("prod").connection == entry.connection
        assert catalogue.find("other")
        assert len(catalogue.problems) == (0 if mine == 5 else 1)
        catalogue.save_beside(entry, {"namespace": "team-a"})
        assert places.catalogue().find("prod").connection.namespace == "team-a"


def test_one_found_again_and_dropped_leaves_the_saved_alone(places: Places) -> None:
    places.write(places.user, {"local-3000": at(1)})
    catalogue = places.catalogue()
    catalogue.put_found(found("local-3000", 9))
    assert catalogue.find("local-3000").source == "user"
    catalogue.drop_found("local-3000")
    catalogue.drop_found("never-there")
    assert isinstance(catalogue.find("local-3000").connection, Connection)


def test_one_found_under_the_name_of_one_renamed_shares_no_session_with_it(places: Places) -> None:
    catalogue = places.catalogue()
    catalogue.put_found(found("environment"))
    first = catalogue.find("environment").connection
    catalogue.save(replace(first, name="work"), renames="environment")
    catalogue.put_found(found("environment"))
    assert catalogue.find("work").connection.id == first.id
    assert catalogue.find("environment").connection.id != first.id
