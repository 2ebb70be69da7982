"""Views of the console for its templates: every part at its fullest, with `text` wherever text can be."""

from datetime import UTC, datetime, timedelta

from vestibule.domain.sentence import Sentence
from vestibule.web.console.views import (
    Button,
    Choice,
    Column,
    ConfirmPage,
    ConsolePage,
    Copyable,
    Crumb,
    Danger,
    Fact,
    FieldGroup,
    FieldView,
    Filter,
    FormView,
    Link,
    ListPage,
    ListView,
    MenuGroup,
    MenuItem,
    RecordPage,
    Row,
    Section,
    Shell,
    Status,
)
from vestibule.web.views import FieldError

NOW = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
ADDRESS = "/admin/acme/clients"


def shell(text: str = "Acme") -> Shell:
    """The frame of an administrator of several tenants."""
    return Shell(
        realm="acme",
        realm_title=text,
        realms=("globex", "initech", text),
        switch_url="/admin/switch",
        new_realm_url="/admin/realms/new",
        all_realms_url="/admin/realms",
        menu=(
            MenuGroup("", (MenuItem("Overview", "/admin/acme", "home"),)),
            MenuGroup(
                "Integrations", (MenuItem("Applications", "/admin/acme/applications", "applications"),)
            ),
            MenuGroup(
                "Advanced Console",
                (
                    MenuItem("Clients", ADDRESS, "client", is_current=True),
                    MenuItem("Users", "/admin/acme/users", "users"),
                    MenuItem("Sessions", "/admin/acme/sessions", "sessions"),
                    MenuItem("Events", "/admin/acme/events", "events"),
                    MenuItem("Realm settings", "/admin/acme/settings", "settings"),
                ),
            ),
        ),
        person=f"alice@acme.example {text}",
        account_url="/realms/acme/account",
        sign_out_url="/admin/sign-out",
        home_url="/admin/acme",
        banner=Sentence("You are signed in as a temporary administrator, {name}.", {"name": text}),
    )


def list_view(text: str = "Atera", rows: int = 9) -> ListView:
    """A list with search, filter, order, pages, and every kind of cell."""
    tones = (Status("Enabled", "good"), Status("Disabled"), Status("Expires in 12 days", "warning"))
    return ListView(
        url=ADDRESS,
        columns=(
            Column("Client ID", "clientId"),
            Column("Name", "name"),
            Column("Status"),
            Column("Home URL"),
            Column("Last used", "lastUsed"),
        ),
        rows=tuple(
            Row(
                f"{ADDRESS}/{index}",
                (
                    f"client-{index}",
                    text,
                    tones[index % 3],
                    Link("example.com", "https://example.com/", is_external=True) if index % 4 else None,
                    NOW - timedelta(minutes=7**index) if index < 6 else None,
                ),
                (Button("Disable", f"{ADDRESS}/{index}/disable", confirm="Disable this client?"),),
            )
            for index in range(rows)
        ),
        total=214,
        label="Clients",
        page=2,
        search="at",
        search_label="Search clients",
        sort="-clientId",
        filters=(
            Filter(
                "state", "Status", (Choice("", "All", True), Choice("enabled", "Enabled"), Choice("x", text))
            ),
        ),
        hidden=(("view", text),),
        nothing_found="No clients match.",
    )


def list_page(text: str = "Atera") -> ListPage:
    """A list in its frame."""
    return ListPage(
        shell=shell(text),
        title="Clients",
        lead="Applications that may ask this tenant to sign people in.",
        crumbs=(Crumb(name=text, url="/admin/acme"), Crumb(label="Clients")),
        actions=(
            Link("Create client", f"{ADDRESS}/new", "plus"),
            Link("Import", f"{ADDRESS}/import", "upload"),
        ),
        notice=Sentence("Client {name} was deleted.", {"name": text}),
        list=list_view(text),
    )


def empty_list_page() -> ListPage:
    """A list of which nothing exists."""
    return ListPage(
        shell=shell(),
        title="Applications",
        list=ListView(
            url=ADDRESS,
            columns=(Column("Name"),),
            rows=(),
            total=0,
            label="Applications",
            search_label="Search applications",
            empty_title="No applications yet.",
            empty_lead="Pick one from the catalogue or add a custom integration.",
            empty_action=Link("Add integration", f"{ADDRESS}/new"),
        ),
    )


def nothing_found_page() -> ListPage:
    """A search without a result."""
    found_nothing = ListView(
        url=ADDRESS, columns=(Column("Name", "name"),), rows=(), total=0, label="Clients", search="zzz",
        search_label="Search clients", empty_title="No clients yet.", nothing_found="No clients match.",
    )  # fmt: skip
    return ListPage(shell=shell(), title="Clients", list=found_nothing)


