"""Why a call was refused: rules over the answer, most telling first."""

from __future__ import annotations

import re

from ..answers import is_of_jwt
from ..codes import ADMINISTRATOR, CODES
from ..environment import AUDIENCE
from ..errors import KfpConnectError
from ..network_rules import PORT_FORWARDS
from .forbidden import explain_403, refuses_a_right
from .gateway_refusals import GATEWAY_RULES, is_of_gateway
from .reasons import A_REASON
from .rules import Refusal, Rule, explain
from .token_facts import facts_of_token

__all__ = ["RULES", "Refusal", "Rule", "explain_refusal"]

_EXPIRED_WORDS = re.compile(r"token (has|is) expired|Jwt is expired|token has expired")
_COMPARE = (
    "One of the two clocks is wrong: compare what this command prints here and in the cluster, and "
    "set the wrong one. Then get a new token."
)

GATEWAY_BYPASSED = Rule(
    "gateway-bypassed",
    "this Kubeflow Pipelines has users, but the address passes by the gateway that signs them in",
    said=re.compile(r"no user identity header"),
    sent=False,
    remedy="Forward the gateway instead of ml-pipeline-ui, then connect to "
    "http://localhost:8080/pipeline. Without the gateway, only a ServiceAccount's token serves.",
    remedy_copy=PORT_FORWARDS[8080],
)
#: A session is there, hence a gateway; one that tells KFP nothing of it would do so again.
GATEWAY_SILENT = Rule(
    "gateway-bypassed",
    "this Kubeflow Pipelines has users, and is not told who signed in",
    said=re.compile(r"no user identity header"),
    way="dex",
    remedy="If this address does not lead through Kubeflow's gateway, forward that, then connect "
    "to http://localhost:8080/pipeline. If it does, an administrator has to let the gateway tell "
    "Kubeflow Pipelines who it is (the header kubeflow-userid).",
    remedy_copy=PORT_FORWARDS[8080],
)
_SAME_AGAIN = (
    "If that is answered in the same way, the sign-in is not at fault: whoever runs Kubeflow can "
    "tell what is missing."
)
EXPIRED = Rule(
    "token-expired",
    "the token has expired{ago}",
    said=_EXPIRED_WORDS,
    token=True,
    remedy_copy="{same_token}",
)
EXPIRED_MOUNTED = EXPIRED._replace(
    way="service-account-token",
    remedy="The kubelet replaces a mounted token long before its end: create the notebook server "
    "again. If the token is then told to have expired, too, compare this machine's clock with the "
    "cluster's.",
    remedy_copy=None,
)
EXPIRED_THERE_ONLY = Rule(
    "token-expired",
    "the cluster says that the token has expired; by this machine's clock it holds until {until}",
    said=_EXPIRED_WORDS,
    token=True,
    needs="until",
    remedy=_COMPARE,
    remedy_copy="date -u",
)
FROM_THE_FUTURE = Rule(
    "token-not-yet-valid",
    "the token is made for a time to come: {ahead} by this machine's clock",
    token=True,
    needs="ahead",
    remedy=_COMPARE,
    remedy_copy="date -u",
)
_AUDIENCES = re.compile(
    r"token audiences \[(?P<got>[^]]*)\] is invalid for the target audiences"
    r" \[(?P<wanted>[^]]*)\]"
)
_FOR_OTHERS = "the token is made for the audience {got}; Kubeflow Pipelines takes {wanted}"
MOUNTED_FOR_OTHERS = Rule(
    "token-audience",
    _FOR_OTHERS,
    said=_AUDIENCES,
    token=True,
    way="service-account-token",
    remedy="Mount a token made for the audience {wants}; the pod's ordinary token does not serve. "
    f"{CODES['token-missing'].remedy}",
    remedy_copy="{pod_default}",
)
GIVEN_FOR_OTHERS = Rule(
    "token-audience",
    _FOR_OTHERS,
    said=_AUDIENCES,
    token=True,
    remedy="Give a token made for the audience {wants}.",
    remedy_copy="{new_token}",
)


def _by_the_token(rule: Rule) -> Rule:
    """Return `rule` for an answer that does not say what is wrong, where the token does."""
    return rule._replace(
        message="the token was not accepted; it is made for the audience {foreign}, and Kubeflow "
        f"Pipelines usually takes {AUDIENCE}",
        said=re.compile(""),
        needs="foreign",
    )


def _by_the_mesh(rule: Rule) -> Rule:
    """Return `rule` for Envoy, which says that it is the audience, and not which one it takes."""
    return rule._replace(message=_MESH_AUDIENCE, said=_OF_AUDIENCE, needs="foreign")


