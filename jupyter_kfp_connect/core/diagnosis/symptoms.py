"""Every symptom that users of Kubeflow Pipelines describe, as data."""

from __future__ import annotations

from types import MappingProxyType

from .symptoms_of_network import SYMPTOMS as OF_NETWORK
from .symptoms_of_rights import SYMPTOMS as OF_RIGHTS
from .symptoms_of_sign_in import SYMPTOMS as OF_SIGN_IN
from .symptoms_of_tokens import SYMPTOMS as OF_TOKENS

#: By their keys, rung after rung.
SYMPTOMS = MappingProxyType(
    {symptom.key: symptom for symptom in (*OF_NETWORK, *OF_TOKENS, *OF_SIGN_IN, *OF_RIGHTS)}
)
