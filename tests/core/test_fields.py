"""A field that was filled in wrong is named, with what would do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jupyter_kfp_connect.core.connection import (
    DEFAULTS,
    FIELDS,
    KEEPS_SESSION,
    Connection,
    stable_id,
)
from jupyter_kfp_connect.core.errors import KfpConnectError, RequestError
from jupyter_kfp_connect.core.fields import CLEANERS

from .fakes import connection

GOOD: list[tuple[str, Any, Any]] = [
    ("name", "prod.eu_1-a", "prod.eu_1-a"),
    ("title", "  Our cluster ✓ ", "Our cluster ✓"),
    ("host", "http://localhost:3000/", "http://localhost:3000"),
    ("auth", "dex", "dex"),
    ("namespace", "team-a", "team-a"),
    ("connector", "ldap_2~x.y", "ldap_2~x.y"),
    ("username", " user@example.com", "user@example.com"),
    ("client_id", "cli", "cli"),
    ("scopes", ["openid", "email"], ("openid", "email")),
    ("token_file", "/var/token", "/var/token"),
    ("token_command", ["kubectl", "create", "token", "me"], ("kubectl", "create", "token", "me")),
    ("verify_ssl", False, False),
    ("ssl_ca_cert", "/etc/ca.pem", "/etc/ca.pem"),
    ("ui_host", "https://ui.example.com/", "https://ui.example.com"),
    ("proxy", "http://proxy.example.com:3128", "http://proxy.example.com:3128"),
    (
        "login_hosts",
        ["https://SSO.example.com/auth", "https://sso.example.com:443"],
        ("https://sso.example.com",),
    ),
    (
        "port_forward",
        {"local_port": 8080, "context": None, "service": "svc/ml-pipeline-ui", "namespace": "kf"},
        {"local_port": 8080, "service": "svc/ml-pipeline-ui", "namespace": "kf"},
    ),
    ("timeout", 5, 5.0),
]

WHAT_TO_TYPE = {"name": "lowercase letters", "host": "such as https://"}

BAD: list[tuple[str, Any]] = [
    ("name", "Prod"),
    ("name", "-prod"),
    ("name", "a" * 64),
    ("name", "team/prod"),
    ("name", "../prod"),
    ("name", "prod\u200b"),
    ("name", 5),
    ("title", "x" * 201),
    ("title", "two\nlines"),
    ("auth", "kerberos"),
    ("namespace", "Team"),
    ("namespace", "team-"),
    ("namespace", "-team"),
    ("namespace", "team.a"),
    ("namespace", "team/a"),
    ("namespace", "team_a"),
    ("namespace", "team a"),
    ("namespace", "équipe"),
    ("namespace", "team\u200b"),
    ("namespace", "a" * 64),
    ("namespace", 7),
    ("connector", "../admin"),
    ("username", ["user"]),
    ("username", "user\r\nX: y"),
    ("scopes", "openid"),
    ("scopes", [1]),
    ("token_file", "token"),
    ("token_file", "./run/token"),
    ("token_file", "~nobody-of-that-name/token"),
    ("ssl_ca_cert", "certificates/ca.pem"),
    ("token_command", "kubectl create token"),
    ("token_command", []),
    ("token_command", [""]),
    ("verify_ssl", "false"),
    ("verify_ssl", 0),
    ("ui_host", "ui.example.com"),
    ("proxy", "socks5://proxy.example.com"),
    ("proxy", "http://me:secret@proxy.example.com"),
    ("login_hosts", "https://sso.example.com"),
    ("login_hosts", ["sso.example.com"]),
    ("port_forward", []),
    ("port_forward", {"pod": "x"}),
    ("port_forward", {"local_port": "8080"}),
    ("port_forward", {"local_port": True}),
    ("port_forward", {"local_port": 70000}),
    ("port_forward", {"remote_port": 0}),
    ("port_forward", {"remote_port": -1}),
    ("port_forward", {"namespace": "Team"}),
    ("port_forward", {"service": "svc/ml pipeline"}),
    ("port_forward", {"service": "--kubeconfig=/tmp/x"}),
    ("port_forward", {"context": "--as=admin"}),
    ("port_forward", {"context": ""}),
    ("ui_host", "https://ui.example.com:70000"),
    ("timeout", 0),
    ("timeout", 601),
    ("timeout", float("nan")),
    ("timeout", "10"),
    ("timeout", True),
]


@pytest.mark.parametrize(("field", "value", "kept"), GOOD, ids=[row[0] for row in GOOD])
def test_a_good_field_is_kept(field: str, value: Any, kept: Any) -> None:
    assert getattr(connection(**{field: value}), field) == kept


@pytest.mark.parametrize(("field", "value"), BAD)
def test_a_wrong_field_is_named_with_what_would_do(field: str, value: Any) -> None:
    with pytest.raises(RequestError, match=f"^{field}: ") as caught:
        connection(**{field: value})
    assert caught.value.code == "bad-request"
    assert caught.value.remedy
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("field", ["token_file", "ssl_ca_cert"])
def test_a_file_of_the_home_folder_is_found_from_every_folder(
    field: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert getattr(connection(**{field: "~/mine"}), field) == str(tmp_path / "mine")


@pytest.mark.parametrize("field", ["name", "namespace"])
def test_a_character_that_cannot_be_seen_is_told_for_what_it_is(field: str) -> None:
    with pytest.raises(RequestError, match="cannot be seen"):
        connection(**{field: "team\u200b"})


@pytest.mark.parametrize("field", ["name", "namespace", "host"])
def test_what_a_copy_and_paste_brought_along_is_trimmed(field: str) -> None:
    value = "http://localhost:3000" if field == "host" else "team-a"
    assert getattr(connection(**{field: f"\u00a0 {value}\t\n"}), field) == value


@pytest.mark.parametrize("field", ["name", "namespace", "auth", "connector", "port_forward"])
def test_what_is_very_long_is_cut_where_it_is_repeated(field: str) -> None:
    long = "/" * 9000
    with pytest.raises(RequestError) as caught:
        connection(**{field: {long: 1} if field == "port_forward" else long})
    assert len(str(caught.value)) < 500


def test_every_field_is_checked() -> None:
    assert set(CLEANERS) == set(FIELDS)
    assert {row[0] for row in GOOD} == set(FIELDS) - {"id"}


def test_a_misspelt_field_is_named_and_the_right_ones_told() -> None:
    with pytest.raises(RequestError, match="usernme: no such field") as caught:
        connection(usernme="me")
    assert "username" in caught.value.remedy


@pytest.mark.parametrize("missing", ["name", "host"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_connection_without_name_or_host_says_which(missing: str, value: str | None) -> None:
    fields = {"name": "prod", "host": "http://localhost:3000", missing: value}
    with pytest.raises(RequestError, match=f"{missing}: it is missing") as caught:
        Connection.from_dict(fields)
    assert WHAT_TO_TYPE[missing] in caught.value.remedy
    del fields[missing]
    with pytest.raises(RequestError, match=f"{missing}: it is missing"):
        Connection.from_dict(fields)


def test_a_bad_host_is_a_bad_host_in_every_way_to_give_it() -> None:
    with pytest.raises(KfpConnectError) as caught:
        connection(host="localhost:3000")
    assert caught.value.code == "bad-host"
    with pytest.raises(KfpConnectError) as caught:
        connection().changed({"host": "localhost:3000"})
    assert caught.value.code == "bad-host"


def test_what_is_left_out_or_blank_gets_its_default_and_a_title() -> None:
    made = connection(username="", namespace=None, connector="  ")
    assert made.id
    assert made.title == "kfp"
    told = {name: getattr(made, name) for name in DEFAULTS if name not in ("id", "title")}
    assert told == {name: DEFAULTS[name] for name in told}


def test_what_was_read_can_be_sent_back() -> None:
    made = connection(**{field: value for field, value, _ in GOOD})
    assert made.changed(made.to_dict()) == made
    assert Connection.from_dict(made.to_dict()) == made


def test_a_change_keeps_the_rest_and_null_clears() -> None:
    made = connection(username="me", namespace="team-a", verify_ssl=False, title="Ours")
    changed = made.changed({"username": None, "namespace": "team-b", "verify_ssl": None})
    assert (changed.username, changed.namespace, changed.verify_ssl) == (None, "team-b", True)
    assert changed.title == "Ours"
    assert changed.changed({"title": ""}).title == "kfp"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": None}, "name: it cannot be empty"),
        ({"host": ""}, "host: it cannot be empty"),
        ({"id": "another"}, "id: it stays"),
        ({"colour": None}, "colour: no such field"),
    ],
)
def test_what_a_change_cannot_do_is_told(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(RequestError, match=words) as caught:
        connection().changed(changes)
    for field in WHAT_TO_TYPE.keys() & changes.keys():
        assert WHAT_TO_TYPE[field] in caught.value.remedy


def test_renaming_keeps_the_id_that_credentials_are_bound_to() -> None:
    made = connection()
    renamed = made.changed({"name": "other", "id": made.id})
    assert renamed.id == made.id
    assert made.keeps_session(renamed)


@pytest.mark.parametrize(("field", "value", "kept"), GOOD, ids=[row[0] for row in GOOD])
def test_only_what_moves_no_credential_keeps_the_session(field: str, value: Any, kept: Any) -> None:
    made = connection(name="before")
    changed = made.changed({field: value})
    assert changed != made
    assert made.keeps_session(changed) is (field in KEEPS_SESSION)


def test_another_connection_never_takes_over_a_session() -> None:
    made = connection()
    assert not made.keeps_session(replace(made, id="another"))


def test_an_id_made_from_its_source_is_the_same_each_time() -> None:
    assert stable_id("a", "b") == stable_id("a", "b")
    assert len({stable_id("a", "b"), stable_id("a", "c"), stable_id("c", "b")}) == 3
