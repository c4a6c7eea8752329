"""Tab: on a name that is armed, after its dot, and in the line of the magic."""

from __future__ import annotations

import builtins
import keyword
import os
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from IPython.core.completer import (
    CompletionContext,
    SimpleCompletion,
    SimpleMatcherResult,
    context_matcher,
)

from ..core.errors import KfpConnectError
from .broker_client import Broker, BrokerGone
from .connecting import connection_names
from .options import OPTIONS
from .reserved import Arming

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

#: Options whose next word is theirs.
_TAKES_A_WORD = re.compile(r"(?:^|\s)(?:--host|-n|--namespace|--as)\s+\S*$")

_MAGIC = re.compile(r"(?:^|=)\s*%?kfp_connect\s+(?P<rest>.*)$")
_ATTRIBUTE = re.compile(r"(?<![\w.])(?P<name>[^\W\d]\w*)\.\w*$")
_NAME = re.compile(r"(?<![\w.])(?P<prefix>[^\W\d]\w*)$")

#: Letters from which on an armed name is completed at once: jedi would take seconds.
_ENOUGH = 2


def _result(
    words: Iterable[str], fragment: str, kind: str, *, alone: bool = False
) -> SimpleMatcherResult:
    """Return what of `words` begins with `fragment`; `alone` keeps the other matchers out."""
    return SimpleMatcherResult(
        completions=[
            SimpleCompletion(word, type=kind) for word in words if word.startswith(fragment)
        ],
        matched_fragment=fragment,
        suppress=alone,
        do_not_suppress=set(),
        ordered=False,
    )


def _nothing(*, alone: bool = False) -> SimpleMatcherResult:
    return _result((), "", "", alone=alone)


class Completions:
    """The matchers of one shell.

    Parameters
    ----------
    shell : InteractiveShell
        The kernel's.
    arming : Arming
        Its reserved names.
    """

    def __init__(self, shell: InteractiveShell, arming: Arming) -> None:
        self._shell = shell
        self._arming = arming

    def install(self) -> None:
        """Put the matchers before IPython's own."""
        self._shell.Completer.custom_matchers.extend(self._matchers())

    def remove(self) -> None:
        """Take them away again."""
        matchers = self._shell.Completer.custom_matchers
        for matcher in self._matchers():
            if matcher in matchers:
                matchers.remove(matcher)

    def _matchers(self) -> list[object]:
        return [self.magic, self.armed]

    @context_matcher(identifier="jupyter_kfp_connect.magic")  # type: ignore[untyped-decorator]
    def magic(self, context: CompletionContext) -> SimpleMatcherResult:
        """Complete options and connection names in the magic's line."""
        line = _before_cursor(context)
        match = _MAGIC.search(line)
        if match is None:
            return _nothing()
        if _TAKES_A_WORD.search(match["rest"]):
            return _nothing(alone=True)
        word = match["rest"].rpartition(" ")[2]
        if word.startswith("-"):
            return _result(OPTIONS, word, "option", alone=True)
        return _result(self._names(), word, "connection", alone=True)

    @context_matcher(identifier="jupyter_kfp_connect.armed")  # type: ignore[untyped-decorator]
    def armed(self, context: CompletionContext) -> SimpleMatcherResult:
        """Make the client for ``kfp_client.<Tab>``, and complete the name itself."""
        line = _before_cursor(context)
        attribute = _ATTRIBUTE.search(line)
        if attribute is not None:
            if attribute["name"] in self._arming.variables:
                # IPython's matchers come next, and find a client to complete.
                self._arming.make_quietly(attribute["name"])
            return _nothing()
        name = _NAME.search(line)
        if name is None or len(name["prefix"]) < _ENOUGH:
            return _nothing()
        prefix = name["prefix"]
        if not any(variable.startswith(prefix) for variable in self._arming.variables):
            return _nothing()
        known = {*self._shell.user_ns, *dir(builtins), *keyword.kwlist, *self._arming.variables}
        return _result(sorted(known), prefix, "instance", alone=True)

    def _names(self) -> list[str]:
        try:
            return connection_names(Broker.find(os.environ))
        except (KfpConnectError, BrokerGone):
            return []


def _before_cursor(context: CompletionContext) -> str:
    return context.line_with_cursor[: context.cursor_position]
