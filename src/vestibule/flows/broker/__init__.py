"""Signing in through another identity provider: begun here, answered there, and decided here.

`begin` sends the browser away, `complete` takes its answer, `exchange` asks the provider itself; `account`
finds out who that is here, `steps` what is still due of them, `mapping` what the connection's mappers make of
it, `arrival` writes it.
"""