_MESH_AUDIENCE = "the service mesh does not take the token's audience {aud}"
_OF_AUDIENCE = re.compile(r"Audiences in Jwt are not allowed")
MESH_WANTS_ANOTHER = Rule(
    "token-audience",
    _MESH_AUDIENCE,
    said=_OF_AUDIENCE,
    token=True,
    remedy="An administrator adds that audience to Istio's RequestAuthentication for the issuer "
    "{iss}, or names one that it takes: give a token made for that one, then.",
    actor=ADMINISTRATOR,
)
ISSUER_UNKNOWN = Rule(
    "token-issuer",
    "the service mesh does not know the token's issuer {iss}",
    said=re.compile(r"Jwt issuer is not configured"),
    token=True,
    remedy=f"{CODES['token-issuer'].remedy} This command shows those that are there, in the "
    "namespace that Kubeflow has them in.",
    remedy_copy="kubectl get requestauthentications --namespace istio-system --output yaml",
)
REVOKED = Rule(
    "token-revoked",
    "the ServiceAccount {name} of the token is gone",
    said=re.compile(r"serviceaccounts \"(?P<name>[^\"]+)\" not found"),
    token=True,
)
GIVEN_REVOKED = REVOKED._replace(
    way="bearer-token",
    needs="accounts",
    remedy="The ServiceAccount of this token is gone. Make a token of one that is there: this "
    "command lists them.",
    remedy_copy="{accounts}",
)
#: Recordings ``kfp-token-*`` and ``kfp-list-*``; Istio's texts as its users quote them
#: (pipelines #11025). The first one that holds is told.
RULES = (
    Rule(
        "namespace-needed",
        "Kubeflow Pipelines asks for a namespace",
        said=re.compile(r"empty namespace"),
    ),
    Rule(
        "namespace-not-taken",
        "this Kubeflow Pipelines has no namespaces, and refuses a call that names one",
        said=re.compile(r"(?i)in single-user mode"),
        status=400,
    ),
    Rule(
        "server-error",
        "Kubeflow Pipelines takes no list of experiments",
        status=400,
        unknown=True,
    ),
    MOUNTED_FOR_OTHERS,
    GIVEN_FOR_OTHERS,
    _by_the_mesh(MOUNTED_FOR_OTHERS),
    _by_the_mesh(GIVEN_FOR_OTHERS),
    MESH_WANTS_ANOTHER,
    GIVEN_REVOKED,
    REVOKED,
    EXPIRED_THERE_ONLY,
    EXPIRED_MOUNTED,
    EXPIRED,
    ISSUER_UNKNOWN,
    EXPIRED_MOUNTED._replace(said=re.compile(""), needs="ago"),
    EXPIRED._replace(said=re.compile(""), needs="ago"),
    FROM_THE_FUTURE,
    Rule(
        "token-not-yet-valid",
        "the cluster says that the token is made for a time to come",
        said=re.compile(r"(?i)not yet valid|not valid yet|used before issued"),
        token=True,
        remedy=_COMPARE,
        remedy_copy="date -u",
    ),
    Rule(
        "token-refused",
        "the service mesh refuses the token: {said}",
        said=re.compile(r"^Jwt "),
        token=True,
    ),
    _by_the_token(MOUNTED_FOR_OTHERS),
    *GATEWAY_RULES,
    _by_the_token(GIVEN_FOR_OTHERS),
    Rule(
        "token-refused",
        "Kubeflow Pipelines refuses the token",
        said=re.compile(r"invalid bearer token|Failed to authenticate token review"),
        token=True,
    ),
    Rule("token-refused", "the token was not accepted", token=True, unknown=True),
    GATEWAY_BYPASSED,
    # Where nothing reads cookies, another one would be refused just so.
    GATEWAY_BYPASSED._replace(sent=None, way="session-cookie"),
    GATEWAY_SILENT,
    Rule(
        "cookie-refused",
        "the cookie was not accepted",
        said=A_REASON,
        status=401,
        way="session-cookie",
        remedy=f"{CODES['cookie-refused'].remedy} {_SAME_AGAIN}",
        unknown=True,
    ),
    Rule(
        "session-over",
        "the session was not accepted",
        said=A_REASON,
        status=401,
        way="dex",
        remedy=f"{CODES['session-over'].remedy} {_SAME_AGAIN}",
        unknown=True,
    ),
    Rule("sign-in-needed", "nobody is signed in", said=A_REASON, status=401, unknown=True),
    Rule(
        "cookie-refused",
        "the cookie is no session here, or its session is over",
        way="session-cookie",
    ),
    Rule("sign-in-needed", "nobody is signed in"),
)


def explain_refusal(refusal: Refusal) -> KfpConnectError:
    """Return the error that a refusal of KFP, or of the mesh or gateway before it, stands for.

    Its status is 400, 401, 403, or that of a sign-in page or of a redirect to one.
    """
    if 300 <= refusal.status < 400:
        refusal = refusal._replace(message="")  # it says where to go, and nothing of the token
    is_of_token = is_of_gateway(refusal) or (refusal.of_token and is_of_jwt(refusal.message))
    if (refusal.status == 403 and not is_of_token) or refuses_a_right(refusal):
        own = refusal.subject or refusal.claims.get("sub")
        return explain_403(refusal._replace(subject=str(own or "")))
    return explain(refusal, RULES, facts_of_token)
