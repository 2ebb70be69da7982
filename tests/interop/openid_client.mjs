// One whole sign-in with openid-client v6, non-repudiation checks on. The browser's part is plain
// fetch with a cookie jar and our forms' documented names. Prints what it learnt as JSON.
import * as client from "openid-client";

const [issuer, clientId, clientSecret, callback, username, password, algorithm] = process.argv.slice(2);

const metadata = { client_secret: clientSecret, id_token_signed_response_alg: algorithm };
const config = await client.discovery(new URL(issuer), clientId, metadata, undefined, {
  execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
});

const cookies = new Map();

async function visit(url, form) {
  const headers = { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
  const body = form && new URLSearchParams(form);
  const answer = await fetch(url, { method: form ? "POST" : "GET", headers, body, redirect: "manual" });
  for (const cookie of answer.headers.getSetCookie()) {
    const [pair] = cookie.split(";");
    cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
  }
  const location = answer.headers.get("location");
  if (!location) return { url, page: await answer.text() };
  const target = new URL(location, url);
  return target.href.startsWith(callback) ? { url: target } : visit(target);
}

const action = ({ url, page }) =>
  new URL(/<form method="post" action="([^"]+)"/.exec(page)[1].replaceAll("&amp;", "&"), url);

const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const nonce = client.randomNonce();
const start = client.buildAuthorizationUrl(config, {
  redirect_uri: callback,
  scope: "openid email profile",
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
  state,
  nonce,
});

const named = await visit(start);
const asked = await visit(action(named), { username, continue: "1" });
const back = await visit(action(asked), { username, password, "sign-in": "1" });

const tokens = await client.authorizationCodeGrant(config, back.url, {
  pkceCodeVerifier: verifier,
  expectedState: state,
  expectedNonce: nonce,
  idTokenExpected: true,
});
const claims = tokens.claims();
const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
const introspected = await client.tokenIntrospection(config, refreshed.access_token);
await client.tokenRevocation(config, refreshed.refresh_token);
const revoked = await client.tokenIntrospection(config, refreshed.access_token);

console.log(JSON.stringify({ claims, userinfo, active: introspected.active, revoked: !revoked.active }));
