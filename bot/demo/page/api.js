/**
 * The page's only way to the server. Every method answers with the parsed JSON object or throws `ApiError` with a
 * sentence that can be shown to a person.
 */

/** The server said no, or did not answer at all (`offline`). `told`: the state has a notice about it already. */
export class ApiError extends Error {
  constructor(message, { offline = false, told = false } = {}) {
    super(message);
    this.name = "ApiError";
    this.offline = offline;
    this.told = told;
  }
}

/** Longest wait for an answer, in ms. A change is waited for up to 20 s by the server; a submit up to its own 3 s. */
const TIMEOUT = 30_000;

export class Api {
  constructor({ base = "/demo/api", fetcher = (...args) => fetch(...args) } = {}) {
    this.base = base;
    this.fetcher = fetcher;
  }

  config() {
    return this.get("/config");
  }

  state(user) {
    return this.get("/state", { user });
  }

  /** Waits until something changed after version `since`, or about 20 s. */
  changes(user, since, signal) {
    return this.get("/changes", { since, user }, signal);
  }

  tickets() {
    return this.get("/tickets");
  }

  message(body) {
    return this.post("/message", body);
  }

  command(body) {
    return this.post("/command", body);
  }

  action(body) {
    return this.post("/action", body);
  }

  shortcut(body) {
    return this.post("/shortcut", body);
  }

  reaction(body) {
    return this.post("/reaction", body);
  }

  openHome(user) {
    return this.post("/home", { user });
  }

  /** A file chosen in a form; resolves with Slack's object for it. */
  async upload(user, file) {
    return (await this.post("/upload", { user, ...(await packed(file)) })).file;
  }

  /** A file as a message. */
  async share(body, file) {
    return this.post("/share", { ...body, ...(await packed(file)) });
  }

  /** Resolves also when the form was refused: then with {ok: false, errors: {block_id: sentence}}. */
  viewSubmit(body) {
    return this.post("/view_submit", body);
  }

  viewClose(body) {
    return this.post("/view_close", body);
  }

  get(path, query = {}, signal = undefined) {
    const params = new URLSearchParams(query).toString();
    return this.call(path + (params ? `?${params}` : ""), { signal });
  }

  post(path, body) {
    return this.call(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  async call(path, options) {
    const timeout = AbortSignal.timeout(TIMEOUT);
    const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
    let response;
    try {
      response = await this.fetcher(this.base + path, { ...options, signal });
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw new ApiError("The demo server isn't answering. Is it still running?", { offline: true });
    }
    return readBody(response);
  }
}

async function readBody(response) {
  const body = await response.json().catch(() => null);
  if (body && body.ok === false && !body.errors) throw new ApiError(sentence(body), { told: response.ok });
  if (!body || (!response.ok && !body.errors)) {
    throw new ApiError(body ? sentence(body) : `The demo server answered ${response.status} without saying why.`);
  }
  return body;
}

/** Slack's error codes are words with underscores; a person reads a sentence. */
function sentence({ message, error }) {
  if (message) return String(message);
  const code = String(error ?? "unknown");
  return /\s/.test(code) ? code : `That didn't go through (${code.replaceAll("_", " ")}). Try again in a moment.`;
}

/** A file as it travels in JSON. */
async function packed(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return { name: file.name, mimetype: file.type || undefined, content: btoa(text) };
}
