// Passkeys: autofill and a button when signing in, a button when enrolling.
//
// <form data-passkey="get|create" data-options-url="…"> says what to do. The options come from the
// server as JSON, the credential goes back as JSON text in the form's field `credential`. What the
// person reads is in the page (#passkey-texts), so that it is translated there.
"use strict";

const form = document.querySelector("form[data-passkey]");

if (form && window.PublicKeyCredential) {
  const creating = form.dataset.passkey === "create";
  const status = document.getElementById("passkey-status");
  const texts = [...document.querySelectorAll("#passkey-texts [data-name]")];
  const refreshAfter = 4 * 60 * 1000; // a challenge lives five minutes
  let running = null;
  let refresh = 0;

  const say = (name) => {
    const text = texts.find((item) => item.dataset.name === name) ??
      texts.find((item) => item.dataset.name === "OtherError");
    status.classList.toggle("problem", name !== "Waiting");
    status.textContent = text.textContent;
  };

  const decode = (text) => Uint8Array.from(
    atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

  const encode = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  const withBytes = (descriptors) => (descriptors ?? []).map((item) => ({ ...item, id: decode(item.id) }));

  const parse = (options) => {
    const native = creating ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
    if (PublicKeyCredential[native]) return PublicKeyCredential[native](options);
    const parsed = { ...options, challenge: decode(options.challenge) };
    if (!creating) return { ...parsed, allowCredentials: withBytes(options.allowCredentials) };
    return {
      ...parsed,
      user: { ...options.user, id: decode(options.user.id) },
      excludeCredentials: withBytes(options.excludeCredentials),
    };
  };

  const write = (credential) => {
    if (credential.toJSON) return JSON.stringify(credential);
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = encode(credential.response[name]);
    }
    if (credential.response.getTransports) response.transports = credential.response.getTransports();
    return JSON.stringify({
      id: credential.id,
      rawId: encode(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment ?? null,
      clientExtensionResults: credential.getClientExtensionResults(),
      response,
    });
  };

  const neededFields = (form.dataset.needs ?? "").split(" ").filter(Boolean).map((name) => form.elements[name]);

  const fetchOptions = async (signal) => {
    const headers = { "Content-Type": "application/json", Accept: "application/json" };
    const answer = await fetch(form.dataset.optionsUrl, { method: "POST", headers, body: "{}", signal });
    if (!answer.ok) throw new DOMException("", "OptionsError");
    return answer.json();
  };

  const begin = () => {
    clearTimeout(refresh);
    running?.abort();
    running = new AbortController();
    return running.signal;
  };

  const ask = async (signal, mediation) => {
    const options = { publicKey: parse(await fetchOptions(signal)), signal };
    if (mediation) options.mediation = mediation;
    const credential = await navigator.credentials[creating ? "create" : "get"](options);
    clearTimeout(refresh);
    form.elements.credential.value = write(credential);
    form.submit();
  };

  const offerAutofill = async () => {
    if (!("autofill" in form.dataset)) return;
    if (!await PublicKeyCredential.isConditionalMediationAvailable?.()) return;
    const signal = begin();
    refresh = setTimeout(offerAutofill, refreshAfter);
    try {
      await ask(signal, "conditional");
    } catch (error) {
      // Nobody asked for it yet, so a failure is silent; the button remains.
      if (!signal.aborted) clearTimeout(refresh);
    }
  };

  const start = async () => {
    if (!neededFields.every((field) => field.reportValidity())) return;
    const signal = begin();
    say("Waiting");
    try {
      await ask(signal);
    } catch (error) {
      if (signal.aborted) return; // a newer attempt took over
      say(error instanceof TypeError ? "NetworkError" : error.name);
      offerAutofill();
    }
  };

  for (const part of document.querySelectorAll("[data-passkey-only]")) part.hidden = false;
  for (const field of document.querySelectorAll("input[name=passkey_supported]")) field.value = "1";
  document.querySelector("[data-passkey-start]").addEventListener("click", start);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) status.textContent = "";
    if (event.persisted) offerAutofill();
  });
  offerAutofill();
} else if (form) {
  for (const part of document.querySelectorAll("[data-passkey-without]")) part.hidden = false;
}
