"""The words of every kind of mail in every language: fixed texts with named places, nothing else.

A place in braces is filled once, literally: what stands in a realm's name is never read as a text of ours.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "test",
    "verify-email",
    "set-password",
    "change-email",
    "change-asked",
    "email-changed",
    "password-changed",
    "expiry-reminder",
    "proof-code",
]
PLACES = frozenset({"realm", "address", "duration", "code", "tenant", "thing", "when", "date"})


@dataclass(frozen=True, slots=True)
class Words:
    """One kind of mail. `button` labels the link, blank where there is none; `after` follows it."""

    subject: str
    before: tuple[str, ...]
    button: str = ""
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Language:
    """What all mails of a language share: the foot, the line under a button, and how time is counted."""

    kinds: dict[Kind, Words]
    plain_link: str
    foot: str
    units: tuple[tuple[int, str, str], ...]
    """(seconds, singular, plural), the largest first."""


ENGLISH = Language(
    kinds={
        "test": Words(
            "{realm}: test mail",
            ("This is a test. The mail settings of {realm} work: this mail has reached {address}.",),
        ),
        "verify-email": Words(
            "{realm}: confirm your email address",
            ("Please confirm that {address} is your email address at {realm}.",),
            "Confirm email address",
            (
                "The link works once, for {duration}.",
                "If you did not expect this mail, you need not do anything.",
            ),
        ),
        "set-password": Words(
            "{realm}: set your password",
            ("With this link you choose a new password for your account at {realm}.",),
            "Set password",
            (
                "The link works once, for {duration}. A new password signs you out everywhere else.",
                "If you did not expect this mail, do not use the link; your present password stays as it is.",
            ),
        ),
        "change-email": Words(
            "{realm}: confirm your new email address",
            ("Please confirm that {address} shall be the new email address of your account at {realm}.",),
            "Confirm new address",
            (
                "The link works once, for {duration}. Until you use it, the old address stays.",
                "If you did not ask for this, you need not do anything.",
            ),
        ),
        "change-asked": Words(
            "{realm}: a new email address was asked for",
            (
                (
                    "Somebody who is signed in to your account at {realm} asked to change its email address "
                    "to {address}. The change takes effect when it is confirmed there."
                ),
                "If this was not you, change your password now and tell your administrator.",
            ),
        ),
        "email-changed": Words(
            "{realm}: your email address was changed",
            (
                (
                    "The email address of your account at {realm} is now {address}. "
                    "Mails will not come to this address any more."
                ),
                "If this was not you, tell your administrator at once.",
            ),
        ),
        "password-changed": Words(
            "{realm}: your password was changed",
            (
                "The password of your account at {realm} was changed. Other devices were signed out.",
                "If this was not you, tell your administrator at once.",
            ),
        ),
        "proof-code": Words(
            "{realm}: {code} is your code",
            (
                "Somebody signs in to {realm} by another service and says that your account is theirs.",
                "If that is you, type this code on the page where you are signing in: {code}",
            ),
            after=(
                "The code works once, for {duration}.",
                "If it is not you, do not tell anybody the code: nothing changes without it.",
            ),
        ),
        "expiry-reminder": Words(
            "{tenant}: {thing} {when}",
            ("At {tenant}, {thing} {when}. The last day on which it works: {date}.",),
            "Open it in the console",
            (
                (
                    "Make a new one at the provider before that day, and enter it in the console. "
                    "Both are taken until the old one ends, so that nobody is locked out in between."
                ),
            ),
        ),
    },
    plain_link="If the button does not work, copy this address into your browser:",
    foot="{realm} sent this mail because of your account there.",
    units=((86400, "day", "days"), (3600, "hour", "hours"), (60, "minute", "minutes")),
)

FRENCH = Language(
    kinds={
        "test": Words(
            "{realm} : message de test",
            (
                (
                    "Ceci est un test. La configuration de la messagerie de {realm} fonctionne : "
                    "ce message est arrivé à {address}."
                ),
            ),
        ),
        "verify-email": Words(
            "{realm} : confirmez votre adresse e-mail",
            ("Veuillez confirmer que {address} est votre adresse e-mail chez {realm}.",),
            "Confirmer l’adresse e-mail",
            (
                "Le lien fonctionne une seule fois, pendant {duration}.",
                "Si vous n’attendiez pas ce message, vous n’avez rien à faire.",
            ),
        ),
        "set-password": Words(
            "{realm} : définissez votre mot de passe",
            ("Ce lien vous permet de choisir un nouveau mot de passe pour votre compte chez {realm}.",),
            "Définir le mot de passe",
            (
                (
                    "Le lien fonctionne une seule fois, pendant {duration}. "
                    "Un nouveau mot de passe vous déconnecte partout ailleurs."
                ),
                (
                    "Si vous n’attendiez pas ce message, n’utilisez pas le lien ; "
                    "votre mot de passe actuel reste inchangé."
                ),
            ),
        ),
        "change-email": Words(
            "{realm} : confirmez votre nouvelle adresse e-mail",
            ("Veuillez confirmer que {address} doit devenir l’adresse e-mail de votre compte chez {realm}.",),
            "Confirmer la nouvelle adresse",
            (
                (
                    "Le lien fonctionne une seule fois, pendant {duration}. "
                    "Tant que vous ne l’avez pas utilisé, l’ancienne adresse reste valable."
                ),
                "Si vous n’avez rien demandé, vous n’avez rien à faire.",
            ),
        ),
        "change-asked": Words(
            "{realm} : une nouvelle adresse e-mail a été demandée",
            (
                (
                    "Une personne connectée à votre compte chez {realm} a demandé de remplacer son adresse "
                    "e-mail par {address}. Le changement prend effet une fois confirmé à cette adresse."
                ),
                (
                    "Si ce n’était pas vous, changez votre mot de passe maintenant "
                    "et prévenez votre administrateur."
                ),
            ),
        ),
        "email-changed": Words(
            "{realm} : votre adresse e-mail a été modifiée",
            (
                (
                    "L’adresse e-mail de votre compte chez {realm} est désormais {address}. "
                    "Les messages n’arriveront plus à cette adresse-ci."
                ),
                "Si ce n’était pas vous, prévenez immédiatement votre administrateur.",
            ),
        ),
        "password-changed": Words(
            "{realm} : votre mot de passe a été modifié",
            (
                (
                    "Le mot de passe de votre compte chez {realm} a été modifié. "
                    "Les autres appareils ont été déconnectés."
                ),
                "Si ce n’était pas vous, prévenez immédiatement votre administrateur.",
            ),
        ),
        "proof-code": Words(
            "{realm} : {code} est votre code",
            (
                "Quelqu’un se connecte à {realm} par un autre service et dit que votre compte est le sien.",
                "Si c’est vous, saisissez ce code sur la page où vous vous connectez : {code}",
            ),
            after=(
                "Le code fonctionne une fois, pendant {duration}.",
                "Si ce n’est pas vous, ne donnez ce code à personne : sans lui, rien ne change.",
            ),
        ),
        "expiry-reminder": Words(
            "{tenant} : {thing} {when}",
            ("Chez {tenant}, {thing} {when}. Dernier jour de validité : {date}.",),
            "Ouvrir dans la console",
            (
                (
                    "Créez-en un nouveau chez le fournisseur avant cette date et saisissez-le dans la "
                    "console. Les deux sont acceptés jusqu’à la fin de l’ancien : personne n’est bloqué "
                    "entre-temps."
                ),
            ),
        ),
    },
    plain_link="Si le bouton ne fonctionne pas, copiez cette adresse dans votre navigateur :",
    foot="{realm} vous envoie ce message au sujet du compte que vous y avez.",
    units=((86400, "jour", "jours"), (3600, "heure", "heures"), (60, "minute", "minutes")),
)

LANGUAGES = {"en": ENGLISH, "fr": FRENCH}
