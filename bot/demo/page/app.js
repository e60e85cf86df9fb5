/** The demo page begins here: read the settings, then follow the pretend workspace as one of its people. */
import { Api } from "./api.js";
import { Desk } from "./desk.js";
import { closeMenu } from "./popup.js";

/** Keys that work everywhere: Ctrl or Cmd with K to write, Esc to close what is on top. */
function listenToKeys(desk) {
  document.addEventListener("keydown", (event) => {
    if (
      (event.ctrlKey || event.metaKey) &&
      event.key.toLowerCase() === "k" &&
      !document.querySelector("dialog[open]")
    ) {
      event.preventDefault();
      if (desk.place?.home) desk.go({ channel: desk.askChannel.id });
      desk.main.composer.focus();
    } else if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) {
      if (closeMenu({ refocus: true })) return;
      if (document.getElementById("app").dataset.drawer) desk.drawer(null);
      else if (desk.threadTs) desk.closeThread();
    }
  });
}

/** A link to one of the desk's tickets opens it here instead of elsewhere; so does such a link typed as address. */
function listenToLinks(desk) {
  window.addEventListener("hashchange", () => desk.openLinkedTicket());
  document.addEventListener("click", (event) => {
    const anchor = event.target.closest?.("a[href]");
    const ticket = anchor && !anchor.dataset.plain && desk.tickets.byUrl(anchor.getAttribute("href"));
    if (!ticket || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    desk.tickets.open(ticket.key);
  });
}

/** The settings, however long the server takes to come up. */
async function readConfig(api) {
  for (;;) {
    try {
      return await api.config();
    } catch (error) {
      if (!error.offline) console.warn("demo page: no settings yet", error);
      await new Promise((done) => setTimeout(done, 1_000));
    }
  }
}

const api = new Api();
const desk = new Desk(api, await readConfig(api));
listenToKeys(desk);
listenToLinks(desk);
desk.start();
