"""Which connections there are: the administrator's, the user's own, and those found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from . import connections_file
from .connection import Connection, stable_id
from .connections_file import Stored
from .errors import KfpConnectError, error
from .fields import ID, no_connection
from .file_problems import FileMarks, FileProblem, marks

Source = Literal["admin", "user", "detected", "sandbox"]

#: What a user may set on an administrator's connection, where that left it empty.
BESIDE = ("namespace", "username")


@dataclass(frozen=True)
class Entry:
    """One connection and where it comes from.

    Attributes
    ----------
    connection : Connection
        With what the user set beside it.
    source : str
        ``admin``, ``user``, ``detected`` or ``sandbox``.
    origin : str
        For people: a file's path, ``jupyter_server_config`` or ``found``.
    beside : frozenset of str
        The fields that the user may set though the entry is locked.
    """

    connection: Connection
    source: Source
    origin: str
    beside: frozenset[str] = frozenset()

    @property
    def locked(self) -> bool:
        """Whether it is the administrator's."""
        return self.source == "admin"


class Catalogue:
    """All connections by name; the first source that has a name wins.

    Parameters
    ----------
    configured : mapping
        ``c.KfpConnect.connections``: fields by name.
    admin_files : iterable of Path
        Files in system and environment folders, the most telling first.
    user_file : Path
        The user's own file.
    own : bool, optional
        Whether the user may have connections of their own; else those kept before are left out.
    """

    def __init__(
        self,
        configured: Mapping[str, Mapping[str, Any]],
        admin_files: Iterable[Path],
        user_file: Path,
        own: bool = True,
    ) -> None:
        self._own = own
        self._configured = configured
        self._admin_files = list(admin_files)
        self._user_file = user_file
        self._found: dict[str, Entry] = {}
        self.wrong: list[FileProblem] = []
        self._read: dict[Path, Stored] = {}
        self._marks: FileMarks = ()
        self._default: str | None = None
        self._entries: dict[str, Entry] = {}
        self.reload()

    def reload(self) -> None:
        """Read the files again.

        What cannot be used is told in `wrong`, the rest serves; of a file that cannot be read any
        more, what was read before does.
        """
        self.wrong = []
        self._marks = self._look()
        mine = self._stored(self._user_file)
        entries: dict[str, Entry] = {}
        sources: list[tuple[Source, str, Mapping[str, Mapping[str, Any]]]] = [
            ("admin", "jupyter_server_config", self._configured)
        ]
        for path in self._admin_files:
            sources.append(("admin", str(path), self._stored(path).connections))
        if self._own:
            sources.append(("user", str(self._user_file), mine.connections))
        ids: set[str] = set()
        for source, origin, connections in sources:
            for name, fields in connections.items():
                if name not in entries:
                    made = self._entry(name, fields, source, origin)
                    if made is not None:
                        made = _with_id_of_its_own(made, ids)
                        entries[name] = self._with_beside(made, mine) if made.locked else made
        self._entries = entries
        self._default = mine.default

    def refresh(self) -> bool:
        """Read the files again where one was changed by another; returns whether one was."""
        changed = self._look() != self._marks
        if changed:
            self.reload()
        return changed

    @property
    def problems(self) -> list[KfpConnectError]:
        """What cannot be used, as errors."""
        return [problem.error for problem in self.wrong]

    def __iter__(self) -> Iterator[Entry]:
        yield from self._entries.values()
        for name, entry in self._found.items():
            if name not in self._entries:
                yield entry

    def get(self, name: str) -> Entry | None:
        """Return the connection of that name, ``None`` where there is none."""
        return next((entry for entry in self if entry.connection.name == name), None)

    def find(self, name_or_id: str) -> Entry:
        """Return the connection of that name, else of that id.

        Raises
        ------
        RequestError
            Code ``unknown-connection``, naming those there are; ``file-unreadable`` where what a
            file holds under that name cannot be used.
        """
        known = list(self)
        for entry in known:
            if entry.connection.name == name_or_id:
                return entry
        for entry in known:
            if entry.connection.id == name_or_id:
                return entry
        for problem in self.wrong:
            if problem.entry == name_or_id:
                raise problem.told
        raise no_connection(name_or_id, [entry.connection.name for entry in known])

    @property
    def default(self) -> str | None:
        """The default's name: the one set, else the only one kept, else the first one found.

        One that cannot be used is meant all the same: asking for it says so, and no other is used
        in its place.
        """
        if self._default is not None and self.means(self._default):
            return self._default
        if len(self._entries) == 1:
            return next(iter(self._entries))
        return None if self._entries else next(iter([*self._spoilt, *self._found]), None)

    def means(self, name: str) -> bool:
        """Whether that is a connection's name, be it of one that cannot be used."""
        return self.get(name) is not None or name in self._spoilt

    @property
    def _spoilt(self) -> list[str]:
        return [problem.entry for problem in self.wrong if problem.entry is not None]

    @property
    def chosen_default(self) -> str | None:
        """The default that the user set, whether or not it is still there."""
        return self._default

    def put_found(self, entry: Entry) -> None:
        """Add one that was found or started; its id stays when it is found again."""
        taken = {one.connection.id for one in self if one.connection.name != entry.connection.name}
        self._found[entry.connection.name] = _with_id_of_its_own(entry, taken)

    def drop_found(self, name: str) -> None:
        """Take one of those away again."""
        self._found.pop(name, None)

    def require_unspoilt(self, name: str) -> None:
        """Raise where the user's file holds something under a name that cannot be used.

        Saving would lose what was typed there.

        Raises
        ------
        RequestError
            Code ``file-unreadable``.
        """
        for problem in self.wrong:
            if (problem.where, problem.entry) == (str(self._user_file), name):
                raise problem.told

    def save(self, connection: Connection, *, renames: str | None = None) -> Entry:
        """Keep one of the user's own in their file."""

        def edit(stored: Stored) -> Stored:
            kept = {name: fields for name, fields in stored.connections.items() if name != renames}
            default = connection.name if stored.default == renames else stored.default
            kept[connection.name] = _lean(connection)
            return replace(stored, connections=kept, default=default if renames else stored.default)

        connections_file.change(self._user_file, edit)
        self.reload()
        return self.find(connection.name)

    def save_beside(self, entry: Entry, fields: Mapping[str, Any]) -> Entry:
        """Keep what the user sets on an administrator's connection."""

        def edit(stored: Stored) -> Stored:
            before = stored.beside.get(entry.connection.id)
            mine = {**(before if isinstance(before, Mapping) else {}), **fields}
            mine = {name: value for name, value in mine.items() if value is not None}
            return replace(stored, beside={**stored.beside, entry.connection.id: mine})

        connections_file.change(self._user_file, edit)
        self.reload()
        return self.find(entry.connection.name)

    def remove(self, name: str) -> None:
        """Remove one of the user's own."""

        def edit(stored: Stored) -> Stored:
            kept = {other: fields for other, fields in stored.connections.items() if other != name}
            default = None if stored.default == name else stored.default
            return replace(stored, connections=kept, default=default)

        connections_file.change(self._user_file, edit)
        self.reload()

    def set_default(self, name: str) -> None:
        """Make one the default."""
        connections_file.change(self._user_file, lambda stored: replace(stored, default=name))
        self.reload()

    def _look(self) -> FileMarks:
        return marks([self._user_file, *self._admin_files])

    def _stored(self, path: Path) -> Stored:
        try:
            self._read[path] = connections_file.read(path)
        except KfpConnectError as problem:
            self.wrong.append(FileProblem(str(path), problem))
        return self._read.get(path, Stored())

    def _entry(self, name: str, fields: object, source: Source, origin: str) -> Entry | None:
        try:
            if not isinstance(fields, Mapping):
                raise error("bad-request", "its fields are not an object")
            given = {**fields, "name": name, "id": fields.get("id") or stable_id(origin, name)}
            if source == "user" and not ID.fullmatch(str(given["id"])):
                # Whoever asks by name must not get a connection whose id is made to look like it.
                given["id"] = stable_id(origin, name)
            connection = Connection.from_dict(given)
        except KfpConnectError as problem:
            self.wrong.append(FileProblem.of_entry(origin, name, problem))
            return None
        return Entry(connection, source, origin)

    def _with_beside(self, entry: Entry, stored: Stored) -> Entry:
        connection = entry.connection
        free = frozenset(name for name in BESIDE if getattr(connection, name) is None)
        entry = replace(entry, beside=free)
        mine = stored.beside.get(connection.id, {})
        if not isinstance(mine, Mapping):
            return entry
        try:
            changed = connection.changed({name: mine[name] for name in free if name in mine})
        except KfpConnectError as problem:
            where = f"{self._user_file}, beside"
            self.wrong.append(FileProblem.of_entry(where, connection.name, problem))
            return entry
        return replace(entry, connection=changed)


def _with_id_of_its_own(entry: Entry, taken: set[str]) -> Entry:
    """Return `entry`, with another id where its own is taken: sessions are bound to it."""
    connection = entry.connection
    if connection.id in taken:
        fresh = stable_id(f"{entry.origin}\n{connection.id}", connection.name)
        entry = replace(entry, connection=replace(connection, id=fresh))
    taken.add(entry.connection.id)
    return entry


def _lean(connection: Connection) -> dict[str, Any]:
    """Return the fields that say something, as they are written."""
    data = connection.to_dict().items()
    return {key: value for key, value in data if key != "name" and value not in (None, [], "")}
