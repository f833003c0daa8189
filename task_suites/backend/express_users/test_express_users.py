"""Express users: an endpoint that pages and filters, and gives away nothing that it should not."""

import json
from urllib.parse import quote, urlencode

from pytest_llmbench import CandidateCrash, CandidateTimeout, llm_task

INVALID = ("10abc", "0", "-1", "1e9", "", "__proto__")
NOTHING_OF_THE_KIND = {"page": "no page", "limit": "no limit", "active": "neither true nor false"}
"""What those are to each parameter."""

FIELDS = ("id", "name", "email", "role", "active", "passwordHash")


@llm_task(title="Express users", language="javascript", prompt="prompt.md", names=("createApp",))
async def test_express_users(candidate, score):
    api = Api(candidate, make_users())
    await check_paging(api, score)
    await check_filters(api, score)
    await check_search(api, score)
    await check_refusals(api, score)
    await check_manners(api, score)

    # It weighs so much that an answer with a fault stays below 6.5, where one would merge.
    with score.correctness("could be merged as it is", weight=16):
        assert not candidate.form_fault, candidate.form_fault
        left = [check.label for check in score.checks if check.axis == "correctness" and not check.passed]
        assert not left, f"what is left: {'; '.join(left)}"

    with score.correctness("says which parameter is not valid", weight=3):
        for name in ("page", "limit", "active"):
            error = (await api.ask(f"/users?{name}=abc")).json()["error"]
            assert name in error.lower(), f"{name}=abc: {error}"


async def check_paging(api, score):
    with score.correctness("pages from 1 and by 20 where nothing is asked"):
        reply = await api.get()
        assert reply.status == 200
        assert (reply.header("content-type") or "").startswith("application/json")
        assert reply.json().keys() == {"data", "pagination"}
        assert ids(reply) == list(range(1, 21))
        assert paging(reply) == {"page": 1, "limit": 20, "total": 123, "totalPages": 7}

    with score.correctness("gives users as they are", weight=1.5):
        reply = await api.get(page=2, limit=3)
        assert shown(reply) == [public(user) for user in api.users[3:6]]

    with score.correctness("gives the page that is asked for", weight=1.5):
        for page, limit in ((1, 1), (2, 10), (123, 1), (2, 100), (7, 20), (5, 25)):
            reply = await api.get(page=page, limit=limit)
            assert ids(reply) == list(range(1, 124))[(page - 1) * limit : page * limit]
            assert paging(reply) == counted(123, page, limit)

    with score.edge_case("gives an empty page past the end"):
        for page in (8, 9999):
            reply = await api.get(page=page)
            assert (ids(reply), paging(reply)) == ([], counted(123, page))
        reply = await api.get(page=2, limit=100, active="false")
        assert (ids(reply), paging(reply)) == ([], counted(41, 2, 100))


async def check_filters(api, score):
    with score.correctness("filters by role, exactly", weight=0.5):
        for role in ("admin", "editor", "Admin", "adm"):
            await api.assert_users(lambda user, role=role: user["role"] == role, role=role)

    with score.correctness("filters by active", weight=0.5):
        for text, value in (("true", True), ("false", False)):
            await api.assert_users(lambda user, value=value: user["active"] is value, active=text)

    with score.correctness("searches the name and the email", weight=1.5):
        await api.assert_users(lambda user: "lovelace" in user["name"].lower(), q="Lovelace")
        await api.assert_users(lambda user: "@mail.test" in user["email"].lower(), q="@mail.test")
        await api.assert_users(lambda user: user["id"] in (2, 3), q="curie")

    with score.correctness("puts filters together", weight=1.5):
        await api.assert_users(
            lambda user: user["role"] == "editor" and user["active"], role="editor", active="true"
        )
        await api.assert_users(
            lambda user: user["role"] == "viewer" and not user["active"] and "7" in user["email"],
            role="viewer",
            active="false",
            q="7",
        )

    with score.correctness("counts and pages what the filters leave", weight=2):
        left = [user["id"] for user in api.users if user["role"] == "editor"]
        for page, limit in ((1, 5), (2, 7), (3, 10)):
            reply = await api.get(role="editor", page=page, limit=limit)
            assert ids(reply) == left[(page - 1) * limit : page * limit]
            assert paging(reply) == counted(len(left), page, limit)
        reply = await api.get(role="nobody")
        assert (ids(reply), paging(reply)) == ([], counted(0))


