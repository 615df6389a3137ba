/** The health report: what is wrong first, each finding with what mends it. */
import { useSignal } from "@preact/signals";
import { type DoctorReport, type Finding, SEVERITIES, type Severity } from "../server/wire.ts";
import { ApiError, fetchDoctor } from "./api.ts";
import { Command } from "./first_run.tsx";
import { doctor } from "./state.ts";
import { SeverityBadge } from "./status.tsx";
import { Age } from "./times.tsx";

export function Doctor() {
  const is_checking = useSignal(false);
  const failure = useSignal("");
  const check = async (event: Event) => {
    event.preventDefault();
    if (is_checking.value) return;
    is_checking.value = true;
    failure.value = "";
    try {
      doctor.value = await fetchDoctor();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failure.value = `Cannot check again: ${error.message}`;
    } finally {
      is_checking.value = false;
    }
  };
  const report = doctor.value;
  return (
    <div class="page narrow-page">
      <header class="page-head">
        <h1>{report ? headline(report) : "Doctor"}</h1>
        <a class="button" href="/doctor" onClick={check} aria-disabled={is_checking.value}>
          {is_checking.value ? "Checking…" : "Check again"}
        </a>
      </header>
      <p class="hint" aria-live="polite">
        {report && (
          <>
            Checked <Age ts={report.ts} />
          </>
        )}
      </p>
      {failure.value && <p class="notice n-failed" role="alert">{failure.value}</p>}
      <ul class="findings">
        {report &&
          worstFirst(report.findings).map((finding) => (
            <FindingItem key={finding.id + finding.title} finding={finding} />
          ))}
      </ul>
    </div>
  );
}

function FindingItem({ finding: { severity, title, detail, remedy } }: { finding: Finding }) {
  return (
    <li class={`finding f-${severity}`}>
      <SeverityBadge severity={severity} />
      <div>
        <h2 dir="auto">{title}</h2>
        {detail && <p dir="auto">{detail}</p>}
        {remedy && <Command text={remedy} />}
      </div>
    </li>
  );
}

function rank(severity: Severity): number {
  return -SEVERITIES.indexOf(severity);
}

function worstFirst(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => rank(a.severity) - rank(b.severity));
}

function headline({ findings }: DoctorReport): string {
  const count = (severity: Severity) =>
    findings.filter((finding) => finding.severity === severity).length;
  const errors = count("error");
  const warnings = count("warning");
  if (errors) return errors === 1 ? "1 thing is broken" : `${errors} things are broken`;
  if (warnings) return warnings === 1 ? "1 thing to look at" : `${warnings} things to look at`;
  return "All is well";
}
