/** What a pane shows once the waiting is over, printed or written to a file as codexctl does. */
import { join } from "node:path";
import { readScreen } from "../codex/screen.ts";
import { CodexdashError, errorText } from "../error.ts";
import { tmux } from "../tmux/command.ts";
import { type DispatchedJob, recordLine, type Run } from "./run.ts";

export interface AnswerOptions {
  pane_id: string;
  /** Lines of scrollback to look through, and lines of them to show. */
  scroll: number;
  tail: number;
  /** Folder for one file per pane; without, the answer is printed. */
  outdir: string | undefined;
}

/**
 * Prints `=== %2 JOB:<id> ===` and the pane's last lines (REC codexctl-send-output), or writes them to
 * `<outdir>/pane2_<id>.txt` and prints `%2 <id> <file>`. Of what is printed the job's own part is
 * recorded. Throws `CodexdashError` "unavailable" when the pane is gone or the file cannot be written.
 */
export async function giveAnswer(
  run: Run,
  job: DispatchedJob,
  { pane_id, scroll, tail, outdir }: AnswerOptions,
): Promise<void> {
  const args = ["capture-pane", "-p", "-S", `-${scroll}`, "-t", pane_id];
  const { ok, stdout, stderr } = await tmux(run.config.tmux_socket, args);
  if (!ok) throw new CodexdashError("unavailable", `Cannot read pane ${pane_id}: ${stderr}`);
  const rows = stdout.replace(/\n$/, "").split("\n").slice(-tail);
  const head = outdir === undefined
    ? `=== ${pane_id} JOB:${job.job_id} ===`
    : `${pane_id} ${job.job_id} ${await writeAnswer(outdir, { job, pane_id, rows })}`;
  const printed = outdir === undefined ? rows : [];
  for (const text of [head, ...ownRows(printed, job.job_id)]) {
    recordLine(run, job, { text, stream: "stdout" });
  }
  const bytes = new TextEncoder().encode([head, ...printed].join("\n") + "\n");
  // Whoever read it may have gone (`| head`), which changes nothing about the job.
  await run.output?.stdout(bytes).catch(() => {});
}

/**
 * From the job's prompt on, without the composer and the footer below. Of a prompt that is not on the
 * screen, or was typed without its marker, nothing can be told from earlier ones.
 */
function ownRows(rows: readonly string[], job_id: string): string[] {
  const { prompts, content_rows } = readScreen(rows);
  const prompt = prompts.findLast(({ marker }) => marker === job_id);
  const own = prompt ? content_rows.filter((row) => row >= prompt.row) : [];
  return own.map((row) => rows[row]!);
}

async function writeAnswer(
  outdir: string,
  { job, pane_id, rows }: { job: DispatchedJob; pane_id: string; rows: string[] },
): Promise<string> {
  const file = join(outdir, `pane${pane_id.slice(1)}_${job.job_id}.txt`);
  try {
    await Deno.mkdir(outdir, { recursive: true });
    await Deno.writeTextFile(file, rows.join("\n") + "\n");
    return file;
  } catch (error) {
    const message = `Cannot write "${file}": ${errorText(error)}`;
    throw new CodexdashError("unavailable", message, { cause: error });
  }
}
