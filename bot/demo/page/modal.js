/**
 * The modal on top of the person's stack, as the server has it. The dialog element traps the focus; Esc, Cancel and
 * the cross close the view on top. Typed values belong to a view id and survive updates and pushed views.
 */
import { append, h, iconButton, plain, uid } from "./dom.js";
import { renderBlocks, showError } from "./blocks.js";
import { FormValues, problemsIn } from "./form_values.js";

const TEXT_CONTROLS = "input[type=text],textarea";

export class ModalHost {
  /** `context({blocks, values, viewId, errors})` makes a block context; `onProblem(error)` shows a failed call. */
  constructor({ api, context, onProblem }) {
    Object.assign(this, { api, context, onProblem });
    this.values = new Map();
    this.current = null;
    this.dialog = h("dialog", { class: "dialog", data: { testid: "modal" } });
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.close();
    });
    this.dialog.addEventListener("keydown", (event) => this.key(event));
    document.body.append(this.dialog);
  }

  get open() {
    return this.dialog.open;
  }

  /** Show what the server says is on top: {view_id, view, hash, errors} or null. */
  sync(modal, user) {
    this.user = user;
    if (!modal) return this.hide();
    const same = this.current?.view_id === modal.view_id;
    const sig = JSON.stringify([modal.view, modal.hash]);
    if (!same || this.sig !== sig) {
      this.sig = sig;
      this.current = modal;
      this.show(modal, same);
    }
    this.takeErrors(modal.errors ?? {});
    return undefined;
  }

  /** The server repeats its errors with every state; only new ones are shown, the person may be mending the others. */
  takeErrors(errors) {
    const sig = JSON.stringify(errors);
    const news = sig !== this.errorSig && Object.keys(errors).length > 0;
    this.errorSig = sig;
    if (news) this.showErrors(errors);
  }

  hide() {
    this.current = null;
    this.sig = null;
    this.values.clear();
    if (this.dialog.open) this.dialog.close();
  }

  show(modal, update) {
    const kept = update ? rememberFocus(this.dialog) : null;
    this.build(modal);
    if (!this.dialog.open) this.dialog.showModal();
    if (kept) restoreFocus(this.dialog, kept);
    else (this.form.querySelector("[autofocus]") ?? firstControl(this.form) ?? firstControl(this.dialog)).focus();
  }

  build({ view_id: viewId, view, values: known }) {
    if (!this.values.has(viewId)) this.values.set(viewId, new FormValues(known));
    const values = this.values.get(viewId);
    const title = uid("modal");
    this.form = h("form", { class: "dialog-body", id: `${title}-form`, novalidate: true });
    this.form.append(
      renderBlocks(view.blocks, {
        ...this.context({ blocks: view.blocks, values, viewId }),
        onInput: (blockId) => this.clearError(blockId),
      }),
    );
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (view.submit) this.submit();
    });
    this.problem = h("div", { class: "dialog-problem", role: "alert", data: { testid: "modal-problem" } });
    this.dialog.setAttribute("aria-labelledby", title);
    this.dialog.replaceChildren(
      h(
        "header",
        {},
        h("h2", { id: title }, plain(view.title)),
        iconButton("close", "Close", { data: { testid: "modal-close" }, on: { click: () => this.close() } }),
      ),
      this.form,
      this.problem,
      this.foot(view, `${title}-form`),
    );
  }

  foot(view, formId) {
    this.submitButton = view.submit
      ? h(
          "button",
          { type: "submit", form: formId, class: "button button-primary", data: { testid: "modal-submit" } },
          h("span", {}, plain(view.submit)),
        )
      : null;
    const cancel = h(
      "button",
      { type: "button", class: "button", data: { testid: "modal-cancel" }, on: { click: () => this.close() } },
      plain(view.close) || (view.submit ? "Cancel" : "Close"),
    );
    return append(h("footer", { class: "dialog-foot" }), [cancel, this.submitButton]);
  }

  /** Enter in a one-line field of a form would submit by itself; Ctrl or Cmd with Enter does from anywhere. */
  key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && this.submitButton) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Tab") keepInside(event, this.dialog);
  }

  async submit() {
    if (this.submitting) return;
    const { view_id: viewId, view } = this.current;
    const values = this.values.get(viewId);
    const problems = problemsIn(view.blocks, values);
    this.showErrors(problems);
    if (Object.keys(problems).length) return;
    this.wait(true);
    try {
      const answer = await this.api.viewSubmit({
        user: this.user,
        view_id: viewId,
        values: values.snapshot(view.blocks),
      });
      if (answer.errors && this.current?.view_id === viewId) {
        this.errorSig = JSON.stringify(answer.errors);
        this.showErrors(answer.errors);
      }
    } catch (error) {
      this.problem.textContent = error.message;
    } finally {
      this.wait(false);
    }
  }

  wait(on) {
    this.submitting = on;
    this.submitButton?.classList.toggle("is-pending", on);
    this.submitButton?.setAttribute("aria-busy", String(on));
  }

  async close() {
    if (!this.current || this.closing) return;
    this.closing = true;
    try {
      await this.api.viewClose({ user: this.user, view_id: this.current.view_id });
    } catch (error) {
      this.onProblem(error);
    } finally {
      this.closing = false;
    }
  }

  /** Errors under their inputs, the first one in focus; an error for no input shown goes below the form. */
  showErrors(errors) {
    this.problem.textContent = "";
    let first = null;
    const left = { ...errors };
    for (const root of this.form.querySelectorAll(".block-input")) {
      const sentence = errors[root.dataset.blockId];
      delete left[root.dataset.blockId];
      showError(root, sentence);
      if (sentence) first ??= root;
    }
    this.problem.textContent = Object.values(left).join(" ");
    if (!first) return;
    firstControl(first)?.focus();
    first.scrollIntoView({ block: "nearest" });
  }

  clearError(blockId) {
    const root = this.form.querySelector(`.block-input[data-block-id="${CSS.escape(blockId)}"]`);
    if (root?.classList.contains("has-error")) showError(root, null);
  }
}

