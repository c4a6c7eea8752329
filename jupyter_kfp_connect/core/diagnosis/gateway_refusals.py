"""A token that the gateway refuses: it says no more than that, hence the token itself has to tell.

oauth2-proxy takes a token where it is told of the issuer and of the audience, one pair at a time
(``extra_jwt_issuers``). Kubeflow's own overlay for tokens of the cluster
(``common/oauth2-proxy/overlays/m2m-self-signed`` of kubeflow/manifests) names the audience that the
cluster's tokens have by themselves, and not that of Kubeflow Pipelines.
"""

from __future__ import annotations

from ..environment import AUDIENCE
from .reasons import NO_REASON, gives_reason
from .rules import Refusal, Rule

_REFUSED = "the gateway does not take the token, and does not say why"
_ADMINISTRATOR = (
    "an administrator has to let tokens of the issuer {iss} through it (oauth2-proxy: "
    "extra_jwt_issuers)."
)
_OR_ELSE = f"If the gateway does not take that either, {_ADMINISTRATOR}"

GATEWAY_WANTS_PIPELINES = Rule(
    "token-audience",
    f"{_REFUSED}; it is made for the audience {{foreign}}{{holds}}",
    said=NO_REASON,
    token=True,
    way="bearer-token",
    needs="foreign",
    remedy=f"Give a token made for the audience {AUDIENCE}. {_OR_ELSE}",
    remedy_copy="{new_token}",
)
GATEWAY_WANTS_ANOTHER = Rule(
    "token-refused",
    f"{_REFUSED}; it is made for the audience {{aud}}{{holds}}",
    said=NO_REASON,
    token=True,
    way="bearer-token",
    needs="plain_token",
    remedy="Give a token made for the cluster's own audience, which some gateways ask for; it "
    "serves at the Kubernetes API, too, so give it to a gateway that you trust, and over https. "
    f"{_OR_ELSE}",
    remedy_copy="{plain_token}",
)
GATEWAY_REFUSES_MOUNTED = Rule(
    "token-refused",
    f"{_REFUSED}; it is made for the audience {{aud}}{{holds}}",
    said=NO_REASON,
    token=True,
    way="service-account-token",
    needs="direct",
    remedy="Inside the cluster, connect to {direct}, which no gateway is before. For this address "
    f"{_ADMINISTRATOR}",
    remedy_copy="{direct}",
)
GATEWAY_REFUSES = Rule(
    "token-refused",
    f"{_REFUSED}{{by}}",
    said=NO_REASON,
    token=True,
    remedy="Get a new token from whoever gave this one, and see that all of it is copied. If the "
    "gateway does not take that either, an administrator has to let tokens of its issuer through "
    "it (oauth2-proxy: extra_jwt_issuers).",
)
GATEWAY_RULES = (
    GATEWAY_WANTS_PIPELINES,
    GATEWAY_WANTS_ANOTHER,
    GATEWAY_REFUSES_MOUNTED,
    GATEWAY_REFUSES,
)


def is_of_gateway(refusal: Refusal) -> bool:
    """Whether a 403 refuses the token that was sent, and not what was asked for with it."""
    spoke = bool(refusal.message.strip())
    return refusal.sent and refusal.of_token and spoke and not gives_reason(refusal.message)
