"""Every symptom is explained, is shown by a test, and stands on the page on troubleshooting."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import shlex
from collections import Counter
from pathlib import Path

import pytest

from jupyter_kfp_connect.core.codes import CODES
from jupyter_kfp_connect.core.diagnosis import forbidden, refusals
from jupyter_kfp_connect.core.diagnosis.__main__ import PAGE
from jupyter_kfp_connect.core.diagnosis.guide import COMMAND, troubleshooting
from jupyter_kfp_connect.core.diagnosis.sign_in import SIGN_IN_RULES
from jupyter_kfp_connect.core.diagnosis.symptom import Answer
from jupyter_kfp_connect.core.diagnosis.symptoms import SYMPTOMS
from jupyter_kfp_connect.core.errors import error
from jupyter_kfp_connect.core.network_rules import RULES as OF_NETWORK

from .surfaces import named_on_every_surface

HERE = Path(__file__)
#: What this client cannot meet any more.
NEVER = {
    "token-left-out",
    "token-frozen",
    "namespace-taken-for-the-services",
    "context-file-unwritable",
    "login-page-as-answer",
    "redirects-copied-by-hand",
    "post-turned-round",
    "client-hangs",
    "token-with-newline",
}


def shown() -> Counter[str]:
    """Return how many tests show each symptom."""
    found: Counter[str] = Counter()
    for path in HERE.parent.glob("test_*.py"):
        module = importlib.import_module(f"{__package__}.{path.stem}")
        for name, test in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("test_") and test.__module__ == module.__name__:
                found.update(getattr(test, "symptoms", ()))
    return found


def test_every_symptom_is_shown_by_a_test() -> None:
    assert len(SYMPTOMS) == 33
    assert set(shown()) == set(SYMPTOMS)


@pytest.mark.parametrize("key", SYMPTOMS)
def test_every_symptom_has_a_cause_and_a_way_out(key: str) -> None:
    symptom = SYMPTOMS[key]
    assert symptom.seen
    assert symptom.cause.endswith(".")
    assert bool(symptom.never) is (key in NEVER)
    assert symptom.never or symptom.answers
    for answer in symptom.told():
        assert CODES[answer.code].rung == symptom.rung
        assert answer.remedy.endswith(".")
        assert "{" not in f"{answer.remedy} {answer.actor}"
    assert all(re.fullmatch(r"[\w-]+/[\w-]+#\d+", thread) for thread in symptom.threads)


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        pytest.param(key, answer, id=f"{key}-{answer.code}")
        for key, symptom in SYMPTOMS.items()
        for answer in symptom.told()
    ],
)
def test_every_symptom_is_named_with_who_acts_and_what_to_copy_on_every_surface(
    key: str, answer: Answer
) -> None:
    named_on_every_surface(
        error(
            answer.code,
            f"{SYMPTOMS[key].cause} <b> & “more”",
            remedy=answer.remedy,
            remedy_copy=answer.remedy_copy,
            actor=answer.actor,
        )
    )


OF_SIGN_IN = [rule.told for rule in SIGN_IN_RULES]


@pytest.mark.parametrize("rule", [*refusals.RULES, *forbidden.RULES, *OF_NETWORK, *OF_SIGN_IN])
def test_every_rule_has_a_code_and_a_message_of_one_sentence(
    rule: refusals.Rule,
) -> None:
    assert rule.code in CODES
    assert not rule.message.endswith(".")
    assert rule.remedy is None or rule.remedy.endswith(".")


def test_what_is_to_be_copied_stands_with_the_remedy_that_it_is_for() -> None:
    copies = {answer.code: answer.remedy_copy for answer in SYMPTOMS["path-or-version"].told()}
    assert copies == {"wrong-path": "https://kubeflow.example.com/pipeline", "kfp-too-old": None}


@pytest.mark.parametrize(
    "command",
    sorted(
        {
            copied
            for symptom in SYMPTOMS.values()
            for answer in symptom.told()
            if (copied := answer.remedy_copy) and not re.search(r"\n|://|^namespace=", copied)
        }
    ),
)
def test_a_command_runs_as_it_stands(command: str) -> None:
    words = shlex.split(command)
    assert words[0] in ("kubectl", "export", "date", "/path/of/the/kernels/python")
    assert not re.search(r"[<>{}…]", command.replace("'kfp>=2.17,<3'", ""))
    assert words[0] != "kubectl" or "--namespace" in words


def test_an_argument_stands_in_a_call_as_it_is() -> None:
    copies = {answer.remedy_copy or "" for answer in SYMPTOMS["no-role-binding"].told()}
    (argument,) = (copied for copied in copies if copied.startswith("namespace="))
    ast.parse(f"kfp_client.upload_pipeline('it.yaml', {argument})")


def test_of_several_remedies_with_one_code_the_page_says_which_is_for_whom() -> None:
    page = troubleshooting()
    assert "**What to do** with a mounted token (you; `token-audience`)" in page
    assert "**What to do** where it says “a policy of the service mesh refuses the call, " in page


def test_the_page_on_troubleshooting_is_that_of_the_rules() -> None:
    assert PAGE.is_file()
    assert PAGE.read_text(encoding="utf-8") == troubleshooting(), f"Run {COMMAND}."


def test_the_page_names_every_symptom_and_every_code() -> None:
    page = troubleshooting()
    for symptom in SYMPTOMS.values():
        assert page.count(f"### {symptom.title}\n") == 1
    for code in CODES:
        assert f"| `{code}` |" in page
    assert "{" not in re.sub(r"“\{\}”|\{'exp.*?\}|ResourceAttributes\{.*?\}", "", page)