async def check_search(api, score):
    with score.correctness("takes upper and lower case for the same in q", weight=0.5):
        for q in ("LOVELACE", "lovelace", "LoveLace", "ADA@EXAMPLE.COM"):
            await api.assert_users(lambda user: user["id"] == 1, q=q)

    with score.edge_case("keeps the order of the array"):
        shuffled = [api.users[place * 37 % 123] for place in range(123)]
        other = Api(api.candidate, shuffled)
        assert ids(await other.get(limit=100)) == [user["id"] for user in shuffled[:100]]
        await other.assert_users(lambda user: "r" in user["role"], q="e", role="editor")

    with score.edge_case("takes the characters of regular expressions in q for themselves", weight=2):
        for q in ("(", ".*", "[", "\\", "+", "$", "^", "c++", "a|b", "?"):
            await api.assert_users(lambda user, q=q: q in f"{user['name']}\n{user['email']}".lower(), q=q)

    with score.edge_case("takes percent signs in q for themselves"):
        for q in ("%", "50%", "%20", "100%25"):
            await api.assert_users(lambda user, q=q: q in f"{user['name']}\n{user['email']}".lower(), q=q)

    with score.edge_case("finds what is not ASCII"):
        for q in ("Ö", "ö", "ZOË", "李", "🦊"):
            await api.assert_users(lambda user, q=q: q.lower() in user["name"].lower(), q=q)

    with score.edge_case("finds nothing for __proto__"):
        for name in ("role", "q"):
            reply = await api.get(**{name: "__proto__"})
            assert (ids(reply), paging(reply)) == ([], counted(0))


async def check_refusals(api, score):
    with score.correctness("refuses what is out of range", weight=1.5):
        for query in ("limit=101", "limit=1000", "limit=0", "page=0", "page=-1"):
            await api.assert_refused(query)

    with score.correctness("refuses what is not valid", weight=4.5):
        for value in ("10abc", "abc", "1.5", "1e1", "0x10"):
            for name in ("page", "limit", "active"):
                await api.assert_refused(f"{name}={value}")

    for name, what in NOTHING_OF_THE_KIND.items():
        with score.edge_case(f"refuses what is {what}", weight=1 if name == "active" else 3):
            for value in INVALID:
                await api.assert_refused(f"{name}={value}")

    with score.edge_case("refuses page, limit and active that are repeated", weight=3):
        for query in ("page=1&page=2", "limit=5&limit=5", "active=true&active=true"):
            await api.assert_refused(query)

    with score.edge_case("survives what the task leaves open", weight=3):
        for query in ("role=", "q=", "sort=name", "__proto__=1", "q=a&q=b", "role=admin&role=editor"):
            reply = await api.ask(f"/users?{query}")
            assert reply.status in (200, 400), f"{query}: status {reply.status}, {reply.text[:200]}"


async def check_manners(api, score):
    with score.edge_case("leaves its array as it was"):
        await api.get(q="e", role="editor", page=2)
        assert await api.candidate.call("usersOf", await api.port()) == api.users

    with score.edge_case("keeps two applications apart"):
        other = Api(api.candidate, make_users()[40:45])
        for _ in range(2):
            assert paging(await other.get()) == counted(5)
            assert paging(await api.get()) == counted(123)

    # Every reply so far is looked at: the status does not matter, nor what was asked.
    with score.correctness("never gives a password hash away", weight=4.5):
        assert ids(await api.get(limit=100)) == list(range(1, 101))
        await api.ask("/users?page=x")
        leaks = [path for path, text in api.heard if "passwordHash" in text or "$2b$" in text]
        assert not leaks, f"in the reply to {leaks[0]}"


