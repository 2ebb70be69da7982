// Comforts of the console. Every page works without them: each action is a form or a link.
"use strict";

const said = document.getElementById("said");

// One submit for a double click.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method") === "dialog") return;
  const now = performance.now();
  if (now - (form.dataset.sentAt ?? -Infinity) < 1000) event.preventDefault();
  else form.dataset.sentAt = now;
});

// What was wrong with a field is not said of what stands there now.
const mend = (field) => {
  const error = document.getElementById(`${field.id}-error`);
  if (!error) return;
  error.closest(".field")?.classList.remove("field-wrong");
  error.remove();
  field.removeAttribute("aria-invalid");
  const notes = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== error.id);
  field.setAttribute("aria-describedby", notes.join(" "));
  const summary = document.querySelector(".problem-summary");
  for (const link of summary?.querySelectorAll("a") ?? []) {
    if (link.hash === `#${field.id}`) link.closest("li").remove();
  }
  if (summary && !summary.querySelector("li")) summary.remove();
};

document.addEventListener("input", ({ target }) => { if (target.id) mend(target); });

// Values that can be copied.
const prepareCopy = (root) => {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const word = button.querySelector(".copy-word");
  said.textContent = "";
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    word.textContent = said.textContent = button.dataset.done;
    setTimeout(() => { word.textContent = button.dataset.label; }, 2000);
  } catch {
    said.textContent = button.dataset.failed;
    button.parentElement.querySelector("input")?.select();
  }
});

// Secrets that can be looked at while they are typed; sent as passwords, so that no browser keeps them.
for (const button of document.querySelectorAll("[data-reveal]")) {
  const field = document.getElementById(button.dataset.reveal);
  const show = (visible) => {
    field.type = visible ? "text" : "password";
    button.textContent = visible ? button.dataset.hide : button.dataset.show;
    button.setAttribute("aria-pressed", visible);
  };
  button.addEventListener("click", () => show(field.type === "password"));
  field.form.addEventListener("submit", () => show(false));
  button.hidden = false;
}

// A colour's field and its swatch say the same.
for (const swatch of document.querySelectorAll("[data-colour-of]")) {
  const field = document.getElementById(swatch.dataset.colourOf);
  const follow = () => { if (/^#[0-9a-f]{6}$/i.test(field.value)) swatch.value = field.value; };
  field.addEventListener("input", follow);
  swatch.addEventListener("input", () => {
    field.value = swatch.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  follow();
  swatch.hidden = false;
}

// The question before a destructive action. Without this script the server asks it on a page.
const dialog = document.getElementById("confirm");
let asking = null;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.confirm || form.elements.confirmed) return;
  event.preventDefault();
  asking = { form, submitter: event.submitter };
  const label = event.submitter ?? form.querySelector("[type=submit]");
  const yes = dialog.querySelector("[data-yes]");
  document.getElementById("confirm-question").textContent = form.dataset.confirm;
  yes.textContent = label.firstChild.textContent;
  yes.className = label.classList.contains("btn-danger-quiet") ? "btn btn-danger" : "btn btn-primary";
  dialog.returnValue = "";
  dialog.showModal();
}, true);

dialog?.addEventListener("close", () => {
  if (dialog.returnValue !== "yes" || !asking) return;
  const answer = document.createElement("input");
  Object.assign(answer, { type: "hidden", name: "confirmed", value: "1" });
  asking.form.append(answer);
  delete asking.form.dataset.sentAt;
  asking.form.requestSubmit(asking.submitter);
});

// The tenant switch follows the choice; somebody who walks through it with the keyboard gets the button.
for (const form of document.querySelectorAll("[data-switch]")) {
  const select = form.querySelector("select");
  const button = form.querySelector("[type=submit]");
  let keyed = false;
  button.hidden = true;
  select.addEventListener("keydown", () => { keyed = true; button.hidden = false; });
  select.addEventListener("pointerdown", () => { keyed = false; });
  select.addEventListener("change", () => { if (!keyed && select.value) form.requestSubmit(); });
}

// A list that follows its search box. The browser parses the answer as a document without running
// anything in it; only the region of the list is taken over.
const lists = new WeakMap();

const refresh = (form, address) => {
  lists.get(form)?.abort();
  const request = new XMLHttpRequest();
  lists.set(form, request);
  request.open("GET", address);
  request.responseType = "document";
  request.addEventListener("load", () => {
    const region = document.getElementById(form.dataset.live);
    const found = request.response?.getElementById(form.dataset.live);
    if (request.status !== 200 || !found) { location.assign(address); return; }
    region.replaceWith(document.adoptNode(found));
    prepareCopy(found);
    history.replaceState(null, "", address);
    said.textContent = found.querySelector(".nothing-found, .count")?.textContent ?? "";
  });
  request.send();
};

const addressOf = (form) => {
  const address = new URL(form.getAttribute("action"), location);
  for (const [name, value] of new FormData(form)) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  return address.href;
};

for (const form of document.querySelectorAll("[data-live]")) {
  let timer = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => refresh(form, addressOf(form)), 200);
  });
}

