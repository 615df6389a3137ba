/** The tab's title and icon: how many agents wait for a person is seen without opening the page. */
import { effect } from "@preact/signals";
import { thread_detail } from "./codex_state.ts";
import { shorten } from "./format.ts";
import { job_detail, page_name, problem, waiting } from "./state.ts";
import { threadName } from "./thread_words.ts";

/** `(1) Jobs · CodexDash`; the tower's is only `(1) CodexDash`. */
export function pageTitle(): string {
  const name = pageWords();
  const count = waiting.value.length ? `(${waiting.value.length}) ` : "";
  return `${count}${name ? `${name} · ` : ""}CodexDash`;
}

function pageWords(): string {
  switch (page_name.value) {
    case "tower":
      return "";
    case "jobs":
      return "Jobs";
    case "job":
      return shorten(job_detail.value?.job.prompt_text ?? "Job", 40);
    case "threads":
      return "Threads";
    case "thread":
      return thread_detail.value ? shorten(threadName(thread_detail.value.thread), 40) : "Thread";
    case "agents":
      return "Agents";
    case "doctor":
      return "Doctor";
    case "problem":
      return problem.value?.title ?? "Problem";
    default:
      return page_name.value satisfies never;
  }
}

export function pageIcon(): string {
  return waiting.value.length ? "/static/favicon-waiting.svg" : "/static/favicon.svg";
}

/** Keeps both true from now on. */
export function startTitle(): void {
  const icon = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  effect(() => {
    const title = pageTitle();
    if (document.title !== title) document.title = title;
    if (icon && icon.getAttribute("href") !== pageIcon()) icon.href = pageIcon();
  });
}