class Api:
    """The answer's application for some users, asked from outside.

    An application that has ended its process is served anew for the next question.
    """

    def __init__(self, candidate, users):
        self.candidate = candidate
        self.users = users
        self.heard = []
        self._port = None

    async def port(self):
        """Give the port that the application is served on."""
        if self._port is None:
            self._port = await self.candidate.call("listen", self.users)
        return self._port

    async def ask(self, path):
        """Give the reply to a request."""
        port = await self.port()
        try:
            reply = await self.candidate.request("GET", path, port=port)
        except (CandidateCrash, CandidateTimeout):
            self._port = None
            raise
        self.heard.append((path, f"{reply.headers}\n{reply.text}"))
        return reply

    async def get(self, **query):
        """Give the reply to a query."""
        return await self.ask(f"/users?{urlencode(query, quote_via=quote)}" if query else "/users")

    async def assert_users(self, wanted, **query):
        """Assert that a query gives the wanted users, in their order."""
        reply = await self.get(limit=100, **query)
        expected = [public(user) for user in self.users if wanted(user)]
        assert reply.status == 200, f"{query}: status {reply.status}"
        assert shown(reply) == expected[:100], f"for {query}"
        assert paging(reply)["total"] == len(expected), f"for {query}"

    async def assert_refused(self, query):
        """Assert that a query is answered with status 400 and a word of why."""
        reply = await self.ask(f"/users?{query}")
        assert reply.status == 400, f"{query}: status {reply.status}"
        error = reply.json().get("error")
        assert isinstance(error, str), f"{query}: {reply.text[:200]}"
        assert error, f"{query}: {reply.text[:200]}"


def ids(reply):
    """Give the ids of the users in a reply."""
    return [user["id"] for user in body(reply)["data"]]


def shown(reply):
    """Give the users in a reply, as far as it matters: fields of the application's own are left out."""
    return [{key: user[key] for key in user if key in FIELDS} for user in body(reply)["data"]]


def public(user):
    """Give a user as clients may see it."""
    return {key: user[key] for key in FIELDS if key != "passwordHash"}


def paging(reply):
    """Give what a reply says of its page."""
    return body(reply)["pagination"]


def body(reply):
    """Give a reply's JSON, which has to be that of a good one."""
    assert reply.status == 200, f"status {reply.status}: {reply.text[:200]}"
    try:
        found = reply.json()
    except json.JSONDecodeError as error:
        raise AssertionError(f"no JSON: {reply.text[:200]}") from error
    assert isinstance(found, dict) and isinstance(found.get("data"), list), reply.text[:200]  # noqa: PT018
    assert isinstance(found.get("pagination"), dict), reply.text[:200]
    return found


def counted(total, page=1, limit=20):
    """Give what a reply has to say of its page."""
    return {"page": page, "limit": limit, "total": total, "totalPages": -(-total // limit)}


def make_users():
    """Give 123 users: some with names that a search may stumble over, the others by rule."""
    special = {
        1: ("Ada Lovelace", "ada@example.com"),
        2: ("Marie Curie", "marie@mail.test"),
        3: ("Irène Joliot", "i.joliot-curie@mail.test"),
        4: ("Zoë Ögren", "zoe@example.com"),
        5: ("李小龍", "bruce@example.com"),
        6: ("Fox 🦊", "fox@example.com"),
        7: ("Bob (the Builder)", "bob+c++@example.com"),
        8: ("50% Off", "half%20price@example.com"),
        9: ("a|b [c] ^d$ \\e", "odd.*name@example.com"),
        10: ("Who? Me!", "who@example.com"),
    }
    roles = ("admin", "editor", "viewer", "administrator", "Admin")
    return [
        {
            "id": number,
            "name": special.get(number, (f"User {number:03}",))[0],
            "email": special.get(number, (None, f"user{number}@Mail.Test"))[1],
            "role": roles[number * number % 5],
            "active": number % 3 != 0,
            "passwordHash": f"$2b$10${number:022}",
        }
        for number in range(1, 124)
    ]
