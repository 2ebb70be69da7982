"""What to do where the provider is right and the person cannot come in here."""

from vestibule.domain.errors import (
    AccountDisabled,
    AccountNotLinked,
    AlreadyLinked,
    DomainNotAllowed,
    OtherAccountLinked,
    PersonNotHere,
    TenantNotAllowed,
    WrongCode,
)
from vestibule.flows.error_fixes.fix import Fix

ACCOUNT_FIXES = (
    Fix(
        AccountNotLinked,
        "Somebody here has the address that the provider told, and the provider is not trusted to say whose "
        "it is. Nothing was linked.",
        (
            "Trust e-mail is off for the provider.",
            "The address here was never confirmed, so that it proves nothing either.",
        ),
        "Sign in as before. On your account page, under Linked accounts, you can link the other service "
        "yourself; or ask your administrator to trust it.",
        (
            "Switch on Trust e-mail, if the provider hands out addresses only to those whom they belong to.",
            "Else link the person yourself: Users, the person, Identity provider links.",
        ),
    ),
    Fix(
        PersonNotHere,
        "The provider is for people who are here already, and this person is not.",
        (
            "“Who may join” is “Only people who are already here”.",
            "The person has another address here than at the provider.",
        ),
        "Ask your administrator to add you.",
        ("Add the person under Users with the address that the provider tells, or let others join.",),
    ),
    Fix(
        DomainNotAllowed,
        "The provider is for addresses of certain domains, and the person's is of another, or not confirmed.",
        (
            "The person signed in there with a private account.",
            "A domain of the organization is missing in the list.",
        ),
        "Sign out there, start again, and take your address of the organization.",
        ("Compare Domains with the person's address.",),
    ),
    Fix(
        TenantNotAllowed,
        "The person comes from an Entra tenant that is not on the list, and nothing proves who they are.",
        (
            "The provider is set up for all organizations (`common`), and this one was never let in.",
            "The person has no account here that they could prove.",
        ),
        "Ask your administrator to add your organization.",
        ("Add the tenant's ID to Tenants, if its people shall come.",),
    ),
    Fix(
        AccountDisabled,
        "The person is switched off here. What the provider says does not change that.",
        ("An administrator switched the account off.",),
        "Ask your administrator.",
        ("Switch the account on under Users, if the person shall come in again.",),
    ),
    Fix(
        AlreadyLinked,
        "The account at the provider is linked to another account here.",
        (
            "The person has two accounts here.",
            "Two people share an account at the provider.",
        ),
        "Sign in with that account and unlink it on its account page, under Linked accounts.",
        ("Look under Users, the person, Identity provider links, and unlink what is wrong.",),
    ),
    Fix(
        OtherAccountLinked,
        "The person has linked another account of the same provider.",
        ("The person has two accounts at the provider.",),
        "Unlink the other one on your account page, under Linked accounts.",
        ("Look under Users, the person, Identity provider links, and unlink what is wrong.",),
    ),
    Fix(
        WrongCode,
        "The code that was typed is not the one that was mailed, or it is used up.",
        ("A later mail replaced it.", "More than 10 minutes passed, or it was used already."),
        "Take the code of the newest mail, or have a new one sent.",
        ("If no mail arrives, send a test under Realm settings, E-mail.",),
    ),
)
