"""What the console's pages show. Most pages are one of three: a list, a form, or a record with sections.

A field of type `Text` is an English sentence or label that the page translates (a `Sentence` where it
holds values); every `str` is shown as it is. Addresses are paths of ours, complete with the base path.
"""

from vestibule.web.console.views.forms import (
    FieldGroup,
    FieldView,
    FormView,
    Outcome,
    Reading,
)
from vestibule.web.console.views.lists import (
    Button,
    Choice,
    Column,
    Filter,
    ListPage,
    ListView,
    Row,
)
from vestibule.web.console.views.page import (
    Banner,
    Cell,
    ConsolePage,
    Copyable,
    Crumb,
    Link,
    MenuGroup,
    MenuItem,
    Shell,
    Status,
    Text,
    Tone,
)
from vestibule.web.console.views.records import (
    ConfirmPage,
    Danger,
    Fact,
    LeavingPage,
    RecordPage,
    Section,
)

__all__ = [
    "Banner",
    "Button",
    "Cell",
    "Choice",
    "Column",
    "ConfirmPage",
    "ConsolePage",
    "Copyable",
    "Crumb",
    "Danger",
    "Fact",
    "FieldGroup",
    "FieldView",
    "Filter",
    "FormView",
    "LeavingPage",
    "Link",
    "ListPage",
    "ListView",
    "MenuGroup",
    "MenuItem",
    "Outcome",
    "Reading",
    "RecordPage",
    "Row",
    "Section",
    "Shell",
    "Status",
    "Text",
    "Tone",
]
