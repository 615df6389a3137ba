/** The heart: commit a batch, and only then tell. */
import type { Hub } from "./hub.ts";
import type { Batch } from "./sources/source.ts";
import type { Writer } from "./store/commit.ts";
import type { NewEvent } from "./wire.ts";

export interface Pipeline {
  /** Returns after the batch is committed and told; throws when it could not be stored. */
  take(batch: Batch): void;
}

export function createPipeline({ writer, hub }: { writer: Writer; hub: Hub }): Pipeline {
  return {
    take(batch) {
      const { source, cursor } = batch;
      hub.publish(writer.commit({ source, cursor, events: newEvents(batch) }));
    },
  };
}

function newEvents(batch: Batch): NewEvent[] {
  switch (batch.kind) {
    case "lines":
      return batch.events;
    case "events":
      return batch.events.map((payload) => ({
        payload,
        payload_text: JSON.stringify(payload),
        offset: null,
      }));
    default:
      return batch satisfies never;
  }
}
