"""Which symptom a test makes happen, and what is asserted of every one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from jupyter_kfp_connect.core.diagnosis.symptoms import SYMPTOMS
from jupyter_kfp_connect.core.errors import KfpConnectError
from tests.core.answers import HOST, ORIGIN
from tests.core.climbing import Ascent
from tests.core.fakes import Transport, connection

from .surfaces import named_on_every_surface

Test = TypeVar("Test", bound=Callable[..., Any])

HEALTHZ = f"{HOST}/apis/v2beta1/healthz"
LIST = f"{HOST}/apis/v2beta1/experiments"
ENV_INFO = f"{ORIGIN}/api/workgroup/env-info"


def shows(key: str) -> Callable[[Test], Test]:
    """Mark a test as the one that makes a symptom happen, or shows that it cannot."""

    def mark(test: Test) -> Test:
        assert key in SYMPTOMS, key
        vars(test).setdefault("symptoms", []).append(key)
        return test

    return mark


def told(problem: KfpConnectError, key: str, *, copy: str | None = None) -> KfpConnectError:
    """Assert that an error is what the catalogue has for a symptom, on every surface; return it.

    Parameters
    ----------
    problem : KfpConnectError
        As a user got it.
    key : str
        The symptom.
    copy : str, optional
        What is to be copied has this in it; without it there is nothing to copy.
    """
    symptom = SYMPTOMS[key]
    assert problem.code in symptom.codes
    actors = {answer.actor for answer in symptom.told() if answer.code == problem.code}
    assert problem.actor in actors
    assert problem.remedy
    if copy is None:
        assert problem.remedy_copy is None
    else:
        assert copy in (problem.remedy_copy or "")
    named_on_every_surface(problem)
    return problem


def climb(replies: dict[str, Any], who: Any = None, **fields: Any) -> Ascent:
    """Climb to a host that answers so."""
    return Ascent(connection(**fields), who, transport=Transport(replies))


def rung(ascent: Ascent, name: Any) -> KfpConnectError:
    """Return what a rung shows that fails after the sign-in."""
    problem = ascent.ladder[name].problem
    assert isinstance(problem, KfpConnectError)
    return problem
