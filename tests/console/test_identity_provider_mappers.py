"""The mappers of an identity provider in the console."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.browser import forms_of
from tests.console import console, said
from tests.console.test_identity_providers import PROVIDERS, added, page_of, stored
from tests.world import new_world
from vestibule.domain.connection import ConnectionMapper, ConnectionMapperKind
from vestibule.flows.broker.trial import Report
from vestibule.flows.broker.trial.report import write_report
from vestibule.flows.ports import ConnectionState, ConnectionTest

GUIDE = (
    ("azure-group-mapper", "groups", "group"),
    ("Azure Username", "upn", "email"),
    ("Azure Sub Importer", "sub", "sub"),
)
"""The three tables of the guide."""
IMPORTER = "oidc-user-attribute-idp-mapper"
ROLE = "oidc-role-idp-mapper"
ADVANCED: ConnectionMapperKind = "oidc-advanced-group-idp-mapper"


@pytest.mark.parametrize("name,claim,attribute", GUIDE)
async def test_S001_25_a_mapper_is_added_with_exactly_the_fields_of_the_guide(
    name: str, claim: str, attribute: str
) -> None:
    async with new_world() as world:
        realm = await world.realm()
        await added(world, realm)
        browser = await console(world, path="/identity-providers/oidc/mappers/new")
        assert (
            f'<option value="{IMPORTER}" selected>Attribute Importer</option>' in page_of(browser.page).text
        )
        page = page_of(
            await browser.send_form(
                "/mappers/new", name=name, sync_mode="FORCE", claim=claim, user_attribute=attribute
            )
        )
        assert page.url.path == f"{PROVIDERS}/oidc/mappers"
        text = said(page)
        assert text.index("Onboarding") < text.index(f"{name} Attribute Importer {claim} → {attribute} Force")
        mapper = (await stored(world, realm)).mappers[1]
        assert (mapper.name, mapper.sync_mode) == (name, "FORCE")
        assert mapper.config == {"claim": claim, "user.attribute": attribute}


async def test_S001_24_the_built_in_mapper_is_first_and_stays_as_it_is() -> None:
    async with new_world() as world:
        realm = await world.realm()
        found = await added(world, realm)
        browser = await console(world, path="/identity-providers/oidc/mappers")
        assert "Delete" not in said(browser.page)
        built_in = found.mappers[0].id
        for path in ("", "/delete"):
            answer = await browser.post(
                f"{PROVIDERS}/oidc/mappers/{built_in}{path}", {"confirmed": "1", "name": "x"}
            )
            assert page_of(answer).status_code == 403
        assert await stored(world, realm) == found


async def test_S001_26_claims_of_the_last_sign_in_can_be_picked() -> None:
    async with new_world() as world:
        realm = await world.realm()
        found = await added(world, realm)
        await world.storage.save_connection_state(
            ConnectionState(found.id, world.clock.now(), claims=("groups", "upn"))
        )
        page = page_of((await console(world, path="/identity-providers/oidc/mappers/new")).page)
        assert '<option value="groups" label="Seen in last sign-in"></option>' in page.text
        assert "Seen in last sign-in: groups, upn." in said(page)
        assert '<option value="email" label="E-mail address"></option>' in page.text


async def test_before_anybody_signed_in_the_claims_of_a_test_can_be_picked() -> None:
    async with new_world() as world:
        realm = await world.realm()
        found = await added(world, realm)
        report = write_report(Report("oidc", (), claims={"upn": "ada@acme.example", "groups": "[]"}), ())
        await world.storage.add_connection_test(
            ConnectionTest(
                world.new_id(), realm.id, found.id, world.clock.now(), passed=True, document=report
            )
        )
        page = page_of((await console(world, path="/identity-providers/oidc/mappers/new")).page)
        assert '<option value="groups" label="Seen in last test"></option>' in page.text
        assert "Seen in last test: groups, upn." in said(page)
        assert "ada@acme.example" not in page.text


async def test_another_type_shows_its_fields_and_keeps_what_was_typed() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await added(world, realm)
        await world.role(realm, "staff")
        browser = await console(world, path="/identity-providers/oidc/mappers/new")
        page = page_of(
            await browser.send_form("/mappers/new", name="staff", type=ROLE, claim="groups", redraw="1")
        )
        assert len((await stored(world, realm)).mappers) == 1
        form = next(one for one in forms_of(page.text) if "claim_value" in one.fields)
        assert (form.fields["name"], form.fields["claim"], form.fields["type"]) == ("staff", "groups", ROLE)
        await browser.send_form("/mappers/new", claim_value="employees", role="staff")
        mapper = (await stored(world, realm)).mappers[1]
        assert mapper.config == {"claim": "groups", "claim.value": "employees", "role": "staff"}


async def test_conditions_are_lines_and_a_wrong_one_stands_beside_its_field() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await world.group(realm, "/night")
        config = {"claims": '[{"key": "a", "value": "b"}]', "group": "/night"}
        mapper = ConnectionMapper(world.new_id(), "night", ADVANCED, config=config)
        found = await added(world, realm)
        await world.storage.save_connection(replace(found, mappers=(*found.mappers, mapper)))
        browser = await console(world, path=f"/identity-providers/oidc/mappers/{mapper.id}")
        form = next(one for one in forms_of(page_of(browser.page).text) if "claims" in one.fields)
        assert form.fields["claims"].strip() == "a = b"
        page = page_of(await browser.send_form(f"/mappers/{mapper.id}", claims="= night"))
        assert 'id="claims-error"' in page.text
        await browser.send_form(f"/mappers/{mapper.id}", claims="groups = staff\nshift = night")
        changed = (await stored(world, realm)).mappers[1]
        assert (
            changed.config["claims"] == '[{"key":"groups","value":"staff"},{"key":"shift","value":"night"}]'
        )


async def test_a_role_that_is_not_there_is_refused() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await added(world, realm)
        browser = await console(world, path="/identity-providers/oidc/mappers/new")
        await browser.send_form("/mappers/new", type="oidc-hardcoded-role-idp-mapper", redraw="1")
        page = page_of(await browser.send_form("/mappers/new", name="all", role="nobody"))
        assert 'id="role-error"' in page.text
        assert "There is no role “nobody”." in said(page)


async def test_AC_05_nobody_gives_by_a_mapper_what_they_may_not_give() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await added(world, realm)
        browser = await console(world, path="/identity-providers/oidc/mappers/new")
        await browser.send_form("/mappers/new", type="oidc-hardcoded-role-idp-mapper", redraw="1")
        world.clock.advance(minutes=16)
        page = page_of(await browser.send_form("/mappers/new", name="all", role="realm-admin"))
        assert "Sign in" in said(page)
        assert len((await stored(world, realm)).mappers) == 1


async def test_a_mapper_is_deleted_once_confirmed() -> None:
    async with new_world() as world:
        realm = await world.realm()
        await added(world, realm)
        browser = await console(world, path="/identity-providers/oidc/mappers/new")
        await browser.send_form("/mappers/new", name="x", claim="groups", user_attribute="group")
        mapper = (await stored(world, realm)).mappers[1]
        page = page_of(await browser.send_form(f"/mappers/{mapper.id}/delete"))
        assert "Delete the mapper x?" in said(page)
        await browser.send_form(f"/mappers/{mapper.id}/delete")
        assert len((await stored(world, realm)).mappers) == 1
