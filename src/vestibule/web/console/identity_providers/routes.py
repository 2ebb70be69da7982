"""The addresses of identity providers, each with the right that it needs.

Settings, secrets and mappers decide who comes in: they ask for a fresh sign-in (D17). `{alias}` is a kind
of provider where a new one is added.
"""

from vestibule.web.console.desk import change, change_fresh, see
from vestibule.web.console.identity_providers import (
    guide,
    listing,
    mappers,
    metadata,
    new,
    secrets,
    settings,
    trial,
    trial_report,
    trial_runs,
)
from vestibule.web.routing import Handler, Route

BASE = "/console/{realm}/identity-providers"
ONE = f"{BASE}/{{alias}}"


def _page(path: str, **methods: Handler) -> Route:
    return Route(path, "page", "an administrator", methods)


ROUTES: tuple[Route, ...] = (
    _page(BASE, GET=see(listing.show_providers)),
    _page(f"{ONE}/new", GET=change(new.show_new), POST=change_fresh(new.take_new)),
    _page(f"{ONE}/metadata", GET=change(new.show_again), POST=change(metadata.show_outcome)),
    _page(ONE, GET=see(settings.show_settings), POST=change_fresh(settings.take_settings)),
    _page(f"{ONE}/delete", GET=see(settings.show_parent), POST=change_fresh(settings.take_delete)),
    _page(f"{ONE}/mappers", GET=see(mappers.show_mappers)),
    _page(f"{ONE}/mappers/new", GET=change(mappers.show_new), POST=change_fresh(mappers.take_new)),
    _page(f"{ONE}/mappers/{{mapper}}", GET=see(mappers.show_mapper), POST=change_fresh(mappers.take_mapper)),
    _page(
        f"{ONE}/mappers/{{mapper}}/delete",
        GET=see(mappers.show_owner),
        POST=change_fresh(mappers.take_delete),
    ),
    _page(f"{ONE}/secrets", GET=see(secrets.show_secrets), POST=change_fresh(secrets.take_next)),
    _page(f"{ONE}/secrets/promote", GET=see(secrets.show_parent), POST=change_fresh(secrets.take_promotion)),
    _page(f"{ONE}/secrets/drop", GET=see(secrets.show_parent), POST=change_fresh(secrets.take_drop)),
    _page(f"{ONE}/new/test", GET=change(trial.show_new), POST=change_fresh(trial.take_new_test)),
    _page(f"{ONE}/test", GET=change(trial.show_tab), POST=change_fresh(trial.take_test)),
    _page(f"{ONE}/tests", GET=change(trial_runs.show_tests)),
    _page(f"{ONE}/tests/{{test}}", GET=change(trial_report.show_report)),
    _page(
        f"{ONE}/tests/{{test}}/delete",
        GET=change(trial_report.show_again),
        POST=change_fresh(trial_report.take_delete),
    ),
    _page(f"{ONE}/guide", GET=see(guide.show_guide)),
)
