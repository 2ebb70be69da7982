// An OpenID Provider with npm oidc-provider, for one client, on a port of the loopback. Its settings come
// as JSON: { port, client, demandsPar, demandsNonce }. Anybody may sign in there by any name. Prints "ready".
// Reports what it refuses on standard error.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import Provider from "oidc-provider";

const { port, client, demandsPar, demandsNonce } = JSON.parse(process.argv[2]);

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const signingKey = { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: "upstream-1" };

const findAccount = (_context, id) => ({
  accountId: id,
  claims: () => ({ sub: id, email: `${id}@people.example`, email_verified: true, given_name: "Grace" }),
});

const provider = new Provider(`http://localhost:${port}`, {
  clients: [client],
  jwks: { keys: [signingKey] },
  cookies: { keys: [randomBytes(16).toString("hex")] },
  claims: { email: ["email", "email_verified"], profile: ["given_name"] },
  findAccount,
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: true },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: Boolean(demandsPar) },
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => Boolean(demandsNonce) },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    userinfo: { enabled: true },
  },
  // Its own guard against calls to the loopback is a dispatcher; both of us are at home there.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
});

for (const name of [
  "authorization.error", "backchannel.error", "end_session.error", "grant.error",
  "pushed_authorization_request.error", "server_error", "userinfo.error",
]) {
  provider.on(name, (_context, error) => console.error(name, error.message, error.error_detail ?? ""));
}
provider.on("backchannel.success", () => console.log("told"));
console.info = console.warn = () => {};

provider.listen(port, "localhost", () => console.log("ready"));
