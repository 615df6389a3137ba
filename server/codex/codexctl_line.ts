/** Lines that codexctl prints and that mean something by rule. */
import { JOB_ID } from "./markers.ts";

const SECTION = new RegExp(`^=== (%\\d+) JOB:(${JOB_ID}) ===$`);
const SAVED = /^(%\d+) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}) (\S.*)$/i;

/**
 * codexctl's line before a pane's answer, `=== %2 JOB:<id> ===`, or with --outdir the line in its
 * place, `%2 <id> <file>` (REC codexctl-send-output, codexctl-send-all-output).
 */
export function controllerSection(
  text: string,
): { pane_id: string; marker: string; output_path: string | null } | undefined {
  const section = SECTION.exec(text.trimEnd());
  if (section) return { pane_id: section[1]!, marker: section[2]!, output_path: null };
  const saved = SAVED.exec(text.trimEnd());
  return saved ? { pane_id: saved[1]!, marker: saved[2]!, output_path: saved[3]! } : undefined;
}
