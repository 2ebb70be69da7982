"""The base of every named error. Rules raise it; `web.errors` alone turns it into an answer.

An error has a registered `code`, a public sentence for the person, a sentence on what to do, an
HTTP status, and says whether it may travel to the client in a redirect. `detail` is private: it
goes to the log and to administrators as what was expected against what came. `client` is the
application that the person was on the way to, where one is known, so that the page can lead back;
`realm` is where, so that the page can say it.
"""

from vestibule.domain.errors.administration import (
    AccessDenied,
    AlreadyHere,
    ConcurrentEdit,
    NotChangeable,
    NotHere,
    NotSignedIn,
    SignInTooOld,
)
from vestibule.domain.errors.mail import (
    LinkExpired,
    MailNotConfigured,
    MailNotSent,
    MailRefused,
    MailStep,
    TooManyMails,
)
from vestibule.domain.errors.named import VestibuleError
from vestibule.domain.errors.outbound import (
    AddressNotAllowed,
    UpstreamAnswerTooLarge,
    UpstreamRefused,
    UpstreamTimeout,
    UpstreamUnreachable,
)
from vestibule.domain.errors.requests import (
    BadInput,
    CrossSiteRequest,
    MethodNotAllowed,
    NotAuthorized,
    PageNotFound,
    RealmNotFound,
)
from vestibule.domain.errors.service import Busy, StorageUnavailable, UndecryptableSecret
from vestibule.domain.errors.sign_in import (
    AccessNotAllowed,
    EmailMissing,
    LastWayIn,
    LoginExpired,
    NoSignInMethod,
    PasskeyRefused,
    PasswordRefused,
    SamePassword,
    SetupLinkInvalid,
    StrongerSignInNeeded,
    TooManyAttempts,
    WrongPassword,
)

DOMAIN_ERRORS: tuple[type[VestibuleError], ...] = (
    VestibuleError,
    RealmNotFound,
    PageNotFound,
    MethodNotAllowed,
    CrossSiteRequest,
    BadInput,
    NotAuthorized,
    LoginExpired,
    WrongPassword,
    TooManyAttempts,
    AccessNotAllowed,
    EmailMissing,
    NoSignInMethod,
    SetupLinkInvalid,
    PasskeyRefused,
    PasswordRefused,
    SamePassword,
    LastWayIn,
    StrongerSignInNeeded,
    Busy,
    StorageUnavailable,
    UndecryptableSecret,
    AddressNotAllowed,
    UpstreamUnreachable,
    UpstreamTimeout,
    UpstreamAnswerTooLarge,
    UpstreamRefused,
    MailNotConfigured,
    MailNotSent,
    MailRefused,
    TooManyMails,
    LinkExpired,
)

__all__ = [
    "DOMAIN_ERRORS",
    "AccessDenied",
    "AccessNotAllowed",
    "AddressNotAllowed",
    "AlreadyHere",
    "BadInput",
    "Busy",
    "ConcurrentEdit",
    "CrossSiteRequest",
    "EmailMissing",
    "LastWayIn",
    "LinkExpired",
    "LoginExpired",
    "MailNotConfigured",
    "MailNotSent",
    "MailRefused",
    "MailStep",
    "MethodNotAllowed",
    "NoSignInMethod",
    "NotAuthorized",
    "NotChangeable",
    "NotHere",
    "NotSignedIn",
    "PageNotFound",
    "PasskeyRefused",
    "PasswordRefused",
    "RealmNotFound",
    "SamePassword",
    "SetupLinkInvalid",
    "SignInTooOld",
    "StorageUnavailable",
    "StrongerSignInNeeded",
    "TooManyAttempts",
    "TooManyMails",
    "UndecryptableSecret",
    "UpstreamAnswerTooLarge",
    "UpstreamRefused",
    "UpstreamTimeout",
    "UpstreamUnreachable",
    "VestibuleError",
    "WrongPassword",
]