def form_view(text: str = "Atera", *, errors: bool = True) -> FormView:
    """A form with every kind of field."""
    kinds = (
        FieldView("clientId", "Client ID", value=text, is_required=True),
        FieldView("name", "Name", value=text, hint="What people read when they sign in.", theirs=text),
        FieldView("description", "Description", "textarea", f"{text}\nsecond line"),
        FieldView("homeUrl", "Home URL", "url", f"https://example.com/{text}"),
        FieldView(
            "redirectUris", "Valid Redirect URIs", "lines", "https://example.com/callback\nhttps://b.example/",
            hint="One address a line.",
        ),
    )  # fmt: skip
    more = (
        FieldView("enabled", "Client Authentication", "switch", "on", hint="The client has a secret."),
        FieldView("consent", "Ask for consent", "switch"),
        FieldView("level", "Level", "select", "b", choices=(Choice("a", "Low"), Choice("b", text))),
        FieldView("lifespan", "Access token lifespan", "number", "300", unit="seconds"),
        FieldView("secret", "Client Secret", "secret", "never shown", hint="Blank keeps the stored one."),
        FieldView("colour", "Accent colour", "colour", "#2b50c8"),
        FieldView("issuer", "Issuer URL", "readonly", f"https://sso.example.com/realms/{text}"),
        FieldView("contact", "Contact", "email", "alice@acme.example", autocomplete="email"),
    )
    return FormView(
        action=f"{ADDRESS}/1",
        groups=(
            FieldGroup("General settings", kinds, lead="What this application is."),
            FieldGroup("Capability", more),
            FieldGroup("Advanced", (FieldView("scopes", "Scopes", value="openid profile"),), is_folded=True),
        ),
        submit="Save",
        errors=(FieldError("clientId", text), FieldError("redirectUris", text)) if errors else (),
        hidden=(("version", text),),
        cancel_url=ADDRESS,
    )


def sections(text: str = "Atera", *, errors: bool = True) -> tuple[Section, ...]:
    """Every kind of card."""
    return (
        Section(
            title="Connection",
            lead="Paste these into the application.",
            values=(
                Copyable("Issuer URL", f"https://sso.example.com/realms/{text}"),
                Copyable("Client ID", text, note="Application (client) ID in Azure."),
            ),
            links=(Link("Open the guide", "https://example.com/guide", "book", is_external=True),),
        ),
        Section(
            title="Facts",
            facts=(
                Fact("Created", NOW - timedelta(days=2)),
                Fact("Last used", NOW - timedelta(hours=3)),
                Fact("Client ID", Copyable("Client ID", text)),
                Fact("Status", Status("Test failed", "bad")),
                Fact("Name", text),
                Fact("Signed in", Sentence("{count} people", {"count": 212})),
                Fact("Home URL", Link("Open", "https://app.example.com", is_external=True)),
                Fact("Secret", None),
            ),
            buttons=(
                Button("Regenerate", f"{ADDRESS}/1/secret", confirm=f"New secret? {text}", tone="primary"),
                Button("Reveal", f"{ADDRESS}/1/reveal", hidden=(("what", text),)),
            ),
        ),
        Section(title="Settings", form=form_view(text, errors=errors), anchor="settings"),
        Section(title="Names", form=FormView("/x", (FieldGroup("", (FieldView("name", "Name"),)),), "Save")),
        Section(title="Sessions", list=list_view(text, 2)),
        Section(title="Preview", code=f'{{"sub": "{text}"}}'),
    )


def record_page(text: str = "Atera", *, errors: bool = True) -> RecordPage:
    """A record in its frame."""
    return RecordPage(
        shell=shell(text),
        title="Client",
        name=text,
        status=Status("Enabled", "good"),
        lead="An ordinary OpenID Connect application.",
        crumbs=(Crumb(name="acme", url="/admin/acme"), Crumb("Clients", url=ADDRESS), Crumb(name=text)),
        tabs=(
            MenuItem("Settings", f"{ADDRESS}/1", "", is_current=True),
            MenuItem("Credentials", f"{ADDRESS}/1/credentials", ""),
            MenuItem("Roles", f"{ADDRESS}/1/roles", ""),
            MenuItem("Client scopes", f"{ADDRESS}/1/scopes", ""),
            MenuItem("Sessions", f"{ADDRESS}/1/sessions", ""),
        ),
        actions=(Link("View events", "/admin/acme/events", "events"),),
        alert=text if errors else "",
        sections=sections(text, errors=errors),
        dangers=(
            Danger(
                "Disable this client",
                Sentence("{count} people can no longer sign in to {name}.", {"count": 212, "name": text}),
                Button("Disable", f"{ADDRESS}/1/disable", confirm="Disable this client?", tone="danger"),
            ),
            Danger(
                "Delete this client",
                "Its roles and sessions go with it.",
                Button("Delete", f"{ADDRESS}/1/delete", hidden=(("version", text),), tone="danger"),
                typed=text,
            ),
        ),
    )


def confirm_page(text: str = "Atera") -> ConfirmPage:
    """The question of a page."""
    return ConfirmPage(
        shell=shell(text),
        title="Delete client",
        name=text,
        action=f"{ADDRESS}/1/delete",
        question=Sentence("Delete {name}? 212 people will need another way to sign in.", {"name": text}),
        submit="Delete",
        cancel_url=f"{ADDRESS}/1",
        hidden=(("confirmed", "1"), ("version", text)),
        is_dangerous=True,
    )


def views(text: str = "Atera") -> tuple[ConsolePage, ...]:
    """Every page of the console's own templates."""
    return (
        list_page(text),
        empty_list_page(),
        nothing_found_page(),
        record_page(text),
        record_page(text, errors=False),
        confirm_page(text),
    )
