"""One view for each page, with every optional part shown and the same text in every free field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser

from vestibule.domain.sentence import Sentence
from vestibule.web.action_views import ActionConfirmPage, ActionDonePage, ActionPasswordPage
from vestibule.web.assets import Assets
from vestibule.web.broker_views import (
    EnrolFactorPage,
    LinkProofPage,
    ProfilePage,
    SecondFactorPage,
    UpstreamLogoutPage,
    UpstreamPage,
    VerificationPage,
)
from vestibule.web.pages import Pages
from vestibule.web.setup_views import Check, SetupAddressPage, SetupDonePage, SetupPage, SetupTenantPage
from vestibule.web.views import (
    ConsentPage,
    ErrorCause,
    ErrorFact,
    ErrorPage,
    FieldError,
    FormPostPage,
    HomeGuide,
    HomeLink,
    HomePage,
    HomeRealm,
    IdentifyPage,
    MessagePage,
    Page,
    PasskeyOfferPage,
    PasswordPage,
    ProviderButton,
    SignedOutPage,
    SignOutPage,
    SignOutResult,
)

VOID = {"input", "link", "meta", "path", "circle", "rect"}


@cache
def pages() -> Pages:
    """The renderer of the service."""
    return Pages(Assets())


def views(text: str = "Plain text") -> tuple[Page, ...]:
    """Every page, at its fullest, saying `text` wherever text can come from outside."""
    url = f"/path?q={text}"
    hidden = ((text, text),)
    return (
        IdentifyPage(
            realm_name=text, action=url, application_name=text, username=text, passkey_options_url=url,
            error=text, alert=text, notice=text, hidden=hidden,
            providers=(ProviderButton(text, url, "entra"), ProviderButton(text, url, "oidc")),
            are_providers_folded=True,
        ),
        PasswordPage(
            realm_name=text, action=url, username=text, change_url=url, application_name=text,
            passkey_options_url=url, error=text, alert=text, notice=text, hidden=hidden,
        ),
        PasskeyOfferPage(
            realm_name=text, action=url, passkey_options_url=url, username=text, alert=text, hidden=hidden
        ),
        ConsentPage(
            realm_name=text, action=url, application_name=text, scopes=("openid", "profile", text),
            username=text, change_url=url, application_url=url, policy_url=url, terms_url=url, hidden=hidden,
        ),
        SignOutPage(
            realm_name=text, action=url, username=text, application_name=text, cancel_url=url, hidden=hidden
        ),
        SignedOutPage(
            realm_name=text, application_name=text, application_url=url,
            results=(SignOutResult(text, True), SignOutResult(text, False)),
        ),
        ErrorPage(
            realm_name=text, sentence=text, remedy=text, code=text, reference=text,
            at=datetime(2026, 11, 20, 19, 23, 2, tzinfo=UTC), start_again_url=url, application_name=text,
            application_url=url, causes=(ErrorCause(text, text),), facts=(ErrorFact(text, text),),
            values=(ErrorFact(text, text), ErrorFact(text, text)),
        ),
        SetupPage(
            action=url, passkey_options_url=url, name=text, email=text,
            errors=tuple(FieldError(name, text) for name in ("name", "email", "password")),
            alert=text, hidden=hidden,
        ),
        SetupDonePage(tenant=text, links=(HomeLink(url, text, text),)),
        SetupAddressPage(
            checks=(Check(text, text, "bad", Sentence("{x}", {"x": text}), Sentence("{x}", {"x": text})),),
            again_url=url, continue_url=url, is_good=False,
        ),
        SetupTenantPage(
            action=url, skip_url=url, name=text, display_name=text, alert=text,
            errors=(FieldError("name", text), FieldError("display_name", text)),
        ),
        FormPostPage(realm_name=text, action=url, fields=hidden, application_name=text),
        HomePage(
            is_up=True, version=text, setup_pending=True, links=(HomeLink(url, text, text),),
            realms=(HomeRealm(text, url),), guides=(HomeGuide(text, text, url), HomeGuide(text, text)),
        ),
        ActionConfirmPage(realm_name=text, action=url, address=text, is_new=True, alert=text),
        ActionPasswordPage(
            realm_name=text, action=url, username=text, errors=(FieldError("password", text),)
        ),
        ActionDonePage(realm_name=text, title=text, sentence=text, account=text, account_url=url),
        MessagePage(realm_name=text, title=text, sentence=text, link_url=url, link_label=text),
        *broker_views(text, url),
    )  # fmt: skip


def broker_views(text: str, url: str) -> tuple[Page, ...]:
    """The pages of a sign-in through a provider."""
    proof = LinkProofPage(
        realm_name=text, action=url, provider=text, username=text, takes_password=True, takes_code=True,
        passkey_options_url=url, error=text, error_field="password", alert=text,
    )  # fmt: skip
    return (
        UpstreamPage(
            realm_name=text, provider=text, kind="entra", url=url, change_url=url, application_name=text,
            username=text,
        ),
        UpstreamLogoutPage(realm_name=text, provider=text, url=url),
        ProfilePage(realm_name=text, action=url, provider=text, email=text, error=text),
        proof,
        replace(proof, code_sent_to=text, error_field="code"),
        VerificationPage(realm_name=text, action=url, username=text, enrols=True),
        SecondFactorPage(
            realm_name=text, action=url, username=text, passkey_options_url=url, alert=text
        ),
        EnrolFactorPage(realm_name=text, action=url, username=text, passkey_options_url=url, alert=text),
    )  # fmt: skip


@dataclass(slots=True)
class Element:
    """A start tag with the text that follows it up to the next tag."""

    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Document(HTMLParser):
    """The start tags of a page in order, and whether every tag was closed."""

    source: str
    elements: list[Element] = field(default_factory=list)
    open_tags: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in {tag}: {names}"
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open_tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open_tags.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.elements:
            self.elements[-1].text += data

    def all(self, tag: str) -> Iterator[Element]:
        """The elements of this name."""
        return (element for element in self.elements if element.tag == tag)

    def by_id(self, identifier: str) -> Element:
        """The one element with this id."""
        (found,) = (element for element in self.elements if element.attributes.get("id") == identifier)
        return found

    def has_id(self, identifier: str) -> bool:
        """Whether an element has this id."""
        return any(element.attributes.get("id") == identifier for element in self.elements)


def document(view: Page, locale: str = "en") -> Document:
    """The page as a browser reads it."""
    return Document(pages().render(view, locale).decode())