// A part of a form that the server works out from the rest of it.
const ask = (address, fields, done, failed) => {
  const request = new XMLHttpRequest();
  request.open("POST", address);
  request.responseType = "document";
  request.setRequestHeader("content-type", "application/x-www-form-urlencoded");
  request.addEventListener("load", () => {
    if (request.status === 200 && request.response) done(request.response);
    else failed();
  });
  request.addEventListener("error", failed);
  request.send(fields.toString());
  return request;
};

const told = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

// The address of a provider's metadata fills in what stands there.
for (const region of document.querySelectorAll("[data-reads]")) {
  const form = region.closest("form");
  const sources = region.dataset.sources.split(" ").map((name) => form.elements[name]);
  const filled = new Map();
  const button = form.elements.read;
  if (button) button.hidden = true;
  let last = "", request = null;

  const valuesOf = () => new URLSearchParams(sources.map((field) => [field.name, field.value.trim()]));
  const is = (name) => {
    for (const line of region.querySelectorAll(":scope > p")) line.hidden = !line.classList.contains(name);
  };
  const clear = () => {
    region.querySelector("[data-outcome]")?.remove();
    is("");
    for (const [field, text] of filled) {
      if (field === document.activeElement) continue;
      if (field.type === "checkbox") field.checked = false;
      else if (field.value === text) field.value = "";
    }
    filled.clear();
  };
  const take = (found) => {
    const outcome = found.querySelector("[data-outcome]");
    if (!outcome) { is("reading-failed"); return; }
    is("");
    region.append(document.adoptNode(outcome));
    if (outcome.classList.contains("outcome-good")) mend(region.closest(".field").querySelector("[name]"));
    for (const { dataset, value } of outcome.querySelectorAll("[data-fills]")) {
      const field = form.elements[dataset.fills];
      if (!field || !value && field.type !== "checkbox") continue;
      if (field.type === "checkbox") field.checked = value === "on";
      else field.value = value;
      filled.set(field, field.value);
      told(field);
    }
    last = valuesOf().toString();
  };
  const read = () => {
    const values = valuesOf();
    if (values.toString() === last) return;
    last = values.toString();
    request?.abort();
    clear();
    if (![...values.values()].some(Boolean)) return;
    is("reading-now");
    request = ask(region.dataset.reads, values, take, () => is("reading-failed"));
  };
  for (const field of sources) {
    field.addEventListener("change", read);
    field.addEventListener("blur", read);
    field.addEventListener("paste", () => setTimeout(read));
  }
}

// The fields of another type. What was typed while they were on their way is kept, and so is the focus.
const exchange = (region, other) => {
  const focused = region.contains(document.activeElement) ? document.activeElement.name : "";
  for (const field of region.querySelectorAll("[name]")) {
    const same = other.querySelector(`[name="${field.name}"]`);
    if (same?.type !== field.type) continue;
    same.value = field.value;
    same.checked = field.checked;
  }
  region.replaceWith(other);
  if (focused) other.querySelector(`[name="${focused}"]`)?.focus();
};
for (const select of document.querySelectorAll("[data-redraws]")) {
  const form = select.form;
  const button = form.elements.redraw;
  button.hidden = true;
  select.addEventListener("change", () => {
    const fields = new URLSearchParams(new FormData(form, button));
    ask(form.action, fields, (found) => {
      const region = document.getElementById(select.dataset.redraws);
      const other = found.getElementById(select.dataset.redraws);
      if (other) exchange(region, document.adoptNode(other));
      else form.requestSubmit(button);
    }, () => form.requestSubmit(button));
  });
}

// Changes that nobody saved.
const changed = new Set();
for (const form of document.querySelectorAll("[data-guard]")) {
  const before = new URLSearchParams(new FormData(form)).toString();
  form.addEventListener("input", () => {
    const differs = new URLSearchParams(new FormData(form)).toString() !== before;
    changed[differs ? "add" : "delete"](form);
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget !== "_blank") changed.delete(form);
  });
}
addEventListener("beforeunload", (event) => { if (changed.size) event.preventDefault(); });

prepareCopy(document);
