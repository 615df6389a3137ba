/** What the HTTP surface needs from the rest of the program; `serve` hands it in. */
import type { Config } from "../config.ts";
import type { Hub } from "../hub.ts";
import type { Store } from "../store/db.ts";
import type { Prices } from "../tokens/prices.ts";
import type { DispatchRequest, DoctorReport } from "../wire.ts";

/** What `POST /api/dispatch` answers with. */
export interface DispatchAnswer {
  /** The process that delivers the prompt, where there is one. */
  pid: number | null;
  /** The job of a dispatch to one target; of several, the dispatch's own id. */
  job_id: string;
}

export interface AppDeps {
  config: Config;
  store: Store;
  hub: Hub;
  prices: Prices;
  version: string;
  started_ts: number;
  /** Resolves once the prompt is on its way. Throws `CodexdashError` when it cannot be. */
  dispatch(request: DispatchRequest): Promise<DispatchAnswer>;
  doctor(): Promise<DoctorReport>;
  /** Aborted when the server stops: sockets are told to come back. */
  stopping?: AbortSignal;
}
