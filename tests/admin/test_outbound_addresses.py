"""Addresses in the network, by program."""

from tests.console import admin_api
from tests.world import START, new_world

ALL = "/admin/outbound-addresses"


async def test_an_address_is_allowed_listed_and_withdrawn() -> None:
    async with new_world() as world:
        api = await admin_api(world, role="platform-admin")
        answer = await api.post(ALL, {"host": "fd00::1", "port": 8443, "note": "Head office"})
        assert answer.status_code == 201, answer.text
        assert answer.headers["location"] == f"https://sso.example{ALL}/%5Bfd00%3A%3A1%5D%3A8443"
        assert (await api.get(ALL)).json() == [
            {
                "place": "[fd00::1]:8443", "host": "fd00::1", "port": 8443, "note": "Head office",
                "openedBy": "service-account-tool-platform-admin", "openedAt": int(START.timestamp() * 1000),
            }
        ]  # fmt: skip
        assert (await api.delete(answer.headers["location"])).status_code == 204
        assert (await api.get(ALL)).json() == []
        assert (await api.delete(answer.headers["location"])).status_code == 404


async def test_a_mistake_names_its_member() -> None:
    async with new_world() as world:
        api = await admin_api(world, role="platform-admin")
        for body, field in (({"host": "a b", "port": 1}, "host"), ({"host": "a", "port": "1"}, "port")):
            answer = await api.post(ALL, body)
            assert (answer.status_code, answer.json()["field"]) == (400, field)
        assert (await api.post(ALL, {"host": "a.internal", "port": 1})).status_code == 201
        assert (await api.post(ALL, {"host": "A.internal", "port": 1})).status_code == 409
