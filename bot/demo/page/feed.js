/**
 * Keeps the page in step with the server: waits for changes, reads the whole state when there are some, and
 * reconnects quietly, with growing pauses, when the server goes away.
 */

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 5_000;
/** A wait that ends at once without news must not become a busy loop. */
const SHORTEST_ROUND = 150;

export class Feed {
  /** `onState(state)` gets every new state, `onLink(up)` whether the server answers. */
  constructor(api, { onState, onLink }) {
    this.api = api;
    this.onState = onState;
    this.onLink = onLink;
    this.run = 0;
  }

  /** Follow what `user` sees, from now on; a running follow ends. */
  follow(user) {
    this.run += 1;
    this.abort?.abort();
    this.abort = new AbortController();
    this.loop(user, this.run, this.abort.signal);
  }

  async loop(user, run, signal) {
    let version = null;
    let pause = FIRST_PAUSE;
    while (run === this.run) {
      try {
        version = await this.round(user, run, version, signal);
        pause = FIRST_PAUSE;
      } catch (error) {
        if (run !== this.run) return;
        if (!error?.offline) console.warn("demo page: the state could not be shown", error);
        version = null; // a restarted server counts from the beginning
        this.onLink(false);
        await sleep(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
    }
  }

  async round(user, run, version, signal) {
    const started = performance.now();
    if (version !== null) {
      const news = await this.api.changes(user, version, signal);
      if (news.version === version) {
        await sleep(Math.max(0, SHORTEST_ROUND - (performance.now() - started)));
        return version;
      }
    }
    const state = await this.api.state(user);
    if (run !== this.run) return version;
    this.onLink(true);
    this.onState(state);
    return state.version;
  }
}

function sleep(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
