"""Names of people, clients, roles and groups."""

from vestibule.representations.document import Element


def read_name(element: Element, member: str) -> str:
    """A name that must be there, without white space around it."""
    if not element.member(member).is_present:
        element.member(member).refuse("The member “{member}” is missing.", member=member)
    name = element.text(member, "")
    if not name or name != name.strip():
        element.member(member).refuse("A name is not empty and has no white space around it.")
    return name
