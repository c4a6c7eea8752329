"""The names reserved in a shell: no client yet, but there for the first cell that names it."""

from __future__ import annotations

import keyword
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..core.errors import KfpConnectError, NotInNotebook, error
from ..core.ladder import Rung
from .broker_client import Broker
from .broker_source import Holder, hold
from .cell_names import names_variable
from .sdk import check_sdk
from .standin import StandIn

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, InteractiveShell

    from ..core.session import HeaderSource

DEFAULT_VARIABLE = "kfp_client"


@dataclass
class _Armed:
    """One reserved name, and why making its client failed the last time."""

    holder: Holder
    problem: KfpConnectError | None = None


class Arming:
    """The names reserved in one shell.

    Parameters
    ----------
    shell : InteractiveShell
        The kernel's.
    make_source : callable
        Returns the source for a holder; raises `KfpConnectError`.
    """

    def __init__(
        self, shell: InteractiveShell, make_source: Callable[[Holder], HeaderSource]
    ) -> None:
        self._shell = shell
        self._make_source = make_source
        self._armed: dict[str, _Armed] = {}

    @property
    def variables(self) -> tuple[str, ...]:
        """The reserved names."""
        return tuple(self._armed)

    def arm(self, holder: Holder) -> str:
        """Reserve ``holder.variable`` for a client of ``holder.connection``.

        Returns
        -------
        str
            ``live`` if such a client is there already, else ``armed``.

        Raises
        ------
        NotInNotebook
            ``name-taken``, ``sdk-missing``, ``sdk-too-old`` or ``package-too-old``.
        """
        variable = self.check_name(holder.variable)
        holder = replace(holder, variable=variable)
        check_sdk()
        Broker.find(os.environ)  # raises where the server speaks another protocol
        generation = self._live_generation(holder)
        if generation is None:
            self._reserve(holder)
        else:
            self._armed[variable] = _Armed(holder)
        state = "armed" if generation is None else "live"
        self._tell(holder, state, generation=generation)
        return state

    def disarm(self, variable: str) -> None:
        """Give the name back; a client that was made stays."""
        armed = self._armed.pop(variable, None)
        if isinstance(self._shell.user_ns.get(variable), StandIn):
            self._shell.drop_by_id({variable: self._shell.user_ns[variable]})
        if not self._armed:
            self._unhook()
        if armed is not None:
            self._tell(armed.holder, "gone")

    def disarm_all(self) -> None:
        """Give back every name."""
        for variable in self.variables:
            self.disarm(variable)

    def put(self, holder: Holder, source: HeaderSource) -> Any:
        """Make the client and put it under ``holder.variable``, unseen by ``%who``.

        Returns
        -------
        KubeflowClient
            What the name holds now.
        """
        from .client import KubeflowClient

        variable = self.check_name(holder.variable)
        client = KubeflowClient(source)
        self._shell.push({variable: client}, interactive=False)
        self._armed[variable] = _Armed(replace(holder, variable=variable))
        self._hook()
        self._tell(self._armed[variable].holder, "live", generation=source.lease().generation)
        return client

    def make(self, variable: str) -> Any:
        """Return the client of an armed name, made now if need be.

        Raises
        ------
        KfpConnectError
            Why it cannot be made; the same one until the next cell runs.
        """
        held = self._shell.user_ns.get(variable)
        if held is not None and not isinstance(held, StandIn):
            return held
        armed = self._armed.get(variable)
        if armed is None:
            raise NotInNotebook("disconnected", f"{variable} is not reserved any more")
        if armed.problem is not None:
            raise armed.problem.with_traceback(None)
        try:
            check_sdk()
            return self.put(armed.holder, self._make_source(armed.holder))
        except KfpConnectError as problem:
            armed.problem = problem
            if held is None:
                self._push_stand_in(variable)
            self._tell(armed.holder, "failed", problem=problem)
            raise

    def before_cell(self, info: ExecutionInfo) -> None:
        """Make the clients that the cell about to run names (IPython's ``pre_run_cell``).

        Raises nothing: a failure is kept by the stand-in, and raised where the cell uses it.
        """
        for variable, armed in tuple(self._armed.items()):
            armed.problem = None
            held = self._shell.user_ns.get(variable)
            if held is not None and not isinstance(held, StandIn):
                continue
            if names_variable(info.raw_cell or "", variable, self._shell.transform_cell):
                self.make_quietly(variable)

    def rung(self, variable: str) -> dict[str, Any]:
        """Return the fourth rung of one name: whether the next cell finds a client under it."""
        rung = Rung("in-notebook")
        problem = self._problem(variable)
        if problem is not None:
            return rung.failed(problem).to_dict()
        if is_ours(self._shell.user_ns.get(variable)):
            return rung.ok("live").to_dict()
        return (rung.ok("armed") if variable in self._armed else rung).to_dict()

    def make_quietly(self, variable: str) -> bool:
        """Make the client of an armed name; whether that worked."""
        try:
            self.make(variable)
        except KfpConnectError:
            return False
        except Exception as problem:
            # The cell would go on to a bare NameError, far from the cause.
            self._armed[variable].problem = error(
                "unexpected", f"making {variable} failed: {type(problem).__name__}: {problem}"
            )
            return False
        return True

    def check_name(self, variable: str | None) -> str:
        """Return the name if a client may be put under it.

        Raises
        ------
        RequestError
            ``bad-request``: it is no Python name.
        NotInNotebook
            ``name-taken``.
        """
        name = variable or DEFAULT_VARIABLE
        if not name.isidentifier() or keyword.iskeyword(name):
            raise error("bad-request", f"“{name}” is no name for a variable")
        held = self._shell.user_ns.get(name)
        if held is None or isinstance(held, StandIn) or _is_client(held):
            return name
        raise NotInNotebook(
            "name-taken",
            f"{name} holds something of yours, of the type {type(held).__name__}",
            remedy="It is left alone. Choose another name:",
            remedy_copy=f"%kfp_connect --as {name}_2",
        )

    def _live_generation(self, holder: Holder) -> int | None:
        """Return the generation of a live client that is what `holder` wants, else ``None``."""
        variable = holder.variable or DEFAULT_VARIABLE
        held = self._shell.user_ns.get(variable)
        if not is_ours(held):
            return None
        try:
            lease = held._source.lease()
        except KfpConnectError:
            return None
        before = self._armed.get(variable)
        known = {lease.connection, lease.connection_id}
        if before is not None:
            known.add(before.holder.connection)
        same = holder.connection in known and holder.namespace in (None, lease.namespace)
        return int(lease.generation) if same else None

    def _reserve(self, holder: Holder) -> None:
        variable = holder.variable or DEFAULT_VARIABLE
        self._armed[variable] = _Armed(holder)
        self._push_stand_in(variable)
        self._hook()

    def _push_stand_in(self, variable: str) -> None:
        stand_in = StandIn(lambda: self.make(variable), lambda: self._problem(variable))
        self._shell.push({variable: stand_in}, interactive=False)

    def _problem(self, variable: str) -> KfpConnectError | None:
        armed = self._armed.get(variable)
        return armed.problem if armed else None

    def _hook(self) -> None:
        if self.before_cell not in self._shell.events.callbacks["pre_run_cell"]:
            self._shell.events.register("pre_run_cell", self.before_cell)

    def _unhook(self) -> None:
        if self.before_cell in self._shell.events.callbacks["pre_run_cell"]:
            self._shell.events.unregister("pre_run_cell", self.before_cell)

    def _tell(self, holder: Holder, state: str, **more: Any) -> None:
        with suppress(KfpConnectError):  # what a client needs, it asks for by itself
            broker = Broker.find(os.environ)
            if broker is not None:
                hold(broker, holder, state, **more)


def is_ours(value: object) -> bool:
    """Whether this is a client that this package made."""
    module = sys.modules.get("jupyter_kfp_connect.kernel.client")
    return module is not None and isinstance(value, module.KubeflowClient)


def _is_client(value: object) -> bool:
    """Whether this is a ``kfp.Client``; without kfp nothing can be one."""
    client_class = getattr(sys.modules.get("kfp"), "Client", None)
    return client_class is not None and isinstance(value, client_class)
