"""The dashboard, and Integrations > Applications: the catalogue, the OIDC form, the guides."""
