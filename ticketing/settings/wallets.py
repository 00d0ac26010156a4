"""Keys for passes in the wallets of phones; docs/wallets.md says how to get them. Without them no pass is offered."""

from ticketing.settings.base import env

# Each is PEM, or the path of a file that holds it.
APPLE_WALLET_CERTIFICATE = env.str("APPLE_WALLET_CERTIFICATE", "", multiline=True)
APPLE_WALLET_KEY = env.str("APPLE_WALLET_KEY", "", multiline=True)
APPLE_WALLET_KEY_PASSWORD = env.str("APPLE_WALLET_KEY_PASSWORD", "")
APPLE_WALLET_WWDR_CERTIFICATE = env.str("APPLE_WALLET_WWDR_CERTIFICATE", "", multiline=True)
APPLE_WALLET_PASS_TYPE_ID = env.str("APPLE_WALLET_PASS_TYPE_ID", "")
APPLE_WALLET_TEAM_ID = env.str("APPLE_WALLET_TEAM_ID", "")
GOOGLE_WALLET_ISSUER_ID = env.str("GOOGLE_WALLET_ISSUER_ID", "")
# The JSON of a service account's key, or the path of a file that holds it.
GOOGLE_WALLET_SERVICE_ACCOUNT = env.str("GOOGLE_WALLET_SERVICE_ACCOUNT", "", multiline=True)
