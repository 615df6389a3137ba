/** A process that stores what comes into an event file, and does nothing else: `ingest.ts <events> <db>`. */
import { Hub } from "../../server/hub.ts";
import { createPipeline } from "../../server/pipeline.ts";
import { EventFile } from "../../server/sources/event_file.ts";
import { listCursors, Writer } from "../../server/store/commit.ts";
import { openStore } from "../../server/store/db.ts";

const [path, db] = [Deno.args[0]!, Deno.args[1]!];
const store = openStore(db);
const pipeline = createPipeline({ writer: new Writer(store), hub: new Hub() });
const cursors = listCursors(store, "event_file");
await new EventFile({ path, max_line_bytes: 200_000, cursors }).start(pipeline.take);
