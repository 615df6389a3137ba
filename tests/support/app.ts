/** The HTTP surface over a real store and hub, with what is sent and reported under the test's hand. */
import { createApp } from "../../server/app.ts";
import { type Config, loadConfig } from "../../server/config.ts";
import { Hub } from "../../server/hub.ts";
import { readUsageNow } from "../../server/store/usage_now.ts";
import { Prices } from "../../server/tokens/prices.ts";
import type { Change, DispatchRequest, DoctorReport, EventPayload } from "../../server/wire.ts";
import { TestStore } from "./store.ts";

const REPORT: DoctorReport = {
  agents: {
    fast: {
      pane_id: "%1",
      window_name: "agents",
      responsive: true,
      auth_needed: false,
      mode: "panes",
    },
  },
  findings: [{
    id: "tmux",
    severity: "ok",
    title: "tmux is installed",
    detail: "tmux 3.3a",
    remedy: null,
  }],
  ts: 1,
};

interface Options {
  config?: Partial<Config>;
  dispatch?: (request: DispatchRequest) => Promise<{ pid: number | null; job_id: string }>;
}

export class TestApp implements AsyncDisposable {
  readonly base = new TestStore();
  readonly hub = new Hub();
  readonly dispatched: DispatchRequest[] = [];
  readonly #stopping = new AbortController();
  readonly app;
  #server: Deno.HttpServer<Deno.NetAddr> | undefined;

  constructor({ config = {}, dispatch }: Options = {}) {
    this.hub.setUsage(() => readUsageNow(this.base.store));
    const settings = { ...loadConfig({}, {}), ...config };
    this.app = createApp({
      config: settings,
      prices: new Prices(settings.prices),
      store: this.base.store,
      hub: this.hub,
      version: "0.0.0",
      started_ts: 1,
      dispatch: dispatch ?? ((request) => {
        this.dispatched.push(request);
        return Promise.resolve({ pid: null, job_id: "job-1" });
      }),
      doctor: () => Promise.resolve(REPORT),
      stopping: this.#stopping.signal,
    });
  }

  /** Commits and tells, as the pipeline does. */
  commit(...events: EventPayload[]): Change {
    const change = this.base.commit(...events);
    this.hub.publish(change);
    return change;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return Promise.resolve(this.app.request(path, { headers }));
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return Promise.resolve(this.app.request(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    }));
  }

  /** `http://127.0.0.1:<port>` of this app on a real port. */
  serve(): string {
    this.#server ??= Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, this.app.fetch);
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** The URL of a socket; `query` in the order given. */
  socketUrl(path: string, query: Record<string, string | number> = {}): string {
    const search = new URLSearchParams(
      Object.entries(query).map(([key, value]) => [key, String(value)]),
    );
    return `${this.serve().replace("http", "ws")}${path}?${search}`;
  }

  /** What the server does when it stops. */
  stop(): void {
    this.#stopping.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.#server?.shutdown();
    this.base[Symbol.dispose]();
  }
}

/** One job's life on one agent, as events. */
export function jobEvents(job_id: string, ts = 1_000): EventPayload[] {
  const head = { agent: "fast", pane_id: "%1" };
  return [
    { type: "agent_mapped", ts, ...head, window_name: "agents", session: "codexctl" },
    {
      type: "dispatch",
      ts: ts + 1,
      dispatch_id: job_id,
      jobs: [{ job_id, ...head }],
      job_id,
      ...head,
      prompt_text: "say hello",
      prompt_hash: "00",
      prompt_bytes: 9,
      model: "gpt-5",
      driver: "builtin",
    },
    { type: "receipt", ts: ts + 2, job_id, receipt: "submitted", ...head },
    {
      type: "agent_state",
      ts: ts + 3,
      ...head,
      status: "working",
      status_source: "title",
      status_detail: null,
      outcome: null,
    },
    { type: "pane_output", ts: ts + 4, ...head, job_id, text: "hello" },
    { type: "controller_output", ts: ts + 5, job_id, text: "sent", stream: "stdout" },
    {
      type: "agent_state",
      ts: ts + 6,
      ...head,
      status: "idle",
      status_source: "title",
      status_detail: null,
      outcome: "done",
    },
  ];
}

/** An output event, of about as many bytes as asked for. */
export function outputEvent(text: string, bytes = 0): EventPayload {
  return { type: "pane_output", ts: 5_000, agent: "fast", text: text.padEnd(bytes, ".") };
}
