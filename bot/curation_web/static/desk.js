// Keyboard and live preview. The desk works without this file; it only saves steps.
"use strict";

const inField = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
const rows = [...document.querySelectorAll("table[data-rows] > tbody > tr")];
let at = -1;

function goTo(place) {
  if (!rows.length) return;
  rows[at]?.classList.remove("here");
  at = Math.max(0, Math.min(rows.length - 1, place));
  rows[at].classList.add("here");
  const link = rows[at].querySelector("th a, a");
  (link ?? rows[at]).focus({ preventScroll: true });
  rows[at].scrollIntoView({ block: "nearest" });
}

// On a phone the pages stand in one line that scrolls.
const links = document.querySelector("header nav ul");
const current = links?.querySelector("[aria-current]");
if (current) links.scrollLeft = current.offsetLeft - links.offsetLeft - links.clientWidth / 3;

const keys = {
  j: () => goTo(at + 1),
  k: () => goTo(at - 1),
  x: () => rows[at]?.querySelector("input[type=checkbox]")?.click(),
  "?": () => document.getElementById("keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (inField(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const named = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (keys[event.key]) keys[event.key]();
  else if (named?.matches("a, button")) named.click();
  else if (named) { named.focus(); named.select?.(); }
  else return;
  event.preventDefault();
});

// Ticking many rows at once, and how many are ticked.
const all = document.querySelector("[data-all]");
if (all) {
  const boxes = [...document.querySelectorAll("table[data-rows] input[name=id]")];
  const count = document.querySelector("[data-count]");
  const tell = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    count.textContent = ticked ? `(${ticked})` : "";
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.hidden = false;
  all.addEventListener("change", () => { boxes.forEach((box) => { box.checked = all.checked; }); tell(); });
  boxes.forEach((box) => box.addEventListener("change", tell));
  tell();
}

// The answer as people will read it, a moment after the last key.
const preview = document.querySelector("[data-preview]");
if (preview) {
  const form = preview.closest("form");
  const answer = form.elements.namedItem("answer");
  let waiting = 0;
  let latest = 0;
  document.querySelectorAll("[data-noscript]").forEach((button) => { button.hidden = true; });
  const show = async () => {
    const mine = ++latest;
    const body = new URLSearchParams({ form_token: form.elements.namedItem("form_token").value, answer: answer.value });
    const reply = await fetch(preview.dataset.preview, { method: "POST", body }).catch(() => null);
    if (reply?.ok && mine === latest) preview.innerHTML = await reply.text();
  };
  answer.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(show, 250); });
}

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});
window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => delete form.dataset.sent));
