"""What a provider did right, and the person cannot come in all the same: it is about their account here."""

from http import HTTPStatus

from vestibule.domain.errors.upstream.protocol import UpstreamError


class MissingUserInfo(UpstreamError):
    """What a new person needs did not come; `expected` names it (S002-53)."""

    code = "missing_user_info"
    status = HTTPStatus.FORBIDDEN
    sentence = "The other sign-in service said too little about you."
    remedy = "An administrator must let it send your e-mail address."


class AccountNotLinked(UpstreamError):
    """Somebody here has this address, and the provider is not trusted to say whose it is (D9)."""

    code = "account_not_linked"
    spelling = "account not linked"
    status = HTTPStatus.FORBIDDEN
    sentence = "An account with this email address exists, and this way of signing in is not linked to it."
    remedy = (
        "Sign in as before and link it on your account page, under Linked accounts, or ask your "
        "administrator to trust this way of signing in."
    )


class PersonNotHere(UpstreamError):
    """The connection is for people who are here already, and this one is not."""

    code = "person_not_here"
    status = HTTPStatus.FORBIDDEN
    sentence = "There is no account for you here, and this way of signing in makes none."
    remedy = "Ask your administrator to add you."


class DomainNotAllowed(UpstreamError):
    """The connection is for other addresses (D20)."""

    code = "domain_not_allowed"
    status = HTTPStatus.FORBIDDEN
    sentence = "Your email address does not belong to this organization."
    remedy = "Sign in with your address of the organization."


class TenantNotAllowed(UpstreamError):
    """The Entra tenant is not on the list, and no proof puts it there (D11)."""

    code = "tenant_not_allowed"
    status = HTTPStatus.FORBIDDEN
    sentence = "Your organization may not sign in here."
    remedy = "Ask your administrator to add your organization's tenant."


class AccountDisabled(UpstreamError):
    """The person is switched off here, whatever the provider says (BR-17)."""

    code = "account_disabled"
    status = HTTPStatus.FORBIDDEN
    sentence = "Your account here is switched off."
    remedy = "Ask your administrator."


class AlreadyLinked(UpstreamError):
    """The person at the provider is somebody else here already."""

    code = "already_linked"
    status = HTTPStatus.CONFLICT
    sentence = "This account of the other service is linked to another account here."
    remedy = "Sign in with it and unlink it there first, or ask your administrator which of the two is yours."


class OtherAccountLinked(UpstreamError):
    """The person has another account of the same provider linked."""

    code = "other_account_linked"
    status = HTTPStatus.CONFLICT
    sentence = "You have linked another account of this service."
    remedy = "Unlink that one first, on your account page, under Linked accounts."
