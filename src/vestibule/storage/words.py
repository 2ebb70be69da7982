"""The words that lists are searched by: what an object is called, folded, one row for each word.

A search looks for words that begin with what was typed: a range of the primary key, never a walk.
"""

import re
from collections.abc import Iterable

from vestibule.domain.client import Client
from vestibule.domain.realm import Realm
from vestibule.domain.user import Group, Role, User, fold
from vestibule.storage.statement import Executor, Statement

USER, CLIENT, REALM, GROUP, ROLE = "user", "client", "realm", "group", "role"
EVERYWHERE = ""
"""The realm id that the words of realms themselves are kept under."""

LONGEST_WORD = 64
LONGEST_SORTED = 200
MOST_TYPED = 8

_LETTERS = re.compile(r"\w+")

WORDS_OF = Statement("words_of", "SELECT word FROM search_words WHERE object_id = :object_id")
# One row each: in a long transaction SQLite's statements of several rows cost ever more.
ADD_WORD = Statement(
    "add_word",
    """INSERT INTO search_words (realm_id, kind, word, object_id)
    VALUES (:realm_id, :kind, :word, :object_id)""",
)
REMOVE_WORD = Statement(
    "remove_word", "DELETE FROM search_words WHERE object_id = :object_id AND word = :word"
)
REMOVE_WORDS = Statement("remove_words", "DELETE FROM search_words WHERE object_id = :object_id")
REMOVE_WORDS_OF_REALM = Statement(
    "remove_words_of_realm", "DELETE FROM search_words WHERE realm_id = :realm_id"
)


def sortable(text: str) -> str:
    """The folded text as lists are sorted by it."""
    return fold(text)[:LONGEST_SORTED]


def words_of_user(user: User) -> set[str]:
    """The user name, the address and its local part, each word of the names."""
    email = user.email or ""
    return _whole(user.username, email, email.partition("@")[0]) | _each(user.given_name, user.family_name)


def words_of_client(client: Client) -> set[str]:
    """The client ID and the name, and each word of both."""
    return _each(client.client_id, client.name)


def words_of_realm(realm: Realm) -> set[str]:
    """The name and the display name, and each word of both."""
    return _each(realm.name, realm.display_name)


def words_of_role(role: Role) -> set[str]:
    """The name and each word of it."""
    return _each(role.name)


def words_of_group(group: Group) -> set[str]:
    """Every step of the path and each word of it."""
    return _each(*group.path.split("/"))


def kind_of_roles(client: str | None) -> str:
    """Roles of the realm and those of each client are searched apart."""
    return f"{ROLE} {client}" if client else ROLE


def typed_words(search: str) -> list[str]:
    """What somebody typed into a search, as beginnings of words; the longest where there are too many."""
    words = {word[:LONGEST_WORD] for word in fold(search).split()}
    return sorted(words, key=lambda word: (-len(word), word))[:MOST_TYPED]


def end_of(word: str) -> str:
    """What no text that begins with `word` reaches."""
    return word + "\U0010ffff"


async def add_words(executor: Executor, realm_id: str, kind: str, object_id: str, words: set[str]) -> None:
    """Stores the words of a new object."""
    for word in sorted(words):
        await executor.run(ADD_WORD, realm_id=realm_id, kind=kind, word=word, object_id=object_id)


async def move_words(executor: Executor, realm_id: str, kind: str, object_id: str, words: set[str]) -> None:
    """Stores what changed in the words of an object."""
    former = {word for (word,) in await executor.run(WORDS_OF, object_id=object_id)}
    for word in sorted(former - words):
        await executor.run(REMOVE_WORD, object_id=object_id, word=word)
    await add_words(executor, realm_id, kind, object_id, words - former)


def _whole(*texts: str) -> set[str]:
    return {word[:LONGEST_WORD] for text in texts for word in fold(text).split()}


def _each(*texts: str) -> set[str]:
    return _whole(*texts) | _letters(fold(text) for text in texts)


def _letters(texts: Iterable[str]) -> set[str]:
    return {word[:LONGEST_WORD] for text in texts for word in _LETTERS.findall(text)}
