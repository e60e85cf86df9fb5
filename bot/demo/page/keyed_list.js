/**
 * Keep a list's elements in step with data by key: what did not change keeps its element, and with it hover, focus,
 * typed text and scroll position.
 */

const signatures = new WeakMap();

/**
 * `items` are {key, sig, make()}; `make` runs only for new items and for those whose `sig` changed. Answers with the
 * nodes that were made.
 */
export function syncList(root, items) {
  const old = new Map([...root.children].map((node) => [node.dataset.key, node]));
  const wanted = new Set(items.map((item) => item.key));
  for (const [key, node] of old) if (!wanted.has(key)) node.remove();
  const made = [];
  let cursor = root.firstElementChild;
  for (const item of items) {
    let node = old.get(item.key);
    if (!node || signatures.get(node) !== item.sig) {
      const fresh = item.make();
      fresh.dataset.key = item.key;
      signatures.set(fresh, item.sig);
      made.push(fresh);
      if (node) {
        if (cursor === node) cursor = fresh;
        swap(node, fresh);
      }
      node = fresh;
    }
    if (cursor === node) cursor = node.nextElementSibling;
    else root.insertBefore(node, cursor);
  }
  return made;
}

/** Replace a node; if the focus was in it, it goes to the same control of the new one, or to the new one itself. */
function swap(node, fresh) {
  const focused = node.contains(document.activeElement) ? document.activeElement : null;
  node.replaceWith(fresh);
  if (!focused) return;
  const { actionId, testid } = focused.dataset;
  const same = actionId
    ? `[data-action-id="${CSS.escape(actionId)}"]`
    : testid
      ? `[data-testid="${CSS.escape(testid)}"]`
      : null;
  const target = (same && fresh.querySelector(same)) ?? fresh;
  target.focus({ preventScroll: true });
}
