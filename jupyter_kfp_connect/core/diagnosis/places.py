"""What answers at an address that is not KFP's: what is said of it."""

from __future__ import annotations

from ..codes import CODES
from .rules import Rule
from .unknown import reporting

#: Such as from http to https.
SENT_ON = Rule(
    "wrong-path",
    "{place} sends us on to {host}",
    remedy="Use {host}.",
    remedy_copy="{host}",
)
OTHER_PATH = Rule(
    "wrong-path",
    "KFP does not answer at this path of {place}, but at {host}{versions}",
    remedy="Use {host}.",
    remedy_copy="{host}",
)
TOO_OLD = Rule("kfp-too-old", "the Kubeflow Pipelines at {place} is too old{versions}")
BROKEN = Rule(
    "server-error",
    "{place} answers with an error {seen}",
    remedy=reporting(CODES["server-error"].remedy),
)
NOT_KFP = Rule(
    "not-kfp",
    "{place} answers, but it is not KFP {seen}",
    remedy=reporting(CODES["not-kfp"].remedy),
)
