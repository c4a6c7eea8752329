"""The names reserved in a shell: no client yet, but there for the first cell that names it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..core.errors import KfpConnectError, NotInNotebook, error
from ..core.ladder import Rung
from .brief import briefly
from .broker_client import Broker
from .broker_source import BrokerSource, Holder
from .cell_names import names_variable
from .held import is_client, is_ours, lost, name_taken
from .line import DEFAULT_VARIABLE, another_name, connect_line, python_name
from .sdk import check_sdk
from .standin import StandIn
from .telling import Teller

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionInfo, InteractiveShell

    from ..core.lease import HeaderSource, Lease


@dataclass
class _Armed:
    """One reserved name, and why making its client failed the last time.

    A failure counts until the name is used in another cell.
    """

    holder: Holder
    problem: KfpConnectError | None = None
    tried: bool = False


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
        self._teller = Teller()

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
        variable = holder.variable or DEFAULT_VARIABLE
        holder = replace(holder, variable=variable)
        try:
            self.check_name(holder)
            check_sdk()
            Broker.find(os.environ)  # raises where the server speaks another protocol
        except NotInNotebook as problem:
            self._teller.tell(holder, "failed", problem=problem)
            raise
        generation = self._live_generation(holder)
        if generation is None:
            self._reserve(holder)
        else:
            self._armed[variable] = _Armed(holder)
        state = "armed" if generation is None else "live"
        self._teller.tell(holder, state, generation=generation)
        return state

    def disarm(self, variable: str) -> None:
        """Give the name back; a client that was made stays."""
        armed = self._armed.pop(variable, None)
        if isinstance(self._shell.user_ns.get(variable), StandIn):
            self._shell.drop_by_id({variable: self._shell.user_ns[variable]})
        if not self._armed:
            self._unhook()
        if armed is not None:
            self._teller.tell(armed.holder, "gone")

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

        variable = self.check_name(holder)
        client = KubeflowClient(source)
        self._shell.push({variable: client}, interactive=False)
        self._armed[variable] = _Armed(replace(holder, variable=variable))
        self._hook()
        generation = source.lease().generation
        self._teller.tell(self._armed[variable].holder, "live", generation=generation)
        if isinstance(source, BrokerSource):
            source.on_lease(lambda lease: self._renewed(variable, source, lease))
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
        if armed.problem is not None and armed.tried:
            raise armed.problem.with_traceback(None)
        armed.tried = True
        try:
            check_sdk()
            return self.put(armed.holder, self._make_source(armed.holder))
        except KfpConnectError as problem:
            armed.problem = briefly(problem)
            if held is None:
                self._push_stand_in(variable)
            self._teller.tell(armed.holder, "failed", problem=problem)
            raise

    def before_cell(self, info: ExecutionInfo) -> None:
        """Make the clients that the cell about to run names (IPython's ``pre_run_cell``).

        Raises nothing: a failure is kept by the stand-in, and raised where the cell uses it.
        """
        for variable, armed in tuple(self._armed.items()):
            armed.tried = False
            held = self._shell.user_ns.get(variable)
            if held is not None and not isinstance(held, StandIn):
                continue
            if names_variable(info.raw_cell or "", variable, self._shell.transform_cell):
                self.make_quietly(variable)

    def after_cell(self, *_: object) -> None:
        """Tell where the cell that ran changed what a name holds (``post_run_cell``)."""
        for variable, armed in tuple(self._armed.items()):
            state, problem = self._state(variable)
            self._teller.tell_news(armed.holder, state, problem=problem)

    def rung(self, variable: str) -> dict[str, Any]:
        """Return the fourth rung of one name: whether the next cell finds a client under it."""
        rung = Rung("in-notebook")
        state, problem = self._state(variable)
        if state == "live":
            problem = lost(self._shell.user_ns[variable])
        if problem is not None:
            return rung.failed(problem).to_dict()
        return (rung if state == "gone" else rung.ok(state)).to_dict()

    def holder(self, variable: str) -> Holder | None:
        """Return for whom a name is reserved, ``None`` where it is not."""
        armed = self._armed.get(variable)
        return armed.holder if armed else None

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

    def check_name(self, holder: Holder, host: str | None = None) -> str:
        """Return the holder's variable if a client may be put under it.

        Raises
        ------
        RequestError
            ``bad-request``: it is no Python name.
        NotInNotebook
            ``name-taken``, with the line that does the same under another name; `host` is what
            the magic was told to connect to instead of the connection's own.
        """
        name = python_name(holder.variable or DEFAULT_VARIABLE)
        held = self._shell.user_ns.get(name)
        if held is None or isinstance(held, StandIn) or is_client(held):
            return name
        raise self._taken(name, holder, host)

    def _taken(self, name: str, holder: Holder, host: str | None = None) -> NotInNotebook:
        line = connect_line(
            holder.connection,
            host=host,
            namespace=holder.namespace,
            variable=another_name(name, self._shell.user_ns),
        )
        return name_taken(name, self._shell.user_ns[name], line)

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

    def _state(self, variable: str) -> tuple[str, KfpConnectError | None]:
        """Return what the name holds, in the words of ``/holds``, and what is wrong with it."""
        held = self._shell.user_ns.get(variable)
        if is_ours(held):
            return "live", None
        if is_client(held) or (held is None and variable not in self._armed):
            return "gone", None  # a plain kfp.Client is the user's own affair
        if held is not None and not isinstance(held, StandIn):
            return "failed", self._taken(variable, self.holder(variable) or Holder(None))
        problem = self._problem(variable)
        return ("armed", None) if problem is None else ("failed", problem)

    def _renewed(self, variable: str, source: BrokerSource, lease: Lease) -> None:
        """Tell which headers a live client has now."""
        armed = self._armed.get(variable)
        held = self._shell.user_ns.get(variable)
        if armed is not None and getattr(held, "_source", None) is source:
            self._teller.tell_news(armed.holder, "live", generation=lease.generation)

    def _hook(self) -> None:
        for event, hook in self._hooks():
            if hook not in self._shell.events.callbacks[event]:
                self._shell.events.register(event, hook)

    def _unhook(self) -> None:
        for event, hook in self._hooks():
            if hook in self._shell.events.callbacks[event]:
                self._shell.events.unregister(event, hook)

    def _hooks(self) -> list[tuple[str, Callable[..., None]]]:
        return [("pre_run_cell", self.before_cell), ("post_run_cell", self.after_cell)]
