// Small comforts: a password that can be looked at, details that can be copied, one submit for a double click.
"use strict";

for (const button of document.querySelectorAll("[data-reveal]")) {
  const field = document.getElementById(button.dataset.reveal);
  const show = (visible) => {
    field.type = visible ? "text" : "password";
    button.textContent = visible ? button.dataset.hide : button.dataset.show;
    button.setAttribute("aria-label", visible ? button.dataset.hideLabel : button.dataset.showLabel);
  };
  button.addEventListener("click", () => show(field.type === "password"));
  // Browsers remember what was typed into a text field, so it is a password again when it leaves.
  field.form.addEventListener("submit", () => show(false));
  button.hidden = false;
}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  const parts = button.dataset.copy.split(" ").map((id) => document.getElementById(id));
  const status = document.getElementById(button.dataset.status);
  const told = (term) => term.nextElementSibling.querySelector("code, time") ?? term.nextElementSibling;
  const lines = () => parts.flatMap((part) => part.matches("dl")
    ? [...part.querySelectorAll("dt")].map((term) => `${term.textContent.trim()}: ${told(term).textContent.trim()}`)
    : [part.textContent.trim()]);
  button.addEventListener("click", async () => {
    status.textContent = "";
    try {
      await navigator.clipboard.writeText(lines().join("\n"));
      status.textContent = status.dataset.done;
    } catch {
      status.textContent = status.dataset.failed;
    }
  });
  button.hidden = false;
}

document.addEventListener("submit", (event) => {
  const now = performance.now();
  if (now - (event.target.dataset.sentAt ?? -Infinity) < 1000) event.preventDefault();
  else event.target.dataset.sentAt = now;
});