function firstControl(root) {
  return (
    root.querySelector("input,select,textarea,.multi-button") ?? root.querySelector("button[type=submit],button")
  );
}

function rememberFocus(dialog) {
  const active = dialog.contains(document.activeElement) ? document.activeElement : null;
  if (!active) return null;
  const holder = active.closest("[data-action-id]");
  const range = active.matches(TEXT_CONTROLS) ? [active.selectionStart, active.selectionEnd] : null;
  const scroll = dialog.querySelector(".dialog-body")?.scrollTop ?? 0;
  return {
    blockId: active.closest(".block")?.dataset.blockId,
    actionId: holder?.dataset.actionId,
    testid: active.dataset.testid,
    range,
    scroll,
  };
}

function restoreFocus(dialog, { blockId, actionId, testid, range, scroll }) {
  dialog.querySelector(".dialog-body").scrollTop = scroll;
  const block = blockId ? dialog.querySelector(`.block[data-block-id="${CSS.escape(blockId)}"]`) : dialog;
  const holder = actionId ? block?.querySelector(`[data-action-id="${CSS.escape(actionId)}"]`) : null;
  const button = testid ? dialog.querySelector(`[data-testid="${CSS.escape(testid)}"]`) : null;
  const control = holder?.matches("input,select,textarea,button")
    ? holder
    : (holder?.querySelector("input,button") ?? button ?? firstControl(dialog));
  control?.focus({ preventScroll: Boolean(holder) });
  if (range && control?.matches(TEXT_CONTROLS)) control.setSelectionRange(...range);
}

/** Tab from the last control goes to the first, and back. */
function keepInside(event, dialog) {
  const stops = [...dialog.querySelectorAll("a[href],button,input,select,textarea,[tabindex='0']")].filter(
    (node) => !node.disabled && node.offsetParent !== null,
  );
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement !== edge) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0]).focus();
}
