"""OpenID Connect and OAuth 2.0 as pure rules, without input or output."""
