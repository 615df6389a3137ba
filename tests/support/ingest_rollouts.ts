/** A process that stores what session files say, and does nothing else: `ingest_rollouts.ts <home> <db>`. */
import { Hub } from "../../server/hub.ts";
import { createPipeline } from "../../server/pipeline.ts";
import { Rollouts } from "../../server/sources/rollouts.ts";
import { listCursors, Writer } from "../../server/store/commit.ts";
import { openStore } from "../../server/store/db.ts";

const [home, db] = [Deno.args[0]!, Deno.args[1]!];
const store = openStore(db);
const pipeline = createPipeline({ writer: new Writer(store), hub: new Hub() });
const cursors = listCursors(store, "rollouts");
await new Rollouts({ homes: [home], horizon_days: 30, cursors }).start(pipeline.take);
