"""No namespace to work in: one has to be chosen, or there is none to choose."""

from __future__ import annotations

from ..codes import ADMINISTRATOR
from .rules import Rule

NO_PROFILE = Rule(
    "namespace-needed",
    "{user} has no namespace in this Kubeflow",
    remedy="Open Kubeflow's dashboard: it may offer to make you a profile, which is a "
    "namespace of your own. Otherwise an administrator makes one, or an owner adds you to "
    "theirs. Then connect again.",
    actor=ADMINISTRATOR,
)
NOT_CHOSEN = Rule("namespace-needed", "no namespace is chosen{known}")
#: A client is there all the same.
NOT_CHOSEN_FOR_CLIENT = NOT_CHOSEN._replace(
    remedy="Choose yours in the panel, or name it: %kfp_connect -n NAMESPACE. Until then each "
    "call has to name one: namespace=….",
)
