"""Cuts Tabler's stylesheet down to the families of classes that our pages use.

    .venv/bin/python scripts/tabler.py          write static/vendor/tabler.min.css anew
    .venv/bin/python scripts/tabler.py --check  change nothing; fail where the file is another

The whole is 635 kB, most of it parts that need Tabler's script or that nobody here shows; a browser reads
all of it before the first page is painted. What stays: rules without a class, and those whose every class
is of a family in `FAMILIES`. Pictures in `data:` addresses go too, which our content security policy
refuses: `console.css` draws them. The source is the npm package of `package-lock.json`: run `npm ci` before.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules" / "@tabler" / "core" / "dist" / "css" / "tabler.min.css"
TARGET = ROOT / "src" / "vestibule" / "web" / "static" / "vendor" / "tabler.min.css"
FAMILIES = re.compile(
    r"(btn|btn-(primary|danger|sm|link|icon)|card|card-(body|header|title|subtitle|footer)|alert|alert-\w+|badge"
    r"|form-(label|control|select|hint)|input-group(-text)?|icon"
    r"|table|table-(responsive|sm)|row|col(-\d+|-auto)?|g-\d|gap-\d|[mp][tbsexy]?-(\d|auto)"
    r"|d-(none|block|flex|grid)|flex-(wrap|column|fill)|align-items-\w+|justify-content-\w+|w-(50|100|auto)"
    r"|text-(start|center|end|secondary|nowrap|truncate|break)|fw-\w+|font-monospace|list-unstyled|small"
    r"|visually-hidden(-focusable)?)$"
)
SIGNS = re.compile(r"\"[^\"]*\"|'[^']*'|[{}()\[\];,]")
PROPERTY = re.compile(r"(--[\w-]+):(?:[^;{}\"']|\"[^\"]*\"|'[^']*')*(?:;|(?=\}))")
EMPTY = re.compile(r"(?<=[{}])[^{}]+\{\}")
CLASS = re.compile(r"\.(-?[A-Za-z_](?:[\w-]|\\.)*)")
NEGATED = re.compile(r":not\([^()]*\)")


def main() -> int:
    """0: all is well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    css = cut(SOURCE.read_text(encoding="utf-8"))
    if check:
        if TARGET.read_text(encoding="utf-8") == css:
            return 0
        print(f"{TARGET.relative_to(ROOT)} is not what scripts/tabler.py makes of Tabler", file=sys.stderr)
        return 1
    TARGET.write_text(css, encoding="utf-8")
    return 0


def cut(css: str) -> str:
    """The stylesheet with its notice, without what is not used here, and with a word about that."""
    notice = css[css.index("/*!") : css.index("*/")].rstrip()
    said = f"{notice}\n * Cut by scripts/tabler.py to what the pages use.\n */\n"
    body = css[css.index("*/") + 2 :].partition("/*# sourceMappingURL")[0]
    rules = "".join(_kept(body))
    return said + _without_unused(rules) + "\n"


def _kept(css: str) -> Iterator[str]:
    for prelude, block in _rules(css):
        if prelude.startswith(("@keyframes", "@property", "@media print")):
            continue
        if prelude.startswith("@"):
            inner, outer = "".join(_kept(block)), prelude
        else:
            inner = ";".join(each for each in _split(block, ";") if "data:" not in each)
            outer = ",".join(each for each in _split(prelude, ",") if _is_used(each))
        if inner and outer:
            yield f"{outer}{{{inner}}}"


def _is_used(selector: str) -> bool:
    if "[data-" in selector or "::-webkit-datetime" in selector:
        return False
    return all(FAMILIES.match(name) for name in CLASS.findall(NEGATED.sub("", selector)))


def _without_unused(css: str) -> str:
    """Without the custom properties that nothing here reads, again and again until none is left."""
    read = set(re.findall(r"var\((--[\w-]+)", css))
    slimmer = PROPERTY.sub(lambda found: found.group() if found.group(1) in read else "", css)
    if slimmer != css:
        return _without_unused(slimmer)
    return EMPTY.sub("", css).replace(";}", "}")


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Each rule's prelude and the text between its braces."""
    for rule in _split(css, "}", opening="{", closing="}"):
        prelude, brace, block = rule.partition("{")
        if brace:
            yield prelude.strip(), block


def _split(css: str, at: str, opening: str = "([", closing: str = ")]") -> Iterator[str]:
    """Splits at a sign that stands outside of strings and, itself counted, of brackets."""
    depth = begin = 0
    for found in SIGNS.finditer(css):
        sign = found.group()
        depth += (sign in opening) - (sign in closing)
        if sign == at and depth == 0:
            yield css[begin : found.start()]
            begin = found.end()
    if css[begin:].strip():
        yield css[begin:]


if __name__ == "__main__":
    sys.exit(main())
