"""A page of a front door, read with an HTML parser: its title, forms and links."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple

from .shown import shown

#: Characters of a page that are read: a sign-in page has a few thousand, with a picture in it more;
#: the parser's time grows faster than a page that is made to be slow.
_MOST = 128 * 1024


@dataclass
class Form:
    """One form of a page.

    Attributes
    ----------
    method : str
        ``get`` or ``post``.
    action : str
        Where it is sent, as written on the page; empty for the page itself.
    fields : dict
        Name and preset value of each input that has a name.
    password_field : str or None
        The name of the field for the password, where there is one.
    text_field : str or None
        The name of the first field for a text: the user name.
    """

    method: str = "get"
    action: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    password_field: str | None = None
    text_field: str | None = None


class Link(NamedTuple):
    """A link: where it leads, what it says, and the classes of what is inside it."""

    href: str
    text: str
    classes: tuple[str, ...] = ()


@dataclass
class Page:
    """What is read off a page."""

    title: str = ""
    forms: list[Form] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    text: str = ""

    @property
    def password_form(self) -> Form | None:
        """The form that asks for a password."""
        return next((form for form in self.forms if form.password_field), None)


def read_page(html: str) -> Page:
    """Return what `html` shows; a broken page gives what could be read of it."""
    html = html[:_MOST]
    # Over a tag that does not end, the parser would go again from each of its signs.
    unended = html.find("<", html.rfind(">") + 1)
    reader = _Reader()
    reader.feed(html if unended < 0 else html[:unended])
    reader.close()
    page = reader.page
    page.title = shown(page.title)
    page.text = shown("".join(reader.text), 2000)
    page.links = [
        Link(href, shown("".join(words)), tuple(classes)) for href, words, classes in reader.links
    ]
    return page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._form: Form | None = None
        self.text: list[str] = []
        self.links: list[tuple[str, list[str], list[str]]] = []
        self._inside: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("method", "get").lower() or "get", given.get("action", ""))
            self.page.forms.append(self._form)
        elif tag == "input" and self._form is not None:
            self._read_input(self._form, given)
        elif tag == "a" and "href" in given:
            self.links.append((given["href"], [], []))
        elif self._inside["a"] and self.links and "class" in given:
            self.links[-1][2].append(given["class"][:200])
        if tag in ("title", "a", "script", "style"):
            self._inside[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if self._inside[tag] > 0:
            self._inside[tag] -= 1

    def handle_data(self, data: str) -> None:
        if self._inside["script"] or self._inside["style"]:
            return
        if self._inside["title"]:
            self.page.title += data
            return
        self.text.append(data)
        if self._inside["a"] and self.links:
            self.links[-1][1].append(data)

    @staticmethod
    def _read_input(form: Form, given: dict[str, str]) -> None:
        name = given.get("name")
        if not name:
            return
        kind = given.get("type", "text").lower()
        if kind in ("submit", "button", "reset", "image", "checkbox", "radio", "file"):
            return
        form.fields[name] = given.get("value", "")
        if kind == "password":
            form.password_field = form.password_field or name
        elif kind in ("text", "email"):
            form.text_field = form.text_field or name
