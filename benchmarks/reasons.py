"""Why a figure misses its target, by its path in the JSON: what `docs/performance.md` says beside it."""

HTTP = (
    "The bare answer is two messages of one fixed application; this adds the route, the realm "
    "from the cache, counting and the log, some 10 µs that are nearly half of the bare answer."
)
READS = (
    "The bare answer takes 20 to 30 µs, five of them leave 100 to 150. The request reads the "
    "token, two rows of the database and the cached client, and writes a log line; introspection "
    "authenticates the client as well."
)
CACHED = (
    "A token that was seen before is not verified again, which makes the small case cheaper, not "
    "the large one dearer: with more tokens in use than the cache holds, the signature is checked "
    "at each request."
)

SPREAD = (
    "Rows and documents that lie far apart: the processor finds fewer of them in its caches and the "
    "database reads other pages. On this shared machine the figure moves by a tenth between runs."
)

REASONS: dict[str, str] = {
    "operations.discovery": HTTP,
    "operations.jwks": HTTP,
    "operations.code_flow": (
        "Three requests and two durable commits beside the two signatures: authorization 0.25 to "
        "0.3 ms, the token request 0.5 ms without its signatures, userinfo 0.15 ms. The commits "
        "of parallel requests are shared already; what remains is spread thinly over parsing, "
        "checks, encoding and the statements themselves."
    ),
    "operations.refresh": (
        "Beside the two signatures: client authentication, one select, one durable update, two "
        "token bodies. Runs before the update was cut to one page of the write-ahead log stood "
        "here at up to 1.7."
    ),
    "operations.userinfo": READS,
    "operations.introspection": READS,
    "operations.password_sign_in": (
        "Five requests, two rendered pages and five durable commits. Each hash runs through 19 "
        "MiB of memory, so that everything after it starts with cold processor caches: without "
        "the hash in between the same five requests cost about half."
    ),
    "growth.5000_realms.discovery": SPREAD,
    "growth.1000000_people.refresh": SPREAD,
    "growth.5000_realms.userinfo": CACHED,
    "growth.5000_realms.introspection": CACHED,
    "growth.1000000_people.userinfo": CACHED,
    "growth.1000000_people.introspection": CACHED,
    "memory_mb.5000_realms.after_load": (
        "A realm that signed keeps some 23 kB: the loaded key with OpenSSL's working values (9 "
        "kB), settings, the client, the published keys. Dropping keys would meet this figure and "
        "cost each seldom used realm a key load of 0.25 ms at its next token; we keep the speed."
    ),
}
